"""`LinearSVM` and `Softmax` behave as the notebooks of the courses expect."""

import linclf
import numpy as np
import pytest
from linclf import LinearSVM, Softmax
from linclf.course_classes import CourseClassifier

KINDS = {"hinge": LinearSVM, "softmax": Softmax}


@pytest.fixture
def data(rng):
    """(500, 9) with a bias column, and 4 classes that are nearly separable."""
    y = np.arange(500) % 4
    X = rng.normal(size=(500, 9)) + 2 * np.eye(4, 9)[y]
    X[:, -1] = 1
    return X, y


@pytest.fixture(params=KINDS)
def kind(request):
    """Both classes."""
    return KINDS[request.param]


def own_loss(kind):
    """Return a subclass that overrides `loss` with the function of the same name."""
    function = linclf.svm_loss if kind is LinearSVM else linclf.softmax_loss

    class Own(kind):
        calls = 0

        def loss(self, X_batch, y_batch, reg):
            self.calls += 1
            return function(self.W, X_batch, y_batch, reg)

    return Own


def test_train_returns_the_list_of_losses_and_they_fall(kind, data):
    X, y = data
    clf = kind()
    assert clf.W is None
    losses = clf.train(X, y, learning_rate=0.05, num_iters=300)
    assert type(losses) is list
    assert len(losses) == 300
    assert all(type(loss) is float for loss in losses)
    chance = 3 if kind is LinearSVM else np.log(4)
    assert losses[0] == pytest.approx(chance, rel=0.05), "the first W is nearly zero"
    assert np.mean(losses[-50:]) < losses[0] / 2
    assert np.mean(clf.predict(X) == y) > 0.8


def test_the_defaults_are_those_of_the_courses(kind, data):
    X, y = data
    short, long = kind(), kind()
    spelled_out = {"learning_rate": 1e-3, "reg": 1e-5, "num_iters": 100, "batch_size": 200}
    assert short.train(X, y) == long.train(X, y, verbose=False, **spelled_out)
    np.testing.assert_array_equal(short.W, long.W)


def test_w_has_a_column_for_every_label_up_to_the_largest(kind, data):
    X, _ = data
    clf = kind()
    clf.train(X, np.full(500, 6), num_iters=0)
    assert clf.W.shape == (9, 7)
    np.testing.assert_array_equal(clf.W, 0.001 * np.random.default_rng(0).standard_normal((9, 7)))


def test_a_run_is_this_numpy_loop(kind, data):
    X, y = data
    rng = np.random.default_rng(7)
    W = 0.001 * rng.standard_normal((9, 4))
    function = linclf.svm_loss if kind is LinearSVM else linclf.softmax_loss
    losses = []
    for _ in range(20):
        rows = rng.integers(500, size=64)
        loss, dW = function(W, X[rows], y[rows], 0.1)
        losses.append(loss)
        linclf.sgd_step(W, dW, 0.05)
    clf = kind(rng=7)
    assert clf.train(X, y, 0.05, 0.1, 20, 64) == losses
    np.testing.assert_array_equal(clf.W, W)


def test_a_second_call_goes_on(kind, data):
    X, y = data
    once, twice = kind(), kind()
    losses = once.train(X, y, num_iters=50)
    assert twice.train(X, y, num_iters=20) + twice.train(X, y, num_iters=30) == losses
    np.testing.assert_array_equal(once.W, twice.W)
    assert len(twice.history_) == 50


def test_a_loss_written_in_python_sees_the_same_batches_and_gives_the_same_bits(kind, data):
    X, y = data
    inherited, overridden = kind(rng=3), own_loss(kind)(rng=3)
    for num_iters in (30, 12):
        losses = inherited.train(X, y, 0.05, num_iters=num_iters, batch_size=50)
        assert overridden.train(X, y, 0.05, num_iters=num_iters, batch_size=50) == losses
    np.testing.assert_array_equal(inherited.W, overridden.W)
    assert overridden.calls == 42
    assert len(overridden.history_) == 42


def test_loss_is_that_of_the_function(kind, data):
    X, y = data
    clf = kind()
    clf.train(X, y, num_iters=10)
    function = linclf.svm_loss if kind is LinearSVM else linclf.softmax_loss
    value, grad = clf.loss(X, y, 0.5)
    expected, dW = function(clf.W, X, y, 0.5)
    assert value == expected
    np.testing.assert_array_equal(grad, dW)


def test_an_instance_may_be_given_another_loss_too(data):
    X, y = data
    clf = Softmax()
    clf.loss = lambda X_batch, y_batch, reg: (17.0, np.ones_like(clf.W))
    assert clf.train(X, y, learning_rate=0.5, num_iters=2) == [17.0, 17.0]
    assert clf.W.mean() == pytest.approx(-1, abs=0.01)


