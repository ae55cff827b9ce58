"""The array types that the annotations of this package speak of.

Imported only by type checkers, so none of it costs time at run time. ``Float`` ties
together arguments that must share one dtype: float32 or float64.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Float = TypeVar("Float", np.float32, np.float64)

FloatArray: TypeAlias = NDArray[np.float32] | NDArray[np.float64]
IndexArray: TypeAlias = NDArray[np.int64]
DoubleArray: TypeAlias = NDArray[np.float64]
Data: TypeAlias = NDArray[Any]
Labels: TypeAlias = NDArray[Any]


class HasPenalty(Protocol):
    """Anything with the two numbers of a penalty, ``l2 * sum(W**2) + l1 * sum(abs(W))``."""

    @property
    def l2(self) -> float: ...

    @property
    def l1(self) -> float: ...


Reg: TypeAlias = float | HasPenalty
Rng: TypeAlias = (
    int
    | np.random.Generator
    | np.random.SeedSequence
    | np.random.BitGenerator
    | np.random.RandomState
    | None
)
