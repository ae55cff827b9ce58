"""`eecs598.grad`: gradients by differences, ``(f(x + h) - f(x - h)) / 2h``.

`f` takes the tensor and returns a loss. The tensor is moved in place, entry by entry, and restored
bit for bit even if `f` raises.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from linclf.compat._shared.tensors import as_array, as_float, as_tensor
from linclf.compat.umich.utils import reset_seed
from linclf.gradcheck import numerical_gradient

_LEAST = 1e-12  # added to what relative errors are divided by, so that 0/0 is 0


def grad_check_sparse(
    f: Callable[[Any], Any], x: Any, analytic_grad: Any, num_checks: int = 10, h: float = 1e-7
) -> None:
    """Compare some entries of a gradient with differences, and print the relative errors.

    The entries are those that Python's ``random.randrange`` draws after ``reset_seed(0)``.

    Parameters
    ----------
    f : callable
        ``f(x)`` returns a loss.
    x : tensor
        Where; float64 if the errors are to mean anything.
    analytic_grad : tensor
        What to check, of the shape of `x`.
    num_checks : int
        Number of entries.
    h : float
        Step of the differences.

    Raises
    ------
    TypeError
        If `x` holds integers: a small step would be cut off, and every difference be zero.

    Examples
    --------
    >>> import torch
    >>> x = torch.tensor([3.0], dtype=torch.float64)
    >>> grad_check_sparse(lambda x: (x**2).sum(), x, 2 * x, num_checks=1, h=1e-5)
    numerical: 6.000000 analytic: 6.000000, relative error: ...
    """
    array = as_array(x, "x")
    reset_seed(0)
    for _ in range(num_checks):
        index = tuple(random.randrange(length) for length in array.shape)
        entry = array[tuple(slice(i, i + 1) for i in index)]
        numerical = float(numerical_gradient(lambda _: as_float(f(x)), entry, h=h).item())
        analytic = as_float(analytic_grad[index])
        error = abs(numerical - analytic) / (abs(numerical) + abs(analytic) + _LEAST)
        print(f"numerical: {numerical:f} analytic: {analytic:f}, relative error: {error:e}")


def compute_numeric_gradient(f: Callable[[Any], Any], x: Any, h: float = 1e-7) -> Any:
    """Return the gradient of `f` at `x` by differences, a tensor of the shape of `x`.

    Parameters and errors are those of `grad_check_sparse`.

    Examples
    --------
    >>> import torch
    >>> x = torch.tensor([[3.0, 4.0]], dtype=torch.float64)
    >>> compute_numeric_gradient(lambda x: (x**2).sum(), x, h=1e-5).round(decimals=6)
    tensor([[6., 8.]], dtype=torch.float64)
    """
    return as_tensor(numerical_gradient(lambda _: as_float(f(x)), as_array(x, "x"), h=h))


def rel_error(x: Any, y: Any, eps: float = 1e-10) -> float:
    """Return ``max(abs(x - y)) / max(abs(x) + abs(y), eps)``.

    Examples
    --------
    >>> import torch
    >>> rel_error(torch.tensor([1.0, 0.0]), torch.tensor([3.0, 0.0]))
    0.5
    """
    largest = (x.abs() + y.abs()).clamp(min=eps).max()
    return float((x - y).abs().max() / largest)
