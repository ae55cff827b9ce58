"""``cs231n.classifiers.softmax``: the cross-entropy loss."""

from __future__ import annotations

from typing import Any

from linclf.compat._shared.objective import Objective

__all__ = ["softmax_loss_naive", "softmax_loss_vectorized"]

_OBJECTIVE = Objective("softmax")


def softmax_loss_naive(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return the cross-entropy loss with its regulariser, and the gradient.

    Parameters
    ----------
    W : (D, C) array
        Weights.
    X : (N, D) array
        Samples.
    y : (N,) array
        Labels 0 .. C-1.
    reg : float
        Factor of ``sum(W**2)``.

    Returns
    -------
    loss : float
    dW : (D, C) array

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
