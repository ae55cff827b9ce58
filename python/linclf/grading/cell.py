"""A cell: a child process that runs one script of this package, at a tier, until it is closed.

    with open_cell("worker.py", {"hinge.py": source}, tier=Tier.T2, limits=Limits()) as cell:
        cell.send(request, deadline)
        header = cell.receive(4, deadline)

The child starts as a clean interpreter with an environment of its own; nothing of the grader is in
its memory, arguments, environment or open files. It is given a private folder, which is removed
with the cell. Deadlines are points of time.monotonic(). What it prints is kept, up to a limit;
what it leaves in its folder is never read.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import marshal
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

import numpy as np

from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier, TierError, probe

_HERE = Path(__file__).resolve().parent
_SCRIPTS = ("worker.py", "unpack.py", "tryout.py")
_COMPANIONS = ("confine.py", "wire.py", "loading.py")

_CHUNK = 1 << 20
_LOOK_EVERY = 0.25  # seconds between two looks into the folder of a busy child
_FILES_IN_FOLDER = 10_000
_LAST_WORDS = 5.0  # seconds that a killed child is waited for


class CellError(Exception):
    """A cell can no longer be used."""


class CellTimeout(CellError):
    """The deadline passed; the child has been killed."""


class CellDied(CellError):
    """The child has ended, or was killed for what it did.

    Parameters
    ----------
    reason : {"exit", "signal", "output", "disk", "closed"}
        It exited; a signal ended it; it printed too much; it filled its folder; it hung up.
    number : int
        The exit code or the signal, else 0.
    """

    def __init__(self, reason: str, number: int = 0) -> None:
        texts = {
            "exit": f"the process exited with code {number}",
            "signal": f"the process was ended by signal {number}{_name(number)}",
            "output": "the process printed more than it may",
            "disk": "the process filled its folder",
            "closed": "the process hung up",
        }
        super().__init__(texts[reason])
        self.reason = reason
        self.number = number

    @property
    def signal(self) -> int | None:
        """The signal that ended the child, or None."""
        return self.number if self.reason == "signal" else None

    @property
    def code(self) -> int | None:
        """The exit code of the child, or None."""
        return self.number if self.reason == "exit" else None


def _name(number: int) -> str:
    try:
        return f" ({signal.Signals(number).name})"
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a child took, known once it has ended.

    Attributes
    ----------
    cpu_seconds : float
        Of the processor.
    memory : int
        The most resident memory, in bytes.
    """

    cpu_seconds: float = 0.0
    memory: int = 0


