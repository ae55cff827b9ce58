"""Sanity checks before a training, with the numbers that the courses name."""

import linclf
import numpy as np
import pytest
from linclf import L1, L2, ElasticNet, sanity

CLASSES = 10
# Loss at chance of C classes with margin delta, as the lectures derive it.
AT_CHANCE = {
    "hinge": lambda C, delta: (C - 1) * delta,
    "squared_hinge": lambda C, delta: (C - 1) * delta**2,
    "crammer_singer": lambda C, delta: delta,
    "one_vs_all": lambda C, delta: C * delta,
    "softmax": lambda C, delta: np.log(C),
}


@pytest.fixture
def data(rng):
    X = rng.standard_normal((40, 6))
    return X, np.arange(40) % CLASSES


# Chance ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("C", [2, 3, 10])
@pytest.mark.parametrize("delta", [1.0, 0.5, 10.0])
def test_the_loss_at_chance(loss, C, delta):
    assert sanity.chance_loss(loss, C, delta=delta) == pytest.approx(AT_CHANCE[loss](C, delta))


def test_the_two_numbers_of_the_notes():
    assert sanity.chance_loss("hinge", 10) == 9
    assert round(sanity.chance_loss("softmax", 10), 3) == 2.303
    assert round(sanity.chance_loss("softmax", 3), 6) == 1.098612


def test_the_first_loss_of_the_assignment_is_mostly_penalty():
    """2.5e4 * 30730 * 1e-6 = 768.25, and 9 at chance."""
    assert sanity.first_loss("hinge", 3073, 10, 2.5e4) == pytest.approx(777.25)
    W = 1e-3 * np.random.default_rng(0).standard_normal((3073, 10))
    drawn = L2(2.5e4).value(W)
    assert drawn == pytest.approx(768.25, rel=0.03)


@pytest.mark.parametrize("penalty", [L1(3.0), ElasticNet(2.0, 5.0)])
def test_the_first_loss_knows_every_penalty(penalty):
    W = 0.1 * np.random.default_rng(1).standard_normal((5000, 4))
    expected = sanity.first_loss("softmax", 5000, 4, penalty, scale=0.1)
    assert expected - np.log(4) == pytest.approx(penalty.value(W), rel=0.02)


def test_small_weights_are_at_chance(loss, data, rng):
    found = sanity.check_chance(loss, 1e-3 * rng.standard_normal((6, CLASSES)), *data)
    assert found
    assert "at chance" in repr(found)
    assert found.value == pytest.approx(found.expected, rel=0.01)


def test_large_weights_are_not_and_the_sentence_says_by_how_much(data, rng):
    W = 5.0 * rng.standard_normal((6, CLASSES))
    found = sanity.check_chance("hinge", W, *data)
    assert not found
    times = float(f"{found.spread / 0.05:.2g}")
    assert f"start with weights {times:,.4g} times smaller, or scale X" in repr(found)
    smaller = W / (found.spread / 0.05)
    assert sanity.check_chance("hinge", smaller, *data)


def test_a_bias_that_decides_is_not_at_chance(data):
    b = np.zeros(CLASSES)
    b[0] = 5.0
    assert not sanity.check_chance("softmax", np.zeros((6, CLASSES)), *data, b=b)
    equal = sanity.check_chance("one_vs_all", np.zeros((6, CLASSES)), *data, b=b * 0 + 3)
    assert not equal
    assert "far from 0" in repr(equal)


MISTAKES = {
    "the true class is counted": ("hinge", lambda right, N, C: right + 1),
    "it is the sum over the samples; divide by N = 40": ("hinge", lambda right, N, C: right * N),
    "it uses log10": ("softmax", lambda right, N, C: right / np.log(10)),
    "its sign is wrong": ("softmax", lambda right, N, C: -right),
    "number of classes, C = 10": ("hinge", lambda right, N, C: right / C),
    "number of wrong classes, C - 1 = 9": ("hinge", lambda right, N, C: right / (C - 1)),
    "it is 3 times as large": ("hinge", lambda right, N, C: 3 * right),
    "it is not finite": ("softmax", lambda right, N, C: np.nan),
}


