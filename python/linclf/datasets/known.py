"""The public data sets that `fetch` downloads and `load` knows by name, and how to recognise them.

A file is recognised by its size and SHA-256, as recorded by TensorFlow Datasets. Arrays are
recognised by what is known of their content, whatever file they came in: the number of samples of
each class and, for CIFAR-10, sums of pixels that also pin down their order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linclf.datasets.errors import DatasetError
from linclf.datasets.options import Array

__all__ = ["KNOWN", "KnownSet", "RemoteFile", "check_content"]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file to download: its name at every mirror, its size in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class KnownSet:
    """A public data set.

    Attributes
    ----------
    reader : {"cifar", "mnist", "svhn"}
        The format of its files.
    files : tuple of RemoteFile
        All of them are needed.
    urls : tuple of str
        Base URLs; each serves every file by its name.
    train_counts, test_counts : tuple of int
        Samples of each class.
    first_pixel_sums : tuple of int
        Sums of the first values of an image (row by row, red, green, blue) over the first 49,000
        training images; empty if not known.
    """

    reader: str
    files: tuple[RemoteFile, ...]
    urls: tuple[str, ...]
    train_counts: tuple[int, ...]
    test_counts: tuple[int, ...]
    first_pixel_sums: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(file.size for file in self.files)


#: The mean image that the first CS231n assignment prints for 49,000 training images, times 49,000.
_CIFAR10_SUMS = (6401453, 6663105, 6491222, 6372729, 6632054)
_CIFAR10_SPLIT = 49_000


def _idx_files(*sizes_and_hashes: tuple[int, str]) -> tuple[RemoteFile, ...]:
    """Name the four files of MNIST and its relatives."""
    names = (
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    )
    pairs = zip(names, sizes_and_hashes, strict=True)
    return tuple(RemoteFile(name, size, sha256) for name, (size, sha256) in pairs)


KNOWN = {
    # The binary version: no pickle.
    "cifar10": KnownSet(
        reader="cifar",
        files=(
            RemoteFile(
                "cifar-10-binary.tar.gz",
                170_052_171,
                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            ),
        ),
        urls=("https://www.cs.toronto.edu/~kriz/",),
        train_counts=(5000,) * 10,
        test_counts=(1000,) * 10,
        first_pixel_sums=_CIFAR10_SUMS,
    ),
    "mnist": KnownSet(
        reader="mnist",
        files=_idx_files(
            (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ),
        urls=(
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
        ),
        train_counts=(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
        test_counts=(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
    ),
    "fashion_mnist": KnownSet(
        reader="mnist",
        files=_idx_files(
            (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ),
        urls=(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        ),
        train_counts=(6000,) * 10,
        test_counts=(1000,) * 10,
    ),
    "svhn": KnownSet(
        reader="svhn",
        files=(
            RemoteFile(
                "train_32x32.mat",
                182_040_794,
                "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8",
            ),
            RemoteFile(
                "test_32x32.mat",
                64_275_384,
                "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b",
            ),
        ),
        urls=("http://ufldl.stanford.edu/housenumbers/",),
        train_counts=(4948, 13861, 10585, 8497, 7458, 6882, 5727, 5595, 5045, 4659),
        test_counts=(1744, 5099, 4149, 2882, 2523, 2384, 1977, 2019, 1660, 1595),
    ),
}


def check_content(
    name: str, known: KnownSet, X_train: Array, y_train: Array, y_test: Array, where: str
) -> None:
    """Refuse arrays that are not the data set they are called; the message says what differs.

    Parameters
    ----------
    name, known : str, KnownSet
        What the arrays should be.
    X_train : (N, ...) array
        Training samples in any shape whose rows are the channels-last images.
    y_train, y_test : (N,), (M,) arrays
        Labels.
    where : str
        What messages call the files.
    """
    for part, labels, expected in (
        ("training", y_train, known.train_counts),
        ("test", y_test, known.test_counts),
    ):
        counts = tuple(np.bincount(labels, minlength=len(expected)).tolist())
        if counts != expected:
            raise DatasetError(
                f"{where}: {name} has {sum(expected):,} {part} samples, per class {expected}, but "
                f"these are {sum(counts):,}, per class {counts}: pass the path instead of the name "
                "to use them all the same"
            )
    n_sums = len(known.first_pixel_sums)
    first = X_train[:_CIFAR10_SPLIT].reshape(min(_CIFAR10_SPLIT, len(X_train)), -1)[:, :n_sums]
    sums = tuple(first.sum(axis=0, dtype=np.int64).tolist())
    if sums != known.first_pixel_sums:
        raise DatasetError(
            f"{where}: the labels are those of {name}, but the pixels or their order are not: "
            "delete the files and fetch them again"
        )
