"""Whatever users pass as X and y is read without a copy, converted, or refused with a remedy."""

import logging

import numpy as np
import pytest
from linclf import LinearClassifier
from linclf._inputs import as_features, warn_of_constant_one
from linclf._labels import as_labels, encode
from problems import LAYOUTS

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 2, 0, 1, 2])
FAST = {"epochs": 2}


class Sparse:
    """All that linclf looks at in a sparse matrix."""

    nnz, shape = 3, (6, 2)

    def toarray(self):
        raise AssertionError("it must be the user who makes it dense")


# --------------------------------------------------------------------------- X that is read


@pytest.mark.parametrize("dtype", ["float64", "float32", "uint8", "int8", "uint16", "int64"])
def test_arrays_are_used_where_they_lie(layout, dtype, caplog):
    array = layout(X.astype(dtype))
    assert as_features(array) is array
    assert not caplog.records


def test_booleans_are_seen_as_zeros_and_ones_without_a_copy():
    array = X > 5
    assert np.shares_memory(as_features(array), array)
    np.testing.assert_array_equal(as_features(array), array.astype(int))


@pytest.mark.parametrize(
    ("given", "dtype", "why"),
    [
        (X.tolist(), np.float64, "list"),
        (X.astype(int).tolist(), np.int64, "list"),
        (X.astype(np.float16), np.float32, "float16 array"),
        (X.astype(np.longdouble), np.float64, "array"),
        (X.astype(">f8"), np.float64, ">f8|float64 array"),
        (X.astype(object), np.float64, "object array"),
        (np.frombuffer(b"\0" + X.tobytes(), "V1")[1:].view("f8").reshape(6, 2), np.float64, ""),
    ],
)
def test_everything_else_is_copied_once_and_that_is_logged(given, dtype, why, caplog):
    with caplog.at_level(logging.INFO, "linclf"):
        array = as_features(given)
    assert array.dtype == dtype
    assert array.dtype.isnative
    assert array.flags.aligned
    np.testing.assert_array_equal(array, X)
    (record,) = caplog.records
    assert record.getMessage().startswith("X was copied: ")
    assert any(part in record.getMessage() for part in why.split("|"))


def test_training_on_pixels_makes_no_float_copy():
    """Float64 would take 64 MB; row numbers, the mean and what is looked at for the rate do not."""
    import tracemalloc

    pixels, labels = np.zeros((125_000, 64), np.uint8), np.arange(125_000) % 3
    pixels[:, 0] = labels
    clf = LinearClassifier(center="mean", learning_rate=0.1, epochs=1)
    tracemalloc.start()
    try:
        clf.fit(pixels, labels).predict(pixels)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < pixels.nbytes


def test_inputs_are_never_written_to(layout):
    array, labels = layout(X), Y.copy()
    array.flags.writeable = labels.flags.writeable = False
    clf = LinearClassifier(center="mean", early_stopping=True, validation_fraction=0.5, **FAST)
    clf.fit(array, labels).partial_fit(array, labels).score(array, labels)
    np.testing.assert_array_equal(array, X)


# --------------------------------------------------------------------------- X that is refused


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (None, ValueError, "X is None; pass an array"),
        (Sparse(), TypeError, r"Sparse X is not supported; pass X.toarray\(\)"),
        (np.ma.masked_less(X, 3), TypeError, r"masked entries; pass X.filled"),
        (7.0, ValueError, "Expected 2D array, got 0D array"),
        (X[0], ValueError, r"got 1D array instead: X has shape \(2,\).*X.reshape\(1, -1\)"),
        (X.reshape(3, 2, 2), ValueError, r"dim 3.*X.reshape\(len\(X\), -1\)"),
        (X[:0], ValueError, r"0 sample\(s\) \(shape=\(0, 2\)\)"),
        (X[:, :0], ValueError, r"0 feature\(s\) \(shape=\(6, 0\)\)"),
        (X + 1j, ValueError, "Complex data not supported: X is complex128"),
        (X.astype(str), ValueError, "X is an array of <U32; convert it to numbers"),
        (X.astype("M8[s]"), ValueError, "convert it to numbers"),
        ([[1, 2], [3]], ValueError, "inhomogeneous"),
        ([[1, {}]], TypeError, "number, not 'dict'"),
        ([[1, "two"]], ValueError, "convert"),
    ],
)
def test_what_is_no_matrix_of_numbers_is_refused_with_the_remedy(bad, error, message):
    clf = LinearClassifier(**FAST).fit(X, Y)
    for use in (lambda: LinearClassifier().fit(bad, Y), lambda: clf.predict(bad)):
        with pytest.raises(error, match=message):
            use()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("value", "name"), [(np.nan, "NaN"), (np.inf, "inf"), (-np.inf, "inf")])
