"""Schedules multiply the learning rate as their formulas say, and rates are checked."""

import math
import pickle

import linclf
import numpy as np
import pytest
from linclf.schedules import (
    BUILTIN,
    Constant,
    Cosine,
    ExponentialDecay,
    InverseScaling,
    StepDecay,
    as_schedule,
    scheduled_rates,
)

TOTAL = 40
FORMULAS = {
    "constant": lambda k, n: 1.0,
    "step": lambda k, n: 0.5 ** (k // (n // 5)),
    "exp": lambda k, n: 0.01 ** (k / n),
    "invscaling": lambda k, n: 1 / math.sqrt(1 + k),
    "cosine": lambda k, n: (1 + math.cos(math.pi * k / n)) / 2,
}


def assert_same(found, expected):
    """Equal up to the rounding of a few operations, seen from 1."""
    assert np.max(np.abs(np.subtract(found, expected))) <= 16 * np.finfo(float).eps


def test_every_builtin_schedule_has_its_formula_here():
    assert set(FORMULAS) == set(BUILTIN)


@pytest.mark.parametrize("name", BUILTIN)
def test_a_schedule_follows_its_formula_step_by_step_and_for_arrays_of_steps(name):
    schedule = as_schedule(name)
    expected = [FORMULAS[name](k, TOTAL) for k in range(TOTAL)]
    assert_same([schedule(k, TOTAL) for k in range(TOTAL)], expected)
    assert_same(schedule(np.arange(TOTAL), TOTAL), expected)


@pytest.mark.parametrize("name", BUILTIN)
def test_a_schedule_starts_at_one_and_never_rises(name):
    multipliers = as_schedule(name)(np.arange(3 * TOTAL), TOTAL)
    assert multipliers[0] == 1.0
    assert (np.diff(multipliers) <= 0).all()
    assert (multipliers >= 0).all()


def test_parameters_change_the_shape():
    assert StepDecay(0.1, every=10)(20, TOTAL) == pytest.approx(0.01)
    assert ExponentialDecay(final=0.5)(TOTAL, TOTAL) == 0.5
    assert InverseScaling(power=1.0)(3, TOTAL) == 0.25
    assert Cosine(final=0.2)(TOTAL, TOTAL) == pytest.approx(0.2)
    assert Constant()(7, TOTAL) == 1.0


def test_none_means_constant_and_a_function_is_taken_as_it_is():
    def mine(step, total):
        return 1.0

    assert as_schedule(None) == Constant()
    assert as_schedule(mine) is mine


def test_an_unknown_name_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="'cosine'"):
        as_schedule("cosinus")


def test_what_is_neither_a_name_nor_callable_is_refused():
    with pytest.raises(TypeError, match="schedule is a float"):
        as_schedule(0.5)


@pytest.mark.parametrize("multiplier", [-0.1, math.nan, math.inf])
def test_a_function_that_gives_an_impossible_rate_is_refused_with_the_step(multiplier):
    def mine(step, total):
        return multiplier if step == 7 else 1.0

    with pytest.raises(ValueError, match="at step 7"):
        scheduled_rates(mine, 0.1, 5, 10, 20)


def test_the_rates_of_a_chunk_are_those_of_the_run():
    whole = scheduled_rates(as_schedule("cosine"), 0.3, 0, TOTAL, TOTAL)
    parts = [scheduled_rates(as_schedule("cosine"), 0.3, k, 8, TOTAL) for k in range(0, TOTAL, 8)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("name", BUILTIN)
def test_a_run_uses_and_records_the_scheduled_rates(name):
    X, y, W = np.eye(4), np.arange(4), np.zeros((4, 4))
    options = {"learning_rate": 0.2, "batch_size": 2, "max_steps": TOTAL, "rng": 0}
    history = linclf.sgd(W, X, y, schedule=name, **options)
    assert_same(history.learning_rate / 0.2, [FORMULAS[name](k, TOTAL) for k in range(TOTAL)])


def test_a_function_of_step_and_total_is_called_for_every_step_in_order():
    calls = []

    def mine(step, total):
        calls.append((step, total))
        return 1 / (step + 1)

    X, y, W = np.eye(4), np.arange(4), np.zeros((4, 4))
    linclf.sgd(W, X, y, schedule=mine, batch_size=2, max_steps=5, rng=0)
    assert calls == [(step, 5) for step in range(5)]


@pytest.mark.parametrize("name", BUILTIN)
def test_schedules_can_be_pickled_and_say_what_they_are(name):
    schedule = as_schedule(name)
    assert pickle.loads(pickle.dumps(schedule)) == schedule
    assert repr(schedule).startswith(type(schedule).__name__)
