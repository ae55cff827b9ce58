"""The same work in NumPy, PyTorch, scikit-learn and linclf, each in the way that suits it best.

The NumPy side is the fastest that we could write, not the usual one: every buffer is allocated
once, reductions run along contiguous samples, and the gradient is formed in the memory order in
which its BLAS is quickest. It exists to be timed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import linclf
from linclf import _linclf
from linclf.cli.surroundings import optional
from linclf.cli.timing import Contender

__all__ = ["NumpyInPlace", "Steps", "Task", "numpy_sgd", "objectives", "predictions", "sgd_runs"]

Array = NDArray[Any]
Threads = Sequence[int]

#: Memory orders of the scores in NumPy; neither is the faster one everywhere.
ORDERS = {"in place, by class": True, "in place, by sample": False}


@dataclass(frozen=True, slots=True)
class Task:
    """What loss and gradient are computed of: ``loss_and_grad(loss, W, X, y, reg)``."""

    loss: str
    W: Array
    X: Array
    y: Array
    reg: float


@dataclass(frozen=True, slots=True)
class Steps:
    """Minibatch steps: their rate, and the row numbers of all batches one after the other."""

    rate: float
    index: Array
    batch: int


class NumpyInPlace:
    """Loss and gradient for N samples in buffers that are allocated once.

    Parameters
    ----------
    loss : {"hinge", "softmax"}
        Which loss.
    n_samples : int
        Rows of every X to come.
    W : (D, C) array
        For its shape and dtype. Weights in Fortran order suit the gradient best.
    by_class : bool
        Keep the scores class by class, (C, N), rather than sample by sample.
    """

    def __init__(self, loss: str, n_samples: int, W: Array, by_class: bool = True) -> None:
        n_features, n_classes = W.shape
        self.finish = {"hinge": self._hinge, "softmax": self._softmax}[loss]
        self.by_class, self.axis = by_class, 1 - by_class
        self.S = np.empty((n_classes, n_samples) if by_class else (n_samples, n_classes), W.dtype)
        self.flat = self.S.reshape(-1)
        self.row, self.total = np.empty((2, n_samples), W.dtype)
        self.rows, self.totals = (np.expand_dims(v, self.axis) for v in (self.row, self.total))
        self.start = np.arange(n_samples) * (1 if by_class else n_classes)
        self.at = np.empty(n_samples, np.intp)
        self.dWt = np.empty((n_classes, n_features), W.dtype)

    def __call__(self, W: Array, X: Array, y: Array, reg: float) -> tuple[float, Array]:
        """Return the objective and its gradient, a (D, C) view of a buffer."""
        n_samples = len(X)
        np.multiply(y, n_samples if self.by_class else 1, out=self.at)
        np.add(self.at, self.start, out=self.at)
        if self.by_class:
            np.matmul(W.T, X.T, out=self.S)
        else:
            np.matmul(X, W, out=self.S)
        w = W.ravel(order="K")
        loss = self.finish() / n_samples + reg * float(w @ w)
        np.matmul(self.S if self.by_class else self.S.T, X, out=self.dWt)
        self.dWt /= n_samples
        self.dWt += 2 * reg * W.T
        return loss, self.dWt.T

    def _hinge(self) -> float:
        S, row = self.S, self.row
        np.take(self.flat, self.at, out=row, mode="clip")
        np.subtract(row, 1, out=row)
        np.subtract(S, self.rows, out=S)
        self.flat[self.at] = 0
        np.maximum(S, 0, out=S)
        loss = float(S.sum())
        np.sign(S, out=S)
        np.sum(S, axis=self.axis, out=row)
        self.flat[self.at] = np.negative(row, out=row)
        return loss

    def _softmax(self) -> float:
        S, row, total = self.S, self.row, self.total
        np.max(S, axis=self.axis, out=row)
        np.subtract(S, self.rows, out=S)
        np.take(self.flat, self.at, out=row, mode="clip")
        np.exp(S, out=S)
        np.sum(S, axis=self.axis, out=total)
        np.divide(S, self.totals, out=S)
        self.flat[self.at] -= 1
        return float(np.log(total, out=total).sum() - row.sum())


# --------------------------------------------------------------------------- loss and gradient


def objectives(task: Task, threads: Threads) -> list[Contender]:
    """Return contenders that compute loss and gradient, as (loss, (D, C) gradient).

    The one of scikit-learn is that of `LogisticRegression`, so there is none for the hinge.
    """
    loss, W, X, y, reg = task.loss, task.W, task.X, task.y, task.reg
    evaluate = partial(linclf.loss_and_grad, loss, W, X, y, reg, out=np.empty_like(W))
    found = [Contender("linclf", "", n, partial(evaluate, n_threads=n)) for n in threads]
    weights = np.asfortranarray(W)
    for name, by_class in ORDERS.items():
        peer = NumpyInPlace(loss, len(X), W, by_class)
        found += [Contender("NumPy", name, n, peer, (weights, X, y, reg)) for n in threads]
    torch = optional("torch")
    if torch:
        work = _torch_objective(torch, task)
        found += [Contender("PyTorch", "autograd", n, work) for n in threads]
    in_sklearn = _sklearn_objective(task) if loss == "softmax" else None
    if in_sklearn:
        name = "LinearModelLoss"
        found += [Contender("scikit-learn", name, n, in_sklearn, (n,)) for n in threads]
    return found


def _torch_loss(torch: Any, task: Task) -> Callable[[Any, Any], Any]:
    """Return the mean loss of scores; PyTorch divides the multi-class hinge by C."""
    functional, n_classes = torch.nn.functional, task.W.shape[1]
    if task.loss == "softmax":
        cross_entropy: Callable[[Any, Any], Any] = functional.cross_entropy
        return cross_entropy
    return lambda scores, y: functional.multi_margin_loss(scores, y) * n_classes


def _torch_weights(torch: Any, task: Task) -> Any:
    """Return a (C, D) copy of the weights, the layout of ``nn.Linear``."""
    return torch.tensor(np.ascontiguousarray(task.W.T), requires_grad=True)


def _torch_objective(torch: Any, task: Task) -> Callable[[], Any]:
    linear, mean_loss = torch.nn.functional.linear, _torch_loss(torch, task)
    w = _torch_weights(torch, task)
    x, labels, reg = torch.from_numpy(task.X), torch.from_numpy(task.y), task.reg

    def work() -> Any:
        w.grad = None
        value = mean_loss(linear(x, w), labels) + reg * (w * w).sum()
        value.backward()
        return value, w.grad.T

    return work


def _sklearn_objective(task: Task) -> Callable[[int], Any] | None:
    """Return the objective of LogisticRegression; its parts are private and may move."""
    losses, linear = optional("sklearn._loss"), optional("sklearn.linear_model._linear_loss")
    if not losses or not hasattr(linear, "LinearModelLoss"):
        return None
    base = losses.HalfMultinomialLoss(n_classes=task.W.shape[1])
    evaluate = linear.LinearModelLoss(base_loss=base, fit_intercept=False).loss_gradient
    shape, X, l2 = task.W.shape, task.X, 2 * task.reg
    w, labels = task.W.ravel(), task.y.astype(X.dtype)  # the classes of a feature side by side

    def work(n_threads: int) -> Any:
        value, gradient = evaluate(w, X, labels, l2_reg_strength=l2, n_threads=n_threads)
        return value, gradient.reshape(shape)

    return work


# --------------------------------------------------------------------------- minibatch steps


def sgd_runs(task: Task, steps: Steps, threads: Threads) -> list[Contender]:
    """Return contenders that take all steps from a copy of ``task.W`` and return the weights."""
    in_linclf = _linclf_sgd(task, steps)
    found = [Contender("linclf", "", n, in_linclf, (n,)) for n in threads]
    for name, by_class in ORDERS.items():
        in_numpy = numpy_sgd(task, steps.rate, steps.batch, by_class)
        found += [Contender("NumPy", name, n, in_numpy, (steps.index,)) for n in threads]
    torch = optional("torch")
    if torch:
        in_torch = _torch_sgd(torch, task, steps)
        found += [Contender("PyTorch", "autograd", n, in_torch) for n in threads]
    return found


def _linclf_sgd(task: Task, steps: Steps) -> Callable[[int], Array]:
    rates = np.full(len(steps.index) // steps.batch, steps.rate)
    history, done = np.empty((len(rates), 3)), np.zeros(1, np.int64)

    def work(n_threads: int) -> Array:
        w = task.W.copy()
        _linclf.sgd_run(
            task.loss, w, task.X, task.y, task.reg, None, 1.0, None, steps.index, steps.batch,
            rates, 0.0, False, None, history, done, n_threads, None,
        )  # fmt: skip
        return w

    return work


def numpy_sgd(
    task: Task, rate: float, batch: int, by_class: bool = True
) -> Callable[[Array], Array]:
    """Return a function that takes steps from a copy of ``task.W``, a batch of rows for each."""
    X, y = task.X, task.y
    peer = NumpyInPlace(task.loss, batch, task.W, by_class)
    x, labels = np.empty((batch, X.shape[1]), X.dtype), np.empty(batch, y.dtype)

    def work(index: Array) -> Array:
        w = task.W.copy(order="F")
        for start in range(0, len(index), batch):
            rows = index[start : start + batch]
            np.take(X, rows, axis=0, out=x, mode="clip")
            np.take(y, rows, out=labels, mode="clip")
            dw = peer(w, x, labels, task.reg)[1]
            dw *= rate
            w -= dw
        return w

    return work


def _torch_sgd(torch: Any, task: Task, steps: Steps) -> Callable[[], Any]:
    linear, mean_loss = torch.nn.functional.linear, _torch_loss(torch, task)
    x, labels = torch.from_numpy(task.X), torch.from_numpy(task.y)
    batches = torch.from_numpy(steps.index).view(-1, steps.batch)
    decay = 1 - 2 * steps.rate * task.reg  # the penalty, as the weight decay of an optimiser

    def work() -> Any:
        w = _torch_weights(torch, task)
        for rows in batches:
            scores = linear(x.index_select(0, rows), w)
            mean_loss(scores, labels.index_select(0, rows)).backward()
            with torch.no_grad():
                w.mul_(decay).sub_(w.grad, alpha=steps.rate)
            w.grad = None
        return w.T

    return work


# --------------------------------------------------------------------------- predictions


def predictions(W: Array, X: Array, threads: Threads) -> list[Contender]:
    """Return contenders that compute the class of the highest score of each row."""
    classes = partial(linclf.predict, W, X)
    found = [Contender("linclf", "", n, partial(classes, n_threads=n)) for n in threads]
    for name, by_class in ORDERS.items():
        work = _numpy_predict(W, X, by_class)
        found += [Contender("NumPy", name, n, work) for n in threads]
    torch = optional("torch")
    if torch:
        w, x = torch.from_numpy(np.ascontiguousarray(W.T)), torch.from_numpy(X)

        def in_torch() -> Any:
            with torch.inference_mode():
                return torch.nn.functional.linear(x, w).argmax(1)

        found += [Contender("PyTorch", "argmax", n, in_torch) for n in threads]
    return found


def _numpy_predict(W: Array, X: Array, by_class: bool) -> Callable[[], Array]:
    n_classes = W.shape[1]
    S = np.empty((n_classes, len(X)) if by_class else (len(X), n_classes), W.dtype)
    weights = np.asfortranarray(W)

    def work() -> Array:
        if by_class:
            np.matmul(weights.T, X.T, out=S)
        else:
            np.matmul(X, W, out=S)
        classes: Array = S.argmax(axis=1 - by_class)
        return classes

    return work
