"""Numerical gradients and their checks, under the names of the courses.

Formulas, defaults and printing are the courses'. Three things are different: x is restored bit for
bit even if f raises, an integer x is refused, in which x + h is x, and 0/0 is no error.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from linclf.gradcheck import numerical_gradient


def eval_numerical_gradient(
    f: Callable[[Any], Any], x: Any, verbose: bool = True, h: float = 0.00001
) -> Any:
    """Return the gradient of f at x by central differences.

    Parameters
    ----------
    f : callable
        ``f(x)`` returns a number.
    x : float array of any shape
        Where; moved in place and restored.
    verbose : bool
        Print the index and the derivative of every entry.
    h : float
        Step.

    Returns
    -------
    array of the shape of x

    Examples
    --------
    >>> x = np.array([3.0, 4.0])
    >>> eval_numerical_gradient(lambda x: (x**2).sum(), x, verbose=False).round(4)
    array([6., 8.])
    """
    grad = numerical_gradient(f, x, h=h)
    if verbose:
        for ix in np.ndindex(grad.shape):
            print(ix, grad[ix])
    return grad


def eval_numerical_gradient_array(f: Callable[[Any], Any], x: Any, df: Any, h: float = 1e-5) -> Any:
    """Return the gradient of ``sum(f(x) * df)``, for an f that returns an array.

    Parameters
    ----------
    f : callable
        ``f(x)`` returns an array of the shape of df.
    x : float array
        Where; moved in place and restored.
    df : array
        Derivative of what comes after f.
    h : float
        Step.

    Returns
    -------
    array of the shape of x

    Examples
    --------
    >>> x = np.array([1.0, 2.0])
    >>> eval_numerical_gradient_array(lambda x: x**2, x, np.array([1.0, 10.0])).round(4)
    array([ 2., 40.])
    """
    refuse_integers(x)
    grad = np.zeros_like(x)
    for ix in np.ndindex(x.shape):
        above, below = _differences(lambda point: np.array(f(point)), x, ix, h)
        grad[ix] = np.sum((above - below) * df) / (2 * h)
    return grad


def grad_check_sparse(
    f: Callable[[Any], Any], x: Any, analytic_grad: Any, num_checks: int = 10, h: float = 1e-5
) -> None:
    """Compare random entries of a gradient with central differences, and print both.

    The entries come from Python's ``random.randrange``, as in the courses.

    Parameters
    ----------
    f : callable
        ``f(x)`` returns a number.
    x : float array
        Where; moved in place and restored.
    analytic_grad : array of the shape of x
        What is checked.
    num_checks : int
        How many entries.
    h : float
        Step.

    Examples
    --------
    >>> x = np.array([3.0])
    >>> grad_check_sparse(lambda x: (x**2).sum(), x, 2 * x, num_checks=1, h=0.5)
    numerical: 6.000000 analytic: 6.000000, relative error: 0.000000e+00
    """
    refuse_integers(x)
    for _ in range(num_checks):
        ix = tuple(random.randrange(size) for size in x.shape)
        above, below = _differences(f, x, ix, h)
        numerical, analytic = (above - below) / (2 * h), analytic_grad[ix]
        error = relative_error(numerical, analytic)
        print(
            f"numerical: {numerical:f} analytic: {analytic:f}, relative error: {error:e}",
        )


def check_gradient(f: Callable[[Any], Any], x: Any, delta: float = 1e-5, tol: float = 1e-4) -> bool:
    """Return whether the gradient that f returns agrees with central differences everywhere.

    Prints "Gradient check passed!", or the first entry where they differ.

    Parameters
    ----------
    f : callable
        ``f(x)`` returns ``(value, grad)``.
    x : float64 array
        Where; moved in place and restored.
    delta : float
        Step.
    tol : float
        Relative tolerance of ``np.isclose``.

    Raises
    ------
    AssertionError
        If x is no array of float64, f changes it, or the gradient has another shape.

    Examples
    --------
    >>> check_gradient(lambda x: (float(x @ x), 2 * x), np.array([3.0, 2.0]))
    Gradient check passed!
    True
    >>> check_gradient(lambda x: (float(x @ x), x), np.array([3.0, 2.0]))
    Gradients are different at (0,). Analytic: 3.00000, Numeric: 6.00000
    False
    """
    _insist(isinstance(x, np.ndarray), f"x is a {type(x).__name__}; pass np.array(x, dtype=float)")
    _insist(
        x.dtype == np.float64,
        f"x is of dtype {x.dtype}, which does not hold x + delta; pass x.astype(np.float64)",
    )
    before = x.copy()
    point = x.view(_Point)
    _, analytic = f(point)
    _insist(np.array_equal(before, x, equal_nan=True), "Functions shouldn't modify input variables")
    _insist(
        np.shape(analytic) == x.shape,
        f"the gradient is of shape {np.shape(analytic)}, but x of {x.shape}",
    )
    analytic = np.array(analytic)
    for ix in np.ndindex(x.shape):
        above, below = _differences(
            lambda at: np.asarray(f(at)[0], np.float64).item(), point, ix, delta
        )
        numeric = (above - below) / (2 * delta)
        if not np.isclose(numeric, analytic[ix], tol):
            print(
                f"Gradients are different at {ix}. Analytic: {analytic[ix]:2.5f}, "
                f"Numeric: {numeric:2.5f}"
            )
            return False
    print("Gradient check passed!")
    return True


def relative_error(a: float, b: float) -> float:
    """Return ``abs(a - b) / (abs(a) + abs(b))``, with 0/0 as 0.

    Examples
    --------
    >>> relative_error(1.0, 3.0), relative_error(0.0, 0.0)
    (0.5, 0.0)
    """
    difference = abs(a - b)
    return float(difference / (abs(a) + abs(b))) if difference != 0 else 0.0


def refuse_integers(x: Any) -> None:
    """Raise a TypeError for an array in which ``x + h`` is cut back to x."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        found = f"of dtype {x.dtype}" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"
        raise TypeError(
            f"x is {found}, in which x + h is cut back to x, so that every difference is 0; "
            "pass x.astype(np.float64)"
        )


class _Point(np.ndarray[Any, Any]):
    """An array that ``float`` takes if it has one entry, as NumPy before 2.4 had it.

    Functions in the notebooks return ``float(x * x)`` of such an array.
    """

    def __float__(self) -> float:
        return float(self.item())


def _differences(f: Callable[[Any], Any], x: Any, ix: tuple[int, ...], h: float) -> tuple[Any, Any]:
    """Return f with an entry of x moved up and moved down by h."""
    with _restored(x, ix) as value:
        x[ix] = value + h
        above = f(x)
        x[ix] = value - h
        return above, f(x)


@contextmanager
def _restored(x: Any, ix: tuple[int, ...]) -> Iterator[Any]:
    value = x[ix]
    try:
        yield value
    finally:
        x[ix] = value


def _insist(condition: Any, message: str) -> None:
    """Do what the assert statements of the courses do, also under ``python -O``."""
    if not condition:
        raise AssertionError(message)
