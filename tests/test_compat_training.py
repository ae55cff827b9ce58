"""Losses in the conventions of the courses, and training equal to their NumPy loop."""

import importlib
import warnings

import numpy as np
import pytest
from compat_course import C, D, N, assert_same_run, choice, installed, numpy_loop, samples, shuffles
from linclf import L2
from reference import WIDE, assert_close, objective

RATE, REG, STEPS = 0.05, 0.3, 120

#: (course, module, class) -> loss, factor of sum(W**2) per unit of reg
CLASSIFIERS = {
    ("cs231n", "cs231n.classifiers", "LinearSVM"): ("hinge", 1.0),
    ("cs231n", "cs231n.classifiers", "Softmax"): ("softmax", 1.0),
    ("cs231n2016", "cs231n.classifiers", "LinearSVM"): ("hinge", 0.5),
    ("cs231n2016", "cs231n.classifiers", "Softmax"): ("softmax", 0.5),
    ("modern_dl", "lib.classifiers", "Softmax"): ("softmax", 1.0),
    ("ecbm4040", "ecbm4040.classifiers.basic_classifiers", "LinearSVM"): ("hinge", 1.0),
    ("ecbm4040", "ecbm4040.classifiers.basic_classifiers", "Softmax"): ("softmax", 1.0),
    ("ecbm4040", "utils.classifiers.basic_classifiers", "Softmax"): ("softmax", 0.5),
}


def name_of(where):
    """Return a short name of a class for the list of tests."""
    return "-".join(where)


@pytest.fixture(params=CLASSIFIERS, ids=name_of)
def known(request):
    """A class of an installed course, its loss, and its factor of the regulariser."""
    course, module, name = request.param
    with installed(course):
        yield (getattr(importlib.import_module(module), name), *CLASSIFIERS[request.param])


def reported(known, answers, weights):
    """Return the losses that the course reports: modern_dl adds the norm, not its square."""
    kind = known[0]
    if not kind.__module__.startswith("linclf.compat.modern_dl"):
        return None
    norms = [np.sqrt((W**2).sum()) for W in weights]
    return [answer.data_loss + REG * norm for answer, norm in zip(answers, norms, strict=True)]


def numpy_run(known, X, y, batch_size, steps=STEPS, **options):
    """Run the course's loop in NumPy from seed 7; return what `numpy_loop` does, and a draw."""
    np.random.seed(7)
    W, answers, weights = numpy_loop(
        known[1],
        X,
        y,
        lambda: choice(len(X), batch_size, steps),
        learning_rate=RATE,
        l2=known[2] * REG,
        **options,
    )
    return W, answers, reported(known, answers, weights), np.random.rand()


@pytest.mark.parametrize("batch_size", [1, 16, 200])
def test_a_seeded_history_is_that_of_the_numpy_loop(known, batch_size, capsys):
    X, y = samples()
    W, answers, losses, next_number = numpy_run(known, X, y, batch_size)
    np.random.seed(7)
    classifier = known[0]()
    history = classifier.train(
        X, y, learning_rate=RATE, reg=REG, num_iters=STEPS, batch_size=batch_size
    )
    assert np.random.rand() == next_number, "the global random state is where the loop leaves it"
    assert_same_run(history, classifier.W, W, answers, losses)


@pytest.mark.parametrize("dtype", ["float32", "uint8", "int64"])
def test_data_of_other_dtypes_give_the_same_history_as_float64(known, dtype, monkeypatch, capsys):
    X, y = samples()
    X = np.round(abs(X)) if dtype != "float32" else X.astype("float32").astype("float64")
    histories = []
    for data, limit in ((X, None), (X.astype(dtype), None), (X.astype(dtype), 0)):
        if limit is not None:  # as if X were too large to be converted at once
            where = "linclf.compat._shared.classifier._CONVERTED_AT_ONCE"
            monkeypatch.setattr(where, limit)
        np.random.seed(7)
        classifier = known[0]()
        history = classifier.train(data, y, learning_rate=RATE, reg=REG, num_iters=30)
        histories.append([history, classifier.W.tobytes()])
    assert histories[0] == histories[1]
    np.testing.assert_allclose(histories[0][0], histories[2][0], rtol=1e-13)


