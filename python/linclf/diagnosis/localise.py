"""Where a gradient is wrong, if it is not wrong everywhere: a row, a column, a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from linclf.diagnosis.answers import Answer, Expected

_SAMPLE = 1e-8  # part of a deviation that one sample must leave unexplained at most


def localise(answer: Answer, expected: Expected) -> tuple[str, dict[str, Any]] | None:
    """Return the id of a message and its evidence, or None if all of the gradient is wrong.

    Parameters
    ----------
    answer : Answer
        With a gradient of the shape of W.
    expected : Expected
        Of the same problem.

    Returns
    -------
    (id, evidence) or None
        ``"only_entry"``, ``"only_row"``, ``"only_bias_row"``, ``"only_class"``,
        ``"only_sample"`` or ``"only_not_finite"``.
    """
    gradient = np.asarray(answer.gradient, np.float64)
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(gradient - expected.gradient) <= expected.tol_gradient)
    rows, columns = np.flatnonzero(wrong.any(axis=1)), np.flatnonzero(wrong.any(axis=0))
    D, C = wrong.shape
    if not np.isfinite(gradient).all():
        count = int(np.count_nonzero(~np.isfinite(gradient)))
        return "only_not_finite", {"count": count, "size": gradient.size}
    if len(rows) == len(columns) == 1 and D * C > 1:
        d, c = int(rows[0]), int(columns[0])
        found, right = float(gradient[d, c]), float(expected.gradient[d, c])
        return "only_entry", {"row": d, "column": c, "found": found, "right": right}
    if len(rows) == 1 and D > 1:
        bias = bool((expected.X[:, rows[0]] == 1).all())
        return "only_bias_row" if bias else "only_row", {"row": int(rows[0])}
    if len(columns) == 1 and C > 1:
        return "only_class", {"column": int(columns[0])}
    sample = _sample(gradient - expected.gradient, np.asarray(expected.X, np.float64))
    return None if sample is None else ("only_sample", {"sample": sample})


def _sample(deviation: Any, X: Any) -> int | None:
    """Return the one sample that a deviation is a multiple of, row by class."""
    if len(X) < 2 or X.shape[1] < 2:
        return None
    squares = (X**2).sum(axis=1)
    used = np.flatnonzero(squares > 0)
    projected = X[used] @ deviation  # what is left of x v^T beside its best v, squared
    explained = (projected**2).sum(axis=1) / squares[used]
    total = float((deviation**2).sum())
    if not len(used) or not total > 0:
        return None
    best = int(explained.argmax())
    left = deviation - np.outer(X[used[best]], projected[best] / squares[used[best]])
    return int(used[best]) if np.linalg.norm(left) <= _SAMPLE * np.sqrt(total) else None


def statistics(answer: Answer, expected: Expected) -> dict[str, Any]:
    """Return what can be said of any wrong gradient: how many entries, how far, which direction."""
    gradient = np.asarray(answer.gradient, np.float64)
    error = np.abs(gradient - expected.gradient)
    worst = np.unravel_index(int(np.argmax(error - expected.tol_gradient)), error.shape)
    sizes = float(np.linalg.norm(gradient)), float(np.linalg.norm(expected.gradient))
    product = float((gradient * expected.gradient).sum())
    return {
        "count": int(np.count_nonzero(error > expected.tol_gradient)),
        "size": error.size,
        "row": int(worst[0]),
        "column": int(worst[1]),
        "found": float(gradient[worst]),
        "right": float(expected.gradient[worst]),
        "ratio": sizes[0] / sizes[1] if sizes[1] else np.inf,
        "cosine": product / (sizes[0] * sizes[1]) if min(sizes) > 0 else 0.0,
    }
