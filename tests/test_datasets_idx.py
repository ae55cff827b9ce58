"""The idx format of MNIST and Fashion-MNIST, plain and gzipped."""

import gzip
import struct

import numpy as np
import pytest
from dataset_files import damaged, idx_bytes, mnist_files, works_or_raises, write_folder
from linclf.datasets import DatasetError, read_idx, read_mnist


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "i4", "f4", "f8"])
def test_an_idx_file_of_any_type_comes_back_in_native_byte_order(dtype, compress, tmp_path):
    array = np.arange(-3, 21).astype(dtype).reshape(2, 3, 4)
    file = tmp_path / "a-idx3"
    file.write_bytes(idx_bytes(array, compress))
    read = read_idx(file)
    np.testing.assert_array_equal(read, array)
    assert read.dtype == np.dtype(dtype)
    assert read.dtype.isnative


@pytest.mark.parametrize("where", ["", "raw", "MNIST/raw", "FashionMNIST/raw"])
@pytest.mark.parametrize(("compress", "dot"), [(True, "-"), (False, "-"), (False, ".")])
def test_the_four_files_are_found_under_the_names_they_have_in_the_wild(
    where, compress, dot, tmp_path
):
    files, arrays = mnist_files(compress=compress, dot=dot)
    write_folder(tmp_path / where, files)
    X_train, y_train, X_test, y_test = read_mnist(tmp_path)
    np.testing.assert_array_equal(X_train, arrays["train", "images"][..., None])
    np.testing.assert_array_equal(X_test, arrays["t10k", "images"][..., None])
    np.testing.assert_array_equal(y_train, arrays["train", "labels"])
    np.testing.assert_array_equal(y_test, arrays["t10k", "labels"])
    assert X_train.dtype == np.uint8
    assert y_train.dtype == np.int64


def test_options_mean_the_same_as_elsewhere(tmp_path):
    files, arrays = mnist_files()
    write_folder(tmp_path, files)
    X, y = read_mnist(tmp_path, split="all", flatten=True, dtype=np.float64, bias=True)
    assert X.shape == (30, 785)
    assert X.dtype == np.float64
    assert y.shape == (30,)
    X, y = read_mnist(tmp_path, split="test")
    np.testing.assert_array_equal(X[..., 0], arrays["t10k", "images"])


def test_a_missing_file_is_named(tmp_path):
    files, _ = mnist_files()
    del files["t10k-labels-idx1-ubyte.gz"]
    write_folder(tmp_path, files)
    assert len(read_mnist(tmp_path, split="train")[0]) == 20
    with pytest.raises(FileNotFoundError, match=r"has no t10k-labels-idx1-ubyte, .gz or not"):
        read_mnist(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"gone does not exist: pass an idx file"):
        read_idx(tmp_path / "gone")


IMAGES = idx_bytes(np.zeros((2, 3, 3), np.uint8))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "starts with nothing, not with 00 00"),
        (b"\x89PNG", "starts with 89 50 4e 47, not with 00 00 and a type code"),
        (b"\0\0\x07\x01" + bytes(4), "starts with 00 00 07 01"),
        (IMAGES[:10], "it ends within the header"),
        (IMAGES[:-1], r"18 bytes of data promised for shape \(2, 3, 3\), 17 found"),
        (IMAGES + b"\0", "18 bytes of data promised .* more found"),
        (gzip.compress(IMAGES, mtime=0)[:-4], "damaged or truncated .* bytes: download it again"),
        (b"\x1f\x8b" + bytes(30), "damaged or truncated"),
        (b"\0\0\x08\x04" + struct.pack(">4I", *[2**32 - 1] * 4), "bytes of data promised"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_a_wrong_idx_file_is_refused_with_what_was_found(content, message, tmp_path):
    file = tmp_path / "images"
    file.write_bytes(content)
    with pytest.raises(DatasetError, match=message) as error:
        read_idx(file)
    assert str(error.value).startswith(str(file))


@pytest.mark.parametrize("compress", [False, True])
def test_damaged_idx_files_give_the_stated_error_and_nothing_else(compress, tmp_path):
    file = tmp_path / "images"
    for data in damaged(idx_bytes(np.zeros((20, 3, 3), np.uint8), compress), 300):
        file.write_bytes(data)
        with works_or_raises(DatasetError, naming=file):
            read_idx(file)


def test_images_and_labels_that_do_not_belong_together_are_refused(tmp_path):
    files, _ = mnist_files()
    more, _ = mnist_files(n_train=21)
    files["train-labels-idx1-ubyte.gz"] = more["train-labels-idx1-ubyte.gz"]
    write_folder(tmp_path, files)
    with pytest.raises(DatasetError, match="20 train images but 21 labels"):
        read_mnist(tmp_path)
    files["train-labels-idx1-ubyte.gz"] = files["train-images-idx3-ubyte.gz"]
    write_folder(tmp_path, files)
    with pytest.raises(DatasetError, match=r"holds uint8 of shape \(20, 28, 28\), not labels"):
        read_mnist(tmp_path)
