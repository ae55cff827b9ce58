"""`LinearSVM` and `Softmax` as the courses know them: train, predict, loss and ``.W``.

There is no bias beside W; the courses append a column of ones to X. Every iteration draws its
batch with replacement, ``rows = generator.integers(N, size=batch_size)``, and does
``W -= learning_rate * dW``. All of that runs in C, unless a subclass overrides `loss`: then that is
called for every batch, on the same batches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf import losses
from linclf._estimator import NotFittedError, sklearn_class
from linclf._inputs import as_features
from linclf.checks import count, number
from linclf.history import FitState, History
from linclf.optimize import sgd_step
from linclf.persist import Persistent
from linclf.problem import Hooks, Problem, Rule
from linclf.run import run
from linclf.sampling import Batches, as_generator

if TYPE_CHECKING:
    from linclf.arrays import Data, IndexArray, Labels, Rng

_PRINT_EVERY = 100


class CourseClassifier(Persistent):
    """The base of `LinearSVM` and `Softmax`, and of classifiers with a loss of one's own.

    Parameters
    ----------
    rng : int, Generator, SeedSequence, RandomState or None
        Where the first W and the batches are drawn from. The default 0 makes training repeat bit
        for bit; None takes a fresh start.
    n_threads : int, optional
        As for `loss_and_grad`; never changes a bit of the result.

    Attributes
    ----------
    W : (D, C) array or None
        Weights, one class per column; None before training.
    history_ : History
        What `train` has recorded, over all calls.
    """

    W: Any
    history_: History

    _loss = ""
    _saved = ("W", "_generator")

    def __init__(self, rng: Rng = 0, *, n_threads: int | None = None) -> None:
        self.W = None
        self.n_threads = n_threads
        self._generator: Any = as_generator(rng)

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

        Parameters
        ----------
        X : (N, D) array-like
            Floats or integers, one sample per row.
        y : (N,) array-like
            Labels ``0 .. C-1``. The first call makes W with ``max(y) + 1`` columns, of
            ``0.001 * standard_normal``.
        learning_rate : float
            Size of the steps.
        reg : float
            Strength of the L2 penalty ``reg * sum(W**2)``.
        num_iters : int
            Steps to take.
        batch_size : int
            Rows of a batch, drawn with replacement; clipped to N.
        verbose : bool
            Print the loss every 100 iterations.

        Returns
        -------
        list of float
            The objective on the batch of every iteration, before its step.

        Raises
        ------
        TypeError, ValueError
            For operands that make no sense; W is untouched then.
        DivergenceError
            If the learning rate is too high; it names one that is not.
        KeyboardInterrupt
            Within 0.1 s of Ctrl-C; W is that of the last finished iteration.
        """
        data, labels = as_features(X, finite=False), np.asarray(y)
        W = self._first_weights(data, labels) if self.W is None else self.W
        if data.dtype.kind == "f" and data.dtype != W.dtype:
            data = data.astype(W.dtype)
        problem = Problem(self._loss or "softmax", W, data, labels, reg, n_threads=self.n_threads)
        problem.check()
        batches = Batches(len(data), batch_size, "replacement", self._generator)
        rule = Rule(number("learning_rate", learning_rate))
        steps = count("num_iters", num_iters, least=0)
        self.W, history = W, History()
        train = self._train_in_python if self._has_own_loss() else _train_in_c
        try:
            train(problem, rule, batches, history, steps, _Printer(steps) if verbose else None)
        finally:
            self.history_ = getattr(self, "history_", History())
            self.history_.extend(history)
        return [float(loss) for loss in history.loss]

    def predict(self, X: Any) -> IndexArray:
        """Return the class with the highest score of each row, (N,)."""
        if self.W is None:
            raise sklearn_class(NotFittedError)(
                f"This {type(self).__name__} has no W yet; call train(X, y) before predict"
            )
        data = as_features(X, finite=False)
        W = self.W.astype(data.dtype) if data.dtype.kind == "f" else self.W
        return losses.predict(W, data, n_threads=self.n_threads)

    def loss(self, X_batch: Data, y_batch: Labels, reg: float) -> tuple[float, Data]:
        """Return the objective on a batch and its gradient; override it to train another loss.

        Parameters
        ----------
        X_batch : (n, D) array
            Rows of a batch.
        y_batch : (n,) array
            Their labels.
        reg : float
            As given to `train`.

        Returns
        -------
        loss : float
        grad : array of the shape of ``self.W``
        """
        if not self._loss:
            name = type(self).__name__
            raise NotImplementedError(f"{name} must define loss(self, X_batch, y_batch, reg)")
        return losses.loss_and_grad(
            self._loss, self.W, X_batch, y_batch, reg, n_threads=self.n_threads
        )

    def _has_own_loss(self) -> bool:
        return getattr(self.loss, "__func__", None) is not CourseClassifier.loss

    def _first_weights(self, X: Data, y: Labels) -> Data:
        whole = y.dtype.kind in "iu" and y.size > 0  # if not, the core says what is wrong with y
        n_classes = max(1, int(y.max()) + 1) if whole else 1
        W: Data = 0.001 * self._generator.standard_normal((X.shape[1], n_classes))
        return W.astype(X.dtype) if X.dtype.kind == "f" else W

    def _train_in_python(
        self,
        problem: Problem,
        rule: Rule,
        batches: Batches,
        history: History,
        steps: int,
        printer: _Printer | None,
    ) -> None:
        """Train with a `loss` written in Python."""
        try:
            for step in range(steps):
                rows = batches.take(1, steps - step)
                loss, grad = self._checked_loss(problem.X[rows], problem.y[rows], problem.reg)
                if printer is not None:
                    printer.show(step, loss)
                sgd_step(self.W, grad, rule.learning_rate)
                history.append(loss, learning_rate=rule.learning_rate)
                batches.chunk.use(batches.chunk.used + len(rows))
        finally:
            batches.settle()

    def _checked_loss(self, X_batch: Data, y_batch: Labels, reg: Any) -> tuple[float, Data]:
        result: Any = self.loss(X_batch, y_batch, reg)
        if not isinstance(result, tuple | list) or len(result) != 2:
            raise TypeError(
                f"{type(self).__name__}.loss returned a {type(result).__name__}; "
                "it must return two things: loss, grad"
            )
        grad = np.asarray(result[1])
        if grad.shape != self.W.shape:
            raise ValueError(
                f"{type(self).__name__}.loss returned a gradient of shape {grad.shape}, but W has "
                f"shape {self.W.shape}"
            )
        return float(result[0]), grad.astype(self.W.dtype, copy=False)

    def _parameters(self) -> dict[str, Any]:
        return {"n_threads": self.n_threads}

    def _check_loaded(self) -> None:
        if self.W is not None and (self.W.ndim != 2 or self.W.dtype.kind != "f"):
            raise ValueError(f"W is {self.W.dtype} of shape {self.W.shape}")


