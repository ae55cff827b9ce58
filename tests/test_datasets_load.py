"""One entry to all data: names, folders, files, and what they come back as."""

import numpy as np
import pytest
from dataset_files import cifar_batches, images, mnist_files, tar_bytes, write_folder
from linclf.datasets import (
    CIFAR10_CLASSES,
    SHAPES10_CLASSES,
    DatasetError,
    content_hash,
    digits,
    load,
    names,
)
from linclf.datasets.known import KNOWN

OFFLINE = [name for name in names() if name not in KNOWN]


@pytest.fixture(autouse=True)
def _few_shapes(monkeypatch):
    """Draw as many images as these tests need, not as many as training does."""
    monkeypatch.setattr("linclf.datasets.loading._SHAPES_TRAIN", 50)
    monkeypatch.setattr("linclf.datasets.loading._SHAPES_TEST", 10)


@pytest.mark.parametrize("name", OFFLINE)
def test_every_name_gives_rows_labels_and_names_of_classes(name):
    data = load(name)
    n, _ = data.X.shape
    assert data.name == name
    assert data.y.shape == (n,)
    assert data.y.dtype == np.int64
    assert set(data.y.tolist()) == set(range(len(data.class_names)))
    assert all(isinstance(text, str) for text in data.class_names)
    again = load(name)
    assert content_hash(again.X, again.y) == content_hash(data.X, data.y)


def test_digits_come_with_their_split_and_shape():
    data = load("digits")
    X_train, y_train, X_test, y_test = digits(split="both")
    for got, expected in zip(
        (data.X, data.y, data.X_test, data.y_test), (X_train, y_train, X_test, y_test), strict=True
    ):
        np.testing.assert_array_equal(got, expected)
    assert data.image_shape == (8, 8, 1)
    assert data.class_names == tuple("0123456789")
    assert repr(data) == (
        "Dataset('digits': 1198 + 599 test samples, 64 features uint8, 10 classes)"
    )


def test_shapes10_stands_in_for_cifar_10():
    data = load("shapes10", rng=3)
    assert data.X.shape == (50, 3072)
    assert data.X_test.shape == (10, 3072)
    assert data.image_shape == (32, 32, 3)
    assert data.class_names == SHAPES10_CLASSES


def test_toy_sets_take_a_number_of_classes():
    assert len(load("stripes-4").class_names) == 4
    assert len(load("spiral-12", rng=1).class_names) == 12
    assert load("stripes").image_shape is None
    for wrong in ("xor-3", "demo9-2", "stripes-", "stripes-4x"):
        with pytest.raises(FileNotFoundError):
            load(wrong)


def test_a_part_is_held_out_where_there_is_none():
    data = load("blobs")
    assert data.X_test is None
    parts = data.held_out(test_size=0.25, rng=1)
    assert (len(parts.X), len(parts.X_test)) == (225, 75)
    assert len(data.X) == 300
    assert parts.held_out() is parts


@pytest.mark.parametrize("form", ["folder", "archive", "archive in folder"])
def test_cifar_10_is_recognised(form, tmp_path):
    contents, X, _ = cifar_batches("python2")
    path = tmp_path / "cifar-10-python.tar.gz"
    if form == "folder":
        path = write_folder(tmp_path / "cifar-10-batches-py", contents)
    else:
        path.write_bytes(tar_bytes(contents))
    data = load(tmp_path if form == "archive in folder" else path)
    np.testing.assert_array_equal(data.X, X[:20].reshape(20, -1))
    assert data.X_test.shape == (4, 3072)
    assert data.image_shape == (32, 32, 3)
    assert data.class_names == CIFAR10_CLASSES


def test_a_folder_of_idx_files_is_recognised(tmp_path):
    files, arrays = mnist_files()
    data = load(write_folder(tmp_path, files))
    np.testing.assert_array_equal(data.X, arrays["train", "images"].reshape(20, -1))
    assert data.X_test.shape == (10, 784)
    assert data.image_shape == (28, 28, 1)
    assert data.class_names == tuple("0123456789")
    assert load(write_folder(tmp_path / "FashionMNIST", files)).class_names[9] == "Ankle boot"


def test_svhn_is_recognised(tmp_path):
    savemat = pytest.importorskip("scipy.io").savemat
    X, y = images(12)
    for name in ("train_32x32.mat", "test_32x32.mat"):
        savemat(tmp_path / name, {"X": X.transpose(1, 2, 3, 0), "y": y[:, None] + 1})
    data = load(tmp_path)
    np.testing.assert_array_equal(data.X, X.reshape(12, -1))
    assert data.X_test.shape == (12, 3072)
    assert load(tmp_path / "test_32x32.mat").X_test is None


def test_npz_labels_of_any_kind_are_numbered_over_both_parts(tmp_path):
    X = np.arange(24, dtype=np.uint8).reshape(6, 2, 2, 1)
    y = np.array(["cat", "dog", "cat", "ant", "dog", "bee"])
    np.savez(tmp_path / "a.npz", x_train=X[:4], y_train=y[:4], x_test=X[4:], y_test=y[4:])
    data = load(tmp_path / "a.npz")
    assert data.class_names == ("ant", "bee", "cat", "dog")
    assert data.y.tolist() == [2, 3, 2, 0]
    assert data.y_test.tolist() == [3, 1]
    assert data.X.shape == (4, 4)
    assert data.image_shape == (2, 2, 1)
    np.savez(tmp_path / "b.npz", X=X[:, 0, 0], y=np.array([3, 1, 3, 1, 7, 7]))
    data = load(str(tmp_path / "b.npz"))
    assert data.class_names == ("1", "3", "7")
    assert data.y.tolist() == [1, 0, 1, 0, 2, 2]
    assert data.X_test is None
    assert data.image_shape is None


@pytest.mark.parametrize("name", ["a.csv", "a.TSV", "a.txt"])
def test_tables_are_read_with_the_label_one_names(name, tmp_path):
    separator = "\t" if name.endswith("TSV") else ","
    rows = [["kind", "size", "age"], ["b", "1", "5"], ["a", "2", "6"]]
    (tmp_path / name).write_text("\n".join(separator.join(row) for row in rows))
    data = load(tmp_path / name, label="kind")
    assert data.class_names == ("a", "b")
    assert data.y.tolist() == [1, 0]
    assert data.X.tolist() == [[1, 5], [2, 6]]


def test_a_name_wins_over_a_file_unless_it_is_spelled_as_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits").mkdir()
    assert load("digits").X.shape == (1198, 64)
    with pytest.raises(DatasetError, match="holds nothing, but no CIFAR-10 batches"):
        load("./digits")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("CIFAR-10", "cifar10"), ("fashion-mnist", "fashion_mnist"), ("digit", "digits")],
)
def test_a_name_that_is_almost_right_is_corrected(wrong, meant):
    with pytest.raises(FileNotFoundError, match=f"did you mean '{meant}'"):
        load(wrong)


def test_what_cannot_be_read_is_named_with_what_can(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such file or data set; it can be a path, or"):
        load(tmp_path / "nothing" / "here.bin")
    (tmp_path / "a.doc").write_text("hello")
    with pytest.raises(DatasetError, match=r"a.doc: is of no known kind: pass .npz, .csv"):
        load(tmp_path / "a.doc")
    with pytest.raises(DatasetError, match=r"holds a.doc, but no CIFAR-10 batches"):
        load(tmp_path)
