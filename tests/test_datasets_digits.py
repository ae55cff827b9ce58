"""The bundled digits, splits, and the hash that names the content of arrays."""

from pathlib import Path

import linclf.datasets
import numpy as np
import pytest
from linclf.datasets import content_hash, digits, stratified_split

DATA = Path(linclf.datasets.__file__).parent.parent / "data"
DIGITS_HASH = "45dfddfd6cec02f13e1bcbd9c1b58a6444032cf8bc39297a05d8ac888aca1a18"


def test_the_digits_are_all_there_as_small_integers():
    X, y = digits()
    assert X.shape == (1797, 64)
    assert X.dtype == np.uint8
    assert (X.min(), X.max()) == (0, 16)
    assert y.dtype == np.int64
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_digits_are_the_ones_of_the_licence_text():
    text = (DATA / "digits.txt").read_text()
    assert content_hash(*digits()) == DIGITS_HASH
    for fact in (DIGITS_HASH, "CC BY 4.0", "E. Alpaydin, C. Kaynak", "1998", "UCI"):
        assert fact in text
    assert (DATA / "digits.npz").stat().st_size < 60_000


def test_scikit_learn_has_the_same_digits():
    theirs = pytest.importorskip("sklearn.datasets").load_digits()
    X, y = digits()
    np.testing.assert_array_equal(X, theirs.data)
    np.testing.assert_array_equal(y, theirs.target)


def test_the_split_holds_out_a_third_of_every_class_and_is_the_same_for_everybody():
    X_train, y_train, X_test, y_test = digits(split="both")
    assert (len(X_train), len(X_test)) == (1198, 599)
    counts = np.bincount(digits()[1])
    assert (abs(np.bincount(y_test) - counts / 3) < 1).all()
    both = np.concatenate([X_train, X_test])
    assert sorted(map(bytes, both)) == sorted(map(bytes, digits()[0]))
    for split, expected in (("train", (X_train, y_train)), ("test", (X_test, y_test))):
        X, y = digits(split=split)
        np.testing.assert_array_equal(X, expected[0])
        np.testing.assert_array_equal(y, expected[1])


def test_digits_take_the_options_of_every_reader():
    X, _ = digits(flatten=False)
    assert X.shape == (1797, 8, 8, 1)
    X, _ = digits(dtype=np.float32, bias=True)
    assert X.dtype == np.float32
    assert X.shape == (1797, 65)
    assert (X[:, -1] == 1).all()
    assert X.flags.c_contiguous
    X_train, *_ = digits(split="both", test_size=0.5, rng=1)
    assert len(X_train) == 1797 - round(1797 / 2)


@pytest.mark.parametrize("kind", [int, np.random.SeedSequence, np.random.default_rng])
def test_rng_takes_a_seed_a_sequence_or_a_generator(kind):
    parts = [digits(split="test", rng=kind(3))[0] for _ in range(2)]
    np.testing.assert_array_equal(*parts)
    assert not np.array_equal(parts[0], digits(split="test", rng=kind(4))[0])


@pytest.mark.parametrize("test_size", [0.1, 1 / 3, 0.5, 0.9])
def test_a_stratified_split_is_exact_in_total_and_fair_by_class(test_size):
    y = np.repeat(["a", "b", "c"], [50, 7, 3])
    X = np.arange(len(y))
    X_train, y_train, X_test, y_test = stratified_split(X, y, test_size=test_size, rng=5)
    assert len(X_test) == round(60 * test_size)
    for label, count in (("a", 50), ("b", 7), ("c", 3)):
        assert abs((y_test == label).sum() - count * test_size) < 1
    assert sorted([*X_train, *X_test]) == list(range(60))
    np.testing.assert_array_equal(y[X_train], y_train)
    np.testing.assert_array_equal(y[X_test], y_test)


@pytest.mark.parametrize(
    ("n", "n_labels", "test_size", "message"),
    [
        (4, 3, 0.5, r"X has 4 samples but y has shape \(3,\)"),
        (4, 4, 0, "test_size is 0: pass a share"),
        (4, 4, 1.0, "test_size is 1.0: pass a share"),
        (2, 2, 0.1, "leaves one part empty"),
    ],
)
def test_a_split_that_cannot_be_is_refused(n, n_labels, test_size, message):
    with pytest.raises(ValueError, match=message):
        stratified_split(np.zeros((n, 2)), np.zeros(n_labels, int), test_size=test_size)


def test_the_content_hash_is_the_documented_sha256():
    import hashlib

    y = np.array([1, 2], dtype=np.int64)
    X = np.array([[1.5, -2.0]], dtype=np.float32)
    expected = hashlib.sha256(
        b"<i8 (2,)\n" + y.astype("<i8").tobytes() + b"<f4 (1, 2)\n" + X.astype("<f4").tobytes()
    )
    assert content_hash(y, X) == expected.hexdigest()


def test_the_content_hash_does_not_depend_on_layout_or_byte_order():
    X = np.random.default_rng(0).integers(0, 1000, (301, 7)).astype(np.int32)
    expected = content_hash(X)
    strided = np.zeros((602, 14), np.int32)
    strided[::2, ::2] = X
    for same in (np.asfortranarray(X), strided[::2, ::2], X[::-1].copy()[::-1], X.astype(">i4")):
        assert content_hash(same) == expected


def test_the_content_hash_is_taken_in_pieces_without_a_change(monkeypatch):
    X = np.arange(1000.0).reshape(100, 10)
    arrays = X, X[:0], X[0, 0], np.zeros((3, 0)), np.array(["a", "bc"])
    whole = content_hash(*arrays)
    monkeypatch.setattr("linclf.datasets.hashing._PIECE_BYTES", 100)
    assert content_hash(*arrays) == whole


def test_the_content_hash_tells_type_shape_and_order_apart():
    X = np.arange(6)
    arrays = [(X,), (X.astype("i4"),), (X.reshape(2, 3),), (X, X), (X[::-1],), (X[:3], X[3:]), ()]
    assert len({content_hash(*each) for each in arrays}) == len(arrays)
    with pytest.raises(TypeError, match="array 1 has dtype object"):
        content_hash(X, np.array([None]))
