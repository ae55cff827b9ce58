"""The check of a gradient passes what is right and finds what is wrong."""

import contextlib
import inspect
import warnings

import numpy as np
import pytest
from linclf import check_gradient

N, D, C = 20, 6, 4


@pytest.fixture
def problem(rng):
    """W, X, y and reg, away from kinks for all that matters."""
    return rng.standard_normal((D, C)), rng.standard_normal((N, D)), rng.integers(C, size=N), 0.1


def cubic(W):
    """A smooth function with a known gradient, 3 W**2."""
    return (W**3).sum()


# --------------------------------------------------------------------------------- the check


def test_the_losses_of_this_package_pass(loss, problem):
    check = check_gradient(loss, *problem)
    assert check
    assert check.passed is True
    assert check.checked == D * C


def right(W, X, y, reg):
    """A student's softmax, right."""
    S = X @ W
    S = S - S.max(axis=1, keepdims=True)
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    rows = np.arange(len(X))
    value = -np.log(P[rows, y]).mean() + reg * (W**2).sum()
    P[rows, y] -= 1
    return value, X.T @ P / len(X) + 2 * reg * W


def wrong_scale(W, X, y, reg):
    value, dW = right(W, X, y, reg)
    return value, dW * len(X)


def wrong_sign(W, X, y, reg):
    value, dW = right(W, X, y, reg)
    return value, -dW


def half_the_penalty(W, X, y, reg):
    value, dW = right(W, X, y, reg)
    return value, dW - reg * W


def one_entry(W, X, y, reg):
    value, dW = right(W, X, y, reg)
    dW[3, 2] += 1e-3
    return value, dW


def test_a_right_function_passes(problem):
    check = check_gradient(right, *problem, loss="softmax")
    assert check
    assert check.max_relative_error < 1e-7
    assert "passed" in repr(check)


@pytest.mark.parametrize("wrong", [wrong_scale, wrong_sign, half_the_penalty, one_entry])
def test_a_wrong_function_fails(wrong, problem):
    check = check_gradient(wrong, *problem)
    assert not check
    assert check.passed is False
    assert "FAILED" in repr(check)


def test_the_worst_entry_is_named_with_both_of_its_values(problem):
    check = check_gradient(one_entry, *problem)
    assert check.worst == (3, 2)
    assert "dW[3, 2]" in repr(check)
    assert check.relative_error[3, 2] == check.max_relative_error
    assert check.analytic[3, 2] - check.numerical[3, 2] == pytest.approx(1e-3, rel=1e-4)
    others = check.relative_error.copy()
    others[3, 2] = 0
    assert others.max() < 1e-7


def test_zero_against_zero_is_no_error():
    """A black pixel and the bias of an unused class have gradients of exactly zero."""
    X, y, W = np.array([[1.0, 0.0], [2.0, 0.0]]), np.array([0, 1]), np.zeros((2, 2))
    check = check_gradient("softmax", W, X, y)
    assert check
    assert (check.relative_error[1] == 0).all()


def test_entries_drowned_in_rounding_pass(problem):
    """A gradient of 1e-14 beside a loss of 1 cannot be told from 3e-14 by differences."""
    W, X, y, _ = problem
    X = X * np.array([1.0] * (D - 1) + [1e-14])
    assert check_gradient(right, W, X, y, 0.0)


def test_a_function_of_the_weights_alone_can_be_checked(problem):
    W = problem[0]
    assert check_gradient(lambda W: (cubic(W), 3 * W**2), W)
    assert not check_gradient(lambda W: (cubic(W), 2 * W**2), W)


def test_a_wrong_loss_value_fails_if_it_is_known_what_is_meant(problem):
    def tenfold(W, X, y, reg):
        value, dW = right(W, X, y, reg)
        return 10 * value, 10 * dW

    assert check_gradient(tenfold, *problem)
    check = check_gradient(tenfold, *problem, loss="softmax")
    assert not check
    assert check.loss == pytest.approx(10 * check.expected_loss)
    assert "expected" in repr(check)


@pytest.fixture
def large(rng):
    """A problem so large that a sample of the entries is compared, with a black pixel."""
    W, X = rng.standard_normal((2000, 5)), rng.standard_normal((60, 2000))
    X[:, 7], X[:, -1] = 0, 1
    return W / 50, X, rng.integers(5, size=60), 0.0


def compared(check):
    """The entries of W that were compared with differences."""
    return np.argwhere(~np.isnan(check.numerical))


def test_a_sample_has_every_class_the_bias_row_and_zero_gradients(large):
    check = check_gradient(right, *large, rng=0)
    entries = compared(check)
    assert check
    assert len(entries) == check.checked < check.analytic.size
    assert set(entries[:, 1]) == set(range(5))
    assert (~np.isnan(check.numerical[-1])).all()
    assert not np.isnan(check.numerical[7]).all()
    assert (check.labels > 0).all()  # the others were compared with the core