def test_values_that_are_not_finite_are_refused_and_located(value, name, dtype, layout):
    array = np.ones((9000, 3), dtype)
    array[7777, 1] = value
    with pytest.raises(ValueError, match=rf"{name}.*row 7777, column 1"):
        as_features(layout(array))


def test_large_finite_numbers_are_no_reason_to_refuse():
    array = np.full((9000, 3), 1e308)
    assert as_features(array) is array


def test_the_wrong_number_of_columns_is_named_for_every_method():
    clf = LinearClassifier(**FAST).fit(X, Y)
    uses = (clf.predict, clf.decision_function, clf.predict_proba, lambda X: clf.score(X, Y))
    for use in (*uses, lambda X: clf.partial_fit(X, Y)):
        with pytest.raises(ValueError, match="X has 1 features, but LinearClassifier is expecting"):
            use(X[:, :1])


# --------------------------------------------------------------------------- labels


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["b", "a", "c", "b", "a", "c"]),
        np.array(["b", "a", "c", "b", "a", "c"], dtype=object),
        ["b", "a", "c", "b", "a", "c"],
        np.array([b"b", b"a", b"b", b"b", b"a", b"a"]),
        np.array([-5, 7, 300, -5, 7, 300]),
        np.array([255, 0, 1, 255, 0, 1], dtype=np.uint8),
        np.array([True, False, True, True, False, False]),
        np.array([1.0, 2.0, 3.0, 1.0, 2.0, 3.0]),
        np.array([3, 1, 2, 3, 1, 2], dtype=object),
        [0, 0, 0, 0, 0, 0],
    ],
)
def test_labels_of_every_kind_come_back_as_they_were(labels):
    clf = LinearClassifier("hinge", epochs=300, learning_rate=0.05).fit(np.eye(6), labels)
    np.testing.assert_array_equal(clf.classes_, np.unique(np.asarray(labels)))
    np.testing.assert_array_equal(clf.predict(np.eye(6)), labels)
    assert clf.score(np.eye(6), labels) == 1


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (None, "requires y to be passed, but the target y is None"),
        (Y[:5], "y has 5 labels, but X has 6 samples"),
        (np.eye(6), r"array of shape \(6, 6\); if it is one-hot, pass y.argmax\(axis=1\)"),
        (np.zeros((6, 1, 1)), r"1d array, got an array of shape \(6, 1, 1\)"),
        (3, "1d array"),
        (Y + 0.5, r"Unknown label type: continuous. y\[0\] is 0.5"),
        (np.where(Y > 1, np.nan, Y), "Input y contains NaN"),
        (np.where(Y > 1, np.inf, Y), "Input y contains infinity"),
        (Y + 1j, "Complex data not supported: y is complex128"),
        (["a", "b", None, "a", "b", "c"], "NaN or None, first in row 2"),
        (["a", "b", float("nan"), "a", "b", "c"], "row 2"),
        (np.array(["a", 1, "a", "b", 2, 3], dtype=object), "y holds int and str"),
        (Y.astype("M8[D]"), "Unknown label type: datetime64"),
    ],
)
def test_what_is_no_label_is_refused_with_the_remedy(bad, message):
    with pytest.raises(ValueError, match=message):
        LinearClassifier().fit(X, bad)


