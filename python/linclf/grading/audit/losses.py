"""The audit of items that ask for a loss, its gradient, or both.

A mistake is measured in tolerances: by how many of them its answer is off, on the case where it is
off the most. Two mistakes are told apart by the same measure. What good cases can tell apart is
known from a pool of all kinds: those that answer alike even there are the same mistake as far as
the item looks, and are not held against it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.cases import KINDS, Case, generate
from linclf.course.student import Wrong
from linclf.diagnosis.answers import Answer
from linclf.grading.checks.own_gradient import follows_own_loss
from linclf.mutants import Mutant, pairs
from linclf.mutants.catalogue import mistakes_of
from linclf.tolerance import KAPPA

if TYPE_CHECKING:
    from linclf.diagnosis.answers import Expected

Parts = tuple[str, ...]
_POOL_SEEDS = (11, 12)
_ORDINARY = ("plain", "n_equals_c", "two_classes", "large_penalty")


@dataclass(frozen=True)
class Seen:
    """A mistake as the cases of one seed show it.

    Attributes
    ----------
    separation : float
        Number of tolerances that its answer is off by, at most; inf if it raises, has another shape
        or is not finite.
    case : str
        Where.
    signature : array
        What it is off by, entry after entry of all cases, in tolerances.
    form : tuple
        Shape of each answer, or what was raised.
    """

    separation: float
    case: str
    signature: Any
    form: tuple[Any, ...]

    @property
    def measurable(self) -> bool:
        """Whether the mistake is off by a finite number of tolerances that matters, anywhere."""
        finite = np.abs(self.signature[np.isfinite(self.signature)])
        return bool(finite.max(initial=0.0) >= 1.0)


def variants(loss: str) -> dict[str, Mutant]:
    """Return the known mistakes of a loss by name, then those that are often made in pairs."""
    alone = [Mutant(loss, (mistake,)) for mistake in mistakes_of(loss)]
    both = list(pairs(loss)) if loss in ("hinge", "softmax") else []
    return {mutant.id.partition("/")[2]: mutant for mutant in alone + both}


def concerns(mutant: Mutant, parts: Parts) -> bool:
    """Tell whether a mistake spoils a part that an item looks at."""
    return mutant.wrong == "both" or mutant.wrong in parts


class Graded:
    """The cases of one seed with what is right, ready to measure answers.

    Parameters
    ----------
    loss : str
    cases : sequence of Case
    """

    def __init__(self, loss: str, cases: Sequence[Case]) -> None:
        self.loss, self.cases = loss, list(cases)
        self._expected: dict[tuple[int, bool], Expected] = {}

    def answers(self, function: Callable[..., Any]) -> list[Answer | str]:
        """Return what a function answers to every case, or the name of the error it raises."""
        found: list[Answer | str] = []
        for case in self.cases:
            try:
                value, gradient = function(*case.operands)
                found.append(Answer(*case.operands, float(value), gradient))
            except (ValueError, IndexError) as error:
                found.append(type(error).__name__)
        return found

    def seen(self, answers: Sequence[Answer | str], parts: Parts, kappa: float = KAPPA) -> Seen:
        """Return how far off answers are in these parts, with `kappa` rounding units allowed."""
        found = [
            list(self._off(i, answer, parts, kappa / KAPPA)) for i, answer in enumerate(answers)
        ]
        worst = [max((_size(off) for off, _ in offs), default=0.0) for offs in found]
        best = int(np.argmax(worst))
        flat = [np.ravel(off) for offs in found for off, _ in offs]
        forms = tuple(form for offs in found for _, form in offs)
        return Seen(worst[best], self.cases[best].name, np.concatenate(flat), forms)

    def farthest(self, answers: Sequence[Answer | str]) -> dict[str, float]:
        """Return by how many tolerances answers are off at most, by part."""
        far = {"loss": 0.0, "gradient": 0.0}
        for i, answer in enumerate(answers):
            if isinstance(answer, str) or np.shape(answer.gradient) != answer.W.shape:
                return dict.fromkeys(far, np.inf)
            expected = self._of(i, answer)
            with np.errstate(all="ignore"):
                off = (answer.value - expected.value) / expected.tol_value
                error = (answer.gradient - expected.gradient) / expected.tol_gradient
            far["loss"] = max(far["loss"], _size(off))
            far["gradient"] = max(far["gradient"], _size(error))
        return far

    def _off(
        self, i: int, answer: Answer | str, parts: Parts, scale: float
    ) -> Iterator[tuple[Any, Any]]:
        """Yield for every part by how many tolerances the answer is off, and its form."""
        if isinstance(answer, str):
            for _ in parts:
                yield np.array([np.inf]), answer
            return
        expected = self._of(i, answer)
        shape = np.shape(answer.gradient)
        with np.errstate(all="ignore"):
            if "loss" in parts:
                off = (answer.value - expected.value) / (scale * expected.tol_value)
                yield np.array([off]), ()
            if "gradient" in parts and shape == expected.W.shape:
                yield (answer.gradient - expected.gradient) / (scale * expected.tol_gradient), shape
            elif "gradient" in parts:
                yield np.array([np.inf]), shape

    def _of(self, i: int, answer: Answer) -> Expected:
        key = (i, answer.single)
        if key not in self._expected:
            self._expected[key] = answer.expected(self.loss)
        return self._expected[key]


def _size(off: Any) -> float:
    """Return the largest magnitude; what is not finite is as far off as can be."""
    size = np.abs(off)
    return float(np.where(np.isnan(size), np.inf, size).max(initial=0.0))


def apart(first: Seen, second: Seen) -> float:
    """Return by how many tolerances two mistakes answer differently, at most."""
    if first.form != second.form:
        return np.inf
    a, b = first.signature, second.signature
    strange = ~(np.isfinite(a) & np.isfinite(b))
    if strange.any() and not np.array_equal(a[strange], b[strange], equal_nan=True):
        return np.inf
    return float(np.abs(a[~strange] - b[~strange]).max(initial=0.0))


def confused(seen: dict[str, Seen], least: float) -> set[tuple[str, str]]:
    """Return the pairs of mistakes that are less than `least` tolerances apart on all cases."""
    by_form: dict[Any, list[str]] = {}
    for name, one in seen.items():
        patterns = (one.form, np.isfinite(one.signature).tobytes())
        by_form.setdefault(patterns, []).append(name)
    found = set()
    for names in by_form.values():
        # In blocks of one against all: the matrix of all pairs would not stay in the cache.
        rows = np.array([np.nan_to_num(seen[name].signature, posinf=0, neginf=0) for name in names])
        for i, name in enumerate(names[:-1]):
            near = np.abs(rows[i + 1 :] - rows[i]).max(axis=1, initial=0.0) < least
            others = (names[i + 1 + j] for j in np.flatnonzero(near))
            found |= {(name, o) for o in others if apart(seen[name], seen[o]) < least}
    return found


@functools.cache
def alike(loss: str, parts: Parts, least: float) -> frozenset[tuple[str, str]]:
    """Return the pairs of mistakes that no kind of case tells apart in these parts."""
    mutants = [name for name, mutant in variants(loss).items() if concerns(mutant, parts)]
    sets = []
    for graded, answers in _pool(loss):
        seen = {name: graded.seen(answers[name], parts) for name in mutants}
        sets.append(confused(seen, least))
    return frozenset(set.intersection(*sets))


@functools.cache
def _pool(loss: str) -> list[tuple[Graded, dict[str, list[Answer | str]]]]:
    """Return cases of all kinds, and what every mistake answers to them."""
    found = []
    for seed in _POOL_SEEDS:
        graded = Graded(loss, list(generate(loss, seed, names=KINDS)))
        found.append((graded, {n: graded.answers(mutant) for n, mutant in variants(loss).items()}))
    return found


def is_own(function: Callable[..., Any], case: Case) -> bool:
    """Tell whether the check of own gradients takes a gradient for that of its loss."""
    W, X = np.asarray(case.W, np.float64), np.asarray(case.X, np.float64)
    try:
        return not follows_own_loss(function, W, X, case.y, case.reg, explain=False)
    except Wrong:
        return False


def is_own_everywhere(loss: str, function: Callable[..., Any]) -> bool:
    """Tell whether that holds whatever the case."""
    cases = [case for seed in _POOL_SEEDS for case in generate(loss, seed, names=_ORDINARY)]
    return all(is_own(function, case) for case in cases)
