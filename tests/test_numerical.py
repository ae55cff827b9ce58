"""Numerical gradients are right and leave W as it was, for functions and for built-in losses."""

import functools

import linclf
import numpy as np
import pytest
from linclf import _linclf, numerical_gradient
from problems import draw, losses_with_targets, small, targets
from processes import WORK, run
from reference import objective
from test_signals import posix

D, C = 6, 4
EPS = np.finfo(float).eps
ERRORS = {"central": EPS ** (2 / 3), "forward": EPS ** (1 / 2)}  # of a smooth function of size 1


def cubic(W):
    """A smooth function with a known gradient, 3 W**2."""
    return (W**3).sum()


# -------------------------------------------------------------------------------- any function


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
@pytest.mark.parametrize("f", [cubic, "softmax"])
def test_an_integer_array_is_refused_and_the_message_says_why(f, dtype):
    """The example of a lecture: the gradient of an integer array comes out all zeros."""
    W = np.arange(1, 7).reshape(2, 3).astype(dtype)
    with pytest.raises(TypeError, match=rf"{dtype}, in which W \+ h is cut back to W.*astype"):
        numerical_gradient(f, W, np.ones((1, 2)), np.zeros(1, int))


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


def test_the_function_may_return_a_loss_with_its_gradient(rng):
    W, X, y, reg = rng.normal(size=(D, C)), rng.normal(size=(20, D)), rng.integers(C, size=20), 0.1
    found = numerical_gradient(lambda W: linclf.softmax_loss(W, X, y, reg), W)
    np.testing.assert_array_equal(numerical_gradient(linclf.softmax_loss, W, X, y, reg), found)
    assert (abs(found - linclf.softmax_loss(W, X, y, reg)[1]) <= 1000 * ERRORS["central"]).all()


@pytest.mark.parametrize("returned", [None, np.ones(3), (np.ones(3), 1)], ids=str)
def test_a_function_that_returns_no_number_is_refused(returned):
    with pytest.raises(TypeError, match="one number"):
        numerical_gradient(lambda W: returned, np.ones(2))


def test_forward_differences_evaluate_the_middle_once():
    calls = []
    numerical_gradient(lambda W: calls.append(1) or cubic(W), np.ones((3, 2)), scheme="forward")
    assert len(calls) == 7


# ---------------------------------------------------------------------------- built-in losses


def of_loss(loss, problem, **options):
    """dW and db (None without a bias)."""
    given = {**problem.options, **options}
    found = numerical_gradient(loss, *problem.operands, **given)
    return found if isinstance(found, tuple) else (found, None)


def quotient_error(problem, exact, power):
    """How far a quotient may be from the derivative, entry by entry.

    Truncation is a power of eps per unit of slope; so is the rounding of scores and of losses,
    whose sizes the oracle knows.
    """
    unit = np.finfo(problem.W.dtype).eps if problem.W.dtype == np.float32 else 0
    x = np.maximum(1, abs(problem.X.astype(float)).max(axis=0))[:, None]
    sizes = exact.scores_size.max() ** 2 + exact.loss_size
    return 64 * (EPS**power * x * sizes + unit * (exact.dW_size + x))


@pytest.mark.parametrize("scheme", ERRORS)
@pytest.mark.parametrize("x_dtype", [None, "uint8"])
def test_a_built_in_loss_has_the_derivative_of_the_oracle(loss, dtype, x_dtype, scheme, isa):
    power = 2 / 3 if scheme == "central" else 1 / 2
    for problem in small(x_dtype, dtype)[::7]:
        exact = objective(loss, *problem.operands, **problem.options)
        dW, db = of_loss(loss, problem, scheme=scheme)
        assert (dW.shape, dW.dtype) == (problem.W.shape, problem.W.dtype)
        bound = quotient_error(problem, exact, power)
        # The kink of abs(w) is crossed where a weight is nearer to 0 than a step.
        assert (abs(dW - exact.dW) <= bound).all(), problem
        if problem.b is None:
            assert db is None
        else:
            assert (db.shape, db.dtype) == (problem.b.shape, problem.b.dtype)
            assert (abs(db - exact.db) <= bound.max()).all(), problem


@pytest.mark.parametrize("scheme", ERRORS)
def test_it_agrees_with_the_loss_evaluated_entry_by_entry(loss, scheme, isa):
    """At the same points, but for what rounding does to a quotient; kinks are allowed."""
    rng = np.random.default_rng(4)
    W, X, y = rng.normal(size=(5, 4)), rng.normal(size=(300, 5)) * 10, rng.integers(4, size=300)
    penalty, h = linclf.ElasticNet(0.3, 0.5), 0.01
    found = numerical_gradient(loss, W, X, y, penalty, h=h, scheme=scheme)
    values = lambda W: linclf.loss_value(loss, W, X, y, penalty)  # noqa: E731
    expected = numerical_gradient(values, W, h=h, scheme=scheme)
    assert (abs(found - expected) <= 16 * EPS * values(W) / h).all()
    exact = linclf.loss_and_grad(loss, W, X, y, penalty)[1]
    assert abs(expected - exact).max() > 1e-7, "a step so large is meant to be seen"


