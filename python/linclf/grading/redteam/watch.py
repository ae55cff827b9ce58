"""What is watched while a hostile submission is graded: canaries, listeners, the grader itself.

A `Watch` plants secrets and files around a grader, opens ports that nobody should call, and takes
down the state of the process. `harms` says in words what is different afterwards, and what the
submission said that it could not know. It runs in the process that grades.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import hashlib
import json
import os
import random
import re
import resource
import secrets
import signal
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing

__all__ = ["ENVIRONMENT", "Watch"]

ENVIRONMENT = "LINCLF_HOSTILE_CANARY"
"""The variable of the grader's environment that holds a secret."""

_FOLDERS = ("cwd", "home", "temp", "results", "secrets", "submissions")
_IPC_KEY = 0x11C1F  # of the attack on System V's shared memory
_PR_SET_CHILD_SUBREAPER = 36
_LIMITS = [name for name in dir(resource) if name.startswith("RLIMIT_")]
_PATCHABLE = (builtins, json, random, os, np, np.random, np.linalg, numpy.testing)


class Watch:
    """Eyes on a grader.

    Parameters
    ----------
    base : Path
        An empty folder; everything that is planted lies in it.
    runner : int
        Process that started this one.
    """

    def __init__(self, base: Path, runner: int) -> None:
        self.base = base
        self.folders = {name: base / name for name in _FOLDERS}
        self.incoming = base / "incoming"
        self.results = self.folders["results"] / "hostile.json"
        self._tokens: dict[str, str] = {}
        self._runner = runner
        self._files: dict[str, Any] = {}
        self._state: dict[str, Any] = {}
        self._children: set[int] = set()
        for folder in (*self.folders.values(), self.incoming):
            folder.mkdir()
        self._plant()
        self._listen()
        self._adopt()

    # ------------------------------------------------------------------ what is planted

    def _token(self, what: str) -> str:
        """Return a text to recognise a secret by: whoever has it has read it."""
        return self._tokens.setdefault(what, secrets.token_hex(16))

    def _plant(self) -> None:
        """Write the files that nobody may read or change, and set the secret variable."""
        code = "# {}\ndef svm_loss_vectorized(W, X, y, reg):\n    return 0.0, W\n"
        planted = {
            "secrets/test_hidden.py": code.format(self._token("the hidden tests")),
            "secrets/hostile_oracle.py": code.format(self._token("the answers")),
            "secrets/secret.key": self._token("the secret of the course"),
            "submissions/anna/submission.py": code.format(self._token("another submission")),
            "results/anna.json": json.dumps({"earned": self._token("results of another")}),
            "cwd/notes.txt": self._token("a file of the working folder"),
            "home/.netrc": self._token("a file of the home folder"),
            "temp/draft.txt": self._token("a temporary file of the grader"),
        }
        for name, text in planted.items():
            path = self.base / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        self._planted = [self.base / name for name in planted]
        os.environ[ENVIRONMENT] = self._token("the environment of the grader")

    @property
    def secret(self) -> Path:
        """A file that no submission may reach."""
        return self.base / "secrets" / "hostile_oracle.py"

    def _listen(self) -> None:
        """Open a socket of every kind that a process of this machine could call."""
        self._sockets: dict[str, socket.socket] = {}
        for name, family, kind in (
            ("tcp", socket.AF_INET, socket.SOCK_STREAM),
            ("udp", socket.AF_INET, socket.SOCK_DGRAM),
            ("unix", socket.AF_UNIX, socket.SOCK_STREAM),
            ("abstract", socket.AF_UNIX, socket.SOCK_STREAM),
        ):
            listener = socket.socket(family, kind)
            self._sockets[name] = listener
        abstract = f"linclf-hostile-{secrets.token_hex(8)}"
        self._sockets["tcp"].bind(("127.0.0.1", 0))
        self._sockets["udp"].bind(("127.0.0.1", 0))
        self._sockets["unix"].bind(str(self.base / "socket"))
        self._sockets["abstract"].bind("\0" + abstract)
        for listener in self._sockets.values():
            listener.setblocking(False)
            if listener.type == socket.SOCK_STREAM:
                listener.listen(16)
        self._places = {
            "tcp": self._sockets["tcp"].getsockname()[1],
            "udp": self._sockets["udp"].getsockname()[1],
            "unix": str(self.base / "socket"),
            "abstract": abstract,
        }

    @staticmethod
    def _adopt() -> None:
        """Let the processes that a worker leaves behind become children of this one."""
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def targets(self) -> dict[str, Any]:
        """Return what an attacker is told: more than any could find out."""
        return {
            "pid": os.getpid(),
            "group": os.getpgrp(),
            "runner": self._runner,
            "folders": [str(folder) for folder in self.folders.values()],
            "secret_files": [str(path) for path in self._planted],
            "results": str(self.results),
            "import_from": [str(self.base / "secrets"), *sys.path],
            **self._places,
        }

    # ------------------------------------------------------------------ before and after

    def begin(self) -> None:
        """Take down how things are."""
        self._files = dict(self._look())
        self._children = set(_children())
        self._state = _state()

    def harms(self, said: str, published: str) -> list[str]:
        """Return what is not as it was, and what got out.

        Parameters
        ----------
        said : str
            All that the worker printed.
        published : str
            All that was written about it.
        """
        found = [f"it says: {text}" for text in _boasts(said)]
        found += [f"read {what}" for what, token in self._tokens.items() if token in said]
        found += [f"published {what}" for what, token in self._tokens.items() if token in published]
        found += [f"left a process behind: {told}" for told in self._left_behind()]
        found += [f"reached {name}" for name in self._called()]
        found += self._changed_files()
        now = _state()
        found += [
            f"the grader's {name} changed: {_difference(before, now[name])}"
            for name, before in self._state.items()
            if now[name] != before
        ]
        found += [f"imported {name}" for name in self._strange_modules()]
        return found

    def _look(self) -> Iterator[tuple[str, Any]]:
        """Yield what can be said of each file: mode, owner, and time and content if it has any."""
        for folder in self.folders.values():
            for path in sorted([folder, *folder.rglob("*")]):
                if path.parent == self.results.parent and path.name.startswith("hostile."):
                    continue
                about = path.lstat()
                if stat.S_ISREG(about.st_mode):
                    content = hashlib.sha256(path.read_bytes()).hexdigest()
                    yield str(path), (about.st_mode, about.st_uid, about.st_mtime_ns, content)
                else:
                    yield str(path), (about.st_mode, about.st_uid)

    def _changed_files(self) -> Iterator[str]:
        now = dict(self._look())
        for path in sorted(now.keys() | self._files.keys()):
            name = os.path.relpath(path, self.base)
            if path not in now:
                yield f"removed {name}"
            elif path not in self._files:
                yield f"left {name}"
            elif now[path] != self._files[path]:
                yield f"changed {name}"

    def _left_behind(self, patience: float = 1.0) -> list[str]:
        """Return the processes that are there still, after a moment to come to their end."""
        end = time.monotonic() + patience
        while True:
            left = {pid: told for pid, told in _children().items() if pid not in self._children}
            for pid in [pid for pid, told in left.items() if told.endswith("Z")]:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
                del left[pid]
            if not left or time.monotonic() > end:
                break
            time.sleep(0.02)
        for pid in left:  # so that the next submission is blamed for its own alone
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        return list(left.values())

    def _called(self) -> Iterator[str]:
        """Yield the listeners that somebody called."""
        for name, listener in self._sockets.items():
            with contextlib.suppress(BlockingIOError):
                if listener.type == socket.SOCK_STREAM:
                    listener.accept()[0].close()
                else:
                    listener.recv(64)
                yield name

    def _strange_modules(self) -> Iterator[str]:
        """Yield the modules of this process that come from a submission."""
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None) or ""
            if file.startswith(str(self.base)) or name in ("kit", "targets"):
                yield name

    def close(self) -> None:
        """Close the listeners and forget the secret variable."""
        for listener in self._sockets.values():
            listener.close()
        os.environ.pop(ENVIRONMENT, None)


