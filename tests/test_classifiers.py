"""`LinearClassifier` learns, answers and goes on as its documentation says."""

import time

import linclf
import numpy as np
import pytest
from linclf import LinearClassifier, Loss

FAST = {"epochs": 5, "rng": 3}


@pytest.fixture(scope="module")
def digits():
    """X and y to train on, X and y held out."""
    return linclf.datasets.digits(split="both")


@pytest.fixture
def blobs():
    """Three classes in the plane that a line separates nearly."""
    rng = np.random.default_rng(5)
    y = np.arange(90) % 3
    return rng.normal(size=(90, 2)) + 3 * np.eye(3, 2)[y], y


# --------------------------------------------------------------------------- how well it learns


@pytest.mark.parametrize("loss", ["softmax", "hinge"])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_untuned_it_reads_more_than_95_percent_of_held_out_digits_within_2_seconds(
    loss, dtype, digits
):
    X, y, X_test, y_test = digits
    X, X_test = X.astype(dtype), X_test.astype(dtype)
    begin = time.perf_counter()
    clf = LinearClassifier(loss).fit(X, y)
    seconds = time.perf_counter() - begin
    assert clf.score(X_test, y_test) > 0.95
    assert seconds < 2


def test_every_loss_learns(loss, digits):
    X, y, X_test, y_test = digits
    assert LinearClassifier(loss, epochs=40).fit(X, y).score(X_test, y_test) > 0.9


def test_it_does_what_sgd_does_with_the_same_seed_bit_for_bit(loss, digits):
    X, y, *_ = digits
    W, b = np.zeros((64, 10)), np.zeros(10)
    center = X.mean(axis=0)
    history = linclf.sgd(
        W, X, y, loss=loss, reg=1e-4, b=b, center=center, learning_rate="auto", epochs=5, rng=3,
        schedule="cosine", momentum=0.9, nesterov=True,
    )  # fmt: skip
    clf = LinearClassifier(loss, center="mean", **FAST).fit(X, y)
    np.testing.assert_array_equal(clf.W_, W)
    np.testing.assert_array_equal(clf.b_, b)
    np.testing.assert_array_equal(clf.center_, center)
    np.testing.assert_array_equal(clf.loss_curve_, history.loss)


def test_a_fit_repeats_bit_for_bit_unless_it_is_asked_not_to(digits):
    X, y, *_ = digits
    first = LinearClassifier(epochs=3).fit(X, y)
    again = LinearClassifier(epochs=3, n_threads=2).fit(X, y)
    np.testing.assert_array_equal(first.W_, again.W_)
    fresh = LinearClassifier(epochs=3, rng=None).fit(X, y)
    assert (fresh.W_ != first.W_).any()
    replayed = LinearClassifier(epochs=3, rng=fresh.history_.manifest["rng"]).fit(X, y)
    np.testing.assert_array_equal(fresh.W_, replayed.W_)


def test_epochs_auto_makes_4000_updates_but_at_least_10_passes(blobs):
    X, y = blobs
    assert len(LinearClassifier(batch_size=30).fit(X, y).history_) == 4002
    assert LinearClassifier(batch_size=None).fit(X, y).history_.epoch[-1] == 4000
    many = np.repeat(X, 30, axis=0), np.repeat(y, 30)
    assert LinearClassifier(batch_size=1).fit(*many).history_.epoch[-1] == 10


def test_the_constant_schedule_and_callbacks_reach_the_loop(blobs):
    seen = []

    def third(state):
        seen.append(state.learning_rate)
        return state.step == 3

    clf = LinearClassifier(learning_rate=0.25, schedule=None, callback=third).fit(*blobs)
    assert seen == [0.25] * 3
    assert (clf.n_iter_, clf.history_.stopped, clf.interrupted_) == (3, "callback", False)


def test_what_went_into_a_fit_is_written_in_its_manifest(blobs):
    clf = LinearClassifier("hinge", reg=0.5, learning_rate=0.1, **FAST).fit(*blobs)
    facts = clf.history_.manifest
    wanted = {"loss": "hinge", "l2": 0.5, "learning_rate": 0.1, "rng": 3, "epochs": 5}
    wanted |= {"batch_size": 90, "shape": [90, 2, 3], "schedule": "Cosine(final=0.0)"}
    assert {name: facts[name] for name in wanted} == wanted


# --------------------------------------------------------------------------- what it answers


