"""``ecbm4040.cifar_utils``: reading CIFAR-10 from the folder ``data``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from linclf.datasets import fetch, read_cifar10

if TYPE_CHECKING:
    from linclf.arrays import Data

__all__ = ["download_data", "load_data"]

_FOLDER = Path("data")
_PLACES = ("cifar-10-batches-py", "cifar-10-python.tar.gz")


def download_data() -> None:
    """Download CIFAR-10 into ``./data``, unless it is there."""
    if _place() is None:
        print("Start downloading data...")
        fetch("cifar10", folder=_FOLDER)
        print("Download complete.")
    else:
        print("CIFAR-10 package already exists.")


def load_data(mode: str = "all") -> tuple[Data, ...]:
    """Return CIFAR-10 as rows of 3072 bytes: red, green and blue, each row by row.

    Reads ``./data/cifar-10-batches-py`` or ``./data/cifar-10-python.tar.gz``, after a download if
    there is neither.

    Parameters
    ----------
    mode : {"all", "train", "test"}
        Which part.

    Returns
    -------
    X_train, y_train, X_test, y_test : arrays
        For "all", otherwise X, y. X is (N, 3072) uint8, y (N,) int64.

    Raises
    ------
    ValueError
        For another mode.
    """
    if mode not in ("all", "train", "test"):
        raise ValueError(f"Mode should be 'train' or 'test' or 'all', not {mode!r}")
    if _place() is None:
        download_data()
    arrays: Any = read_cifar10(_place() or _FOLDER, split="both" if mode == "all" else mode)  # type: ignore[arg-type]
    return tuple(_rows(array) if array.ndim == 4 else array for array in arrays)


def _place() -> Path | None:
    """Return the first of the usual places that exists, or the folder if it has other batches."""
    places = [*(_FOLDER / name for name in _PLACES), _FOLDER / "cifar-10-binary.tar.gz"]
    return next((place for place in places if place.exists()), None)


def _rows(images: Data) -> Data:
    return images.transpose(0, 3, 1, 2).reshape(len(images), -1)
