"""The numbers that the sentences of a diagnosis show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.mutants.catalogue import mistakes_of
from linclf.mutants.switches import LOSS_STEPS, Switches, loss_parts
from linclf.penalties import as_penalty

if TYPE_CHECKING:
    from linclf.diagnosis.answers import Answer, Expected
    from linclf.diagnosis.replay import Ids

_OVERFLOW = float(np.log(np.finfo(np.float64).max))
_UNDERFLOW = -745.2  # exp of less is 0


def evidence_of(answer: Answer, expected: Expected, ids: Ids) -> dict[str, Any]:
    """Return what the sentences of these mistakes may ask for.

    Parameters
    ----------
    answer : Answer
    expected : Expected
        Of the same problem.
    ids : tuple of str
        The mistakes that were found.

    Returns
    -------
    dict
        See `linclf.diagnosis.messages`.
    """
    N, D, C = answer.sizes
    penalty = as_penalty(answer.reg)
    data, l2 = _factors(answer, expected)
    loss_data, loss_penalty = _loss_factors(answer, expected, ids)
    return {
        **{"N": N, "D": D, "C": C, "reg": penalty.l2, "data": data, "penalty": l2},
        **{"one_over_n": 1 / N, "one_over_c": 1 / C, "n_over_c": N / C, "c_minus_one": C - 1},
        **{"loss": answer.value, "expected": expected.value, "loss_data": loss_data},
        **{"loss_penalty": loss_penalty, "difference": answer.value - expected.value},
        **_rows(expected),
        **_pixel(answer),
    }


def _factors(answer: Answer, expected: Expected) -> tuple[float, float]:
    """Return how many times each part of the gradient is the right one, by least squares."""
    gradient = np.asarray(answer.gradient, np.float64)
    parts = [expected.data_gradient, expected.penalty_gradient]
    norms = [float(np.linalg.norm(part)) for part in parts]
    if gradient.shape != expected.W.shape or not np.isfinite(gradient).all() or not norms[0]:
        return np.nan, np.nan
    A = np.stack([p.ravel() / n for p, n in zip(parts, norms, strict=True) if n], axis=1)
    found = np.linalg.lstsq(A, gradient.ravel(), rcond=1e-12)[0]
    return float(found[0] / norms[0]), float(found[1] / norms[1]) if norms[1] else np.nan


def _loss_factors(answer: Answer, expected: Expected, ids: Ids) -> tuple[float, float]:
    """Return how many times each part of the loss is the right one, given the mistakes in it."""
    switches = Switches()
    for mistake in mistakes_of(expected.loss):
        if mistake.id in ids:
            concerned = {k: v for k, v in mistake.changes.items() if k in LOSS_STEPS}
            switches = switches.changed(concerned)
    if expected.y.ndim != 1:
        return np.nan, np.nan
    operands = expected.W, expected.X, expected.y, expected.penalty
    try:
        data, penalty = loss_parts(switches, expected.loss, *operands)
    except ValueError:  # a mistake that raises on this problem
        return np.nan, np.nan
    with np.errstate(all="ignore"):
        of_data = np.float64(answer.value - penalty) / expected.data_value
        of_penalty = np.float64(answer.value - data) / expected.penalty_value
    return float(of_data), float(of_penalty)


def _rows(expected: Expected) -> dict[str, Any]:
    """Return the rows of scores at which exp and log come to their limits."""
    S = expected.scores
    with np.errstate(all="ignore"):
        top = S.max(axis=1)
        low = top - S.max()
        labelled = expected.y.ndim == 1
        true = S[np.arange(len(S)), expected.y] - top if labelled else np.zeros(len(S))
    return {
        "overflow_row": _first(top > _OVERFLOW, top),
        "largest": float(top.max()),
        "spread_row": _first(low < _UNDERFLOW, -low),
        "zero_row": _first(true < _UNDERFLOW, -true),
    }


def _first(where: Any, otherwise: Any) -> int:
    return int(np.flatnonzero(where)[0] if where.any() else np.argmax(otherwise))


def _pixel(answer: Answer) -> dict[str, Any]:
    """Return a pixel, and what an unsigned integer makes of its negative."""
    X = answer.X
    if X.dtype.kind not in "iu" or not X.any():
        return {"pixel": 10, "wrapped": 246}
    pixel = X.ravel()[np.flatnonzero(X)[0]]
    return {"pixel": int(pixel), "wrapped": int(np.negative(pixel))}