class Cell:
    """A running child; made by `open_cell`, and closed at the end of a with statement.

    Attributes
    ----------
    tier : Tier
        How well the child is kept apart.
    pid : int
        Of the child; at T3 of the bubblewrap around it.
    folder : Path
        Its private folder; `work` in it is where it may write.
    usage : Usage
        What it took; zeros until it has ended.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        ends: tuple[int, int],
        *,
        tier: Tier,
        folder: Path,
        limits: Limits,
        user: int | None,
    ) -> None:
        assert process.stdout is not None
        self.tier = tier
        self.pid = process.pid
        self.folder = folder
        self.usage = Usage()
        self._process = process
        self._requests, self._replies = ends
        self._stdout = process.stdout
        self._output = bytearray()
        self._limits = limits
        self._user = user
        self._status: int | None = None  # as wait4 gives it
        self._reaped = False
        self._closed = False
        self._ended: CellError | None = None
        self._looked = time.monotonic()
        for end in (*ends, self._stdout.fileno()):
            os.set_blocking(end, False)

    def __enter__(self) -> Cell:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            self.close()

    def send(self, data: bytes, deadline: float) -> None:
        """Write all of `data` to the child.

        Parameters
        ----------
        data : bytes
            One frame.
        deadline : float
            When to give up, as time.monotonic() counts.

        Raises
        ------
        CellTimeout, CellDied
            The child did not read it in time, or has ended. It is gone in either case.
        """
        self._check_usable()
        left = memoryview(data)
        while left:
            self._wait(self._requests, select.POLLOUT, deadline)
            try:
                with _no_sigpipe():
                    written = os.write(self._requests, left[:_CHUNK])
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._died() from None
            left = left[written:]

    def receive(self, n: int, deadline: float) -> bytes:
        """Read exactly `n` bytes from the child.

        Parameters
        ----------
        n : int
            How many; the caller has checked that it is a sane number.
        deadline : float
            When to give up, as time.monotonic() counts.

        Returns
        -------
        bytes

        Raises
        ------
        CellTimeout, CellDied
            They did not come in time, or the child has ended. It is gone in either case.
        """
        self._check_usable()
        found = bytearray()
        while len(found) < n:
            self._wait(self._replies, select.POLLIN, deadline)
            try:
                chunk = os.read(self._replies, min(_CHUNK, n - len(found)))
            except BlockingIOError:
                continue
            if not chunk:
                raise self._died()
            found += chunk
        return bytes(found)

    def output(self) -> bytes:
        """Return what the child has printed so far, cut at the limit.

        Returns
        -------
        bytes
            Of a student: not to be shown before it is escaped.
        """
        if not self._closed:
            self._drain()
        return bytes(self._output[: self._limits.output])

    def close(self) -> None:
        """Kill the child with all that it started, and remove its folder."""
        if self._closed:
            return
        self._kill()
        self._closed = True
        for end in (self._requests, self._replies):
            os.close(end)
        self._stdout.close()
        remove_folder(self.folder)
        if self._user is not None:
            _release_user(self._user)

    # --- waiting

    def _check_usable(self) -> None:
        if self._closed:
            raise CellError("the cell is closed")
        if self._ended is not None:
            raise self._ended

    def _wait(self, end: int, event: int, deadline: float) -> None:
        """Wait until one end is ready, and read what the child prints meanwhile."""
        poll = select.poll()
        poll.register(end, event)
        printing = self._stdout.fileno()
        poll.register(printing, select.POLLIN)
        while True:
            now = time.monotonic()
            if now >= deadline:
                raise self._end(CellTimeout("the deadline has passed"))
            if now >= self._looked + _LOOK_EVERY:
                self._look_at_folder()
                self._looked = now
            ready = dict(poll.poll(1000 * min(deadline - now, _LOOK_EVERY) + 1))
            if printing in ready and not self._drain():
                poll.unregister(printing)
            if end in ready:
                return

    def _drain(self) -> bool:
        """Take what has been printed; False at its end."""
        try:
            chunk = os.read(self._stdout.fileno(), 1 << 16)
        except BlockingIOError:
            return True
        self._output += chunk
        if len(self._output) > self._limits.output:
            if self._ended is None:
                raise self._end(CellDied("output"))
            return False
        return bool(chunk)

    def _look_at_folder(self) -> None:
        """End a child that fills its folder. At T3 the folder is of a fixed size."""
        if self.tier == Tier.T3:
            return
        files, size = 0, 0
        folders = [self.folder / "work"]
        with contextlib.suppress(OSError):  # it may change meanwhile
            while folders and files <= _FILES_IN_FOLDER:
                with os.scandir(folders.pop()) as entries:
                    for entry in entries:
                        files += 1
                        if entry.is_dir(follow_symlinks=False):
                            folders.append(Path(entry.path))
                        else:
                            size += entry.stat(follow_symlinks=False).st_blocks * 512
        if files > _FILES_IN_FOLDER or size > 4 * self._limits.file_size:
            raise self._end(CellDied("disk"))

    # --- the end

    def _died(self) -> CellDied:
        """Say how a child ended that hung up."""
        deadline = time.monotonic() + 1.0
        while not self._reap(os.WNOHANG) and time.monotonic() < deadline:
            time.sleep(0.0005)  # it closes its files a moment before it has ended
        if self._status is None:
            error = CellDied("closed")
        elif os.WIFSIGNALED(self._status):
            error = CellDied("signal", os.WTERMSIG(self._status))
        else:
            code = os.WEXITSTATUS(self._status)
            # bubblewrap passes a signal on as a shell does.
            if self.tier == Tier.T3 and code > 128:
                error = CellDied("signal", code - 128)
            else:
                error = CellDied("exit", code)
        self._end(error)
        return error

    def _end(self, error: CellError) -> CellError:
        self._ended = error
        self._kill()
        return error

    def _kill(self) -> None:
        """Kill the child and what it has started, and wait until it is gone."""
        if not self._reaped:
            # Its process group has its number, which is not free before it is reaped.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self._reap(0)
        if self._user is not None and self.tier == Tier.T1:
            _kill_user(self._user)
        self._last_words()

    def _last_words(self) -> None:
        """Read stdout to its end, for then nobody is left who holds it."""
        deadline = time.monotonic() + _LAST_WORDS
        poll = select.poll()
        poll.register(self._stdout.fileno(), select.POLLIN)
        while (left := deadline - time.monotonic()) > 0 and poll.poll(1000 * left):
            try:
                chunk = os.read(self._stdout.fileno(), 1 << 16)
            except BlockingIOError:
                continue
            if not chunk:
                break
            if len(self._output) <= self._limits.output:
                self._output += chunk

    def _reap(self, options: int) -> bool:
        if self._reaped:
            return True
        try:
            pid, status, usage = os.wait4(self.pid, options)
        except ChildProcessError:  # somebody else has waited for all children
            self._reaped, self._process.returncode = True, 0
            return True
        if pid == 0:
            return False
        self._status, self._reaped = status, True
        self._process.returncode = os.waitstatus_to_exitcode(status)
        scale = 1 if sys.platform == "darwin" else 1024
        self.usage = Usage(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale)
        return True


@contextlib.contextmanager
def _no_sigpipe() -> Iterator[None]:
    """Write to a pipe without a reader. Python ignores the signal, other programs may not."""
    if signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN:
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
    try:
        yield
    finally:
        if signal.SIGPIPE not in before:
            if signal.SIGPIPE in signal.sigpending():
                signal.sigwait({signal.SIGPIPE})
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


# --- starting


def open_cell(
    script: str,
    files: Mapping[str, bytes],
    *,
    tier: Tier,
    limits: Limits,
    arguments: Sequence[str] = (),
) -> Cell:
    """Start a script of this package in a cell.

    Parameters
    ----------
    script : {"worker.py", "unpack.py"}
        The script; it reads requests from descriptor 3 and writes replies to 4.
    files : mapping of str to bytes
        The submission by relative names; the child can read it in `folder/submission`.
    tier : Tier
        T1, T2 or T3.
    limits : Limits
        What the child may use up.
    arguments : sequence of str
        In sys.argv of the script; everybody on the machine can read them.

    Returns
    -------
    Cell

    Raises
    ------
    TierError
        If this machine does not offer the tier.
    ValueError
        If a name of a file is not relative, or leads out of the folder.

    Examples
    --------
    >>> from linclf.grading.cell import open_cell
    >>> from linclf.grading.limits import Limits
    >>> from linclf.grading.tiers import Tier
    >>> import json, time
    >>> with open_cell("tryout.py", {}, tier=Tier.T1, limits=Limits()) as cell:
    ...     byte = cell.receive(1, time.monotonic() + 60)
    >>> byte
    b'{'
    """
    if script not in _SCRIPTS:
        raise ValueError(f"script must be one of {', '.join(_SCRIPTS)}, got {script!r}")
    if tier not in (Tier.T1, Tier.T2, Tier.T3):
        raise ValueError(f"tier must be T1, T2 or T3, got {tier!r}: T0 has no cell")
    here = probe()
    if tier > here.tier:
        reason = here.reasons.get(tier.name, "")
        raise TierError(f"this machine offers {here.tier.name}, not {tier.name}: {reason}")
    return _open(
        script,
        files,
        tier=tier,
        limits=limits,
        arguments=arguments,
        other_user=here.other_user,
        bwrap=here.bwrap,
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a cell that was started to see whether it works; problem: "" if it did."""

    problem: str
    seconds: float