def test_a_loss_of_ones_own_sees_the_same_batches(known, capsys):
    class Own(known[0]):
        def loss(self, X_batch, y_batch, reg):
            return super().loss(X_batch, y_batch, reg)

    X, y = samples()
    runs = []
    for kind in (known[0], Own):
        np.random.seed(3)
        classifier = kind()
        history = classifier.train(X, y, learning_rate=RATE, reg=REG, num_iters=50, batch_size=20)
        runs.append((history, classifier.W, np.random.rand()))
    np.testing.assert_allclose(runs[0][0], runs[1][0], rtol=1e-12)
    np.testing.assert_allclose(runs[0][1], runs[1][1], rtol=1e-10)
    assert runs[0][2] == runs[1][2]


def test_a_loss_may_draw_random_numbers_itself(known, capsys):
    class Noisy(known[0]):
        def loss(self, X_batch, y_batch, reg):
            drawn.append(np.random.rand())
            return 0.0, np.zeros_like(self.W)

    drawn = []
    X, y = samples()
    np.random.seed(3)
    Noisy().train(X, y, num_iters=3, batch_size=5)
    np.random.seed(3)
    np.random.randn(D, C)
    expected = []
    for _ in range(3):
        np.random.choice(N, 5)
        expected.append(np.random.rand())
    assert drawn == expected


def test_a_run_that_diverges_goes_on_with_a_warning(known, capsys):
    X, y = samples()
    np.random.seed(0)
    classifier = known[0]()
    with pytest.warns(RuntimeWarning, match="the loss is not finite from iteration") as caught:
        history = classifier.train(X, y, learning_rate=1e200, reg=1.0, num_iters=40)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert len(history) == 40
    assert np.isfinite(history[0])
    assert not np.isfinite(history[-1])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": np.ones((N, 2, 2))}, ValueError, "flatten each sample"),
        ({"y": np.arange(N) % C - 1}, ValueError, r"y\[\d+\] is -1"),
        ({"y": np.linspace(0, 2, N)}, ValueError, r"y\[1\] is 0.03.*; labels are whole numbers"),
        ({"learning_rate": "fast"}, TypeError, "learning_rate is a str"),
        ({"learning_rate": -0.1}, ValueError, "learning_rate is -0.1"),
        ({"num_iters": -1}, ValueError, "num_iters is -1"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"reg": -1.0}, ValueError, "lam is -1"),
    ],
)
def test_bad_input_is_named(change, error, message):
    X, y = samples()
    with installed("cs231n"):
        from cs231n.classifiers import LinearSVM

        with pytest.raises(error, match=message):
            LinearSVM().train(**{"X": X, "y": y, "num_iters": 5, "batch_size": 9, **change})


def test_labels_may_be_a_column_a_list_or_floats(known, capsys):
    X, y = samples()
    histories = []
    for labels in (y, y[:, None], y.tolist(), y.astype(float), y.astype(np.uint8)):
        np.random.seed(1)
        histories.append(known[0]().train(X, labels, num_iters=3))
    assert all(history == histories[0] for history in histories)


# --------------------------------------------------------------------------- single courses


@pytest.mark.parametrize("name", ["LinearSVM", "Softmax"])
def test_cs231n_of_2015_has_samples_in_columns(name):
    X, y = samples()
    first, runs = 0.001 * np.random.default_rng(0).normal(size=(C, D)), []
    for course, data in (("cs231n2015", np.ascontiguousarray(X.T)), ("cs231n2016", X)):
        with installed(course):
            from cs231n.classifiers import linear_classifier, linear_svm, softmax

            classifier = getattr(linear_classifier, name)()
            classifier.W = first.copy() if course == "cs231n2015" else first.T.copy()
            np.random.seed(4)
            history = classifier.train(data, y, RATE, REG, 40, 30)
            module = linear_svm if name == "LinearSVM" else softmax
            loss = "svm_loss" if name == "LinearSVM" else "softmax_loss"
            for kind in ("naive", "vectorized"):
                value, dW = getattr(module, f"{loss}_{kind}")(classifier.W, data, y, REG)
                assert (dW.shape, dW.flags.c_contiguous) == (classifier.W.shape, True)
            own = classifier.loss(data[..., :20], y[:20], REG) if course == "cs231n2015" else None
            runs.append((history, classifier.W, value, dW, classifier.predict(data), own))
    (history, W, value, dW, predicted, own), plain = runs
    assert W.shape == dW.shape == (C, D)
    assert history == plain[0]
    assert value == plain[2]
    np.testing.assert_array_equal(W, plain[1].T)
    np.testing.assert_array_equal(dW, plain[3].T)
    np.testing.assert_array_equal(predicted, plain[4])
    assert own[1].shape == (C, D)


