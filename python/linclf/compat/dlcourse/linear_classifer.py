"""``linear_classifer`` of the course, as it is spelled there: softmax, cross-entropy, training.

Every function takes one sample or a batch. Labels are an int, (1,), (N,) or (N, 1); integers are
taken where the course has floats, and no argument is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import linclf
from linclf.checks import count, number
from linclf.compat._shared.objective import (
    Objective,
    as_floats,
    labels_of,
    loss_of_scores,
    predicted,
)
from linclf.compat._shared.training import (
    first_weights,
    global_random_state,
    run_steps,
    sgd_in_c,
)
from linclf.sampling import Batches

if TYPE_CHECKING:
    from linclf.arrays import Data, IndexArray

__all__ = [
    "LinearSoftmaxClassifier",
    "cross_entropy_loss",
    "l2_regularization",
    "linear_softmax",
    "softmax",
    "softmax_with_cross_entropy",
]

_OBJECTIVE = Objective("softmax")


def softmax(predictions: Any) -> Any:
    """Return the probabilities of scores.

    Parameters
    ----------
    predictions : (C,) or (N, C) array
        Scores.

    Returns
    -------
    probs : array of the same shape

    Examples
    --------
    >>> softmax(np.array([1000, 0, 0]))
    array([1., 0., 0.])
    """
    scores = as_floats(predictions)
    return linclf.softmax(np.atleast_2d(scores)).reshape(scores.shape)


def cross_entropy_loss(probs: Any, target_index: Any) -> float:
    """Return the mean of ``-log`` of the probabilities of the true classes.

    Parameters
    ----------
    probs : (C,) or (N, C) array
        Probabilities.
    target_index : int or (N,) array
        True classes.

    Returns
    -------
    loss : float

    Examples
    --------
    >>> round(cross_entropy_loss(softmax(np.array([-5, 0, 5])), 1), 6)
    5.00676
    """
    rows = np.atleast_2d(as_floats(probs))
    labels = _labels(target_index, *rows.shape)
    with np.errstate(divide="ignore"):
        return float(-np.log(rows[np.arange(len(rows)), labels]).mean())


def softmax_with_cross_entropy(predictions: Any, target_index: Any) -> tuple[float, Any]:
    """Return the mean cross-entropy of scores, and its gradient.

    Parameters
    ----------
    predictions : (C,) or (N, C) array
        Scores.
    target_index : int or (N,) array
        True classes.

    Returns
    -------
    loss : float
    dprediction : array of the shape of `predictions`

    Examples
    --------
    >>> loss, grad = softmax_with_cross_entropy(np.array([1, 0, 0]), 1)
    >>> round(loss, 6), grad.round(3)
    (1.551445, array([ 0.576, -0.788,  0.212]))
    """
    scores = as_floats(predictions)
    rows = np.atleast_2d(scores)
    loss, grad = loss_of_scores("softmax", rows, _labels(target_index, *rows.shape))
    return loss, grad.reshape(scores.shape)


def l2_regularization(W: Any, reg_strength: float) -> tuple[float, Any]:
    """Return ``reg_strength * sum(W**2)`` and its gradient.

    Parameters
    ----------
    W : array
        Weights.
    reg_strength : float

    Returns
    -------
    loss : float
    gradient : array of the shape of W

    Examples
    --------
    >>> l2_regularization(np.array([[1.0, -3.0]]), 0.5)
    (5.0, array([[ 1., -3.]]))
    """
    penalty, weights = _OBJECTIVE.penalty(reg_strength), as_floats(W)
    return penalty.value(weights), penalty.gradient(weights)


def linear_softmax(X: Any, W: Any, target_index: Any) -> tuple[float, Any]:
    """Return the mean cross-entropy of the scores ``X @ W``, and its gradient in W.

    Parameters
    ----------
    X : (N, D) array
        Samples; they come first here.
    W : (D, C) array
        Weights.
    target_index : (N,) array
        True classes.

    Returns
    -------
    loss : float
    dW : (D, C) array

    Examples
    --------
    >>> loss, dW = linear_softmax(np.ones((2, 3)), np.zeros((3, 2)), np.array([1, 1]))
    >>> round(loss, 6), dW[0]
    (0.693147, array([ 0.5, -0.5]))
    """
    labels = _labels(target_index, len(X), np.shape(W)[-1])
    return _OBJECTIVE(W, X, labels, 0.0)


class LinearSoftmaxClassifier:
    """A linear classifier with softmax, trained with SGD.

    Attributes
    ----------
    W : (D, C) array or None
        Weights; None before training.

    Examples
    --------
    >>> X, y = np.repeat(np.eye(2), 5, axis=0), np.repeat([0, 1], 5)
    >>> classifier = LinearSoftmaxClassifier()
    >>> loss_history = classifier.fit(X, y, batch_size=5, learning_rate=1.0, epochs=2)
    Epoch 0, loss: ...
    Epoch 1, loss: ...
    >>> len(loss_history), classifier.predict(X)[:6]
    (4, array([0, 0, 0, 0, 0, 1]))
    """

    W: Any

    def __init__(self) -> None:
        self.W = None

    def fit(
        self,
        X: Any,
        y: Any,
        batch_size: int = 100,
        learning_rate: float = 1e-7,
        reg: float = 1e-5,
        epochs: int = 1,
    ) -> list[float]:
        """Train by stochastic gradient descent; a second call goes on from the present W.

        The first W is ``0.001 * np.random.randn(D, C)``; every epoch goes once through
        ``np.random.shuffle`` of all rows, and its last batch may be short. ``np.random.seed``
        decides both. The loss of an epoch's last batch is printed.

        Parameters
        ----------
        X : (N, D) array
            Samples.
        y : (N,) array
            Labels 0 .. C-1.
        batch_size : int
            Rows of a batch.
        learning_rate : float
            Size of the steps.
        reg : float
            Factor of ``sum(W**2)``.
        epochs : int

        Returns
        -------
        list of float
            The loss of every batch, before its step.
        """
        rate = number("learning_rate", learning_rate)
        data, labels = np.asarray(X), labels_of(y)
        if self.W is None:
            self.W = first_weights(data.shape[1], labels)
        batches = Batches(len(data), batch_size, "shuffle", global_random_state())

        def advance(index: IndexArray, size: int) -> list[float]:
            penalty = _OBJECTIVE.penalty(reg)
            rows = sgd_in_c("softmax", self.W, data, labels, penalty, rate, index, size)
            return _OBJECTIVE.totals(rows, reg)

        history: list[float] = []
        for epoch in range(count("epochs", epochs, least=0)):
            history += run_steps(batches, batches.steps_per_epoch, advance)
            print(f"Epoch {epoch:d}, loss: {history[-1]:f}")
        return history

    def predict(self, X: Any) -> IndexArray:
        """Return the class of the highest score of each row of X (N, D), as (N,) integers."""
        if self.W is None:
            raise ValueError("This LinearSoftmaxClassifier has no W yet; call fit(X, y) before")
        return predicted(self.W, X)


def _labels(target_index: Any, n_rows: int, n_classes: int) -> Data:
    """Return the labels of all rows; a single one may stand for itself."""
    labels: Data = labels_of(np.atleast_1d(target_index))
    if labels.shape != (n_rows,):
        raise ValueError(
            f"target_index has shape {np.shape(target_index)}, but there are {n_rows} rows of "
            "predictions; it must be (N,)"
        )
    if labels.size and (labels.min() < 0 or labels.max() >= n_classes):
        raise ValueError(
            f"target_index goes from {labels.min()} to {labels.max()}, but there are {n_classes} "
            f"classes; it must be in 0 .. {n_classes - 1}"
        )
    return labels
