"""Numerical gradients are right, leave W as it was, and the check finds what is wrong."""

import inspect
import warnings

import linclf
import numpy as np
import pytest
from linclf import check_gradient, numerical_gradient

N, D, C = 20, 6, 4
EPS = np.finfo(float).eps
ERRORS = {"central": EPS ** (2 / 3), "forward": EPS ** (1 / 2)}  # of a smooth function of size 1


@pytest.fixture
def problem(rng):
    """W, X, y and reg, away from kinks for all that matters."""
    return rng.standard_normal((D, C)), rng.standard_normal((N, D)), rng.integers(C, size=N), 0.1


def cubic(W):
    """A smooth function with a known gradient, 3 W**2."""
    return (W**3).sum()


# ------------------------------------------------------------------------ numerical gradients


@pytest.mark.parametrize("scheme", ERRORS)
@pytest.mark.parametrize("shape", [(D, C), (5,), (2, 3, 4), (), (0, 3)])
def test_the_gradient_of_a_known_function_is_found(scheme, shape, rng):
    W = np.asarray(rng.standard_normal(shape))
    found = numerical_gradient(cubic, W, scheme=scheme)
    assert (found.shape, found.dtype) == (W.shape, W.dtype)
    assert (abs(found - 3 * W**2) <= 100 * ERRORS[scheme]).all()


@pytest.mark.parametrize("scheme", ERRORS)
def test_a_linear_function_with_small_numbers_has_no_truncation_error(scheme):
    W = np.array([[0.5, 2.0], [1024.0, -3.0]])
    found = numerical_gradient(lambda W: W[0, 0] * 2 + W[1, 0] * 4, W, h=0.5, scheme=scheme)
    np.testing.assert_array_equal(found, [[2, 0], [4, 0]])


def test_the_step_grows_with_the_weight_so_that_it_never_vanishes():
    W = np.array([1e12, -1e12, 1e-12, 0.0])
    found = numerical_gradient(lambda W: (W * [1, 2, 3, 4]).sum(), W)
    np.testing.assert_allclose(found, [1, 2, 3, 4], rtol=0, atol=1e12 * EPS ** (2 / 3))


@pytest.mark.parametrize("scheme", ERRORS)
@pytest.mark.parametrize("layout", ["C", "F", "strided"])
def test_the_weights_are_restored_to_the_bit_in_any_layout(scheme, layout, rng):
    W = np.array(rng.standard_normal((D, C)), order="F" if layout == "F" else "C")
    W = np.repeat(W, 2, axis=0)[::-2] if layout == "strided" else W
    W[0, 0] = -0.0
    before = W.tobytes()
    numerical_gradient(cubic, W, scheme=scheme)
    assert W.tobytes() == before


@pytest.mark.parametrize("at", range(5))
def test_the_weights_are_restored_even_if_the_function_raises(at, rng):
    W = rng.standard_normal((2, 1))
    before = W.tobytes()
    calls = iter(range(100))

    def fails(W):
        if next(calls) == at:
            raise LookupError("mine")
        return cubic(W)

    if at < 4:
        with pytest.raises(LookupError, match="mine"):
            numerical_gradient(fails, W)
    assert W.tobytes() == before


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
def test_an_integer_array_is_refused_and_the_message_says_why(dtype):
    """The example of a lecture: the gradient of an integer array comes out all zeros."""
    W = np.arange(1, 7).reshape(2, 3).astype(dtype)
    with pytest.raises(TypeError, match=rf"{dtype}, in which W \+ h is cut back to W.*astype"):
        numerical_gradient(cubic, W)
    with pytest.raises(TypeError, match="cut back"):
        check_gradient(lambda W: (cubic(W), 3 * W**2), W)


@pytest.mark.parametrize("W", [[[1.0]], 1.0, None], ids=str)
def test_what_is_no_array_is_refused(W):
    with pytest.raises(TypeError, match=r"np\.asarray"):
        numerical_gradient(cubic, W)


@pytest.mark.parametrize("dtype", ["float16", "longdouble", "complex128"])
def test_other_floats_are_refused(dtype):
    with pytest.raises(TypeError, match="astype"):
        numerical_gradient(cubic, np.ones(2, dtype))


def test_read_only_weights_are_refused():
    with pytest.raises(ValueError, match="read-only"):
        numerical_gradient(cubic, np.broadcast_to(1.0, (2, 2)))


def test_single_precision_works_with_a_warning_that_says_what_to_do(rng):
    W = rng.standard_normal((D, C)).astype(np.float32)
    with pytest.warns(UserWarning, match="astype"):
        found = numerical_gradient(cubic, W)
    assert found.dtype == np.float32
    assert (abs(found - 3 * W**2) <= 200 * np.finfo(np.float32).eps ** (2 / 3)).all()


@pytest.mark.parametrize(
    ("h", "error"), [(0.0, ValueError), (1e-30, ValueError), (-1.0, ValueError), ("1", TypeError)]
)
def test_a_step_that_cannot_move_a_weight_is_refused(h, error):
    W = np.ones(3)
    with pytest.raises(error, match="h is"):
        numerical_gradient(cubic, W, h=h)
    assert (W == 1).all()


def test_an_unknown_scheme_is_refused():
    with pytest.raises(ValueError, match="'central' or 'forward'"):
        numerical_gradient(cubic, np.ones(2), scheme="backward")


def test_the_function_may_return_a_loss_with_its_gradient(problem):
    W, X, y, reg = problem
    found = numerical_gradient(lambda W: linclf.softmax_loss(W, X, y, reg), W)
    assert (abs(found - linclf.softmax_loss(W, X, y, reg)[1]) <= 1000 * ERRORS["central"]).all()


@pytest.mark.parametrize("returned", [None, np.ones(3), (np.ones(3), 1)], ids=str)
def test_a_function_that_returns_no_number_is_refused(returned):
    with pytest.raises(TypeError, match="one number"):
        numerical_gradient(lambda W: returned, np.ones(2))


def test_forward_differences_evaluate_the_middle_once():
    calls = []
    numerical_gradient(lambda W: calls.append(1) or cubic(W), np.ones((3, 2)), scheme="forward")
    assert len(calls) == 7


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


def test_only_some_entries_are_checked_of_large_weights(problem):
    check = check_gradient(right, *problem, max_entries=7)
    again = check_gradient(right, *problem, max_entries=7)
    assert check.checked == 7
    assert np.isfinite(check.numerical).sum() == 7
    np.testing.assert_array_equal(check.numerical, again.numerical)
    other = check_gradient(right, *problem, max_entries=7, rng=1)
    assert (np.isfinite(other.numerical) != np.isfinite(check.numerical)).any()
    assert check_gradient(right, *problem, max_entries=None).checked == D * C


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


@pytest.mark.parametrize("options", [{"max_entries": 0}, {"tol": -1.0}, {"h": 0.0}])
def test_bad_options_of_the_check_are_refused(options, problem):
    with pytest.raises(ValueError, match=f"{next(iter(options))} is"):
        check_gradient(right, *problem, **options)


def test_the_operands_stand_in_the_usual_order():
    names = list(inspect.signature(check_gradient).parameters)
    assert names[:5] == ["f", "W", "X", "y", "reg"]