@pytest.mark.parametrize("reason", MISTAKES)
@pytest.mark.parametrize("scale", [0.0, 1e-3])
def test_a_wrong_loss_of_ones_own_is_named(reason, scale, data, rng):
    name, mistake = MISTAKES[reason]
    W = scale * rng.standard_normal((6, CLASSES))

    def f(W, X, y, reg):
        return mistake(linclf.loss_value(name, W, X, y, reg), len(X), W.shape[1])

    found = sanity.check_chance(f, W, *data, like=name)
    assert not found
    assert reason in repr(found)


def test_a_right_loss_of_ones_own_passes(data):
    W = np.zeros((6, CLASSES))
    assert sanity.check_chance(linclf.svm_loss, W, *data, like="hinge")
    assert sanity.check_chance(lambda *a: linclf.softmax_loss(*a)[0], W, *data, like="softmax")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": 3}, "loss is a int; pass a name or a function"),
        ({"loss": linclf.svm_loss}, "like is missing"),
        ({"loss": linclf.svm_loss, "like": "hinge", "b": np.zeros(10)}, "b is not passed on"),
        ({"loss": lambda *a: np.zeros(3), "like": "hinge"}, r"a loss of shape \(3,\)"),
    ],
)
def test_what_cannot_be_checked_is_said(options, message, data):
    with pytest.raises(TypeError, match=message):
        sanity.check_chance(options.pop("loss"), np.zeros((6, CLASSES)), *data, **options)


# Decay -------------------------------------------------------------------------------------------


def test_the_decay_of_the_assignment():
    """768 -> 282 -> 103 -> 38 at the steps 100, 200, 300."""
    decay = sanity.penalty_decay(1e-7, 2.5e4)
    assert decay.factor == pytest.approx(0.995)
    assert [round(768.25 * decay.penalty(k)) for k in (0, 100, 200, 300)] == [768, 282, 103, 38]
    assert decay.weights(138.3) == pytest.approx(0.5, rel=1e-3)
    assert decay.half_life == pytest.approx(138.28, abs=0.01)
    # A gradient that lacks its factor 2 would show 466 at step 100.
    assert round(768.25 * sanity.penalty_decay(1e-7, 1.25e4).penalty(100)) == 466


@pytest.mark.parametrize(("rate", "reg", "factor"), [(5e-5, 2.5e4, -1.5), (5e-5, 5e4, -4.0)])
def test_the_diverging_cells_of_the_assignment(rate, reg, factor):
    decay = sanity.penalty_decay(rate, reg)
    assert not decay
    assert decay.factor == pytest.approx(factor)
    assert "W grows by itself" in repr(decay)
    assert decay.half_life == np.inf


def test_a_run_without_data_decays_as_it_says():
    decay = sanity.penalty_decay(0.1, L2(0.3))
    W = np.array([[1.0, -2.0]])
    linclf.gradient_descent(
        W, np.zeros((1, 1)), np.array([0]), reg=0.3, learning_rate=0.1, max_steps=7
    )
    np.testing.assert_allclose(W, np.array([[1.0, -2.0]]) * decay.weights(7), rtol=1e-12)


def test_other_decays_say_what_they_are():
    assert "no decay" in repr(sanity.penalty_decay(0.1, 0.0))
    assert "turns its sign" in repr(sanity.penalty_decay(0.9, 1.0))
    assert sanity.penalty_decay(0.5, 1.0).half_life == 0
    with pytest.raises(ValueError, match=r"L1 part of 0\.5"):
        sanity.penalty_decay(0.1, L1(0.5))
    with pytest.raises(ValueError, match="learning_rate is -1"):
        sanity.penalty_decay(-1, 1.0)


# Twenty samples ----------------------------------------------------------------------------------


