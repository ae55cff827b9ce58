"""What must hold whatever the numbers are: symmetries, sums, scaling, and that NaN spreads."""

import linclf
import numpy as np
import pytest
from problems import draw, losses_with_targets, small, targets
from reference import ORACLES, assert_close, objective, tolerance

SHAPES = ((9, 5, 4), (16, 17, 3), (33, 8, 17), (2, 65, 2))


def answer(loss, problem):
    """Return what loss_and_grad returns for a problem."""
    return linclf.loss_and_grad(loss, *problem.operands, **problem.options)


def assert_same(loss, problem, value, dW, *, shift=0):
    """Assert a loss and gradient that should be those of `problem`, up to rounding."""
    exact, dtype = objective(loss, *problem.operands, **problem.options), problem.W.dtype
    assert_close(value, exact.loss, exact.loss_size + shift, dtype, "loss")
    assert_close(dW, exact.dW, exact.dW_size + shift * abs(problem.X).max(), dtype, "dW")


def score_derivative(loss, S, y, delta):
    """dL/dS of every row, by making the scores the weights and X the identity."""
    N = len(S)
    return N * linclf.loss_and_grad(loss, S, np.eye(N, dtype=S.dtype), y, delta=delta)[1]


def test_rows_of_the_score_derivative_sum_to_zero_where_the_oracle_says_so(loss, dtype, isa):
    largest = 0
    for N, D, C in SHAPES:
        problem = draw(1, N, D, C, dtype)
        S = problem.X @ problem.W
        dS = score_derivative(loss, S, problem.y, 1.0)
        sums, size = dS.sum(axis=1, dtype=np.longdouble), abs(dS).sum(axis=1)
        largest = max(largest, abs(sums).max())
        if ORACLES[loss].shift_invariant:
            assert_close(sums, np.zeros(N), size, dtype, "row sums")
    assert ORACLES[loss].shift_invariant or largest >= 1


def test_adding_a_constant_to_the_scores_changes_nothing_where_the_oracle_says_so(loss, dtype, isa):
    for N, D, C in SHAPES:
        problem = draw(2, N, D, C, dtype)
        shifts = (1.0, -64.0, 100.0)
        for shift in shifts:
            moved = problem.with_(b=np.full(C, shift, dtype))
            value, dW, _ = answer(loss, moved)
            if ORACLES[loss].shift_invariant:
                assert_same(loss, problem, value, dW, shift=abs(shift) * C)
            else:
                assert value != answer(loss, problem)[0]


def test_renaming_the_classes_renames_the_columns_of_the_gradient(loss, dtype, isa, rng):
    for N, D, C in SHAPES:
        problem = draw(3, N, D, C, dtype, reg=0.1)
        order = rng.permutation(C)
        renamed = problem.with_(W=problem.W[:, order], y=np.argsort(order)[problem.y])
        value, dW = answer(loss, renamed)
        assert_same(loss, problem, value, dW[:, np.argsort(order)])


def test_the_order_of_the_samples_and_features_does_not_matter(loss, dtype, rng):
    for N, D, C in SHAPES:
        problem = draw(4, N, D, C, dtype, reg=linclf.L1(0.1))
        rows, columns = rng.permutation(N), rng.permutation(D)
        shuffled = problem.with_(
            W=problem.W[columns], X=problem.X[rows][:, columns], y=problem.y[rows]
        )
        value, dW = answer(loss, shuffled)
        assert_same(loss, problem, value, dW[np.argsort(columns)])


def test_a_batch_is_the_mean_of_its_halves(loss, dtype, isa):
    for half, D, C in SHAPES:
        problem = draw(5, 2 * half, D, C, dtype, reg=0.1)
        parts = [
            answer(loss, problem.with_(X=problem.X[rows], y=problem.y[rows]))
            for rows in (slice(half), slice(half, None))
        ]
        value = (parts[0][0] + parts[1][0]) / 2
        assert_same(loss, problem, value, (parts[0][1] + parts[1][1]) / 2)


def test_scaling_scores_and_delta_by_two_scales_the_loss_exactly(loss, dtype, isa):
    degree = ORACLES[loss].degree
    for N, D, C in SHAPES:
        problem = draw(6, N, D, C, dtype, b=True)
        value, dW, db = answer(loss, problem)
        twice = problem.with_(W=2 * problem.W, b=2 * problem.b, delta=2.0)
        value2, dW2, db2 = answer(loss, twice)
        if degree is None:
            assert value2 not in (2 * value, 4 * value)
            continue
        assert value2 == 2**degree * value
        np.testing.assert_array_equal(dW2, 2 ** (degree - 1) * dW)
        np.testing.assert_array_equal(db2, 2 ** (degree - 1) * db)


def test_a_bias_is_a_column_of_ones_that_is_not_regularised(loss, dtype, isa):
    for N, D, C in SHAPES:
        problem = draw(7, N, D, C, dtype, b=True)
        value, dW, db = answer(loss, problem)
        trick = problem.with_(
            W=np.vstack([problem.W, problem.b]),
            X=np.hstack([problem.X, np.ones((N, 1), dtype)]),
            b=None,
        )
        assert_same(loss, trick, value, np.vstack([dW, db]))
        with_reg, dW_reg, db_reg = answer(loss, problem.with_(reg=0.3))
        assert with_reg > value
        assert (dW_reg != dW).any()
        np.testing.assert_array_equal(db_reg, db)


