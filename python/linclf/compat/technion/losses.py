"""`hw1.losses`: the hinge loss of scores, with its gradient in the weights.

    L = (1/N) * sum_i sum over j != y_i of max(0, s_ij - s_iy + delta)

There is no penalty in it; that is the trainer's.
"""

from __future__ import annotations

import abc
from typing import Any

from linclf.compat._shared.objective import loss_of_scores
from linclf.compat._shared.tensors import as_array, as_scalar, as_tensor, torch


class ClassifierLoss(abc.ABC):
    """A loss that is computed from scores and then asked for its gradient."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return `loss` of the same arguments."""
        return self.loss(*args, **kwargs)

    @abc.abstractmethod
    def loss(self, *args: Any, **kw: Any) -> Any:
        """Return the loss of a batch."""

    @abc.abstractmethod
    def grad(self) -> Any:
        """Return the gradient of the latest loss in the weights, (D, C)."""


class SVMHingeLoss(ClassifierLoss):
    """The multiclass hinge loss.

    Parameters
    ----------
    delta : float
        Margin.

    Attributes
    ----------
    grad_ctx : dict
        What `grad` needs of the latest `loss`.

    Examples
    --------
    The cat, car and frog of the lectures; their scores are given, so x is the identity:

    >>> scores = torch.tensor([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
    >>> loss_fn = SVMHingeLoss()
    >>> loss_fn(torch.eye(3), torch.tensor([0, 1, 2]), scores, scores.argmax(dim=1))
    tensor(5.2667)
    >>> 3 * loss_fn.grad()
    tensor([[-1.,  1.,  0.],
            [ 0.,  0.,  0.],
            [ 1.,  1., -2.]])
    """

    def __init__(self, delta: float = 1.0) -> None:
        self.delta = delta
        self.grad_ctx: dict[str, Any] = {}

    def loss(self, x: Any, y: Any, x_scores: Any, y_predicted: Any) -> Any:
        """Return the mean loss of a batch.

        Parameters
        ----------
        x : (N, D) tensor
            Samples.
        y : (N,) tensor
            Their labels.
        x_scores : (N, C) tensor
            Their scores; if these are recorded for autograd, so is the loss.
        y_predicted : (N,) tensor
            Not used; the course passes it.

        Returns
        -------
        tensor of no dimensions
            Of the dtype of the scores.

        Raises
        ------
        TypeError, ValueError
            If an operand is no tensor on the CPU, or for shapes and labels that do not fit.
        """
        loss, dscores = _MeanHinge.apply(x_scores, y, self.delta)
        self.grad_ctx = {"x": x.detach(), "dscores": dscores}
        return loss

    def grad(self) -> Any:
        """Return the gradient of the latest loss in the weights, a (D, C) tensor.

        Raises
        ------
        RuntimeError
            If there was no loss yet.
        """
        if not self.grad_ctx:
            raise RuntimeError("there is no loss yet; call loss(x, y, x_scores, y_predicted) first")
        return self.grad_ctx["x"].t() @ self.grad_ctx["dscores"]


class _MeanHinge(torch.autograd.Function):  # type: ignore[misc]
    """The mean hinge loss of scores, and its derivative, computed by the C core."""

    @staticmethod
    def forward(ctx: Any, scores: Any, y: Any, delta: float) -> tuple[Any, Any]:
        value, derivative = loss_of_scores(
            "hinge", as_array(scores, "x_scores"), as_array(y, "y"), delta
        )
        dscores = as_tensor(derivative)
        ctx.save_for_backward(dscores)
        ctx.mark_non_differentiable(dscores)
        return as_scalar(value, like=scores), dscores

    @staticmethod
    def backward(ctx: Any, of_loss: Any, of_dscores: Any) -> tuple[Any, None, None]:
        (dscores,) = ctx.saved_tensors
        return of_loss * dscores, None, None