def test_cs231n_of_2015_draws_its_first_w_class_by_class():
    X, y = samples()
    with installed("cs231n2015"):
        from cs231n.classifiers import LinearSVM

        class Own(LinearSVM):
            def loss(self, X_batch, y_batch, reg):
                assert X_batch.shape == (D, 9)
                return super().loss(X_batch, y_batch, reg)

        np.random.seed(4)
        untrained = LinearSVM()
        untrained.train(X.T, y, num_iters=0)
        np.random.seed(4)
        np.testing.assert_array_equal(untrained.W, 0.001 * np.random.randn(C, D))
        histories = []
        for kind in (LinearSVM, Own):
            np.random.seed(4)
            histories.append(kind().train(X.T, y, RATE, REG, 20, batch_size=9))
        np.testing.assert_allclose(*histories, rtol=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("name", ["LinearSVM", "Softmax"])
def test_ecbm4040_trains_with_momentum(name, momentum):
    X, y = samples()
    with installed("ecbm4040"):
        from ecbm4040.classifiers import basic_classifiers

        kind = getattr(basic_classifiers, name)
        known = (kind, "hinge" if name == "LinearSVM" else "softmax", 1.0)
        W, answers, _, _ = numpy_run(known, X, y, 20, steps=40, momentum=momentum)
        np.random.seed(7)
        classifier = kind()
        history = classifier.train(X, y, RATE, REG, 40, 20, optim="momentum", momentum=momentum)
        assert classifier.velocity.shape == classifier.W.shape
        assert bool(classifier.velocity.any()) == bool(momentum)
        with pytest.raises(ValueError, match="optim is 'Adam'; it must be 'SGD' or 'momentum'"):
            classifier.train(X, y, optim="Adam")
        with pytest.raises(ValueError, match="momentum is 1"):
            classifier.train(X, y, optim="momentum", momentum=1.0)
    for answer in answers:  # a step moves by up to 1 / (1 - momentum) of a plain one
        object.__setattr__(answer, "dW_size", answer.dW_size / (1 - momentum))
        object.__setattr__(answer, "loss_size", answer.loss_size / (1 - momentum))
    assert_same_run(history, classifier.W, W, answers)


def test_ecbm4040_without_momentum_has_a_velocity_of_zeros():
    X, y = samples()
    with installed("ecbm4040"):
        from ecbm4040.classifiers.basic_classifiers import Softmax

        classifier = Softmax()
        assert classifier.velocity is None
        classifier.train(X, y, num_iters=5)
        np.testing.assert_array_equal(classifier.velocity, np.zeros((D, C)))


def test_ecbm4040_logistic_regression_is_this_numpy_loop():
    X, y = samples()
    y = y % 2
    np.random.seed(5)
    w = 0.001 * np.random.randn(D)
    losses = []
    for _ in range(60):
        rows = np.random.choice(N, 20)
        p = 1 / (1 + np.exp(-(X[rows] @ w)))
        t = y[rows]
        losses.append(-np.mean(t * np.log(p) + (1 - t) * np.log(1 - p)) + REG / 2 * (w @ w))
        w = w - RATE * (X[rows].T @ (p - t) / 20 + REG * w)
    with installed("ecbm4040"):
        from utils.classifiers.basic_classifiers import LogisticRegression

        np.random.seed(5)
        classifier = LogisticRegression()
        history = classifier.train(X, y, RATE, REG, 60, 20)
        np.testing.assert_allclose(history, losses, rtol=1e-12)
        np.testing.assert_allclose(classifier.W, w, rtol=1e-10)
        np.testing.assert_array_equal(classifier.predict(X), X @ w > 0)


@pytest.mark.parametrize("batch_size", [7, 20, 60, 100])
def test_dlcourse_shuffles_in_every_epoch(batch_size, capsys):
    X, y = samples()
    np.random.seed(11)
    W, answers, _ = numpy_loop(
        "softmax",
        X,
        y,
        lambda: shuffles(N, batch_size, 5),
        learning_rate=RATE,
        l2=REG,
    )
    next_number = np.random.rand()
    with installed("dlcourse"):
        import linear_classifer

        np.random.seed(11)
        classifier = linear_classifer.LinearSoftmaxClassifier()
        history = classifier.fit(X, y, batch_size=batch_size, learning_rate=RATE, reg=REG, epochs=5)
        assert np.random.rand() == next_number
        assert_same_run(history, classifier.W, W, answers)
        per_epoch = -(-N // batch_size)
        assert capsys.readouterr().out.splitlines() == [
            f"Epoch {epoch}, loss: {history[(epoch + 1) * per_epoch - 1]:f}" for epoch in range(5)
        ]
        first = classifier.W.copy()
        assert classifier.fit(X, y, epochs=0) == []
        classifier.fit(X, y, learning_rate=RATE)
        assert not np.array_equal(classifier.W, first)
        assert classifier.W.shape == first.shape
        assert (classifier.predict(X) == y).mean() > 0.5


# --------------------------------------------------------------------------- losses


@pytest.mark.parametrize("reg", [0.0, 0.1, 50.0])
def test_the_regulariser_is_the_one_of_the_course(known, reg):
    kind, loss, factor = known
    X, y = samples(3)
    classifier = kind()
    classifier.W = np.random.default_rng(2).normal(size=(D, C))
    exact = objective(loss, classifier.W, X, y, L2(factor * reg))
    value, dW = classifier.loss(X, y, reg)
    expected = exact.loss
    if kind.__module__.startswith("linclf.compat.modern_dl"):
        expected = exact.data_loss + reg * np.sqrt((classifier.W.astype(WIDE) ** 2).sum())
    assert_close(value, expected, exact.loss_size + reg * D * C, "float64", "loss")
    assert_close(dW, exact.dW, exact.dW_size, "float64", "dW")


def test_modern_dls_gradient_is_not_that_of_its_loss():
    X, y = samples()
    W = np.random.default_rng(2).normal(size=(D, C))
    with installed("modern_dl"):
        from lib.classifiers.softmax import softmax_loss_vectorized
        from lib.gradient_check import check_gradient

        assert check_gradient(lambda W: softmax_loss_vectorized(W, X, y, 0.0), W)
        assert not check_gradient(lambda W: softmax_loss_vectorized(W, X, y, 1.0), W)


@pytest.mark.parametrize("n", [1, 3, 255, 256, 257, 600])
@pytest.mark.parametrize("loss", ["hinge", "softmax"])
def test_losses_of_scores_are_those_of_the_oracle(loss, n):
    rng = np.random.default_rng(n)
    S, y = 3 * rng.normal(size=(n, 5)), rng.integers(0, 5, n)
    exact = objective(loss, S, np.eye(n), y)
    with installed("cs231n"):
        from cs231n import layers

        function = layers.svm_loss if loss == "hinge" else layers.softmax_loss
        value, dx = function(S, y)
    assert type(value) is float
    assert_close(value, exact.loss, exact.loss_size, "float64", "loss")
    assert_close(dx, exact.dW, exact.dW_size, "float64", "dx")


def test_the_scores_of_the_slides():
    cat_car_frog = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
    with installed("cs231n"):
        from cs231n.layers import softmax_loss, svm_loss

        loss, dx = svm_loss(cat_car_frog, np.array([0, 1, 2]))
        assert round(loss, 6) == 5.266667
        np.testing.assert_allclose(3 * dx, [[-1, 1, 0], [0, 0, 0], [1, 1, -2]], atol=1e-15)
        assert round(softmax_loss(cat_car_frog, np.array([0, 1, 2]))[0], 6) == 2.758655
        assert softmax_loss(np.array([[0.0, 1000.0]]), np.array([0]))[0] == 1000.0
        with pytest.raises(ValueError, match=r"scores are of shape \(3, 3\) and labels of \(2,\)"):
            svm_loss(cat_car_frog, np.array([0, 1]))


def test_uint8_pixels_do_not_wrap():
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 256, (30, 12), dtype=np.uint8), rng.integers(0, 3, 30)
    W = 0.01 * rng.normal(size=(12, 3))
    with installed("cs231n"):
        from cs231n.classifiers.linear_svm import svm_loss_naive

        loss, dW = svm_loss_naive(W, X, y, 0.1)
        expected, expected_dW = svm_loss_naive(W, X.astype(float), y, 0.1)
        assert loss == expected
        np.testing.assert_array_equal(dW, expected_dW)


def test_integer_weights_are_read_as_floats():
    with installed("cs231n"):
        from cs231n.classifiers.softmax import softmax_loss_vectorized

        loss, dW = softmax_loss_vectorized(np.zeros((2, 3), int), np.eye(2), [0, 1], 0.0)
    assert dW.dtype == np.float64
    assert round(loss, 6) == 1.098612


# --------------------------------------------------------------------------- dlcourse


@pytest.fixture
def linear_classifer():
    """The module of dlcourse."""
    with installed("dlcourse"):
        yield importlib.import_module("linear_classifer")


def test_dlcourses_functions_take_one_sample_or_a_batch(linear_classifer):
    scores = np.array([[1.0, 0.0, 0.0], [2.0, -1.0, 1000.0]])
    exact = objective("softmax", scores, np.eye(2), np.array([1, 2]))
    loss, grad = linear_classifer.softmax_with_cross_entropy(scores, np.array([[1], [2]]))
    assert_close(loss, exact.loss, exact.loss_size, "float64")
    assert_close(grad, exact.dW, exact.dW_size, "float64")
    one = objective("softmax", scores[:1], np.eye(1), np.array([1]))
    for target in (1, [1], np.array([1]), np.array([[1]]), np.int64(1)):
        loss, grad = linear_classifer.softmax_with_cross_entropy(scores[0], target)
        assert grad.shape == (3,)
        assert_close(loss, one.loss, one.loss_size, "float64")
        assert_close(grad, one.dW[0], one.dW_size[0], "float64")
    probs = linear_classifer.softmax(scores)
    assert probs.shape == (2, 3)
    assert probs[1, 2] == 1
    assert linear_classifer.cross_entropy_loss(probs[0], 1) == pytest.approx(float(one.loss))
    both = linear_classifer.cross_entropy_loss(probs, np.array([1, 2]))
    assert both == pytest.approx(float(exact.loss))


def test_dlcourses_functions_leave_integers_and_their_inputs_alone(linear_classifer):
    scores = np.array([1000, 0, 0])
    assert linear_classifer.softmax(scores).tolist() == [1, 0, 0]
    assert scores.tolist() == [1000, 0, 0]
    assert linear_classifer.softmax_with_cross_entropy(np.array([0, 1000]), 0)[0] == 1000
    assert linear_classifer.cross_entropy_loss(np.array([0.0, 1.0]), 0) == np.inf
    value, grad = linear_classifer.l2_regularization(np.array([[1, -3]]), 0.5)
    assert (value, grad.tolist()) == (5.0, [[1.0, -3.0]])


def test_dlcourses_linear_softmax_takes_x_before_w(linear_classifer):
    X, y = samples()
    W = np.random.default_rng(0).normal(size=(D, C))
    exact = objective("softmax", W, X, y)
    for target in (y, y[:, None]):
        loss, dW = linear_classifer.linear_softmax(X, W, target)
        assert_close(loss, exact.loss, exact.loss_size, "float64")
        assert_close(dW, exact.dW, exact.dW_size, "float64")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (np.array([0, 1]), r"target_index has shape \(2,\), but there are 3 rows"),
        (np.array([0, 1, 4]), "target_index goes from 0 to 4, but there are 4 classes"),
        (np.array([0, -1, 1]), "target_index goes from -1 to 1"),
    ],
)
def test_dlcourses_targets_are_checked(target, message, linear_classifer):
    with pytest.raises(ValueError, match=message):
        linear_classifer.softmax_with_cross_entropy(np.zeros((3, 4)), target)
    with pytest.raises(ValueError, match=message):
        linear_classifer.cross_entropy_loss(np.full((3, 4), 0.25), target)


