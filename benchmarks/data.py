"""The data of the benchmarks: the bundled digits, and random pixels of well-known sizes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import linclf
import numpy as np
from numpy.typing import NDArray

__all__ = ["SIZES", "Size", "floats", "pixels", "weights"]

Array = NDArray[Any]

_SCALE = 64  # grey levels that become 1.0


@dataclass(frozen=True, slots=True)
class Size:
    """N samples of D features (a column of ones included) in C classes."""

    name: str
    N: int
    D: int
    C: int

    @property
    def shape(self) -> str:
        """The three numbers as they are written in a table."""
        return f"{self.N}x{self.D}x{self.C}"


SIZES = {
    size.name: size
    for size in (
        Size("digits", 1797, 65, 10),
        Size("mnist", 60000, 785, 10),
        Size("cifar", 49000, 3073, 10),
        Size("probe", 50000, 768, 1000),
    )
}


@lru_cache(maxsize=1)
def pixels(size: Size) -> tuple[Array, Array, Array]:
    """Draw uint8 images, their labels, and the mean to subtract from them.

    The images of a class share a faint pattern, so that there is something to learn.

    Returns
    -------
    X : (N, D) uint8 array
        The last column is 1.
    y : (N,) int64 array
    center : (D,) float64 array
        0 for the last column.
    """
    rng = np.random.default_rng([size.N, size.D, size.C])
    y = rng.integers(size.C, size=size.N)
    patterns = rng.integers(16, size=(size.C, size.D), dtype=np.uint8)
    X = rng.integers(240, size=(size.N, size.D), dtype=np.uint8)
    X += patterns[y]
    X[:, -1] = 1
    center = X.mean(axis=0)
    center[-1] = 0
    return X, y, center


@lru_cache(maxsize=1)
def floats(size: Size, dtype: str) -> tuple[Array, Array]:
    """Return samples of zero mean and of a size near one, with a column of ones, and labels."""
    if size.name == "digits":
        X, y = linclf.datasets.digits(dtype="float64", bias=True)
        X[:, :-1] /= 16
        return X[: size.N].astype(dtype), y[: size.N]
    raw, y, center = pixels(size)
    X = np.empty(raw.shape, dtype)
    np.subtract(raw, center.astype(dtype), out=X)
    X[:, :-1] /= _SCALE
    return X, y


def weights(size: Size, dtype: str) -> Array:
    """Draw (D, C) weights that give scores of a size near one, so that no class is out of play."""
    rng = np.random.default_rng(size.D)
    W: Array = (rng.standard_normal((size.D, size.C)) / np.sqrt(size.D)).astype(dtype)
    return W
