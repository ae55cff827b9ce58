"""What `explain` is given beside the operands of a loss, which the C core checks itself."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.display import class_labels

if TYPE_CHECKING:
    from linclf.arrays import Data

_MOST_ROWS = 4  # samples that are all written out in full; of more, the first alone


def samples_written(i: Any, count: int) -> Sequence[int]:
    """Return the samples that are written out in full: i, else all of a few or the first."""
    if i is None:
        return range(count if count <= _MOST_ROWS else 1)
    return [_place("i", i, count, f"X has {count} rows (samples)")]


def as_entry(entry: Any, features: int, classes: int) -> tuple[int, int] | None:
    """Return the place (d, c) in W of which the gradient is asked for, if one is."""
    if entry is None:
        return None
    if not isinstance(entry, tuple | list) or len(entry) != 2:
        raise TypeError(f"entry is {entry!r}; pass a pair (d, c), the feature and the class")
    where = f"W is of shape ({features}, {classes})"
    return (
        _place("d of entry=(d, c)", entry[0], features, where),
        _place("c of entry=(d, c)", entry[1], classes, where),
    )


def _place(name: str, value: Any, count: int, where: str) -> int:
    try:
        result = None if isinstance(value, bool | np.bool_) else index(value)
    except TypeError:  # also of arrays, which have an __index__ that refuses
        result = None
    if result is None:
        raise TypeError(f"{name} is {value!r}; it must be an integer")
    if not 0 <= result < count:
        raise ValueError(f"{name} is {result}, but {where}: it must be 0 .. {count - 1}")
    return result


def as_names(class_names: Any, classes: int) -> list[str]:
    """Return one name per class, or none at all."""
    names = [] if class_names is None else class_labels(class_names, None, classes)
    return [" ".join(name.split()) for name in names]  # on one line


def refuse_operands(given: dict[str, Any], reg: Any) -> None:
    """Refuse what belongs to an objective where scores are given."""
    found = [name for name, value in given.items() if value is not None]
    if found or reg != 0.0:
        raise TypeError(
            f"{', '.join(found) or 'reg'} cannot be used with given scores; "
            "write explain(loss, W, X, y, ...) to have them computed"
        )


def as_scores(scores: Any) -> Data:
    """Return scores as a float array of one or two dimensions."""
    if scores is None:
        raise TypeError("scores are None; pass one per class")
    try:
        S = np.asarray(scores)
    except ValueError as error:
        raise ValueError("scores are no table; every row needs one per class") from error
    if S.dtype.kind not in "iuf":
        raise TypeError(f"scores are of dtype {S.dtype}; they must be real numbers, one per class")
    if S.ndim not in (1, 2) or 0 in S.shape:
        raise ValueError(
            f"scores are of shape {S.shape}; pass (C,), one per class, or (N, C), a row per sample"
        )
    return S if S.dtype in (np.float32, np.float64) else S.astype(np.float64)


def as_labels(labels: Any, count: int | None, classes: int) -> list[int]:
    """Return the label of every row of scores; `count` is None for a single row."""
    if labels is None:
        raise TypeError("label is missing; write explain(scores, label)")
    where = f"there are {classes} classes"
    if count is None:
        return [_place("label", labels, classes, where)]
    if np.shape(labels) != (count,):
        raise ValueError(
            f"label is of shape {np.shape(labels)}, but scores have {count} rows; pass one label "
            "per row"
        )
    return [_place(f"label[{k}]", y, classes, where) for k, y in enumerate(labels)]
