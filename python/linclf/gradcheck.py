"""The check of an analytic gradient against difference quotients; see `linclf.numerical`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.checks import count, number
from linclf.losses import loss_and_grad, loss_value
from linclf.numerical import check_movable, check_weights, numerical_gradient, slopes, value_of
from linclf.sampling import as_generator

__all__ = ["GradientCheck", "check_gradient", "numerical_gradient"]

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Labels, Reg, Rng


@dataclass(frozen=True, repr=False)
class GradientCheck:
    """The finding of `check_gradient`; true if the gradient is right.

    Attributes
    ----------
    passed : bool
        Whether no entry is beyond `tol`.
    max_relative_error : float
        Of the worst entry.
    worst : tuple of int
        Index of that entry.
    analytic, numerical, relative_error : arrays of the shape of W
        The last two are NaN in entries that were not checked.
    loss : float
        Value of the function.
    expected_loss : float or None
        What the built-in loss gives there, if one was named.
    checked : int
        Number of entries checked.
    tol : float
        Largest relative error that passes.
    """

    passed: bool
    max_relative_error: float
    worst: tuple[int, ...]
    analytic: DoubleArray
    numerical: DoubleArray
    relative_error: DoubleArray
    loss: float
    expected_loss: float | None
    checked: int
    tol: float

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        where = ", ".join(map(str, self.worst))
        parts = [
            f"largest relative error {self.max_relative_error:.2g} at dW[{where}]",
            f"there {self.analytic[self.worst]:.6g}, numerical {self.numerical[self.worst]:.6g}",
            f"{self.checked} of {self.analytic.size} entries checked, up to {self.tol:g} passes",
        ]
        if self.expected_loss is not None:
            parts.insert(0, f"loss {self.loss:.6g}, expected {self.expected_loss:.6g}")
        return f"GradientCheck({'passed' if self.passed else 'FAILED'}; {'; '.join(parts)})"


def check_gradient(
    f: str | Callable[..., Any],
    W: Data,
    X: Data | None = None,
    y: Labels | None = None,
    reg: Reg = 0.0,
    *,
    loss: str | None = None,
    h: float | None = None,
    tol: float = 1e-5,
    max_entries: int | None = 1000,
    rng: Rng = 0,
) -> GradientCheck:
    """Compare the gradient that a function returns with central differences of its value.

    The relative error of an entry is ``abs(a - n) / (abs(a) + abs(n))`` for the analytic a and
    the numerical n; 0/0 is 0. Entries so small that the rounding of f drowns them are measured
    against that rounding instead, so that it alone never exceeds `tol`.

    Parameters
    ----------
    f : callable or str
        ``f(W, X, y, reg)`` returning ``(loss, dW)``; without `X`, ``f(W)`` returning the same.
        A name such as "softmax" checks the loss of that name of this package.
    W : (D, C) float64 or float32 array
        Where; restored exactly. With float32, the check runs on float64 copies of W and X.
    X : (N, D) array, optional
        Data, handed on to `f`.
    y : (N,) array, optional
        Labels, handed on to `f`.
    reg : float or penalty
        Handed on to `f`.
    loss : Loss or str, optional
        What `f` is meant to compute: its value is then compared with this loss of the package.
    h : float, optional
        Step of the differences; by default one for each entry.
    tol : float
        Largest relative error that passes.
    max_entries : int or None
        How many entries of W are checked, drawn at random; None for all.
    rng : int, Generator, SeedSequence, RandomState or None
        Where they are drawn from.

    Returns
    -------
    GradientCheck
        True if the gradient is right; names the worst entry.

    Raises
    ------
    TypeError
        If `f` does not return ``(loss, dW)``, or W holds integers.
    ValueError
        If the gradient is not of the shape of W, the loss is not finite, or `f` changes its
        operands.

    Examples
    --------
    >>> X, y = np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([0, 1])
    >>> W = np.array([[0.1, 0.2], [0.3, 0.4]])
    >>> bool(linclf.check_gradient("softmax", W, X, y, 0.1))
    True
    >>> def forgot_the_factor_two(W, X, y, reg):
    ...     loss, dW = linclf.softmax_loss(W, X, y)
    ...     return loss + reg * (W**2).sum(), dW + reg * W
    >>> linclf.check_gradient(forgot_the_factor_two, W, X, y, 0.1).passed
    False
    """
    check_weights(W)
    check_movable(W)
    tol = max(number("tol", tol), float(np.finfo(np.float64).eps))
    if W.dtype == np.float32:
        W, X, y = (_in_double(array) for array in (W, X, y))
    operands: Any = () if X is None else (X, y, reg)
    function: Any = partial(loss_and_grad, f) if isinstance(f, str) else f
    value_of: Any = partial(loss_value, f) if isinstance(f, str) else f
    value, analytic = _first_evaluation(function, W, operands)
    expected = None if loss is None else loss_value(loss, W, *operands)
    numerical, error = np.full((2, *W.shape), np.nan)
    entries = _entries(W, max_entries, rng)
    for entry, slope, noise in slopes(lambda W: value_of(W, *operands), W, entries, h, "central"):
        numerical[entry] = slope
        error[entry] = _relative_error(analytic[entry], slope, noise / tol)
    worst = np.unravel_index(int(np.nanargmax(error)), W.shape)
    right_loss = expected is None or _relative_error(value, expected, 1.0) <= tol
    return GradientCheck(
        passed=right_loss and bool(error[worst] <= tol),
        max_relative_error=float(error[worst]),
        worst=tuple(int(i) for i in worst),
        analytic=analytic,
        numerical=numerical,
        relative_error=error,
        loss=value,
        expected_loss=expected,
        checked=int(np.count_nonzero(~np.isnan(error))),
        tol=tol,
    )


def _relative_error(a: float, n: float, least: float) -> float:
    """Return it for a size of at least `least`, with 0/0 as 0 and anything not finite as inf."""
    if not np.isfinite(a + n):
        return float("inf")
    difference = abs(a - n)
    return difference / max(abs(a) + abs(n), least) if difference else 0.0


def _first_evaluation(f: Any, W: Any, operands: tuple[Any, ...]) -> tuple[float, DoubleArray]:
    """Return the loss and a copy of the gradient, both checked."""
    names = ("W", "X", "y")
    arrays = [array for array in (W, *operands[:2])]
    before = [np.array(array, copy=True) for array in arrays]
    result = f(W, *operands)
    for name, array, old in zip(names, arrays, before, strict=False):
        if not np.array_equal(array, old, equal_nan=array.dtype.kind == "f"):
            raise ValueError(f"f changes {name}; work on a copy: {name} = {name}.copy()")
    if not isinstance(result, tuple) or len(result) != 2:
        found = f"{len(result)} values" if isinstance(result, tuple) else type(result).__name__
        raise TypeError(f"f returns {found}; it must return (loss, dW)")
    value, dW = value_of(result), np.array(result[1], dtype=np.float64)
    if not np.isfinite(value):
        raise ValueError(f"the loss is {value} at this W; check W and X with np.isfinite")
    if dW.shape != W.shape:
        hint = ", its transpose" if dW.shape == W.shape[::-1] else ""
        raise ValueError(f"dW is of shape {dW.shape}{hint}; W is {W.shape}, and dW must be too")
    return value, dW


def _entries(W: Any, max_entries: int | None, rng: Rng) -> Iterable[tuple[int, ...]]:
    limit = W.size if max_entries is None else count("max_entries", max_entries, least=1)
    if limit >= W.size:
        return np.ndindex(W.shape)
    chosen = np.sort(as_generator(rng).choice(W.size, limit, replace=False))
    return list(zip(*(axis.tolist() for axis in np.unravel_index(chosen, W.shape)), strict=True))


def _in_double(array: Any) -> Any:
    floating = array is not None and array.dtype.kind == "f"
    return array.astype(np.float64) if floating else array