@pytest.mark.parametrize("n_classes", [1, 2, 3])
@pytest.mark.parametrize("options", [{}, {"center": "mean"}, {"fit_intercept": False}])
def test_coef_and_intercept_give_the_decision_function(n_classes, options, blobs):
    X, y = blobs
    clf = LinearClassifier(**options, **FAST).fit(X + 7, y % n_classes)
    rows = 1 if n_classes == 2 else n_classes
    assert clf.coef_.shape == (rows, 2)
    assert clf.intercept_.shape == (rows,)
    scores = (X + 7) @ clf.coef_.T + clf.intercept_
    np.testing.assert_allclose(scores, clf.decision_function(X + 7).reshape(90, rows), atol=1e-12)


def test_two_classes_are_decided_by_the_sign_of_the_decision_function(blobs):
    X, y = blobs
    clf = LinearClassifier(**FAST).fit(X, y == 1)
    decision = clf.decision_function(X)
    assert decision.shape == (90,)
    np.testing.assert_array_equal(clf.predict(X), decision > 0)


def test_equal_scores_go_to_the_first_class():
    clf = LinearClassifier(learning_rate=0.0, epochs=1).fit([[1.0], [2.0]], ["b", "a"])
    assert clf.predict([[5.0]]) == ["a"]
    assert clf.decision_function([[5.0]]) == [0.0]


def test_probabilities_sum_to_one_and_their_logarithms_survive_zero(digits):
    X, y, X_test, _ = digits
    clf = LinearClassifier(epochs=20).fit(X, y)
    p, logp = clf.predict_proba(X_test), clf.predict_log_proba(X_test)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_array_equal(clf.classes_[p.argmax(axis=1)], clf.predict(X_test))
    np.testing.assert_allclose(np.exp(logp), p, rtol=1e-9)
    extreme = clf.predict_log_proba(1e4 * X_test.astype(float))
    assert np.isfinite(extreme).all()
    assert extreme.min() < -1e4


def test_only_softmax_has_probabilities(blobs):
    assert hasattr(LinearClassifier(), "predict_proba")
    clf = LinearClassifier("hinge", **FAST).fit(*blobs)
    assert not hasattr(clf, "predict_proba")
    assert not hasattr(clf, "predict_log_proba")
    with pytest.raises(AttributeError, match=r"with loss='softmax' only.*see decision_function"):
        clf.predict_proba(blobs[0])


def test_the_score_is_the_share_of_right_answers(blobs):
    X, y = blobs
    clf = LinearClassifier(**FAST).fit(X, y)
    right = clf.predict(X) == y
    assert clf.score(X, y) == right.mean()
    assert clf.score(X, y, sample_weight=right) == 1.0
    assert clf.score(X, np.full(90, 17)) == 0.0, "a class that it never saw"
    with pytest.raises(ValueError, match="y holds strings, but the classes are numbers"):
        clf.score(X, y.astype(str))


def test_float32_data_is_trained_and_answered_in_float32(blobs):
    X, y = blobs[0].astype(np.float32), blobs[1]
    clf = LinearClassifier(center="mean", **FAST).fit(X, y)
    for array in (clf.W_, clf.b_, clf.center_, clf.coef_, clf.intercept_):
        assert array.dtype == np.float32
    assert clf.predict_proba(X).dtype == np.float32
    assert clf.predict_proba(X.astype(np.float64)).dtype == np.float64


@pytest.mark.parametrize("loss", list(Loss))
def test_loss_and_grad_are_those_of_the_function(loss, blobs):
    X, y = blobs
    clf = LinearClassifier(loss, reg=0.1, delta=0.5, center=[1.0, -1.0], **FAST).fit(X, y * 10)
    value, dW, db = clf.loss_and_grad(X, y * 10)
    expected = linclf.loss_and_grad(
        loss, clf.W_, X, y, 0.1, b=clf.b_, delta=0.5, center=np.array([1.0, -1.0])
    )
    assert value == expected[0]
    np.testing.assert_array_equal(dW, expected[1])
    np.testing.assert_array_equal(db, expected[2])


# --------------------------------------------------------------------------- one update at a time


def test_partial_fit_makes_exactly_one_update(blobs):
    X, y = blobs
    clf = LinearClassifier(reg=0.1, learning_rate=0.5, momentum=0.0)
    clf.partial_fit(X, y, classes=[0, 1, 2])
    _, dW, db = linclf.loss_and_grad("softmax", np.zeros((2, 3)), X, y, 0.1, b=np.zeros(3))
    np.testing.assert_array_equal(clf.W_, -0.5 * dW)
    np.testing.assert_array_equal(clf.b_, -0.5 * db)
    assert clf.n_iter_ == len(clf.history_) == 1


