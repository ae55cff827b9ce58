"""Gradient checks, grids of images, features, files and metrics under the names of the courses."""

import importlib
import io
import pickle
import random
import re
from types import SimpleNamespace

import linclf
import numpy as np
import pytest
from compat_course import installed
from dataset_files import cifar_batches, images, python3_batch, write_folder
from linclf.compat._shared import numeric, saved
from linclf.datasets import DatasetError

NUMBERS = re.compile(r"numerical: (\S+) analytic: (\S+), relative error: (\S+)")


@pytest.fixture
def cs231n():
    """Import modules of CS231n by the end of their names."""
    with installed("cs231n"):
        yield lambda name: importlib.import_module(f"cs231n.{name}")


# --------------------------------------------------------------------------- gradients


def square(x):
    """A function whose central differences are exact."""
    return float((x**2).sum())


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_whole_gradient_is_returned_and_printed(order, capsys):
    x = np.array([[1.0, -2.0], [0.5, 4.0]], order=order)
    before = x.copy()
    grad = numeric.eval_numerical_gradient(square, x, h=2**-10)
    np.testing.assert_array_equal(grad, 2 * x)
    np.testing.assert_array_equal(x, before)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"{ix} {grad[ix]}" for ix in np.ndindex(2, 2)]
    numeric.eval_numerical_gradient(square, x, verbose=False)
    assert not capsys.readouterr().out


def test_the_gradient_of_a_function_with_many_values():
    x, df = np.array([[1.0, 2.0]]), np.array([[3.0, -1.0]])
    grad = numeric.eval_numerical_gradient_array(lambda x: x**2, x, df, h=2**-10)
    np.testing.assert_array_equal(grad, 2 * x * df)
    written = np.zeros((1, 2))

    def writes_into_one_array(x):
        written[:] = x**2
        return written

    np.testing.assert_array_equal(
        numeric.eval_numerical_gradient_array(writes_into_one_array, x, df, h=2**-10), 2 * x * df
    )


def test_gradients_in_blobs_and_nets(cs231n):
    check = cs231n("gradient_check")
    a, b, out = (SimpleNamespace(vals=np.array(v), diffs=None) for v in ([1.0, 2.0], [3.0], [0.0]))
    out.diffs = np.array([2.0])

    def product(a, b, out):
        out.vals = a.vals.sum() * b.vals

    da, db = check.eval_numerical_gradient_blobs(product, (a, b), out, h=2**-10)
    np.testing.assert_array_equal(da, [6.0, 6.0])
    np.testing.assert_array_equal(db, [6.0])
    net = SimpleNamespace(forward=lambda: product(a, b, out))
    da, db = check.eval_numerical_gradient_net(net, (a, b), out, h=2**-10)
    np.testing.assert_array_equal(da, [6.0, 6.0])


def test_some_entries_are_checked_where_randrange_says(capsys):
    x = np.arange(12.0).reshape(3, 4)
    random.seed(5)
    assert numeric.grad_check_sparse(square, x, 2 * x, num_checks=4, h=2**-10) is None
    random.seed(5)
    places = [(random.randrange(3), random.randrange(4)) for _ in range(4)]
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"numerical: {2 * x[ix]:f} analytic: {2 * x[ix]:f}, relative error: {0:e}" for ix in places
    ]
    numeric.grad_check_sparse(square, x, 2 * x)
    assert len(capsys.readouterr().out.splitlines()) == 10


def test_the_relative_error_is_the_courses_but_zero_over_zero_is_zero(capsys):
    numeric.grad_check_sparse(square, np.array([1.0]), np.array([6.0]), 1, h=2**-10)
    numeric.grad_check_sparse(lambda x: 0.0, np.array([1.0]), np.array([0.0]), 1)
    wrong, nothing = (NUMBERS.fullmatch(line) for line in capsys.readouterr().out.splitlines())
    assert wrong.groups() == ("2.000000", "6.000000", "5.000000e-01")
    assert nothing.groups() == ("0.000000", "0.000000", "0.000000e+00")


CHECKS = {
    "eval_numerical_gradient": lambda f, x: numeric.eval_numerical_gradient(f, x, False),
    "eval_numerical_gradient_array": lambda f, x: numeric.eval_numerical_gradient_array(f, x, 1.0),
    "grad_check_sparse": lambda f, x: numeric.grad_check_sparse(f, x, x),
    "check_gradient": lambda f, x: numeric.check_gradient(lambda x: (f(x), x), x),
}


