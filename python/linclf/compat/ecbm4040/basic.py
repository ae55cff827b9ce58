"""The base class of both years: SGD, with momentum if it is asked for."""

from __future__ import annotations

from typing import Any

from linclf.checks import number
from linclf.compat._shared.classifier import CourseClassifier

_OPTIMIZERS = ("SGD", "momentum")


class BasicClassifier(CourseClassifier):
    """A classifier that is trained with SGD; subclasses say which loss, by overriding `loss`.

    Attributes
    ----------
    W : array or None
        Weights; None before training.
    velocity : array of the shape of W, or None
        Of the momentum; zeros as long as there is none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.velocity = None

    def train(
        self,
        X: Any,
        y: Any,
        learning_rate: float = 1e-3,
        reg: float = 1e-5,
        num_iters: int = 100,
        batch_size: int = 200,
        optim: str = "SGD",
        momentum: float = 0.5,
        verbose: bool = False,
    ) -> list[float]:
        """Train by stochastic gradient descent; a second call goes on from the present W.

        The first W is ``0.001 * np.random.randn`` of its shape, and every batch
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
            Strength of the regulariser.
        num_iters : int
            Steps.
        batch_size : int
            Rows of a batch, drawn with replacement.
        optim : {"SGD", "momentum"}
            "SGD" is ``W -= learning_rate * grad``; "momentum" is
            ``velocity = momentum * velocity - learning_rate * grad; W += velocity``.
        momentum : float
            Used with ``optim="momentum"`` alone.
        verbose : bool
            Print the loss every 100 iterations.

        Returns
        -------
        list of float
            The loss on the batch of every iteration.
        """
        if optim not in _OPTIMIZERS:
            raise ValueError(f"optim is {optim!r}; it must be 'SGD' or 'momentum'")
        share = number("momentum", momentum, below=1.0) if optim == "momentum" else 0.0
        return self.run(X, y, learning_rate, reg, num_iters, batch_size, verbose, share)
