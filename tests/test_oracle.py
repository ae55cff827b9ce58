"""Every loss, dtype and instruction set against the NumPy oracle in reference.py."""

import functools
import inspect

import linclf
import numpy as np
import pytest
from linclf import _linclf
from problems import INTEGERS, draw, losses_with_targets, small, targets
from reference import ORACLES, WIDE, Oracle, assert_close, objective, tolerance


@functools.cache
def exact_answers(loss, x_dtype, dtype, takes_targets=False):
    """Return the oracle's answers to all small problems, computed once for all instruction sets."""
    return tuple(
        objective(loss, *problem.operands, **problem.options)
        for problem in small(x_dtype, dtype, takes_targets)
    )


def assert_answer(value, grads, exact, dtype, what):
    """Assert a loss and its gradients, dW and perhaps db, against the oracle."""
    assert_close(value, exact.loss, exact.loss_size, dtype, ("loss", what))
    pairs = ((exact.dW, exact.dW_size), (exact.db, exact.db_size))
    for name, grad, (expected, size) in zip(("dW", "db"), grads, pairs, strict=False):
        assert grad.dtype == dtype
        assert_close(grad, expected, size, dtype, (name, what))


def test_every_loss_of_the_registry_has_an_oracle():
    assert tuple(ORACLES) == _linclf.losses()


@pytest.mark.parametrize("x_dtype", [None, "uint8", "int16"])
def test_loss_and_gradient_equal_the_oracle(loss, dtype, x_dtype, isa):
    problems, answers = small(x_dtype, dtype), exact_answers(loss, x_dtype, dtype)
    for problem, exact in zip(problems, answers, strict=True):
        value, *grads = linclf.loss_and_grad(loss, *problem.operands, **problem.options)
        assert len(grads) == 1 + (problem.b is not None)
        assert_answer(value, grads, exact, dtype, problem)


@pytest.mark.parametrize("loss", losses_with_targets())
def test_loss_and_gradient_for_target_probabilities_equal_the_oracle(loss, dtype, isa):
    problems, answers = small(None, dtype, True), exact_answers(loss, None, dtype, True)
    for problem, exact in zip(problems, answers, strict=True):
        value, *grads = linclf.loss_and_grad(loss, *problem.operands, **problem.options)
        assert_answer(value, grads, exact, dtype, problem)


@pytest.mark.parametrize("loss", losses_with_targets())
def test_targets_and_center_may_be_of_the_other_float_dtype(loss, dtype):
    """The mean of uint8 data is float64 also where W is float32."""
    other = "float32" if dtype == "float64" else "float64"
    problem = draw(4, 40, 9, 5, dtype, "uint8", center=True)
    problem = problem.with_(
        center=problem.center.astype(other), y=targets(4, problem).astype(other)
    )
    exact = objective(loss, *problem.operands, **problem.options)
    value, *grads = linclf.loss_and_grad(loss, *problem.operands, **problem.options)
    assert_answer(value, grads, exact, dtype, problem)


@pytest.mark.parametrize(("N", "D", "C"), [(2561, 130, 10), (257, 1031, 4), (333, 20, 131)])
def test_problems_of_many_blocks_equal_the_oracle(loss, dtype, N, D, C):
    problem = draw(5, N, D, C, dtype, reg=0.01, b=True)
    exact = objective(loss, *problem.operands, **problem.options)
    value, *grads = linclf.loss_and_grad(loss, *problem.operands, **problem.options)
    assert_answer(value, grads, exact, dtype, (N, D, C))
    S = linclf.scores(problem.W, problem.X, b=problem.b)
    assert_close(S, exact.scores, exact.scores_size, dtype, "scores")
    labels = linclf.predict(problem.W, problem.X, b=problem.b)
    np.testing.assert_array_equal(labels, S.argmax(axis=1))


def test_the_loss_alone_has_the_bits_of_the_loss_with_its_gradient(loss, dtype, isa):
    for problem in small(None, dtype):
        value, *_ = linclf.loss_and_grad(loss, *problem.operands, **problem.options)
        assert linclf.loss_value(loss, *problem.operands, **problem.options) == value


