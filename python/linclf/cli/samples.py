"""Data to predict on: like data to train on, but its labels may be missing."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linclf.datasets import Dataset, DatasetError, load

__all__ = ["Samples", "read_samples"]

Array = NDArray[Any]
_TABLES = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples, and their true labels as far as they are known.

    Attributes
    ----------
    X : (N, D) array
        One sample per row.
    labels : (N,) array of str, or None
        What the samples are.
    part : str
        What these samples are called in a sentence.
    """

    X: Array
    labels: Array | None
    part: str


def read_samples(
    source: str, n_features: int, *, part: str | None, label: int | str | None, seed: int
) -> Samples:
    """Load data by name or path for a model that takes `n_features` numbers per sample.

    Parameters
    ----------
    source : str
        As for `linclf.datasets.load`, or a file without labels: ``.npy``; ``.npz`` with one array;
        a table with `n_features` columns.
    n_features : int
        Tells a table without labels from one with.
    part : {"train", "test", "all"}, optional
        Which part of data that has a test part; by default that one.
    label : int or str, optional
        Column of the labels in a table.
    seed : int
        For data that is drawn or split at random.

    Raises
    ------
    FileNotFoundError, DatasetError
        If there is no such data, or it is damaged.
    """
    path = Path(source)
    suffix = path.suffix.lower()
    if path.is_file() and part is None:
        if suffix == ".npy" or (suffix == ".npz" and _is_single(path)):
            return Samples(_array(path), None, path.name)
        if suffix in _TABLES and label is None and _n_columns(path) == n_features:
            return Samples(_table(path), None, path.name)
    return _part(load(source, label=label, rng=seed), part)


def _part(data: Dataset, part: str | None) -> Samples:
    names = np.array(data.class_names)
    X_test, y_test = data.X_test, data.y_test
    if X_test is None or y_test is None:
        if part not in (None, "all"):
            raise DatasetError(f"{data.name} has no {part} part: leave out --part")
        return Samples(data.X, names[data.y], data.name)
    parts = {
        "train": (data.X, data.y),
        "test": (X_test, y_test),
        "all": (np.concatenate([data.X, X_test]), np.concatenate([data.y, y_test])),
    }
    X, y = parts[part or "test"]
    called = data.name if part == "all" else f"the {part or 'test'} part of {data.name}"
    return Samples(X, names[y], called)


def _is_single(path: Path) -> bool:
    """Tell whether an .npz file holds a single array: samples without labels."""
    try:
        with zipfile.ZipFile(path) as archive:
            return len(archive.namelist()) == 1
    except zipfile.BadZipFile:
        return False  # the reader of data sets says what is wrong


def _array(path: Path) -> Array:
    """Read samples from an .npy file, or from an .npz file of one array, as rows."""
    try:
        content = np.load(path, allow_pickle=False)
        if not isinstance(content, np.ndarray):
            with content:
                content = content[content.files[0]]
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path}: not an array of numbers ({error})") from None
    if content.ndim < 2:
        raise DatasetError(f"{path}: holds an array of shape {content.shape}, not rows of features")
    return np.asarray(content.reshape(len(content), -1))


def _n_columns(path: Path) -> int:
    return len(_first_row(path)[0])


def _first_row(path: Path) -> tuple[list[str], str]:
    """Return the cells of the first row of a table that is not empty, and what separates them."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        first = next((line for line in text if line.strip()), "")
    delimiter = next((c for c in "\t;|" if c in first), ",")
    return next(csv.reader([first], delimiter=delimiter), []), delimiter


def _table(path: Path) -> Array:
    """Read a table that holds features alone."""
    cells, delimiter = _first_row(path)
    try:
        [float(cell) for cell in cells]
        header = 0
    except ValueError:
        header = 1
    try:
        return np.loadtxt(
            path,
            delimiter=delimiter,
            skiprows=header,
            comments=None,
            quotechar='"',
            ndmin=2,
            encoding="utf-8-sig",
        )
    except ValueError as error:
        raise DatasetError(f"{path}: {error}") from None
