"""SVHN's MATLAB files. SciPy reads them, and is asked for where it is missing."""

import sys

import numpy as np
import pytest
from dataset_files import damaged, images, works_or_raises
from linclf.datasets import DatasetError, read_svhn


def write_mat(file, X, y):
    """Write images (N, 32, 32, 3) and labels as SVHN has them: X (32, 32, 3, N), y (N, 1)."""
    savemat = pytest.importorskip("scipy.io").savemat
    savemat(file, {"X": X.transpose(1, 2, 3, 0), "y": y[:, None]}, do_compression=True)


@pytest.fixture
def folder(tmp_path):
    """A folder with both files: 20 training and 10 test images, labels 1 to 10."""
    X, _ = images(30)
    y = (np.arange(30) % 10 + 1).astype(np.uint8)
    write_mat(tmp_path / "train_32x32.mat", X[:20], y[:20])
    write_mat(tmp_path / "test_32x32.mat", X[20:], y[20:])
    return tmp_path


def test_images_come_first_axis_first_and_label_10_is_the_digit_0(folder):
    X_train, y_train, X_test, y_test = read_svhn(folder)
    X, _ = images(30)
    np.testing.assert_array_equal(X_train, X[:20])
    np.testing.assert_array_equal(X_test, X[20:])
    assert y_train[:10].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
    assert y_test.dtype == np.int64
    assert X_train.flags.c_contiguous


def test_one_file_is_all_there_is(folder):
    X, y = read_svhn(folder / "test_32x32.mat", split="all", flatten=True, dtype="float32")
    assert X.shape == (10, 3072)
    assert X.dtype == np.float32
    assert y.shape == (10,)
    with pytest.raises(ValueError, match="is one file, so there is no split 'both'"):
        read_svhn(folder / "test_32x32.mat")


def test_without_scipy_the_message_says_what_to_install(folder, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "scipy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ImportError, match=r"read_svhn needs scipy. Install with: pip install"):
        read_svhn(folder)


def test_missing_files_are_named(folder):
    (folder / "test_32x32.mat").unlink()
    assert len(read_svhn(folder, split="train")[0]) == 20
    with pytest.raises(FileNotFoundError, match=r"test_32x32.mat does not exist: get it with"):
        read_svhn(folder)


def test_files_of_something_else_are_refused_with_what_was_found(folder):
    savemat = pytest.importorskip("scipy.io").savemat
    X, _ = images(3)
    file = folder / "other.mat"
    savemat(file, {"a": np.eye(3)})
    with pytest.raises(DatasetError, match="not the cropped digits X uint8"):
        read_svhn(file, split="all")
    write_mat(file, X, np.array([1, 2, 77]))
    with pytest.raises(DatasetError, match="has labels from 1 to 77, not 1 to 10"):
        read_svhn(file, split="all")


def test_damaged_files_give_the_stated_error_and_nothing_else(folder):
    file = folder / "test_32x32.mat"
    for data in damaged(file.read_bytes(), 60):
        file.write_bytes(data)
        with works_or_raises(DatasetError, naming=file):
            read_svhn(file, split="all")
