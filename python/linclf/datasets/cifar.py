"""CIFAR-10: 50,000 training and 10,000 test images, 32 x 32 in colour, of ten classes.

Both published versions hold one image as a row of 3,072 bytes, channel by channel (red, green,
blue), row by row. The binary version puts the label byte before them and nothing else into a file;
the python version is a pickled dictionary. Images are returned channels last, as they are shown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from linclf.datasets.archive import tar_members
from linclf.datasets.errors import DatasetError
from linclf.datasets.options import Array, Arrays, Split, deliver, parts_of
from linclf.datasets.pickled import parse_pickle

__all__ = ["CIFAR10_CLASSES", "read_cifar10"]

CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)

_BATCHES = {"train": [f"data_batch_{i}" for i in range(1, 6)], "test": ["test_batch"]}
_PIXELS = 3 * 32 * 32
_RECORD = 1 + _PIXELS
_FOLDERS = ("", "cifar-10-batches-bin", "cifar-10-batches-py")
_ARCHIVES = ("cifar-10-binary.tar.gz", "cifar-10-python.tar.gz")
_FETCH = 'download it again, for example with linclf.datasets.fetch("cifar10")'


def read_cifar10(
    path: str | os.PathLike[str],
    *,
    split: Split = "both",
    flatten: bool = False,
    dtype: DTypeLike | None = None,
    bias: bool = False,
) -> Arrays:
    """Read CIFAR-10 from what you have: either version, as archive or folder.

    Only the files that `split` needs have to be there. The python version is a pickle; it is read
    as data and never executed, so that a file from anywhere is safe to open.

    Parameters
    ----------
    path : path
        ``cifar-10-binary.tar.gz``, ``cifar-10-python.tar.gz`` (or the same as ``.tar``), a folder
        with ``data_batch_1.bin`` ... or ``data_batch_1`` ..., or a folder that holds one of these.
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
        For ``split="both"``, otherwise ``X, y``. X is (N, 32, 32, 3) uint8, y (N,) int64 with names
        in `CIFAR10_CLASSES`.

    Raises
    ------
    FileNotFoundError
        If `path` or one of the files does not exist.
    DatasetError
        If a file is damaged, truncated, not CIFAR-10, or a pickle that does more than hold data.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     image = bytes([6]) + bytes(1024) + bytes([255] * 1024) + bytes(1024)
    ...     _ = pathlib.Path(folder, "test_batch.bin").write_bytes(image)
    ...     X, y = read_cifar10(folder, split="test")
    >>> X.shape, X[0, 0, 0].tolist(), CIFAR10_CLASSES[y[0]]
    ((1, 32, 32, 3), [0, 255, 0], 'frog')
    """
    parts = parts_of(split)
    place = _locate(Path(path))
    wanted = [name for part in parts for name in _BATCHES[part]]
    found = dict(_read_batches(place, wanted))
    missing = [name for name in wanted if name not in found]
    if missing:
        raise FileNotFoundError(
            f"{place}: has no {', '.join(missing)}, only {', '.join(found) or 'other files'}: "
            f"{_FETCH}, or ask for another split"
        )
    pairs = [_joined([found[name] for name in _BATCHES[part]]) for part in parts]
    return deliver(pairs, split, flatten=flatten, dtype=dtype, bias=bias)


def _locate(path: Path) -> Path:
    """Return the archive, or the folder with the batches, that `path` names or contains."""
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist: pass the CIFAR-10 archive or its folder")
    if path.is_file():
        return path
    for folder in (path / name for name in _FOLDERS):
        if any(folder.glob("*_batch*")):
            return folder
    for archive in (path / name for name in _ARCHIVES):
        if archive.is_file():
            return archive
    raise FileNotFoundError(
        f"{path}: holds neither CIFAR-10 batches (data_batch_1 ...) nor {' or '.join(_ARCHIVES)}: "
        "pass the folder that does"
    )


def _read_batches(place: Path, wanted: Sequence[str]) -> Iterator[tuple[str, tuple[Array, Array]]]:
    """Yield the wanted batches of an archive or folder, as they come."""
    if place.is_dir():
        for name in wanted:
            for file in (place / f"{name}.bin", place / name):
                if file.is_file():
                    yield name, _parse(file.name, file.read_bytes(), str(file))
                    break
        return
    left = set(wanted)
    for name, content in tar_members(place, [n + end for n in wanted for end in (".bin", "")]):
        left.discard(name.removesuffix(".bin"))
        yield name.removesuffix(".bin"), _parse(name, content, f"{place}: {name}")
        if not left:
            return


def _parse(name: str, content: bytes, where: str) -> tuple[Array, Array]:
    """Return the (N, 3072) pixels and (N,) labels of one batch of either version."""
    pixels, labels = (_binary if name.endswith(".bin") else _pickled)(content, where)
    wrong = np.flatnonzero((labels < 0) | (labels > 9))
    if len(wrong):
        raise DatasetError(
            f"{where}: image {wrong[0]} has label {labels[wrong[0]]}, but CIFAR-10 has labels 0 to "
            f"9: {_FETCH}"
        )
    return pixels, labels


def _binary(content: bytes, where: str) -> tuple[Array, Array]:
    """Parse records of one label byte and 3,072 pixel bytes."""
    if not content or len(content) % _RECORD:
        raise DatasetError(
            f"{where}: {len(content):,} bytes are not a whole number of records of {_RECORD:,} "
            f"bytes, so it is truncated or not CIFAR-10: {_FETCH}"
        )
    records = np.frombuffer(content, dtype=np.uint8).reshape(-1, _RECORD)
    return records[:, 1:], records[:, 0].astype(np.int64)


def _pickled(content: bytes, where: str) -> tuple[Array, Array]:
    """Take pixels and labels from the dictionary of the python version."""
    batch: Any = parse_pickle(content, where)
    if not isinstance(batch, dict) or not {"data", "labels"} <= set(batch):
        kind = f"the keys {sorted(batch)}" if isinstance(batch, dict) else type(batch).__name__
        raise DatasetError(f"{where}: holds {kind}, not data and labels: pass a CIFAR-10 batch")
    pixels, labels = batch["data"], batch["labels"]
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8:
        raise DatasetError(f"{where}: data is not an array of uint8: {_FETCH}")
    if isinstance(labels, list) and all(type(label) is int for label in labels):
        labels = np.array([min(max(label, -1), 10) for label in labels], dtype=np.int64)
    if not isinstance(labels, np.ndarray) or labels.dtype.kind not in "iu":
        raise DatasetError(f"{where}: labels are not integers: {_FETCH}")
    if pixels.shape != (len(labels), _PIXELS) or labels.ndim != 1:
        raise DatasetError(
            f"{where}: data of shape {pixels.shape} and {labels.shape} labels are not N rows of "
            f"{_PIXELS:,} pixels with N labels: {_FETCH}"
        )
    return pixels, labels.astype(np.int64)


def _joined(batches: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Join batches into (N, 32, 32, 3) images and labels, copying the pixels once."""
    X = np.empty((sum(len(labels) for _, labels in batches), 32, 32, 3), dtype=np.uint8)
    start = 0
    for pixels, labels in batches:
        stop = start + len(labels)
        X[start:stop] = pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        start = stop
    return X, np.concatenate([labels for _, labels in batches])
