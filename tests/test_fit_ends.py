"""A fit ends early, by an interrupt or by an error in a state that is defined and usable."""

import copy

import linclf
import numpy as np
import pytest
from linclf import LinearClassifier
from linclf._fitting import SomeRows, split_rows
from processes import run

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


def validation_loss(clf, X, y):
    return clf.loss_and_grad(X, y)[0]


# --------------------------------------------------------------------------- early stopping


def test_early_stopping_restores_the_weights_of_the_lowest_validation_loss(digits):
    X, y, X_val, y_val = digits
    clf = LinearClassifier("hinge", early_stopping=True, patience=3, learning_rate=1e-3, reg=0.0)
    clf.fit(X[:300], y[:300], eval_set=(X_val, y_val))
    losses = clf.history_.validation["loss"]
    assert clf.history_.stopped == "early stopping"
    assert len(losses) == losses.argmin() + 1 + 3
    assert clf.history_.best_step == clf.history_.validation["step"][losses.argmin()]
    assert validation_loss(clf, X_val, y_val) == losses.min() < losses[-1]


def test_early_stopping_holds_rows_out_by_itself(digits):
    X, y, *_ = digits
    clf = LinearClassifier(early_stopping=True, validation_fraction=0.25).fit(X, y)
    assert clf.history_.stopped == "early stopping"
    steps = clf.history_.validation["step"]
    assert steps[0] == np.ceil(0.75 * len(X) / 200)


def test_a_smaller_fall_than_tol_does_not_count(blobs):
    X, y = blobs
    clf = LinearClassifier(early_stopping=True, tol=1e9, patience=4)
    assert clf.fit(X, y, eval_set=(X, y)).history_.epoch[-1] == 5
    losses = clf.history_.validation["loss"]
    assert validation_loss(clf, X, y) == losses.min(), "but the best weights are kept"


def test_held_out_rows_never_come_into_a_batch(rng):
    kept, held_out = split_rows(50, 0.3, rng)
    assert len(held_out) == 15
    np.testing.assert_array_equal(np.sort(np.concatenate([kept, held_out])), np.arange(50))
    batches = SomeRows(kept, 10, rng)
    epoch = [batches.take(1, 4), batches.take(4, 4)]
    np.testing.assert_array_equal(epoch[0], epoch[1][:10])
    np.testing.assert_array_equal(np.sort(epoch[1]), kept)


def test_an_eval_set_is_followed_also_without_early_stopping(blobs):
    X, y = blobs
    names = np.array(["red", "green", "blue"])[y]
    clf = LinearClassifier(**FAST).fit(X, names, eval_set=[(X.tolist(), names.tolist())])
    validation = clf.history_.validation
    assert validation["step"].tolist() == [1, 2, 3, 4, 5]
    assert validation["accuracy"][-1] == clf.score(X, names)
    assert validation["loss"][-1] == validation_loss(clf, X, names)


@pytest.mark.parametrize(
    ("eval_set", "message"),
    [
        (3, "eval_set must be a pair"),
        (([[1.0, 2.0]],), "eval_set must be a pair"),
        (([[1.0]], [0]), "eval_set X has 1 features, but X has 2"),
        (([[1.0, 2.0]], [7]), r"eval_set y\[0\] is 7"),
        (([[1.0, 2.0]], [0, 1]), "eval_set y has 2 labels"),
        (([[1.0, np.nan]], [0]), "Input eval_set X contains NaN"),
    ],
)
def test_a_bad_eval_set_is_refused_before_training(eval_set, message, blobs):
    clf = LinearClassifier()
    with pytest.raises(ValueError, match=message):
        clf.fit(*blobs, eval_set=eval_set)
    assert not vars(clf).get("W_", ())


def test_a_split_that_leaves_nothing_is_refused():
    with pytest.raises(ValueError, match=r"validation_fraction=0\.5 of 1 samples holds out 1"):
        LinearClassifier(early_stopping=True, validation_fraction=0.5).fit([[1.0]], [0])


# --------------------------------------------------------------------------- interrupts and errors


