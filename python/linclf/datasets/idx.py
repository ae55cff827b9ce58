"""MNIST and its relatives: the idx format, plain or gzipped.

An idx file is two zero bytes, a type code, the number of dimensions, their sizes as big-endian
32-bit integers, then the elements in C order, big-endian. See http://yann.lecun.com/exdb/mnist/.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import DTypeLike

from linclf.datasets.archive import MAX_BYTES, UNPACKING_ERRORS, open_plain, unreadable
from linclf.datasets.errors import DatasetError
from linclf.datasets.options import Array, Arrays, Split, deliver, parts_of

__all__ = ["FASHION_MNIST_CLASSES", "find_idx", "read_idx", "read_mnist"]

FASHION_MNIST_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_STEMS = {"train": "train", "test": "t10k"}
#: Where torchvision and Keras users have the files, below the folder they know.
_FOLDERS = ("", "raw", "MNIST/raw", "FashionMNIST/raw")


def read_idx(path: str | os.PathLike[str]) -> Array:
    """Read one idx file, plain or gzipped, as the array it holds.

    Parameters
    ----------
    path : path
        Such as ``train-images-idx3-ubyte.gz``.

    Returns
    -------
    array
        In native byte order, of the type and shape that the header says.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DatasetError
        If it is not an idx file, or shorter or longer than its header says.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "labels-idx1-ubyte")
    ...     _ = file.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3]) + bytes([5, 0, 4]))
    ...     read_idx(file)
    array([5, 0, 4], dtype=uint8)
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"{file} does not exist: pass an idx file, gzipped or not")
    try:
        with open_plain(file) as stream:
            dtype, shape = _header(stream, file)
            n_bytes = math.prod(shape) * dtype.itemsize
            content = stream.read(min(n_bytes, MAX_BYTES) + 1)
    except UNPACKING_ERRORS as error:
        raise unreadable(file, error) from None
    if len(content) != n_bytes:
        found = "more" if len(content) > n_bytes else f"{len(content):,}"
        raise unreadable(
            file, f"{n_bytes:,} bytes of data promised for shape {shape}, {found} found"
        )
    return np.frombuffer(content, dtype=dtype).reshape(shape).astype(dtype.newbyteorder("="))


def _header(stream: BinaryIO, file: Path) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Read the element type and the shape at the start of an idx file."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES:
        raise DatasetError(
            f"{file}: starts with {magic.hex(' ') or 'nothing'}, not with 00 00 and a type code, "
            "so it is not an idx file: pass one such as train-images-idx3-ubyte.gz"
        )
    sizes = stream.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise unreadable(file, "it ends within the header")
    return np.dtype(_TYPES[magic[2]]), tuple(np.frombuffer(sizes, dtype=">u4").tolist())


def read_mnist(
    folder: str | os.PathLike[str],
    *,
    split: Split = "both",
    flatten: bool = False,
    dtype: DTypeLike | None = None,
    bias: bool = False,
) -> Arrays:
    """Read MNIST, Fashion-MNIST or another set of the same four idx files.

    Parameters
    ----------
    folder : path
        Holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte``
        and ``t10k-labels-idx1-ubyte``, gzipped or not, or has them in ``MNIST/raw`` as torchvision
        does. Only the files that `split` needs have to be there.
    split : {"both", "train", "test", "all"}
        Which part; ``"all"`` joins them.
    flatten : bool
        Return X as (N, 784).
    dtype : dtype, optional
        Convert X; values stay 0 to 255.
    bias : bool
        Append a column of ones; needs `flatten`.

    Returns
    -------
    X_train, y_train, X_test, y_test : arrays
        For ``split="both"``, otherwise ``X, y``. X is (N, 28, 28, 1) uint8, y (N,) int64.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    DatasetError
        If a file is damaged or truncated, or if images and labels do not belong together.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     images = pathlib.Path(folder, "train-images-idx3-ubyte")
    ...     header = bytes([0, 0, 8, 3]) + bytes([0, 0, 0, 1]) + 2 * bytes([0, 0, 0, 2])
    ...     _ = images.write_bytes(header + bytes([1, 2, 3, 4]))
    ...     labels = pathlib.Path(folder, "train-labels-idx1-ubyte")
    ...     _ = labels.write_bytes(bytes([0, 0, 8, 1]) + bytes([0, 0, 0, 1]) + bytes([7]))
    ...     X, y = read_mnist(folder, split="train", flatten=True)
    >>> X.tolist(), y.tolist()
    ([[1, 2, 3, 4]], [7])
    """
    parts = [_read_part(Path(folder), _STEMS[part]) for part in parts_of(split)]
    return deliver(parts, split, flatten=flatten, dtype=dtype, bias=bias)


def find_idx(folder: Path, stem: str, kind: str, n_dimensions: int) -> Path | None:
    """Return the file with the images or labels of one part, or None."""
    for sub in _FOLDERS:
        for dot in "-.":
            for end in ("", ".gz"):
                file = folder / sub / f"{stem}-{kind}{dot}idx{n_dimensions}-ubyte{end}"
                if file.is_file():
                    return file
    return None


def _read_part(folder: Path, stem: str) -> tuple[Array, Array]:
    """Read the images (N, H, W, 1) and labels (N,) of one part."""
    arrays = []
    for kind, n_dimensions in (("images", 3), ("labels", 1)):
        file = find_idx(folder, stem, kind, n_dimensions)
        if file is None:
            raise FileNotFoundError(
                f"{folder}: has no {stem}-{kind}-idx{n_dimensions}-ubyte, .gz or not: pass the "
                'folder that does, or get it with linclf.datasets.fetch("mnist")'
            )
        array = read_idx(file)
        if array.ndim != n_dimensions or array.dtype != np.uint8:
            raise DatasetError(
                f"{file}: holds {array.dtype} of shape {array.shape}, not {kind} of uint8 with "
                f"{n_dimensions} dimension(s): pass the original file"
            )
        arrays.append(array)
    images, labels = arrays
    if len(images) != len(labels):
        raise DatasetError(
            f"{folder}: {len(images):,} {stem} images but {len(labels):,} labels: take both files "
            "from the same place"
        )
    return images[..., None], labels.astype(np.int64)
