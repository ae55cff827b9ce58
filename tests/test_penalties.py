"""Penalties are two numbers, mean what their formulas say, and refuse what is no strength."""

import copy
import pickle
from decimal import Decimal

import linclf
import numpy as np
import pytest
from linclf import L1, L2, ElasticNet
from linclf.penalties import Penalty, as_penalty
from reference import KAPPA

PENALTIES = (L2(0.3), L1(0.2), ElasticNet(0.5, 0.25), L2(0), ElasticNet(0.0, 2.0))


@pytest.fixture
def W(rng):
    """Weights, one of them exactly zero."""
    W = rng.standard_normal((5, 4))
    W[2, 1] = 0.0
    return W


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_the_value_and_the_gradient_follow_the_formula(penalty, W):
    value = penalty.l2 * (W**2).sum() + penalty.l1 * np.abs(W).sum()
    gradient = 2 * penalty.l2 * W + penalty.l1 * np.sign(W)
    bound = KAPPA * np.finfo(float).eps
    assert abs(penalty.value(W) - value) <= bound * value
    assert (abs(penalty.gradient(W) - gradient) <= bound * abs(gradient)).all()


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_the_core_adds_exactly_this_penalty(penalty, W, rng):
    X, y = rng.standard_normal((6, 5)), rng.integers(4, size=6)
    bare, dW = linclf.softmax_loss(W, X, y)
    value, dW_with = linclf.softmax_loss(W, X, y, penalty)
    bound = KAPPA * np.finfo(float).eps
    assert abs(value - bare - penalty.value(W)) <= bound * value
    extra = penalty.gradient(W)
    assert (abs(dW_with - dW - extra) <= bound * (1 + abs(extra))).all()


def test_the_parts_of_each_penalty_are_its_l2_and_l1():
    assert (L2(0.3).l2, L2(0.3).l1) == (0.3, 0.0)
    assert (L1(0.2).l2, L1(0.2).l1) == (0.0, 0.2)
    assert (ElasticNet(0.5, 0.25).l2, ElasticNet(0.5, 0.25).l1) == (0.125, 0.5)


def test_a_number_is_the_strength_of_l2():
    assert as_penalty(0.3) == L2(0.3)
    assert as_penalty(np.float32(0.5)) == L2(0.5)
    assert as_penalty(0) == L2(0.0)


def test_any_object_with_the_two_numbers_is_a_penalty(W):
    class Mine:
        l2, l1 = 0.1, 0.2

    penalty = as_penalty(Mine())
    assert isinstance(penalty, Penalty)
    assert penalty.value(W) == pytest.approx(0.1 * (W**2).sum() + 0.2 * np.abs(W).sum())


def test_a_penalty_is_given_back_as_it_is():
    penalty = L1(0.5)
    assert as_penalty(penalty) is penalty


@pytest.mark.parametrize("make", [L2, L1, lambda v: ElasticNet(1.0, v), as_penalty])
@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf, -np.inf])
def test_a_strength_that_is_negative_or_not_finite_is_refused(make, value):
    with pytest.raises(ValueError, match="it must be 0 or more"):
        make(value)


@pytest.mark.parametrize("make", [L2, L1, lambda v: ElasticNet(v, 1.0), as_penalty])
@pytest.mark.parametrize("value", ["0.1", None, True, Decimal("0.1"), [0.1], 1j], ids=repr)
def test_a_strength_that_is_no_number_is_refused_by_type(make, value):
    with pytest.raises(TypeError, match="number"):
        make(value)


def test_the_gradient_keeps_the_dtype_of_the_weights(W, dtype):
    assert ElasticNet(0.1, 0.5).gradient(W.astype(dtype)).dtype == dtype


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_penalties_are_values(penalty):
    assert pickle.loads(pickle.dumps(penalty)) == penalty
    assert copy.deepcopy(penalty) == penalty
    assert hash(copy.copy(penalty)) == hash(penalty)
    assert eval(repr(penalty), {"L1": L1, "L2": L2, "ElasticNet": ElasticNet}) == penalty
    with pytest.raises(AttributeError):
        penalty.lam = 2.0
