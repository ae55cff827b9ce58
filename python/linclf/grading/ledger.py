"""The ledger of one item: what went well, what did not, why, and what that earns.

A check or a test enters cases, one after the other; none of them is lost if a later one raises.
Numbers are compared within rounding error: `kappa` units of the float that was computed in, times
the sum of the sizes of the terms (the majorant). Shapes must be equal: nothing is broadcast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course.student import Wrong, check_array, check_number
from linclf.course.trials import differs
from linclf.grading.failures import Failure, category_of
from linclf.grading.results import ItemResult, Message
from linclf.messages import Sentence, say
from linclf.tolerance import KAPPA

if TYPE_CHECKING:
    from linclf.arrays import Data, Labels, Reg

__all__ = ["CaseResult", "Ledger", "category_of_wrong"]

_MOST = 12  # messages of an item: more are not read


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case.

    Attributes
    ----------
    ok : bool
    id : str
        By which an instructor can run it again.
    category : str
        "right", or why not.
    """

    ok: bool
    id: str
    category: str


class Ledger:
    """What is known of one item, and what it earns.

    Parameters
    ----------
    points : int
        That there are, in 1/100.
    cases : int
        How many cases are planned: what is never tried counts as not passed.
    partial : {"proportional", "none"}
        Whether some of the cases earn some of the points.
    kappa : float
        Tolerance in units of the rounding error.
    name : callable, optional
        From the place of a case to its id.

    Examples
    --------
    >>> ledger = Ledger(300)
    >>> ledger.array("dW", np.ones(3), np.ones(3)), ledger.array("dW", np.ones((3, 1)), np.ones(3))
    (True, False)
    >>> ledger.earned(), ledger.category
    (150, 'shape')
    """

    def __init__(
        self,
        points: int,
        *,
        cases: int = 0,
        partial: str = "proportional",
        kappa: float = KAPPA,
        name: Callable[[int | str], str] = str,
    ) -> None:
        self.points, self.planned, self.partial, self.kappa = points, cases, partial, kappa
        self.name = name
        self.cases: list[CaseResult] = []
        self.sentences: list[Sentence] = []
        self.flags: list[Sentence] = []
        self.mistakes: list[str] = []
        self.certain: tuple[str, ...] = ()
        self._awarded: int | None = None
        self._failure = ""
        self._credit = 0

    # ------------------------------------------------------------------------- entries

    def case(
        self, ok: bool, id: int | str = "", category: str = "wrong_value", *sentences: Sentence
    ) -> bool:
        """Enter a case.

        Parameters
        ----------
        ok : bool
            Whether it went well.
        id : int or str
            Its place, or its name; by default the next place.
        category : str
            Why it did not.
        *sentences : Sentence
            What to tell the student; of those with one key, that of the first case is told.

        Returns
        -------
        bool
            `ok`.
        """
        shown = self.name(len(self.cases) if id == "" else id)
        self.cases.append(CaseResult(ok, shown, "right" if ok else category))
        told = {sentence.key for sentence in self.sentences}
        self.tell(*(one for one in sentences if one.key not in told))  # once for all cases
        return ok

    def wrong(self, wrong: Wrong, id: int | str = "") -> bool:
        """Enter a case that did not go well, by what was raised."""
        return self.case(False, id, category_of_wrong(wrong), *wrong.sentences)

    def array(
        self,
        name: str,
        found: Any,
        expected: Any,
        majorant: Any = None,
        kappa: float | None = None,
        *,
        id: int | str = "",
    ) -> bool:
        """Enter a case: is an array what it should be?

        Parameters
        ----------
        name : str
            What to call it.
        found : object
            As it was returned.
        expected : array
            Whole numbers are compared exactly.
        majorant : array or float, optional
            The sum of the sizes of the terms of each entry; by default the largest entry.
        kappa : float, optional
            Rounding units allowed, instead of those of the item.
        id : int or str
            Of the case; by default the next place.

        Returns
        -------
        bool
            Whether it is.
        """
        expected = np.asarray(expected)
        try:
            if expected.ndim == 0:
                found = check_number(found, float(expected), name)
            else:
                found = check_array(found, expected, name)
        except Wrong as wrong:
            return self.wrong(wrong, id)
        if self._near(found, expected, majorant, kappa):
            if np.asarray(found).dtype == np.float32 and expected.dtype != np.float32:
                self.tell(say("course.single"))
            return self.case(True, id)
        return self.case(False, id, "wrong_value", differs(name, found, expected))

    def scalar(
        self,
        name: str,
        found: Any,
        expected: float,
        majorant: float | None = None,
        kappa: float | None = None,
    ) -> bool:
        """Enter a case: is a number what it should be?

        A float, a NumPy scalar or an array of no dimension is one; an array of length 1 is none.
        The parameters are those of `array`.
        """
        return self.array(name, found, float(expected), majorant, kappa)

    def gradient_of_own_loss(
        self, function: Callable[..., Any], W: Data, X: Data, y: Labels, reg: Reg
    ) -> bool:
        """Enter a case: is a gradient the derivative of the loss that it is returned with?

        Parameters
        ----------
        function : callable
            ``function(W, X, y, reg)`` returns ``(loss, dW)``.
        W, X, y, reg
            Where: small, and away from kinks.

        Returns
        -------
        bool
            Whether central differences of the loss say so.
        """
        from linclf.grading.checks.own_gradient import follows_own_loss

        try:
            told = follows_own_loss(function, W, X, y, reg)
        except Wrong as wrong:
            return self.wrong(wrong)
        return self.case(not told, "", "wrong_gradient", *told)

    def award(self, points: float, reason: str = "") -> None:
        """Give points by hand; once this is done, cases earn nothing by themselves.

        Parameters
        ----------
        points : float
            Whole points, at most two decimals; taken off if negative.
        reason : str
            Told to the student.

        Raises
        ------
        ValueError
            If there are more than two decimals.
        """
        hundredths = round(100 * points)
        if abs(100 * points - hundredths) > 1e-6:
            raise ValueError(f"points is {points}; points count in hundredths: use two decimals")
        self._awarded = (self._awarded or 0) + hundredths
        if reason:
            self.tell(say("grading.awarded", points=f"{points:+g}", reason=reason))

    def note(self, text: str) -> None:
        """Tell the student something, in words of the instructor."""
        self.tell(say("grading.note", text=text))

    def tell(self, *sentences: Sentence) -> None:
        """Tell the student something; what was told before is not told again."""
        for sentence in sentences:
            if sentence not in self.sentences and len(self.sentences) < _MOST:
                self.sentences.append(sentence)

    def flag(self, sentence: Sentence) -> None:
        """Tell the instructor something, and nobody else."""
        self.flags.append(sentence)

    def recognise(self, ids: Iterable[str], *, certain: bool) -> None:
        """Enter mistakes that explain what is wrong.

        Parameters
        ----------
        ids : iterable of str
        certain : bool
            Whether they, all together, explain it to rounding.
        """
        ids = tuple(ids)
        self.mistakes += [id for id in ids if id not in self.mistakes]
        self.certain = ids if certain else ()

    def fail(self, wrong: Wrong) -> None:
        """Enter what ended the item before its time; the cases that passed keep their part."""
        self._failure = category_of_wrong(wrong)
        self.tell(*wrong.sentences)

    def discard(self, sentence: Sentence) -> None:
        """Leave out a case that is planned, and say to the instructor why."""
        self.planned = max(0, self.planned - 1)
        self.flag(sentence)

    def tell_kinds(self, kinds: Sequence[str]) -> None:
        """Tell which kinds of case failed, if most passed: then the kind says what is missing.

        Parameters
        ----------
        kinds : sequence of str
            Names of `linclf.cases.KINDS`, of the cases in the order of their places.
        """
        failed = list(dict.fromkeys(k for k, c in zip(kinds, self.cases, strict=False) if not c.ok))
        if failed and 2 * self.passed >= len(self.cases):
            words = [say(f"grading.kind.{kind}") for kind in failed]
            self.tell(say("grading.cases", kinds=reduce(_listed, reversed(words))))

    def credit(self, fraction: float) -> None:
        """Give at least this fraction of the points, for a mistake that is known."""
        self._credit = max(self._credit, int(self.points * fraction + 1e-9))

    # -------------------------------------------------------------------------- result

    @property
    def passed(self) -> int:
        """Number of cases that went well."""
        return sum(case.ok for case in self.cases)

    @property
    def total(self) -> int:
        """Number of cases, those that were never tried included."""
        return max(self.planned, len(self.cases))

    @property
    def touched(self) -> bool:
        """Whether anything was entered that decides about points."""
        return bool(self.cases or self._failure or self._awarded is not None)

    @property
    def right(self) -> bool:
        """Whether everything went well that was planned."""
        return self.touched and not self._failure and self.passed == self.total

    @property
    def category(self) -> str:
        """Why not everything went well; "right" if it did, "not_run" if nothing was tried."""
        if self._failure:
            return self._failure
        if not self.touched:
            return "not_run"
        return next((case.category for case in self.cases if not case.ok), "right")

    def earned(self) -> int:
        """Return the points, in 1/100: never less than 0 or more than there are."""
        if self.category == "tampering" or not self.touched:
            return 0
        if self._awarded is not None:
            share = self._awarded
        elif self.total:
            share = self.points * self.passed // self.total
        else:
            share = 0
        share = min(max(share, 0), self.points)
        if self.partial == "none" and share < self.points:
            share = 0
        return max(share, self._credit)

    def settle(self, item: ItemResult, language: str | None = None) -> None:
        """Write all this into the record of an item.

        Parameters
        ----------
        item : ItemResult
        language : str, optional
            Of the student.
        """
        item.earned = self.earned()
        whole = item.earned == self.points
        if not self.touched:
            item.status = "not run"
        elif whole and (self.right or self._awarded is not None):
            item.status = "passed"
        else:
            item.status = "partial" if item.earned else "failed"
        item.category = self.category
        item.cases, item.cases_passed = self.total, self.passed
        item.case_ids = [case.id for case in self.cases]
        item.messages = [Message.of(sentence, language) for sentence in self.sentences]
        item.mistakes = list(self.mistakes)

    def _near(self, found: Any, expected: Any, majorant: Any, kappa: float | None) -> bool:
        if expected.dtype.kind in "biu":
            return np.array_equal(found, expected)
        single = np.float32 in (np.asarray(found).dtype, expected.dtype)
        unit = float(np.finfo(np.float32 if single else np.float64).eps)
        unit *= self.kappa if kappa is None else kappa
        finite = np.abs(expected[np.isfinite(expected)])
        size = finite.max(initial=0.0) if majorant is None else majorant
        with np.errstate(invalid="ignore"):
            error = np.abs(np.asarray(found, np.float64) - expected)
            same = (np.asarray(found) == expected) | (np.isnan(found) & np.isnan(expected))
        return bool(np.all((error <= unit * np.asarray(size)) | same))


def _listed(rest: Sentence, first: Sentence) -> Sentence:
    return say("grading.and", first=first, rest=rest)


def category_of_wrong(wrong: Wrong) -> str:
    """Return the category of what was raised about a student's function."""
    if isinstance(wrong, Failure):
        return wrong.category
    return category_of(wrong.sentences[0]) if wrong.sentences else "wrong_value"
