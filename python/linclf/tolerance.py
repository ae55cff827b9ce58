"""How far an honest loss and its gradient may be from the exact ones: rounding error, bounded.

A relative error entry by entry is the wrong yardstick: where large terms cancel, right code is off
by many digits, and where all terms are small, a wrong term hides below any fixed number. The
error of a sum is proportional to its *majorant*, the same sum with absolute values:

    dW = X^T B / N + 2 l2 W + l1 sign(W)      majorant  |X|^T |B| / N + 2 l2 |W| + l1

with B the derivatives of the row losses by the scores. These are not exact either, since scores
are sums of their own: B is taken again at scores moved as far as rounding may move them, and what
it changes by is added. Where a margin is so near to a kink that rounding decides on which side it
falls, B jumps there, and the tolerance allows the jump.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.losses import loss_and_grad
from linclf.penalties import as_penalty

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Labels, Reg

KAPPA = 64.0
"""Rounding units allowed: right NumPy code differs by up to 3 where vectorised, 7 in loops."""

_ONE = np.ones((1, 1))
_BLOCK = 32  # samples at a time: their features make a square


def tolerances(
    loss: str, W: Data, X: Data, y: Labels, reg: Reg = 0.0, *, dtype: Any = np.float64
) -> tuple[float, DoubleArray]:
    """Return the largest errors that rounding explains in an objective and its gradient.

    Parameters
    ----------
    loss : Loss or str
        Which loss.
    W : (D, C) array
        Weights.
    X : (N, D) array
        Data, of any dtype; a copy in float64 is made.
    y : (N,) or (N, C) array
        Labels, or for softmax target probabilities.
    reg : float or penalty
        As for `linclf.loss_and_grad`.
    dtype : float64 or float32
        What the code that is judged computes in.

    Returns
    -------
    tol_loss : float
    tol_dW : (D, C) array
        An honest result is within them of the exact one. NaN where the exact one is.

    Examples
    --------
    Seventh digits matter, sixteenth digits do not:

    >>> X, y, W = np.eye(2), np.array([0, 1]), np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> tol_loss, tol_dW = tolerances("softmax", W, X, y, 0.1)
    >>> 1e-15 < tol_loss < 1e-12, tol_dW.shape
    (True, (2, 2))
    """
    W, X = np.asarray(W, np.float64), np.asarray(X, np.float64)
    penalty, unit = as_penalty(reg), KAPPA * float(np.finfo(dtype).eps)
    N, size = len(X), np.abs(X)
    with np.errstate(all="ignore"):
        S = X @ W
        moved = unit * (size @ np.abs(W)).max(axis=1, keepdims=True)
        values, B = row_losses(loss, S, y)
        B_error = unit * (np.abs(B) + 2.0 * _target(y, S)) + swing(loss, S, y, moved)
        # A row loss moves with its scores and with the margin 1; its own last sum ends near 1.
        values_error = unit * (values + 1.0) + ((np.abs(B) + B_error) * (moved + unit)).sum(axis=1)
        tol_loss = values_error.mean() + unit * penalty.value(W)
        tol_dW = size.T @ B_error / N + unit * np.abs(penalty.gradient(np.abs(W)))
    tiny = float(np.finfo(dtype).tiny)
    return float(tol_loss + tiny), tol_dW + tiny


def row_losses(loss: str, S: DoubleArray, y: Labels) -> tuple[DoubleArray, DoubleArray]:
    """Return the loss of each row of scores (N,), and its derivatives by the scores (N, C).

    They come out of the core: one row of scores is the weights of one sample that is 1.
    """
    S = np.ascontiguousarray(S, np.float64)
    values, B = np.empty(len(S)), np.empty(S.shape)
    for i in range(len(S)):
        row = slice(i, i + 1)
        values[i], _ = loss_and_grad(loss, S[row], _ONE, y[row], out=B[row], n_threads=1)
    return values, B


def swing(loss: str, S: DoubleArray, y: Labels, moved: Any) -> DoubleArray:
    """Return how far derivatives by the scores may change if each score moves by up to `moved`.

    Parameters
    ----------
    loss, y
        As for `tolerances`.
    S : (N, C) array
        Scores.
    moved : float or (N, 1) array
        How far.

    Returns
    -------
    (N, C) array
        A bound to first order. Beyond it, a jump of any kink within reach.
    """
    B = _slopes(loss, S, y)
    moves = moved * _directions(S.shape[1])[:, None]  # (directions, N, C)
    above, below = (_slopes_of_each(loss, S + way, y) - B for way in (moves, -moves))
    return np.asarray(np.maximum(np.abs(above), np.abs(below)).sum(axis=0))


def _slopes_of_each(loss: str, S: DoubleArray, y: Labels) -> DoubleArray:
    """Return `_slopes` of several matrices of scores, (number, N, C)."""
    labels = np.concatenate([y] * len(S))
    return _slopes(loss, S.reshape(-1, S.shape[2]), labels).reshape(S.shape)


def _slopes(loss: str, S: DoubleArray, y: Labels) -> DoubleArray:
    """Return the derivatives of `row_losses`, up to rounding, in fewer calls of the core.

    The scores of many samples are the weights if each sample has a feature of its own, which is
    1. A score that is not finite would spread to all samples by way of the zeros.
    """
    if not np.isfinite(S).all():
        return row_losses(loss, S, y)[1]
    B = np.empty(S.shape)
    for start in range(0, len(S), _BLOCK):
        rows = slice(start, start + _BLOCK)
        part = np.ascontiguousarray(S[rows], np.float64)
        N = len(part)
        loss_and_grad(loss, part, np.eye(N), y[rows], out=B[rows], n_threads=1)
        B[rows] *= N  # it comes as the derivative of the mean
    return B


def _directions(C: int) -> DoubleArray:
    """Return signs of C scores, row by row: all alike, then by each bit of the class.

    Two classes differ in a bit, so that in some row their scores move apart: a loss that depends
    on differences of scores cannot change by more than the sum over these rows.
    """
    bits = np.arange(max(C - 1, 0).bit_length())[:, None]
    by_bit = 1.0 - 2.0 * (np.arange(C) >> bits & 1)
    return np.concatenate([np.ones((1, C)), by_bit])


def _target(y: Labels, S: DoubleArray) -> DoubleArray:
    """Return target probabilities, 1 for the true class where `y` holds labels.

    The derivative of softmax is p - t, and rounds like p + t.
    """
    return np.asarray(y, np.float64) if y.ndim == 2 else np.eye(S.shape[1])[y.astype(np.intp)]