def try_out(tier: Tier, *, other_user: bool, bwrap: str | None = None) -> Trial:
    """Start a cell, lock it, and try what must not be possible in it."""
    start = time.monotonic()
    deadline = start + 30.0
    try:
        cell = _open(
            "tryout.py", {}, tier=tier, limits=Limits(), other_user=other_user, bwrap=bwrap
        )
    except OSError as error:
        return Trial(f"the process does not start ({error})", 0.0)
    with cell:
        line = b""
        try:
            while not line.endswith(b"\n") and len(line) < 1000:
                line += cell.receive(1, deadline)
        except CellError as error:
            words = cell.output().decode(errors="replace").strip().splitlines()
            return Trial(words[-1] if words else str(error), time.monotonic() - start)
    left = json.loads(line)["left"]
    return Trial(f"it still could {', '.join(left)}" if left else "", time.monotonic() - start)


def _open(
    script: str,
    files: Mapping[str, bytes],
    *,
    tier: Tier,
    limits: Limits,
    arguments: Sequence[str] = (),
    other_user: bool = False,
    bwrap: str | None = None,
) -> Cell:
    user = _take_user() if other_user else None
    folder = Path(tempfile.mkdtemp(prefix="linclf-cell-")).resolve()
    ends: list[int] = []
    try:
        _fill(folder, script, files, tier, limits, arguments, user)
        child_requests, requests = os.pipe()
        ends += [child_requests, requests]
        replies, child_replies = os.pipe()
        ends += [replies, child_replies]
        for end in (requests, replies):
            _enlarge(end)
        work = folder / "work"
        environment = _environment(work)
        command = [
            _interpreter(),
            *("-I", "-S", "-B", "-X", "utf8"),
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
        return Cell(
            process, (requests, replies), tier=tier, folder=folder, limits=limits, user=user
        )
    except BaseException:
        for end in ends:
            os.close(end)
        remove_folder(folder)
        if user is not None:
            _release_user(user)
        raise


def _enlarge(end: int) -> None:
    """Let a pipe hold a whole frame where the system allows it: fewer switches."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, _CHUNK)


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


# --- the folder


def _fill(
    folder: Path,
    script: str,
    files: Mapping[str, bytes],
    tier: Tier,
    limits: Limits,
    arguments: Sequence[str],
    user: int | None,
) -> None:
    """Write what the child gets into its folder, so that it can read all and write in work."""
    site = folder / "site"
    site.mkdir()
    for package in _packages():
        (site / package.name).symlink_to(package)
    for name in (*_COMPANIONS, script):
        compiled = _compiled(name)
        if compiled is not None:
            (folder / f"{name}c").write_bytes(compiled)
    jail = _jail_file()
    if jail is not None:
        shutil.copyfile(jail, folder / "_jail.so")
    work = folder / "work"
    work.mkdir(mode=0o700)
    settings = {
        "jail": str(folder / "_jail.so") if jail is not None else None,
        "tier": int(tier),
        # At T3 bubblewrap, which is its parent, does it.
        "parent": os.getpid() if tier != Tier.T3 else 0,
        "shared_user": user is None and tier != Tier.T3,
        "limits": asdict(limits),
        "read": [*_readable(), str(folder)],
        "write": [str(work), os.devnull],
        "arguments": list(arguments),
    }
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    submission = folder / "submission"
    submission.mkdir()
    for name, data in files.items():
        path = submission / _checked(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if user is not None:
        # What it may not change stays the grader's; it reads it as one of its group.
        for where, folders, names in os.walk(folder):
            for entry in (where, *(os.path.join(where, name) for name in names)):
                os.chown(entry, -1, user, follow_symlinks=False)
                os.chmod(entry, 0o750 if entry == where else 0o640)
            del folders
        os.chown(work, user, user)
        os.chmod(work, 0o700)


def _checked(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    parts = path.parts
    if not parts or path.is_absolute() or ".." in parts or "\0" in name:
        raise ValueError(f"names of files must be relative and lead nowhere else, got {name!r}")
    return path


@cache
def _compiled(name: str) -> bytes | None:
    """A script as Python runs it without reading its source: 20 ms less for a large one."""
    path = _HERE / name
    try:
        source = path.read_bytes()
    except FileNotFoundError:
        return None
    code = compile(source, name, "exec", dont_inherit=True)
    # Flags 1: to be run without a look for the source.
    head = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little")
    return head + importlib.util.source_hash(source) + marshal.dumps(code)


@cache
def _packages() -> tuple[Path, ...]:
    """NumPy, and the libraries that come with it."""
    package = Path(np.__file__).resolve().parent
    libraries = package.parent / "numpy.libs"
    return (package, libraries) if libraries.is_dir() else (package,)


@cache
def _jail_file() -> Path | None:
    if sys.platform != "linux":
        return None
    from linclf import _jail

    return Path(_jail.__file__)


@cache
def _interpreter() -> str:
    """The Python below a virtual environment, which would bring its packages along."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


@cache
def _readable() -> tuple[str, ...]:
    """What a locked child may read: Python, NumPy and the libraries of both, nothing beside.

    Not site-packages, which lie in the folder of the standard library: each of its neighbours is
    allowed by itself.
    """
    found: list[Path] = list(_packages())
    standard = Path(os.__file__).resolve().parent
    for entry in sorted(standard.iterdir()):
        if entry.name not in ("site-packages", "dist-packages", "test", "__pycache__"):
            found.append(entry)
    for folder in _library_folders():
        if folder.name.endswith(("-linux-gnu", "-linux-musl")):
            found.append(folder)
        else:
            found += (entry for entry in folder.glob("*.so*") if not entry.is_symlink())
    found += (Path(path) for path in ("/etc/ld.so.cache", "/etc/alternatives"))
    return tuple(dict.fromkeys(str(path.resolve()) for path in found if path.exists()))


def _library_folders() -> list[Path]:
    base = Path(sys.base_prefix).resolve()
    roots = [Path("/lib"), Path("/lib64"), Path("/usr/lib"), Path("/usr/lib64"), base / "lib"]
    folders = {
        folder.resolve()
        for root in roots
        if root.is_dir()
        for folder in (root, *root.glob("*-linux-gnu"), *root.glob("*-linux-musl"))
    }
    return sorted(folders)


# --- bubblewrap


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
    for path in (Path(_interpreter()), *_packages()):
        options += ["--ro-bind", str(path), str(path)]
    return tuple(options)


# --- starting from any thread

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
    _users.clear()


# --- users that own nothing

_users: set[int] = set()
_users_lock = threading.Lock()


def _take_user() -> int:
    """Choose a number that belongs to nobody, for one cell."""
    # systemd leaves both ranges free; the large one does not exist in most containers.
    first, count = 1_879_048_192 + ((os.getpid() & 0x3FFFFF) << 6), 64
    if not _is_mapped(first):
        first, count = 65_520, 14
    with _users_lock:
        for user in range(first, first + count):
            if user not in _users:
                _users.add(user)
                return user
    raise CellError(f"{count} cells are open already: close some of them")


def _is_mapped(user: int) -> bool:
    try:
        with open("/proc/self/uid_map", encoding="ascii") as file:
            ranges = [[int(word) for word in line.split()] for line in file]
    except OSError:
        return False
    return any(start <= user and user + 64 <= start + count for start, _, count in ranges)


def _release_user(user: int) -> None:
    with _users_lock:
        _users.discard(user)


def _kill_user(user: int) -> None:
    """Kill what left the process group of a child that had a user of its own."""
    for _ in range(100):
        found = False
        for entry in os.listdir("/proc") if os.path.isdir("/proc") else ():
            if not entry.isdigit():
                continue
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{entry}").st_uid == user:
                    os.kill(int(entry), signal.SIGKILL)
                    found = True
        if not found:
            return


os.register_at_fork(after_in_child=_forget_keeper)


# --- removing what a stranger has made


def remove_folder(folder: Path) -> None:
    """Remove a folder whatever is in it: any depth, any mode, links that lead elsewhere.

    Parameters
    ----------
    folder : Path
        The folder; one that is not there is no error.
    """
    try:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        _empty(root)
    finally:
        os.close(root)
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _empty(root: int) -> None:
    """Remove all below an open folder. Deep ones are first moved up, so that none is deep."""
    number = 0
    while names := os.listdir(root):
        for name in names:
            if not _is_folder(name, root):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=root)
                continue
            with contextlib.suppress(OSError):
                os.chmod(name, stat.S_IRWXU, dir_fd=root)
            inner = os.open(
                name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=root
            )
            try:
                for entry in os.listdir(inner):
                    if _is_folder(entry, inner):
                        with contextlib.suppress(OSError):
                            os.chmod(entry, stat.S_IRWXU, dir_fd=inner)
                        number += 1
                        os.rename(entry, f".removed-{number}", src_dir_fd=inner, dst_dir_fd=root)
                    else:
                        os.unlink(entry, dir_fd=inner)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=root)


def _is_folder(name: str, parent: int) -> bool:
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False
