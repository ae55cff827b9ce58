"""What users pass as X, to an array that the core can read; copied only where it must be.

An array of floats or integers is used where it lies, whatever its strides. Lists, frames and
tensors go through one ``np.asarray``, which copies when it has to. Every copy that is known to be
made is told to the logger ``"linclf"``, at level INFO.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._estimator import warn_caller

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linclf.arrays import Data

logger = logging.getLogger("linclf")

_ROWS_AT_ONCE = 4096


def as_features(X: Any, name: str = "X", *, finite: bool = True) -> Data:
    """Return `X` as a two-dimensional array of float or integer numbers.

    Parameters
    ----------
    X : array-like of shape (N, D)
        Float32, float64 and integer arrays are returned as they are, without a copy.
    name : str
        What to call it in messages.
    finite : bool
        Refuse NaN and infinity.

    Returns
    -------
    (N, D) array of float32, float64 or an integer type

    Raises
    ------
    TypeError
        If it is sparse or masked, or an entry is no number.
    ValueError
        If the shape is wrong, or there are complex numbers or text, or a number that is not finite.
    """
    _refuse_types(X, name)
    array = np.asarray(X)
    _refuse_shapes(array, name)
    numbers = _readable(array, name)
    if finite and numbers.dtype.kind == "f":
        _refuse_nonfinite(numbers, name)
    copied = _was_copied(X, array, numbers)
    if copied:
        logger.info(
            "%s was copied: %s to %s array %s, %.3g MB",
            *(name, copied, numbers.dtype, numbers.shape, numbers.nbytes / 1e6),
        )
    return numbers


def feature_names(X: Any) -> NDArray[np.object_] | None:
    """Return the column names of a frame if all are strings, else None.

    Raises
    ------
    TypeError
        If some are strings and some are not.
    """
    columns = getattr(X, "columns", None)
    if columns is None or callable(columns) or not len(columns):
        return None
    named = [isinstance(column, str) for column in columns]
    if all(named):
        return np.array(list(columns), dtype=object)
    if any(named):
        types = sorted({type(column).__name__ for column in columns})
        raise TypeError(
            f"X has column names of types {types}; use X.columns = X.columns.astype(str), so that "
            "they can be compared at predict"
        )
    return None


def compare_feature_names(
    fitted: NDArray[np.object_] | None, given: NDArray[np.object_] | None, owner: str
) -> None:
    """Check the column names of X against those seen by fit.

    Raises
    ------
    ValueError
        If both have names and they differ; a missing side is only warned of.
    """
    if fitted is None and given is None:
        return
    if fitted is None:
        warn_caller(f"X has feature names, but {owner} was fitted without feature names")
    elif given is None:
        warn_caller(
            f"X does not have valid feature names, but {owner} was fitted with feature names"
        )
    elif len(fitted) != len(given) or (fitted != given).any():
        raise ValueError(
            "The feature names should match those that were passed during fit.\n"
            + _listed("Feature names unseen at fit time", set(given) - set(fitted))
            + _listed("Feature names seen at fit time, yet now missing", set(fitted) - set(given))
            + (
                "Feature names must be in the same order as they were in fit.\n"
                if set(given) == set(fitted)
                else ""
            )
        )


def warn_of_constant_one(X: Data) -> None:
    """Warn if a column of X is 1 in every row: the bias trick, next to a bias.

    The two would share the bias, and its part in W would be regularised.
    """
    if len(X) < 2:
        return
    columns = np.flatnonzero((X[0] == 1) & (X[-1] == 1))
    columns = columns[(X[:: max(1, len(X) // 16), columns] == 1).all(axis=0)]
    ones = [int(column) for column in columns if (X[:, column] == 1).all()]
    if ones:
        warn_caller(
            f"X[:, {ones[0]}] is 1 in every row, and fit_intercept=True adds a bias as well: the "
            "two share it, and one of them is regularised. Drop that column, or pass "
            "fit_intercept=False"
        )


def _refuse_types(X: Any, name: str) -> None:
    if X is None:
        raise ValueError(f"{name} is None; pass an array of shape (n_samples, n_features)")
    if hasattr(X, "toarray") and hasattr(X, "nnz"):
        raise TypeError(f"Sparse {name} is not supported; pass {name}.toarray()")
    if isinstance(X, np.ma.MaskedArray) and np.ma.is_masked(X):
        raise TypeError(f"{name} has masked entries; pass {name}.filled(value)")


def _refuse_shapes(array: Data, name: str) -> None:
    if array.ndim < 2:
        raise ValueError(
            f"Expected 2D array, got {array.ndim}D array instead: {name} has shape {array.shape}. "
            f"Reshape your data: {name}.reshape(-1, 1) if it is a single feature, "
            f"{name}.reshape(1, -1) if it is a single sample"
        )
    if array.ndim > 2:
        raise ValueError(
            f"Found array with dim {array.ndim}, while dim <= 2 is required: {name} has shape "
            f"{array.shape}; flatten each sample with {name}.reshape(len({name}), -1)"
        )
    for axis, what in enumerate(("sample(s)", "feature(s)")):
        if array.shape[axis] == 0:
            raise ValueError(
                f"Found array with 0 {what} (shape={array.shape}) while a minimum of 1 is required."
            )


def _readable(array: Data, name: str) -> Data:
    """Return the same numbers in a type, byte order and alignment that the core reads."""
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind == "b":
        return array.view(np.uint8)
    if kind in "iu" or (kind == "f" and size in (4, 8)):
        if array.flags.aligned and array.dtype.isnative:
            return array
        return array.astype(array.dtype.newbyteorder("="))
    if kind == "f":
        return array.astype(np.float32 if size < 4 else np.float64)
    if kind == "O":
        return array.astype(np.float64)
    if kind == "c":
        raise ValueError(f"Complex data not supported: {name} is {array.dtype}")
    raise ValueError(f"{name} is an array of {array.dtype}; convert it to numbers before")


def _refuse_nonfinite(array: Data, name: str) -> None:
    with np.errstate(all="ignore"):
        if np.isfinite(array.sum(dtype=np.float64)):
            return  # NaN and inf spread through a sum, so there are none
    for first in range(0, len(array), _ROWS_AT_ONCE):
        finite = np.isfinite(array[first : first + _ROWS_AT_ONCE])
        if not finite.all():
            row, column = np.argwhere(~finite)[0] + (first, 0)
            what = "NaN" if np.isnan(array[row, column]) else "infinity (inf)"
            raise ValueError(
                f"Input {name} contains {what}, first in row {row}, column {column}; "
                "drop such rows, or replace the values, for instance with np.nan_to_num"
            )


def _was_copied(X: Any, array: Data, numbers: Data) -> str:
    """Say what was copied; empty if nothing was, as far as one can tell."""
    if isinstance(X, np.ndarray):
        return "" if np.may_share_memory(array, numbers) else f"{array.dtype} array"
    mixed = len({str(dtype) for dtype in getattr(X, "dtypes", ())}) > 1
    if numbers is array and array.base is not None and not mixed:
        return ""
    return f"{'mixed ' if mixed else ''}{type(X).__name__}"


def _listed(title: str, names: set[str], most: int = 5) -> str:
    if not names:
        return ""
    lines = [f"- {name}\n" for name in sorted(names)]
    return f"{title}:\n" + "".join(lines[:most]) + ("- ...\n" if len(lines) > most else "")