def test_a_sample_is_drawn_by_rng(large):
    checks = [check_gradient(right, *large, rng=seed) for seed in (0, 0, 1)]
    first, again, other = ((~np.isnan(check.numerical)) for check in checks)
    assert (first == again).all()
    assert (first != other).any()


def test_full_compares_every_entry(problem):
    assert check_gradient(right, *problem, full=True).checked == D * C
    check = check_gradient(lambda W: (cubic(W), 3 * W**2), np.ones((30, 20)), full=True)
    assert check.checked == 600


def test_single_precision_is_checked_in_double(problem):
    W, X, y, reg = problem
    W, X = W.astype(np.float32), X.astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check = check_gradient("softmax", W, X, y, reg)
    assert check
    assert check.max_relative_error < 1e-7
    assert check.analytic.dtype == np.float64


def test_target_probabilities_can_be_checked(problem, rng):
    W, X, _, reg = problem
    assert check_gradient("softmax", W, X, rng.dirichlet(np.ones(C), N), reg)


@pytest.mark.parametrize("name", ["W", "X", "y"])
def test_a_function_that_changes_its_operands_is_found_out(name, problem):
    def changes(W, X, y, reg):
        result = right(W, X, y, reg)
        {"W": W, "X": X, "y": y}[name][0] += 1
        return result

    with pytest.raises(ValueError, match=rf"f changes {name}.*copy"):
        check_gradient(changes, *problem)


BAD_RETURNS = [
    (lambda W, X, y, reg: 1.0, TypeError, "returns float"),
    (lambda W, X, y, reg: None, TypeError, "returns NoneType"),
    (lambda W, X, y, reg: (1.0, W, W), TypeError, "returns 3 values"),
    (lambda W, X, y, reg: (np.ones(N), W), TypeError, r"array of shape \(20,\)"),
    (lambda W, X, y, reg: (None, W), TypeError, "None as the loss"),
    (lambda W, X, y, reg: (1.0, W.T), ValueError, "its transpose"),
    (lambda W, X, y, reg: (1.0, W[0]), ValueError, r"shape \(4,\)"),
    (lambda W, X, y, reg: (np.nan, W), ValueError, "the loss is nan"),
]


@pytest.mark.parametrize(("function", "error", "message"), BAD_RETURNS, ids=range(len(BAD_RETURNS)))
def test_what_a_function_must_return_is_said(function, error, message, problem):
    with pytest.raises(error, match=message):
        check_gradient(function, *problem)


def test_a_gradient_with_a_nan_fails_at_that_entry(problem):
    def nan(W, X, y, reg):
        value, dW = right(W, X, y, reg)
        dW[1, 1] = np.nan
        return value, dW

    check = check_gradient(nan, *problem)
    assert not check
    assert check.worst == (1, 1)
    assert check.max_relative_error == np.inf


def test_the_operands_stand_in_the_usual_order():
    names = list(inspect.signature(check_gradient).parameters)
    assert names[:5] == ["f", "W", "X", "y", "reg"]


# ------------------------------------------------------------------- manners of the check


@pytest.mark.parametrize("at", range(0, 30, 3))
def test_weights_are_restored_to_the_bit_if_the_function_raises(at, problem):
    W, X, y, reg = problem
    before, calls = W.tobytes(), iter(range(1000))

    def fails(W, X, y, reg):
        if next(calls) == at:
            raise LookupError("mine")
        return right(W, X, y, reg)

    with contextlib.suppress(LookupError):  # what a probe raises is no answer, and goes no farther
        check_gradient(fails, W, X, y, reg)
    assert W.tobytes() == before


def test_weights_are_restored_even_if_the_function_spoils_them(problem):
    W, *rest = problem
    W[0, 0] = -0.0
    before = W.tobytes()

    def spoils(W, X, y, reg):
        W += 1
        return right(W, X, y, reg)

    with pytest.raises(ValueError, match="f changes W"):
        check_gradient(spoils, W, *rest)
    assert W.tobytes() == before


def test_a_function_of_what_lies_outside_moves_with_the_weights_in_place(problem):
    W, X, y, reg = problem
    assert check_gradient(lambda _: right(W, X, y, reg), W)


def test_read_only_weights_can_be_checked(problem):
    W, *rest = problem
    W.flags.writeable = False
    assert check_gradient(right, W, *rest)


