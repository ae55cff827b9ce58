"""Grade one submission: every item of a rubric, each with its check, into a record of results.

    results = grade(load("hw1/"), read_submission("anna.zip"), secret=secret, tier=Tier.T2)

Every item is written as 0, "not run", before the first one is tried, and the record is written
again after each: whatever ends the grader leaves a whole file in which only what was seen to be
right has points. A `Failure` is what the student did; anything else that a check raises is a
mistake of the check, told to the instructor, and the other items go on. The same submission,
rubric and secret give the same bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linclf.course.student import Wrong
from linclf.grading.checks import CHECKS
from linclf.grading.failures import Failure, Timeout, clean
from linclf.grading.intake import IntakeError, Submission
from linclf.grading.ledger import Ledger
from linclf.grading.policy import forbidden_import
from linclf.grading.results import ItemResult, Message, Results, write_times
from linclf.grading.seeds import case_id, seed_of
from linclf.grading.student.local import LocalStudent
from linclf.grading.testing import run_tests, tests_may_take
from linclf.grading.tiers import Tier
from linclf.messages import say

if TYPE_CHECKING:
    from linclf.grading.limits import Limits
    from linclf.grading.rubric import Assignment, Item
    from linclf.grading.student.remote import RemoteStudent

__all__ = ["check_terms", "fingerprint", "grade", "longest", "open_student"]

_MISSED = "grading.plugin.not_collected"
_CALLS = 4  # calls that may take as long as a call may, before an item has taken too long

_TESTED = frozenset({".py", ".toml", ".ini", ".json", ".csv", ".npz", ".npy"})


def grade(
    assignment: Assignment,
    submission: Submission | IntakeError,
    *,
    secret: bytes,
    tier: Tier,
    into: Path | None = None,
    tests: bool = True,
) -> Results:
    """Grade a submission.

    Parameters
    ----------
    assignment : Assignment
        See `linclf.grading.rubric.load`.
    submission : Submission or IntakeError
        What was handed in, or why it could not be read: then every item is 0 for that reason.
    secret : bytes
        Of the course; see `linclf.grading.seeds.read_secret`.
    tier : Tier
        How the submission is shut in; see `linclf.grading.tiers.choose`.
    into : Path, optional
        Where to write the record, again after each item. Times go to a file beside it.
    tests : bool
        Whether to run the items of kind ``test``, for which pytest is needed.

    Returns
    -------
    Results

    Raises
    ------
    ValueError
        If the tier is weaker than the assignment asks for, or the secret is too short.
    OSError
        If the record cannot be written.

    Examples
    --------
    >>> from linclf.grading.intake import Submission, digest_of
    >>> from linclf.grading.rubric import load
    >>> from linclf.grading.tiers import Tier
    >>> from dataclasses import replace
    >>> files = {"hw.py": b"def scores(W, X):\\n    return X @ W\\n"}
    >>> rubric = replace(load("pixels_to_scores"), min_tier=Tier.T0)
    >>> submission = Submission("anna", files, digest_of(files))
    >>> results = grade(rubric, submission, secret=b"sixteen bytes or more", tier=Tier.T0)
    >>> results.items[0].status, results.items[1].category
    ('passed', 'missing_function')
    """
    check_terms(assignment, secret, tier)
    run = _Run(assignment, submission, secret, tier, into)
    try:
        run.grade(tests)
    finally:
        run.close()
    return run.results


def check_terms(assignment: Assignment, secret: bytes, tier: Tier) -> None:
    """Check that an assignment can be graded with a secret and at a tier.

    Raises
    ------
    ValueError
        If the tier is weaker than the assignment asks for, or the secret is too short.
    """
    seed_of(secret, assignment.id, "", "")
    if tier < assignment.min_tier:
        raise ValueError(
            f"tier is {tier.name}, but {assignment.id} asks for {assignment.min_tier.name} or "
            "better; see what this machine can do: linclf grade doctor"
        )


def open_student(
    assignment: Assignment | None,
    submission: Submission | Exception,
    tier: Tier,
    limits: Limits | None = None,
) -> RemoteStudent | LocalStudent:
    """Return the functions of a submission.

    Parameters
    ----------
    assignment : Assignment, optional
        Whose functions are wanted; without one, all that there are.
    submission : Submission or IntakeError
    tier : Tier
        T0 runs it in this process.
    limits : Limits, optional
        By default those of the assignment.

    Raises
    ------
    Failure
        If there is no submission to open.
    """
    if isinstance(submission, IntakeError):
        raise Failure(submission.sentence, category=submission.category)
    if isinstance(submission, Exception):
        raise submission
    wanted: tuple[str, ...] = ()
    if assignment is not None:
        limits = limits or assignment.limits
        if all(item.check != "test" for item in assignment.items):
            wanted = tuple(dict.fromkeys(item.function for item in assignment.items))
    if tier == Tier.T0:
        return LocalStudent(submission.files, wanted=wanted, limits=limits)
    from linclf.grading.student.remote import RemoteStudent

    isolation = assignment.isolation if assignment is not None else "submission"
    return RemoteStudent(
        submission.files, tier=tier, limits=limits, wanted=wanted, isolation=isolation
    )


def fingerprint(assignment: Assignment, secret: bytes) -> str:
    """Return 16 letters that are the same as long as rubric, tests, secret and versions are.

    They are an HMAC, so that nobody learns the secret from them.

    Parameters
    ----------
    assignment : Assignment
    secret : bytes
    """
    digest = hashlib.sha256()
    rubric = {**asdict(replace(assignment, folder=None)), "versions": Results.versions_here()}
    digest.update(json.dumps(rubric, sort_keys=True, default=str).encode())
    folder = assignment.folder
    if folder is not None and any(item.test for item in assignment.items):
        for path in sorted(folder.iterdir()):
            if path.is_file() and path.suffix in _TESTED:
                digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return hmac.new(secret, b"linclf.grading/rubric/1" + digest.digest(), "sha256").hexdigest()[:16]


def longest(assignment: Assignment) -> float:
    """Return seconds after which a grader has lost its way: no submission may take as long.

    Parameters
    ----------
    assignment : Assignment
    """
    own = sum(2 * item.limits.load_seconds + 2 * _allowed(item) for item in assignment.items)
    tested = [item for item in assignment.items if item.check == "test"]
    return 60.0 + own + (tests_may_take(tested) if tested else 0.0)


def _allowed(item: Item) -> float:
    """Return the seconds that all calls of an item may take together."""
    return _CALLS * item.limits.seconds


class _Paced:
    """A submission whose calls for an item have a deadline together.

    A thousand calls that each stay below the limit of one could hold up a batch for hours.
    """

    def __init__(self, student: RemoteStudent | LocalStudent, seconds: float) -> None:
        self.student, self.seconds = student, seconds
        self.deadline = time.monotonic() + seconds

    def function(self, name: str) -> Callable[..., Any]:
        """Return a function of the submission."""
        return _PacedFunction(self, self.student.function(name))


class _PacedFunction:
    """A function of a `_Paced`; all but the call is that of the function."""

    def __init__(self, student: _Paced, function: Any) -> None:
        self._paced, self._function = student, function

    def __call__(self, *operands: Any, **named: Any) -> Any:
        if time.monotonic() > self._paced.deadline:
            raise Timeout(self._paced.seconds)
        return self._function(*operands, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._function, name)


class _Run:
    """One submission on its way through a rubric."""

    def __init__(
        self,
        assignment: Assignment,
        submission: Submission | IntakeError,
        secret: bytes,
        tier: Tier,
        into: Path | None,
    ) -> None:
        self.assignment, self.submission = assignment, submission
        self.secret, self.tier, self.into = secret, tier, into
        self.digest = submission.digest if isinstance(submission, Submission) else ""
        self.results = Results.blank(assignment, submission, tier)
        self.results.fingerprint = fingerprint(assignment, secret)
        self.language = self.results.language
        self.student: RemoteStudent | LocalStudent | None = None
        self.broken = False  # whether an item could not be judged
        self.begin = time.perf_counter()
        self.times: dict[str, Any] = {"items": {}}

    def close(self) -> None:
        """End the worker."""
        if self.student is not None:
            self.student.close()

    def grade(self, tests: bool) -> None:
        """Grade all items, and write the record each time."""
        self._write()
        if isinstance(self.submission, IntakeError):
            for item in self.assignment.items:
                self._refuse(item, self.submission)
        else:
            for item in _in_order(self.assignment.items, after_tests=False):
                self._item(item)
            if tests:
                self._tests(self.submission)
            for item in _in_order(self.assignment.items, after_tests=True):
                self._item(item)
        # What was left out for no fault of the submission is to be graded again.
        self.results.complete = not self.broken
        self.close()
        self.times["cpu"] = self.student.cpu_seconds if self.student is not None else 0.0
        self.times["starts"] = self.student.restarts + 1 if self.student is not None else 0
        self._write()

    def _write(self) -> None:
        if self.into is not None:
            self.results.write(self.into)
            self.times["wall"] = time.perf_counter() - self.begin
            write_times(self.into, self.times)

    # ------------------------------------------------------------------------ one item

    def _item(self, item: Item) -> None:
        begin = time.perf_counter()
        ledger = self._ledger(item)
        try:
            self._check_requirements(item)
            self._check_policy(item)
            seed = seed_of(self.secret, self.assignment.id, item.id, self.digest)
            spec = self.assignment.functions.get(item.function)
            student = _Paced(self._open(item), _allowed(item))
            CHECKS[item.check](item, student, seed, ledger, spec)
            if not ledger.touched:
                raise RuntimeError("the check has tried nothing")
        except Wrong as wrong:
            ledger.fail(wrong)
        except Exception as error:  # of the check: the student is not to blame, and not to gain
            self._note_bug(item, error)
            self._note(ledger)
            ledger = self._ledger(item)
        self._settle(item, ledger)
        self.times["items"][item.id] = {"wall": time.perf_counter() - begin}
        self._write()

    def _ledger(self, item: Item) -> Ledger:
        def name(place: int | str) -> str:
            return case_id(self.secret, self.assignment.id, item.id, self.digest, place)

        return Ledger(
            item.points, cases=item.cases, partial=item.partial, kappa=item.kappa, name=name
        )

    def _settle(self, item: Item, ledger: Ledger) -> None:
        self._note(ledger)
        for mistake in self.assignment.mistakes:
            here = "hidden" if item.hidden else "public"
            ids = set(mistake.id.split("+"))
            if item.id not in mistake.applies_to or here not in mistake.enabled_on:
                continue
            if ids <= set(ledger.mistakes):
                if mistake.message:
                    ledger.note(mistake.message)
                if mistake.hint_url:
                    ledger.tell(say("grading.hint", url=mistake.hint_url))
            if ids == set(ledger.certain):
                ledger.credit(mistake.credit)
        ledger.settle(self.results.item(item.id), self.language)

    def _refuse(self, item: Item, error: IntakeError) -> None:
        ledger = self._ledger(item)
        ledger.fail(Failure(error.sentence, category=error.category))
        ledger.settle(self.results.item(item.id), self.language)

    def _check_requirements(self, item: Item) -> None:
        for id in item.requires:
            needed = self.results.item(id)
            if needed.status != "passed":
                told = say("grading.requires", title=needed.title)
                raise Failure(told, category="requires")

    def _check_policy(self, item: Item) -> None:
        assert isinstance(self.submission, Submission)
        spec = self.assignment.functions.get(item.function)
        found = forbidden_import(self.submission.files, spec.forbidden_imports if spec else ())
        if found is not None:
            told = say("grading.forbidden", file=found[0], module=found[1])
            raise Failure(told, category="forbidden")

    def _open(self, item: Item) -> RemoteStudent | LocalStudent:
        """Return the submission, in the worker of the item before if that may serve it."""
        if self.student is None:
            self.student = open_student(self.assignment, self.submission, self.tier, item.limits)
            return self.student
        before = self.student.limits
        self.student.limits = item.limits
        bounds = replace(before, seconds=item.limits.seconds, load_seconds=item.limits.load_seconds)
        if self.assignment.isolation == "item" or bounds != item.limits:
            self.student.fresh()
        return self.student

    # ----------------------------------------------------------------- the items of pytest

    def _tests(self, submission: Submission) -> None:
        wanted = self._tests_to_run()
        if not wanted:
            return
        begin = time.perf_counter()
        found, problem = run_tests(
            self.assignment, wanted, submission, secret=self.secret, tier=self.tier
        )
        ids = [item.id for item in wanted]
        for item in found.items if found is not None else ():
            if item.id in ids and item.category != "not_run":
                _take_over(self.results.item(item.id), item)
        # What was not asked for was not collected either.
        own = [note for note in found.notes if note.key != _MISSED] if found is not None else []
        self.results.notes += own
        silent = ", ".join(i for i in ids if self.results.item(i).category == "not_run")
        self.broken = self.broken or bool(silent)
        if problem or (silent and not own):
            why = clean(problem) or "pytest said nothing of them"
            told = say("grading.no_tests", items=silent or "-", why=why)
            self.results.notes.append(Message.of(told, self.language))
        for id in ids:
            self.times["items"][id] = {"wall": (time.perf_counter() - begin) / len(ids)}
        self._write()

    def _tests_to_run(self) -> list[Item]:
        """Return the items of kind ``test``; those that wait for another check are settled."""
        wanted: list[Item] = []
        known = {item.id: item for item in self.assignment.items}
        for item in _sorted(self.assignment.items):
            if item.check != "test":
                continue
            others = [i for i in item.requires if known[i] not in wanted]
            ledger = self._ledger(item)
            try:
                self._check_requirements(replace(item, requires=tuple(others)))
                self._check_policy(item)
            except Failure as failure:
                ledger.fail(failure)
                self._settle(item, ledger)
            else:
                wanted.append(item)
        return wanted

    # ------------------------------------------------------------- what the instructor reads

    def _note(self, ledger: Ledger) -> None:
        self.results.notes += [Message.of(flag, self.language) for flag in ledger.flags]
        ledger.flags.clear()

    def _note_bug(self, item: Item, error: Exception) -> None:
        self.broken = True
        text = clean(" ".join(str(error).split()), 400)
        told = say("grading.broken", item=item.id, kind=type(error).__name__, text=text)
        self.results.notes.append(Message.of(told, self.language))


def _take_over(mine: ItemResult, found: ItemResult) -> None:
    """Take over what the tests found out; what the rubric says stays as it is."""
    fixed = {"id", "title", "number", "points", "visibility", "extra_credit", "tags"}
    for field in fields(found):
        if field.name not in fixed:
            setattr(mine, field.name, getattr(found, field.name))
    mine.earned = min(mine.earned, mine.points)


def _sorted(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items so that each comes after those that it requires, else in their order."""
    known = {item.id: item for item in items}
    seen: set[str] = set()

    def visit(item: Item) -> Iterator[Item]:
        if item.id not in seen:
            seen.add(item.id)
            for id in item.requires:
                yield from visit(known[id])
            yield item

    for item in known.values():
        yield from visit(item)


def _in_order(items: tuple[Item, ...], *, after_tests: bool) -> Iterator[Item]:
    """Yield the items with a check of their own that wait for a test, or those that do not."""
    waits: set[str] = set()
    for item in _sorted(items):
        if item.check == "test" or not waits.isdisjoint(item.requires):
            waits.add(item.id)
        if item.check != "test" and (item.id in waits) is after_tests:
            yield item
