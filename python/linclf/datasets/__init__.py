"""Data to learn with: bundled, drawn at random, read from files, or fetched once.

Images come as uint8 (N, H, W, C), labels as int64 (N,). Functions that read take ``split=``
(``"both"`` is ``X_train, y_train, X_test, y_test``), ``flatten=``, ``dtype=`` and ``bias=``;
functions that draw take ``rng=``. `load` takes any name or path. Only `fetch` uses the network.
"""

from linclf.datasets.bundled import digits
from linclf.datasets.cifar import CIFAR10_CLASSES, read_cifar10
from linclf.datasets.errors import DatasetError, FetchError
from linclf.datasets.fetching import data_dir, fetch
from linclf.datasets.hashing import content_hash
from linclf.datasets.idx import FASHION_MNIST_CLASSES, read_idx, read_mnist
from linclf.datasets.loading import Dataset, load, names
from linclf.datasets.npz import read_npz
from linclf.datasets.shapes import SHAPES10_CLASSES, shapes10
from linclf.datasets.splitting import stratified_split
from linclf.datasets.svhn import read_svhn
from linclf.datasets.table import read_csv
from linclf.datasets.toy import blobs, demo9, donut, spiral, stripes, xor

__all__ = [
    "CIFAR10_CLASSES",
    "FASHION_MNIST_CLASSES",
    "SHAPES10_CLASSES",
    "Dataset",
    "DatasetError",
    "FetchError",
    "blobs",
    "content_hash",
    "data_dir",
    "demo9",
    "digits",
    "donut",
    "fetch",
    "load",
    "names",
    "read_cifar10",
    "read_csv",
    "read_idx",
    "read_mnist",
    "read_npz",
    "read_svhn",
    "shapes10",
    "spiral",
    "stratified_split",
    "stripes",
    "xor",
]
