"""One test while it runs: what its phases, its ledger and its subtests say, made into evidence.

What a student may read of it is chosen here: the sentences of failures and of the ledger, and the
words that the instructor wrote. What pytest adds to an assertion, and what NumPy says about
arrays, holds expected values and is never passed on; of a hidden item nothing is but the category.
"""

from __future__ import annotations

import time
import unittest.case
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pytest

from linclf.course.student import Wrong
from linclf.grading.failures import clean
from linclf.grading.ledger import Ledger, category_of_wrong
from linclf.grading.plugin.tally import Evidence
from linclf.grading.results import ItemResult, Message
from linclf.grading.rubric import Item
from linclf.messages import Sentence, say

__all__ = ["CURRENT", "Outcome", "Running", "judged"]


@dataclass(frozen=True)
class Outcome:
    """How a test, a part of it or a subtest ended.

    Attributes
    ----------
    category : str
        A key of `linclf.grading.failures.CATEGORIES`; "right" if it passed.
    told : tuple of Sentence
        To the student.
    note : Sentence or None
        To the instructor: the test itself ended in a way that says nothing about the student.
    """

    category: str
    told: tuple[Sentence, ...] = ()
    note: Sentence | None = None

    @property
    def right(self) -> bool:
        """Whether it passed."""
        return self.category == "right"


def judged(error: BaseException | None, test: str, path: str = "") -> Outcome:
    """Return what an exception in a test means.

    Parameters
    ----------
    error : exception or None
        As it left the test.
    test : str
        Name of the test.
    path : str
        Its file: what an ``assert`` there says, its author wrote.

    Examples
    --------
    >>> judged(AssertionError("too slow"), "test_time").told[0].text()
    'too slow'
    """
    if error is None:
        return Outcome("right")
    if isinstance(error, Wrong):
        return Outcome(category_of_wrong(error), error.sentences)
    if isinstance(error, pytest.skip.Exception):
        return Outcome("not_run", note=say("grading.plugin.skipped", test=test, text=clean(error)))
    if isinstance(error, AssertionError | pytest.fail.Exception):
        words = _own_words(error, path)
        told = say("grading.note", text=words) if words else say("grading.plugin.assertion")
        return Outcome("wrong_value", (told,))
    values = {"test": test, "kind": type(error).__name__, "text": clean(error)}
    return Outcome("not_run", note=say("grading.plugin.bug", **values))


def _own_words(error: BaseException, path: str) -> str:
    """Return what the instructor wrote for this failure: the message of an assert, or of fail."""
    text = str(error)
    if isinstance(error, pytest.fail.Exception):
        return clean(text)
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    said_by = frame.tb_frame.f_code.co_filename if frame is not None else path
    if said_by == unittest.case.__file__:  # "1 != 2 : words"
        return clean(text.rpartition(" : ")[2]) if " : " in text else ""
    if path and said_by != path:
        return ""  # said by a helper, of NumPy perhaps, with the values that it compared
    # pytest puts the comparison, with its values, below the words.
    return "" if text.startswith("assert ") else clean(text.partition("\nassert ")[0])


@dataclass
class Running:
    """What is known so far about a test that is being run.

    Attributes
    ----------
    item : Item
        That it is evidence for.
    test : pytest.Item
    language : str
        Of the translations.
    ledger : Ledger
        Its accounts: the test may enter cases and points, the plugin enters how it ended.
    student : callable
        Returns the submission.
    inside : bool
        Whether the test function is running: a report made meanwhile is that of a subtest.
    hide_errors : str
        What the student is told instead, whatever is wrong.
    notes : list of Message
        For the instructor.
    result : ItemResult or None
        What the engine says, where it did the check: how the test ended says nothing more.
    waits : bool
        Whether the test is skipped for an item that it requires.
    """

    item: Item
    test: pytest.Item
    language: str
    ledger: Ledger
    student: Callable[[], Any]
    inside: bool = False
    hide_errors: str = ""
    notes: list[Message] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    subtests: int = 0
    result: ItemResult | None = None
    waits: bool = False
    begin: float = field(default_factory=time.perf_counter)
    _score: float = 0.0

    def take(self, when: str, error: BaseException | None) -> Outcome:
        """Take note of the end of a phase, or of a subtest."""
        if self.result is not None and when == "call":
            error = None
        outcome = judged(error, self.test.nodeid, str(getattr(self.test, "path", "")))
        if outcome.note is not None and not self.waits:
            self.notes.append(Message.of(outcome.note, "en"))
        if when == "call" and self.inside:
            self.subtests += 1
            self._enter(outcome)
        else:
            self.outcomes[when] = outcome
        return outcome

    def evidence(self) -> Evidence:
        """Return what the test says of its item, after its last phase."""
        result = ItemResult(
            id=self.item.id,
            title=self.item.title,
            number=self.item.number,
            points=self.item.points,
            visibility=self.item.visibility,
            extra_credit=self.item.extra_credit,
            tags=list(self.item.tags),
        )
        if self.result is not None:
            seconds = time.perf_counter() - self.begin
            return Evidence(self.item.id, self.test.nodeid, self.result, self.notes, seconds)
        bad = [one for one in self.outcomes.values() if not one.right]
        if any(one.note is not None for one in bad) or not (bad or "call" in self.outcomes):
            # Skipped, broken or cut short: no evidence, so no points, whatever came before.
            self.notes += [Message.of(one, "en") for one in self.ledger.flags]
        else:
            for outcome in bad:
                self._enter(outcome)
            if not self.ledger.touched:
                self.ledger.case(True, self.test.name)
            self.ledger.settle(result, self.language)
            if result.category == "right" and result.status != "passed":
                result.category = "wrong_value"  # by what the test itself awarded
            if result.category == "not_run" and not result.earned:
                result.status = "not run"
            self.notes += [Message.of(one, "en") for one in self.ledger.flags]
            if self.hide_errors and result.status != "passed":
                told = say("grading.note", text=clean(self.hide_errors))
                result.messages = [Message.of(told, self.language)]
        seconds = time.perf_counter() - self.begin
        return Evidence(self.item.id, self.test.nodeid, result, self.notes, seconds)

    def set_score(self, points: float, reason: str = "") -> None:
        """Set the points of the test, instead of those that it set before."""
        points = round(float(points), 2)
        self.ledger.award(points - self._score)
        self._score = points
        if reason:
            self.ledger.note(clean(reason))

    def enter_leaderboard(self, name: str, value: float | str, order: str) -> None:
        """Note a value of the leaderboard."""
        told = say("grading.plugin.leaderboard", name=name, value=clean(value), order=order)
        self.notes.append(Message.of(told, "en"))

    def _enter(self, outcome: Outcome) -> None:
        """Enter how something ended as a case: points that it earned before remain its own."""
        place = f"{self.test.name}#{self.subtests}" if self.subtests else self.test.name
        self.ledger.case(outcome.right, place, outcome.category, *outcome.told)


CURRENT: ContextVar[Running | None] = ContextVar("linclf_running", default=None)
"""The test that is running, for the decorators of `linclf.grading.aliases`."""