def test_twenty_digits_are_learned_by_heart(loss):
    X, y = linclf.datasets.digits()
    found = sanity.overfit_small(loss, X, y)
    assert found, found
    assert found.accuracy == 1.0
    assert len(found.rows) == 20
    assert np.bincount(y[found.rows], minlength=10).tolist() == [2] * 10
    assert len(found.wrong) == 0


def test_raw_pixels_far_from_zero_are_learned_too(rng):
    X = rng.integers(0, 256, (60, 300)).astype(np.uint8)
    assert sanity.overfit_small("softmax", X, np.arange(60) % 3)


def test_equal_rows_of_different_classes_are_found(rng):
    X = rng.standard_normal((20, 30))
    X[7] = X[4]
    found = sanity.overfit_small("softmax", X, np.arange(20) % 2, max_steps=300)
    assert not found
    assert "rows 4 and 7 of X are equal, but their labels are 0 and 1" in repr(found)
    assert found.wrong.tolist() in ([4], [7])


def test_too_few_dimensions_are_told(rng):
    X = np.array([[0.0, 0], [1, 1], [0, 1], [1, 0]])
    found = sanity.overfit_small("hinge", X, [0, 0, 1, 1], max_steps=200)
    assert not found
    assert "span 3 dimensions with the bias" in repr(found)


def test_too_few_steps_are_told(rng):
    X = rng.standard_normal((20, 30))
    found = sanity.overfit_small("softmax", X, np.arange(20) % 5, max_steps=3, learning_rate=1e-6)
    assert not found
    assert "after 3 steps at learning rate 1e-06" in repr(found)


def test_a_diverged_run_says_so(rng):
    X = rng.standard_normal((20, 30))
    X[7] = X[4]
    found = sanity.overfit_small("squared_hinge", X, np.arange(20) % 2, learning_rate=1e6)
    assert not found
    assert "training stopped at step" in repr(found)


class Lazy:
    """A classifier that learns nothing."""

    def train(self, X, y):
        self.label = y[0]

    def predict(self, X):
        return np.full(len(X), self.label)


def test_a_classifier_of_ones_own_is_trained_on_its_own_labels(rng):
    X, names = rng.standard_normal((60, 30)), np.array(["cat", "dog", "frog"])[np.arange(60) % 3]
    assert sanity.overfit_small(linclf.LinearClassifier(reg=0.0), X, names)
    found = sanity.overfit_small(Lazy(), X, names)
    assert not found
    assert found.accuracy == pytest.approx(1 / 3, abs=0.02)
    assert "the training stops too early or is wrong" in repr(found)
    course = linclf.Softmax()
    numbers = np.arange(60) % 3
    assert not sanity.overfit_small(course, X, numbers)  # 100 steps at 1e-3 are too few
    assert len(course.history_) == 100


def test_what_is_no_classifier_is_refused(rng):
    X = rng.standard_normal((10, 3))
    with pytest.raises(TypeError, match="model is a int; pass the name of a loss"):
        sanity.overfit_small(3, X, np.arange(10) % 2)
    with pytest.raises(ValueError, match="y has only the label 1"):
        sanity.overfit_small("hinge", X, np.ones(10, int))
    with pytest.raises(ValueError, match="n_samples is 0"):
        sanity.overfit_small("hinge", X, np.arange(10) % 2, n_samples=0)


# Learning rates ----------------------------------------------------------------------------------


def test_one_step_in_ten_sizes_is_the_experiment_of_the_notes(loss, rng):
    X, y = rng.standard_normal((50, 8)), np.arange(50) % 4
    W = 1e-3 * rng.standard_normal((8, 4))
    before = W.copy()
    rates = 10.0 ** np.arange(-10, 0)
    sweep = sanity.learning_rate_sweep(
        loss, X, y, W=W, rates=rates, max_steps=1, batch_size=None, reg=0.1, fit_intercept=False
    )
    _, dW = linclf.loss_and_grad(loss, W, X, y, 0.1)
    expected = [linclf.loss_value(loss, W - rate * dW, X, y, 0.1) for rate in rates]
    np.testing.assert_allclose(sweep.loss, expected, rtol=1e-12)
    np.testing.assert_array_equal(W, before)
    assert sweep.start_loss == pytest.approx(linclf.loss_value(loss, W, X, y, 0.1))
    assert sweep.suggested == rates[np.argmin(expected)]


