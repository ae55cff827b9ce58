"""Gradients against central differences of the loss, away from kinks."""

import linclf
import numpy as np
import pytest
from problems import GAP, PENALTIES, draw, losses_with_targets, targets
from reference import KAPPA, objective


def five_point(f, A, h):
    """Fourth-order central differences of ``f()`` by every entry of `A`, which is restored."""
    derivative = np.empty(A.shape)
    for index in np.ndindex(A.shape):
        at = A[index]
        values = []
        for step in (-2, -1, 1, 2):
            A[index] = at + step * h
            values.append(f())
        A[index] = at
        derivative[index] = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h)
    return derivative


def assert_derivative(loss, problem):
    """Assert dW and db of a problem against differences of its loss."""
    reach = max(1.0, abs(problem.X).max())
    h = GAP / (4 * reach)  # two steps move no margin across its kink
    exact = objective(loss, *problem.operands, **problem.options)
    grads = linclf.loss_and_grad(loss, *problem.operands, **problem.options)[1:]
    rounding = np.finfo(float).eps * float(exact.loss_size) / h
    truncation = (h * reach) ** 4 * reach
    for grad, operand in zip(grads, (problem.W, problem.b), strict=False):
        numerical = five_point(
            lambda: linclf.loss_value(loss, *problem.operands, **problem.options), operand, h
        )
        assert abs(grad - numerical).max() <= KAPPA * (rounding + truncation)


@pytest.mark.parametrize("reg", PENALTIES, ids=repr)
def test_the_gradient_is_the_derivative_of_the_loss(loss, reg, isa):
    for N, D, C in ((11, 7, 5), (1, 3, 2), (6, 1, 4), (5, 4, 1), (3, 17, 9)):
        problem = draw(7, N, D, C, reg=reg, b=True, center=True, delta=0.8)
        problem.W[abs(problem.W) < GAP] = GAP  # away from the kink of |W|
        assert_derivative(loss, problem)


@pytest.mark.parametrize("loss", losses_with_targets())
def test_the_gradient_for_target_probabilities_is_the_derivative(loss, isa):
    problem = draw(8, 11, 7, 5, reg=0.1, b=True)
    assert_derivative(loss, problem.with_(y=targets(8, problem)))


def test_numerical_gradient_agrees_with_the_gradient_of_every_loss(loss):
    problem = draw(9, 8, 5, 4, reg=0.2)
    _, dW = linclf.loss_and_grad(loss, *problem.operands)
    size = objective(loss, *problem.operands).loss_size
    numerical = linclf.numerical_gradient(
        lambda W: linclf.loss_value(loss, W, problem.X, problem.y, problem.reg), problem.W
    )
    root = np.finfo(float).eps ** (2 / 3)  # what central differences can reach
    assert abs(dW - numerical).max() <= KAPPA * root * float(size)


def test_a_small_step_down_the_gradient_lowers_every_loss(loss, dtype):
    problem = draw(10, 30, 6, 5, dtype, reg=0.01)
    before, dW = linclf.loss_and_grad(loss, *problem.operands)
    linclf.sgd_step(problem.W, dW, 1e-3)
    assert linclf.loss_value(loss, *problem.operands) < before
