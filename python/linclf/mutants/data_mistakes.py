"""Mistakes in the sums over samples and classes, which every loss can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linclf.mutants.mistake import Mistake
from linclf.tolerance import row_losses

if TYPE_CHECKING:
    from linclf.arrays import Data, Labels


def true_class(y: Labels, C: int) -> Data:
    """Return where the true class stands, as a mask (N, C)."""
    return np.asarray(np.arange(C) == np.asarray(y)[:, None])


def _one(N: int, C: int) -> int:
    return 1


def _last_value(loss: str, S: Data, y: Labels) -> Data:
    return row_losses(loss, S[-1:], y[-1:])[0]


def _no_correct_class(loss: str, S: Data, y: Labels) -> Data:
    return np.where(true_class(y, S.shape[1]), 0, row_losses(loss, S, y)[1])


def _no_other_classes(loss: str, S: Data, y: Labels) -> Data:
    return np.where(true_class(y, S.shape[1]), row_losses(loss, S, y)[1], 0)


def _correct_sign(loss: str, S: Data, y: Labels) -> Data:
    slopes = row_losses(loss, S, y)[1]
    return np.where(true_class(y, S.shape[1]), -slopes, slopes)


DATA_MISTAKES = (
    Mistake(
        "gradient_sum",
        "The gradient is summed over the samples, not averaged.",
        {"gradient_divisor": _one},
    ),
    Mistake(
        "loss_sum",
        "The loss is summed over the samples, not averaged.",
        {"loss_divisor": _one},
    ),
    Mistake(
        "sum",
        "Loss and gradient are summed over the samples, not averaged.",
        {"loss_divisor": _one, "gradient_divisor": _one},
    ),
    Mistake(
        "gradient_divided_twice",
        "The gradient is divided by the number of samples twice.",
        {"gradient_divisor": lambda N, C: N * N},
    ),
    Mistake(
        "mean_over_classes",
        "Loss and gradient are averaged over the classes, too.",
        {"loss_divisor": lambda N, C: N * C, "gradient_divisor": lambda N, C: N * C},
    ),
    Mistake(
        "loss_mean_over_classes",
        "The loss is averaged over the classes, too.",
        {"loss_divisor": lambda N, C: N * C},
    ),
    Mistake(
        "gradient_mean_over_classes",
        "The gradient is averaged over the classes, too.",
        {"gradient_divisor": lambda N, C: N * C},
    ),
    Mistake(
        "gradient_over_classes",
        "The gradient is divided by the number of classes instead of samples.",
        {"gradient_divisor": lambda N, C: C},
    ),
    Mistake(
        "sign",
        "The whole gradient has the wrong sign.",
        {"finish": lambda dW: -dW},
    ),
    Mistake(
        "data_sign",
        "The gradient of the data part has the wrong sign, that of the regulariser has not.",
        {"gradient_divisor": lambda N, C: -N},
    ),
    Mistake(
        "no_correct_class",
        "The gradient lacks the term of the true class.",
        {"slopes": _no_correct_class},
    ),
    Mistake(
        "no_other_classes",
        "The gradient has the term of the true class alone.",
        {"slopes": _no_other_classes},
    ),
    Mistake(
        "correct_sign",
        "The gradient adds the term of the true class with the wrong sign.",
        {"slopes": _correct_sign},
    ),
    Mistake(
        "last_sample",
        "Each sample overwrites the gradient of those before it.",
        {"pull_back": lambda X, slopes: X[-1:].T @ slopes[-1:]},
    ),
    Mistake(
        "last_sample_loss",
        "Each sample overwrites the loss of those before it.",
        {"values": _last_value},
    ),
    Mistake(
        "first_sample_missing",
        "The loop over the samples begins at the second one.",
        {
            "values": lambda loss, S, y: row_losses(loss, S[1:], y[1:])[0],
            "pull_back": lambda X, slopes: X[1:].T @ slopes[1:],
        },
    ),
    Mistake(
        "integer_gradient",
        "The gradient is cut to whole numbers, as in an array of integers.",
        {"finish": lambda dW: dW.astype(np.int64)},
    ),
    Mistake(
        "transposed",
        "The gradient is transposed: one class per row.",
        {"finish": lambda dW: dW.T},
    ),
)
