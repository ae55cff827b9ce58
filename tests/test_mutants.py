"""Mutants: every one is wrong in what it says, right in the rest, and can be found by name."""

import linclf
import numpy as np
import pytest
from linclf import mutants
from linclf.mutants.mistake import Mistake
from reference import objective, tolerance

LOSSES = ("hinge", "softmax")
EVERYWHERE = [mutant for mutant in mutants.MUTANTS if mutant.needs is None]


def problem(seed, N=11, D=7, C=5):
    """W, X, y and reg, all of about 1, as a designed test would have them."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((N, D))
    return rng.standard_normal((D, C)), X, rng.integers(C, size=N), 0.3


def is_right(mutant, operands):
    """Whether loss and gradient of a mutant are right."""
    value, dW = mutant(*operands)
    exact = objective(mutant.loss, *operands)
    return (
        abs(value - exact.loss) <= tolerance(float, exact.loss_size),
        dW.shape == exact.dW.shape
        and (abs(dW - exact.dW) <= tolerance(float, exact.dW_size)).all(),
    )


def test_there_are_as_many_as_the_literature_has():
    assert len(mutants.select("hinge")) >= 27
    assert len(mutants.select("softmax")) >= 20
    assert len(mutants.MUTANTS) == sum(len(mutants.select(loss)) for loss in LOSSES)


@pytest.mark.parametrize("mutant", EVERYWHERE, ids=lambda mutant: mutant.id)
def test_a_mutant_is_wrong_in_what_it_says_and_right_in_the_rest(mutant):
    right = [is_right(mutant, problem(seed)) for seed in range(3)]
    loss_right, gradient_right = (any(part) for part in zip(*right, strict=True))
    assert (loss_right, gradient_right) == {
        "loss": (False, True),
        "gradient": (True, False),
        "both": (False, False),
    }[mutant.wrong]


@pytest.mark.parametrize(
    "id", [mutant.id for mutant in mutants.MUTANTS if mutant.needs not in (None, "square")]
)
def test_what_needs_special_data_is_right_without(id):
    assert all(is_right(mutants.get(id), problem(0)))


def scaled(rows):
    """A problem in which these are the scores, and a regulariser."""
    S = np.array(rows, float)
    return S, np.eye(len(S)), np.arange(len(S)) % S.shape[1], 0.1


@pytest.mark.parametrize(
    ("id", "operands"),
    [
        ("softmax/no_shift", scaled([[800.0, 0, 0], [400.0, 0, 1]])),
        ("softmax/global_max", scaled([[600.0, 0, 0], [-400.0, -401, -402]])),
        ("softmax/log_of_zero", scaled([[0, 800.0, 0], [0, 1.0, 0]])),
        ("softmax/log_clip", scaled([[0.0, 40, 0], [0, 1.0, 0]])),
        ("softmax/no_keepdims", scaled([[0.0, 4, 0], [0, 1, 0], [2, 0, 1]])),
        ("hinge/uint8_wraps", (np.ones((2, 3)), np.array([[3, 4], [5, 6]], np.uint8),
                               np.array([0, 1]), 0.1)),
    ],
)  # fmt: skip
def test_what_needs_special_data_is_wrong_there(id, operands):
    mutant = mutants.get(id)
    value, dW = mutant(*operands)
    expected, gradient = linclf.loss_and_grad(mutant.loss, *operands)
    assert mutant.needs
    assert not (value == pytest.approx(expected) and np.allclose(dW, gradient))


def test_no_keepdims_cannot_be_added_up_unless_n_equals_c():
    with pytest.raises(ValueError, match="broadcast"):
        mutants.get("softmax/no_keepdims")(*problem(0))


def test_no_mutant_changes_its_operands():
    operands = problem(1, 5, 4, 5)
    before = [np.array(operand, copy=True) for operand in operands]
    for mutant in mutants.MUTANTS:
        mutant(*operands)
    for operand, old in zip(operands, before, strict=True):
        np.testing.assert_array_equal(operand, old)


def test_names_are_unique_and_find_their_mutant():
    assert len({mutant.id for mutant in mutants.MUTANTS}) == len(mutants.MUTANTS)
    for mutant in mutants.MUTANTS:
        assert mutants.get(mutant.id) == mutant
        assert mutant.id in repr(mutant)
        assert mutant.description.endswith(".")


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(KeyError, match="did you mean 'hinge/gradient_sum'"):
        mutants.get("hinge/gradient_sun")
    with pytest.raises(KeyError, match="MUTANTS"):
        mutants.get("?")


@pytest.mark.parametrize("options", [{"loss": "crammer_singer"}, {"wrong": "everything"}])
def test_a_selection_of_nothing_is_refused(options):
    with pytest.raises(ValueError, match="is '"):
        mutants.select(**options)


def test_a_selection_has_what_was_asked_for():
    chosen = mutants.select("hinge", wrong="loss")
    assert {(mutant.loss, mutant.wrong) for mutant in chosen} == {("hinge", "loss")}


def test_two_mistakes_are_made_at_once():
    operands = problem(2)
    both = mutants.combine("hinge/gradient_sum", "hinge/half_penalty_loss")
    assert both.wrong == "both"
    assert both(*operands)[0] == mutants.get("hinge/half_penalty_loss")(*operands)[0]
    sums = mutants.get("hinge/gradient_sum")(*operands)[1]
    np.testing.assert_array_equal(both(*operands)[1], sums)
    assert mutants.get(both.id) == both


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (("hinge/sum", "hinge/loss_sum"), "cannot be made at once"),
        (("hinge/sum", "softmax/no_penalty"), "of hinge and of softmax"),
        ((), "at least one"),
    ],
)
def test_mistakes_that_exclude_each_other_are_refused(ids, message):
    with pytest.raises(ValueError, match=message):
        mutants.combine(*ids)


def test_pairs_make_two_mistakes():
    chosen = list(mutants.pairs("softmax"))
    assert len({mutant.id for mutant in chosen}) == len(chosen) > 20
    assert {mutant.loss for mutant in mutants.pairs()} == set(LOSSES)
    assert all(len(mutant.mistakes) == 2 for mutant in chosen)
    assert not any(all(is_right(mutant, problem(0))) for mutant in chosen)


def test_a_mistake_must_replace_a_known_step():
    for changes in ({}, {"sums": abs}):
        with pytest.raises(ValueError, match="steps are"):
            Mistake("wrong", "Wrong.", changes)


def test_there_is_no_mutant_without_a_mistake():
    assert all(mutant.mistakes for mutant in mutants.MUTANTS)
    with pytest.raises(KeyError):
        mutants.get("hinge/")
