"""`hw1.linear_classifier`: a linear classifier that is trained from loaders.

    loss = loss_fn(x, y, x_scores, y_pred) + weight_decay / 2 * sum(W**2)
    W -= learn_rate * (loss_fn.grad() + weight_decay * W)

The penalty, with its factor 1/2, is added here and not by the loss.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from linclf import losses
from linclf.compat._shared.tensors import as_array, as_float, as_tensor, torch
from linclf.optimize import sgd_step
from linclf.penalties import L2

Result = namedtuple("Result", "accuracy loss")


class LinearClassifier:
    """Weights for scores ``x @ weights``; the bias is their first row, if x begins with a 1.

    Parameters
    ----------
    n_features, n_classes : int
        Shape of the weights.
    weight_std : float
        Standard deviation of the first weights, drawn by ``torch.normal``.

    Attributes
    ----------
    weights : (n_features, n_classes) tensor
        float32.

    Examples
    --------
    >>> classifier = LinearClassifier(5, 3)
    >>> y_pred, scores = classifier.predict(torch.ones(2, 5))
    >>> y_pred.dtype, scores.shape
    (torch.int64, torch.Size([2, 3]))
    """

    def __init__(self, n_features: int, n_classes: int, weight_std: float = 0.001) -> None:
        self.n_features = n_features
        self.n_classes = n_classes
        self.weights = torch.normal(0.0, weight_std, (n_features, n_classes))

    def predict(self, x: Any) -> tuple[Any, Any]:
        """Return the class of the highest score of each sample, and the scores.

        Parameters
        ----------
        x : (N, n_features) tensor
            Samples, of the dtype of the weights.

        Returns
        -------
        y_pred : (N,) int64 tensor
        class_scores : (N, n_classes) tensor
            Recorded for autograd if the weights are.
        """
        if self.weights.requires_grad and torch.is_grad_enabled():
            class_scores = x @ self.weights
        else:
            W = as_array(self.weights, "weights")
            class_scores = as_tensor(losses.scores(W, as_array(x, "x")))
        return torch.argmax(class_scores, dim=1), class_scores

    @staticmethod
    def evaluate_accuracy(y: Any, y_pred: Any) -> float:
        """Return how many predictions are right, in percent.

        Examples
        --------
        >>> LinearClassifier.evaluate_accuracy(torch.tensor([0, 1]), torch.tensor([0, 2]))
        50.0
        """
        return 100.0 * float((y == y_pred).double().mean())

    def train(
        self,
        dl_train: Any,
        dl_valid: Any,
        loss_fn: Any,
        learn_rate: float = 0.1,
        weight_decay: float = 0.001,
        max_epochs: int = 100,
    ) -> tuple[Any, Any]:
        """Train by stochastic gradient descent on the batches of a loader.

        Prints a dot for each epoch.

        Parameters
        ----------
        dl_train, dl_valid : DataLoader
            Yield (x, y). The weights are changed after each batch of the first; after each epoch
            they are measured on the second.
        loss_fn : ClassifierLoss
            Called with (x, y, x_scores, y_predicted), then asked for ``grad()``.
        learn_rate : float
            Size of the steps.
        weight_decay : float
            Strength of the penalty ``weight_decay / 2 * sum(W**2)``, which is in the losses of
            both results.
        max_epochs : int
            How often to go through the training data.

        Returns
        -------
        train_res, valid_res : named tuples (accuracy, loss)
            Lists with the mean over the samples of each epoch; accuracy in percent.
        """
        train_res, valid_res = Result([], []), Result([], [])
        penalty = L2(weight_decay / 2)
        print("Training", end="")
        with torch.no_grad():
            for _ in range(max_epochs):
                self._epoch(dl_train, loss_fn, penalty, learn_rate, train_res)
                self._epoch(dl_valid, loss_fn, penalty, None, valid_res)
                print(".", end="")
        print()
        return train_res, valid_res

    def _epoch(
        self, loader: Any, loss_fn: Any, penalty: L2, learn_rate: float | None, result: Result
    ) -> None:
        """Go through a loader once, with steps if there is a rate, and append to the result."""
        W = as_array(self.weights, "weights")
        n_samples, right, total = 0, 0.0, 0.0
        for x, y in loader:
            y_pred, x_scores = self.predict(x)
            loss = as_float(loss_fn(x, y, x_scores, y_pred)) + penalty.value(W)
            n_samples, total = n_samples + len(y), total + len(y) * loss
            right += len(y) * self.evaluate_accuracy(y, y_pred)
            if learn_rate is not None:
                grad = as_array(loss_fn.grad(), "the gradient") + penalty.gradient(W)
                sgd_step(W, grad, learn_rate)
        result.accuracy.append(right / n_samples if n_samples else float("nan"))
        result.loss.append(total / n_samples if n_samples else float("nan"))

    def weights_as_images(self, img_shape: tuple[int, ...], has_bias: bool = True) -> Any:
        """Return the weights of each class as an image.

        Parameters
        ----------
        img_shape : (C, H, W)
            Shape of an image.
        has_bias : bool
            Leave out the first row of the weights.

        Returns
        -------
        (n_classes, C, H, W) tensor
        """
        rows = self.weights[1:] if has_bias else self.weights
        return rows.t().reshape(self.n_classes, *img_shape)


def hyperparams() -> dict[str, float]:
    """Return parameters that suit MNIST with standardised pixels.

    Examples
    --------
    >>> sorted(hyperparams())
    ['learn_rate', 'weight_decay', 'weight_std']
    """
    return {"weight_std": 0.001, "learn_rate": 0.02, "weight_decay": 0.001}
