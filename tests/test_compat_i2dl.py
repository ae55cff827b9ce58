"""The drop-in modules for I2DL: names, conventions, histories, files."""

import pickle
import random
import sys

import linclf
import linclf.compat
import numpy as np
import pytest
from compat_runs import wrongly_spelled
from dataset_files import channels_first, images, python2_batch, python3_batch, write_folder
from problems import draw
from reference import assert_close, objective

PARAMETERS = {
    "exercise_code.classifiers.softmax:cross_entropy_loss_naive": "W, X, y, reg",
    "exercise_code.classifiers.softmax:cross_entropy_loss_vectorized": "W, X, y, reg",
    "exercise_code.classifiers.softmax:cross_entropoy_loss_naive": "W, X, y, reg",
    "exercise_code.classifiers.softmax:cross_entropoy_loss_vectorized": "W, X, y, reg",
    "exercise_code.classifiers.softmax:softmax_hyperparameter_tuning": (
        "X_train, y_train, X_val, y_val"
    ),
    "exercise_code.classifiers.softmax:SoftmaxClassifier.loss": "X_batch, y_batch, reg",
    "exercise_code.classifiers.linear_classifier:LinearClassifier": "",
    "exercise_code.classifiers.linear_classifier:LinearClassifier.train": (
        "X, y, learning_rate=0.001, reg=1e-05, num_iters=100, batch_size=200, verbose=False"
    ),
    "exercise_code.classifiers.linear_classifier:LinearClassifier.predict": "X",
    "exercise_code.classifiers.linear_classifier:LinearClassifier.loss": "X_batch, y_batch, reg",
    "exercise_code.data_utils:load_CIFAR10": "root_dir",
    "exercise_code.data_utils:load_cifar_batch": "filename",
    "exercise_code.gradient_check:eval_numerical_gradient": "f, x, verbose=True, h=1e-05",
    "exercise_code.gradient_check:eval_numerical_gradient_array": "f, x, df, h=1e-05",
    "exercise_code.gradient_check:grad_check_sparse": "f, x, analytic_grad, num_checks=10, h=1e-05",
    "exercise_code.model_savers:save_model": "modelname, data",
    "exercise_code.model_savers:save_softmax_classifier": "classifier",
    "exercise_code.vis_utils:visualize_grid": "Xs, ubound=255.0, padding=1",
}


@pytest.fixture(autouse=True)
def _installed():
    linclf.compat.install("i2dl")
    yield
    linclf.compat.uninstall("i2dl")


@pytest.fixture
def softmax(_installed):
    """The course's module of losses."""
    from exercise_code.classifiers import softmax

    return softmax


@pytest.fixture
def data(rng):
    """(500, 9) with a bias column, and 4 classes that are nearly separable."""
    y = np.arange(500) % 4
    X = rng.normal(size=(500, 9)) + 2 * np.eye(4, 9)[y]
    X[:, -1] = 1
    return X, y


def test_every_name_is_there_with_its_parameters_and_defaults():
    assert not wrongly_spelled(PARAMETERS)


@pytest.mark.parametrize("form", ["naive", "vectorized"])
def test_the_loss_is_softmax_with_the_penalty_without_a_half(softmax, form, dtype):
    problem = draw(3, 40, 9, 5, dtype)
    W, X, y = problem.W, problem.X, problem.y
    loss, dW = getattr(softmax, f"cross_entropy_loss_{form}")(W, X, y, 0.7)
    exact = objective("softmax", W, X, y, 0.7)
    assert type(loss) is float
    assert_close(loss, exact.loss, exact.loss_size, dtype)
    assert_close(dW, exact.dW, exact.dW_size, dtype)
    without, _ = getattr(softmax, f"cross_entropy_loss_{form}")(W, X, y, 0.0)
    assert_close(loss - without, 0.7 * np.square(W, dtype=np.float64).sum(), loss, dtype)


