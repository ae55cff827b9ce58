"""``dataset`` of the course: SVHN, and its split."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.datasets import read_svhn

if TYPE_CHECKING:
    from linclf.arrays import Data, IndexArray

__all__ = ["load_svhn", "random_split_train_val"]


def load_svhn(
    folder: str | os.PathLike[str], max_train: int, max_test: int
) -> tuple[Data, IndexArray, Data, IndexArray]:
    """Return random images of SVHN. Needs SciPy.

    Which ones is decided by ``np.random.choice(n, max_train, replace=False)``, then the same for
    the test images: ``np.random.seed`` makes it repeat.

    Parameters
    ----------
    folder : path
        Has ``train_32x32.mat`` and ``test_32x32.mat``.
    max_train, max_test : int
        Images of each.

    Returns
    -------
    train_X, train_y, test_X, test_y : arrays
        Images (n, 32, 32, 3) float32 from 0 to 255; the digit that is shown (n,).
    """
    X, y, Xte, yte = read_svhn(folder)
    train_X, train_y = _sample(X, y, max_train, "max_train")
    test_X, test_y = _sample(Xte, yte, max_test, "max_test")
    return train_X, train_y, test_X, test_y


def random_split_train_val(
    X: Any, y: Any, num_val: int, seed: int = 42
) -> tuple[Data, Data, Data, Data]:
    """Split at random into training and validation.

    Sets ``np.random.seed(seed)``, as the course does.

    Parameters
    ----------
    X : (N, ...) array
        Samples.
    y : (N,) array
        Labels.
    num_val : int
        Samples for validation.
    seed : int
        Decides the split.

    Returns
    -------
    train_X, train_y, val_X, val_y : arrays

    Examples
    --------
    >>> parts = random_split_train_val(np.arange(10), np.arange(10), num_val=3)
    >>> parts[0], parts[2]
    (array([8, 1, 5, 0, 7, 2, 9]), array([4, 3, 6]))
    """
    np.random.seed(seed)
    indices = np.arange(len(X))
    np.random.shuffle(indices)
    train, val = indices[:-num_val], indices[-num_val:]
    return X[train], y[train], X[val], y[val]


def _sample(X: Data, y: IndexArray, most: int, name: str) -> tuple[Data, IndexArray]:
    if most > len(X):
        raise ValueError(f"{name} is {most}, but there are only {len(X)} images")
    rows = np.random.choice(len(X), most, replace=False)
    return X[rows].astype(np.float32), y[rows]