@pytest.mark.parametrize("check", CHECKS)
def test_x_is_restored_when_the_function_raises(check):
    x = np.array([0.1, 0.7])
    calls = []

    def fails_later(x):
        calls.append(x.copy())
        if len(calls) == 2:
            raise ZeroDivisionError
        return 1.0

    with pytest.raises(ZeroDivisionError):
        CHECKS[check](fails_later, x)
    assert x.tolist() == [0.1, 0.7]


@pytest.mark.parametrize("check", CHECKS)
def test_integers_are_refused_because_every_difference_would_be_zero(check):
    with pytest.raises((TypeError, AssertionError), match="int64"):
        CHECKS[check](square, np.array([1, 2]))


def test_check_gradient_names_the_first_wrong_entry(capsys):
    def wrong_at_the_end(x):
        grad = 2 * x
        grad[-1, -1] += 1
        return square(x), grad

    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert numeric.check_gradient(wrong_at_the_end, x) is False
    assert capsys.readouterr().out == (
        "Gradients are different at (1, 1). Analytic: 9.00000, Numeric: 8.00000\n"
    )
    assert numeric.check_gradient(wrong_at_the_end, x, tol=0.5) is True
    assert capsys.readouterr().out == "Gradient check passed!\n"


@pytest.mark.parametrize(
    ("f", "x", "message"),
    [
        (square, [1.0], "x is a list"),
        (square, np.ones(2, np.float32), "x is of dtype float32"),
        (lambda x: (1.0, np.ones(3)), np.ones(2), r"of shape \(3,\), but x of \(2,\)"),
        (lambda x: (x.fill(0), np.ones(2)), np.ones(2), "shouldn't modify input"),
    ],
)
def test_check_gradient_insists(f, x, message):
    with pytest.raises(AssertionError, match=message):
        numeric.check_gradient(f, x)


@pytest.mark.parametrize("value", [lambda x: x * x, lambda x: float(x * x), lambda x: (x * x)[0]])
def test_check_gradient_takes_a_value_in_an_array_of_one_entry(value):
    assert numeric.check_gradient(lambda x: (value(x), 2 * x), np.array([3.0]))


# --------------------------------------------------------------------------- pictures


def test_a_grid_stretches_every_image(cs231n):
    visualize_grid = cs231n("vis_utils").visualize_grid
    Xs = np.random.default_rng(0).normal(size=(5, 4, 6, 3))
    Xs[2] = 7.0
    grid = visualize_grid(Xs, ubound=100.0, padding=2)
    assert grid.shape == (3 * 4 + 2 * 2, 3 * 6 + 2 * 2, 3)
    second = grid[:4, 8:14]
    np.testing.assert_allclose(second, 100 * (Xs[1] - Xs[1].min()) / np.ptp(Xs[1]))
    assert (second.min(), second.max()) == (0, 100)
    assert not grid[:4, 16:].any(), "one of a single colour is black, not NaN"
    assert not grid[4:6].any()
    np.testing.assert_array_equal(grid[6:10, :6], visualize_grid(Xs[3:4], 100.0))
    assert not grid[12:].any()
    assert visualize_grid(Xs).max() == 255.0


def test_grids_that_are_stretched_together(cs231n):
    vis = cs231n("vis_utils")
    Xs = np.arange(3 * 2 * 2).reshape(3, 2, 2, 1)
    grid = vis.vis_grid(Xs)
    assert grid.shape == (6, 6, 1)
    np.testing.assert_allclose(grid[:2, :2, 0], Xs[0, :, :, 0] / 11)
    np.testing.assert_allclose(grid[3:5, :2, 0], Xs[2, :, :, 0] / 11)
    assert not grid[2].any()
    board = vis.vis_nn([[Xs[0], Xs[1], Xs[2]]] * 2)
    assert board.shape == (6, 9, 1)
    np.testing.assert_allclose(board[3:5, 6:8, 0], Xs[2, :, :, 0] / 11)


# --------------------------------------------------------------------------- features


