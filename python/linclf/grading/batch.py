"""Grade a folder of submissions: in several processes, in any order, to be continued at any time.

    grade_all(assignment, Path("submitted"), Path("results"), secret=secret, tier=tier, jobs=2)

Every entry of the folder is a submission. Each has a record of its own, so that no submission can
spoil that of another; one that was graded to its end before, by the same rubric and secret, is not
graded again. The graders are long-lived processes of this very interpreter, started afresh (not
forked) and fed over a pipe; one that dies is replaced, and what it was about is left at what it had
seen until then. An interrupt leaves whole records, and the next call goes on from there.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from linclf.grading.engine import check_terms, fingerprint, grade, longest
from linclf.grading.failures import clean
from linclf.grading.intake import IntakeError, Submission, read_submission, stem
from linclf.grading.results import Message, Results, ResultsError, read_results
from linclf.grading.sinks import file_name
from linclf.messages import say

if TYPE_CHECKING:
    from linclf.grading.rubric import Assignment
    from linclf.grading.tiers import Tier

__all__ = ["grade_all", "submissions_in"]

_DRAFT = re.compile(r"\..+\.json\.(\d+)")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LINCLF_NUM_THREADS")
_GRACE = 10.0  # seconds that an interrupted grader has to end its cell
_INTERVAL = 0.1  # seconds between two updates of the line
_BAR = 20  # characters
_STARTS = 3  # graders that may die, one after the other, before they have read a task


def grade_all(
    assignment: Assignment,
    folder: Path | str,
    into: Path | str,
    *,
    secret: bytes,
    tier: Tier,
    jobs: int = 1,
    progress: bool | None = None,
) -> list[Path]:
    """Grade every submission in a folder.

    Parameters
    ----------
    assignment : Assignment
    folder : Path
        Each entry is a submission: a file, a folder or an archive. Names that begin with a dot
        are left out.
    into : Path
        Folder of the records; is made. ``anna.zip`` becomes ``anna.json``.
    secret : bytes
        Of the course.
    tier : Tier
        How submissions are shut in.
    jobs : int
        How many graders at once.
    progress : bool, optional
        Whether to show how far it is; by default on a terminal.

    Returns
    -------
    list of Path
        The records, in the order of the names of the submissions. One that is not ``complete``
        belongs to a grader that died: a note in it says so, and the next call tries it again.

    Raises
    ------
    OSError
        If a folder cannot be read or written.
    ValueError
        If the tier or the secret is none to grade with, or `jobs` is less than 1.
    RuntimeError
        If no grader can be started.
    """
    folder, into = Path(folder), Path(into)
    if jobs < 1:
        raise ValueError(f"jobs is {jobs}; it must be 1 or more")
    check_terms(assignment, secret, tier)
    tasks = submissions_in(folder, into)
    into.mkdir(parents=True, exist_ok=True)
    _sweep(into)
    longest_wait = longest(assignment)
    with _Progress(len(tasks), progress) as line:
        _Pool(assignment, secret, tier, min(jobs, max(len(tasks), 1)), longest_wait, line).run(
            tasks
        )
    return [task.into for task in tasks]


@dataclass(frozen=True)
class _Task:
    """A submission and where its record goes."""

    path: Path
    into: Path


def submissions_in(folder: Path, into: Path) -> list[_Task]:
    """Return the submissions in a folder with their records, in the order of their names.

    Two that differ in their endings alone (``anna.py`` and ``anna.zip``) keep them in the names
    of their records.
    """
    inside = into.resolve()
    found = sorted(
        (path for path in folder.iterdir() if path.name[0] != "." and path.name != "__MACOSX"),
        key=lambda path: path.name,
    )
    entries = [path for path in found if path.is_symlink() or path.resolve() != inside]
    short = [_record_name(stem(path.name)) for path in entries]
    folded = [name.casefold() for name in short]
    tasks, taken = [], set()
    for path, name in zip(entries, short, strict=True):
        if folded.count(name.casefold()) > 1:
            name = _record_name(path.name)
        own, n = name, 1
        while own.casefold() in taken:
            n += 1
            own = f"{name}-{n}"
        taken.add(own.casefold())
        tasks.append(_Task(path, into / f"{own}.json"))
    return tasks


def _record_name(name: str) -> str:
    name = file_name(name)
    return f"{name}_" if name.casefold().endswith(".times") else name  # else taken for times


def _sweep(into: Path) -> None:
    """Remove drafts of records whose writers are gone."""
    for path in into.iterdir():
        draft = _DRAFT.fullmatch(path.name)
        if draft and not _lives(int(draft[1])):
            path.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass
    return True


# --------------------------------------------------------------------------- the graders


class _Grader:
    """A process that grades one submission after another."""

    def __init__(self, assignment: Assignment, secret: bytes, tier: Tier) -> None:
        environment = {**dict.fromkeys(_THREADS, "1"), **os.environ}
        self.process = subprocess.Popen(
            # -P: nothing is imported from the folder it starts in, which may hold submissions.
            [sys.executable, "-P", "-m", "linclf.grading.batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # an interrupt from the terminal is for us alone
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.requests: IO[bytes] = self.process.stdin
        self.replies: IO[bytes] = self.process.stdout
        self.task: _Task | None = None
        self.deadline = float("inf")
        self.ready = False  # whether it has come as far as to read its first task
        self._send((assignment, secret, tier))

    def _send(self, what: Any) -> None:
        # A grader that has died is noticed by its replies.
        with contextlib.suppress(BrokenPipeError):
            pickle.dump(what, self.requests)
            self.requests.flush()

    def give(self, task: _Task, seconds: float) -> None:
        """Have it grade a submission."""
        self.task, self.deadline = task, time.monotonic() + seconds
        self._send((task.path, task.into))

    def heard(self) -> bool | None:
        """Take what it says: true if its task is done, None if it is dead."""
        # Not readline: a second line would lie in its buffer, where nobody waits for it.
        lines = os.read(self.replies.fileno(), 4096)
        if not lines:
            return None
        done = lines.count(b"\n") - (not self.ready)
        self.ready = True
        if done:
            self.task, self.deadline = None, float("inf")
        return bool(done)

    def end(self, grace: float) -> str:
        """End it, and say how it ended."""
        with contextlib.suppress(OSError):
            self.requests.close()
        if self.task is not None and grace:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.replies.close()
        code = self.process.returncode
        return f"signal {-code}" if code < 0 else f"exit code {code}"


class _Pool:
    """The graders, and what is still to be graded."""

    def __init__(
        self,
        assignment: Assignment,
        secret: bytes,
        tier: Tier,
        jobs: int,
        seconds: float,
        line: _Progress,
    ) -> None:
        self.assignment, self.secret, self.tier = assignment, secret, tier
        self.jobs, self.seconds, self.line = jobs, seconds, line
        self.graders: dict[IO[bytes], _Grader] = {}
        self.stillborn = 0

    def run(self, tasks: Sequence[_Task]) -> None:
        """Grade them all."""
        waiting = list(reversed(tasks))
        selector = selectors.DefaultSelector()
        try:
            while waiting or any(one.task for one in self.graders.values()):
                self._hand_out(waiting, selector)
                for key, _ in selector.select(_INTERVAL):
                    self._take(self.graders[key.fileobj], selector)  # type: ignore[index]
                for grader in list(self.graders.values()):
                    if time.monotonic() > grader.deadline:
                        self._bury(grader, selector, "it took too long")
                self.line.show()
        finally:
            # An interrupt as well: cells must be ended before their graders.
            for grader in self.graders.values():
                with contextlib.suppress(OSError):
                    grader.requests.close()
                    if grader.task is not None:
                        grader.process.send_signal(signal.SIGINT)
            for grader in self.graders.values():
                grader.end(_GRACE)
            selector.close()

    def _hand_out(self, waiting: list[_Task], selector: selectors.BaseSelector) -> None:
        idle = [one for one in self.graders.values() if one.task is None]
        while waiting and (idle or len(self.graders) < self.jobs):
            if not idle:
                grader = _Grader(self.assignment, self.secret, self.tier)
                self.graders[grader.replies] = grader
                selector.register(grader.replies, selectors.EVENT_READ)
                idle.append(grader)
            idle.pop().give(waiting.pop(), self.seconds)

    def _take(self, grader: _Grader, selector: selectors.BaseSelector) -> None:
        done = grader.heard()
        if done is None:
            self._bury(grader, selector, "")
        else:
            self.stillborn = 0
            self.line.advance(int(done))

    def _bury(self, grader: _Grader, selector: selectors.BaseSelector, why: str) -> None:
        """Clear away a grader that is dead or too slow; its record says so."""
        selector.unregister(grader.replies)
        del self.graders[grader.replies]
        task = grader.task
        how = grader.end(0.0 if not why else _GRACE)
        if task is not None:
            self._record_death(task, why or how)
            self.line.advance()
        self.stillborn += not grader.ready
        if self.stillborn >= _STARTS:
            raise RuntimeError(
                f"{_STARTS} graders in a row did not start, the last ended by {how}; what they "
                "wrote on standard error tells why"
            )

    def _record_death(self, task: _Task, how: str) -> None:
        """Leave in the record what was seen, and a note."""
        told = say("grading.crashed", how=how)
        _note(self.assignment, task, self.tier, fingerprint(self.assignment, self.secret), told)


def _note(assignment: Assignment, task: _Task, tier: Tier, mark: str, told: Any) -> None:
    """Write a note for the instructor into a record that is not complete."""
    try:
        results = read_results(task.into)
        if results.complete or results.fingerprint != mark:  # of an earlier run
            raise ResultsError
    except (OSError, ResultsError):
        named = Submission(stem(task.path.name), {}, "")
        results = Results.blank(assignment, named, tier)
        results.fingerprint = mark
    results.notes.append(Message.of(told, results.language))
    results.write(task.into)


def _serve() -> None:
    """Grade what comes in over standard input, until it ends: the main program of a grader."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with requests, replies, open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(2, 1)  # whatever is printed here is no reply
        assignment, secret, tier = pickle.load(requests)
        mark = fingerprint(assignment, secret)
        print(json.dumps({"ready": True}), file=replies, flush=True)
        while True:
            try:
                path, into = pickle.load(requests)
            except EOFError:
                return
            kept = _serve_one(assignment, _Task(path, into), secret, tier, mark)
            print(json.dumps({"kept": kept}), file=replies, flush=True)


