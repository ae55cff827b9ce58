"""Loss, gradient and training as courses teach them: CS231n's vectorised NumPy.

This is the yardstick that students know, so it is written as they would write it, with
temporaries, on purpose. It is not part of the package: it would be the solution of an exercise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LOSSES", "predict", "softmax_loss", "svm_loss", "train"]

Array = NDArray[Any]
Objective = Callable[[Array, Array, Array, float], tuple[Any, Array]]


def svm_loss(W: Array, X: Array, y: Array, reg: float) -> tuple[Any, Array]:
    """Return the multiclass hinge objective and its (D, C) gradient."""
    num_train = X.shape[0]
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y][:, np.newaxis]
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = margins.sum() / num_train + reg * np.sum(W * W)

    counts = (margins > 0).astype(X.dtype)
    counts[np.arange(num_train), y] = -counts.sum(axis=1)
    dW = X.T.dot(counts) / num_train + 2 * reg * W
    return loss, dW


def softmax_loss(W: Array, X: Array, y: Array, reg: float) -> tuple[Any, Array]:
    """Return the softmax objective and its (D, C) gradient."""
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= scores.max(axis=1, keepdims=True)
    exps = np.exp(scores)
    probs = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(num_train), y]).sum() / num_train + reg * np.sum(W * W)

    probs[np.arange(num_train), y] -= 1
    dW = X.T.dot(probs) / num_train + 2 * reg * W
    return loss, dW


LOSSES: dict[str, Objective] = {"hinge": svm_loss, "softmax": softmax_loss}


def predict(W: Array, X: Array) -> Array:
    """Return the class of the highest score of each row."""
    classes: Array = X.dot(W).argmax(axis=1)
    return classes


def train(
    loss: str, W: Array, X: Array, y: Array, reg: float, rate: float, batches: Any
) -> tuple[Array, list[float]]:
    """Take a step for every array of row numbers; return the weights and the losses."""
    W = W.copy()
    history = []
    for rows in batches:
        value, grad = LOSSES[loss](W, X[rows], y[rows], reg)
        history.append(value)
        W -= rate * grad
    return W, history
