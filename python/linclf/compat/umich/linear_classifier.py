"""`linear_classifier`: losses, training, prediction and search of EECS 498/598, assignment 2.

    L = (1/N) * sum_i L_i + reg * sum(W**2)

Tensors on the CPU are read where they lie; results are tensors of the dtype of W. Training goes

    rows = torch.randint(num_train, (batch_size,))
    loss, grad = loss_func(W, X[rows], y[rows], reg)
    W -= learning_rate * grad

and leaves PyTorch's generator where this loop leaves it. With a loss of this module the steps are
taken in C, without a copy of the batches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from linclf.checks import count
from linclf.compat._shared.objective import Objective, predicted
from linclf.compat._shared.tensors import (
    TorchBatches,
    as_array,
    as_float,
    as_scalar,
    as_tensor,
    torch,
)
from linclf.compat._shared.training import run_steps, sgd_in_c
from linclf.compat.umich.utils import reset_seed

_HINGE, _SOFTMAX = Objective("hinge"), Objective("softmax")

LossFunction = Callable[[Any, Any, Any, float], tuple[Any, Any]]


def hello_linear_classifier() -> None:
    """Say that the import works."""
    print("Hello from linear_classifier.py!")


def svm_loss_naive(W: Any, X: Any, y: Any, reg: float) -> tuple[Any, Any]:
    """Return the multiclass SVM loss and its gradient; the same as `svm_loss_vectorized`."""
    return _on_tensors(_HINGE, W, X, y, reg)


def svm_loss_vectorized(W: Any, X: Any, y: Any, reg: float) -> tuple[Any, Any]:
    """Return the multiclass SVM loss, with margin 1, and its gradient.

    Parameters
    ----------
    W : (D, C) tensor
        Weights, float64 or float32.
    X : (N, D) tensor
        Data.
    y : (N,) tensor
        Labels ``0 .. C-1``.
    reg : float
        Strength of the penalty ``reg * sum(W**2)``.

    Returns
    -------
    loss : tensor of no dimensions
    dW : (D, C) tensor

    Raises
    ------
    TypeError, ValueError
        If an operand is no tensor or not on the CPU, or for shapes, dtypes and labels that do not
        fit.

    Examples
    --------
    With all weights zero every wrong class violates the margin by 1:

    >>> X, y = torch.ones(4, 3), torch.tensor([0, 1, 2, 0])
    >>> loss, dW = svm_loss_vectorized(torch.zeros(3, 10), X, y, 0.0)
    >>> loss, dW.dtype
    (tensor(9.), torch.float32)
    """
    return _on_tensors(_HINGE, W, X, y, reg)


def softmax_loss_naive(W: Any, X: Any, y: Any, reg: float) -> tuple[Any, Any]:
    """Return the softmax loss and its gradient; the same as `softmax_loss_vectorized`."""
    return _on_tensors(_SOFTMAX, W, X, y, reg)


def softmax_loss_vectorized(W: Any, X: Any, y: Any, reg: float) -> tuple[Any, Any]:
    """Return the softmax (cross-entropy) loss and its gradient, without overflow.

    Parameters, results and errors are those of `svm_loss_vectorized`.

    Examples
    --------
    >>> W, X = torch.tensor([[0.0, 1000.0]]), torch.ones(1, 1)
    >>> softmax_loss_vectorized(W, X, torch.tensor([0]), 0.0)[0]
    tensor(1000.)
    """
    return _on_tensors(_SOFTMAX, W, X, y, reg)


def sample_batch(X: Any, y: Any, num_train: int, batch_size: int) -> tuple[Any, Any]:
    """Return random rows of X and y, drawn with replacement by ``torch.randint``."""
    rows = torch.randint(num_train, (batch_size,))
    return X[rows], y[rows]


def train_linear_classifier(
    loss_func: LossFunction,
    W: Any,
    X: Any,
    y: Any,
    learning_rate: float = 1e-3,
    reg: float = 1e-5,
    num_iters: int = 100,
    batch_size: int = 200,
    verbose: bool = False,
) -> tuple[Any, list[float]]:
    """Train by stochastic gradient descent.

    Parameters
    ----------
    loss_func : callable
        ``loss_func(W, X_batch, y_batch, reg)`` returns loss and gradient.
    W : (D, C) tensor or None
        Where to begin, changed in place. None draws ``1e-6 * torch.randn`` of the dtype of X, with
        a class for every label up to the largest.
    X : (N, D) tensor
        Data.
    y : (N,) tensor
        Labels.
    learning_rate, reg : float
        Size of the steps, and what `loss_func` is given.
    num_iters, batch_size : int
        Number of steps, and of the rows for each.
    verbose : bool
        Print the loss every 100 iterations.

    Returns
    -------
    W : (D, C) tensor
    loss_history : list of float
        The loss on the batch of every iteration, before its step.

    Warns
    -----
    RuntimeWarning
        If the loss overflows: the learning rate is too high.

    Examples
    --------
    >>> X, y = torch.eye(3), torch.tensor([0, 1, 2])
    >>> W, losses = train_linear_classifier(svm_loss_vectorized, None, X, y, 0.1, num_iters=200)
    >>> len(losses), predict_linear_classifier(W, X)
    (200, tensor([0, 1, 2]))
    """
    data, labels = as_array(X, "X"), as_array(y, "y")
    if W is None:
        W = 1e-6 * torch.randn(X.shape[1], int(y.max()) + 1, dtype=X.dtype)
    weights = as_array(W, "W")
    objective = _OBJECTIVES.get(getattr(loss_func, "__func__", loss_func))

    def in_c(rows: Any, size: int) -> list[float]:
        assert objective is not None
        penalty = objective.penalty(reg)
        parts = sgd_in_c(objective.loss, weights, data, labels, penalty, learning_rate, rows, size)
        return objective.totals(parts, reg)

    def in_python(rows: Any, _: int) -> list[float]:
        batch = as_tensor(rows)
        loss, grad = loss_func(W, X[batch], y[batch], reg)
        with torch.no_grad():
            W.sub_(grad, alpha=learning_rate)
        return [as_float(loss)]

    def show(it: int, loss: float) -> None:
        print(f"iteration {it} / {num_iters}: loss {loss:f}")

    history = run_steps(
        TorchBatches(len(data), batch_size),
        count("num_iters", num_iters, least=0),
        in_python if objective is None else in_c,
        show if verbose else None,
        portion=1 if objective is None else None,
    )
    return W, history


def predict_linear_classifier(W: Any, X: Any) -> Any:
    """Return the class of the highest score of each row of X, an int64 tensor (N,)."""
    return as_tensor(predicted(as_array(W, "W"), as_array(X, "X")))


def svm_get_search_params() -> tuple[list[float], list[float]]:
    """Return learning rates and regularization strengths to try for the SVM."""
    return [3e-3, 6e-3, 1e-2], [1e-2, 1e-1, 3e-1]


def softmax_get_search_params() -> tuple[list[float], list[float]]:
    """Return learning rates and regularization strengths to try for softmax."""
    return [3e-2, 1e-1, 2e-1], [1e-3, 1e-2, 1e-1]


def test_one_param_set(
    cls: LinearClassifier,
    data_dict: Mapping[str, Any],
    lr: float,
    reg: float,
    num_iters: int = 2000,  # noqa: PT028
) -> tuple[LinearClassifier, float, float]:
    """Train a classifier and return it with its accuracies.

    Parameters
    ----------
    cls : LinearClassifier
        A new one.
    data_dict : dict
        ``X_train``, ``y_train``, ``X_val`` and ``y_val``.
    lr, reg : float
        Learning rate and strength of the penalty.
    num_iters : int
        Steps.

    Returns
    -------
    cls : LinearClassifier
    train_acc, val_acc : float
        Share of right predictions.
    """
    cls.train(data_dict["X_train"], data_dict["y_train"], lr, reg, num_iters)
    train_acc, val_acc = (
        (cls.predict(data_dict[f"X_{part}"]) == data_dict[f"y_{part}"]).double().mean().item()
        for part in ("train", "val")
    )
    return cls, train_acc, val_acc


test_one_param_set.__test__ = False  # type: ignore[attr-defined]  # it is none, says pytest


class LinearClassifier:
    """The base of `LinearSVM` and `Softmax`; a new one seeds the generators, as `reset_seed(0)`.

    Attributes
    ----------
    W : (D, C) tensor or None
        None before training.
    """

    def __init__(self) -> None:
        reset_seed(0)
        self.W: Any = None

    def train(
        self,
        X_train: Any,
        y_train: Any,
        learning_rate: float = 1e-3,
        reg: float = 1e-5,
        num_iters: int = 100,
        batch_size: int = 200,
        verbose: bool = False,
    ) -> list[float]:
        """Train by `train_linear_classifier` from the present W, and return the losses."""
        self.W, loss_history = train_linear_classifier(
            self.loss, self.W, X_train, y_train, learning_rate, reg, num_iters, batch_size, verbose
        )
        return loss_history

    def predict(self, X: Any) -> Any:
        """Return the class of the highest score of each row of X, an int64 tensor (N,)."""
        if self.W is None:
            raise ValueError(f"This {type(self).__name__} has no W yet; call train before predict")
        return predict_linear_classifier(self.W, X)

    def loss(self, W: Any, X_batch: Any, y_batch: Any, reg: float) -> tuple[Any, Any]:
        """Return loss and gradient at W; subclasses define it."""
        raise NotImplementedError(
            f"{type(self).__name__} must define loss(self, W, X_batch, y_batch, reg)"
        )

    def save(self, path: Any) -> None:
        """Write W to a file, as ``torch.save({"W": W}, path)``."""
        torch.save({"W": self.W}, path)
        print(f"Saved in {path}")

    def load(self, path: Any) -> None:
        """Read W from a file that `save` wrote; nothing in it is executed."""
        self.W = torch.load(path, map_location="cpu", weights_only=True)["W"]
        print(f"load checkpoint file: {path}")


class LinearSVM(LinearClassifier):
    """Multiclass SVM.

    Examples
    --------
    >>> svm = LinearSVM()
    >>> losses = svm.train(torch.eye(3), torch.tensor([0, 1, 2]), 0.1, num_iters=200)
    >>> svm.predict(torch.eye(3))
    tensor([0, 1, 2])
    """

    def loss(self, W: Any, X_batch: Any, y_batch: Any, reg: float) -> tuple[Any, Any]:
        """Return what `svm_loss_vectorized` does."""
        return svm_loss_vectorized(W, X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    """Softmax classifier; see `LinearSVM`."""

    def loss(self, W: Any, X_batch: Any, y_batch: Any, reg: float) -> tuple[Any, Any]:
        """Return what `softmax_loss_vectorized` does."""
        return softmax_loss_vectorized(W, X_batch, y_batch, reg)


#: What the functions of this module compute: with them, the steps are taken in C.
_OBJECTIVES: dict[Any, Objective] = {
    svm_loss_naive: _HINGE,
    svm_loss_vectorized: _HINGE,
    LinearSVM.loss: _HINGE,
    softmax_loss_naive: _SOFTMAX,
    softmax_loss_vectorized: _SOFTMAX,
    Softmax.loss: _SOFTMAX,
}


def _on_tensors(objective: Objective, W: Any, X: Any, y: Any, reg: float) -> tuple[Any, Any]:
    value, dW = objective(as_array(W, "W"), as_array(X, "X"), as_array(y, "y"), reg)
    return as_scalar(value, like=W), as_tensor(dW).to(W.dtype)
