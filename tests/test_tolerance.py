"""The tolerance is as large as rounding errors get, and not so large that mistakes fit into it."""

import linclf
import numpy as np
import pytest
from linclf.cases import generate
from linclf.tolerance import KAPPA, row_losses, swing, tolerances
from problems import draw, targets
from reference import ORACLES, objective

PROBLEMS = [(11, 7, 5, 0.3), (6, 4, 6, 0.0), (1, 3, 2, 1.0), (40, 300, 10, linclf.L1(0.2))]


def in_loops(loss, W, X, y, reg):
    """The objective and its gradient summed sample by sample, feature by feature."""
    N, dW, total = len(X), np.zeros_like(W), 0.0
    for i in range(N):
        S = np.zeros((1, W.shape[1]))
        for d in range(len(W)):
            S += X[i, d] * W[d]
        values, B = ORACLES[loss].rows(S, y[i : i + 1], 1.0)
        total += float(values[0])
        dW += np.outer(X[i], B[0])
    l2, l1 = getattr(reg, "l2", reg), getattr(reg, "l1", 0.0)
    penalty = sum(l2 * w * w + l1 * abs(w) for w in W.ravel())
    return total / N + penalty, dW / N + 2 * l2 * W + l1 * np.sign(W)


@pytest.mark.parametrize("sizes", PROBLEMS, ids=str)
@pytest.mark.parametrize("spread", [1.0, 30.0], ids=["scores 1", "scores 30"])
def test_right_code_in_loops_stays_far_within_it(loss, sizes, spread):
    problem = draw(3, *sizes[:3])
    W, X, y, reg = problem.W * spread, problem.X, problem.y, sizes[3]
    exact = objective(loss, W, X, y, reg)
    value, dW = in_loops(loss, W, X, y, reg)
    tol_loss, tol_dW = tolerances(loss, W, X, y, reg)
    assert abs(value - exact.loss) <= tol_loss / 4
    assert (abs(dW - exact.dW) <= tol_dW / 4).all()


@pytest.mark.parametrize("sizes", PROBLEMS, ids=str)
def test_it_is_proportional_to_the_majorant(loss, sizes):
    """Not below what the classical bound gives, and within a small factor of it."""
    problem = draw(5, *sizes[:3])
    W, X, y, reg = problem.W, problem.X, problem.y, sizes[3]
    exact = objective(loss, W, X, y, reg)
    tol_loss, tol_dW = tolerances(loss, W, X, y, reg)
    unit = KAPPA * np.finfo(float).eps
    assert unit * exact.loss <= tol_loss <= 20 * unit * exact.loss_size
    majorant = abs(X).T @ abs(exact_rows(loss, W, X, y)) / len(X)
    assert (tol_dW >= unit * majorant * (1 - 1e-9)).all()
    assert tol_dW.sum() <= 20 * unit * (exact.dW_size + abs(X).mean(axis=0)[:, None]).sum()


def exact_rows(loss, W, X, y):
    return ORACLES[loss].rows(X @ W, y, 1.0)[1].astype(float)


def test_single_precision_stays_within_its_own_units(loss):
    problem = draw(4, 11, 7, 5)
    operands = (*problem.operands[:3], 0.3)
    W, X = problem.W.astype(np.float32), problem.X.astype(np.float32)
    value, dW = linclf.loss_and_grad(loss, W, X, problem.y, 0.3)
    exact = objective(loss, *operands)
    tol_loss, tol_dW = tolerances(loss, *operands, dtype=np.float32)
    assert abs(value - exact.loss) <= tol_loss
    assert (abs(dW - exact.dW) <= tol_dW).all()
    assert not (abs(dW - exact.dW) <= tolerances(loss, *operands)[1]).all()


def test_a_mistake_of_a_billionth_does_not_fit_into_it(loss):
    for case in generate(loss, 1):
        _, dW = linclf.loss_and_grad(
            loss, np.float64(case.W), np.float64(case.X), *case.operands[2:]
        )
        _, tol_dW = tolerances(loss, *case.operands)
        # Where nearly all of dW cancels there is no such thing as a relative mistake.
        assert (1e-9 * abs(dW) > tol_dW).mean() > 0.9, case


def test_row_losses_are_those_of_the_oracle(loss, rng):
    S, y = rng.normal(size=(20, 6)) * 3, rng.integers(6, size=20)
    values, B = row_losses(loss, np.asfortranarray(S), y)
    exact_values, exact_B = ORACLES[loss].rows(S, y, 1.0)
    np.testing.assert_allclose(values, exact_values.astype(float), rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(B, exact_B.astype(float), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("C", [1, 2, 3, 8, 9])
def test_a_swing_bounds_every_change_within_reach(loss, C, rng):
    S, y, moved = rng.normal(size=(30, C)), rng.integers(C, size=30), 1e-4
    bound = swing(loss, S, y, moved) + 1e-7 + 1e-12
    B = row_losses(loss, S, y)[1]
    for _ in range(20):
        elsewhere = S + moved * rng.uniform(-1, 1, S.shape)
        assert (abs(row_losses(loss, elsewhere, y)[1] - B) <= bound).all()


def test_a_margin_on_the_kink_is_allowed_both_of_its_sides():
    """Scores that differ by exactly delta: rounding decides whether the class counts."""
    X, y, W = np.array([[1.0]]), np.array([0]), np.array([[1.0, 0.0, -5.0]])
    _, tolerance = tolerances("hinge", W, X, y)
    assert (tolerance > 0.9).tolist() == [[True, True, False]]


def test_target_probabilities_and_integers_are_taken(rng):
    problem = draw(2, 11, 7, 5)
    t = targets(1, problem)
    exact = objective("softmax", problem.W, problem.X, t)
    value, dW = linclf.softmax_loss(problem.W, problem.X, t)
    tol_loss, tol_dW = tolerances("softmax", problem.W, problem.X, t)
    assert abs(value - exact.loss) <= tol_loss < 1e-11
    assert (abs(dW - exact.dW) <= tol_dW).all()
    pixels = rng.integers(256, size=(11, 7)).astype(np.uint8)
    as_floats = tolerances("softmax", problem.W, pixels.astype(float), problem.y)
    np.testing.assert_equal(tolerances("softmax", problem.W, pixels, problem.y), as_floats)


def test_rows_that_are_all_right_still_have_a_tolerance():
    """Loss and derivatives are 0, but log(1 + tiny) and p - 1 round like sums that end near 1."""
    X, y, W = np.ones((1, 1)), np.array([0]), np.array([[40.0, 0.0]])
    for loss in linclf.Loss:
        tol_loss, tol_dW = tolerances(loss, W, X, y)
        assert 1e-15 < tol_loss < 1e-12
        assert (tol_dW > 0).all()
        assert tol_dW[0, 0] > 1e-15


def test_a_nan_is_within_no_tolerance():
    tol_loss, tol_dW = tolerances("hinge", np.full((1, 2), np.nan), np.ones((1, 1)), np.array([0]))
    assert not abs(0.0) <= tol_loss
    assert not (tol_dW >= 0).any()
