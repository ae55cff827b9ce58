"""Labels of any kind to class numbers 0 .. C-1, and the errors for what is no label."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._estimator import DataConversionWarning, sklearn_class, warn_caller

if TYPE_CHECKING:
    from linclf.arrays import Data, IndexArray


def as_labels(y: Any, n_samples: int | None, name: str = "y") -> Data:
    """Convert `y` to a one-dimensional array of labels.

    Parameters
    ----------
    y : array-like
        Integers, booleans, strings, or floats without a fractional part; a list, array, series or
        anything else that NumPy can read. A column (N, 1) is taken with a warning.
    n_samples : int or None
        How many there must be, if that is known.
    name : str
        What to call it in messages.

    Returns
    -------
    (N,) array
        Of integers, booleans, floats or strings; objects are turned into these.

    Raises
    ------
    ValueError
        If there are missing values, fractions, several columns or another number of labels.
    """
    if y is None:
        raise ValueError(
            f"fit requires y to be passed, but the target y is None; pass a label per row as {name}"
        )
    labels = np.asarray(y)
    if labels.dtype.kind in "US" and isinstance(y, list | tuple):
        labels = np.array(y, dtype=object)  # or else 1 would be "1" among strings, and NaN "nan"
    labels = _one_dimensional(labels, name)
    if n_samples is not None and len(labels) != n_samples:
        raise ValueError(
            f"{name} has {len(labels)} labels, but X has {n_samples} samples; "
            "there must be one label per row"
        )
    return _of_one_kind(labels, name)


def encode(labels: Data, classes: Data, name: str = "y") -> IndexArray:
    """Return for each label its place among the sorted `classes`.

    Raises
    ------
    ValueError
        If a label is not among them; the first such is named.
    """
    require_kind(labels, classes, name)
    codes = np.minimum(np.searchsorted(classes, labels), len(classes) - 1).astype(np.int64)
    unknown = classes[codes] != labels
    if unknown.any():
        row = int(np.argmax(unknown))
        raise ValueError(
            f"{name}[{row}] is {labels[row].item()!r}, which is not among the classes "
            f"{classes}; fit again, or pass all classes to the first partial_fit"
        )
    return codes


def require_kind(labels: Data, classes: Data, name: str = "y") -> None:
    """Raise a ValueError if numbers would be compared with strings."""
    if _kind(labels) != _kind(classes):
        raise ValueError(
            f"{name} holds {_kind(labels)}, but the classes are {_kind(classes)}: {classes}"
        )


def _one_dimensional(y: Data, name: str) -> Data:
    if y.ndim == 2 and y.shape[1] == 1:
        warn_caller(
            "A column-vector y was passed when a 1d array was expected. "
            f"Pass {name}.ravel() to have the shape (n_samples,).",
            sklearn_class(DataConversionWarning),
        )
        return y.ravel()
    if y.ndim != 1:
        hint = f"; if it is one-hot, pass {name}.argmax(axis=1)" if y.ndim == 2 else ""
        raise ValueError(f"{name} should be a 1d array, got an array of shape {y.shape}{hint}")
    return y


def _of_one_kind(y: Data, name: str) -> Data:
    """Check the values; turn objects into numbers or strings."""
    if y.dtype.kind == "O":
        return _of_one_kind(_from_objects(y, name), name)
    if y.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: {name} is {y.dtype}")
    if y.dtype.kind == "f":
        if not np.isfinite(y).all():
            what = "NaN" if np.isnan(y).any() else "infinity"
            raise ValueError(f"Input {name} contains {what}; drop those rows from X and {name}")
        fractions = y != np.floor(y)
        if fractions.any():
            row = int(np.argmax(fractions))
            raise ValueError(
                f"Unknown label type: continuous. {name}[{row}] is {y[row]}, and a class cannot be "
                "a fraction; is this a regression target?"
            )
    elif y.dtype.kind not in "biuUS":
        raise ValueError(f"Unknown label type: {y.dtype}. Labels are integers or strings")
    return y


def _from_objects(y: Data, name: str) -> Data:
    for kind in (str, bytes):
        if all(isinstance(label, kind) for label in y):
            return y.astype(kind)
    if all(isinstance(label, numbers.Real | np.bool_) for label in y):
        return np.array(y.tolist())
    missing = [row for row, label in enumerate(y) if label is None or label != label]
    if missing:
        raise ValueError(
            f"Input {name} contains NaN or None, first in row {missing[0]}; drop those rows"
        )
    kinds = sorted({type(label).__name__ for label in y})
    raise ValueError(
        f"Unknown label type: {name} holds {' and '.join(kinds)}; "
        "labels must be all numbers or all strings"
    )


def _kind(labels: Data) -> str:
    return {"U": "strings", "S": "bytes"}.get(labels.dtype.kind, "numbers")
