"""What a function answered to a problem, and what the C core answers to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.losses import loss_and_grad
from linclf.penalties import as_penalty
from linclf.tolerance import row_losses, tolerances

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Labels, Reg


@dataclass(frozen=True, eq=False)
class Answer:
    """A problem and what a function returned for it.

    Attributes
    ----------
    W : (D, C) array
    X : (N, D) array
    y : (N,) integer array
    reg : float or penalty
        The problem.
    value : float
        The loss that was returned.
    gradient : array
        The gradient that was returned, of whatever shape and dtype.
    """

    W: Data
    X: Data
    y: Labels
    reg: Reg
    value: float
    gradient: Any
    _known: dict[str, Expected] = field(default_factory=dict, init=False, repr=False)

    def expected(self, loss: str) -> Expected:
        """Return what the core answers to this problem; computed once.

        Raises
        ------
        TypeError, ValueError
            If the problem is none that the core takes.
        """
        key = str(loss)
        if key not in self._known:
            self._known[key] = Expected(key, self)
        return self._known[key]

    @property
    def sizes(self) -> tuple[int, int, int]:
        """N, D and C."""
        return (*self.X.shape, self.W.shape[1])

    @property
    def single(self) -> bool:
        """Whether it was computed in float32, as far as dtypes tell."""
        dtypes = (self.W.dtype, np.asarray(self.gradient).dtype)
        return np.dtype(np.float32) in dtypes


class Expected:
    """The exact answer to the problem of an `Answer`, part by part, and its tolerances.

    Parameters
    ----------
    loss : Loss or str
        What the function is meant to compute.
    answer : Answer
        Its problem is taken, not what was answered.
    """

    def __init__(self, loss: str, answer: Answer) -> None:
        self.loss, self.y = loss, answer.y
        self.W = np.asarray(answer.W, np.float64)
        whole = answer.X.dtype.kind in "iu"
        self.X = answer.X if whole else np.asarray(answer.X, np.float64)
        self.penalty = as_penalty(answer.reg)
        self.data_value, self.data_gradient = loss_and_grad(loss, self.W, self.X, self.y)
        dtype = np.float32 if answer.single else np.float64
        self.tol_value, self.tol_gradient = tolerances(
            loss, self.W, self.X, self.y, answer.reg, dtype=dtype
        )

    @property
    def value(self) -> float:
        """The loss."""
        return self.data_value + self.penalty_value

    @property
    def penalty_value(self) -> float:
        """The regulariser's part of it."""
        return self.penalty.value(self.W)

    @cached_property
    def penalty_gradient(self) -> DoubleArray:
        """The regulariser's part of the gradient, (D, C)."""
        return self.penalty.gradient(self.W)

    @cached_property
    def gradient(self) -> DoubleArray:
        """The gradient, (D, C)."""
        return self.data_gradient + self.penalty_gradient

    @cached_property
    def scores(self) -> DoubleArray:
        """The scores, (N, C)."""
        return np.asarray(self.X @ self.W)

    @cached_property
    def slopes(self) -> DoubleArray:
        """The derivative of each row's loss by its scores, (N, C)."""
        return row_losses(self.loss, self.scores, self.y)[1]

    def value_fits(self, value: float) -> bool:
        """Tell whether rounding explains what sets a loss apart."""
        return bool(abs(value - self.value) <= self.tol_value) or value == self.value

    def gradient_fits(self, gradient: Any) -> bool:
        """Tell whether rounding explains what sets a gradient apart."""
        gradient = np.asarray(gradient)
        if gradient.shape != self.W.shape:
            return False
        with np.errstate(invalid="ignore"):
            near = np.abs(gradient - self.gradient) <= self.tol_gradient
        return bool(near.all())
