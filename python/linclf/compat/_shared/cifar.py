"""CIFAR-10 under the names of the courses: float64 pixels, channels last, and their usual splits.

Files are read by `linclf.datasets`, as data and never as code, whichever Python pickled them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.datasets import DatasetError, read_cifar10
from linclf.datasets.pickled import parse_pickle

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, IndexArray


def load_pickle(f: Any) -> Any:
    """Return the plain data in an open pickle file; one that holds or does more is refused."""
    return parse_pickle(f.read(), str(getattr(f, "name", "the file")))


def load_CIFAR_batch(filename: str | os.PathLike[str]) -> tuple[DoubleArray, IndexArray]:
    """Return the images (n, 32, 32, 3) as float64 and the labels (n,) of one batch file."""
    batch = parse_pickle(Path(filename).read_bytes(), str(filename))
    try:
        pixels, labels = np.asarray(batch["data"]), np.asarray(batch["labels"], dtype=np.int64)
        images = pixels.reshape(len(labels), 3, 32, 32).transpose(0, 2, 3, 1)
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"{filename} is not a batch of CIFAR-10 ({error})") from None
    return images.astype(np.float64), labels


def load_CIFAR10(
    ROOT: str | os.PathLike[str],
) -> tuple[DoubleArray, IndexArray, DoubleArray, IndexArray]:
    """Return all of CIFAR-10.

    Parameters
    ----------
    ROOT : path
        The folder with ``data_batch_1`` to ``data_batch_5`` and ``test_batch``, or anything else
        that `linclf.datasets.read_cifar10` takes.

    Returns
    -------
    Xtr, Ytr, Xte, Yte : arrays
        (50000, 32, 32, 3) float64 from 0 to 255, (50000,) int64, and 10000 likewise.
    """
    Xtr, Ytr, Xte, Yte = read_cifar10(ROOT, dtype=np.float64)
    return Xtr, Ytr, Xte, Yte


def split_cifar10(
    root: str | os.PathLike[str],
    num_training: int,
    num_validation: int,
    num_test: int,
    subtract_mean: bool,
) -> dict[str, Data]:
    """Return the courses' splits of CIFAR-10, channels first, in a dictionary.

    Parameters
    ----------
    root : path
        As for `load_CIFAR10`.
    num_training, num_validation, num_test : int
        Images of each split; validation follows training.
    subtract_mean : bool
        Subtract the mean training image.

    Returns
    -------
    dict
        ``X_train``, ``y_train``, ``X_val``, ``y_val``, ``X_test``, ``y_test``.
    """
    X, y, Xte, yte = load_CIFAR10(root)
    end = num_training + num_validation
    for name, wanted, has in (("training", end, len(X)), ("test", num_test, len(Xte))):
        if wanted > has:
            raise ValueError(f"{root} has {has} {name} images, but {wanted} are asked for")
    splits = {
        "train": (X[:num_training], y[:num_training]),
        "val": (X[num_training:end], y[num_training:end]),
        "test": (Xte[:num_test], yte[:num_test]),
    }
    if subtract_mean:
        mean = splits["train"][0].mean(axis=0)
        for images, _ in splits.values():
            images -= mean
    result: dict[str, Data] = {}
    for name, (images, labels) in splits.items():
        result[f"X_{name}"] = images.transpose(0, 3, 1, 2).copy()
        result[f"y_{name}"] = labels
    return result
