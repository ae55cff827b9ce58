"""The checks ``loss`` and ``gradient``: one part of what a loss function returns, case by case.

The parts are judged apart, so that a mistake in one costs no points of the other. What is wrong is
explained once for the item, by `linclf.diagnosis`, which looks at both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.cases import Case, generate
from linclf.course.problems import LOSSES
from linclf.course.student import Wrong, check_array, check_number, check_pair, same
from linclf.diagnosis import Answer, diagnose
from linclf.diagnosis.cases import in_single
from linclf.grading.checks.asking import Asked, ends
from linclf.grading.checks.reference import draw
from linclf.messages import read, say
from linclf.tolerance import KAPPA

if TYPE_CHECKING:
    from linclf.diagnosis import Diagnosis
    from linclf.grading.checks import StudentLike
    from linclf.grading.ledger import Ledger
    from linclf.grading.rubric import FunctionSpec, Item

OPERANDS = ("W", "X", "y", "reg")
_NOT_KNOWN = frozenset({"loss_differs", "gradient_differs"})  # what is said if nothing explains it


def check_loss(
    item: Item,
    student: StudentLike,
    seed: int,
    ledger: Ledger,
    spec: FunctionSpec | None = None,
) -> None:
    """Check the value that a loss function returns."""
    _Check("loss", item, student, seed, ledger, spec).run()


def check_gradient(
    item: Item,
    student: StudentLike,
    seed: int,
    ledger: Ledger,
    spec: FunctionSpec | None = None,
) -> None:
    """Check the gradient that a loss function returns."""
    _Check("gradient", item, student, seed, ledger, spec).run()


def loss_of(item: Item) -> str:
    """Return which loss an item is about."""
    return item.loss or LOSSES[item.function]


@dataclass(frozen=True, eq=False)
class Returned:
    """What a function returned for one problem: its parts, None where one is missing or junk."""

    case: Case
    value: Any
    gradient: Any

    @property
    def single(self) -> bool:
        """Whether it was computed in float32, as far as dtypes tell."""
        parts = (self.case.W, self.value, self.gradient)
        return any(part is not None and np.asarray(part).dtype == np.float32 for part in parts)

    def answer(self, loss: str, single: bool | None = None) -> Answer:
        """Return it for a diagnosis; a part that is missing is filled in right."""
        case, single = self.case, self.single if single is None else single
        core = Answer(case.W, case.X, case.y, case.reg, 0.0, case.W).expected(loss)
        value = core.value if self.value is None else float(self.value)
        gradient = core.gradient if self.gradient is None else self.gradient
        gradient = gradient.astype(np.float32) if single else gradient
        return Answer(case.W, case.X, case.y, case.reg, value, gradient)


class LossFunction(Asked):
    """A function that returns a loss, a gradient, or both.

    Parameters
    ----------
    item, student, spec
        As for `Asked`. What is returned is told by ``spec.returns``: "" is the loss.
    """

    def __init__(self, item: Item, student: StudentLike, spec: FunctionSpec | None) -> None:
        super().__init__(item, student, OPERANDS, spec)
        self.loss = loss_of(item)
        returns = spec.returns if spec is not None and spec.returns else ("", "D, C")
        self.parts = ["gradient" if shape.strip() else "loss" for shape in returns][:2]

    def both(self, *operands: Any) -> tuple[Any, Any]:
        """Return loss and gradient as they were returned, None for what it does not return."""
        result, _ = self.ask(*operands)
        if self.parts == ["loss"]:
            return result, None
        if self.parts == ["gradient"]:
            return None, result
        if self.parts == ["gradient", "loss"]:
            gradient, value = check_pair(result, "dW", "loss")
            return value, gradient
        return check_pair(result, "loss", "dW")

    def returned(self, case: Case, wanted: str) -> Returned:
        """Ask it, and return its parts; that which is wanted must be in order.

        Raises
        ------
        Wrong
            If it is not.
        """
        value, gradient = self.both(*case.operands)
        core = Answer(case.W, case.X, case.y, case.reg, 0.0, case.W).expected(self.loss)
        large = case.name in ("large_scores", "integer_values")
        hint = "course.overflow_or_log" if large and self.loss == "softmax" else ""
        judges = {
            "loss": (partial(check_number, what="the loss", hint=hint), value, core.value),
            "gradient": (partial(check_array, what="dW", hint=hint), gradient, core.gradient),
        }
        parts: dict[str, Any] = {}
        for part, (judge, found, expected) in judges.items():
            try:
                parts[part] = None if part not in self.parts else judge(found, expected)
            except Wrong:
                if part == wanted:
                    raise
                parts[part] = None
        return Returned(case, parts["loss"], parts["gradient"])


class _Check:
    """One item, whose wanted part is "loss" or "gradient"."""

    def __init__(
        self,
        part: str,
        item: Item,
        student: StudentLike,
        seed: int,
        ledger: Ledger,
        spec: FunctionSpec | None,
    ) -> None:
        self.part, self.item, self.seed, self.ledger = part, item, seed, ledger
        self.loss = loss_of(item)
        self.function = LossFunction(item, student, spec)
        self.slack = item.kappa / KAPPA

    def run(self) -> None:
        returned: dict[int, Returned] = {}
        failed: dict[int, Wrong] = {}
        for place, case in draw(self.loss, self.seed, self.item.kinds, self.ledger):
            try:
                returned[place] = self.function.returned(case, self.part)
            except Wrong as wrong:
                failed[place] = wrong
                if ends(wrong):
                    break
        fits: dict[int, bool] = {}
        if not any(map(ends, failed.values())):
            self._check_memory(list(returned.values()))
            fits = {place: self._fits(one, one.single) for place, one in returned.items()}
            self._forgive_single(returned, fits)
        else:
            fits = {place: self._fits(one, one.single) for place, one in returned.items()}
        category = "wrong_value" if self.part == "loss" else "wrong_gradient"
        places = sorted([*returned, *failed])
        for place in places:
            if place in fits:
                self.ledger.case(fits[place], place, category)
            elif ends(failed[place]):
                raise failed[place]
            else:
                self.ledger.wrong(failed[place], place)
        self.ledger.tell_kinds([self.item.kinds[place] for place in places])
        wrong_ones = [returned[place] for place, right in fits.items() if not right]
        if wrong_ones:
            self._diagnose(wrong_ones, list(returned.values()))

    def _fits(self, returned: Returned, single: bool) -> bool:
        """Tell whether rounding explains what sets the wanted part apart."""
        expected = returned.answer(self.loss, single).expected(self.loss)
        with np.errstate(invalid="ignore"):
            if self.part == "loss":
                value = float(returned.value)
                near = abs(value - expected.value) <= self.slack * expected.tol_value
                return bool(near) or value == expected.value
            error = np.abs(np.asarray(returned.gradient, np.float64) - expected.gradient)
            return bool((error <= self.slack * expected.tol_gradient).all())

    def _forgive_single(self, returned: dict[int, Returned], fits: dict[int, bool]) -> None:
        """Judge again what was computed in float32 though its dtype does not tell."""
        off = [place for place, right in fits.items() if not right]
        doubles = [one for one in returned.values() if one.case.W.dtype == np.float64]
        if off and self._in_single([returned[place] for place in off]):
            fits.update((place, self._fits(returned[place], True)) for place in off)
            self.ledger.tell(say("course.single"))
        elif any(one.single for one in doubles):
            self.ledger.tell(say("course.single"))

    def _in_single(self, off: list[Returned]) -> bool:
        if all(one.value is not None and one.gradient is not None for one in off):
            return in_single([one.answer(self.loss) for one in off], self.loss)
        parts = [one.value if self.part == "loss" else one.gradient for one in off]
        return all(np.array_equal(np.asarray(part, np.float32), part) for part in parts)

    def _check_memory(self, returned: list[Returned]) -> None:
        """Ask again, the last problem first: the answers must be the same.

        Raises
        ------
        Wrong
            If they are not.
        """
        if len(returned) == 1:  # something else must come between
            rng = np.random.default_rng([self.seed, 1 << 20])
            [other] = generate(self.loss, rng, names=[returned[0].case.name])
            self.function.both(*other.operands)
        for before in {id(one): one for one in (*returned[-1:], *returned[:1])}.values():
            again = self.function.returned(before.case, self.part)
            parts = (before.value, again.value), (before.gradient, again.gradient)
            wanted = parts[0] if self.part == "loss" else parts[1]
            if not same(*wanted):
                raise Wrong(say("course.not_deterministic"))

    def _diagnose(self, wrong: list[Returned], returned: list[Returned]) -> None:
        """Say what is wrong, once for all cases."""
        others = [one for one in returned if one.case.W.dtype == np.float64]
        chosen = [wrong[0], *(one for one in others if one is not wrong[0])]
        rng = np.random.default_rng([self.seed, 2 << 20])
        answers = [one.answer(self.loss) for one in chosen]
        found = diagnose(answers, self.loss, function=self._quiet, rng=rng)
        self._tell(found)

    def _quiet(self, *operands: Any) -> tuple[Any, Any]:
        """Return loss and gradient, the right ones for what the function does not return."""
        W, X, y, reg = operands
        value, gradient = self.function.both(*operands)
        if value is None or gradient is None:
            whole = np.asarray(W, np.float64)
            core = Answer(whole, X, y, reg, 0.0, whole).expected(self.loss)
            value = core.value if value is None else value
            gradient = core.gradient if gradient is None else gradient
        return value, gradient

    def _tell(self, found: Diagnosis) -> None:
        concerned = [f for f in found.findings if f.part in (self.part, "both")]
        told = concerned or found.findings
        known = [f for f in told if f.id not in _NOT_KNOWN and not np.isnan(f.misfit)]
        self.ledger.recognise(
            [finding.id for finding in known],
            certain=bool(concerned) and known == concerned and all(f.exact for f in known),
        )
        both = len(self.function.parts) == 2
        for text in [*([found.verdict] if both else []), *map(str, told)]:
            self.ledger.tell(read(text) or say("course.other", text=text))


__all__ = ["OPERANDS", "LossFunction", "Returned", "check_gradient", "check_loss", "loss_of"]
