"""A loss as a chain of steps, each of which can be replaced by a wrong one.

    S = X @ W                        scores
    values, slopes                   of every row: its loss, and the derivative by its scores
    sum(values) / loss_divisor       + penalty            -> loss
    pull_back(X, slopes) / gradient_divisor + penalty_gradient -> finish -> dW

A mistake replaces one or more of these steps. Two mistakes that replace different steps can be
made at once. Every step that is not replaced is the C core's, or a penalty's of this package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from linclf.penalties import Penalty, as_penalty
from linclf.tolerance import row_losses

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Labels, Reg

Changes: TypeAlias = Mapping[str, Callable[..., Any]]

LOSS_STEPS = frozenset({"values", "loss_divisor", "penalty"})
GRADIENT_STEPS = frozenset(
    {"slopes", "pull_back", "gradient_divisor", "penalty_gradient", "finish"}
)


@dataclass(frozen=True, slots=True)
class Switches:
    """The steps of one loss function.

    Attributes
    ----------
    values : callable
        ``values(loss, S, y)`` returns the loss of every row, (N,).
    slopes : callable
        ``slopes(loss, S, y)`` returns its derivative by the scores, (N, C).
    pull_back : callable
        ``pull_back(X, slopes)`` returns the sum over the samples, (D, C).
    loss_divisor, gradient_divisor : callable
        ``divisor(N, C)`` returns what the sums over the samples are divided by.
    penalty, penalty_gradient : callable
        ``penalty(W, reg, N)`` returns the penalty, or its gradient.
    finish : callable
        ``finish(dW)`` returns what is handed back as the gradient.
    """

    values: Callable[[str, Data, Labels], Data] = lambda loss, S, y: row_losses(loss, S, y)[0]
    slopes: Callable[[str, Data, Labels], Data] = lambda loss, S, y: row_losses(loss, S, y)[1]
    pull_back: Callable[[Data, Data], Data] = lambda X, slopes: X.T @ slopes
    loss_divisor: Callable[[int, int], float] = lambda N, C: N
    gradient_divisor: Callable[[int, int], float] = lambda N, C: N
    penalty: Callable[[Data, Penalty, int], float] = lambda W, reg, N: reg.value(W)
    penalty_gradient: Callable[[Data, Penalty, int], Data] = lambda W, reg, N: reg.gradient(W)
    finish: Callable[[Data], Data] = lambda dW: dW

    def changed(self, changes: Changes) -> Switches:
        """Return a chain in which these steps are replaced."""
        return replace(self, **changes)


STEPS = frozenset(field.name for field in fields(Switches))


def loss_parts(
    switches: Switches, loss: str, W: Data, X: Data, y: Labels, reg: Reg
) -> tuple[float, float]:
    """Return the mean loss and the penalty of a chain. Overflow stays silent: it is the point."""
    N, C = len(X), W.shape[1]
    with np.errstate(all="ignore"):
        mean = switches.values(loss, X @ W, y).sum() / switches.loss_divisor(N, C)
        return float(mean), float(switches.penalty(W, as_penalty(reg), N))


def gradient_parts(
    switches: Switches, loss: str, W: Data, X: Data, y: Labels, reg: Reg
) -> tuple[DoubleArray, DoubleArray]:
    """Return the gradients of both parts; added and finished, they are what is handed back."""
    N, C = len(X), W.shape[1]
    with np.errstate(all="ignore"):
        total = switches.pull_back(X, switches.slopes(loss, X @ W, y))
        penalty = switches.penalty_gradient(W, as_penalty(reg), N)
        return total / switches.gradient_divisor(N, C), np.asarray(penalty)
