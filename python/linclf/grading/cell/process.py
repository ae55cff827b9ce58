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
import os
import select
import signal
import stat
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from linclf.grading.cell.furniture import remove_folder
from linclf.grading.cell.launch import CHUNK, Launched, launch
from linclf.grading.cell.users import kill_user, release_user
from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier, TierError, probe

_SCRIPTS = ("worker.py", "unpack.py", "tryout.py")
_LOOK_EVERY = 0.25  # seconds between two looks at a busy child
_FILES_IN_FOLDER = 10_000
_THREADS_OF_OURS = 8  # of the worker itself and of bubblewrap
_LAST_WORDS = 5.0  # seconds that what a child has started is waited for
_LAST_WORDS_AT_T1 = 1.0  # where something may have escaped


class CellError(Exception):
    """A cell can no longer be used."""


class CellTimeout(CellError):
    """The deadline passed; the child has been killed."""


class CellDied(CellError):
    """The child has ended, or was killed for what it did.

    Parameters
    ----------
    reason : {"exit", "signal", "output", "disk", "threads", "closed"}
        It exited; a signal ended it; it printed too much; it filled its folder; it started too
        many threads; it hung up.
    number : int
        The exit code or the signal, else 0.
    """

    def __init__(self, reason: str, number: int = 0) -> None:
        texts = {
            "exit": f"the process exited with code {number}",
            "signal": f"the process was ended by signal {number}{_name(number)}",
            "output": "the process printed more than it may",
            "disk": "the process filled its folder",
            "threads": "the process started more threads than it may",
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


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    threads: int
    seconds: float  # of the processor


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

    def __init__(self, launched: Launched, *, tier: Tier, limits: Limits) -> None:
        assert launched.process.stdout is not None
        self.tier = tier
        self.pid = launched.process.pid
        self.folder = launched.folder
        self._work = launched.folder / "work"
        self.usage = Usage()
        self._process = launched.process
        self._requests, self._replies = launched.requests, launched.replies
        self._stdout = launched.process.stdout
        self._output = bytearray()
        self._limits = limits
        self._hold = launched.hold
        self._user = launched.user
        self._status: int | None = None  # as wait4 gives it
        self._reaped = False
        self._silent = False  # nothing more can come from stdout
        self._closed = False
        self._owner = os.getpid()
        self._ended: CellError | None = None
        self._looked = time.monotonic()
        for end in (self._requests, self._replies, self._stdout.fileno()):
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
            with contextlib.suppress(Exception):  # the interpreter may be ending
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
                    written = os.write(self._requests, left[:CHUNK])
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
        found = bytearray(n)
        self.receive_into(found, deadline)
        return bytes(found)

    def receive_into(self, buffer: Any, deadline: float) -> None:
        """Fill a writable buffer with bytes from the child.

        Parameters
        ----------
        buffer : writable buffer
            Of the size to read.
        deadline : float
            When to give up, as time.monotonic() counts.

        Raises
        ------
        CellTimeout, CellDied
            They did not come in time, or the child has ended. It is gone in either case.
        """
        self._check_usable()
        left = memoryview(buffer)
        while left:
            # What is there already needs no poll, but a child that never stops is looked at.
            if time.monotonic() >= min(deadline, self._looked + _LOOK_EVERY):
                self._wait(self._replies, select.POLLIN, deadline)
            try:
                size = os.readv(self._replies, [left[:CHUNK]])
            except BlockingIOError:
                self._wait(self._replies, select.POLLIN, deadline)
                continue
            if not size:
                raise self._died()
            left = left[size:]

    def waiting(self) -> bool:
        """Tell whether the child has said something that was not read yet.

        Returns
        -------
        bool
        """
        self._check_usable()
        poll = select.poll()
        poll.register(self._replies, select.POLLIN)
        return bool(poll.poll(0))

    def output(self) -> bytes:
        """Return what the child has printed so far, cut at the limit.

        Returns
        -------
        bytes
            Of a student: not to be shown before it is escaped.
        """
        if not self._closed:
            with contextlib.suppress(CellError):  # which the next call raises again
                self._drain()
        return bytes(self._output[: self._limits.output])

    def close(self) -> None:
        """Kill the child with all that it started, and remove its folder."""
        if self._closed:
            return
        mine = os.getpid() == self._owner  # a fork of the grader has a copy, but not the child
        if mine:
            self._kill()
        self._closed = True
        for end in (self._requests, self._replies):
            os.close(end)
        self._stdout.close()
        if mine:
            remove_folder(self.folder)
        else:
            self._process.returncode = 0
        os.close(self._hold)
        if mine and self._user is not None:
            release_user(self._user)

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
                self._look()
                self._looked = now
            ready = dict(poll.poll(1000 * min(deadline - now, _LOOK_EVERY) + 1))
            if printing in ready and not self._drain():
                poll.unregister(printing)
            if end in ready:
                return

    def _drain(self) -> bool:
        """Take what has been printed; False at its end."""
        while len(self._output) <= self._limits.output:
            try:
                chunk = os.read(self._stdout.fileno(), 1 << 16)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            self._output += chunk
        if self._ended is None:
            raise self._end(CellDied("output"))
        return False

    def _look(self) -> None:
        """End a child that fills its folder, or has more threads than the kernel would let it."""
        family = self._family()
        if self.tier == Tier.T3:
            # The size is limited there; the number of files, which costs memory too, is not.
            mounted = f"/proc/{family[-1].pid}/root{self._work}"
            files, size = _files_in_system(mounted, self._work), 0
        else:
            files, size = _files_below(self._work)
            size += _files_removed(self.pid, self._work, self._limits.file_size)
        if files > _FILES_IN_FOLDER or size > 4 * self._limits.file_size:
            raise self._end(CellDied("disk"))
        # No limit of threads holds for root.
        if sum(one.threads for one in family) > self._limits.processes + _THREADS_OF_OURS:
            raise self._end(CellDied("threads"))

    def _family(self) -> list[_Process]:
        """The child and, at T3, what is in bubblewrap, the innermost last."""
        found: list[_Process] = []
        pids = [self.pid] if not self._reaped else []
        while pids and len(found) < 100:
            pid = pids.pop()
            with contextlib.suppress(OSError, IndexError):  # no /proc, or it has ended
                with open(f"/proc/{pid}/stat", "rb") as file:
                    # The name in parentheses may contain anything.
                    fields = file.read().rpartition(b")")[2].split()
                seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
                found.append(_Process(pid, int(fields[17]), seconds))
                if self.tier == Tier.T3:
                    with open(f"/proc/{pid}/task/{pid}/children", "rb") as file:
                        pids += [int(word) for word in file.read().split()]
        return found or [_Process(self.pid, 0, 0.0)]

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
            # What bubblewrap has not waited for does not count as its own.
            inside = sum(one.seconds for one in self._family()[1:])
            # Its process group has its number, which is not free before it is reaped.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self._reap(0)
            self.usage = Usage(self.usage.cpu_seconds + inside, self.usage.memory)
        if self._user is not None and self.tier == Tier.T1:
            kill_user(self._user)
        self._last_words()

    def _last_words(self) -> None:
        """Read stdout to its end, for then nobody is left who holds it."""
        if self._silent:
            return
        self._silent = True
        patience = _LAST_WORDS_AT_T1 if self.tier == Tier.T1 else _LAST_WORDS
        deadline = time.monotonic() + patience
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


def _files_below(folder: Path) -> tuple[int, int]:
    """Count files and their bytes on disk, up to one file more than may be."""
    files, size = 0, 0
    folders = [str(folder)]
    while folders and files <= _FILES_IN_FOLDER:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    files += 1
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        with contextlib.suppress(FileNotFoundError):  # it was there just now
                            size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if files > _FILES_IN_FOLDER:
                        break
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:  # it may not be read, or is too deep: nobody needs such a folder
            return _FILES_IN_FOLDER + 1, size
    return files, size


def _files_removed(pid: int, folder: Path, largest: int) -> int:
    """Return how many bytes of disk a child may hold in files that are in no folder any more.

    What it has open is told by /proc. Of what it only has in memory nothing but the name is: it
    counts as `largest`.
    """
    open_files: dict[int, int] = {}
    mapped: set[int] = set()
    with contextlib.suppress(OSError):  # no /proc, or it has ended
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                found = os.stat(f"/proc/{pid}/fd/{name}")
                if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                    open_files[found.st_ino] = found.st_blocks * 512
        with open(f"/proc/{pid}/maps", "rb") as maps:
            inside = b" " + os.fsencode(folder) + b"/"
            for line in maps:
                if line.endswith(b" (deleted)\n") and inside in line:
                    mapped.add(int(line.split(None, 5)[4]))
    return sum(open_files.values()) + largest * len(mapped - open_files.keys())


def _files_in_system(path: str, below: Path) -> int:
    """Count the files of the file system that is mounted over a folder; 0 if none is yet."""
    try:
        if os.stat(path).st_dev == os.stat(below).st_dev:
            return 0
        found = os.statvfs(path)
    except OSError:
        return 0
    return found.f_files - found.f_ffree


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
    script : {"worker.py", "unpack.py", "tryout.py"}
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
    >>> from linclf.grading.cell.process import open_cell
    >>> from linclf.grading.limits import Limits
    >>> from linclf.grading.tiers import Tier
    >>> import time
    >>> files = {"main.py": b"tell(6 * 7)"}
    >>> with open_cell("tryout.py", files, tier=Tier.T1, limits=Limits()) as cell:
    ...     reply = cell.receive(3, time.monotonic() + 60)
    >>> reply
    b'42\\n'
    """
    if script not in _SCRIPTS:
        raise ValueError(f"script must be one of {', '.join(_SCRIPTS)}, got {script!r}")
    if tier not in (Tier.T1, Tier.T2, Tier.T3):
        raise ValueError(f"tier must be T1, T2 or T3, got {tier!r}: T0 has no cell")
    here = probe()
    if tier > here.tier:
        reason = here.reasons.get(tier.name, "")
        raise TierError(f"this machine offers {here.tier.name}, not {tier.name}: {reason}")
    launched = launch(
        script,
        files,
        tier=tier,
        limits=limits,
        arguments=arguments,
        other_user=here.other_user,
        bwrap=here.bwrap,
    )
    return Cell(launched, tier=tier, limits=limits)