def reference_training(X, y, learning_rate, reg, num_iters, batch_size):
    """The course's loop, in NumPy."""
    W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
    history = []
    for _ in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        S = X[rows] @ W
        P = np.exp(S - S.max(axis=1, keepdims=True))
        P /= P.sum(axis=1, keepdims=True)
        true = np.arange(batch_size), y[rows]
        history.append(-np.log(P[true]).mean() + reg * np.sum(W * W))
        P[true] -= 1
        W -= learning_rate * (X[rows].T @ P / batch_size + 2 * reg * W)
    return W, history


def test_a_seed_gives_the_history_of_the_courses_loop(softmax, data):
    X, y = data
    arguments = 0.05, 0.01, 230, 60
    np.random.seed(12)
    W, expected = reference_training(X, y, *arguments)
    after = np.random.random()
    clf = softmax.SoftmaxClassifier()
    assert clf.W is None
    np.random.seed(12)
    history = clf.train(X, y, *arguments)
    assert np.random.random() == after, "the generator is where the loop left it"
    assert type(history) is list
    assert all(type(loss) is float for loss in history)
    assert_close(history, np.array(expected), 230, "float64")
    assert_close(clf.W, W, 230, "float64")
    assert (clf.predict(X) == y).mean() > 0.8


def test_verbose_prints_every_100_iterations_in_the_words_of_the_course(softmax, data, capsys):
    np.random.seed(0)
    losses = softmax.SoftmaxClassifier().train(*data, num_iters=201, verbose=True)
    assert capsys.readouterr().out.splitlines() == [
        f"iteration {it} / 201: loss {losses[it]:f}" for it in (0, 100, 200)
    ]


def test_a_subclass_may_override_the_loss(softmax, data):
    class Own(softmax.LinearClassifier):
        def loss(self, X_batch, y_batch, reg):
            return softmax.cross_entropy_loss_naive(self.W, X_batch, y_batch, reg)

    np.random.seed(1)
    losses = Own().train(*data, 0.05, num_iters=30)
    np.random.seed(1)
    assert_close(losses, np.array(softmax.SoftmaxClassifier().train(*data, 0.05, num_iters=30)),
                 30, "float64")  # fmt: skip
    with pytest.raises(NotImplementedError, match="must define loss"):
        softmax.LinearClassifier().train(*data)


def test_the_tuning_returns_the_best_all_results_and_all_classifiers(softmax, data, capsys):
    X, y = data
    np.random.seed(3)
    best, results, everyone = softmax.softmax_hyperparameter_tuning(
        100 * X[:400], y[:400], 100 * X[400:], y[400:]
    )
    assert len(results) == len(everyone) > 1
    accuracies = [accuracy for _, accuracy in everyone]
    assert (best, max(accuracies)) == max(everyone, key=lambda pair: pair[1])
    assert max(accuracies) == np.mean(best.predict(X[400:]) == y[400:])
    assert sorted(accuracies) == sorted(of_val for _, of_val in results.values())
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == (
        f"best validation accuracy achieved during validation: {max(accuracies):f}"
    )
    for line, ((rate, reg), (of_train, of_val)) in zip(
        lines, sorted(results.items()), strict=False
    ):
        assert line == (
            f"lr {rate:e} reg {reg:e} train accuracy: {of_train:f} val accuracy: {of_val:f}"
        )


def test_the_sparse_check_prints_what_the_course_prints(softmax, data, capsys):
    from exercise_code.gradient_check import grad_check_sparse

    X, y = data
    W = 0.01 * np.random.default_rng(0).normal(size=(9, 4))
    _, grad = softmax.cross_entropy_loss_naive(W, X, y, 10.0)
    random.seed(5)
    grad_check_sparse(
        lambda w: softmax.cross_entropy_loss_naive(w, X, y, 10.0)[0], W, grad, num_checks=3
    )
    random.seed(5)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    for line in lines:
        entry = random.randrange(9), random.randrange(4)
        assert line.startswith("numerical: ")
        assert f" analytic: {grad[entry]:f}, relative error: " in line
        assert float(line.rpartition(" ")[2]) < 1e-6


