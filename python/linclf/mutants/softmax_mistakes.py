"""Mistakes that are peculiar to the softmax loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linclf.losses import softmax
from linclf.mutants.data_mistakes import true_class
from linclf.mutants.mistake import Mistake
from linclf.tolerance import row_losses

if TYPE_CHECKING:
    from collections.abc import Callable

    from linclf.arrays import Data, Labels
    from linclf.mutants.switches import Changes


def _of_true_class(P: Data, y: Labels) -> Data:
    return np.asarray(P[np.arange(len(P)), y])


def _probabilities(P: Callable[[Data], Data]) -> Changes:
    """Return both steps for probabilities that were computed in a wrong way."""
    return {
        "values": lambda loss, S, y: -np.log(_of_true_class(P(S), y)),
        "slopes": lambda loss, S, y: P(S) - true_class(y, S.shape[1]),
    }


def _ratio(shift: Callable[[Data], Data], total: Callable[[Data], Data]) -> Changes:
    """Return both steps for exponentials of shifted scores, divided by their sum."""

    def P(S: Data) -> Data:
        E = np.exp(S - shift(S))
        return np.asarray(E / total(E))

    return _probabilities(P)


def _in_row(E: Data) -> Data:
    return np.asarray(E.sum(axis=1, keepdims=True))


def _log_of(change: Callable[[Data], Data]) -> Changes:
    """Return the step of a loss whose probability is changed before its logarithm is taken."""
    return {"values": lambda _, S, y: -np.log(change(_of_true_class(softmax(S), y)))}


_EPSILONS = (1e-8, 1e-15, 1e-12, 1e-10, 1e-9, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3)
_ADDED = tuple(_log_of(lambda p, eps=eps: p + eps) for eps in _EPSILONS)  # type: ignore[misc]
_CLIPPED = tuple(
    _log_of(lambda p, eps=eps: np.clip(p, eps, 1 - eps))  # type: ignore[misc]
    for eps in _EPSILONS
)


def _shift_kept(loss: str, S: Data, y: Labels) -> Data:
    return np.asarray(row_losses(loss, S, y)[0] - S.max(axis=1))


def _first_rows(loss: str, S: Data, y: Labels) -> Data:
    """Return probabilities from which 1 is subtracted in the first C rows alone."""
    slopes = softmax(S)
    rows = np.arange(min(S.shape))
    slopes[rows, y[: len(rows)]] -= 1
    return slopes


def _paired_values(loss: str, S: Data, y: Labels) -> Data:
    return np.asarray(-np.log(softmax(S)[:, y]).mean(axis=1))


def _paired_slopes(loss: str, S: Data, y: Labels) -> Data:
    return softmax(S) - np.isin(np.arange(S.shape[1]), y)


SOFTMAX_MISTAKES = (
    Mistake(
        "no_minus_one",
        "The gradient lacks the -1 at the true class: it takes probabilities as they are.",
        {"slopes": lambda loss, S, y: softmax(S)},
    ),
    Mistake(
        "minus_one_everywhere",
        "The gradient subtracts 1 from the probabilities of all classes.",
        {"slopes": lambda loss, S, y: softmax(S) - 1},
    ),
    Mistake(
        "minus_one_in_first_rows",
        "The gradient subtracts 1 in the first C samples alone: an index runs over classes.",
        {"slopes": _first_rows},
    ),
    Mistake(
        "labels_broadcast",
        "Labels of shape (N, 1) are paired with every row, not each with its own.",
        {"values": _paired_values, "slopes": _paired_slopes},
        (
            {
                "values": lambda loss, S, y: len(S) * _paired_values(loss, S, y),
                "slopes": _paired_slopes,
            },
        ),
    ),
    Mistake(
        "wrong_axis",
        "The probabilities are normalised over the samples instead of the classes.",
        _probabilities(lambda S: softmax(np.ascontiguousarray(S.T)).T),
    ),
    Mistake(
        "unnormalised",
        "The gradient takes exponentials that are not divided by their sum.",
        {"slopes": lambda loss, S, y: np.exp(S) - true_class(y, S.shape[1])},
        (
            {
                "slopes": lambda loss, S, y: (
                    np.exp(S - S.max(axis=1, keepdims=True)) - true_class(y, S.shape[1])
                )
            },
        ),
    ),
    Mistake(
        "no_log",
        "The loss sums probabilities of the true class without their logarithm.",
        {"values": lambda loss, S, y: -_of_true_class(softmax(S), y)},
        (
            {"values": lambda loss, S, y: _of_true_class(softmax(S), y)},
            {"values": lambda loss, S, y: 1 - _of_true_class(softmax(S), y)},
        ),
    ),
    Mistake(
        "log10",
        "The loss takes the logarithm to base 10.",
        {"values": lambda loss, S, y: row_losses(loss, S, y)[0] / np.log(10)},
    ),
    Mistake(
        "log2",
        "The loss takes the logarithm to base 2.",
        {"values": lambda loss, S, y: row_losses(loss, S, y)[0] / np.log(2)},
    ),
    Mistake(
        "loss_sign",
        "The loss has the sign of a log-likelihood: the minus is missing.",
        {"values": lambda loss, S, y: -row_losses(loss, S, y)[0]},
    ),
    Mistake(
        "log_epsilon",
        "The loss adds a small number to the probability before it takes the logarithm.",
        _ADDED[0],
        _ADDED[1:],
    ),
    Mistake(
        "log_clip",
        "The loss clips the probability before it takes the logarithm.",
        _CLIPPED[0],
        _CLIPPED[1:],
        needs="confident",
    ),
    Mistake(
        "shift_kept",
        "The loss does not add the maximum of the scores again after the shift.",
        {"values": _shift_kept},
    ),
    Mistake(
        "no_shift",
        "The scores are not shifted by their maximum, so that exp overflows.",
        _ratio(lambda S: np.zeros(()), _in_row),
        needs="overflow",
    ),
    Mistake(
        "global_max",
        "The scores are shifted by the maximum of the whole batch, so that rows underflow.",
        _ratio(lambda S: S.max(), _in_row),
        needs="spread",
    ),
    Mistake(
        "log_of_zero",
        "The loss takes the logarithm of a probability that has underflowed to 0.",
        _log_of(lambda p: p),
        needs="spread",
    ),
    Mistake(
        "no_keepdims",
        "The sums over the classes lack keepdims, and are spread over the columns: N equals C.",
        _ratio(lambda S: S.max(axis=1), lambda E: E.sum(axis=1)),
        (
            _ratio(lambda S: S.max(axis=1, keepdims=True), lambda E: E.sum(axis=1)),
            _ratio(lambda S: S.max(axis=1), _in_row),
        ),
        needs="square",
    ),
)