def test_the_histogram_of_gradients_is_the_filter_of_the_course(cs231n):
    ndimage = pytest.importorskip("scipy.ndimage")
    features = cs231n("features")
    for number, shape in enumerate([(32, 32, 3), (32, 32), (16, 16, 3), (35, 35, 3)]):
        image = np.random.default_rng(number).uniform(0, 255, shape)
        grey = features.rgb2gray(image) if image.ndim == 3 else image
        gx, gy = np.zeros(grey.shape), np.zeros(grey.shape)
        gx[:, :-1], gy[:-1, :] = np.diff(grey, axis=1), np.diff(grey, axis=0)
        magnitude, angle = np.hypot(gx, gy), np.degrees(np.arctan2(gy, gx + 1e-15)) + 90
        parts = []
        for low in range(0, 180, 20):
            inside = np.where((angle >= low) & (angle < low + 20) & (angle > 0), magnitude, 0)
            cells = grey.shape[0] // 8
            parts.append(ndimage.uniform_filter(inside, 8)[4::8, 4::8][:cells, :cells].T)
        found = features.hog_feature(image)
        np.testing.assert_allclose(found, np.stack(parts, axis=2).ravel(), atol=1e-11)
    assert features.hog_feature(np.zeros((16, 24, 3))).shape == (2 * 3 * 9,)


def test_the_histogram_of_hues(cs231n):
    pytest.importorskip("matplotlib")
    histogram = cs231n("features").color_histogram_hsv
    image = np.zeros((4, 4, 3))
    image[:2], image[2:] = (255, 0, 0), (0, 0, 255)
    np.testing.assert_allclose(histogram(image, nbin=3), [0.5, 0, 0.5])
    counts = histogram(image, nbin=3, normalized=False)
    np.testing.assert_allclose(counts, np.array([8, 0, 8]) * 85)
    assert histogram(images(1)[0][0]).sum() == pytest.approx(1)


def test_features_of_all_images_are_side_by_side(cs231n, capsys):
    extract_features = cs231n("features").extract_features
    X = np.arange(3 * 2 * 2 * 1.0).reshape(3, 2, 2, 1)
    functions = [lambda image: image.ravel()[:1], lambda image: image.sum(axis=0)]
    found = extract_features(X, functions, verbose=True)
    np.testing.assert_array_equal(found, [[0, 2, 4], [4, 10, 12], [8, 18, 20]])
    assert not capsys.readouterr().out
    assert extract_features(X[:0], functions).shape == (0,)
    with pytest.raises(AssertionError, match="must be one-dimensional"):
        extract_features(X, [lambda image: image])
    extract_features(np.zeros((2000, 1, 2)), [np.ravel], verbose=True)
    assert capsys.readouterr().out.splitlines() == [
        f"Done extracting features for {done} / 2000 images" for done in (1000, 2000)
    ]


# --------------------------------------------------------------------------- files


@pytest.mark.parametrize("kind", ["python2", "python3"])
def test_cifar10_is_float64_and_channels_last(kind, tmp_path, cs231n):
    parts, X, y = cifar_batches(kind)
    write_folder(tmp_path, parts)
    Xtr, Ytr, Xte, Yte = cs231n("data_utils").load_CIFAR10(tmp_path)
    assert Xtr.dtype == Xte.dtype == np.float64
    np.testing.assert_array_equal(np.concatenate([Xtr, Xte]), X)
    np.testing.assert_array_equal(np.concatenate([Ytr, Yte]), y)
    images, labels = cs231n("data_utils").load_CIFAR_batch(tmp_path / "test_batch")
    np.testing.assert_array_equal(images, Xte)
    assert images.dtype == np.float64
    np.testing.assert_array_equal(labels, Yte)
    with open(tmp_path / "test_batch", "rb") as file:
        batch = cs231n("data_utils").load_pickle(file)
    assert set(batch) >= {"data", "labels"}


def test_a_batch_that_is_none_is_refused(tmp_path, cs231n):
    (tmp_path / "batch").write_bytes(pickle.dumps({"labels": [1], "data": [2]}, protocol=2))
    with pytest.raises(DatasetError, match="is not a batch of CIFAR-10"):
        cs231n("data_utils").load_CIFAR_batch(tmp_path / "batch")
    (tmp_path / "evil").write_bytes(pickle.dumps(print))
    with pytest.raises(DatasetError, match=r"asks for builtins\.print"):
        cs231n("data_utils").load_CIFAR_batch(tmp_path / "evil")


