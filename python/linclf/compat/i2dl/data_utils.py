"""``exercise_code.data_utils``: reading CIFAR-10.

The course hands out the training images alone, in one pickle; its notebooks split them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from linclf.compat._shared.cifar import load_CIFAR_batch
from linclf.datasets import read_cifar10

if TYPE_CHECKING:
    from linclf.arrays import DoubleArray, IndexArray

__all__ = ["load_CIFAR10", "load_cifar_batch"]

load_cifar_batch = load_CIFAR_batch


def load_CIFAR10(root_dir: str | os.PathLike[str]) -> tuple[DoubleArray, IndexArray]:
    """Return the training images of CIFAR-10.

    Parameters
    ----------
    root_dir : path
        The folder with the course's ``cifar10_train.p``, or anything that
        `linclf.datasets.read_cifar10` takes.

    Returns
    -------
    X : (50000, 32, 32, 3) float64 array
        Values from 0 to 255.
    y : (50000,) int64 array

    Raises
    ------
    FileNotFoundError
        If there is neither.
    DatasetError
        If a file is damaged, or holds more than data.
    """
    file = Path(root_dir, "cifar10_train.p")
    if file.is_file():
        return load_cifar_batch(file)
    X, y = read_cifar10(root_dir, split="train", dtype=np.float64)
    return X, y