def test_every_run_starts_alike_and_sees_the_same_batches(rng):
    X, y = rng.standard_normal((90, 5)), np.arange(90) % 3
    sweep = sanity.learning_rate_sweep("softmax", X, y, batch_size=20, max_steps=7, rng=3)
    W, b = np.zeros((5, 3)), np.zeros(3)
    rate = float(sweep.rates[6])
    linclf.sgd(W, X, y, b=b, learning_rate=rate, batch_size=20, max_steps=7, rng=3)
    assert sweep.loss[6] == linclf.loss_value("softmax", W, X, y, b=b)
    again = sanity.learning_rate_sweep("softmax", X, y, batch_size=20, max_steps=7, rng=3)
    np.testing.assert_array_equal(sweep.loss, again.loss)


def test_divergence_is_part_of_the_picture():
    X, y = linclf.datasets.digits()
    sweep = sanity.learning_rate_sweep("squared_hinge", X, y, n_rates=7)
    assert np.isnan(sweep.loss[-1])
    assert np.isfinite(sweep.loss[0])
    assert sweep.loss[0] > 0.9 * sweep.start_loss > np.nanmin(sweep.loss)
    assert sweep
    assert "the next one diverged" in repr(sweep)
    assert f"suggested learning rate {sweep.suggested:.3g}" in repr(sweep)
    assert "diverged" in sweep._repr_html_()
    assert sweep.stable / 1000 <= sweep.suggested <= 1000 * sweep.stable


def test_the_suggested_rate_trains():
    X, y = linclf.datasets.digits()
    sweep = sanity.learning_rate_sweep("softmax", X, y)
    W, b = np.zeros((64, 10)), np.zeros(10)
    linclf.sgd(W, X, y, b=b, learning_rate=sweep.suggested, epochs=20, rng=0)
    assert (linclf.predict(W, X, b=b) == y).mean() > 0.95


def test_a_best_rate_at_the_end_is_told(rng):
    X, y = rng.standard_normal((50, 8)), np.arange(50) % 4
    sweep = sanity.learning_rate_sweep("softmax", X, y, rates=[1e-6, 1e-5])
    assert "it is the largest that was tried" in repr(sweep)
    up = sanity.learning_rate_sweep("softmax", X, y, rates=[1e5], max_steps=1)
    assert not up
    assert "no learning rate lowers the loss" in repr(up)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"rates": []}, ValueError, "rates is empty"),
        ({"rates": [1e-3, -1.0]}, ValueError, r"rates\[1\] is -1"),
        ({"n_rates": 0}, ValueError, "n_rates is 0"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"W": np.zeros((3, 3))}, ValueError, "W"),
        ({"rng": -1}, ValueError, "rng is -1"),
    ],
)
def test_a_sweep_says_what_does_not_fit(options, error, message, rng):
    with pytest.raises(error, match=message):
        sanity.learning_rate_sweep(
            "hinge", rng.standard_normal((9, 4)), np.arange(9) % 3, **options
        )


def test_a_sweep_over_pixels_is_centred_on_the_fly():
    X, y = linclf.datasets.digits()
    mean = X.mean(axis=0)
    ours = sanity.learning_rate_sweep("hinge", X, y, center=mean, n_rates=4)
    other = sanity.learning_rate_sweep("hinge", X - mean, y, rates=ours.rates)
    np.testing.assert_allclose(ours.loss, other.loss, rtol=1e-9)
    assert ours.stable == other.stable