def test_a_function_that_keeps_its_gradient_is_found_out(problem):
    kept = np.zeros((D, C))

    def adds(W, X, y, reg):
        value, dW = right(W, X, y, reg)
        np.add(kept, dW, out=kept)
        return value, kept

    with pytest.raises(ValueError, match=r"answers differently .* kept between the calls"):
        check_gradient(adds, *problem)


def test_a_function_that_draws_random_numbers_is_found_out(problem, rng):
    def noisy(W, X, y, reg):
        value, dW = right(W, X, y, reg)
        return value + 1e-3 * rng.standard_normal(), dW

    with pytest.raises(ValueError, match="random numbers"):
        check_gradient(noisy, *problem)


def test_a_gradient_in_the_same_array_every_time_is_no_memory(problem):
    buffer = np.empty((D, C))

    def reuses(W, X, y, reg):
        value, buffer[...] = right(W, X, y, reg)
        return value, buffer

    assert check_gradient(reuses, *problem)


@pytest.mark.parametrize(("position", "name"), [(1, "X"), (2, "y")])
def test_lists_are_refused_with_the_fix(position, name, problem):
    operands = [*problem]
    operands[position] = operands[position].tolist()
    with pytest.raises(TypeError, match=rf"{name} is a list.*np.asarray\({name}\)"):
        check_gradient(right, *operands)


def test_missing_operands_are_named(problem):
    with pytest.raises(TypeError, match="y is missing"):
        check_gradient(right, *problem[:2])
    with pytest.raises(TypeError, match="needs X and y"):
        check_gradient("softmax", problem[0])


def test_an_unknown_loss_is_refused(problem):
    with pytest.raises(ValueError, match="cosine"):
        check_gradient(right, *problem, loss="cosine")


@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool"])
def test_whole_numbers_are_refused_and_the_message_says_why(dtype):
    """The example of a lecture: the gradient of an integer array comes out all zeros."""
    W = np.arange(1, 7).reshape(2, 3).astype(dtype)
    with pytest.raises(TypeError, match=rf"{dtype}, in which W \+ h is cut back to W.*is 0"):
        check_gradient(lambda W: (cubic(W), 3 * W**2), W)


@pytest.mark.parametrize("scale", [1.0, 127.0])
def test_samples_in_columns_can_be_checked_against_differences(scale, problem):
    """The other layout of the lectures: W is (C, D), and X is (D, N)."""
    W, X, y, reg = problem

    def columns(W, X, y, reg):
        value, dW = right(W.T, X.T, y, reg)
        return value, dW.T

    def wrong(W, X, y, reg):
        value, dW = columns(W, X, y, reg)
        return value, dW * X.shape[1]

    operands = W.T / scale, X.T * scale, y, reg
    assert check_gradient(columns, *operands)
    assert not check_gradient(wrong, *operands)


def test_one_column_of_weights_can_be_checked(problem):
    W, X, y, _ = problem

    def logistic(w, X, y, reg):
        s = (2 * (y > 1) - 1) * (X @ w)
        slopes = -(2 * (y > 1) - 1) / (1 + np.exp(s))
        return np.log1p(np.exp(-s)).mean() + reg * w @ w, X.T @ slopes / len(X) + 2 * reg * w

    for scale in (1.0, 100.0):
        assert check_gradient(logistic, W[:, 0] / scale, scale * X, y, 0.1)


@pytest.mark.parametrize("loss", ["softmax", None])
def test_data_that_is_not_finite_is_not_blamed_on_the_function(loss, problem):
    W, X, y, reg = problem
    X[2, 1] = np.nan
    with pytest.raises(ValueError, match=r"the loss is nan at this W; check W and X"):
        check_gradient(right, W, X, y, reg, loss=loss)


def test_labels_that_are_none_are_refused_with_their_place(problem):
    W, X, y, reg = problem
    y[3] = C
    with pytest.raises(ValueError, match=r"y\[3\] is 4"):
        check_gradient("softmax", W, X, y, reg)


def test_a_small_value_of_large_terms_is_measured_by_its_rounding(rng):
    """A function of W alone whose value says nothing of the numbers that it is made of."""
    a = 1e6 * rng.standard_normal(300)
    W = rng.standard_normal(300)
    a[-1] -= a @ W / W[-1]  # what is left of the sum is rounding
    scale = np.ones(300)
    scale[7] = 0
    assert check_gradient(lambda W: ((scale * a) @ W, scale * a), W, full=True)


@pytest.mark.parametrize("power", [2, 3, 4])
def test_what_vanishes_at_zero_passes_there(power):
    W = np.zeros((2, 3))
    assert check_gradient(lambda W: ((W**power).sum(), power * W ** (power - 1)), W)
    assert not check_gradient(lambda W: ((W**power).sum(), power * W ** (power - 1) + 1e-3), W)
