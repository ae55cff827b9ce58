"""Mistakes in the regulariser, which every loss can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.mutants.mistake import Mistake
from linclf.penalties import L1

if TYPE_CHECKING:
    from collections.abc import Callable

    from linclf.arrays import Data
    from linclf.penalties import Penalty


def _value(factor: Callable[[int], float] | float) -> Callable[[Data, Penalty, int], float]:
    """Return a penalty that is too large by a factor, which may depend on N."""
    return lambda W, reg, N: (factor(N) if callable(factor) else factor) * reg.value(W)


def _gradient(factor: Callable[[int], float] | float) -> Callable[[Data, Penalty, int], Any]:
    """Return a gradient of the penalty that is too large by a factor."""
    return lambda W, reg, N: (factor(N) if callable(factor) else factor) * reg.gradient(W)


def _over_n(N: int) -> float:
    return 1 / N


def _without(row: int) -> dict[str, Callable[[Data, Penalty, int], Any]]:
    """Return the steps of a penalty that leaves out one row of W."""

    def kept(W: Data) -> Data:
        W = np.array(W, copy=True)
        W[row] = 0
        return W

    return {
        "penalty": lambda W, reg, N: reg.value(kept(W)),
        "penalty_gradient": lambda W, reg, N: reg.gradient(kept(W)),
    }


def _norm(W: Data) -> float:
    return float(np.sqrt((W**2).sum()))


PENALTY_MISTAKES = (
    Mistake(
        "no_penalty",
        "The regulariser is in neither the loss nor the gradient.",
        {"penalty": _value(0.0), "penalty_gradient": _gradient(0.0)},
    ),
    Mistake(
        "no_penalty_loss",
        "The regulariser is missing in the loss.",
        {"penalty": _value(0.0)},
    ),
    Mistake(
        "no_penalty_gradient",
        "The gradient of the regulariser is missing.",
        {"penalty_gradient": _gradient(0.0)},
    ),
    Mistake(
        "half_penalty",
        "The regulariser has a factor 1/2, in the loss and in the gradient.",
        {"penalty": _value(0.5), "penalty_gradient": _gradient(0.5)},
    ),
    Mistake(
        "half_penalty_loss",
        "The regulariser has a factor 1/2 in the loss alone.",
        {"penalty": _value(0.5)},
    ),
    Mistake(
        "half_penalty_gradient",
        "The gradient of the regulariser lacks the factor 2.",
        {"penalty_gradient": _gradient(0.5)},
    ),
    Mistake(
        "double_penalty_loss",
        "The loss adds the regulariser twice.",
        {"penalty": _value(2.0)},
    ),
    Mistake(
        "double_penalty_gradient",
        "The gradient adds that of the regulariser twice.",
        {"penalty_gradient": _gradient(2.0)},
    ),
    Mistake(
        "penalty_over_n",
        "The regulariser is divided by the number of samples, in the loss and in the gradient.",
        {"penalty": _value(_over_n), "penalty_gradient": _gradient(_over_n)},
    ),
    Mistake(
        "penalty_loss_over_n",
        "The loss adds the regulariser before it divides by the number of samples.",
        {"penalty": _value(_over_n)},
    ),
    Mistake(
        "penalty_gradient_over_n",
        "The gradient adds that of the regulariser before it divides by the number of samples.",
        {"penalty_gradient": _gradient(_over_n)},
    ),
    Mistake(
        "penalty_loss_sign",
        "The loss subtracts the regulariser.",
        {"penalty": _value(-1.0)},
    ),
    Mistake(
        "penalty_gradient_sign",
        "The gradient subtracts that of the regulariser.",
        {"penalty_gradient": _gradient(-1.0)},
    ),
    Mistake(
        "penalty_without_strength",
        "The regulariser is added without its strength reg.",
        {
            "penalty": lambda W, reg, N: (W**2).sum(),
            "penalty_gradient": lambda W, reg, N: 2 * W,
        },
    ),
    Mistake(
        "l1_penalty",
        "The regulariser sums magnitudes instead of squares.",
        {
            "penalty": lambda W, reg, N: L1(reg.l2).value(W),
            "penalty_gradient": lambda W, reg, N: L1(reg.l2).gradient(W),
        },
    ),
    Mistake(
        "norm_penalty_loss",
        "The loss adds the norm of W without its square; the gradient is that of the square.",
        {"penalty": lambda W, reg, N: reg.l2 * _norm(W)},
        ({"penalty": lambda W, reg, N: reg.l2 * _norm(W) / 2},),
    ),
    Mistake(
        "norm_penalty",
        "The regulariser is the norm of W without its square, in the loss and in the gradient.",
        {
            "penalty": lambda W, reg, N: reg.l2 * _norm(W),
            "penalty_gradient": lambda W, reg, N: reg.l2 * W / _norm(W),
        },
    ),
    Mistake(
        "penalty_without_last_row",
        "The regulariser leaves out the last row of W, which holds the bias.",
        _without(-1),
    ),
    Mistake(
        "penalty_without_first_row",
        "The regulariser leaves out the first row of W.",
        _without(0),
    ),
)
