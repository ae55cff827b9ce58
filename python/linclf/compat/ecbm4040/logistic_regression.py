"""``utils.classifiers.logistic_regression``: two classes and one vector of weights.

It is softmax with two classes, of which the first has the scores 0: the C core computes that.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import linclf
from linclf.compat._shared.objective import Objective, as_floats

__all__ = ["logistic_regression_loss_naive", "logistic_regression_loss_vectorized", "sigmoid"]

_OBJECTIVE = Objective("softmax", half=True)


def logistic_regression_loss_naive(w: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return the binary cross-entropy with its regulariser, and the gradient.

    Parameters
    ----------
    w : (D + 1,) array
        Weights, the bias first.
    X : (N, D + 1) array
        Samples, ones in column 0.
    y : (N,) array
        Labels 0 and 1, of any dtype.
    reg : float
        The regulariser is ``reg / 2 * sum(w**2)``.

    Returns
    -------
    loss : float
    dw : (D + 1,) array

    Examples
    --------
    >>> X, y = np.array([[1.0, 2.0], [1.0, 4.0]]), np.array([0, 1])
    >>> loss, dw = logistic_regression_loss_naive(np.zeros(2), X, y, 0.0)
    >>> round(loss, 6), dw
    (0.693147, array([ 0. , -0.5]))
    """
    weights = as_floats(w)
    if weights.ndim != 1:
        raise ValueError(
            f"w has shape {weights.shape}; logistic regression has one vector (D + 1,)"
        )
    both = np.stack([np.zeros_like(weights), weights], axis=1)
    loss, dW = _OBJECTIVE(both, X, y, reg)
    return loss, np.ascontiguousarray(dW[:, 1])


def logistic_regression_loss_vectorized(w: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return what `logistic_regression_loss_naive` returns."""
    return logistic_regression_loss_naive(w, X, y, reg)


def sigmoid(x: Any) -> Any:
    """Return ``1 / (1 + exp(-x))`` of every entry, without overflow.

    Examples
    --------
    >>> sigmoid(np.array([0.0, -1000.0, 1000.0]))
    array([0.5, 0. , 1. ])
    """
    scores = as_floats(x)
    both = np.stack([np.zeros(scores.size, scores.dtype), scores.ravel()], axis=1)
    return linclf.softmax(both)[:, 1].reshape(scores.shape)
