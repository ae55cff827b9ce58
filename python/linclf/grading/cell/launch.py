"""Starts the process of a cell: pipes, folder, user, bubblewrap, a thread that lasts.

The child gets three pipes and an environment of its own, and no other open file. Arguments and
environment of a process can be read by everybody on a machine: neither holds a secret.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from linclf.grading.cell.furniture import fill, interpreter, jail_file, packages, remove_folder
from linclf.grading.cell.users import release_user, take_user
from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier

CHUNK = 1 << 20
"""Bytes that a pipe holds, where the system allows it."""

_PREFIX = "linclf-cell-"
_STALE = 60.0  # seconds: a younger folder may not have been locked yet


@dataclass(frozen=True, slots=True)
class Launched:
    """A process that has just been started, and what belongs to it."""

    process: subprocess.Popen[bytes]
    requests: int
    replies: int
    folder: Path
    hold: int  # an open lock of the folder: while it is held, nobody sweeps it away
    user: int | None


def launch(
    script: str,
    files: Mapping[str, bytes],
    *,
    tier: Tier,
    limits: Limits,
    arguments: Sequence[str] = (),
    other_user: bool = False,
    bwrap: str | None = None,
) -> Launched:
    """Start a script in a process of its own; for `open_cell`, and for trying a tier out.

    Parameters
    ----------
    script, files, tier, limits, arguments
        As of `open_cell`.
    other_user : bool
        Whether as a user that owns nothing; the grader must be root.
    bwrap : str, optional
        Where bubblewrap is, for T3.

    Returns
    -------
    Launched
        The caller has to kill the process, to close its ends and to remove its folder.

    Raises
    ------
    OSError
        If the process cannot be started.
    """
    _sweep()
    user = take_user() if other_user else None
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    hold = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    ends: list[int] = []
    try:
        fcntl.flock(hold, fcntl.LOCK_EX)
        fill(folder, script, files, tier, limits, arguments, user)
        child_requests, requests = os.pipe()
        ends += [child_requests, requests]
        replies, child_replies = os.pipe()
        ends += [replies, child_replies]
        for end in (requests, replies):
            _enlarge(end)
        work = folder / "work"
        environment = _environment(work)
        command = [
            interpreter(),
            # As -I, but with our own PYTHONHASHSEED: sets have one order for all.
            *("-P", "-s", "-S", "-B", "-X", "utf8"),
            str(folder / "confine.pyc"),
            script,
            str(child_requests),
            str(child_replies),
        ]
        if tier == Tier.T3:
            assert bwrap is not None
            command = [*_bubblewrap(bwrap, folder, limits, environment), "--", *command]
            environment = {}
        options: dict[str, Any] = {}
        if user is not None:
            options = {"user": user, "group": user, "extra_groups": []}
        process = _spawn(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            cwd=work if tier != Tier.T3 else "/",
            env=environment,
            pass_fds=(child_requests, child_replies),
            start_new_session=True,
            **options,
        )
        ends = [requests, replies]
        os.close(child_requests)
        os.close(child_replies)
        return Launched(process, requests, replies, folder, hold, user)
    except BaseException:
        for end in ends:
            os.close(end)
        remove_folder(folder)
        os.close(hold)
        if user is not None:
            release_user(user)
        raise


@cache
def _sweep() -> None:
    """Remove what graders have left that were killed; once in the life of this one."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if not entry.name.startswith(_PREFIX) or not entry.is_dir(follow_symlinks=False):
                continue
            with contextlib.suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                if found.st_uid == os.geteuid() and found.st_mtime < time.time() - _STALE:
                    _remove_if_free(Path(entry.path))


def _remove_if_free(folder: Path) -> None:
    hold = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)  # else its grader is alive
        remove_folder(folder)
    finally:
        os.close(hold)


def _enlarge(end: int) -> None:
    """Let a pipe hold a whole frame where the system allows it: fewer switches."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, CHUNK)


def _environment(work: Path) -> dict[str, str]:
    """The whole environment of a child: nothing of the grader's."""
    one = dict.fromkeys(
        ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1"
    )
    return {
        **one,
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": str(work),
        "TMPDIR": str(work),
        "PYTHONHASHSEED": "0",
    }


def _bubblewrap(
    bwrap: str, folder: Path, limits: Limits, environment: Mapping[str, str]
) -> list[str]:
    """The command that makes namespaces in which there is little but Python and the folder."""
    work = str(folder / "work")
    command = [bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    if os.geteuid() == 0:
        command += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    command += ["--clearenv"]
    for name, value in environment.items():
        command += ["--setenv", name, value]
    command += [*_mounts(), "--ro-bind", str(folder), str(folder)]
    command += ["--size", str(4 * limits.file_size), "--tmpfs", work]
    return [*command, "--dev-bind", "/dev/null", "/dev/null", "--chdir", work]


@cache
def _mounts() -> tuple[str, ...]:
    """What of the machine is visible; Landlock then says what of it can be read."""
    base = Path(sys.base_prefix).resolve()
    options: list[str] = []
    for root in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/alternatives"):
        path = Path(root)
        if path.is_symlink():
            options += ["--symlink", os.readlink(path), root]
        elif path.is_dir():
            options += ["--ro-bind", root, root]
    options += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    library = base / "lib"
    if library.is_dir() and base != Path("/usr"):
        options += ["--ro-bind", str(library), str(library)]
    standard = Path(os.__file__).resolve().parent
    hidden = (standard / "site-packages", standard / "dist-packages", Path("/usr/lib/python3"))
    for folder in hidden:
        if folder.is_dir():
            options += ["--tmpfs", str(folder)]
    jail = jail_file()
    assert jail is not None  # there is no T3 without it
    for path in (Path(interpreter()), *packages(), jail):
        options += ["--ro-bind", str(path), str(path)]
    return tuple(options)


_keeper: ThreadPoolExecutor | None = None
_keeper_lock = threading.Lock()


def _spawn(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a process from a thread that lasts.

    Linux takes the end of the thread that started a child for the end of its parent, at which the
    child is killed.
    """
    global _keeper
    if threading.current_thread() is threading.main_thread():
        return subprocess.Popen(command, **options)
    with _keeper_lock:
        if _keeper is None:
            _keeper = ThreadPoolExecutor(1, "linclf-cells")
        keeper = _keeper
    return keeper.submit(lambda: subprocess.Popen(command, **options)).result()


def _forget_keeper() -> None:
    global _keeper, _keeper_lock
    _keeper, _keeper_lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget_keeper)
