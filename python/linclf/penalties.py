"""Penalties on the weights, added to the mean loss: ``l2 * sum(W**2) + l1 * sum(abs(W))``.

    L2(lam)                lam * sum(W**2)                    l2 = lam           l1 = 0
    L1(lam)                lam * sum(abs(W))                  l2 = 0             l1 = lam
    ElasticNet(lam, beta)  lam * sum(beta * W**2 + abs(W))    l2 = lam * beta    l1 = lam

There is no factor 1/2; that convention is ``L2(lam / 2)``. The bias is never penalised.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from numbers import Real
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from linclf.checks import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linclf.arrays import Data, Float, Reg


class Penalty:
    """What all penalties share: two factors, a value and a gradient."""

    __slots__ = ()

    @property
    def l2(self) -> float:
        """Factor of ``sum(W**2)``."""
        return 0.0

    @property
    def l1(self) -> float:
        """Factor of ``sum(abs(W))``."""
        return 0.0

    def value(self, W: Data) -> float:
        """Return the penalty at `W`, summed in float64."""
        squares = float(np.square(W, dtype=np.float64).sum()) if self.l2 else 0.0
        magnitudes = float(np.abs(W).sum(dtype=np.float64)) if self.l1 else 0.0
        return self.l2 * squares + self.l1 * magnitudes

    def gradient(self, W: NDArray[Float]) -> NDArray[Float]:
        """Return its derivative ``2 * l2 * W + l1 * sign(W)``, of shape and dtype of `W`."""
        gradient: Any = 2.0 * self.l2 * W + self.l1 * np.sign(W)
        return cast("NDArray[Float]", gradient)

    def __post_init__(self) -> None:
        for field in fields(cast(Any, self)):
            number(field.name, getattr(self, field.name))


@dataclass(frozen=True, slots=True)
class L2(Penalty):
    """The penalty ``lam * sum(W**2)``, which spreads the weights. Without a factor 1/2.

    Parameters
    ----------
    lam : float
        Strength, 0 or more. A plain number as `reg` means the same.

    Examples
    --------
    >>> penalty, W = linclf.L2(0.5), np.array([[1.0, -3.0]])
    >>> penalty.value(W), penalty.gradient(W)
    (5.0, array([[ 1., -3.]]))
    """

    lam: float

    @property
    def l2(self) -> float:
        """Factor of ``sum(W**2)``."""
        return float(self.lam)


@dataclass(frozen=True, slots=True)
class L1(Penalty):
    """The penalty ``lam * sum(abs(W))``, which drives weights to exactly zero.

    Its subgradient is 0 where a weight is 0.

    Parameters
    ----------
    lam : float
        Strength, 0 or more.

    Examples
    --------
    >>> penalty, W = linclf.L1(0.5), np.array([[1.0, -3.0, 0.0]])
    >>> penalty.value(W), penalty.gradient(W)
    (2.0, array([[ 0.5, -0.5,  0. ]]))
    """

    lam: float

    @property
    def l1(self) -> float:
        """Factor of ``sum(abs(W))``."""
        return float(self.lam)


@dataclass(frozen=True, slots=True)
class ElasticNet(Penalty):
    """The penalty ``lam * sum(beta * W**2 + abs(W))``, between `L2` and `L1`.

    Parameters
    ----------
    lam : float
        Strength, 0 or more.
    beta : float
        Weight of the squares against the magnitudes, 0 or more.

    Examples
    --------
    The lecture's two weight vectors, equal for L1:

    >>> penalty = linclf.ElasticNet(1.0, 0.5)
    >>> penalty.value(np.array([1.0, 0.0, 0.0, 0.0])), penalty.value(np.full(4, 0.25))
    (1.5, 1.125)
    """

    lam: float
    beta: float

    @property
    def l2(self) -> float:
        """Factor of ``sum(W**2)``."""
        return float(self.lam) * float(self.beta)

    @property
    def l1(self) -> float:
        """Factor of ``sum(abs(W))``."""
        return float(self.lam)


class _Foreign(Penalty):
    """A penalty that somebody else's object describes by its `l2` and `l1`."""

    __slots__ = ("_l1", "_l2")

    def __init__(self, l2: float, l1: float) -> None:
        self._l2, self._l1 = number("reg.l2", l2), number("reg.l1", l1)

    @property
    def l2(self) -> float:
        return self._l2

    @property
    def l1(self) -> float:
        return self._l1


def as_penalty(reg: Reg) -> Penalty:
    """Return the penalty that `reg` stands for; a number is the ``lam`` of `L2`.

    Raises
    ------
    TypeError
        If `reg` is neither a number nor has the attributes `l2` and `l1`.
    ValueError
        If it is negative, infinite or NaN.
    """
    if isinstance(reg, Penalty):
        return reg
    given: Any = reg
    if hasattr(given, "l2") and hasattr(given, "l1"):
        return _Foreign(given.l2, given.l1)
    if isinstance(given, Real):
        return L2(number("reg", given))
    raise TypeError(
        f"reg is a {type(reg).__name__}; pass a number, or L2(lam), L1(lam), ElasticNet(lam, beta)"
    )