@pytest.mark.parametrize("loss", losses_with_targets())
def test_target_probabilities_are_taken(loss):
    problem = draw(1, 30, D, C, reg=0.1)
    problem = problem.with_(y=targets(1, problem))
    exact = objective(loss, *problem.operands)
    assert (
        abs(of_loss(loss, problem)[0] - exact.dW) <= quotient_error(problem, exact, 2 / 3)
    ).all()


@functools.cache
def large(dtype, x_dtype):
    """A problem that is worth several threads, and its bits on one."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(300, 101)) * 20
    W = (rng.normal(size=(101, 17)) / 50).astype(dtype)
    return (
        W,
        X.astype(x_dtype or dtype),
        rng.integers(17, size=300),
        rng.normal(size=17).astype(dtype),
    )


@functools.cache
def bits_of_one_thread(loss, dtype, x_dtype, fused):
    return bits(loss, large(dtype, x_dtype), 1)


def bits(loss, problem, n_threads):
    W, X, y, b = problem
    dW, db = numerical_gradient(loss, W, X, y, 0.1, b=b, n_threads=n_threads)
    return dW.tobytes() + db.tobytes()


@pytest.mark.parametrize("x_dtype", [None, "int16"])
def test_any_number_of_threads_gives_the_bits_of_one(loss, dtype, x_dtype, n_threads, isa):
    """On every instruction set, and on those with fused multiply-add the same ones."""
    expected = bits_of_one_thread(loss, dtype, x_dtype, isa != "baseline")
    assert bits(loss, large(dtype, x_dtype), n_threads) == expected


def test_any_layout_gives_the_same_bits(loss, dtype, layout):
    problem = draw(3, 50, D, C, dtype, b=True, center=True, reg=0.1)
    expected = [part.tobytes() for part in of_loss(loss, problem)]
    for name, array in problem.arrays.items():
        moved = of_loss(loss, problem.with_(**{name: layout(array)}))
        assert [np.ascontiguousarray(part).tobytes() for part in moved] == expected, name


def test_single_precision_loses_no_digits_and_warns_of_nothing(loss):
    """Scores are moved in double, however they were summed."""
    problem = draw(5, 40, D, C, "float32", reg=0.1)
    _, dW = linclf.loss_and_grad(loss, *problem.operands)
    np.testing.assert_allclose(of_loss(loss, problem)[0], dW, rtol=1e-5, atol=1e-6)


def test_large_data_get_a_small_step():
    """Pixels of +-127 and the default step: no margin crosses its kink, as with one of 1e-5."""
    rng = np.random.default_rng(0)
    X, y = rng.integers(-127, 128, (200, 30)).astype(float), rng.integers(3, size=200)
    W = rng.normal(size=(30, 3)) * 1e-3
    _, dW = linclf.svm_loss(W, X, y)
    assert abs(numerical_gradient("hinge", W, X, y) - dW).max() < 1e-6
    assert abs(numerical_gradient("hinge", W, X, y, h=1e-3) - dW).max() > 1e-3


def test_a_quotient_across_a_kink_lies_between_its_slopes():
    W, X, y = np.array([[1.0, 0.0]]), np.array([[1.0]]), np.array([0])
    np.testing.assert_allclose(numerical_gradient("hinge", W, X, y), [[-0.5, 0.5]], rtol=1e-9)
    forward = numerical_gradient("hinge", W, X, y, scheme="forward")
    np.testing.assert_allclose(forward, [[0, 1]], atol=1e-7)
    W = np.zeros((1, 2))
    assert (numerical_gradient("hinge", W, np.zeros((1, 1)), y, linclf.L1(3.0)) == 0).all()


@pytest.mark.parametrize("C", [1, 2, 3, 9])
def test_softmax_of_scores_far_apart_neither_overflows_nor_vanishes(C, dtype, isa):
    """Also where a class is so far ahead that beside it the others are nothing."""
    W = np.array([[0, 1000, -2000, 1000, 999, -1000, 0, 5, 1000]], dtype)[:, :C]
    X, y = np.array([[1], [-1], [0.5]], dtype), np.array([0, C - 1, C // 2])
    _, dW = linclf.softmax_loss(W, X, y)
    assert abs(numerical_gradient("softmax", W, X, y) - dW).max() < 1e-5
    if C > 1:
        t = np.full((3, C), 1 / C, dtype)
        _, dW = linclf.softmax_loss(W, X, t)
        assert abs(numerical_gradient("softmax", W, X, t) - dW).max() < 1e-5


def test_an_unused_feature_has_the_slope_of_the_penalty_alone(loss, rng):
    W, X, y = rng.normal(size=(3, 4)), rng.normal(size=(20, 3)), rng.integers(4, size=20)
    X[:, 1] = 0
    assert (numerical_gradient(loss, W, X, y)[1] == 0).all()
    found = numerical_gradient(loss, W, X, y, 0.5)
    np.testing.assert_allclose(found[1], W[1], rtol=1e-9)


@pytest.mark.parametrize("where", ["W", "X", "b"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_never_hidden(loss, where, value, isa):
    problem = draw(7, 20, D, C, b=True, reg=0.1)
    given = {name: array.copy() for name, array in problem.arrays.items()}
    given[where].flat[1] = value
    if np.isfinite(linclf.loss_value(loss, given["W"], given["X"], given["y"], b=given["b"])):
        pytest.skip("this loss is finite there")
    dW, db = numerical_gradient(loss, given["W"], given["X"], given["y"], b=given["b"])
    column = 1 if where != "X" else slice(None)
    assert not np.isfinite(dW[:, column]).any()
    assert not np.isfinite(db[column]).any()


def test_large_and_tiny_weights_are_moved_by_what_they_can_hold(dtype):
    X, y = np.array([[1e4, 1.0], [-3e3, 2.0]], dtype), np.array([0, 1])
    W = np.array([[1e6, -1e6], [1e-30, 0.0]], dtype)
    _, dW = linclf.svm_loss(W, X, y)
    np.testing.assert_allclose(numerical_gradient("hinge", W, X, y), dW, rtol=1e-3)


@pytest.mark.parametrize("name", ["W", "b"])
def test_a_step_that_moves_no_weight_is_refused_with_its_place(name):
    given = {"W": np.ones((2, 3)), "b": np.ones(3)}
    given[name].flat[-1] = 1e9
    where = r"W\[1, 2\]" if name == "W" else r"b\[2\]"
    with pytest.raises(ValueError, match=rf"h is 1e-09, too small to move {where} = 1e\+09"):
        numerical_gradient("hinge", given["W"], np.ones((1, 2)), np.zeros(1, int),
                           b=given["b"], h=1e-9)  # fmt: skip


@pytest.mark.parametrize("missing", ["X", "y"])
def test_a_name_needs_data(missing):
    given = {"X": np.ones((1, 1)), "y": np.zeros(1, int)} | {missing: None}
    with pytest.raises(TypeError, match="'softmax' needs X and y"):
        numerical_gradient("softmax", np.ones((1, 2)), **given)


@pytest.mark.parametrize("options", [{"b": np.ones(2)}, {"center": np.ones(1)}])
def test_a_bias_belongs_to_the_losses_of_the_package(options):
    with pytest.raises(TypeError, match="inside"):
        numerical_gradient(cubic, np.ones((1, 2)), **options)


def test_the_member_of_the_enumeration_is_a_name(rng):
    W, X, y = rng.normal(size=(2, 3)), rng.normal(size=(4, 2)), np.array([0, 1, 2, 0])
    np.testing.assert_array_equal(
        numerical_gradient(linclf.Loss.HINGE, W, X, y), numerical_gradient("hinge", W, X, y)
    )
    X.flags.writeable = W.flags.writeable = False
    numerical_gradient("hinge", W, X, y)


@posix
@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("h", [None, 1e-5])
def test_ctrl_c_stops_it_at_once(h, n_threads):
    """Without h while it looks for the largest numbers of X, with h among the differences."""
    script = (
        WORK
        + f"""
    sent = []

    def interrupt():
        time.sleep(0.3)
        sent.append(time.process_time())
        os.kill(os.getpid(), signal.SIGINT)

    W, N = np.ones((1000, 1000)), 10**9
    X, y = np.broadcast_to(1.0, (N, 1000)), np.broadcast_to(0, (N,))
    threading.Thread(target=interrupt).start()
    try:
        linclf.numerical_gradient("softmax", W, X, y, h={h}, n_threads={n_threads})
    except KeyboardInterrupt:
        late = time.process_time() - sent[0]
    else:
        raise AssertionError("not interrupted")
    assert late < 3, late    # of days; work done, which a busy machine does not stretch
    assert sys.platform != "linux" or alone()
    """
    )
    run(script, OPENBLAS_NUM_THREADS="1")


def test_every_loss_of_the_core_is_differentiated():
    assert set(_linclf.losses()) == {str(loss) for loss in linclf.Loss}
    for loss in linclf.Loss:
        assert numerical_gradient(loss, np.ones((1, 2)), np.ones((1, 1)), np.zeros(1, int)).any()
