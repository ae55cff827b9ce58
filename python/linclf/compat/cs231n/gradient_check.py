"""``cs231n.gradient_check``: numerical gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linclf.compat._shared.numeric import (
    eval_numerical_gradient,
    eval_numerical_gradient_array,
    grad_check_sparse,
)

__all__ = [
    "eval_numerical_gradient",
    "eval_numerical_gradient_array",
    "eval_numerical_gradient_blobs",
    "eval_numerical_gradient_net",
    "grad_check_sparse",
]


def eval_numerical_gradient_blobs(
    f: Callable[..., Any], inputs: Any, output: Any, h: float = 1e-5
) -> list[Any]:
    """Return the gradients in several blobs, objects with arrays ``vals`` and ``diffs``.

    Parameters
    ----------
    f : callable
        ``f(*inputs, output)`` writes ``output.vals``.
    inputs : tuple of blobs
        Moved in place and restored.
    output : blob
        Its ``diffs`` are the derivative of what comes after f.
    h : float
        Step.

    Returns
    -------
    list of arrays
        One for each input.
    """

    def value_of(_: Any) -> Any:
        f(*inputs, output)
        return np.copy(output.vals)

    return [eval_numerical_gradient_array(value_of, blob.vals, output.diffs, h) for blob in inputs]


def eval_numerical_gradient_net(net: Any, inputs: Any, output: Any, h: float = 1e-5) -> list[Any]:
    """Return the gradients in the blobs of a net, whose ``forward()`` writes ``output.vals``.

    Parameters
    ----------
    net, inputs, output, h
        As for `eval_numerical_gradient_blobs`.

    Returns
    -------
    list of arrays
        One for each input.
    """
    return eval_numerical_gradient_blobs(lambda *_: net.forward(), inputs, output, h)