@pytest.mark.parametrize("x_dtype", [None, "uint8"])
def test_center_is_subtracted_from_every_row(loss, dtype, x_dtype, isa):
    for N, D, C in SHAPES:
        problem = draw(8, N, D, C, dtype, x_dtype, center=True)
        value, dW = answer(loss, problem)
        difference = problem.X.astype(dtype) - problem.center
        assert_same(loss, problem, value, dW)
        exact = objective(loss, *problem.operands, **problem.options)
        value, dW = answer(loss, problem.with_(X=difference, center=None))
        assert_close(value, exact.loss, exact.loss_size, dtype, "loss of the difference")


def test_the_penalty_is_added_to_the_loss_without_data(loss):
    problem = draw(9, 9, 5, 4)
    plain, dW = answer(loss, problem)
    for reg, penalty, slope in (
        (0.5, 0.5 * (problem.W**2).sum(), problem.W),
        (linclf.L1(0.5), 0.5 * abs(problem.W).sum(), 0.5 * np.sign(problem.W)),
    ):
        value, dW_reg = answer(loss, problem.with_(reg=reg))
        assert_same(loss, problem.with_(reg=reg), plain + penalty, dW + slope)
        assert_same(loss, problem.with_(reg=reg), value, dW_reg)


@pytest.mark.parametrize("loss", losses_with_targets())
def test_targets_are_linear_and_uniform_ones_ask_for_the_mean_of_all_labels(loss):
    problem = draw(10, 9, 5, 4)
    t, u = targets(1, problem), targets(2, problem)
    values = [answer(loss, problem.with_(y=y))[0] for y in (t, u, t + u)]
    exact = objective(loss, problem.W, problem.X, t + u)
    assert_close(values[2], exact.loss, exact.loss_size, "float64")
    assert_close(values[0] + values[1], exact.loss, exact.loss_size, "float64")
    mean = np.mean([answer(loss, problem.with_(y=np.full(9, c)))[0] for c in range(4)])
    uniform = objective(loss, problem.W, problem.X, np.full((9, 4), 0.25))
    assert_close(mean, uniform.loss, uniform.loss_size, "float64")


def nan_places(array):
    """Index of the first, a middle, and the last entry, and of the last one of a whole vector."""
    last = tuple(n - 1 for n in array.shape)
    vector = tuple(max(0, min(n - 1, n // 8 * 8 - 1)) for n in array.shape)
    return {tuple(0 for _ in last), tuple(n // 2 for n in array.shape), vector, last}


def test_nan_in_any_used_place_gives_a_nan_loss(loss, dtype, isa):
    for problem in small(None, dtype)[::11]:
        if problem.W.shape[1] == 1:
            continue  # a hinge loss of one class uses nothing
        for name, array in problem.arrays.items():
            for place in nan_places(array) if name != "y" else ():
                spoilt = array.copy()
                spoilt[place] = np.nan
                value, *_ = answer(loss, problem.with_(**{name: spoilt}))
                assert np.isnan(value), f"NaN at {name}{place} is hidden in {value}"


@pytest.mark.parametrize("loss", losses_with_targets())
def test_nan_in_target_probabilities_gives_a_nan_loss(loss, dtype, isa):
    for problem in small(None, dtype, True)[::11]:
        for place in nan_places(problem.y) if problem.y.ndim == 2 else ():
            spoilt = problem.y.copy()
            spoilt[place] = np.nan
            assert np.isnan(answer(loss, problem.with_(y=spoilt))[0])


def test_an_infinite_score_gives_the_limit_or_nan_and_never_a_wrong_number(loss, dtype, isa):
    for C in (2, 9, 17):
        for j, sign in ((0, -1), (C - 1, -1), (0, 1), (C - 1, 1)):
            b = np.linspace(-2.2, 2.3, C).astype(np.longdouble)
            b[j] = sign * np.longdouble("1e4000")
            problem = draw(11, 1, 1, C, dtype)
            for label in (0, C - 1):
                labelled = problem.with_(y=np.array([label]), b=b)
                with np.errstate(over="ignore"):
                    limit = objective(loss, *labelled.operands, **labelled.options).loss
                    value, *_ = answer(loss, labelled.with_(b=b.astype(dtype)))
                    wrong = abs(value - float(limit)) > tolerance(dtype, 2 * C)
                assert np.isnan(value) or value == float(limit) or not wrong, (C, j, sign, label)


def test_garbage_around_the_operands_stays_unseen():
    problem = draw(12, 9, 5, 4)
    for name, array in (("X", problem.X), ("W", problem.W)):
        garbage = np.full((array.shape[0] + 2, array.shape[1] + 2), np.nan)
        garbage[1:-1, 1:-1] = array
        value, dW = answer("hinge", problem.with_(**{name: garbage[1:-1, 1:-1]}))
        expected, dW_expected = answer("hinge", problem)
        assert value == expected
        np.testing.assert_array_equal(dW, dW_expected)
