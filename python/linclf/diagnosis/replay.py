"""Known mistakes, made again on the same problems: which of them gives the same answers?

How badly a mistake fits is the part of the deviation that it leaves unexplained, at worst over
all problems: 0 if it explains everything but rounding, 1 if it is as good as nothing. Loss and
gradient are explained apart, since they may be wrong for different reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from linclf.mutants.catalogue import mistakes_of
from linclf.mutants.switches import (
    GRADIENT_STEPS,
    LOSS_STEPS,
    Changes,
    Switches,
    gradient_parts,
    loss_parts,
)

if TYPE_CHECKING:
    from linclf.diagnosis.answers import Answer, Expected

Ids: TypeAlias = tuple[str, ...]

EXACT = 1e-10
"""Share of the deviation that may stay unexplained by what explains it exactly."""
WORSE = 1e3
"""How many times worse the next best explanation must be."""
LIKE = 0.03
"""Share that may stay unexplained by what the answer merely looks like."""

_PENALTY_STEPS = frozenset({"penalty", "penalty_gradient"})


@dataclass(frozen=True)
class Explanation:
    """The mistake, or the few, that explain a loss or a gradient best.

    Attributes
    ----------
    ids : tuple of str
        The mistakes.
    misfit : float
        Share of the deviation that they leave unexplained.
    runner_up : float
        The same of the next best explanation that is no longer than this.
    cases : int
        Number of problems in which there was a deviation to explain.
    equals : tuple of tuples of str
        What explains it as well with as few mistakes.
    """

    ids: Ids
    misfit: float
    runner_up: float
    cases: int
    equals: tuple[Ids, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the evidence allows to speak of certainty."""
        return (
            self.misfit <= EXACT
            and self.runner_up >= WORSE * max(self.misfit, EXACT)
            and self.cases >= 2
        )


@dataclass(frozen=True)
class _Slip:
    """One way to make one mistake, as far as it concerns the loss or the gradient."""

    id: str
    changes: Changes

    @property
    def in_penalty(self) -> bool:
        return not _PENALTY_STEPS.isdisjoint(self.changes)

    @property
    def in_end(self) -> bool:
        return "finish" in self.changes


def explain_gradient(answers: Sequence[Answer], expected: Sequence[Expected]) -> Explanation | None:
    """Return what explains wrong gradients, or None if nothing known does."""

    def run(switches: Switches, e: Expected) -> tuple[Any, Any]:
        return gradient_parts(switches, e.loss, e.W, e.X, e.y, e.penalty)

    given = [_doubles(answer.gradient) for answer in answers]
    right = [e.gradient for e in expected]
    tolerance = [float(np.linalg.norm(e.tol_gradient)) for e in expected]
    return _Search(expected, given, right, tolerance, run, GRADIENT_STEPS).best()


def explain_loss(answers: Sequence[Answer], expected: Sequence[Expected]) -> Explanation | None:
    """Return what explains wrong losses, or None if nothing known does."""

    def run(switches: Switches, e: Expected) -> tuple[Any, Any]:
        value, penalty = loss_parts(switches, e.loss, e.W, e.X, e.y, e.penalty)
        return np.array([value]), np.array([penalty])

    given = [np.array([answer.value]) for answer in answers]
    right = [np.array([e.value]) for e in expected]
    tolerance = [e.tol_value for e in expected]
    return _Search(expected, given, right, tolerance, run, LOSS_STEPS).best()


def _doubles(array: Any) -> Any:
    return np.asarray(array, np.float64)


