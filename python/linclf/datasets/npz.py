"""Arrays in .npz files, never unpickled."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from linclf.datasets.archive import MAX_BYTES, unreadable
from linclf.datasets.errors import DatasetError
from linclf.datasets.options import Array, Arrays, Split, deliver, parts_of

__all__ = ["npz_parts", "read_npz"]

#: How samples and labels may be called, compared without case: as written by linclf, Keras,
#: MedMNIST, scikit-learn, and by hand.
_NAMES = {
    "train": (
        ("x", "y"),
        ("x_train", "y_train"),
        ("train_images", "train_labels"),
        ("images", "labels"),
        ("data", "target"),
        ("data", "labels"),
        ("features", "labels"),
    ),
    "test": (("x_test", "y_test"), ("test_images", "test_labels")),
}


def read_npz(
    path: str | os.PathLike[str],
    *,
    split: Split = "all",
    flatten: bool = False,
    dtype: DTypeLike | None = None,
    bias: bool = False,
) -> Arrays:
    """Read samples and labels from an .npz file.

    Parameters
    ----------
    path : path
        Written by ``numpy.savez(path, X=X, y=y)`` or ``savez_compressed``. Samples and labels may
        be called X and y, x_train and y_train, images and labels, data and target, train_images and
        train_labels; test samples x_test and y_test, or test_images and test_labels.
    split : {"all", "both", "train", "test"}
        Which part; ``"all"`` is all there is.
    flatten : bool
        Return X as (N, D).
    dtype : dtype, optional
        Convert X.
    bias : bool
        Append a column of ones; X must then be (N, D), or flattened.

    Returns
    -------
    X, y : arrays
        Or ``X_train, y_train, X_test, y_test`` for ``split="both"``. X has the dtype and shape it
        was saved with, but grey images (N, H, W) become (N, H, W, 1); y is (N,), int64 if it was
        saved as whole numbers, else strings.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DatasetError
        If the file is damaged, holds pickled objects, has no samples and labels under a known name,
        or not one label per sample.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "mine.npz")
    ...     np.savez(file, X=np.eye(3), y=np.array([2, 0, 1]))
    ...     X, y = read_npz(file)
    >>> X.shape, y.tolist()
    ((3, 3), [2, 0, 1])
    """
    required = () if split == "all" else parts_of(split)
    parts = npz_parts(Path(path), parts_of(split), required)
    return deliver(list(parts.values()), split, flatten=flatten, dtype=dtype, bias=bias)


def npz_parts(
    file: Path, wanted: Collection[str], required: Collection[str]
) -> dict[str, tuple[Array, Array]]:
    """Read those of the `wanted` parts that an .npz file has: at least one, and all `required`."""
    if not file.is_file():
        raise FileNotFoundError(f"{file} does not exist: pass an .npz file")
    found = {}
    try:
        with zipfile.ZipFile(file) as archive:
            _check_size(archive, file)
        with np.load(file, allow_pickle=False) as arrays:
            names = {name.lower(): name for name in arrays.files}
            for part in wanted:
                pairs = (pair for pair in _NAMES[part] if set(pair) <= set(names))
                if pair := next(pairs, None):
                    X, y = (names[name] for name in pair)
                    found[part] = arrays[X], arrays[y], f"{file}: {X} and {y}"
    except DatasetError:
        raise
    except Exception as error:  # neither zipfile nor NumPy documents what damaged files raise
        raise unreadable(file, error) from error
    parts = {part: _checked(*arrays) for part, arrays in found.items()}
    missing = [part for part in required if part not in parts]
    if missing or not parts:
        raise DatasetError(
            f"{file}: holds the arrays {', '.join(names.values()) or '(none)'}, of which none are "
            f"known as {' or '.join(missing or wanted)} samples and labels: save them as X and y, "
            "or as x_train, y_train, x_test and y_test"
        )
    return parts


def _check_size(archive: zipfile.ZipFile, file: Path) -> None:
    """Refuse an archive that unpacks to more than any data set that is read here."""
    size = sum(member.file_size for member in archive.infolist())
    if size > MAX_BYTES:
        raise DatasetError(
            f"{file}: unpacks to {size:,} bytes, more than the {MAX_BYTES:,} that are read here: "
            "save X as .npy, and open it with numpy.load(..., mmap_mode='r')"
        )


def _checked(X: Array, y: Array, where: str) -> tuple[Array, Array]:
    """Return samples and labels in the shapes that are promised; one label per sample."""
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1 or X.ndim < 2 or len(X) != len(y):
        raise DatasetError(
            f"{where} have shapes {X.shape} and {y.shape}, which are not N samples and (N,) "
            "labels: save one integer per sample; one-hot labels are converted by y.argmax(1)"
        )
    whole = y.dtype.kind == "f" and bool((np.isfinite(y) & (y == np.floor(y))).all())
    if not whole and y.dtype.kind not in "iuU":
        raise DatasetError(
            f"{where} have labels of type {y.dtype}, which are neither whole numbers nor strings: "
            "save them converted"
        )
    X = X[..., None] if X.ndim == 3 else X
    return X, y if y.dtype.kind == "U" else y.astype(np.int64)
