"""Training steps in C: bit for bit a loop of the public functions, and equal to the formulas."""

import linclf
import numpy as np
import pytest
from linclf import _linclf
from problems import draw, losses_with_targets, targets
from reference import KAPPA, WIDE, assert_close, objective, strengths

N, D, C, BATCH = 50, 17, 5, 16
STEPS = 4  # 16, 16, 16 and 2 rows
RATES = np.array([0.1, 0.05, 0.2, 0.01])
MOMENTA = [(0.0, False), (0.9, False), (0.9, True), (0.5, True)]


def make(dtype, bias=True, **options):
    """Draw a problem to train on, and an order of its rows."""
    problem = draw(1, N, D, C, dtype, reg=linclf.ElasticNet(0.05, 0.4), b=bias, **options)
    return problem, np.random.default_rng(2).permutation(N)


class Run:
    """One call of sgd_run on copies of the parameters, and all that came out of it."""

    def __init__(
        self, loss, problem, index, rates=RATES, momentum=0.0, nesterov=False, velocity=None, *,
        batch=BATCH, n_threads=1, poll=None,
    ):  # fmt: skip
        self.W = problem.W.copy()
        self.b = None if problem.b is None else problem.b.copy()
        self.velocity = velocity
        if momentum and velocity is None:
            self.velocity = self.zeros()
        self.history = np.full((len(rates), 3), np.nan)
        self.done = np.zeros(1, np.int64)
        self.finished = _linclf.sgd_run(
            loss, self.W, problem.X, problem.y, problem.reg, self.b, problem.delta,
            problem.center, index, batch, np.asarray(rates, float), momentum, nesterov,
            self.velocity, self.history, self.done, n_threads, poll,
        )  # fmt: skip

    def zeros(self):
        """Return a velocity of zeros, of the form that sgd_run takes."""
        vW = np.zeros_like(self.W)
        return vW if self.b is None else (vW, np.zeros_like(self.b))

    @property
    def state(self):
        """The bytes of everything a run changes."""
        velocity = self.velocity if isinstance(self.velocity, tuple) else (self.velocity,)
        arrays = (self.W, self.b, *velocity, self.history, self.done)
        return [None if array is None else array.tobytes() for array in arrays]


def batches(index):
    """Split an order of rows into the batches of the run."""
    return [index[start : start + BATCH] for start in range(0, len(index), BATCH)]


def loop(loss, problem, parts, rates):
    """Run the same steps with the public functions, on copies; return W and b."""
    W = problem.W.copy()
    b = None if problem.b is None else problem.b.copy()
    for rows, rate in zip(parts, rates, strict=True):
        _, *grads = linclf.loss_and_grad(
            loss, W, problem.X[rows], problem.y[rows], problem.reg,
            b=b, delta=problem.delta, center=problem.center,
        )  # fmt: skip
        linclf.sgd_step(W, grads[0], rate)
        if b is not None:
            linclf.sgd_step(b[:, None], grads[1][:, None], rate)
    return W, b


@pytest.mark.parametrize("x_dtype", [None, "uint8"])
@pytest.mark.parametrize("bias", [False, True])
def test_a_run_has_the_bits_of_a_loop_of_gradients_and_steps(loss, dtype, x_dtype, bias, isa):
    problem, index = make(dtype, bias, x_dtype=x_dtype, center=bias, delta=0.5)
    W, b = loop(loss, problem, batches(index), RATES)
    result = Run(loss, problem, index)
    assert result.finished is True
    assert result.done[0] == STEPS
    np.testing.assert_array_equal(result.W, W)
    if bias:
        np.testing.assert_array_equal(result.b, b)


def test_without_an_index_every_step_sees_all_rows_in_order(loss, dtype):
    problem, _ = make(dtype)
    W, b = loop(loss, problem, [slice(None)] * STEPS, RATES)
    result = Run(loss, problem, None, batch=7)
    np.testing.assert_array_equal(result.W, W)
    np.testing.assert_array_equal(result.b, b)
    assert Run(loss, problem, np.tile(np.arange(N), STEPS), batch=N).state == result.state


def test_rows_may_come_again_and_in_any_order(loss):
    problem, _ = make("float64")
    index = np.random.default_rng(3).integers(0, N, 3 * BATCH + 1)
    index[:BATCH] = 7
    W, b = loop(loss, problem, batches(index), RATES)
    result = Run(loss, problem, index)
    np.testing.assert_array_equal(result.W, W)
    np.testing.assert_array_equal(result.b, b)


def assert_history(row, exact, dtype):
    """Assert data loss, penalty and gradient norm against the oracle."""
    norm = np.sqrt((exact.dW**2).sum() + (exact.db**2).sum())
    norm_size = np.sqrt((exact.dW_size**2).sum() + (exact.db_size**2).sum())
    data_loss, penalty, grad_norm = row
    assert_close(data_loss, exact.data_loss, exact.loss_size, dtype, "data loss")
    assert_close(penalty, exact.penalty, exact.penalty, dtype, "penalty")
    assert_close(grad_norm, norm, norm_size, dtype, "norm")


