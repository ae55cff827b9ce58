"""The training loop of the courses, and their way to draw batches.

    for it in range(num_iters):
        rows = np.random.choice(num_train, batch_size)
        loss, grad = self.loss(X[rows], y[rows], reg)
        W -= learning_rate * grad

The rows are exactly those that this loop draws from NumPy's global random state, which is left as
the loop leaves it. The steps are taken in C, on X where it lies, unless the loss is one written in
Python. A run whose loss overflows goes on, as the loop does: that is part of the exercises.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf import _linclf
from linclf._estimator import warn_caller
from linclf.checks import count
from linclf.compat._shared.objective import labels_of, objective
from linclf.sampling import Batches

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, HasPenalty, IndexArray

PRINT_EVERY = 100


class GlobalBatches(Batches):
    """Batches as ``np.random.choice(n_rows, batch_size)`` draws them at every step.

    Parameters
    ----------
    n_rows, batch_size : int
        Rows are drawn with replacement, so a batch may be larger than the data.
    """

    def __init__(self, n_rows: int, batch_size: int) -> None:
        super().__init__(n_rows, 1, "replacement", global_random_state())
        self.batch_size = count("batch_size", batch_size, least=1)


def global_random_state() -> np.random.RandomState:
    """Return the generator behind ``np.random.seed`` and ``np.random.choice``."""
    state: np.random.RandomState = np.random.mtrand._rand
    return state


def first_weights(n_features: int, y: Any, scale: float = 0.001) -> DoubleArray:
    """Return ``scale * np.random.randn(D, C)`` with a class for every label up to the largest."""
    n_classes = int(np.max(y)) + 1
    return scale * np.random.randn(n_features, n_classes)


def sgd_in_c(
    loss: str,
    W: Data,
    X: Data,
    y: Any,
    penalty: HasPenalty,
    learning_rate: float,
    index: IndexArray,
    batch_size: int,
    *,
    delta: float = 1.0,
    momentum: float = 0.0,
    velocity: Any = None,
) -> DoubleArray:
    """Take the steps of the batches in `index`; change W in place.

    Parameters
    ----------
    loss : str
        See `linclf.Loss`.
    W : (D, C) array
        Float64 or float32.
    X : (N, D) array
        In another float dtype than W, its batches are converted one by one.
    y : (N,) array
        Labels.
    penalty : penalty
        `linclf.L2` for instance.
    learning_rate : float
    index : (n,) int64 array
        Rows of the batches, one after the other; the last may be short.
    batch_size : int
    delta : float
        Margin of the hinge.
    momentum : float
        Of ``v = momentum * v - rate * g; W += v``.
    velocity : (D, C) array, optional
        Needed with a momentum; changed in place.

    Returns
    -------
    (steps, 2) array
        Mean loss on the batch and penalty of each step, before it was taken.
    """
    steps = -(-len(index) // batch_size)
    rows, done = np.empty((steps, 3)), np.zeros(1, np.int64)
    labels = labels_of(y)
    if X.dtype == W.dtype or X.dtype.kind in "iu":
        _linclf.sgd_run(
            loss, W, X, labels, penalty, None, delta, None, index, batch_size,
            np.full(steps, float(learning_rate)), momentum, False, velocity, rows, done, None, None,
        )  # fmt: skip
    for step in range(int(done[0]), steps):  # what C does not do: other dtypes, no finite loss
        batch = index[step * batch_size : (step + 1) * batch_size]
        value, dW = objective(loss, W, X[batch], labels[batch], penalty, delta)
        of_weights = penalty.l2 * float(np.vdot(W, W)) + penalty.l1 * float(np.abs(W).sum())
        rows[step] = value - of_weights, of_weights, 0.0
        with np.errstate(all="ignore"):
            if velocity is None:
                W -= learning_rate * dW
            else:
                velocity *= momentum
                velocity -= learning_rate * dW
                W += velocity
    return rows[:, :2]


def run_steps(
    batches: Batches,
    steps: int,
    advance: Callable[[IndexArray, int], list[float]],
    report: Callable[[int, float], Any] | None = None,
    every: int = PRINT_EVERY,
    portion: int | None = None,
) -> list[float]:
    """Take `steps` steps in portions and return their losses.

    Parameters
    ----------
    batches : Batches
        Where rows come from.
    steps : int
    advance : callable
        ``advance(rows, batch_size)`` takes the steps of these rows and returns their losses.
    report : callable, optional
        ``report(step, loss)``, called for every step that `every` divides.
    every : int
    portion : int, optional
        Steps at once; 1 for losses that may themselves draw random numbers. Default: `every`.
    """
    history: list[float] = []
    try:
        while len(history) < steps:
            start = len(history)
            ahead = steps - start if portion is None else min(portion, steps - start)
            index = batches.take(min(every, ahead), ahead)
            history += advance(index, batches.batch_size)
            batches.chunk.use(batches.chunk.used + len(index))
            if report is not None:
                for step in range(start, len(history)):
                    if step % every == 0:
                        report(step, history[step])
    finally:
        batches.settle()
    _warn_of_divergence(history)
    return history


def _warn_of_divergence(history: list[float]) -> None:
    finite = np.isfinite(history)
    if not finite.all():
        warn_caller(
            f"the loss is not finite from iteration {int(np.argmin(finite))} on; the learning rate "
            "is too high for this data and reg (see linclf.stable_learning_rate)",
            RuntimeWarning,
        )
