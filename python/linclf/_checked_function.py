"""Somebody else's loss function, called with care: its operands stay as they are, and it is told
apart from one that changes them or answers differently twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.numerical import value_of

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Labels, Reg

_SAME = 1e-9  # relative: the same sums may be added up in another order


class CheckedFunction:
    """A function ``f(W, X, y, reg)``, or ``f(W)`` if there is no X, that returns ``(loss, dW)``.

    Parameters
    ----------
    f : callable
    W : (D, C) float64 array
        Moved in place by who asks; `restore` puts it back.
    X, y, reg
        The rest of the problem.
    value_of_f : callable, optional
        Returns the loss alone, where that is cheaper.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        W: Data,
        X: Data | None,
        y: Labels | None,
        reg: Reg,
        value_of_f: Callable[..., Any] | None = None,
    ) -> None:
        self.f, self.f_value = f, value_of_f or f
        self.W, self.X, self.y, self.reg = W, X, y, reg
        named = {"W": W, "X": X, "y": y}
        self.arrays = {name: array for name, array in named.items() if array is not None}
        self.before = {name: array.copy(order="K") for name, array in self.arrays.items()}

    def value(self, W: Data, reg: Reg | None = None) -> float:
        """Return the loss at `W`."""
        return value_of(self.f_value(*self._operands(W, reg)))

    def both(self, W: Data, reg: Reg | None = None) -> tuple[Any, Any]:
        """Return the loss and a copy of the gradient as they come."""
        result = self.f(*self._operands(W, reg))
        if not isinstance(result, tuple) or len(result) != 2:
            found = f"{len(result)} values" if isinstance(result, tuple) else type(result).__name__
            raise TypeError(f"f returns {found}; it must return (loss, dW)")
        value_of(result)
        return result[0], np.array(result[1])

    def _operands(self, W: Data, reg: Reg | None) -> tuple[Any, ...]:
        rest = () if self.X is None else (self.X, self.y, self.reg if reg is None else reg)
        return (W, *rest)

    def first(self) -> tuple[Any, DoubleArray]:
        """Return loss and gradient at W, both checked.

        Raises
        ------
        TypeError
            If the function does not return ``(loss, dW)``.
        ValueError
            If it changes its operands, answers differently the next time, or returns a gradient
            that is not of the shape of W.
        """
        value, dW = self.both(self.W)
        self.check_unchanged()
        if dW.shape != self.W.shape:
            hint = ", its transpose" if dW.shape == self.W.shape[::-1] else ""
            raise ValueError(
                f"dW is of shape {dW.shape}{hint}; W is {self.W.shape}, and dW must be too"
            )
        self._check_memory(value, dW)
        return value, dW

    def check_unchanged(self) -> None:
        """Refuse a function that has changed an operand."""
        for name, array in self.arrays.items():
            if not np.array_equal(array, self.before[name], equal_nan=array.dtype.kind == "f"):
                raise ValueError(f"f changes {name}; work on a copy: {name} = {name}.copy()")

    def _check_memory(self, value: Any, dW: Data) -> None:
        """Refuse a function whose second answer differs, with another question in between."""
        self.both(self.W * 0.5)
        again, dW_again = self.both(self.W)
        if not (_same(value, again) and _same(dW, dW_again)):
            raise ValueError(
                f"f answers differently when it is asked twice: the loss is {float(value):.6g}, "
                f"then {float(again):.6g}; look for random numbers, or for a loss or dW that is "
                "kept between the calls and added to"
            )

    def restore(self) -> None:
        """Put every operand back as it was, to the bit."""
        for name, array in self.arrays.items():
            if array.flags.writeable and array.tobytes() != self.before[name].tobytes():
                array[...] = self.before[name]


def _same(first: Any, second: Any) -> bool:
    first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if first.shape != second.shape:
        return False
    finite = np.isfinite(first)
    size = float(np.abs(first[finite]).max(initial=0.0))
    return bool(np.allclose(first, second, rtol=_SAME, atol=_SAME * size, equal_nan=True))