@pytest.mark.parametrize(("momentum", "nesterov"), MOMENTA)
def test_every_step_equals_the_oracle(loss, dtype, momentum, nesterov, isa):
    """Step by step from the state the core left, so that errors cannot add up."""
    problem, index = make(dtype)
    velocity = np.zeros_like(problem.W), np.zeros_like(problem.b)
    for rows, rate in zip(batches(index), RATES, strict=True):
        exact = objective(
            loss, problem.W, problem.X[rows], problem.y[rows], problem.reg, b=problem.b
        )
        old = tuple(v.copy() for v in velocity)
        result = Run(loss, problem, rows, [rate], momentum, nesterov, velocity)
        assert_history(result.history[0], exact, dtype)
        grads = ((exact.dW, exact.dW_size), (exact.db, exact.db_size))
        moves = ((problem.W, result.W), (problem.b, result.b))
        for (grad, size), (start, end), v_old, v_new in zip(
            grads, moves, old, velocity, strict=True
        ):
            v = momentum * v_old.astype(WIDE) - rate * grad
            move = momentum * v - rate * grad if nesterov else v
            reach = abs(start) + abs(v_old) + rate * size
            assert_close(end, start + move, reach, dtype, "parameters")
            if momentum:
                assert_close(v_new, v, reach, dtype, "velocity")
        problem = problem.with_(W=result.W, b=result.b)


@pytest.mark.parametrize(("momentum", "nesterov"), MOMENTA)
def test_a_run_in_parts_has_the_bits_of_the_whole(loss, dtype, momentum, nesterov):
    problem, index = make(dtype)
    whole = Run(loss, problem, index, RATES, momentum, nesterov)
    first = Run(loss, problem, index[: 2 * BATCH], RATES[:2], momentum, nesterov)
    rest = Run(
        loss, problem.with_(W=first.W, b=first.b), index[2 * BATCH :], RATES[2:], momentum,
        nesterov, first.velocity,
    )  # fmt: skip
    np.testing.assert_array_equal(rest.W, whole.W)
    np.testing.assert_array_equal(rest.b, whole.b)
    np.testing.assert_array_equal(np.vstack([first.history, rest.history]), whole.history)


def test_a_run_has_the_same_bits_for_any_number_of_threads(loss, dtype, n_threads):
    """Batches worth five threads, the last of them worth one."""
    rng = np.random.default_rng(4)
    problem = make(dtype)[0].with_(
        W=rng.normal(size=(150, 16)).astype(dtype) / 10,
        X=rng.normal(size=(8000, 150)).astype(dtype),
        b=rng.normal(size=16).astype(dtype),
        y=rng.integers(0, 16, 8000),
    )
    index, rates = rng.integers(0, 8000, 11_000), np.full(3, 0.01)
    alone = Run(loss, problem, index, rates, 0.9, True, batch=5000)
    assert alone.done[0] == 3
    same = Run(loss, problem, index, rates, 0.9, True, batch=5000, n_threads=n_threads)
    assert same.state == alone.state


@pytest.mark.parametrize(("momentum", "nesterov"), MOMENTA)
def test_a_run_has_the_same_bits_for_any_layout_and_fused_instruction_set(
    loss, dtype, momentum, nesterov, using_isa
):
    problem, index = make(dtype)
    expected = Run(loss, problem, index, RATES, momentum, nesterov).state
    moved = problem.with_(X=np.asfortranarray(problem.X), y=np.repeat(problem.y, 2)[::2])
    for isa in _linclf.isas():
        if (isa == "baseline") != (_linclf.isa() == "baseline"):
            continue
        with using_isa(isa):
            for same in (problem, moved):
                assert Run(loss, same, index, RATES, momentum, nesterov).state == expected


def test_parameters_of_any_layout_are_updated_in_place(loss, dtype, layout):
    problem, index = make(dtype)
    expected = Run(loss, problem, index, RATES, 0.9)
    for name in ("W", "b", "vW", "vb"):
        arrays = {"W": problem.W.copy(), "b": problem.b.copy()}
        arrays |= {"vW": np.zeros_like(problem.W), "vb": np.zeros_like(problem.b)}
        arrays[name] = layout(arrays[name])
        if not arrays[name].flags.writeable:
            continue
        _linclf.sgd_run(
            loss, arrays["W"], problem.X, problem.y, problem.reg, arrays["b"], 1.0, None, index,
            BATCH, RATES, 0.9, False, (arrays["vW"], arrays["vb"]), np.empty((STEPS, 3)),
            np.zeros(1, np.int64), 1, None,
        )  # fmt: skip
        np.testing.assert_array_equal(arrays["W"], expected.W)
        np.testing.assert_array_equal(arrays["b"], expected.b)
        np.testing.assert_array_equal(arrays["vW"], expected.velocity[0])
        np.testing.assert_array_equal(arrays["vb"], expected.velocity[1])


@pytest.mark.parametrize("loss", losses_with_targets())
def test_target_probabilities_are_followed_by_index(loss, dtype):
    problem, index = make(dtype)
    problem = problem.with_(y=targets(3, problem))
    W, b = loop(loss, problem, batches(index), RATES)
    result = Run(loss, problem, index)
    np.testing.assert_array_equal(result.W, W)
    np.testing.assert_array_equal(result.b, b)


