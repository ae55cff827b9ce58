"""``utils.classifiers.softmax``: the cross-entropy loss with half of the squared norm, in parts."""

from __future__ import annotations

from typing import Any

import numpy as np

import linclf
from linclf.compat._shared.objective import Objective, as_floats, labels_of

__all__ = ["cross_entropy", "onehot", "softmax", "softmax_loss_naive", "softmax_loss_vectorized"]

_OBJECTIVE = Objective("softmax", half=True)


def softmax_loss_naive(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return the cross-entropy loss with its regulariser, and the gradient.

    Parameters
    ----------
    W : (D + 1, K) array
        Weights, the bias in row 0.
    X : (N, D + 1) array
        Samples, ones in column 0.
    y : (N,) array
        Labels 0 .. K-1.
    reg : float
        The regulariser is ``reg / 2 * sum(W**2)``.

    Returns
    -------
    loss : float
    dW : (D + 1, K) array

    Examples
    --------
    >>> loss, dW = softmax_loss_naive(np.zeros((3, 10)), np.ones((4, 3)), np.arange(4), 0.0)
    >>> round(loss, 6), dW.shape
    (2.302585, (3, 10))
    """
    return _OBJECTIVE(W, X, y, reg)


def softmax_loss_vectorized(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return what `softmax_loss_naive` returns."""
    return _OBJECTIVE(W, X, y, reg)


def softmax(x: Any) -> Any:
    """Return the probabilities of scores x (N, K), row by row.

    Examples
    --------
    >>> softmax(np.array([[1000.0, 1000.0]]))
    array([[0.5, 0.5]])
    """
    return linclf.softmax(as_floats(x))


def onehot(y: Any, K: int) -> Any:
    """Return labels y (N,) as rows of zeros with a one, (N, K) float64.

    Examples
    --------
    >>> onehot(np.array([2, 0], dtype=np.uint8), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    labels = labels_of(y)
    if labels.size and (labels.min() < 0 or labels.max() >= K):
        raise ValueError(f"y goes from {labels.min()} to {labels.max()}, but K is {K}")
    return np.eye(K)[labels]


def cross_entropy(p: Any, q: Any) -> Any:
    """Return ``-sum(p * log(q))`` of every row, (N,).

    Parameters
    ----------
    p : (N, K) array
        True probabilities. Where one is 0, that class does not count, whatever q is.
    q : (N, K) array
        Predicted probabilities.

    Examples
    --------
    >>> cross_entropy(np.array([[0.0, 1.0]]), np.array([[0.0, 0.5]])).round(6)
    array([0.693147])
    """
    true, found = as_floats(p), as_floats(q)
    with np.errstate(divide="ignore"):
        logarithms = np.log(np.where(true == 0, 1.0, found))
    return -np.sum(true * logarithms, axis=1)
