"""``cs231n.classifiers.linear_classifier``: the classifiers that are trained with SGD."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from linclf.compat._shared.classifier import CourseClassifier
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


class LinearClassifier(CourseClassifier):
    """A linear classifier; subclasses say which loss, by overriding `loss`.

    Attributes
    ----------
    W : (D, C) array or None
        Weights; None before training.
    """

    def train(
        self,
        X: Any,
        y: Any,
        learning_rate: float = 1e-3,
        reg: float = 1e-5,
        num_iters: int = 100,
        batch_size: int = 200,
        verbose: bool = False,
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
            Factor of ``sum(W**2)``.
        num_iters : int
            Steps.
        batch_size : int
            Rows of a batch, drawn with replacement.
        verbose : bool
            Print the loss every 100 iterations.

        Returns
        -------
        list of float
            The loss on the batch of every iteration. One that overflows is returned as it is,
            with a RuntimeWarning.

        Examples
        --------
        >>> X, y = np.repeat(np.eye(2), 20, axis=0), np.repeat([0, 1], 20)
        >>> svm = LinearSVM()
        >>> loss_history = svm.train(X, y, learning_rate=0.1, num_iters=200)
        >>> len(loss_history), float((svm.predict(X) == y).mean())
        (200, 1.0)
        """
        return self.run(X, y, learning_rate, reg, num_iters, batch_size, verbose)

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