@pytest.mark.parametrize(
    ("course", "module", "folder"),
    [
        ("cs231n", "cs231n.data_utils", "cs231n/datasets/cifar-10-batches-py"),
        ("modern_dl", "lib.data_utils", "lib/datasets/cifar-10-batches-py"),
    ],
)
def test_the_packaged_splits(course, module, folder, tmp_path, monkeypatch):
    parts, X, y = cifar_batches("python2")
    (tmp_path / folder).mkdir(parents=True)
    write_folder(tmp_path / folder, parts)
    monkeypatch.chdir(tmp_path)
    with installed(course):
        get_data = importlib.import_module(module).get_CIFAR10_data
        raw = get_data(12, 5, 3, subtract_mean=False)
        assert list(raw) == ["X_train", "y_train", "X_val", "y_val", "X_test", "y_test"]
        for name, part in (("train", slice(12)), ("val", slice(12, 17)), ("test", slice(20, 23))):
            np.testing.assert_array_equal(raw[f"X_{name}"].transpose(0, 2, 3, 1), X[part])
            np.testing.assert_array_equal(raw[f"y_{name}"], y[part])
        centred = get_data(num_training=12, num_validation=5, num_test=3)
        mean = raw["X_train"].mean(axis=0)
        for name in ("X_train", "X_val", "X_test"):
            np.testing.assert_allclose(centred[name], raw[name] - mean, atol=1e-12)
        with pytest.raises(ValueError, match="has 20 training images, but 50000 are asked for"):
            get_data()


def test_ecbm4040_reads_rows_of_bytes_from_the_folder_data(tmp_path, monkeypatch, capsys):
    parts, X, y = cifar_batches("python2")
    folder = tmp_path / "data" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    write_folder(folder, parts)
    monkeypatch.chdir(tmp_path)
    with installed("ecbm4040"):
        from ecbm4040 import cifar_utils

        cifar_utils.download_data()
        assert capsys.readouterr().out == "CIFAR-10 package already exists.\n"
        X_train, y_train, X_test, y_test = cifar_utils.load_data()
        assert X_train.dtype == np.uint8
        assert X_train.shape == (20, 3072)
        np.testing.assert_array_equal(X_train.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), X[:20])
        np.testing.assert_array_equal(np.concatenate([y_train, y_test]), y)
        for mode, expected in (("train", X_train), ("test", X_test)):
            pixels, _ = cifar_utils.load_data(mode)
            np.testing.assert_array_equal(pixels, expected)
        with pytest.raises(ValueError, match="Mode should be 'train' or 'test' or 'all'"):
            cifar_utils.load_data("val")


def test_ecbm4040_downloads_what_is_not_there(tmp_path, monkeypatch, capsys):
    parts, X, _ = cifar_batches("binary")
    fetched = []

    def fetch(name, *, folder):
        fetched.append(name)
        from dataset_files import tar_bytes

        folder.mkdir()
        (folder / "cifar-10-binary.tar.gz").write_bytes(tar_bytes(parts))

    monkeypatch.chdir(tmp_path)
    with installed("ecbm4040"):
        from linclf.compat.ecbm4040 import cifar_utils

        monkeypatch.setattr(cifar_utils, "fetch", fetch)
        X_train, *_ = cifar_utils.load_data()
        cifar_utils.load_data()
    assert fetched == ["cifar10"]
    np.testing.assert_array_equal(X_train.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), X[:20])
    assert capsys.readouterr().out == "Start downloading data...\nDownload complete.\n"


def test_dlcourse_draws_images_of_svhn_like_the_course(tmp_path):
    io_module = pytest.importorskip("scipy.io")
    parts = {}
    for seed, (name, n) in enumerate((("train", 30), ("test", 12))):
        X, y = images(n, seed)
        parts[name] = X, y
        content = {"X": X.transpose(1, 2, 3, 0), "y": np.where(y == 0, 10, y)[:, None]}
        io_module.savemat(tmp_path / f"{name}_32x32.mat", content)
    np.random.seed(3)
    rows = [np.random.choice(np.arange(n), most, replace=False) for n, most in ((30, 20), (12, 5))]
    with installed("dlcourse"):
        import dataset

        np.random.seed(3)
        train_X, train_y, test_X, test_y = dataset.load_svhn(str(tmp_path), 20, max_test=5)
        with pytest.raises(ValueError, match="max_train is 31, but there are only 30 images"):
            dataset.load_svhn(tmp_path, 31, 5)
    for X, y, name, chosen in (
        (train_X, train_y, "train", rows[0]),
        (test_X, test_y, "test", rows[1]),
    ):
        assert X.dtype == np.float32
        np.testing.assert_array_equal(X, parts[name][0][chosen])
        np.testing.assert_array_equal(y, parts[name][1][chosen])