@pytest.mark.parametrize(
    ("returned", "error", "message"),
    [
        (None, TypeError, "Own.loss returned a NoneType; it must return two things: loss, grad"),
        (1.0, TypeError, "Own.loss returned a float"),
        (
            (1.0, np.ones((4, 9))),
            ValueError,
            r"gradient of shape \(4, 9\), but W has shape \(9, 4\)",
        ),
    ],
)
def test_a_loss_that_returns_something_else_is_told_so(returned, error, message, data):
    class Own(Softmax):
        def loss(self, X_batch, y_batch, reg):
            return returned

    with pytest.raises(error, match=message):
        Own().train(*data)


def test_the_base_class_trains_any_loss_and_has_none_itself(data):
    class Perceptron(CourseClassifier):
        def loss(self, X_batch, y_batch, reg):
            return linclf.svm_loss(self.W, X_batch, y_batch, reg, delta=0.0)

    clf = Perceptron()
    assert len(clf.train(*data, learning_rate=0.1, num_iters=5)) == 5
    with pytest.raises(NotImplementedError, match="CourseClassifier must define loss"):
        CourseClassifier().loss(*data, 0.0)


@pytest.mark.parametrize("own", [False, True])
def test_verbose_prints_every_100_iterations_in_the_words_of_the_courses(own, kind, data, capsys):
    clf = own_loss(kind)() if own else kind()
    losses = clf.train(*data, num_iters=201, verbose=True)
    assert capsys.readouterr().out.splitlines() == [
        f"iteration {it} / 201: loss {losses[it]:f}" for it in (0, 100, 200)
    ]
    clf.train(*data, num_iters=201)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("own", [False, True])
def test_an_interrupt_keeps_what_was_learned(own, kind, data, monkeypatch):
    clf = own_loss(kind)() if own else kind()

    def interrupt(line):
        if line.startswith("iteration 100"):
            raise KeyboardInterrupt

    monkeypatch.setattr("builtins.print", interrupt)
    with pytest.raises(KeyboardInterrupt):
        clf.train(*data, num_iters=500, verbose=True)
    monkeypatch.undo()
    assert len(clf.history_) in (100, 101)
    rest = clf.train(*data, num_iters=500 - len(clf.history_))
    whole = kind()
    losses = whole.train(*data, num_iters=500)
    np.testing.assert_array_equal(clf.W, whole.W, "and training goes on as if nothing had happened")
    np.testing.assert_array_equal(clf.history_.loss, losses)
    assert rest == losses[-len(rest) :]


def test_float32_and_integer_data_are_trained_without_a_copy_of_the_whole(kind, data):
    X, y = data
    clf = kind()
    clf.train(X.astype(np.float32), y)
    assert clf.W.dtype == np.float32
    assert clf.predict(X).dtype == np.int64
    pixels = kind()
    pixels.train((20 * X + 100).clip(0, 255).astype(np.uint8), y.astype(np.uint8), 1e-6)
    assert pixels.W.dtype == np.float64


def test_lists_are_taken_as_well(kind):
    clf = kind()
    assert len(clf.train([[1.0, 0.0], [0.0, 1.0]], [0, 1], num_iters=3)) == 3
    assert clf.predict([[1.0, 0.0]]).shape == (1,)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"X": np.ones(4)}, ValueError, "Reshape your data"),
        ({"y": np.zeros(499, int)}, ValueError, "499"),
        ({"y": np.zeros((500, 1), int)}, ValueError, "y"),
        ({"y": np.zeros(500)}, TypeError, "y"),
        ({"y": np.full(500, -1)}, ValueError, r"y\[\d+\] is -1"),
        ({"learning_rate": -1.0}, ValueError, "learning_rate is -1.0"),
        ({"reg": -1.0}, ValueError, "reg"),
        ({"num_iters": -1}, ValueError, "num_iters is -1"),
        ({"num_iters": 2.5}, TypeError, "num_iters is a float"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
    ],
)
def test_operands_that_make_no_sense_are_refused(changes, error, message, kind, data):
    with pytest.raises(error, match=message):
        kind().train(**{"X": data[0], "y": data[1], **changes})


def test_a_label_that_w_has_no_column_for_is_named(kind, data):
    X, y = data
    clf = kind()
    clf.train(X, y)
    with pytest.raises(ValueError, match=r"y\[\d+\] is 9"):
        clf.train(X, y + 6)


def test_predicting_before_training_says_what_to_do(kind):
    with pytest.raises(ValueError, match=f"This {kind.__name__} has no W yet; call train"):
        kind().predict([[1.0]])


def test_a_rate_that_is_too_high_is_reported_with_one_that_works(kind, data):
    X, y = 100 * data[0], data[1]
    clf = kind()
    with pytest.raises(linclf.DivergenceError) as caught:
        clf.train(X, y, learning_rate=1e8, reg=1.0)
    assert np.isfinite(kind().train(X, y, learning_rate=caught.value.stable_learning_rate)).all()
