"""`eecs598.data`: CIFAR-10 as tensors.

The files are looked for where the course has them, in ``cifar-10-batches-py`` of the working
folder, then where `linclf.datasets.fetch` puts them; if they are nowhere, they are fetched.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from linclf._extras import require
from linclf.compat._shared.tensors import torch
from linclf.compat.umich.utils import reset_seed
from linclf.compat.umich.vis import visualize_dataset
from linclf.datasets import data_dir, fetch, read_cifar10

_CLASSES = ("plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_FOLDER = "cifar-10-batches-py"


def cifar10(
    num_train: int | None = None, num_test: int | None = None, x_dtype: Any = torch.float32
) -> tuple[Any, Any, Any, Any]:
    """Return CIFAR-10.

    Parameters
    ----------
    num_train, num_test : int, optional
        Keep only the first so many of each part.
    x_dtype : torch.dtype
        Of the images.

    Returns
    -------
    x_train, y_train, x_test, y_test : tensors
        Images (N, 3, 32, 32) with values from 0 to 1, labels (N,) int64.

    Raises
    ------
    ValueError
        If `num_train` or `num_test` is not between 1 and the number of images.
    DatasetError
        If a file is damaged.
    FetchError
        If there are no files and they cannot be fetched.
    """
    X_train, y_train, X_test, y_test = read_cifar10(_place())
    train = _tensors(X_train, y_train, num_train, x_dtype, "num_train")
    return *train, *_tensors(X_test, y_test, num_test, x_dtype, "num_test")


def preprocess_cifar10(
    cuda: bool = True,
    show_examples: bool = True,
    bias_trick: bool = False,
    validation_ratio: float = 0.2,
    dtype: Any = torch.float32,
) -> dict[str, Any]:
    """Return CIFAR-10 as rows, centered, with a validation part.

    Images are divided by 255, and the mean of each colour over all training images is subtracted.
    The last part of the training images is the validation part.

    Parameters
    ----------
    cuda : bool
        Taken for the sake of the course: the tensors stay on the CPU.
    show_examples : bool
        Draw twelve images of each class; needs matplotlib.
    bias_trick : bool
        Append a column of ones.
    validation_ratio : float
        Share of the training images that are held out.
    dtype : torch.dtype
        Of the images.

    Returns
    -------
    dict
        ``X_train, X_val, X_test`` of (N, 3072) or with the bias (N, 3073), and ``y_train, y_val,
        y_test`` of (N,) int64.

    Warns
    -----
    UserWarning
        If `cuda` is true: linclf computes on the CPU.
    """
    if cuda:
        warnings.warn(
            "linclf computes on the CPU, so the data stay there; pass cuda=False to say so",
            stacklevel=2,
        )
    X_train, y_train, X_test, y_test = cifar10(x_dtype=dtype)
    if show_examples:
        _show(X_train, y_train)
    mean = X_train.mean(dim=(0, 2, 3), keepdim=True)
    X_train, X_test = (_rows(X.sub_(mean), bias_trick) for X in (X_train, X_test))
    kept = int(len(X_train) * (1.0 - validation_ratio))
    return {
        "X_val": X_train[kept:],
        "y_val": y_train[kept:],
        "X_train": X_train[:kept],
        "y_train": y_train[:kept],
        "X_test": X_test,
        "y_test": y_test,
    }


def _place() -> Path:
    for folder in (Path(_FOLDER), data_dir() / "cifar10"):
        if folder.is_dir():
            return folder
    return fetch("cifar10")


def _tensors(images: Any, labels: Any, n: int | None, dtype: Any, name: str) -> tuple[Any, Any]:
    """Return the first n images, channels first and from 0 to 1, and their labels."""
    if n is not None and not 0 < n <= len(images):
        raise ValueError(f"{name} is {n}; it must be from 1 to {len(images)}")
    pixels = torch.from_numpy(images[:n]).permute(0, 3, 1, 2)
    x = pixels.to(dtype, memory_format=torch.contiguous_format).div_(255)
    return x, torch.from_numpy(labels[:n])


def _rows(images: Any, bias: bool) -> Any:
    rows = images.reshape(len(images), -1)
    return torch.cat([rows, torch.ones(len(rows), 1, dtype=rows.dtype)], dim=1) if bias else rows


def _show(X: Any, y: Any) -> None:
    plt = require("matplotlib.pyplot", "plot", "preprocess_cifar10(show_examples=True)")
    reset_seed(0)
    plt.imshow(visualize_dataset(X, y, 12, _CLASSES))
    plt.axis("off")
    plt.show()
