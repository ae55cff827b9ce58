"""``lib.classifiers.softmax``: the loss and the classifier of the notebook."""

from __future__ import annotations

from typing import Any

from linclf.compat._shared.classifier import CourseClassifier
from linclf.compat._shared.objective import Objective

__all__ = ["Softmax", "softmax_loss_naive", "softmax_loss_vectorized"]

_OBJECTIVE = Objective("softmax", unsquared=True)


def softmax_loss_naive(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return the cross-entropy loss with the course's regulariser, and the course's gradient.

    Parameters
    ----------
    W : (D, C) array
        Weights.
    X : (N, D) array
        Samples.
    y : (N,) array
        Labels 0 .. C-1.
    reg : float
        Factor of ``norm(W)`` in the loss and of ``2 * W`` in the gradient.

    Returns
    -------
    loss : float
    dW : (D, C) array

    Examples
    --------
    >>> W = np.array([[3.0, 0.0], [0.0, 4.0]])
    >>> loss, dW = softmax_loss_naive(W, np.zeros((1, 2)), np.array([0]), 0.1)
    >>> round(loss, 6), dW
    (1.193147, array([[0.6, 0. ],
           [0. , 0.8]]))
    """
    return _OBJECTIVE(W, X, y, reg)


def softmax_loss_vectorized(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return what `softmax_loss_naive` returns."""
    return _OBJECTIVE(W, X, y, reg)


class Softmax(CourseClassifier):
    """A linear classifier with the cross-entropy loss.

    Attributes
    ----------
    W : (D, C) array or None
        Weights; None before training.
    """

    _objective = _OBJECTIVE

    def train(
        self,
        X: Any,
        y: Any,
        learning_rate: float = 1e-3,
        reg: float = 1e-5,
        num_iters: int = 100,
        batch_size: int = 32,
        verbose: bool = True,
    ) -> list[float]:
        """Train by stochastic gradient descent; a second call goes on from the present W.

        The first W is ``0.001 * np.random.randn(D, C)``, and every batch
        ``np.random.choice(num_train, batch_size)``: ``np.random.seed`` decides both.

        Parameters
        ----------
        X : (N, D) array
            Samples.
        y : (N,) array
            Labels 0 .. C-1.
        learning_rate : float
            Size of the steps.
        reg : float
            As for `softmax_loss_naive`.
        num_iters : int
            Steps.
        batch_size : int
            Rows of a batch, drawn with replacement.
        verbose : bool
            Print the loss every 100 iterations.

        Returns
        -------
        list of float
            The loss on the batch of every iteration.

        Examples
        --------
        >>> X, y = np.repeat(np.eye(2), 20, axis=0), np.repeat([0, 1], 20)
        >>> loss_history = Softmax().train(X, y, learning_rate=0.1, num_iters=101)
        iteration 0 / 101: loss 0.69...
        iteration 100 / 101: loss 0.1...
        """
        return self.run(X, y, learning_rate, reg, num_iters, batch_size, verbose)
