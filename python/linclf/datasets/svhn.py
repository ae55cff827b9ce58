"""SVHN: street view house numbers, cropped to 32 x 32 in colour, as MATLAB files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from linclf._extras import require
from linclf.datasets.errors import DatasetError
from linclf.datasets.options import Array, Arrays, Split, deliver, parts_of

__all__ = ["read_svhn"]


def read_svhn(
    path: str | os.PathLike[str],
    *,
    split: Split = "both",
    flatten: bool = False,
    dtype: DTypeLike | None = None,
    bias: bool = False,
) -> Arrays:
    """Read the cropped digits of SVHN. Needs SciPy.

    Parameters
    ----------
    path : path
        The folder with ``train_32x32.mat`` and ``test_32x32.mat``, or one such file (also
        ``extra_32x32.mat``), which then is all there is: pass ``split="all"`` with it.
    split : {"both", "train", "test", "all"}
        Which part; ``"all"`` joins them.
    flatten : bool
        Return X as (N, 3072).
    dtype : dtype, optional
        Convert X; values stay 0 to 255.
    bias : bool
        Append a column of ones; needs `flatten`.

    Returns
    -------
    X_train, y_train, X_test, y_test : arrays
        For ``split="both"``, otherwise ``X, y``. X is (N, 32, 32, 3) uint8, y (N,) int64: the digit
        that is shown. (The files give the digit 0 the label 10.)

    Raises
    ------
    ImportError
        If SciPy is not installed.
    FileNotFoundError
        If `path` or one of the files does not exist.
    DatasetError
        If a file is damaged, or is not SVHN.

    Examples
    --------
    >>> read_svhn("no/such/folder")
    Traceback (most recent call last):
    FileNotFoundError: no/such/folder does not exist: pass the SVHN folder or one of its .mat files
    """
    place = Path(path)
    if not place.exists():
        raise FileNotFoundError(
            f"{place} does not exist: pass the SVHN folder or one of its .mat files"
        )
    parts = parts_of(split)
    if place.is_file():
        if split != "all":
            raise ValueError(
                f'{place} is one file, so there is no split {split!r}: pass split="all", or the '
                "folder with train_32x32.mat and test_32x32.mat"
            )
        files = [place]
    else:
        files = [place / f"{part}_32x32.mat" for part in parts]
    pairs = [_read_mat(file) for file in files]
    return deliver(pairs, split, flatten=flatten, dtype=dtype, bias=bias)


def _read_mat(file: Path) -> tuple[Array, Array]:
    """Read one file: X (32, 32, 3, N) becomes (N, 32, 32, 3), y (N, 1) from 1 to 10 digits."""
    if not file.is_file():
        raise FileNotFoundError(
            f'{file} does not exist: get it with linclf.datasets.fetch("svhn"), or ask for another '
            "split"
        )
    loadmat = require("scipy.io", "sklearn", "read_svhn").loadmat
    try:
        content: dict[str, Any] = loadmat(file, variable_names=["X", "y"])
    except Exception as error:  # loadmat documents no set of errors for damaged files
        raise DatasetError(
            f"{file}: not a readable MATLAB file, damaged or truncated ({error}), "
            f"{file.stat().st_size:,} bytes: download it again"
        ) from error
    X, y = (np.asarray(content.get(name, ())) for name in "Xy")
    y = y.ravel()
    if X.dtype != np.uint8 or X.shape != (32, 32, 3, len(y)) or y.dtype.kind not in "iu":
        raise DatasetError(
            f"{file}: holds X {X.dtype} {X.shape} and {len(y)} labels {y.dtype}, not the cropped "
            "digits X uint8 (32, 32, 3, N) and N integer labels: pass train_32x32.mat or "
            "test_32x32.mat"
        )
    if y.size and not (y.min() >= 0 and y.max() <= 10):
        raise DatasetError(
            f"{file}: has labels from {y.min()} to {y.max()}, not 1 to 10: download it again"
        )
    images = np.ascontiguousarray(X.transpose(3, 0, 1, 2))
    return images, y.astype(np.int64) % 10
