"""Samples and labels from .npz and .csv files that people make themselves."""

import zipfile

import numpy as np
import pytest
from dataset_files import damaged, works_or_raises
from linclf.datasets import DatasetError, read_csv, read_npz

PAIRS = [
    ("X", "y"),
    ("x_train", "y_train"),
    ("X_train", "Y_train"),
    ("train_images", "train_labels"),
    ("images", "labels"),
    ("data", "target"),
    ("features", "labels"),
]


@pytest.mark.parametrize(("samples", "labels"), PAIRS)
def test_npz_arrays_are_found_under_their_usual_names(samples, labels, tmp_path):
    X, y = np.arange(12.0).reshape(4, 3), np.array([0, 1, 1, 0], dtype=np.uint8)
    file = tmp_path / "mine.npz"
    np.savez(file, **{samples: X, labels: y, "comment": np.array("hello")})
    X_read, y_read = read_npz(file)
    np.testing.assert_array_equal(X_read, X)
    assert y_read.tolist() == [0, 1, 1, 0]
    assert y_read.dtype == np.int64


def test_npz_with_a_test_part_has_all_splits(tmp_path):
    file = tmp_path / "keras.npz"
    X = np.arange(5 * 4, dtype=np.uint8).reshape(5, 2, 2)
    y = np.arange(5)
    np.savez_compressed(file, x_train=X[:3], y_train=y[:3, None], x_test=X[3:], y_test=y[3:] + 0.0)
    X_train, y_train, X_test, y_test = read_npz(file, split="both")
    assert X_train.shape == (3, 2, 2, 1)
    assert X_test.shape == (2, 2, 2, 1)
    assert (y_train.tolist(), y_test.tolist()) == ([0, 1, 2], [3, 4])
    X_all, y_all = read_npz(file, flatten=True, bias=True)
    assert X_all.shape == (5, 5)
    assert y_all.tolist() == [0, 1, 2, 3, 4]
    assert read_npz(file, split="test")[1].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": np.eye(2)}, "holds the arrays a, of which none are known as train or test samples"),
        ({}, r"holds the arrays \(none\)"),
        ({"X": np.eye(2), "y": np.eye(2)}, r"X and y have shapes \(2, 2\) and \(2, 2\).*argmax"),
        ({"X": np.eye(2), "y": np.arange(3)}, r"shapes \(2, 2\) and \(3,\)"),
        ({"X": np.arange(3), "y": np.arange(3)}, r"shapes \(3,\) and \(3,\)"),
        ({"X": np.eye(2), "y": np.array([0.5, 1])}, "labels of type float64"),
        ({"X": np.eye(2), "y": np.array([np.nan, 1])}, "labels of type float64"),
        ({"X": np.eye(2), "y": np.array([{}, {}])}, "Object arrays cannot be loaded"),
    ],
)
def test_a_wrong_npz_is_refused_with_what_was_found(arrays, message, tmp_path):
    file = tmp_path / "mine.npz"
    np.savez(file, **arrays)
    with pytest.raises(DatasetError, match=message) as error:
        read_npz(file)
    assert str(error.value).startswith(str(file))


def test_a_part_that_an_npz_does_not_have_is_named(tmp_path):
    np.savez(tmp_path / "a.npz", X=np.eye(2), y=np.arange(2))
    with pytest.raises(DatasetError, match="none are known as test samples"):
        read_npz(tmp_path / "a.npz", split="both")
    with pytest.raises(FileNotFoundError, match=r"b.npz does not exist"):
        read_npz(tmp_path / "b.npz")


def test_damaged_npz_files_give_the_stated_error_and_nothing_else(tmp_path):
    file = tmp_path / "mine.npz"
    np.savez_compressed(file, X=np.arange(60.0).reshape(20, 3), y=np.arange(20))
    for data in damaged(file.read_bytes(), 300):
        file.write_bytes(data)
        with works_or_raises(DatasetError, naming=file):
            read_npz(file)


def test_an_npz_that_unpacks_to_too_much_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("linclf.datasets.npz.MAX_BYTES", 1_000_000)
    file = tmp_path / "bomb.npz"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("X.npy", bytes(3_000_000))
    with pytest.raises(DatasetError, match="unpacks to 3,000,000 bytes, more than the 1,000,000"):
        read_npz(file)