def test_an_interrupt_leaves_it_fitted_with_the_weights_so_far(blobs):
    X, y = blobs
    weights = []

    def stop_at_4(state):
        weights.append(state.W.copy())
        if state.step == 4:
            raise KeyboardInterrupt

    clf = LinearClassifier(callback=stop_at_4, batch_size=30)
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X, y)
    assert clf.interrupted_
    assert clf.history_.stopped == "interrupted"
    assert clf.n_iter_ == 4
    np.testing.assert_array_equal(clf.W_, weights[3])
    assert clf.score(X, y) > 0.3
    assert not clf.set_params(callback=None).fit(X, y).interrupted_


def test_an_interrupt_before_the_first_update_of_a_warm_start_keeps_the_history(blobs):
    clf = LinearClassifier(warm_start=True, **FAST).fit(*blobs)

    class Bar:
        def __init__(self, **options):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clf.set_params(progress=Bar).fit(*blobs)
    assert clf.interrupted_
    assert clf.n_iter_ == 5


def test_ctrl_c_stops_a_long_fit_at_once_and_the_model_works():
    script = """
        import signal, threading, time
        import numpy as np
        from linclf import LinearClassifier
        X, y = np.random.default_rng(0).normal(size=(20_000, 50)), np.arange(20_000) % 4
        clf = LinearClassifier(epochs=1_000_000, learning_rate=1e-3, callback=CALLBACK)
        sent = []
        def interrupt():
            sent.append(time.process_time())
            signal.raise_signal(signal.SIGINT)
        timer = threading.Timer(0.5, interrupt)
        timer.start()
        try:
            clf.fit(X, y)
        except KeyboardInterrupt:
            print(clf.interrupted_, clf.n_iter_ == len(clf.history_) > 0,
                  len(clf.predict(X)), time.process_time() - sent[0] < 0.5)
    """
    for callback in ("None", "lambda state: False"):
        assert run(script.replace("CALLBACK", callback)).split() == [
            "True",
            "True",
            "20000",
            "True",
        ]


def test_an_error_before_the_first_update_changes_nothing(blobs):
    def fail(state):
        raise RuntimeError("after the first update")

    X, y = blobs
    for clf in (LinearClassifier(**FAST), LinearClassifier(**FAST).fit(X, y)):
        before = vars(clf).copy()
        for method in (clf.fit, clf.partial_fit):
            with pytest.raises((ValueError, TypeError)):
                method(X, y[:-1])
            assert {
                key: value for key, value in vars(clf).items() if value is not before[key]
            } == {}
        with pytest.raises(RuntimeError):
            clf.set_params(callback=fail).fit(X, y)
        assert clf.n_iter_ == 1


def test_divergence_is_reported_with_a_rate_that_works(blobs):
    X, y = 100 * blobs[0], blobs[1]
    clf = LinearClassifier("squared_hinge", learning_rate=10.0, schedule=None)
    with pytest.raises(linclf.DivergenceError, match="learning_rate") as caught:
        clf.fit(X, y)
    assert clf.history_.stopped == "diverged"
    clf.set_params(learning_rate=caught.value.stable_learning_rate).fit(X, y)
    assert clf.history_.stopped == "finished"


BAD_PARAMETERS = {
    "loss": ("logistic", 3),
    "solver": ("newton", None, 3),
    "reg": (-1.0, "much", np.nan),
    "delta": ("wide", np.nan),
    "learning_rate": (-0.1, "fast", None, np.inf, True),
    "batch_size": (0, -3, 2.5, "all"),
    "epochs": (0, 1.5, "many", None),
    "schedule": ("linear", 5),
    "momentum": (1.0, -0.1, "heavy"),
    "center": ("median", [1.0], [1.0, 2.0, 3.0], [[1.0, 2.0]]),
    "patience": (0, 2.5),
    "validation_fraction": (0.0, 1.0, -1, "half"),
    "tol": (-1e-3, "small"),
    "rng": (-1, 1.5, "seed"),
    "n_threads": (0, -2, 1.5),
    "progress": (3,),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, bad in BAD_PARAMETERS.items() for value in bad]
)
def test_a_parameter_out_of_range_is_refused_at_fit_and_a_former_fit_kept(name, value, blobs):
    clf = LinearClassifier(early_stopping=True, **FAST).fit(*blobs)
    before = copy.copy(vars(clf))
    clf.set_params(**{name: value})
    with pytest.raises((TypeError, ValueError)) as caught:
        clf.fit(*blobs)
    assert name in str(caught.value) or f"{value}" in str(caught.value)
    changed = {key for key, old in before.items() if vars(clf)[key] is not old}
    assert changed <= {name}