def test_svm_loss_and_softmax_loss_are_loss_and_grad_by_another_name(dtype):
    problem = draw(1, 9, 5, 4, dtype, b=True, center=True, reg=linclf.L1(0.1))
    for function, options, loss in (
        (linclf.svm_loss, {"delta": 0.5}, "hinge"),
        (linclf.svm_loss, {"delta": 0.5, "squared": True}, "squared_hinge"),
        (linclf.softmax_loss, {}, "softmax"),
    ):
        common = {"b": problem.b, "center": problem.center}
        value, *grads = function(*problem.operands, **common, **options)
        options.pop("squared", None)
        same, *same_grads = linclf.loss_and_grad(loss, *problem.operands, **common, **options)
        assert value == same
        for grad, same_grad in zip(grads, same_grads, strict=True):
            np.testing.assert_array_equal(grad, same_grad)


@pytest.mark.parametrize("x_dtype", [None, *INTEGERS])
def test_scores_equal_the_oracle(dtype, x_dtype, isa):
    for problem in small(x_dtype, dtype)[::7]:
        exact = objective("hinge", *problem.operands, **problem.options)
        S = linclf.scores(problem.W, problem.X, b=problem.b, center=problem.center)
        assert S.dtype == dtype
        assert_close(S, exact.scores, exact.scores_size, dtype, problem)


@pytest.mark.parametrize("x_dtype", [None, "uint8"])
def test_predict_is_the_argmax_of_scores(dtype, x_dtype, isa):
    for problem in small(x_dtype, dtype):
        common = {"b": problem.b, "center": problem.center}
        S = linclf.scores(problem.W, problem.X, **common)
        labels = linclf.predict(problem.W, problem.X, **common)
        assert labels.dtype == np.int64
        np.testing.assert_array_equal(labels, S.argmax(axis=1))


def test_predict_gives_ties_to_the_lowest_class_and_treats_nan_as_argmax_does(dtype, isa, rng):
    S = rng.integers(-2, 3, (200, 9)).astype(dtype)
    S[rng.random(S.shape) < 0.1] = np.nan
    for row in S:
        W = row[None, :]
        assert linclf.predict(W, np.ones((1, 1), dtype)).tolist() == [row.argmax()]


@pytest.mark.parametrize("label_dtype", INTEGERS)
def test_labels_may_be_of_any_integer_dtype(loss, label_dtype):
    problem = draw(2, 17, 5, 7)
    expected, dW = linclf.loss_and_grad(loss, *problem.operands)
    value, same = linclf.loss_and_grad(
        loss, problem.W, problem.X, problem.y.astype(label_dtype), problem.reg
    )
    assert value == expected
    np.testing.assert_array_equal(same, dW)


@pytest.mark.parametrize("x_dtype", INTEGERS)
def test_integer_data_is_converted_as_astype_does_and_never_wraps(x_dtype, dtype, isa, rng):
    info = np.iinfo(x_dtype)
    X = rng.integers(info.min, info.max, (40, 19), x_dtype, endpoint=True)
    X[0, :2] = info.min, info.max
    W = rng.normal(size=(19, 3)).astype(dtype)
    np.testing.assert_array_equal(linclf.scores(W, X), linclf.scores(W, X.astype(dtype)))
    y, reg = rng.integers(0, 3, 40), 0.1
    value, dW = linclf.svm_loss(W, X, y, reg)
    expected, same = linclf.svm_loss(W, X.astype(dtype), y, reg)
    assert value == expected
    np.testing.assert_array_equal(dW, same)