IRIS = "5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.9,virginica\n"


@pytest.mark.parametrize(
    ("text", "options", "X", "y"),
    [
        (IRIS, {}, [[5.1, 3.5], [4.9, 3.0], [6.2, 2.9]], ["setosa", "setosa", "virginica"]),
        ("a,b,c\n1,2,0\n3,4,1\n", {}, [[1, 2], [3, 4]], [0, 1]),
        ("label,p0,p1\n7,2,0\n3,4,1\n", {}, [[2, 0], [4, 1]], [7, 3]),
        ("Class;b\n7;2.5\n3.0;4e1\n", {}, [[2.5], [40]], [7, 3]),
        ("7,2,0\n3,4,1\n", {"label": 0}, [[2, 0], [4, 1]], [7, 3]),
        ("7,2,0\n3,4,1\n", {"label": -2}, [[7, 0], [3, 1]], [2, 4]),
        ("a,b,c\n7,2,0\n3,4,1\n", {"label": "b"}, [[7, 0], [3, 1]], [2, 4]),
        ("2019,2020,kind\n1,2,5\n", {"header": True}, [[1, 2]], [5]),
        ("\ufeffa\tb\r\n1\tx y\r\n\r\n2\t z\r\n", {}, [[1], [2]], ["x y", "z"]),
        ('"1","2, or so"\n"3","4"\n', {}, [[1], [3]], ["2, or so", "4"]),
        ("1|2|3", {}, [[1, 2]], [3]),
        ("1:2:3\n", {"delimiter": ":"}, [[1, 2]], [3]),
        ("\n\n1,#2\n", {}, [[1]], ["#2"]),
    ],
)
def test_tables_are_read_however_they_are_written(text, options, X, y, tmp_path):
    file = tmp_path / "table.csv"
    file.write_bytes(text.encode())
    X_read, y_read = read_csv(file, **options)
    assert X_read.tolist() == X
    assert y_read.tolist() == y
    assert X_read.dtype == np.float64
    assert y_read.dtype == np.int64 or y_read.dtype.kind == "U"


def test_tables_take_dtype_and_bias(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text(IRIS)
    X, _ = read_csv(file, dtype=np.float32, bias=True)
    assert X.dtype == np.float32
    assert X[:, -1].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "holds no samples"),
        ("\n \n", {}, "holds no samples"),
        ("a,b,label\n", {}, "holds no samples"),
        ("1 2 3\n", {}, "the first line has a single column: pass delimiter="),
        ("1,2,3\n4,5\n", {}, "line 2: has 2 values, but the first line has 3"),
        ("1,2,a\n4,5,6,b\n", {}, "line 2: has 4 values, but the first line has 3"),
        ("a,b,label\n1,2\n", {}, "line 2: has 2 values, but the first line has 3"),
        ("a,b,label\n1,x,3\n", {}, "line 2: column 'b' is 'x', not a finite number: remove"),
        ("1,2,3\n4,nan,6\n", {}, "line 2: column 1 is 'nan', not a finite number"),
        ("1,2,3\n4,,6\n", {}, "line 2: column 1 is missing: remove the line or fill it in"),
        ("1,2,a\n4,5,\n", {}, "line 2: column 2 is missing"),
        ("1,5;2\n1,6;3\n", {"header": False}, "column 0 is '1,5', .*: write a point as decimal"),
        ("1,2,3.5\n4,5,6\n", {}, "column 2 holds 3.5, but labels are whole numbers or names"),
        ("1,2\n\xff".encode("latin-1"), {}, "not a table in UTF-8"),
        ("1,2\n\0\0,3\n", {}, "mine.csv"),
    ],
)
def test_a_wrong_table_is_refused_with_line_and_column(text, options, message, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DatasetError, match=message) as error:
        read_csv(file, **options)
    assert str(error.value).startswith(str(file))


def test_a_label_column_that_does_not_exist_is_named(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"label is 'c', but .* has columns a, b"):
        read_csv(file, label="c")
    with pytest.raises(ValueError, match=r"label is 2, but .* has 2 columns"):
        read_csv(file, label=2)
    with pytest.raises(FileNotFoundError, match=r"pass a .csv file"):
        read_csv(tmp_path / "gone.csv")
