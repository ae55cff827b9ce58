"""Training updates W in place, repeats bit for bit, and ends with everything usable."""

import signal
import sys
from itertools import pairwise

import linclf
import numpy as np
import pytest
from linclf import DivergenceError, History, sampling, stability
from linclf.problem import Hooks, Problem, Rule
from linclf.run import run
from linclf.sampling import Batches
from linclf.stability import divergence_error

N, D, C, BATCH = 50, 6, 3, 16
SAMPLINGS = ("shuffle", "replacement")
DIVERGING = {"learning_rate": 1e12, "batch_size": 25, "epochs": 20, "rng": 0, "reg": 0.1}


@pytest.fixture
def data(rng):
    """X and y of three overlapping classes."""
    y = np.arange(N) % C
    X = rng.standard_normal((N, D)) + 2 * np.eye(C, D)[y]
    return X, y


def zeros(dtype=np.float64):
    """Return weights and a bias to start from."""
    return np.zeros((D, C), dtype), np.zeros(C, dtype)


def recipe(draw, sampling, steps, n_rows=N, batch=BATCH):
    """The documented recipe, one batch at a time."""
    order = np.empty(0)
    for _ in range(steps):
        if sampling == "replacement":
            random = draw.integers if isinstance(draw, np.random.Generator) else draw.randint
            yield random(n_rows, size=batch)
            continue
        if not len(order):
            order = draw.permutation(n_rows)
        yield order[:batch]
        order = order[batch:]


def state_of(rng):
    """The state of a generator as something that can be compared."""
    return repr(rng.bit_generator.state if hasattr(rng, "bit_generator") else rng.get_state())