def test_a_column_of_labels_is_taken_with_a_warning():
    with pytest.warns(UserWarning, match=r"column-vector y.*Pass y.ravel\(\)") as caught:
        clf = LinearClassifier(**FAST).fit(X, Y[:, None])
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(clf.W_, LinearClassifier(**FAST).fit(X, Y).W_)


def test_encoding_finds_every_label_and_names_the_first_stranger():
    classes = np.array(["ant", "bee", "cat"])
    np.testing.assert_array_equal(encode(np.array(["cat", "ant"]), classes), [2, 0])
    with pytest.raises(ValueError, match=r"y\[1\] is 'zebra', which is not among the classes"):
        encode(np.array(["cat", "zebra", "yak"]), classes)
    with pytest.raises(ValueError, match="y holds numbers, but the classes are strings"):
        encode(np.array([1, 2]), classes)
    assert encode(as_labels([], 0), np.array([1, 2])).dtype == np.int64


# --------------------------------------------------------------------------- frames


@pytest.fixture
def frames():
    """Return pandas, or skip."""
    return pytest.importorskip("pandas", reason="pandas is not installed")


def test_the_names_of_a_frame_are_kept_and_compared(frames):
    frame = frames.DataFrame(X, columns=["height", "width"])
    clf = LinearClassifier(**FAST).fit(frame, frames.Series(Y))
    assert clf.feature_names_in_.tolist() == ["height", "width"]
    np.testing.assert_array_equal(clf.predict(frame), LinearClassifier(**FAST).fit(X, Y).predict(X))
    for use in (clf.predict, clf.score, clf.partial_fit):
        arguments = () if use == clf.predict else (Y,)
        with pytest.raises(ValueError, match="must be in the same order"):
            use(frame[["width", "height"]], *arguments)
        with pytest.raises(ValueError, match=r"unseen at fit time:\n- depth\n.*missing:\n- width"):
            use(frame.rename(columns={"width": "depth"}), *arguments)
    with pytest.warns(UserWarning, match="X does not have valid feature names") as caught:
        clf.predict(X)
    assert caught[0].filename == __file__
    assert not hasattr(clf.fit(X, Y), "feature_names_in_")
    with pytest.warns(UserWarning, match="was fitted without feature names"):
        clf.predict(frame)


def test_columns_that_are_numbers_are_no_names_and_a_mixture_is_refused(frames):
    clf = LinearClassifier(**FAST).fit(frames.DataFrame(X), Y)
    assert not hasattr(clf, "feature_names_in_")
    with pytest.raises(TypeError, match=r"X.columns.astype\(str\)"):
        clf.fit(frames.DataFrame(X, columns=["a", 1]), Y)


def test_a_frame_of_one_dtype_is_not_copied_and_a_mixed_one_is_and_says_so(frames, caplog):
    with caplog.at_level(logging.INFO, "linclf"):
        as_features(frames.DataFrame(X))
        assert not caplog.records
        as_features(frames.DataFrame({"a": [1, 2], "b": [0.5, 1.5]}))
    assert "mixed DataFrame" in caplog.text


def test_strings_of_a_series_are_labels(frames):
    names = frames.Series(["b", "a"] * 3)
    clf = LinearClassifier(**FAST).fit(X, names.astype("category"))
    assert clf.classes_.tolist() == ["a", "b"]
    assert LinearClassifier(**FAST).fit(X, names).score(X, names) >= 0.5


# --------------------------------------------------------------------------- columns of ones


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_column_is_only_called_constant_if_every_row_is_one(name):
    ones = np.ones((100, 3))
    ones[3, 0] = ones[96, 1] = 2
    with pytest.warns(UserWarning, match=r"X\[:, 2\]"):
        warn_of_constant_one(LAYOUTS[name](ones))
    warn_of_constant_one(LAYOUTS[name](ones[:, :2]))
    warn_of_constant_one(np.ones((1, 3)))
