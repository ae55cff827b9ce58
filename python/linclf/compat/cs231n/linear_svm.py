"""``cs231n.classifiers.linear_svm``: the multiclass hinge loss."""

from __future__ import annotations

from typing import Any

from linclf.compat._shared.objective import Objective

__all__ = ["svm_loss_naive", "svm_loss_vectorized"]

_OBJECTIVE = Objective("hinge")


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
        Factor of ``sum(W**2)``.

    Returns
    -------
    loss : float
    dW : (D, C) array

    Examples
    --------
    >>> scores = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
    >>> round(svm_loss_naive(scores, np.eye(3), np.array([0, 1, 2]), 0.0)[0], 6)
    5.266667
    """
    return _OBJECTIVE(W, X, y, reg)


def svm_loss_vectorized(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return what `svm_loss_naive` returns."""
    return _OBJECTIVE(W, X, y, reg)