def _serve_one(assignment: Assignment, task: _Task, secret: bytes, tier: Tier, mark: str) -> bool:
    """Grade a submission, and return whether that had been done before."""
    submission: Submission | IntakeError
    try:
        try:
            submission = read_submission(task.path, tier=tier)
        except IntakeError as error:
            submission = error
        else:
            if _is_done(task.into, submission, tier, mark):
                return True
        grade(assignment, submission, secret=secret, tier=tier, into=task.into)
    except Exception as error:  # of ours, or of the disk: the others can be graded nevertheless
        text = f"{type(error).__name__}: {clean(error, 400)}"
        _note(assignment, task, tier, mark, say("grading.crashed", how=text))
    return False


def _is_done(into: Path, submission: Submission, tier: Tier, mark: str) -> bool:
    """Tell whether a record is what grading would give again."""
    try:
        found = read_results(into)
    except (OSError, ResultsError):
        return False
    same = (found.submission["name"], found.submission["digest"], found.tier, found.fingerprint)
    name = Results.name_of(submission)
    return found.complete and same == (name, submission.digest, tier, mark)


# --------------------------------------------------------------------------- the line


class _Progress:
    """One line that tells how far a batch is: on a terminal, or once at the end."""

    def __init__(self, total: int, wanted: bool | None) -> None:
        self.total, self.done = total, 0
        self.begin = time.monotonic()
        self.updated = 0.0
        self.width = 0
        terminal = sys.stderr is not None and sys.stderr.isatty()
        quiet = wanted is False or (wanted is None and not terminal) or sys.stderr is None
        self.write: Callable[[str], object] = (lambda _: None) if quiet else sys.stderr.write
        self.live = terminal

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.updated = 0.0
        self.show()
        self.write("\n" if self.live else f"{self.text()}\n")

    def advance(self, n: int = 1) -> None:
        """Count submissions."""
        self.done += n

    def show(self) -> None:
        """Write the line, if it can be written over."""
        now = time.monotonic()
        if self.live and now - self.updated >= _INTERVAL:
            self.updated = now
            text = self.text()
            self.write("\r" + text.ljust(self.width))
            self.width = len(text)
            sys.stderr.flush()

    def text(self) -> str:
        """Return the line."""
        share = self.done / max(self.total, 1)
        seconds = time.monotonic() - self.begin
        if 0 < self.done < self.total:
            left = seconds * (self.total - self.done) / self.done
            rest = "{}:{:02d} left".format(*divmod(round(left), 60))
        else:
            rest = f"{seconds:.1f} s"
        bar = "#" * int(_BAR * share)
        return f"grading {self.done}/{self.total} [{bar:-<{_BAR}}] {share:4.0%}, {rest}"


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        _serve()
