"""Small files in the formats in which data sets are published, whole and damaged."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import pickle
import struct
import tarfile
from pathlib import Path

import numpy as np
from linclf.datasets.known import KnownSet, RemoteFile

BATCHES = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]


def images(n, seed=0):
    """Return n random colour images (n, 32, 32, 3) and labels that cycle through ten classes."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8), np.arange(n) % 10


def channels_first(X):
    """Return images as rows of CIFAR-10: red, green, blue, each row by row."""
    return np.ascontiguousarray(X.transpose(0, 3, 1, 2).reshape(len(X), -1))


def binary_batch(X, y):
    """Return a batch of the binary version: label byte, then pixels, per image."""
    return np.column_stack([y.astype(np.uint8), channels_first(X)]).tobytes()


def python3_batch(X, y, protocol=2):
    """Return a batch of the python version as Python 3 pickles it."""
    batch = {b"labels": y.tolist(), b"data": channels_first(X), b"filenames": [b"a.png"] * len(y)}
    return pickle.dumps(batch, protocol=protocol)


def python2_batch(X, y):
    """Return a batch as Python 2 wrote it, which is how the published files are: byte strings."""
    rows = channels_first(X)

    def string(text):
        return b"U" + bytes([len(text)]) + text.encode()

    shape = b"".join(b"J" + struct.pack("<i", size) for size in rows.shape) + b"\x86"
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\nq\x01(cnumpy\nndarray\nq\x02K\x00\x85q\x03"
        + string("b")
        + b"tq\x04Rq\x05(K\x01"
        + shape
        + b"cnumpy\ndtype\nq\x06("
        + string("u1")
        + b"K\x00K\x01tRq\x07(K\x03"
        + string("|")
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T"
        + struct.pack("<i", rows.size)
        + rows.tobytes()
        + b"tb"
    )
    labels = b"](" + b"".join(b"K" + bytes([label]) for label in y) + b"e"
    name = string("batch_label") + string("training batch 1 of 5")
    return b"\x80\x02}(" + name + string("data") + array + string("labels") + labels + b"u."


def cifar_batches(kind="binary", n=4):
    """Return file names and contents of six batches, and their images and labels joined."""
    write = {"binary": binary_batch, "python2": python2_batch, "python3": python3_batch}[kind]
    ending = ".bin" if kind == "binary" else ""
    X, y = images(6 * n)
    parts = {
        name + ending: write(X[i * n : i * n + n], y[i * n : i * n + n])
        for i, name in enumerate(BATCHES)
    }
    return parts, X, y


def write_folder(folder, contents):
    """Write files by name into a folder, made if need be; return the folder."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        Path(folder, name).write_bytes(content)
    return Path(folder)


def tar_bytes(contents, prefix="cifar-10-batches-bin/", compress=True):
    """Return a tar archive with files by name."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz" if compress else "w") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(prefix + name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def idx_bytes(array, compress=False):
    """Return an array in the idx format."""
    codes = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}
    header = bytes([0, 0, codes[array.dtype.str[1:]], array.ndim])
    header += struct.pack(f">{array.ndim}I", *array.shape)
    content = header + array.astype(array.dtype.newbyteorder(">")).tobytes()
    return gzip.compress(content, mtime=0) if compress else content


def mnist_files(n_train=20, n_test=10, *, compress=True, dot="-"):
    """Return the four files of MNIST by name, and their arrays by part and kind."""
    rng = np.random.default_rng(0)
    files, arrays = {}, {}
    for stem, n in (("train", n_train), ("t10k", n_test)):
        arrays[stem, "images"] = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        arrays[stem, "labels"] = (np.arange(n) % 10).astype(np.uint8)
        for kind, n_dimensions in (("images", 3), ("labels", 1)):
            name = f"{stem}-{kind}{dot}idx{n_dimensions}-ubyte" + (".gz" if compress else "")
            files[name] = idx_bytes(arrays[stem, kind], compress)
    return files, arrays


def known_set(files, *urls, **changes):
    """Describe files by name and content as a data set to fetch; in MNIST's format by default."""
    remote = tuple(
        RemoteFile(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in files.items()
    )
    counts = {"train_counts": (2,) * 10, "test_counts": (1,) * 10}
    return KnownSet(**{"reader": "mnist", "files": remote, "urls": urls, **counts, **changes})


@contextlib.contextmanager
def works_or_raises(*errors, naming):
    """Let a block succeed, or fail with one of the stated errors, whose message names the file."""
    try:
        yield
    except errors as error:
        if str(naming) not in str(error):
            raise AssertionError(f"does not name {naming}: {error}") from error


def damaged(content, n, seed=0):
    """Yield n versions of a file that are cut short, or in which some bytes are changed."""
    rng = np.random.default_rng(seed)
    for i in range(n):
        data = bytearray(content)
        if i % 3 == 0:
            del data[rng.integers(len(data)) :]
        else:
            # Headers are at the beginning: half of the changes go there.
            span = len(data) if i % 3 == 1 else min(len(data), 200)
            for position in rng.integers(span, size=1 + i % 4):
                data[position] = rng.integers(256)
        yield bytes(data)