def test_a_rate_of_zero_changes_no_bit(loss, dtype):
    problem, index = make(dtype)
    result = Run(loss, problem, index, np.zeros(STEPS))
    assert result.W.tobytes() == problem.W.tobytes()
    assert result.b.tobytes() == problem.b.tobytes()


def test_no_steps_change_no_bit(loss):
    problem, index = make("float64")
    result = Run(loss, problem, index[:0], RATES[:0])
    assert result.finished is True
    assert result.done[0] == 0
    assert result.W.tobytes() == problem.W.tobytes()


@pytest.mark.parametrize("place", ["W", "X"])
def test_a_step_that_is_not_finite_is_not_taken(loss, dtype, place):
    problem, index = make(dtype)
    bad = 2 * BATCH + 3  # within the third batch
    X = problem.X.copy()
    X[index[bad]] = np.nan if place == "X" else np.finfo(dtype).max
    W = problem.W.copy()
    if place == "W":
        W[:] = np.where(np.arange(C) == problem.y[index[bad]], -5, 5)
    problem = problem.with_(X=X, W=W, reg=0.0)
    result = Run(loss, problem, index)
    assert result.finished is False
    assert result.done[0] == 2
    assert not np.isfinite(result.history[2]).all()
    assert np.isfinite(result.history[:2]).all()
    good = Run(loss, problem, index[: 2 * BATCH], RATES[:2])
    np.testing.assert_array_equal(result.W, good.W)
    np.testing.assert_array_equal(result.b, good.b)


def test_a_rate_far_too_high_ends_the_run_with_finite_weights(dtype):
    problem, _ = make(dtype)
    steps = 2000
    result = Run("squared_hinge", problem, None, np.full(steps, 50.0))
    assert result.finished is False
    assert result.done[0] < steps
    assert np.isfinite(result.W).all()
    assert not np.isfinite(result.history[result.done[0]]).all()


def test_sgd_step_is_the_formula(dtype, isa, rng):
    for shape in ((1, 1), (3, 7), (17, 9), (130, 10)):
        W, dW = rng.normal(size=(2, *shape)).astype(dtype)
        start = W.copy()
        assert linclf.sgd_step(W, dW, 0.3) is None
        exact = start - WIDE(0.3) * dW
        assert_close(W, exact, abs(start) + abs(dW), dtype, "W")


def test_sgd_step_takes_a_bias_as_well(dtype, layout, rng):
    b, db = rng.normal(size=(2, 9)).astype(dtype)
    expected = b[:, None].copy()
    linclf.sgd_step(expected, db[:, None], 0.3)
    linclf.sgd_step(b, layout(db), 0.3)
    np.testing.assert_array_equal(b, expected[:, 0])


def test_sgd_trains_on_the_batches_that_numpy_draws(loss, dtype):
    """A reference loop in NumPy with the same seed sees the same batches, for whole epochs."""
    problem, _ = make(dtype)
    W, b, steps = problem.W.copy(), problem.b.copy(), 3 * STEPS
    rng = np.random.default_rng(7)
    parts = [rows for _ in range(3) for rows in batches(rng.permutation(N))]
    expected = loop(loss, problem, parts, np.full(steps, 0.01))
    history = linclf.sgd(
        W, problem.X, problem.y, loss=loss, reg=problem.reg, b=b, learning_rate=0.01,
        batch_size=BATCH, epochs=3, rng=7,
    )  # fmt: skip
    np.testing.assert_array_equal(W, expected[0])
    np.testing.assert_array_equal(b, expected[1])
    assert len(history) == steps


def test_gradient_descent_is_a_loop_of_whole_gradients(loss, dtype):
    problem, _ = make(dtype)
    W, b = problem.W.copy(), problem.b.copy()
    linclf.gradient_descent(
        W, problem.X, problem.y, loss=loss, reg=problem.reg, b=b, learning_rate=0.01, max_steps=5
    )
    expected = loop(loss, problem, [slice(None)] * 5, np.full(5, 0.01))
    np.testing.assert_array_equal(W, expected[0])
    np.testing.assert_array_equal(b, expected[1])


def test_the_history_is_that_of_the_oracle():
    problem, _ = make("float64")
    W, b = problem.W.copy(), problem.b.copy()
    rows = np.random.default_rng(9).permutation(N)[:BATCH]
    history = linclf.sgd(
        W, problem.X, problem.y, loss="hinge", reg=problem.reg, b=b, learning_rate=0.01,
        batch_size=BATCH, max_steps=1, rng=9,
    )  # fmt: skip
    exact = objective(
        "hinge", problem.W, problem.X[rows], problem.y[rows], problem.reg, b=problem.b
    )
    eps = KAPPA * np.finfo(float).eps * float(exact.loss_size)
    assert abs(history.loss[0] - float(exact.loss)) <= eps
    assert abs(history.penalty[0] - float(exact.penalty)) <= eps
    assert history.data_loss[0] + history.penalty[0] == history.loss[0]
    assert strengths(problem.reg) == (0.05 * 0.4, 0.05)
