"""``lib.data_utils``: reading CIFAR-10."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linclf.compat._shared.cifar import (
    load_CIFAR10,
    load_CIFAR_batch,
    load_pickle,
    split_cifar10,
)

if TYPE_CHECKING:
    from linclf.arrays import Data

__all__ = ["get_CIFAR10_data", "load_CIFAR10", "load_CIFAR_batch", "load_pickle"]

CIFAR10_FOLDER = "lib/datasets/cifar-10-batches-py"


def get_CIFAR10_data(
    num_training: int = 49000,
    num_validation: int = 1000,
    num_test: int = 1000,
    subtract_mean: bool = True,
) -> dict[str, Data]:
    """Return the splits of CIFAR-10 in ``lib/datasets/cifar-10-batches-py``.

    Parameters
    ----------
    num_training, num_validation, num_test : int
        Images of each split; validation follows training.
    subtract_mean : bool
        Subtract the mean training image.

    Returns
    -------
    dict
        ``X_train``, ``y_train``, ``X_val``, ``y_val``, ``X_test``, ``y_test``; the images float64
        of shape (n, 3, 32, 32).
    """
    return split_cifar10(CIFAR10_FOLDER, num_training, num_validation, num_test, subtract_mean)