class LinearSVM(CourseClassifier):
    """Multiclass SVM, the hinge loss of Weston & Watkins; see `CourseClassifier`.

    Examples
    --------
    >>> X = np.array([[1.0, 1.0], [2.0, 1.0], [-1.0, 1.0], [-2.0, 1.0]])  # bias: a column of ones
    >>> y = np.array([0, 0, 1, 1])
    >>> svm = linclf.LinearSVM()
    >>> losses = svm.train(X, y, learning_rate=0.1, num_iters=200)
    >>> svm.predict(X), len(losses)
    (array([0, 0, 1, 1]), 200)
    """

    _loss = "hinge"


class Softmax(CourseClassifier):
    """Softmax classifier, the cross-entropy loss; see `CourseClassifier`.

    Examples
    --------
    A loss of one's own, here that of the base class with a message:

    >>> class Talking(linclf.Softmax):
    ...     def loss(self, X_batch, y_batch, reg):
    ...         print("a batch of", len(X_batch))
    ...         return linclf.softmax_loss(self.W, X_batch, y_batch, reg)
    >>> losses = Talking().train(np.eye(3), np.array([0, 1, 2]), num_iters=2)
    a batch of 3
    a batch of 3
    """

    _loss = "softmax"


class _Printer:
    """Prints every 100th loss, in the words of the courses."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def __call__(self, state: FitState) -> None:
        self.show(state.step - 1, state.loss)

    def show(self, step: int, loss: float) -> None:
        if step % _PRINT_EVERY == 0:
            print(f"iteration {step} / {self.steps}: loss {loss:f}")


def _train_in_c(
    problem: Problem,
    rule: Rule,
    batches: Batches,
    history: History,
    steps: int,
    printer: _Printer | None,
) -> None:
    hooks = Hooks(callback=printer)
    run(problem, rule, batches, history, steps=steps, hooks=hooks, progress=False)
