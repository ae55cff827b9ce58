"""Right functions in several styles, which no check may blame.

What is right in them comes from the C core, so that none is a solution to copy. They differ in what
honest code differs in: the order of sums, loops or matrix products, the subgradient at a kink, and
the precision.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from linclf.losses import loss_and_grad
from linclf.tolerance import row_losses

if TYPE_CHECKING:
    from linclf.arrays import Data, Labels

LossFunction: TypeAlias = Callable[..., tuple[Any, Any]]

_SMOOTH = ("softmax", "squared_hinge")
_ASIDE = 1e-9  # far below the least distance of a case from a kink


def styles(loss: str) -> dict[str, LossFunction]:
    """Return right loss functions by the name of their style.

    Parameters
    ----------
    loss : Loss or str
        What they compute.

    Returns
    -------
    dict of str to callable
        Called as ``f(W, X, y, reg)``, they return ``(loss, dW)``.

    Examples
    --------
    >>> X, y, W = np.eye(2), np.array([0, 1]), np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> {round(float(f(W, X, y, 0.1)[0]), 5) for f in styles("softmax").values()}
    {3.81326}
    """
    whole = _batched(loss, lambda X, W: X @ W, lambda X, B: X.T @ B)
    by_index = _batched(
        loss,
        lambda X, W: np.einsum("nd,dc->nc", X, W),
        lambda X, B: np.einsum("nd,nc->dc", X, B),
    )
    found = {
        "core": lambda W, X, y, reg: loss_and_grad(loss, W, X, y, reg),
        "vectorised": whole,
        "einsum": by_index,
        "loops": _sample_by_sample(loss, 1),
        "backwards": _sample_by_sample(loss, -1),
        "float32": _single(whole),
        "float32_loops": _single(_sample_by_sample(loss, 1)),
    }
    if loss not in _SMOOTH:
        found["other_subgradient"] = _other_subgradient(loss)
    return found


def _batched(
    loss: str, scores: Callable[[Data, Data], Data], pull_back: Callable[[Data, Data], Data]
) -> LossFunction:
    """Return a function of whole arrays; the losses of the rows are the core's."""

    def whole(W: Data, X: Data, y: Labels, reg: Any) -> tuple[Any, Any]:
        S = np.ascontiguousarray(scores(X, W))
        # The scores of N samples, each with a feature of its own, which is 1.
        mean, B = loss_and_grad(loss, S, np.eye(len(S), dtype=S.dtype), y, n_threads=1)
        squares = (W * W).sum(dtype=W.dtype)
        return mean + reg * squares, pull_back(X, B) + (reg + reg) * W

    return whole


def _sample_by_sample(loss: str, order: int) -> LossFunction:
    """Return a function that adds up samples one by one, forwards (1) or backwards (-1)."""

    def loops(W: Data, X: Data, y: Labels, reg: Any) -> tuple[Any, Any]:
        dtype = W.dtype.type
        total, dW = dtype(0), np.zeros(W.shape, W.dtype)
        for i in range(len(X))[::order]:
            value, slope = loss_and_grad(loss, W, X[i : i + 1], y[i : i + 1], n_threads=1)
            total += dtype(value)
            dW += slope
        squares = dtype(0)
        for row in W:
            squares += row @ row
        return total / dtype(len(X)) + reg * squares, dW / dtype(len(X)) + dtype(2) * reg * W

    return loops


def _other_subgradient(loss: str) -> LossFunction:
    """Return a function that counts margins of exactly 0 as violated: ``>=`` instead of ``>``."""

    def closed(W: Data, X: Data, y: Labels, reg: Any) -> tuple[Any, Any]:
        S = np.asarray(X @ W, np.float64)
        nearer = S.copy()
        nearer[np.arange(len(S)), y] -= _ASIDE
        B = row_losses(loss, nearer, y)[1]
        value = row_losses(loss, S, y)[0].mean()
        return value + reg * (W * W).sum(), X.T @ B / len(X) + reg * W + reg * W

    return closed


def _single(function: LossFunction) -> LossFunction:
    """Return a function that computes in float32 throughout."""

    def single(W: Data, X: Data, y: Labels, reg: Any) -> tuple[Any, Any]:
        return function(W.astype(np.float32), X.astype(np.float32), y, np.float32(reg))

    return single