class _Search:
    """Tries mistakes of one kind on all problems: one at a time, then two."""

    def __init__(
        self,
        expected: Sequence[Expected],
        given: list[Any],
        right: list[Any],
        tolerance: list[float],
        run: Callable[[Switches, Expected], tuple[Any, Any]],
        steps: frozenset[str],
    ) -> None:
        self.expected, self.given, self.right, self.tolerance = expected, given, right, tolerance
        self.run = run
        self.slips = list(_slips(expected[0].loss, steps)) if expected[0].y.ndim == 1 else []
        self.parts: dict[int, list[tuple[Any, Any]] | None] = {}
        self.deviation = [
            self._distance(g, r, t, r) for g, r, t in zip(given, right, tolerance, strict=True)
        ]

    def best(self) -> Explanation | None:
        """Return the best explanation of at most two mistakes, the shortest that is exact."""
        alone: list[tuple[Ids, float]] = [
            ((slip.id,), self._misfit(self._of_one(i))) for i, slip in enumerate(self.slips)
        ]
        found = self._chosen(alone)
        if found is not None and found.misfit <= EXACT:
            return found
        both = [
            (tuple(dict.fromkeys((a.id, b.id))), self._misfit(self._of_two(i, j)))
            for (i, a), (j, b) in combinations(enumerate(self.slips), 2)
            if a.id != b.id and set(a.changes).isdisjoint(b.changes)
        ]
        paired = self._chosen(alone + both)
        if paired is not None and paired.misfit <= EXACT:
            return paired
        return found if found is not None and found.misfit <= LIKE else None

    def _chosen(self, tried: list[tuple[Ids, float]]) -> Explanation | None:
        """Return the best of what was tried: what fits, in the fewest mistakes."""
        if not tried:
            return None
        least = min(misfit for _, misfit in tried)
        near = max(least, EXACT)
        fits = [ids for ids, misfit in tried if misfit <= near]
        size = min(map(len, fits))
        names = list(dict.fromkeys(ids for ids in fits if len(ids) == size))
        rest = [misfit for ids, misfit in tried if ids not in names and misfit > near]
        cases = sum(deviation > 0 for deviation in self.deviation)
        return Explanation(names[0], least, min(rest, default=np.inf), cases, tuple(names[1:]))

    # ------------------------------------------------------------- what a mistake would give

    def _of_one(self, i: int) -> Iterator[Any]:
        parts = self._parts_of(i)
        finish = self.slips[i].changes.get("finish", _unchanged)
        return (_finished(finish, data + penalty) for data, penalty in parts or ())

    def _of_two(self, i: int, j: int) -> Iterator[Any]:
        """Return the answers of two mistakes: put together of their parts where these are apart."""
        a, b = self.slips[i], self.slips[j]
        finish = a.changes.get("finish") or b.changes.get("finish") or _unchanged
        first, second = self._parts_of(i), self._parts_of(j)
        if a.in_end or b.in_end:
            parts = second if a.in_end else first
        elif first is None or second is None:
            parts = None
        elif a.in_penalty != b.in_penalty:
            data, penalty = (second, first) if a.in_penalty else (first, second)
            parts = [(d[0], p[1]) for d, p in zip(data, penalty, strict=True)]
        else:
            parts = self._run({**a.changes, **b.changes})
        return (_finished(finish, data + penalty) for data, penalty in parts or ())

    def _parts_of(self, i: int) -> list[tuple[Any, Any]] | None:
        if i not in self.parts:
            self.parts[i] = self._run(self.slips[i].changes)
        return self.parts[i]

    def _run(self, changes: Changes) -> list[tuple[Any, Any]] | None:
        """Return both parts for every problem; None where the mistake raises an error."""
        switches = Switches().changed(changes)
        try:
            return [self.run(switches, e) for e in self.expected]
        except (ValueError, IndexError):
            return None

    # ------------------------------------------------------------------------ how it fits

    def _misfit(self, predictions: Iterator[Any]) -> float:
        """Return the unexplained part of the deviation, at worst over all problems."""
        worst, count = 0.0, 0
        for k, prediction in enumerate(predictions):
            distance = self._distance(self.given[k], prediction, self.tolerance[k], self.right[k])
            if distance > 0:
                deviation = self.deviation[k]
                worst = max(worst, distance / deviation if deviation > 0 else np.inf)
            count += 1
            if worst > 2:
                break
        return float(worst) if count else np.inf

    @staticmethod
    def _distance(given: Any, prediction: Any, tolerance: float, right: Any) -> float:
        """Return the norm of the difference beyond rounding; 1 or 0 where it is not finite."""
        if np.shape(given) != np.shape(prediction):
            return np.inf
        finite = np.isfinite(given)
        if not finite.all():
            alike = np.array_equal(finite, np.isfinite(prediction))
            return 0.0 if alike else 1.0
        with np.errstate(all="ignore"):
            distance = float(np.linalg.norm(given - prediction))
            size, usual = float(np.linalg.norm(prediction)), float(np.linalg.norm(right))
        if not np.isfinite(distance):
            return np.inf
        scale = max(1.0, size / usual) if usual > 0 else 1.0  # sums err as they are large
        return distance if distance > tolerance * scale else 0.0


def _unchanged(dW: Any) -> Any:
    return dW


def _finished(finish: Callable[[Any], Any], dW: Any) -> Any:
    with np.errstate(all="ignore"):
        return finish(dW)


def _slips(loss: str, steps: frozenset[str]) -> Iterator[_Slip]:
    for mistake in mistakes_of(loss):
        for changes in (mistake.changes, *mistake.variants):
            concerned = {step: change for step, change in changes.items() if step in steps}
            if concerned:
                yield _Slip(mistake.id, concerned)