def _boasts(said: str) -> list[str]:
    """Return what the attack says that it achieved, each once."""
    return list(dict.fromkeys(re.findall(r"HARM: ([^\n]{1,200})", said)))


def _difference(before: Any, now: Any) -> str:
    """Return in what two states differ, if they are tables, else the states."""
    if isinstance(before, dict):
        keys = [key for key in before.keys() | now.keys() if before.get(key) != now.get(key)]
        return ", ".join(f"{key}: {before.get(key)} -> {now.get(key)}" for key in sorted(keys)[:5])
    return f"{before} -> {now}"


def _children() -> dict[int, str]:
    """Return the children of this process, adopted ones too, with their names and states."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{name}/stat").read_text(errors="replace")
            inside, after = text[text.index("(") + 1 : text.rindex(")")], text.rsplit(")", 1)[1]
            state, parent = after.split()[:2]
            if int(parent) == os.getpid():
                found[int(name)] = f"{inside} {state}"
    return found


def _descriptors() -> dict[str, str]:
    """Return what is open in this process."""
    found = {}
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            place = os.readlink(f"/proc/self/fd/{number}")
            if place != f"/proc/{os.getpid()}/fd":
                found[number] = place
    return found


def _state() -> dict[str, Any]:
    """Return whatever of this process an attack could change."""
    numbers = str((np.random.get_state(), random.getstate()))  # noqa: NPY002
    return {
        "process": (os.getpid(), os.getpgrp(), os.getsid(0), os.getppid()),
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "descriptors": _descriptors(),
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in _LIMITS},
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "processors": os.sched_getaffinity(0),
        "scheduler": os.sched_getscheduler(0),
        "signals": {int(n): str(signal.getsignal(n)) for n in signal.valid_signals()},
        "functions": {
            f"{module.__name__}.{name}": id(thing)
            for module in _PATCHABLE
            for name, thing in vars(module).items()
            if callable(thing)
        },
        "random numbers": hashlib.sha256(numbers.encode()).hexdigest(),
        "path": list(sys.path),
        "threads": threading.active_count(),
        "shared memory": _shared_memory(),
    }


def _shared_memory() -> list[str]:
    """Return what an attack left that outlives every process."""
    found = [
        f"/proc/sysvipc/{kind}"
        for kind in ("shm", "msg", "sem")
        if re.search(rf"^\s*{_IPC_KEY}\s", Path(f"/proc/sysvipc/{kind}").read_text(), re.MULTILINE)
    ]
    return found + [str(path) for path in Path("/dev/shm").glob("linclf_hostile*")]