# ------------------------------------------------------------------- the same as NumPy code


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("new_rng", [np.random.default_rng, np.random.RandomState])
def test_a_run_is_the_loop_that_the_recipe_describes(sampling, new_rng, loss, data):
    X, y = data
    W, b = zeros()
    history = linclf.sgd(
        W, X, y, loss=loss, reg=0.01, b=b, learning_rate=0.05, batch_size=BATCH, max_steps=11,
        rng=new_rng(3), sampling=sampling,
    )  # fmt: skip
    expected, bias = zeros()
    for k, rows in enumerate(recipe(new_rng(3), sampling, 11)):
        value, dW, db = linclf.loss_and_grad(loss, expected, X[rows], y[rows], 0.01, b=bias)
        assert history.loss[k] == value
        linclf.sgd_step(expected, dW, 0.05)
        linclf.sgd_step(bias[None], db[None], 0.05)
    np.testing.assert_array_equal(W, expected)
    np.testing.assert_array_equal(b, bias)


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("batch", [7, 25])
@pytest.mark.parametrize("new_rng", [np.random.default_rng, np.random.RandomState])
def test_batches_do_not_depend_on_how_many_are_drawn_at_once(sampling, batch, new_rng, monkeypatch):
    for chunk in (1, 60, 1 << 17):
        monkeypatch.setattr(linclf.sampling, "CHUNK", chunk)
        batches = Batches(N, batch, sampling, new_rng(5))
        drawn, left = [], 30
        while left:
            rows = batches.take(left, left)
            batches.chunk.use(batches.chunk.used + len(rows))
            drawn.append(rows)
            left -= -(-len(rows) // batch)
        np.testing.assert_array_equal(
            np.concatenate(drawn),
            np.concatenate(list(recipe(new_rng(5), sampling, 30, batch=batch))),
        )


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("new_rng", [np.random.default_rng, np.random.RandomState])
@pytest.mark.parametrize("stop_at", [1, 3, 4, 5, 12])
def test_the_generator_is_left_where_the_recipe_leaves_it(sampling, new_rng, stop_at, data):
    X, y = data
    rng, reference = new_rng(9), new_rng(9)
    linclf.sgd(
        zeros()[0], X, y, batch_size=BATCH, max_steps=12, rng=rng, sampling=sampling,
        callback=lambda state: state.step == stop_at,
    )  # fmt: skip
    list(recipe(reference, sampling, stop_at))
    assert state_of(rng) == state_of(reference)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_two_runs_with_one_rule_and_generator_are_one_run(momentum, data):
    X, y = data

    def train(*parts):
        W, b = zeros()
        problem = Problem("softmax", W, X, y, b=b)
        rule = Rule(0.1, total=30, momentum=momentum, schedule=linclf.schedules.Cosine())
        batches = Batches(N, BATCH, "replacement", np.random.default_rng(1))
        history = History()
        for steps in parts:
            run(problem, rule, batches, history, steps=steps)
        return W.tobytes(), b.tobytes(), history.loss.tobytes(), len(history)

    assert train(30) == train(1, 12, 17)


@pytest.mark.parametrize("seed", [3, np.int8(3), np.random.SeedSequence(3), np.random.PCG64(3)])
def test_a_seed_may_come_in_many_forms(seed, data):
    X, y = data
    W, expected = zeros()[0], zeros()[0]
    linclf.sgd(W, X, y, max_steps=5, batch_size=BATCH, rng=seed)
    linclf.sgd(expected, X, y, max_steps=5, batch_size=BATCH, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(W, expected)


def test_the_global_random_state_of_numpy_is_neither_read_nor_moved(data):
    X, y = data
    before = state_of(np.random.mtrand._rand)
    linclf.sgd(zeros()[0], X, y, max_steps=5)
    assert state_of(np.random.mtrand._rand) == before


def test_raw_pixels_train_as_centred_floats_do(rng):
    X = rng.integers(0, 256, (N, D), dtype=np.uint8)
    y, center = np.arange(N) % C, X.mean(axis=0)
    W, expected = zeros()[0], zeros()[0]
    options = {"learning_rate": 1e-4, "batch_size": BATCH, "epochs": 3, "rng": 0}
    linclf.sgd(W, X, y, center=center, **options)
    linclf.sgd(expected, X.astype(float) - center, y, **options)
    np.testing.assert_allclose(W, expected, rtol=0, atol=1000 * np.finfo(float).eps)


# ---------------------------------------------------------------------- how long a run lasts


@pytest.mark.parametrize(
    ("limits", "steps"),
    [
        ({}, 40),  # 10 epochs of ceil(50 / 16) steps
        ({"epochs": 3}, 12),
        ({"max_steps": 5}, 5),
        ({"max_steps": 5, "epochs": 3}, 5),
        ({"max_steps": 50, "epochs": 3}, 12),
        ({"max_steps": 0}, 0),
        ({"epochs": 0}, 0),
    ],
)
@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_a_run_ends_at_the_first_of_its_limits(limits, steps, sampling, data):
    X, y = data
    history = linclf.sgd(zeros()[0], X, y, batch_size=BATCH, rng=0, sampling=sampling, **limits)
    assert (len(history), history.stopped) == (steps, "finished")
    np.testing.assert_array_equal(history.epoch, np.arange(steps) // 4 + 1)


@pytest.mark.parametrize("options", [{"epochs": 0}, {"learning_rate": 0.0}])
def test_no_epochs_or_no_rate_leave_every_bit(options, data, rng):
    X, y = data
    W, b = rng.standard_normal((D, C)), rng.standard_normal(C)
    before = W.tobytes(), b.tobytes()
    linclf.sgd(W, X, y, b=b, rng=0, **options)
    assert (W.tobytes(), b.tobytes()) == before


def test_a_batch_larger_than_the_data_is_all_of_it(data):
    X, y = data
    history = linclf.sgd(zeros()[0], X, y, batch_size=10**6, epochs=2, rng=0)
    assert len(history) == 2
    assert history.manifest["batch_size"] == N


def test_epochs_without_a_remainder_are_drawn_together_and_are_the_same(data, monkeypatch):
    X, y = data
    results = []
    for chunk in (1, 1 << 17):
        monkeypatch.setattr(sampling, "CHUNK", chunk)
        W = zeros()[0]
        linclf.sgd(W, X, y, batch_size=25, epochs=7, rng=2)
        results.append(W.tobytes())
    assert results[0] == results[1]


BAD = [
    ({"batch_size": 0}, ValueError, "batch_size is 0"),
    ({"batch_size": -3}, ValueError, "batch_size is -3"),
    ({"batch_size": 2.0}, TypeError, "batch_size is a float"),
    ({"batch_size": True}, TypeError, "batch_size is a bool"),
    ({"epochs": -1}, ValueError, "epochs is -1"),
    ({"epochs": 1.5}, TypeError, "epochs is a float"),
    ({"epochs": 2**70}, ValueError, "below 2"),
    ({"max_steps": 2**70}, ValueError, "below 2"),
    ({"max_steps": -1}, ValueError, "max_steps is -1"),
    ({"rng": -1}, ValueError, "rng is -1"),
    ({"rng": True}, TypeError, "rng is a bool"),
    ({"rng": 0.5}, TypeError, "rng is a float"),
    ({"rng": "0"}, TypeError, "rng is a str"),
    ({"sampling": "random"}, ValueError, "'shuffle' or 'replacement'"),
    ({"schedule": "cosinus"}, ValueError, "schedule is 'cosinus'"),
    ({"learning_rate": -0.1}, ValueError, "learning_rate is -0.1"),
    ({"learning_rate": np.nan}, ValueError, "learning_rate is nan"),
    ({"learning_rate": "fast"}, ValueError, "a number or 'auto'"),
    ({"learning_rate": None}, TypeError, "learning_rate is a NoneType"),
    ({"momentum": 1.0}, ValueError, "below 1"),
    ({"momentum": -0.5}, ValueError, "momentum is -0.5"),
    ({"progress": 3}, TypeError, "progress is a int"),
    ({"loss": "hing"}, ValueError, "hing"),
    ({"reg": -1.0}, ValueError, "reg"),
]


@pytest.mark.parametrize(("options", "error", "message"), BAD, ids=lambda part: str(part)[:40])
def test_a_bad_parameter_is_refused_before_anything_happens(options, error, message, data):
    X, y = data
    W = np.ones((D, C))
    with pytest.raises(error, match=message):
        linclf.sgd(W, X, y, **options)
    assert (W == 1).all()


def test_a_number_that_fails_to_be_an_index_passes_its_error_on(data):
    class Odd:
        def __index__(self):
            raise RuntimeError("odd")

    with pytest.raises(RuntimeError, match="odd"):
        linclf.sgd(zeros()[0], *data, batch_size=Odd())


@pytest.mark.parametrize("train", [linclf.sgd, linclf.gradient_descent, linclf.random_search])
def test_bad_operands_are_refused_by_the_messages_of_the_core(train, data):
    X, y = data
    with pytest.raises(TypeError, match="X"):
        train(zeros()[0], X.tolist(), y)
    with pytest.raises(ValueError, match="X"):
        train(zeros()[0], X[:, :-1], y)
    with pytest.raises(ValueError, match="y"):
        train(zeros()[0], X, y[:-1])
    with pytest.raises(ValueError, match="W"):
        train(np.broadcast_to(0.0, (D, C)), X, y)


@pytest.mark.parametrize("train", [linclf.sgd, linclf.gradient_descent, linclf.random_search])
def test_a_label_out_of_range_is_refused_with_its_place(train, data):
    X, y = data
    y[17] = C
    with pytest.raises(ValueError, match=rf"y\[17\] is {C}"):
        train(zeros()[0], X, y)


# --------------------------------------------------------------------------------- callbacks


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_a_callback_changes_no_bit(momentum, sampling, data):
    X, y = data
    options = {
        "learning_rate": 0.1, "batch_size": BATCH, "epochs": 4, "rng": 1, "sampling": sampling,
        "momentum": momentum, "schedule": "exp", "validation": (X, y),
    }  # fmt: skip
    results = []
    for callback in (None, lambda state: None):
        W, b = zeros()
        history = linclf.sgd(W, X, y, b=b, callback=callback, **options)
        validation = [column.tobytes() for column in history.validation.values()]
        columns = [column.tobytes() for column in history.as_dict().values()]
        results.append((W.tobytes(), b.tobytes(), columns, validation, history.stopped))
    assert results[0] == results[1]


def test_a_callback_is_told_every_step_and_sees_the_weights_after_it(data):
    X, y = data
    W, b = zeros()
    seen = []

    def callback(state):
        assert state.W.base is W
        assert not state.W.flags.writeable
        assert not state.b.flags.writeable
        assert len(state.history) == state.step
        assert state.loss == state.history.loss[-1] == state.data_loss + state.penalty
        assert state.learning_rate == state.history.learning_rate[-1]
        assert state.grad_norm == state.history.grad_norm[-1]
        seen.append((state.step, state.epoch, state.W.copy()))

    linclf.sgd(W, X, y, b=b, reg=0.1, batch_size=BATCH, epochs=2, rng=0, callback=callback)
    assert [step for step, _, _ in seen] == list(range(1, 9))
    assert [epoch for _, epoch, _ in seen] == [1] * 4 + [2] * 4
    np.testing.assert_array_equal(seen[-1][2], W)
    assert all((a[2] != b[2]).any() for a, b in pairwise(seen))


def test_a_true_answer_of_the_callback_stops_the_run(data):
    X, y = data
    W = zeros()[0]
    history = linclf.sgd(
        W, X, y, batch_size=BATCH, epochs=5, rng=0, validation=(X, y),
        callback=lambda state: np.bool_(state.step == 6),
    )  # fmt: skip
    assert (len(history), history.stopped) == (6, "callback")
    np.testing.assert_array_equal(history.validation["step"], [4, 6])
    expected = zeros()[0]
    linclf.sgd(expected, X, y, batch_size=BATCH, max_steps=6, rng=0)
    np.testing.assert_array_equal(W, expected)


def test_what_a_callback_raises_comes_out_with_the_history(data):
    X, y = data
    W = zeros()[0]

    def callback(state):
        if state.step == 6:
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine") as caught:
        linclf.sgd(W, X, y, batch_size=BATCH, epochs=5, rng=0, callback=callback)
    assert len(caught.value.history) == 6
    assert caught.value.history.stopped == "interrupted"


def test_an_epoch_hook_stops_a_run_with_its_own_reason(data):
    X, y = data
    history = History()
    hooks = Hooks(
        on_epoch=lambda h: "early stopping" if h.epoch[-1] == 3 else None, validation=(X, y)
    )
    problem = Problem("softmax", zeros()[0], X, y)
    batches = Batches(N, BATCH, "shuffle", np.random.default_rng(0))
    assert run(problem, Rule(0.1), batches, history, steps=100, hooks=hooks) is history
    assert (len(history), history.stopped) == (12, "early stopping")
    assert len(history.validation["step"]) == 3


# -------------------------------------------------------------------------------- validation


def test_validation_is_measured_after_every_epoch_and_at_the_end(data):
    X, y = data
    W, b = zeros()
    held_out = (X[::2] + 0.1, y[::2])
    weights = []
    history = linclf.sgd(
        W, X, y, b=b, reg=0.1, batch_size=BATCH, max_steps=10, rng=0, validation=held_out,
        callback=lambda state: weights.append((state.W.copy(), state.b.copy())),
    )  # fmt: skip
    np.testing.assert_array_equal(history.validation["step"], [4, 8, 10])
    for k, step in enumerate(history.validation["step"]):
        V, c = weights[step - 1]
        assert history.validation["loss"][k] == linclf.loss_value("softmax", V, *held_out, 0.1, b=c)
        right = linclf.predict(V, held_out[0], b=c) == held_out[1]
        assert history.validation["accuracy"][k] == right.mean()


def test_validation_takes_target_probabilities_too(data):
    X, y = data
    targets = np.eye(C)[y]
    history = linclf.sgd(
        zeros()[0], X, targets, batch_size=BATCH, epochs=2, rng=0, validation=(X, targets)
    )
    plain = linclf.sgd(zeros()[0], X, y, batch_size=BATCH, epochs=2, rng=0, validation=(X, y))
    np.testing.assert_array_equal(history.validation["accuracy"], plain.validation["accuracy"])


@pytest.mark.parametrize("bad", [3, "Xy", (1,), [[1], [2], [3]]], ids=str)
def test_validation_must_be_a_pair(bad, data):
    with pytest.raises(TypeError, match="validation is a"):
        linclf.sgd(zeros()[0], *data, validation=bad)


def test_validation_is_checked_before_the_first_step_and_the_error_says_whose_x_it_is(data):
    X, y = data
    W = zeros()[0]
    with pytest.raises(ValueError, match="X") as caught:
        linclf.sgd(W, X, y, validation=(X[:, 1:], y))
    assert "validation" in caught.value.__notes__[0]
    assert not W.any()


# ------------------------------------------------------------------------------- interruption


def test_an_interrupt_leaves_the_last_finished_step_and_hands_over_the_history(data):
    X, y = data
    W = zeros()[0]

    def callback(state):
        if state.step == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        linclf.sgd(W, X, y, batch_size=BATCH, epochs=5, rng=0, callback=callback)
    history, expected = caught.value.history, zeros()[0]
    assert (len(history), history.stopped) == (7, "interrupted")
    linclf.sgd(expected, X, y, batch_size=BATCH, max_steps=7, rng=0)
    np.testing.assert_array_equal(W, expected)


@pytest.mark.skipif(sys.platform == "win32", reason="needs setitimer")
@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("delay", [0.001, 0.01, 0.0333, 0.0577, 0.1])
def test_a_signal_leaves_weights_history_and_generator_at_the_same_step(delay, sampling, data):
    """The run would last for hours; whatever the signal hits, all three agree on the step."""
    X, y = data
    W, rng, reference = zeros()[0], np.random.default_rng(4), np.random.default_rng(4)

    def handler(number, frame):
        raise TimeoutError

    def start_the_clock(step, total):
        if step == 0:
            signal.setitimer(signal.ITIMER_REAL, delay)
        return 1.0

    before = signal.signal(signal.SIGALRM, handler)
    try:
        with pytest.raises(TimeoutError) as caught:
            linclf.sgd(
                W, X, y, batch_size=BATCH, max_steps=10**10, rng=rng, sampling=sampling,
                learning_rate=1e-4, schedule=start_the_clock,
            )  # fmt: skip
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    steps = len(caught.value.history)
    expected = zeros()[0]
    linclf.sgd(
        expected, X, y, batch_size=BATCH, max_steps=steps, rng=reference, sampling=sampling,
        learning_rate=1e-4,
    )  # fmt: skip
    np.testing.assert_array_equal(W, expected)
    assert state_of(rng) == state_of(reference)


# -------------------------------------------------------------------------------- divergence


@pytest.mark.parametrize("callback", [None, lambda state: None])
def test_divergence_names_the_step_the_cause_and_a_rate_that_works(callback, data):
    X, y = data
    W = zeros()[0]
    with pytest.raises(DivergenceError) as caught:
        linclf.sgd(W, X, y, callback=callback, **DIVERGING)
    error = caught.value
    assert (error.step, error.epoch, error.learning_rate) == (2, 1, 1e12)
    assert "step 2, in epoch 1" in str(error)
    assert f"Use learning_rate={error.stable_learning_rate:g}" in str(error)
    assert isinstance(error, ValueError)
    assert error.history.stopped == "diverged"
    assert len(error.history) >= 1
    assert np.isfinite(W).all()
    again = DIVERGING | {"learning_rate": error.stable_learning_rate}
    history = linclf.sgd(zeros()[0], X, y, **again)
    assert history.loss[-1] < history.loss[0]


def test_a_loss_that_overflows_is_found_at_its_step(data):
    X, y = data
    W = zeros()[0]
    with pytest.raises(DivergenceError, match="step 2, in epoch 2"):
        linclf.sgd(W, X, y, learning_rate=1e200, reg=1.0, batch_size=N, epochs=5, rng=0)
    assert np.isfinite(W).all()


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("batch_size", [25, 1])
def test_divergence_is_noticed_within_an_epoch_or_64_steps(batch_size, sampling, data):
    X, y = data
    options = DIVERGING | {"batch_size": batch_size, "sampling": sampling, "epochs": 100}
    for rate in (1e3, 1e5, 1e9, 1e300):
        with pytest.raises(DivergenceError) as caught:
            linclf.sgd(zeros()[0], X, y, **options | {"learning_rate": rate})
        late = len(caught.value.history) - caught.value.step
        assert late < max(64, -(-N // batch_size))


def test_a_rate_that_is_stable_already_is_cut_to_a_tenth(data):
    X, y = data
    problem = Problem("softmax", zeros()[0], X, y)
    rate = problem.stable_rate(None) / 2
    error = divergence_error(
        problem, History(), step=3, epoch=1, first_loss=1.0, loss=np.inf, rate=rate, batch=None,
        untrained=False,
    )  # fmt: skip
    assert error.stable_learning_rate <= rate / 10
    assert "already below" in str(error)


@pytest.mark.parametrize("where", ["X", "center", "W", "b", "y"])
def test_a_value_that_is_not_finite_is_named_instead_of_blaming_the_rate(where, data):
    X, y = data
    W, b = zeros()
    operands = {"X": X, "center": np.zeros(D), "W": W, "b": b, "y": np.eye(C)[y]}
    entry = {"X": (17, 2), "y": (17, 1), "W": (2, 1)}.get(where, (1,))
    operands[where][entry] = np.nan
    name = f"{where}[{', '.join(map(str, entry))}] is nan"
    with pytest.raises(DivergenceError) as caught:
        linclf.sgd(
            operands["W"], operands["X"], operands["y"], b=operands["b"],
            center=operands["center"], batch_size=BATCH, rng=0,
        )  # fmt: skip
    assert name in str(caught.value)
    assert caught.value.stable_learning_rate is None


def test_divergence_beside_rows_that_are_not_finite_is_still_divergence(data):
    X, y = data
    X[40] = np.nan
    W = zeros()[0]
    index = np.r_[0:40, 41:N]

    class Finite(Batches):
        def take(self, steps, ahead):
            return index[super().take(steps, ahead)]

    batches = Finite(len(index), BATCH, "shuffle", np.random.default_rng(0))
    problem = Problem("softmax", W, X, y, 1.0)
    with pytest.raises(DivergenceError, match="rows that are not finite") as caught:
        run(problem, Rule(1e12), batches, History(), steps=20)
    assert caught.value.stable_learning_rate is None


def test_full_batches_diverge_with_the_same_words(data):
    X, y = data
    with pytest.raises(DivergenceError, match="Use learning_rate="):
        linclf.gradient_descent(zeros()[0], X, y, learning_rate=1e12, reg=1.0)


# ------------------------------------------------------------------------- stable learning rate


def curvature(X, reg=0.0, bias=False):
    """The bound 1/2 lmax(X'X/N) + 2 l2 for softmax, from all eigenvalues."""
    if bias:
        X = np.column_stack([np.ones(len(X)), X])
    return np.linalg.eigvalsh(X.T @ X / len(X))[-1] / 2 + 2 * reg


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("reg", [0.0, 5.0])
def test_the_stable_rate_is_the_reciprocal_of_the_curvature_bound(bias, reg, data):
    X, _ = data
    exact = 1 / curvature(X, reg, bias)
    rate = linclf.stable_learning_rate("softmax", X, reg, bias=bias)
    assert 0.89 * exact < rate < 1.02 * exact  # two digits, rounded down; the power iteration


def test_the_stable_rate_sees_the_centred_data_and_integers(rng):
    X = rng.integers(0, 256, (N, D), dtype=np.uint8)
    center = X.mean(axis=0)
    expected = linclf.stable_learning_rate("softmax", X - center)
    assert linclf.stable_learning_rate("softmax", X, 0.0, center) == expected
    assert linclf.stable_learning_rate("softmax", X) < expected / 2


def test_small_batches_need_smaller_rates(data):
    X, _ = data
    rates = [linclf.stable_learning_rate("softmax", X, batch_size=B) for B in (1, 4, 16, N)]
    assert rates == sorted(rates)
    longest = (X**2).sum(axis=1).max()
    assert 0.89 * 2 / longest < rates[0] <= 2 / longest
    assert rates[-1] == linclf.stable_learning_rate("softmax", X)


def test_gradient_descent_at_the_stable_rate_only_goes_down(data):
    X, y = data
    history = linclf.gradient_descent(
        zeros()[0], X, y, reg=0.3, learning_rate="auto", max_steps=200
    )
    assert history.learning_rate[0] == linclf.stable_learning_rate("softmax", X, 0.3)
    assert (np.diff(history.loss) <= 16 * np.finfo(float).eps * history.loss[0]).all()


def test_the_automatic_rate_trains_every_loss(loss, data):
    X, y = data
    W, b = zeros()
    options = {"learning_rate": "auto", "batch_size": BATCH, "epochs": 100, "rng": 0}
    history = linclf.sgd(W, 100 * X, y, loss=loss, b=b, **options)
    assert history.loss[-20:].mean() < 0.5 * history.loss[0]


@pytest.mark.parametrize("n_classes", [2, 10])
def test_the_slope_at_zero_will_do_for_a_loss_that_is_not_in_the_table(loss, n_classes):
    ratio = stability._slope_at_zero(loss, n_classes) / stability._kappa(loss, n_classes)
    if loss in ("hinge", "crammer_singer", "one_vs_all"):
        assert ratio == pytest.approx(1)
    assert ratio >= np.sqrt(0.5)  # a rate of 1 / L is half of what is just stable


def test_the_stable_rate_of_nothing_at_all_is_one():
    assert linclf.stable_learning_rate("hinge", np.zeros((3, 2))) == 1.0


def test_a_large_matrix_is_sampled_the_same_way_every_time():
    X = np.broadcast_to(np.arange(100, dtype=np.uint8), (10**7, 100))
    rates = {linclf.stable_learning_rate("softmax", X) for _ in range(2)}
    assert len(rates) == 1


def test_a_rate_for_data_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="not finite"):
        linclf.stable_learning_rate("softmax", np.array([[np.nan]]))


def test_a_rate_for_an_unknown_loss_is_refused():
    with pytest.raises(ValueError, match="crammer_singer"):
        linclf.stable_learning_rate("hing", np.eye(2))


# ------------------------------------------------------------- gradient descent, random search


@pytest.mark.parametrize("nesterov", [False, True])
def test_gradient_descent_is_the_loop_of_the_lectures(nesterov, loss, data):
    X, y = data
    W, expected, v = zeros()[0], zeros()[0], zeros()[0]
    options = {"learning_rate": 0.1, "momentum": 0.5, "nesterov": nesterov, "max_steps": 20}
    history = linclf.gradient_descent(W, X, y, loss=loss, **options)
    for k in range(20):
        value, dW = linclf.loss_and_grad(loss, expected, X, y)
        assert abs(history.loss[k] - value) <= 1e-12 * value
        assert abs(history.grad_norm[k] - np.linalg.norm(dW)) <= 1e-12 * np.linalg.norm(dW)
        v = 0.5 * v - 0.1 * dW
        expected += 0.5 * v - 0.1 * dW if nesterov else v
    np.testing.assert_allclose(W, expected, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(history.epoch, np.arange(20) + 1)


def test_gradient_descent_stops_at_the_first_small_gradient(data):
    X, y = data
    W = zeros()[0]
    options = {"learning_rate": 0.1, "reg": 0.1, "max_steps": 1000}
    history = linclf.gradient_descent(W, X, y, tol=1e-3, **options)
    assert history.stopped == "converged"
    assert history.grad_norm[-1] <= 1e-3 < history.grad_norm[-2]
    expected = zeros()[0]
    linclf.gradient_descent(expected, X, y, **options | {"max_steps": len(history)})
    np.testing.assert_array_equal(W, expected)


@pytest.mark.parametrize("local", [False, True])
def test_random_search_follows_the_protocol_of_the_notes(local, loss, data):
    X, y = data
    start = np.full((D, C), 0.01)
    W, draw = start.copy(), np.random.default_rng(6)
    options = {"reg": 0.1, "n_tries": 50, "scale": 0.5, "step": 0.2, "local": local, "rng": 6}
    history = linclf.random_search(W, X, y, loss=loss, **options)
    best, lowest = start, linclf.loss_value(loss, start, X, y, 0.1) if local else np.inf
    for k in range(50):
        noise = draw.standard_normal((D, C))
        trial = best + 0.2 * noise if local else 0.5 * noise
        value = linclf.loss_value(loss, trial, X, y, 0.1)
        assert history.loss[k] == pytest.approx(value, rel=1e-12)
        if value < lowest:
            best, lowest = trial, value
    np.testing.assert_array_equal(W, best)


def test_random_local_search_is_the_local_strategy(data):
    X, y = data
    options = {"loss": "hinge", "reg": 0.1, "n_tries": 60, "step": 0.2, "rng": 4}
    ours, expected = zeros(), zeros()
    history = linclf.random_local_search(ours[0], X, y, b=ours[1], **options)
    other = linclf.random_search(expected[0], X, y, b=expected[1], local=True, **options)
    for mine, theirs in zip(ours, expected, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(history.loss, other.loss)
    assert history.lowest[-1] == linclf.loss_value("hinge", ours[0], X, y, 0.1, b=ours[1])
    assert history.lowest[-1] < history.loss[0]


def test_random_search_draws_a_bias_after_the_weights(data):
    X, y = data
    W, b = zeros()
    linclf.random_search(W, X, y, b=b, n_tries=1, scale=2.0, rng=0)
    draw = np.random.default_rng(0)
    np.testing.assert_array_equal(W, 2.0 * draw.standard_normal((D, C)))
    np.testing.assert_array_equal(b, 2.0 * draw.standard_normal(C))


def test_random_search_shows_the_best_so_far_to_its_callback(data):
    X, y = data
    W, best = zeros()[0], []

    def callback(state):
        best.append(linclf.loss_value("softmax", state.W, X, y))
        return state.step == 20

    history = linclf.random_search(W, X, y, n_tries=99, scale=1.0, rng=0, callback=callback)
    assert (len(history), history.stopped) == (20, "callback")
    np.testing.assert_allclose(best, np.minimum.accumulate(history.loss), rtol=1e-12)


def test_an_interrupted_search_keeps_the_best_so_far(data):
    X, y = data
    W = zeros()[0]

    def callback(state):
        if state.step == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        linclf.random_search(W, X, y, n_tries=99, scale=1.0, rng=0, callback=callback)
    expected = zeros()[0]
    linclf.random_search(expected, X, y, n_tries=9, scale=1.0, rng=0)
    np.testing.assert_array_equal(W, expected)
    assert len(caught.value.history) == 9


def test_weights_of_either_dtype_keep_it(dtype, data):
    X, y = data
    for train in (linclf.sgd, linclf.gradient_descent, linclf.random_search):
        W, b = zeros(dtype)
        train(W, X.astype(dtype), y, b=b)
        assert W.dtype == b.dtype == dtype
        assert W.any()


@pytest.mark.parametrize("bad_row", [3, 350])
def test_a_bad_label_leaves_w_where_its_history_says(bad_row):
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((400, 3)), rng.integers(0, 2, 400)
    y[bad_row] = 9
    W, start = np.zeros((3, 2)), np.zeros((3, 2))
    with pytest.raises(ValueError, match=rf"y\[{bad_row}\] is 9") as caught:
        linclf.sgd(W, X, y, batch_size=20, max_steps=40, learning_rate=0.1, rng=1)
    steps = len(caught.value.history)
    linclf.sgd(start, X, np.where(y == 9, 0, y), batch_size=20, max_steps=steps,
               learning_rate=0.1, rng=1)  # fmt: skip
    np.testing.assert_array_equal(W, start)