def test_dlcourse_splits_by_its_seed():
    X, y = np.arange(20) * 10, np.arange(20)
    np.random.seed(42)
    order = np.arange(20)
    np.random.shuffle(order)
    with installed("dlcourse"):
        import dataset

        train_X, train_y, val_X, val_y = dataset.random_split_train_val(X, y, num_val=6)
    np.testing.assert_array_equal(train_y, order[:-6])
    np.testing.assert_array_equal(val_y, order[-6:])
    np.testing.assert_array_equal(train_X, 10 * train_y)
    np.testing.assert_array_equal(val_X, 10 * val_y)


def test_dlcourses_metrics():
    with installed("dlcourse"):
        import metrics

        assert metrics.multiclass_accuracy(np.array([1, 2, 3]), np.array([1, 2, 2])) == 2 / 3
        assert metrics.multiclass_accuracy(np.array([1, 2]), np.array([[1], [2]])) == 1
        predicted = np.array([True, True, True, False, False])
        true = np.array([True, True, False, True, False])
        found = metrics.binary_classification_metrics(predicted, true)
        np.testing.assert_allclose(found, (2 / 3, 2 / 3, 2 / 3, 3 / 5))
        nothing = metrics.binary_classification_metrics(~true & False, true)
        assert nothing == (0.0, 0.0, 0.0, 0.4)


# --------------------------------------------------------------------------- saved weights


def test_weights_are_saved_as_the_autograder_expects(tmp_path, monkeypatch, capsys, cs231n):
    monkeypatch.chdir(tmp_path)
    softmax = cs231n("classifiers").Softmax()
    softmax.W = np.random.default_rng(0).normal(size=(4, 3))
    softmax.save("softmax.npy")
    content = np.load("cs231n/saved/softmax.npy", allow_pickle=True).item()
    assert list(content) == ["W"]
    np.testing.assert_array_equal(content["W"], softmax.W)
    other = cs231n("classifiers").Softmax()
    assert other.load("best_softmax.npy") is False
    assert other.W is None
    assert other.load("softmax.npy") is True
    np.testing.assert_array_equal(other.W, softmax.W)
    assert capsys.readouterr().out.splitlines() == [
        "softmax.npy saved.",
        "best_softmax.npy not available.",
        "softmax.npy loaded.",
    ]


def test_weights_of_other_files_are_read_or_refused_without_running_them(tmp_path):
    path = tmp_path / "W.npy"
    np.save(path, np.eye(3))
    np.testing.assert_array_equal(saved.load_weights(path), np.eye(3))
    saved.save_weights(path, None)
    assert saved.load_weights(path) is None
    saved.save_weights(path, np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    np.testing.assert_array_equal(saved.load_weights(path), [[0, 1, 2], [3, 4, 5]])

    class Evil:
        def __reduce__(self):
            return (exec, ("raise SystemExit",))

    refused = "does not hold the weights of a classifier: "
    for content in ({"W": Evil()}, {"b": np.eye(2)}, {"W": np.eye(2, dtype=int)}, [1, 2]):
        np.save(path, np.array(content, dtype=object), allow_pickle=True)
        with pytest.raises(ValueError, match=refused):
            saved.load_weights(path)
    path.write_bytes(b"not a file of NumPy")
    with pytest.raises(ValueError, match=refused):
        saved.load_weights(path)


# --------------------------------------------------------------------------- the update rule


@pytest.mark.parametrize("shape", [(3,), (3, 2), (2, 3, 2)])
def test_the_update_rule_changes_w_in_place(shape, cs231n):
    sgd = cs231n("optim").sgd
    w, dw = np.ones(shape), np.full(shape, 2.0)
    next_w, config = sgd(w, dw)
    assert next_w is w
    assert config == {"learning_rate": 1e-2}
    np.testing.assert_allclose(w, 0.98)
    mine = {"learning_rate": 0.5}
    assert sgd(w, dw, mine)[1] is mine
    np.testing.assert_allclose(w, -0.02)


def test_the_files_of_a_course_come_from_python_3_too(tmp_path, cs231n):
    X, y = images(3)
    stream = io.BytesIO(python3_batch(X, y))
    assert cs231n("data_utils").load_pickle(stream)["labels"] == y.tolist()
    assert linclf.compat is importlib.import_module("linclf.compat")
