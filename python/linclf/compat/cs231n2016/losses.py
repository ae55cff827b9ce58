"""``cs231n.classifiers.linear_svm`` and ``cs231n.classifiers.softmax`` of 2016."""

from __future__ import annotations

from typing import Any

from linclf.compat._shared.objective import Objective

__all__ = [
    "softmax_loss_naive",
    "softmax_loss_vectorized",
    "svm_loss_naive",
    "svm_loss_vectorized",
]

HINGE = Objective("hinge", half=True)
SOFTMAX = Objective("softmax", half=True)


def svm_loss_naive(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return the hinge loss with its regulariser, and the gradient.

    Parameters
    ----------
    W : (D, C) array
        Weights.
    X : (N, D) array
        Samples.
    y : (N,) array
        Labels 0 .. C-1.
    reg : float
        The regulariser is ``0.5 * reg * sum(W**2)``.

    Returns
    -------
    loss : float
    dW : (D, C) array

    Examples
    --------
    >>> W, X = np.zeros((3, 10)), np.ones((4, 3))
    >>> loss, dW = svm_loss_naive(W, X, np.arange(4), 0.0)
    >>> loss, dW.shape == W.shape
    (9.0, True)
    """
    return HINGE(W, X, y, reg)


def svm_loss_vectorized(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return what `svm_loss_naive` returns."""
    return HINGE(W, X, y, reg)


def softmax_loss_naive(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return the cross-entropy loss with its regulariser, and the gradient.

    Parameters and results are those of `svm_loss_naive`.
    """
    return SOFTMAX(W, X, y, reg)


def softmax_loss_vectorized(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return what `softmax_loss_naive` returns."""
    return SOFTMAX(W, X, y, reg)
