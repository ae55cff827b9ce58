"""What every data set offers alike: which split, which shape, which dtype, a bias column.

A reader reads the parts that `parts_of` names and passes them to `deliver`; it knows nothing of the
options, and the options mean the same everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["Array", "Arrays", "Split", "deliver", "parts_of"]

Array = NDArray[Any]
Arrays = tuple[Array, ...]
Split = Literal["all", "train", "test", "both"]


def parts_of(split: Split) -> tuple[str, ...]:
    """Name the parts that `split` needs: ``"train"``, ``"test"`` or both, in this order."""
    if split not in get_args(Split):
        choices = ", ".join(map(repr, get_args(Split)))
        raise ValueError(f"split is {split!r}: pass one of {choices}")
    return (split,) if split in ("train", "test") else ("train", "test")


def deliver(
    parts: Sequence[tuple[Array, Array]],
    split: Split,
    *,
    flatten: bool,
    dtype: DTypeLike | None,
    bias: bool,
) -> Arrays:
    """Shape the parts that were read into what the caller asked for.

    Parameters
    ----------
    parts : sequence of (X, y)
        One pair per name in ``parts_of(split)``.
    split : {"all", "train", "test", "both"}
        ``"all"`` joins the parts into one pair.
    flatten : bool
        Whether one sample becomes one row of X.
    dtype : dtype or None
        What X is converted to; None leaves it as it is.
    bias : bool
        Whether a last column of ones is appended to X.

    Returns
    -------
    tuple of arrays
        ``(X, y)``, or ``(X_train, y_train, X_test, y_test)`` for ``"both"``.
    """
    if split == "all" and len(parts) > 1:
        X_parts, y_parts = zip(*parts, strict=True)
        parts = [(np.concatenate(X_parts), np.concatenate(y_parts))]
    delivered: list[Array] = []
    for X, y in parts:
        delivered += [_shaped(X, flatten, dtype, bias), y]
    return tuple(delivered)


def _shaped(X: Array, flatten: bool, dtype: DTypeLike | None, bias: bool) -> Array:
    """Return X as rows, in another dtype, with a column of ones, as far as these are wanted."""
    if flatten:
        X = X.reshape(len(X), math.prod(X.shape[1:]))
    if not bias:
        return X if dtype is None else X.astype(dtype, copy=False)
    if X.ndim != 2:
        raise ValueError(
            f"bias=True appends a column, but X has shape {X.shape}: pass flatten=True as well"
        )
    # Filled in place: stacking would hold a second copy of a data set that may fill the memory.
    with_ones = np.ones((X.shape[0], X.shape[1] + 1), dtype=X.dtype if dtype is None else dtype)
    with_ones[:, :-1] = X
    return with_ones
