"""One entry to all data: `load` takes a name or a path and finds the reader."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from linclf.datasets import toy
from linclf.datasets.bundled import digits
from linclf.datasets.cifar import CIFAR10_CLASSES, read_cifar10
from linclf.datasets.errors import DatasetError
from linclf.datasets.fetching import data_dir
from linclf.datasets.idx import FASHION_MNIST_CLASSES, find_idx, read_mnist
from linclf.datasets.known import KNOWN, check_content
from linclf.datasets.npz import npz_parts
from linclf.datasets.options import Array, Arrays
from linclf.datasets.shapes import SHAPES10_CLASSES, shapes10
from linclf.datasets.splitting import Rng, stratified_split
from linclf.datasets.svhn import read_svhn
from linclf.datasets.table import read_csv

__all__ = ["Dataset", "load", "names"]

_DIGITS = tuple("0123456789")
_SHAPES_TRAIN, _SHAPES_TEST = 5000, 1000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dataset:
    """Data ready for a linear classifier, with what is needed to show it.

    Attributes
    ----------
    name : str
        What was loaded.
    X : (N, D) array
        Samples, one per row; images are flattened row by row, channels last.
    y : (N,) int64 array
        Labels, ``0 <= y[i] < C``.
    X_test, y_test : (M, D) array, (M,) int64 array, or None
        The test part, if the source has one.
    class_names : tuple of str
        C names; ``class_names[y[i]]`` is what sample i shows.
    image_shape : (height, width, channels) or None
        What ``X[i].reshape(image_shape)`` makes of a row, if it is an image.
    """

    name: str
    X: Array
    y: Array
    X_test: Array | None
    y_test: Array | None
    class_names: tuple[str, ...]
    image_shape: tuple[int, int, int] | None

    def __repr__(self) -> str:
        """Describe the data in one line."""
        test = "" if self.X_test is None else f" + {len(self.X_test)} test"
        return (
            f"Dataset({self.name!r}: {len(self.X)}{test} samples, {self.X.shape[1]} features "
            f"{self.X.dtype}, {len(self.class_names)} classes)"
        )

    def held_out(self, test_size: float = 1 / 3, rng: Rng = 0) -> Dataset:
        """Return this data with a test part: its own if it has one, else a part that is held out.

        Parameters
        ----------
        test_size : float
            Share of samples that are held out, class by class.
        rng : int, Generator, SeedSequence or None
            Source of randomness.

        Returns
        -------
        Dataset
            In which `X_test` and `y_test` are arrays.

        Examples
        --------
        >>> load("blobs").held_out()
        Dataset('blobs': 200 + 100 test samples, 2 features float64, 3 classes)
        """
        if self.X_test is not None:
            return self
        parts = stratified_split(self.X, self.y, test_size=test_size, rng=rng)
        X, y, X_test, y_test = parts
        return replace(self, X=X, y=y, X_test=X_test, y_test=y_test)


def load(
    source: str | os.PathLike[str], *, label: int | str | None = None, rng: Rng = 0
) -> Dataset:
    """Load data by name or path. Nothing is downloaded.

    Parameters
    ----------
    source : str or path
        A name: ``"digits"``, ``"shapes10"``, a toy set (``"stripes"``, ``"spiral"``, ``"blobs"``,
        ``"xor"``, ``"donut"``, ``"demo9"``; ``"stripes-4"`` has 4 classes), or a data set that
        `fetch` has downloaded (``"cifar10"``, ``"mnist"``, ``"fashion_mnist"``, ``"svhn"``).

        Else a path. A folder is read by what it holds: CIFAR-10 batches or archive, idx files
        (classes are named as in Fashion-MNIST if the path has "fashion" in it, else as digits), or
        SVHN's MATLAB files. A file is read by what its name ends with: ``.npz``; ``.csv``, ``.tsv``
        or ``.txt``; ``.mat`` (SVHN); ``.tar.gz``, ``.tgz`` or ``.tar`` (CIFAR-10). A file that is
        called like a data set is meant by ``"./digits"``.
    label : int or str, optional
        For tables: the column of the labels, see `read_csv`.
    rng : int, Generator, SeedSequence or None
        For data that is drawn or split at random: the source of randomness.

    Returns
    -------
    Dataset
        X as it is stored (uint8 for images) as rows, labels numbered from 0, test part if there is
        one.

    Raises
    ------
    FileNotFoundError
        If there is neither such a name nor such a path, or if the data set was not fetched.
    DatasetError
        If the files are damaged, of an unknown kind, or not what their name says.

    Examples
    --------
    >>> load("digits")
    Dataset('digits': 1198 + 599 test samples, 64 features uint8, 10 classes)
    >>> load("stripes-4").class_names
    ('0', '1', '2', '3')
    """
    name = os.fspath(source)
    if name in KNOWN:
        return _load_known(name)
    if name == "digits":
        return _dataset(name, digits(split="both", flatten=False, rng=rng), _DIGITS)
    if name == "shapes10":
        X, y = shapes10(_SHAPES_TRAIN + _SHAPES_TEST, rng=rng)
        n = _SHAPES_TRAIN
        return _dataset(name, (X[:n], y[:n], X[n:], y[n:]), SHAPES10_CLASSES)
    if drawn := _draw_toy(name, rng):
        return _dataset(name, drawn)
    path = Path(source)
    if path.is_dir():
        return _load_folder(path)
    if path.is_file():
        return _load_file(path, label)
    raise FileNotFoundError(_not_found(name))


def names() -> tuple[str, ...]:
    """Return the names that `load` takes.

    Returns
    -------
    tuple of str
        What needs no files first, then what `fetch` downloads.

    Examples
    --------
    >>> names()[:3]
    ('digits', 'shapes10', 'stripes')
    """
    return ("digits", "shapes10", *_TOYS, *KNOWN)


#: Toy sets by name, and whether their number of classes can be chosen.
_TOYS: dict[str, Callable[..., Arrays]] = {
    "stripes": toy.stripes,
    "spiral": toy.spiral,
    "blobs": toy.blobs,
    "xor": toy.xor,
    "donut": toy.donut,
    "demo9": toy.demo9,
}
_SCALABLE = ("stripes", "spiral", "blobs")


def _draw_toy(name: str, rng: Rng) -> Arrays | None:
    """Return the toy set called `name`, which may end in a number of classes, or None."""
    if name == "demo9":
        return toy.demo9()
    match = re.fullmatch(r"([a-z]+)(?:-(\d{1,3}))?", name)
    if match is None or match[1] not in _TOYS or (match[2] and match[1] not in _SCALABLE):
        return None
    return _TOYS[match[1]](*([int(match[2])] if match[2] else []), rng=rng)


def _dataset(name: str, arrays: Arrays, class_names: tuple[str, ...] = ()) -> Dataset:
    """Make rows of the samples, and number the classes unless their names are given."""
    rows = [X.reshape(len(X), math.prod(X.shape[1:])) for X in arrays[::2]]
    labels = list(arrays[1::2])
    if not class_names:
        classes, codes = np.unique(np.concatenate(labels), return_inverse=True)
        labels = np.split(codes.astype(np.int64), [len(labels[0])])
        class_names = tuple(map(str, classes.tolist()))
    shape = arrays[0].shape[1:]
    has_test = len(rows) > 1
    return Dataset(
        name=name,
        X=rows[0],
        y=labels[0],
        X_test=rows[1] if has_test else None,
        y_test=labels[1] if has_test else None,
        class_names=class_names,
        image_shape=shape if len(shape) == 3 else None,
    )


def _load_known(name: str) -> Dataset:
    """Load a data set that `fetch` has downloaded, and make sure that it is the one."""
    known, folder = KNOWN[name], data_dir() / name
    try:
        data = _READERS[known.reader](folder)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{name} is not, or not all of it, in {folder}: download it once with "
            f"linclf.datasets.fetch({name!r}) ({known.size / 1e6:.0f} MB), or pass the path of "
            "your copy"
        ) from error
    assert data.y_test is not None  # readers of folders return both parts
    check_content(name, known, data.X, data.y, data.y_test, str(folder))
    return data


def _read_mnist(path: Path) -> Dataset:
    """Read a folder of idx files, which themselves do not tell MNIST and its relatives apart."""
    is_fashion = "fashion" in str(path).lower()
    return _dataset(path.name, read_mnist(path), FASHION_MNIST_CLASSES if is_fashion else _DIGITS)


#: Readers of folders, by format.
_READERS: dict[str, Callable[[Path], Dataset]] = {
    "cifar": lambda path: _dataset(path.name, read_cifar10(path), CIFAR10_CLASSES),
    "mnist": _read_mnist,
    "svhn": lambda path: _dataset(path.name, read_svhn(path), _DIGITS),
}


def _load_folder(path: Path) -> Dataset:
    """Read a folder by what it holds."""
    if find_idx(path, "train", "images", 3):
        return _READERS["mnist"](path)
    if any(path.glob("*_32x32.mat")):
        return _READERS["svhn"](path)
    if any(path.glob("*_batch*")) or any(path.glob("cifar-10-*")):
        return _READERS["cifar"](path)
    held = ", ".join(sorted(p.name for p in path.iterdir())[:5]) or "nothing"
    raise DatasetError(
        f"{path}: holds {held}, but no CIFAR-10 batches, no train-images-idx3-ubyte and no "
        "train_32x32.mat: pass a folder that does, or a file"
    )


def _load_file(path: Path, label: int | str | None) -> Dataset:
    """Read a file by what its name ends with."""
    name = path.name.lower()
    if name.endswith((".tar.gz", ".tgz", ".tar")):
        return _READERS["cifar"](path)
    if name.endswith(".npz"):
        parts = npz_parts(path, ("train", "test"), required=("train",))
        return _dataset(path.name, (*parts["train"], *parts.get("test", ())))
    if name.endswith((".csv", ".tsv", ".txt")):
        return _dataset(path.name, read_csv(path, label=label))
    if name.endswith(".mat"):
        return _dataset(path.name, read_svhn(path, split="all"), _DIGITS)
    raise DatasetError(
        f"{path}: is of no known kind: pass .npz, .csv, .tsv, .txt, .mat or .tar.gz, or the folder "
        "that holds the files of a data set"
    )


def _not_found(name: str) -> str:
    """Say that there is no such data, and what may be meant."""
    import difflib  # only this message needs it

    plain = name.lower().replace("-", "").replace("_", "")
    similar = [n for n in names() if n.replace("_", "") == plain]
    similar = similar or difflib.get_close_matches(name.lower(), names(), n=1)
    meant = f"did you mean {similar[0]!r}? It" if similar else "it"
    choices = ", ".join(names())
    return f"{name}: no such file or data set; {meant} can be a path, or one of {choices}"
