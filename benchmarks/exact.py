"""What the results should be: the course's formulas in a wide float, a block of rows at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from linclf.cli.peers import Task
from linclf.cli.timing import as_vector
from numpy.typing import NDArray

from benchmarks.course import LOSSES

__all__ = ["distance", "objective", "tolerance"]

Array = NDArray[Any]


def objective(
    task: Task, wide: Any = np.float64, *, center: Array | None = None, block: int = 2048
) -> Array:
    """Return gradient and loss as one vector of the dtype `wide`.

    The blocks bound the memory, and what one adds to a sum is larger than in a single product
    over all rows, so the error is smaller.
    """
    W, n_samples = task.W.astype(wide), len(task.X)
    mean = np.zeros(task.X.shape[1], wide) if center is None else center.astype(wide)
    loss, dW = wide(0), np.zeros_like(W)
    for start in range(0, n_samples, block):
        x = task.X[start : start + block].astype(wide) - mean
        value, gradient = LOSSES[task.loss](W, x, task.y[start : start + block], 0.0)
        loss += value * len(x)
        dW += gradient * len(x)
    reg = wide(task.reg)
    loss, dW = loss / n_samples + reg * np.sum(W * W), dW / n_samples + 2 * reg * W
    return np.append(dW, loss)


def distance(result: Any, exact: Array) -> float:
    """Return the norm of the error of a result (loss, gradient), relative to that of `exact`."""
    found = as_vector(result).astype(exact.dtype)
    return float(np.sqrt(np.sum((found - exact) ** 2) / np.sum(exact**2)))


def tolerance(dtype: Any, *lengths: int) -> float:
    """Return how far a right result may be from the exact one, relative to its norm.

    The error of a sum of n terms is at most n roundings; `lengths` are those of the sums that
    follow each other.
    """
    return float(np.finfo(dtype).eps) * sum(lengths)
