"""Race the C core against NumPy on the same work, on this machine and this data.

The opponent is the fastest NumPy we could write, not the usual one: scores are kept class-major, so
that a reduction over classes runs along contiguous samples, and every buffer is allocated once. It
exists to be timed. Contenders take turns (A B A B ...), and a result counts only if both agree.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import linclf

__all__ = ["Result", "race"]

Array = NDArray[Any]
Work = Callable[[], Array]

#: Shortest time worth measuring; quicker work is repeated until it takes as long.
MEASURABLE_SECONDS = 5e-3


@dataclass(frozen=True, slots=True)
class Result:
    """How long one piece of work took, and whether both contenders did the same work.

    Attributes
    ----------
    work : str
        What was computed.
    numpy_seconds, linclf_seconds : float
        Median time of doing it once.
    difference : float
        Norm of the difference of the two results, relative to the norm of NumPy's.
    agree : bool
        Whether `difference` is rounding error.
    """

    work: str
    numpy_seconds: float
    linclf_seconds: float
    difference: float
    agree: bool

    @property
    def ratio(self) -> float:
        """How many times as long NumPy takes."""
        return self.numpy_seconds / self.linclf_seconds


class _Peer:
    """Loss and gradient for batches of one size, in buffers that are allocated once."""

    def __init__(self, loss: str, n_samples: int, W: Array) -> None:
        n_features, n_classes = W.shape
        self.finish = {"hinge": self._hinge, "softmax": self._softmax}[loss]
        self.S = np.empty((n_classes, n_samples), W.dtype)
        self.flat = self.S.reshape(-1)
        self.row, self.total = np.empty((2, n_samples), W.dtype)
        self.samples = np.arange(n_samples)
        self.at = np.empty(n_samples, np.intp)
        self.dW = np.empty((n_features, n_classes), W.dtype)

    def __call__(self, W: Array, X: Array, y: Array, reg: float) -> tuple[float, Array]:
        n_samples = len(X)
        np.multiply(y, n_samples, out=self.at)
        np.add(self.at, self.samples, out=self.at)
        np.matmul(W.T, X.T, out=self.S)
        loss = self.finish() / n_samples + reg * float(np.vdot(W, W))
        np.matmul(X.T, self.S.T, out=self.dW)
        self.dW /= n_samples
        self.dW += 2 * reg * W
        return loss, self.dW

    def _hinge(self) -> float:
        S, row = self.S, self.row
        np.take(self.flat, self.at, out=row, mode="clip")
        np.subtract(row, 1, out=row)
        np.subtract(S, row, out=S)
        self.flat[self.at] = 0
        np.maximum(S, 0, out=S)
        loss = float(S.sum())
        np.sign(S, out=S)
        np.sum(S, axis=0, out=row)
        self.flat[self.at] = np.negative(row, out=row)
        return loss

    def _softmax(self) -> float:
        S, row, total = self.S, self.row, self.total
        np.max(S, axis=0, out=row)
        np.subtract(S, row, out=S)
        np.take(self.flat, self.at, out=row, mode="clip")
        np.exp(S, out=S)
        np.sum(S, axis=0, out=total)
        np.divide(S, total, out=S)
        self.flat[self.at] -= 1
        return float(np.log(total, out=total).sum() - row.sum())


def race(
    X: Array, y: Array, n_classes: int, *, reg: float = 1e-3, rounds: int = 11, seed: int = 0
) -> list[Result]:
    """Time loss and gradient of two losses, and an epoch of SGD, in NumPy and in the C core.

    Parameters
    ----------
    X : (N, D) float64 array
        Samples; N at least 100.
    y : (N,) int64 array
        Labels in ``0 .. n_classes - 1``.
    n_classes : int
        Number of classes C.
    reg : float
        Strength of the L2 penalty.
    rounds : int
        How many times the contenders take turns.
    seed : int
        Draws the weights and the order of the SGD samples.

    Returns
    -------
    list of Result
        In the order in which they should be shown.
    """
    W = 0.1 * np.random.default_rng(seed).standard_normal((X.shape[1], n_classes))
    tolerance = float(np.finfo(W.dtype).eps) * sum(X.shape)
    results = []
    for loss in ("hinge", "softmax"):
        works = _gradient_works(loss, W, X, y, reg)
        results.append(_compare(f"{loss} loss + gradient", works, tolerance, rounds))
    batch = 100
    n_steps = len(X) // batch
    X, y = X[: n_steps * batch], y[: n_steps * batch]
    works = _sgd_works(W, X, y, reg, batch, seed)
    name = f"softmax SGD, {n_steps} steps of {batch}"
    return [*results, _compare(name, works, n_steps * tolerance, rounds)]


def _gradient_works(loss: str, W: Array, X: Array, y: Array, reg: float) -> tuple[Work, Work]:
    peer = _Peer(loss, len(X), W)
    out = np.empty_like(W)

    def in_numpy() -> Array:
        value, dW = peer(W, X, y, reg)
        return np.append(dW, value)

    def in_linclf() -> Array:
        value, dW = linclf.loss_and_grad(loss, W, X, y, reg, out=out)
        return np.append(dW, value)

    return in_numpy, in_linclf


def _sgd_works(
    W: Array, X: Array, y: Array, reg: float, batch: int, seed: int
) -> tuple[Work, Work]:
    rate = 0.1
    peer = _Peer("softmax", batch, W)
    Xb, yb = np.empty_like(X[:batch]), np.empty_like(y[:batch])

    def in_numpy() -> Array:
        w = W.copy()
        order = np.random.default_rng(seed).permutation(len(X))
        for start in range(0, len(X), batch):
            rows = order[start : start + batch]
            np.take(X, rows, axis=0, out=Xb, mode="clip")
            np.take(y, rows, out=yb, mode="clip")
            dw = peer(w, Xb, yb, reg)[1]
            dw *= rate
            w -= dw
        return w

    def in_linclf() -> Array:
        w = W.copy()
        linclf.sgd(w, X, y, reg=reg, learning_rate=rate, batch_size=batch, epochs=1, rng=seed)
        return w

    return in_numpy, in_linclf


def _compare(name: str, works: tuple[Work, Work], tolerance: float, rounds: int) -> Result:
    expected, found = works[0](), works[1]()
    difference = float(np.linalg.norm(found - expected) / np.linalg.norm(expected))
    repeats = [_repeats(work) for work in works]
    seconds = np.array(
        [[_time(work, n) for work, n in zip(works, repeats, strict=True)] for _ in range(rounds)]
    )
    in_numpy, in_linclf = np.median(seconds, axis=0).tolist()
    return Result(name, in_numpy, in_linclf, difference, difference <= tolerance)


def _repeats(work: Work) -> int:
    """Return how often to do `work` for one measurement; doing so also warms it up."""
    n = 1
    while _time(work, n) * n < MEASURABLE_SECONDS:
        n *= 2
    return n


def _time(work: Work, n: int) -> float:
    start = time.perf_counter()
    for _ in range(n):
        work()
    return (time.perf_counter() - start) / n
