"""``exercise_code.classifiers.linear_classifier``: the base of the classifiers."""

from __future__ import annotations

from typing import Any

from linclf.compat._shared.classifier import CourseClassifier

__all__ = ["LinearClassifier"]


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
            The loss on the batch of every iteration, before its step.
        """
        return self.run(X, y, learning_rate, reg, num_iters, batch_size, verbose)