def test_softmax_probabilities_equal_the_oracle_and_sum_to_one(dtype, isa, rng):
    for N, C in ((1, 1), (3, 2), (5, 7), (9, 16), (17, 33), (2, 1000), (1025, 3)):
        S = (30 * rng.normal(size=(N, C))).astype(dtype)
        wide = S.astype(WIDE) - S.max(axis=1, keepdims=True)
        exact = np.exp(wide) / np.exp(wide).sum(axis=1, keepdims=True)
        P = linclf.softmax(S)
        assert P.dtype == dtype
        assert_close(P, exact, exact * (1 - wide), dtype, "P")
        assert_close(P.sum(axis=1, dtype=WIDE), np.ones(N), np.ones(N), dtype, "sum of P")


@pytest.mark.parametrize(
    ("dtype", "first", "last"), [("float64", -745, -40), ("float32", -103, -20)]
)
def test_exp_is_within_one_unit_in_the_last_place(dtype, first, last, isa):
    """Far below the top score the probability is exp itself, also where it is subnormal."""
    s = np.linspace(first, last, 20011).astype(dtype)
    P = linclf.softmax(np.stack([np.zeros_like(s), s], axis=1))
    assert (P[:, 0] == 1).all()
    exact = np.exp(s.astype(WIDE))
    units = abs(P[:, 1] - exact) / np.spacing(exact.astype(dtype)).astype(WIDE)
    assert units.max() <= 1


def test_log_is_within_one_unit_in_the_last_place(dtype, isa):
    """With all scores equal the loss is log C, however large they are."""
    X, y = np.ones((1, 1), dtype), np.zeros(1, int)
    for C in (*range(2, 70), 100, 127, 1000, 4097):
        exact = np.log(WIDE(C))
        for score in (0, 1e16, -1e30):
            value = linclf.loss_value("softmax", np.full((1, C), score, dtype), X, y)
            assert abs(value - exact) <= np.spacing(exact.astype(dtype)), C


@pytest.mark.parametrize("label", [0, 1])
def test_scores_of_any_magnitude_give_the_right_loss(loss, label, isa):
    for big in (1e3, 1e16, 1e150, 8.9e307, 1e308):
        for row in ([big, -big], [-big, big], [big, big], [0.0, big], [-big, 0.0]):
            W, X, y = np.array([row]), np.ones((1, 1)), np.array([label])
            exact = objective(loss, W, X, y)
            value, dW = linclf.loss_and_grad(loss, W, X, y)
            with np.errstate(over="ignore"):
                expected, derivative = float(exact.loss), exact.dW.astype(float)
                bound = float(tolerance("float64", exact.loss))
            assert value == expected or abs(value - expected) <= bound, row
            np.testing.assert_array_equal(dW, derivative)


def test_subnormal_weights_and_data_are_not_flushed(dtype, isa):
    info = np.finfo(dtype)
    tiny = np.array([[info.smallest_subnormal * 3, info.smallest_normal / 2, 0]], dtype)
    one = np.ones((1, 1), dtype)
    np.testing.assert_array_equal(linclf.scores(tiny, one), tiny)
    np.testing.assert_array_equal(linclf.scores(np.ones((3, 1), dtype), tiny)[0, 0], tiny.sum())
    W = np.zeros((1, 3), dtype)
    linclf.sgd_step(W, -tiny, 1.0)
    np.testing.assert_array_equal(W, tiny)


def test_float32_sums_over_many_rows_do_not_drift(loss, isa):
    """Naive float32 sums of 2**19 equal rows are off by hundreds of eps."""
    N = 2**19
    problem = draw(3, 1, 3, 4, "float32")
    one, dW_one = linclf.loss_and_grad(loss, *problem.operands)
    X, y = np.broadcast_to(problem.X, (N, 3)), np.broadcast_to(problem.y, (N,))
    many, dW_many = linclf.loss_and_grad(loss, problem.W, X, y)
    exact = objective(loss, *problem.operands)
    assert_close(many, WIDE(one), exact.loss_size, "float32", "loss")
    assert_close(dW_many, dW_one.astype(WIDE), exact.dW_size, "float32", "dW")


def test_the_oracle_of_each_loss_shows_its_formula_first():
    for facts in ORACLES.values():
        assert isinstance(facts, Oracle)
        assert inspect.getdoc(facts.rows).startswith("``")