def test_numerical_gradients_and_grids_are_there_as_well(capsys):
    from exercise_code.gradient_check import eval_numerical_gradient, eval_numerical_gradient_array
    from exercise_code.vis_utils import visualize_grid

    x = np.array([[1.0, -2.0]])
    grad = eval_numerical_gradient(lambda x: (x**2).sum(), x)
    np.testing.assert_allclose(grad, 2 * x, rtol=1e-8)
    assert capsys.readouterr().out.startswith("(0, 0) ")
    grad = eval_numerical_gradient_array(lambda x: x**2, x, np.array([[3.0, 1.0]]))
    np.testing.assert_allclose(grad, 2 * x * [3, 1], rtol=1e-8)
    assert visualize_grid(np.ones((3, 4, 4, 3))).shape == (9, 9, 3)


def test_the_first_years_spelling_is_the_same_function(softmax):
    assert softmax.cross_entropoy_loss_naive is softmax.cross_entropy_loss_naive
    assert softmax.cross_entropoy_loss_vectorized is softmax.cross_entropy_loss_vectorized


@pytest.mark.parametrize("write", [python2_batch, python3_batch])
def test_the_course_has_all_training_images_in_one_file(write, tmp_path):
    from exercise_code.data_utils import load_CIFAR10, load_cifar_batch

    X, y = images(30)
    (tmp_path / "cifar10_train.p").write_bytes(write(X, y))
    for found in (load_CIFAR10(tmp_path), load_cifar_batch(tmp_path / "cifar10_train.p")):
        assert found[0].dtype == np.float64
        np.testing.assert_array_equal(found[0], X)
        np.testing.assert_array_equal(found[1], y)


def test_the_published_batches_will_do_as_well(tmp_path):
    from exercise_code.data_utils import load_CIFAR10

    X, y = images(50)
    batches = {f"data_batch_{i + 1}": python2_batch(X[10 * i :][:10], y[10 * i :][:10])
               for i in range(5)}  # fmt: skip
    found = load_CIFAR10(write_folder(tmp_path, batches))
    assert found[0].dtype == np.float64
    np.testing.assert_array_equal(found[0], X)
    np.testing.assert_array_equal(found[1], y)


def test_a_file_that_does_more_than_hold_data_is_refused(tmp_path):
    from exercise_code.data_utils import load_CIFAR10

    X, y = images(3)
    harmful = {"data": channels_first(X), "labels": y.tolist(), "extra": print}
    (tmp_path / "cifar10_train.p").write_bytes(pickle.dumps(harmful))
    with pytest.raises(linclf.datasets.DatasetError, match=r"asks for builtins\.print"):
        load_CIFAR10(tmp_path)


def test_a_model_is_saved_under_the_names_of_the_course(softmax, data, tmp_path, monkeypatch):
    """The pickle names the course's own module, and the object's state is W alone."""
    from exercise_code.model_savers import save_model, save_softmax_classifier

    monkeypatch.chdir(tmp_path)
    clf = softmax.SoftmaxClassifier()
    clf.train(*data, num_iters=3)
    save_softmax_classifier(clf)
    content = (tmp_path / "models" / "softmax_classifier.p").read_bytes()
    loaded = pickle.loads(content)["softmax_classifier"]
    np.testing.assert_array_equal(loaded.W, clf.W)
    assert list(vars(loaded)) == ["W"]
    assert b"linclf" not in content

    class Theirs:
        pass

    monkeypatch.setattr(
        sys.modules["exercise_code.classifiers.softmax"], "SoftmaxClassifier", Theirs
    )
    theirs = pickle.loads(content)["softmax_classifier"]
    assert type(theirs) is Theirs
    np.testing.assert_array_equal(theirs.W, clf.W)
    save_model("another", [1, 2])
    assert pickle.loads((tmp_path / "models" / "another.p").read_bytes()) == {"another": [1, 2]}
