"""Mistakes that are peculiar to the hinge loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linclf.mutants.data_mistakes import true_class
from linclf.mutants.mistake import Mistake
from linclf.tolerance import row_losses

if TYPE_CHECKING:
    from collections.abc import Callable

    from linclf.arrays import Data, Labels
    from linclf.mutants.switches import Changes


def _another(loss: str, steps: tuple[str, ...] = ("values", "slopes")) -> Changes:
    """Return the steps of another loss of the C core."""
    changes = {
        "values": lambda _, S, y: row_losses(loss, S, y)[0],
        "slopes": lambda _, S, y: row_losses(loss, S, y)[1],
    }
    return {step: changes[step] for step in steps}


def _without_delta(part: int) -> Callable[[str, Data, Labels], Data]:
    """Return values (0) or slopes (1) without the margin: it is given to the true class before."""
    return lambda loss, S, y: row_losses(loss, S + true_class(y, S.shape[1]), y)[part]


def _true_slope(change: Callable[[Data], Data]) -> Callable[[str, Data, Labels], Data]:
    """Return slopes in which the true class gets `change` of the number of violations, (N, 1)."""

    def slopes(loss: str, S: Data, y: Labels) -> Data:
        others = np.where(true_class(y, S.shape[1]), 0, row_losses(loss, S, y)[1])
        violations = others.sum(axis=1, keepdims=True)
        return np.where(true_class(y, S.shape[1]), change(violations), others)

    return slopes


def _no_max(loss: str, S: Data, y: Labels) -> Data:
    margins = S - S[np.arange(len(S)), y][:, None] + 1
    return np.asarray(np.where(true_class(y, S.shape[1]), 0, margins).sum(axis=1))


def _every_class(loss: str, S: Data, y: Labels) -> Data:
    return np.where(true_class(y, S.shape[1]), 1.0 - S.shape[1], 1.0)


def _wrapping(X: Data, slopes: Data) -> Data:
    """Return the sum in which ``-X[i]`` is taken in the dtype of X."""
    return np.asarray(X.T @ np.maximum(slopes, 0) + np.negative(X).T @ np.maximum(-slopes, 0))


HINGE_MISTAKES = (
    Mistake(
        "correct_once",
        "The true class gets -1 times the sample instead of -1 for each violated margin.",
        {"slopes": _true_slope(lambda count: -np.ones_like(count))},
        ({"slopes": _true_slope(lambda count: -1.0 * (count > 0))},),
    ),
    Mistake(
        "true_class_in_gradient",
        "The gradient counts the true class among the violations.",
        {"slopes": _true_slope(lambda count: -count - 1)},
        (
            {"slopes": _true_slope(lambda count: 1 - count)},
            {"slopes": _true_slope(lambda count: np.ones_like(count))},
        ),
    ),
    Mistake(
        "true_class_in_loss",
        "The loss sums over all classes, the true one as well.",
        {"values": lambda loss, S, y: row_losses(loss, S, y)[0] + 1},
    ),
    Mistake(
        "delta_zero",
        "The margin delta is left out, in the loss and in the gradient.",
        {"values": _without_delta(0), "slopes": _without_delta(1)},
    ),
    Mistake(
        "gradient_without_delta",
        "The gradient counts violations without the margin delta; the loss has it.",
        {"slopes": _without_delta(1)},
    ),
    Mistake(
        "squared",
        "The violations are squared, in the loss and in the gradient.",
        _another("squared_hinge"),
    ),
    Mistake(
        "squared_loss",
        "The loss squares the violations; the gradient is that of the plain hinge.",
        _another("squared_hinge", ("values",)),
    ),
    Mistake(
        "one_vs_all",
        "Each class has a hinge of its own: the binary losses of one against all are summed.",
        _another("one_vs_all"),
    ),
    Mistake(
        "crammer_singer",
        "Only the largest violation of a sample counts instead of their sum.",
        _another("crammer_singer"),
    ),
    Mistake(
        "no_max",
        "The maximum with zero is left out, in the loss and in the gradient.",
        {"values": _no_max, "slopes": _every_class},
    ),
    Mistake(
        "no_max_loss",
        "The maximum with zero is left out in the loss.",
        {"values": _no_max},
    ),
    Mistake(
        "no_max_gradient",
        "The gradient counts every class, whether its margin is violated or not.",
        {"slopes": _every_class},
    ),
    Mistake(
        "reversed_margin",
        "The margin is reversed: score of the true class minus that of the other.",
        {
            "values": lambda loss, S, y: row_losses(loss, -S, y)[0],
            "slopes": lambda loss, S, y: -row_losses(loss, -S, y)[1],
        },
    ),
    Mistake(
        "mean_over_wrong_classes",
        "Loss and gradient are averaged over the wrong classes, too.",
        {
            "loss_divisor": lambda N, C: N * (C - 1),
            "gradient_divisor": lambda N, C: N * (C - 1),
        },
    ),
    Mistake(
        "uint8_wraps",
        "A sample of uint8 pixels is negated before it becomes a float: 10 turns into 246.",
        {"pull_back": _wrapping},
        needs="uint8",
    ),
)