def test_partial_fit_keeps_its_momentum_from_call_to_call(blobs):
    X, y = blobs
    clf = LinearClassifier(reg=0.0, learning_rate=0.1)
    for _ in range(7):
        clf.partial_fit(X, y, classes=[0, 1, 2])
    W, b = np.zeros((2, 3)), np.zeros(3)
    linclf.gradient_descent(
        W, X, y, b=b, learning_rate=0.1, max_steps=7, momentum=0.9, nesterov=True
    )
    np.testing.assert_array_equal(clf.W_, W)
    np.testing.assert_array_equal(clf.b_, b)


@pytest.mark.parametrize("schedule", ["cosine", "exp", "step", "constant", None])
def test_a_stream_has_no_end_for_a_schedule_to_lead_to(schedule, blobs):
    clf = LinearClassifier(learning_rate=0.1, schedule=schedule)
    for _ in range(5):
        clf.partial_fit(*blobs, classes=[0, 1, 2])
    np.testing.assert_allclose(clf.history_.learning_rate, 0.1, rtol=1e-12)


def test_schedules_that_count_steps_also_work_in_a_stream(blobs):
    clf = LinearClassifier(learning_rate=1.0, schedule="invscaling")
    for _ in range(4):
        clf.partial_fit(*blobs, classes=[0, 1, 2])
    np.testing.assert_allclose(clf.history_.learning_rate, [1, 2**-0.5, 3**-0.5, 0.5])


def test_the_automatic_rate_of_a_stream_is_the_lowest_of_batches_1_2_4_and_8(blobs):
    X, y = blobs
    clf = LinearClassifier()
    for scale in (1, 0.1, 50, 2, 1, 1):
        clf.partial_fit(X * scale, y, classes=[0, 1, 2])
    wanted = [
        linclf.stable_learning_rate("softmax", X * scale, 1e-4, n_classes=3, bias=True)
        for scale in (1, 1, 1, 2, 2, 2)
    ]
    np.testing.assert_array_equal(clf.history_.learning_rate, wanted)


def test_partial_fit_must_know_all_classes_first_and_then_keep_them(blobs):
    X, y = blobs
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        LinearClassifier().partial_fit(X, y)
    clf = LinearClassifier().partial_fit(X[y < 2], y[y < 2], classes=[2, 1, 0])
    clf.partial_fit(X, y)
    with pytest.raises(ValueError, match=r"classes is \[0 1\], but was \[0 1 2\] before"):
        clf.partial_fit(X, y, classes=[0, 1])
    with pytest.raises(ValueError, match=r"y\[0\] is 7, which is not among the classes"):
        clf.partial_fit(X, y + 7)
    assert clf.n_iter_ == 2


def test_partial_fit_goes_on_where_fit_ended(blobs):
    X, y = blobs
    clf = LinearClassifier(learning_rate=0.1, momentum=0.0, schedule=None, **FAST).fit(X, y)
    W, b = clf.W_.copy(), clf.b_.copy()
    _, dW, _ = linclf.loss_and_grad("softmax", W, X, y, 1e-4, b=b)
    clf.partial_fit(X.astype(np.float32), y)
    np.testing.assert_allclose(clf.W_, W - 0.1 * dW, rtol=1e-6, atol=1e-7)
    assert clf.W_.dtype == np.float64
    assert clf.n_iter_ == 6


def test_a_warm_start_goes_on_from_the_present_weights(blobs):
    X, y = blobs
    clf = LinearClassifier(warm_start=True, schedule=None, momentum=0.0, **FAST).fit(X, y)
    before = clf.W_
    clf.fit(X, y)
    once = LinearClassifier(schedule=None, momentum=0.0, epochs=10, batch_size=90).fit(X, y)
    np.testing.assert_allclose(clf.W_, once.W_, rtol=1e-12)
    assert clf.history_.epoch.tolist() == list(range(1, 11))
    assert (before != clf.W_).all(), "arrays handed out before stay as they were"
    with pytest.raises(ValueError, match="X has 1 features, but LinearClassifier is expecting 2"):
        clf.fit(X[:, :1], y)
    with pytest.raises(ValueError, match="not among the classes"):
        clf.fit(X, y - 1)
