"""The classifier of the courses: an attribute W, a train loop, predict, and loss as a hook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.checks import count, number
from linclf.compat._shared.objective import Objective, labels_of, predicted
from linclf.compat._shared.training import GlobalBatches, first_weights, run_steps, sgd_in_c
from linclf.optimize import sgd_step

if TYPE_CHECKING:
    from linclf.arrays import Data, IndexArray, Labels

_CONVERTED_AT_ONCE = 1 << 24  # entries of X, 128 MiB as float64


class CourseClassifier:
    """The base of the courses' classifiers; each course adds `train` with its own defaults.

    Attributes
    ----------
    W : array or None
        Weights, (D, C) unless the course has samples in columns; None before training.
    """

    W: Any
    velocity: Any = None

    _objective: Objective | None = None

    def __init__(self) -> None:
        self.W = None

    def __repr__(self) -> str:
        shape = "None" if self.W is None else f"array of shape {self.W.shape}"
        return f"{type(self).__name__}(W={shape})"

    def predict(self, X: Any) -> IndexArray:
        """Return the class of the highest score of each sample, (N,)."""
        if self.W is None:
            raise ValueError(f"This {type(self).__name__} has no W yet; call train(X, y) before")
        if self._columns():
            return predicted(self.W.T, np.asarray(X).T)
        return predicted(self.W, X)

    def loss(self, X_batch: Any, y_batch: Any, reg: float) -> tuple[float, Any]:
        """Return the objective on a batch and its gradient; subclasses may override it.

        Parameters
        ----------
        X_batch : (n, D) array
            Samples of a batch.
        y_batch : (n,) array
            Their labels.
        reg : float
            Strength of the regulariser.

        Returns
        -------
        loss : float
        grad : array of the shape of ``self.W``
        """
        if self._objective is None:
            name = type(self).__name__
            raise NotImplementedError(f"{name} must define loss(self, X_batch, y_batch, reg)")
        return self._objective(self.W, X_batch, y_batch, reg)

    def first_W(self, n_features: int, y: Labels) -> Data:
        """Return the W that training starts from."""
        W = first_weights(n_features, y)
        return W.reshape(W.shape[::-1]) if self._columns() else W

    def run(
        self,
        X: Any,
        y: Any,
        learning_rate: float,
        reg: float,
        num_iters: int,
        batch_size: int,
        verbose: bool,
        momentum: float | None = None,
    ) -> list[float]:
        """Train as the course's loop does, see `linclf.compat._shared.training`.

        Parameters
        ----------
        X, y, learning_rate, reg, num_iters, batch_size, verbose
            As the course's `train` gets them.
        momentum : float, optional
            Of ``velocity = momentum * velocity - learning_rate * grad; W += velocity``.

        Returns
        -------
        list of float
            The loss of every iteration, before its step.
        """
        rate = number("learning_rate", learning_rate)
        data, labels = np.asarray(X), labels_of(y)
        rows = data.T if self._columns() else data
        if rows.ndim != 2:
            raise ValueError(
                f"X has shape {data.shape}; flatten each sample: X.reshape(len(X), -1)"
            )
        if self.W is None:
            self.W = self.first_W(rows.shape[1], labels)
        if momentum is not None and self.velocity is None:
            self.velocity = np.zeros_like(self.W)
        steps = count("num_iters", num_iters, least=0)
        if rows.dtype.kind == "f" and rows.size <= _CONVERTED_AT_ONCE:
            rows = rows.astype(self.W.dtype, copy=False)  # else batch by batch, with the same bits

        def in_c(index: IndexArray, size: int) -> list[float]:
            assert self._objective is not None
            W = self.W.T if self._columns() else self.W
            velocity = None if momentum is None else self.velocity
            losses = sgd_in_c(
                *(self._objective.loss, W, rows, labels, self._objective.penalty(reg)),
                *(rate, index, size),
                momentum=momentum or 0.0,
                velocity=velocity if momentum else None,
            )
            return self._objective.totals(losses, reg)

        def in_python(index: IndexArray, size: int) -> list[float]:
            batch = data[:, index] if self._columns() else data[index]
            loss, grad = self.loss(batch, labels[index], reg)
            if momentum is None:
                sgd_step(self.W, np.asarray(grad, self.W.dtype), rate)
            else:
                self.velocity = momentum * self.velocity - rate * grad
                self.W += self.velocity
            return [float(loss)]

        def report(step: int, loss: float) -> None:
            print(f"iteration {step:d} / {steps:d}: loss {loss:f}")

        own = self._has_own_loss()
        return run_steps(
            GlobalBatches(len(rows), batch_size),
            steps,
            in_python if own else in_c,
            report if verbose else None,
            portion=1 if own else None,
        )

    def _columns(self) -> bool:
        return self._objective is not None and self._objective.columns

    def _has_own_loss(self) -> bool:
        function = getattr(self.loss, "__func__", None)
        return function is not CourseClassifier.loss or self._objective is None


class TrainedClassifier(CourseClassifier):
    """The base of the classifiers whose `train` has the defaults of CS231n."""

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
        """
        return self.run(X, y, learning_rate, reg, num_iters, batch_size, verbose)