def test_dlcourses_classifier_needs_fit_before_predict(linear_classifer):
    with pytest.raises(ValueError, match="has no W yet; call fit"):
        linear_classifer.LinearSoftmaxClassifier().predict(np.eye(2))


# --------------------------------------------------------------------------- ECBM E4040, 2022


def test_the_parts_of_the_loss_of_2022_make_the_loss():
    X, y = samples()
    W = np.random.default_rng(0).normal(size=(D, C))
    with installed("ecbm4040"):
        from utils.classifiers.logistic_regression import (
            logistic_regression_loss_naive,
            sigmoid,
        )
        from utils.classifiers.softmax import (
            cross_entropy,
            onehot,
            softmax,
            softmax_loss_vectorized,
        )

        h = cross_entropy(onehot(y.astype(np.uint8), C), softmax(X @ W))
        loss, _ = softmax_loss_vectorized(W, X, y, 0.5)
        assert h.shape == (N,)
        assert loss == pytest.approx(h.mean() + 0.25 * (W**2).sum(), rel=1e-12)
        assert cross_entropy(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])) == np.inf
        with pytest.raises(ValueError, match="y goes from 0 to 3, but K is 3"):
            onehot(y, 3)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            np.testing.assert_array_equal(sigmoid(np.array([-1e4, 0.0, 1e4])), [0, 0.5, 1])
        assert sigmoid(np.array(-50.0)) == pytest.approx(np.exp(-50))
        assert sigmoid(np.array([0, 1], np.float32)).dtype == np.float32
        with pytest.raises(ValueError, match=r"w has shape \(7, 4\); logistic regression has one"):
            logistic_regression_loss_naive(W, X, y % 2, 0.0)
