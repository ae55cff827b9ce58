"""``cs231n.classifiers.linear_classifier``: the classifiers that are trained with SGD."""

from __future__ import annotations

import os
from pathlib import Path

from linclf.compat._shared.classifier import TrainedClassifier
from linclf.compat._shared.objective import Objective
from linclf.compat._shared.saved import load_weights, save_weights
from linclf.compat.cs231n.linear_svm import svm_loss_naive, svm_loss_vectorized
from linclf.compat.cs231n.softmax import softmax_loss_naive, softmax_loss_vectorized

__all__ = [
    "LinearClassifier",
    "LinearSVM",
    "Softmax",
    "softmax_loss_naive",
    "softmax_loss_vectorized",
    "svm_loss_naive",
    "svm_loss_vectorized",
]

_SAVED = Path("cs231n", "saved")  # in the folder of the assignment, where its notebooks run


class LinearClassifier(TrainedClassifier):
    """A linear classifier; subclasses say which loss, by overriding `loss`.

    Attributes
    ----------
    W : (D, C) array or None
        Weights; None before training.
    """

    def save(self, fname: str | os.PathLike[str]) -> None:
        """Write ``{"W": W}`` to ``cs231n/saved/fname`` in the present folder."""
        save_weights(_SAVED / fname, self.W)
        print(fname, "saved.")

    def load(self, fname: str | os.PathLike[str]) -> bool:
        """Take W from ``cs231n/saved/fname``, and return whether there was such a file."""
        if not (_SAVED / fname).is_file():
            print(fname, "not available.")
            return False
        self.W = load_weights(_SAVED / fname)
        print(fname, "loaded.")
        return True


class LinearSVM(LinearClassifier):
    """A linear classifier with the multiclass hinge loss."""

    _objective = Objective("hinge")


class Softmax(LinearClassifier):
    """A linear classifier with the cross-entropy loss."""

    _objective = Objective("softmax")
