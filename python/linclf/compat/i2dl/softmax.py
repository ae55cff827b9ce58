"""``exercise_code.classifiers.softmax``: the cross-entropy loss and its classifier.

    L = (1/N) * sum_i (log sum_j exp(s_ij) - s_iy) + reg * sum(W**2)

The first years spelled the functions ``cross_entropoy_loss_naive`` and ``_vectorized``; those names
are there as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.compat._shared.objective import Objective
from linclf.compat.i2dl.linear_classifier import LinearClassifier

if TYPE_CHECKING:
    from linclf.arrays import Data, Labels

__all__ = [
    "LinearClassifier",
    "SoftmaxClassifier",
    "cross_entropoy_loss_naive",
    "cross_entropoy_loss_vectorized",
    "cross_entropy_loss_naive",
    "cross_entropy_loss_vectorized",
    "softmax_hyperparameter_tuning",
]

_SOFTMAX = Objective("softmax")

# Tried by the tuning: rates that suit pixels of 0 to 255 with their mean subtracted.
_LEARNING_RATES = (1e-7, 5e-7, 2.5e-6)
_REGULARIZATION_STRENGTHS = (1e3, 2.5e4)
_STEPS = 1000

Results = dict[tuple[float, float], tuple[float, float]]


def cross_entropy_loss_naive(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return the cross-entropy loss and its gradient, as `cross_entropy_loss_vectorized` does."""
    return _SOFTMAX(W, X, y, reg)


def cross_entropy_loss_vectorized(W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return the cross-entropy loss and its gradient, without overflow.

    Parameters
    ----------
    W : (D, C) array
        Weights.
    X : (N, D) array
        Data.
    y : (N,) array
        Labels ``0 .. C-1``.
    reg : float
        Strength of the penalty ``reg * sum(W**2)``.

    Returns
    -------
    loss : float
    dW : (D, C) array

    Examples
    --------
    >>> loss, dW = cross_entropy_loss_vectorized(np.zeros((3, 10)), np.ones((2, 3)), [0, 9], 1e5)
    >>> round(loss, 6), dW.shape
    (2.302585, (3, 10))
    """
    return _SOFTMAX(W, X, y, reg)


cross_entropoy_loss_naive = cross_entropy_loss_naive
cross_entropoy_loss_vectorized = cross_entropy_loss_vectorized


class SoftmaxClassifier(LinearClassifier):
    """The classifier of the cross-entropy loss."""

    _objective = _SOFTMAX


# A pickled classifier is handed in: it names the module that the course's own code has.
SoftmaxClassifier.__module__ = "exercise_code.classifiers.softmax"


def softmax_hyperparameter_tuning(
    X_train: Data, y_train: Labels, X_val: Data, y_val: Labels
) -> tuple[SoftmaxClassifier, Results, list[tuple[SoftmaxClassifier, float]]]:
    """Train a classifier for each of some learning rates and strengths of the penalty.

    Prints the accuracies.

    Parameters
    ----------
    X_train, y_train : (N, D), (N,) arrays
        What is learned.
    X_val, y_val : (M, D), (M,) arrays
        What decides.

    Returns
    -------
    best_softmax : SoftmaxClassifier
        The one with the highest validation accuracy.
    results : dict
        ``{(learning_rate, reg): (training accuracy, validation accuracy)}``.
    all_classifiers : list of pairs
        Every classifier with its validation accuracy.
    """
    results: Results = {}
    all_classifiers = []
    for learning_rate in _LEARNING_RATES:
        for reg in _REGULARIZATION_STRENGTHS:
            softmax = SoftmaxClassifier()
            softmax.train(X_train, y_train, learning_rate, reg, _STEPS)
            of_train, of_val = (
                float(np.mean(softmax.predict(X) == np.asarray(y)))
                for X, y in ((X_train, y_train), (X_val, y_val))
            )
            results[learning_rate, reg] = of_train, of_val
            all_classifiers.append((softmax, of_val))
    for (learning_rate, reg), (of_train, of_val) in sorted(results.items()):
        accuracies = f"train accuracy: {of_train:f} val accuracy: {of_val:f}"
        print(f"lr {learning_rate:e} reg {reg:e} {accuracies}")
    best_softmax, best_val = max(all_classifiers, key=lambda pair: pair[1])
    print(f"best validation accuracy achieved during validation: {best_val:f}")
    return best_softmax, results, all_classifiers
