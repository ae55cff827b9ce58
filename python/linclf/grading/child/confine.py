"""The first file that runs in a cell: it arranges the process, and later locks it.

A copy lies in the folder of the cell; standard library only. It is started as

    python -P -s -S -B confine.pyc SCRIPT REQUESTS REPLIES

and runs SCRIPT with requests on descriptor 3 and replies on 4, everything above closed. The script
imports what it needs, calls `confine.lock()`, and only then touches what a student wrote.
"""

from __future__ import annotations

import errno
import fcntl
import json
import marshal
import os
import sys
import types
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

FOLDER = os.path.dirname(os.path.abspath(__file__))
REQUESTS, REPLIES = 3, 4


def config() -> dict[str, Any]:
    """Return what the grader wrote down for this cell: config.json, without secrets."""
    with open(os.path.join(FOLDER, "config.json"), encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found


def lock() -> int:
    """Lower the limits and, from tier 2 on, lock the process for good.

    Call it once, with one thread, after importing NumPy and before anything of a student runs.
    Returns the version of Landlock in force, 0 at tier 1. After an OSError the process must end.
    """
    settings = config()
    limits = {
        name: settings["limits"][name]
        for name in ("cpu_seconds", "memory", "file_size", "files", "processes")
    }
    if settings["shared_user"]:
        # The kernel counts all that the user runs, the grader's desktop too.
        limits["processes"] += _threads_of_user()
    if settings["jail"] is None:
        if settings["tier"] >= 2:
            raise OSError(errno.ENOSYS, "cannot lock the process: linclf has no _jail here")
        _limit(limits)
        return 0
    jail = _load(settings["jail"])
    jail.limit(**limits)
    return int(jail.lock(settings["read"], settings["write"])) if settings["tier"] >= 2 else 0


def _load(path: str) -> Any:
    """Import the extension alone, without the package around it."""
    loader = ExtensionFileLoader("_jail", path)
    spec = spec_from_file_location("_jail", path, loader=loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def _limit(limits: dict[str, int]) -> None:
    """Lower the limits where the extension is not: on other systems than Linux."""
    import resource

    for name, field, grace in (
        ("RLIMIT_CPU", "cpu_seconds", 1),
        ("RLIMIT_AS", "memory", 0),
        ("RLIMIT_FSIZE", "file_size", 0),
        ("RLIMIT_NOFILE", "files", 0),
        ("RLIMIT_NPROC", "processes", 0),
        ("RLIMIT_CORE", None, 0),
    ):
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        value = limits[field] if field else 0
        hard = resource.getrlimit(kind)[1]
        most = value + grace
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        # macOS refuses a limit of the address space: then there is none.
        try:
            resource.setrlimit(kind, (min(value, most), most))
        except (OSError, ValueError):
            if name != "RLIMIT_AS":
                raise


def _threads_of_user() -> int:
    count = 0
    try:
        entries = os.listdir("/proc")
    except OSError:
        return 0
    for entry in entries:
        if not entry.isdigit():
            continue
        try:
            if os.stat(f"/proc/{entry}").st_uid == os.getuid():
                with open(f"/proc/{entry}/stat", "rb") as file:
                    # The name in parentheses may contain blanks and parentheses.
                    count += int(file.read().rpartition(b")")[2].split()[17])
        except OSError:
            continue  # it has ended meanwhile
    return count


def _arrange(requests: int, replies: int) -> None:
    """Move the two ends to where the script expects them and close all others."""
    requests, replies = (fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (requests, replies))
    os.dup2(requests, REQUESTS)
    os.dup2(replies, REPLIES)
    os.closerange(REPLIES + 1, 1 << 20)


def run(script: str, requests: str, replies: str) -> None:
    """Arrange the process and run a script of this folder as the main program."""
    _arrange(int(requests), int(replies))
    settings = config()
    # However the grader ends, nothing of a submission survives it. At tier 3 bubblewrap sees to it.
    if settings["parent"] and settings["jail"] is not None:
        _load(settings["jail"]).die_with(settings["parent"])
    sys.path.append(os.path.join(FOLDER, "site"))
    main = types.ModuleType("__main__")
    main.__file__ = os.path.join(FOLDER, script)
    sys.modules["__main__"] = main
    sys.argv = [main.__file__, *settings["arguments"]]
    with open(main.__file__ + "c", "rb") as file:  # the compiled one
        code = marshal.loads(file.read()[16:])
    exec(code, main.__dict__)


if __name__ == "__main__":
    # The script imports it by its name, and is the main module itself.
    sys.modules["confine"] = sys.modules["__main__"]
    run(*sys.argv[1:])
