"""``cs231n.classifiers`` of 2015: the classifiers that are trained with SGD."""

from __future__ import annotations

from linclf.compat.cs231n.linear_classifier import LinearClassifier
from linclf.compat.cs231n2015.losses import (
    HINGE,
    SOFTMAX,
    softmax_loss_naive,
    softmax_loss_vectorized,
    svm_loss_naive,
    svm_loss_vectorized,
)

__all__ = [
    "LinearClassifier",
    "LinearSVM",
    "Softmax",
    "softmax_loss_naive",
    "softmax_loss_vectorized",
    "svm_loss_naive",
    "svm_loss_vectorized",
]


class LinearSVM(LinearClassifier):
    """A linear classifier with the multiclass hinge loss; W is (C, D)."""

    _objective = HINGE


class Softmax(LinearClassifier):
    """A linear classifier with the cross-entropy loss; W is (C, D)."""

    _objective = SOFTMAX
