"""One sample of an explanation: its scores, loss and derivative, as the C core computes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.losses import loss_and_grad, scores
from linclf.problem import Problem

if TYPE_CHECKING:
    from linclf.arrays import Data

_MOST, _LARGEST = 10, 5  # so many are all written out; of more, so many of the largest


@dataclass(frozen=True, slots=True)
class Row:
    """A sample.

    Attributes
    ----------
    i : int or None
        Its number, if it is one of several.
    label : int
    scores : list of float, one per class
    value : float
        Its loss.
    slopes : list of float, one per class
        The derivative of the loss by each score.
    delta : float
        Margin of the hinge losses.
    names : sequence of str
        Names of the classes; empty if they have none.
    """

    i: int | None
    label: int
    scores: list[float]
    value: float
    slopes: list[float]
    delta: float
    names: Sequence[str] = ()

    @property
    def shown(self) -> list[int]:
        """Classes that are written out: the label, and those with the highest scores."""
        return largest(self.scores, always=self.label)

    @property
    def others(self) -> list[int]:
        """Classes that are summed only."""
        return sorted(set(range(len(self.scores))) - set(self.shown))

    def named(self, j: int) -> str:
        """Return the number of a class, with its name if it has one."""
        return f"{j} ({self.names[j]})" if self.names else str(j)

    @property
    def of(self) -> str:
        """How headings tell of which sample they speak."""
        return "" if self.i is None else f" of sample {self.i}"


def largest(values: Any, always: int | None = None) -> list[int]:
    """Return the indices of a few that are written out, in order: all if there are only a few.

    Of many, the largest are chosen, NaN before all, and `always` in any case.

    Examples
    --------
    >>> largest([3.0, 1.0])
    [0, 1]
    >>> largest(range(100), always=7)
    [7, 95, 96, 97, 98, 99]
    """
    array = np.asarray(values, dtype=np.float64)
    if len(array) <= _MOST:
        return list(range(len(array)))
    ranked = np.argsort(-np.where(np.isnan(array), np.inf, array), kind="stable")
    chosen = {int(k) for k in ranked[:_LARGEST]}
    return sorted(chosen | ({always} if always is not None else set()))


def row_of_sample(problem: Problem, i: int, names: Sequence[str]) -> Row:
    """Return sample i of checked operands."""
    given = problem.b is not None
    b = problem.b if given else np.zeros(problem.W.shape[1], problem.W.dtype)
    X, y = problem.X[i : i + 1], problem.y[i : i + 1]
    found: Any = loss_and_grad(
        problem.loss, problem.W, X, y, b=b, delta=problem.delta, center=problem.center
    )
    value, _, db = found
    s = scores(problem.W, X, b=problem.b, center=problem.center)[0]
    return Row(i, int(y[0]), s.tolist(), value, db.tolist(), float(problem.delta), names)


def row_of_scores(
    loss: str, s: Data, label: int, delta: float, names: Sequence[str], i: int | None = None
) -> Row:
    """Return a sample of which the scores are given: they are the bias of weights that are 0."""
    W, X, y = np.zeros((1, len(s)), s.dtype), np.ones((1, 1), s.dtype), np.array([label])
    value, _, db = loss_and_grad(loss, W, X, y, b=s, delta=delta)
    return Row(i, label, s.tolist(), value, db.tolist(), float(delta), names)


def features_of(problem: Problem, i: int) -> Data:
    """Return the features of sample i as they meet the weights: centred, in float64."""
    x: Data = problem.X[i].astype(np.float64)
    if problem.center is not None:
        x -= problem.center
    return x


def without_penalty(problem: Problem) -> Problem:
    """Return the data's part of the objective alone."""
    return replace(problem, reg=0.0)
