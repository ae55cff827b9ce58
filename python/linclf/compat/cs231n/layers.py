"""``cs231n.layers``: of all layers, the two losses as functions of scores."""

from __future__ import annotations

from typing import Any

from linclf.compat._shared.objective import loss_of_scores

__all__ = ["softmax_loss", "svm_loss"]


def svm_loss(x: Any, y: Any) -> tuple[float, Any]:
    """Return the mean hinge loss of scores x (N, C) with labels y (N,), and its gradient in x.

    Examples
    --------
    >>> loss, dx = svm_loss(np.array([[3.2, 5.1, -1.7]]), np.array([0]))
    >>> round(loss, 6), dx
    (2.9, array([[-1.,  1.,  0.]]))
    """
    return loss_of_scores("hinge", x, y)


def softmax_loss(x: Any, y: Any) -> tuple[float, Any]:
    """Return the mean cross-entropy of scores x (N, C) with labels y (N,), and its gradient in x.

    Examples
    --------
    >>> loss, dx = softmax_loss(np.array([[3.2, 5.1, -1.7]]), np.array([0]))
    >>> round(loss, 6), dx.round(3)
    (2.040355, array([[-0.87 ,  0.869,  0.001]]))
    """
    return loss_of_scores("softmax", x, y)
