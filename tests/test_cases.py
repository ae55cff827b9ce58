"""The problems for trying out loss functions keep what their module promises."""

import linclf
import numpy as np
import pytest
from linclf.cases import FLOATS, GAP, KINDS, generate
from linclf.tolerance import row_losses

SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_row_is_near_a_kink(loss, seed, rng):
    """Scores moved by up to `GAP` never make a derivative jump, so the same classes count."""
    for case in generate(loss, seed):
        S = case.X.astype(float) @ case.W.astype(float)
        _, B = row_losses(loss, S, case.y)
        for _ in range(20):
            _, moved = row_losses(loss, S + GAP * rng.choice([-1.0, 1.0], S.shape), case.y)
            assert abs(moved - B).max() < 0.5, case


@pytest.mark.parametrize("seed", SEEDS)
def test_hinge_margins_keep_the_gap(seed):
    for case in generate("hinge", seed):
        S = case.X.astype(float) @ case.W.astype(float)
        margins = S - S[np.arange(len(S)), case.y.astype(int)][:, None] + 1
        margins[np.arange(len(S)), case.y.astype(int)] = np.inf
        assert abs(margins).min() >= GAP


@pytest.mark.parametrize("seed", SEEDS)
def test_the_penalty_hides_nothing_and_is_not_hidden(loss, seed):
    for case in generate(loss, seed):
        data, dW = linclf.loss_and_grad(loss, case.W, case.X, case.y)
        penalty, slope = case.reg * (case.W**2).sum(), np.linalg.norm(2 * case.reg * case.W)
        shares = penalty / (penalty + data), slope / (slope + np.linalg.norm(dW))
        if case.name == "no_penalty":
            assert shares == (0, 0)
        elif case.name == "large_penalty":
            assert shares[0] == pytest.approx(0.9, abs=0.01)
        else:
            assert all(0.09 <= share <= 0.91 for share in shares), case


def test_one_sample_is_right_and_one_violates_several_margins():
    for case in generate("hinge", 3):
        if len(case.X) > 1 and case.W.shape[1] > 2:
            S = case.X.astype(float) @ case.W.astype(float)
            violated = ((S - S[np.arange(len(S)), case.y][:, None] + 1) > 0).sum(axis=1) - 1
            assert violated.min() == 0
            assert violated.max() > 1


def test_what_a_kind_is_named_for_is_so():
    case = {case.name: case for case in generate("softmax", 2)}
    assert list(case) == list(KINDS)
    assert len({*case["plain"].X.shape, case["plain"].W.shape[1]}) == 3
    assert case["n_equals_c"].X.shape[0] == case["n_equals_c"].W.shape[1]
    assert len(case["one_sample"].X) == 1
    assert case["two_classes"].W.shape[1] == 2
    assert abs(case["large_scores"].X @ case["large_scores"].W).max() > 1000
    values = case["integer_values"].X
    assert values.dtype == np.float64
    assert (values == values.round()).all()
    assert 0 <= values.min() < values.max() <= 255
    assert case["fortran"].X.flags.fnc
    assert case["fortran"].W.flags.fnc
    assert not any(array.flags.forc for array in case["strided"].operands[:3])
    assert not any(array.flags.writeable for array in case["read_only"].operands[:3])
    assert case["int32_labels"].y.dtype == np.int32
    assert case["uint8_labels"].y.dtype == np.uint8
    assert case["float32"].W.dtype == case["float32"].X.dtype == np.float32
    assert case["uint8_pixels"].X.dtype == np.uint8
    assert set(KINDS) - set(FLOATS) == {"uint8_pixels"}


def test_a_case_depends_on_the_seed_and_its_name_alone():
    every = {case.name: case for case in generate("hinge", 8)}
    [alone] = generate("hinge", 8, names=["fortran"])
    np.testing.assert_array_equal(alone.X, every["fortran"].X)
    [other] = generate("hinge", 9, names=["fortran"])
    assert (other.X != alone.X).any()
    generator = np.random.default_rng(8)
    [first], [second] = (generate("hinge", generator, names=["plain"]) for _ in range(2))
    np.testing.assert_array_equal(first.X, every["plain"].X)
    assert (second.X != first.X).any()
    assert next(generate("hinge", np.random.RandomState(0))).name == "plain"


@pytest.mark.parametrize("name", KINDS)
def test_copies_have_the_values_and_the_layout_of_the_case(name):
    [case] = generate("softmax", 1, names=[name])
    for copy, array in zip(case.copies()[:3], case.operands[:3], strict=True):
        assert copy.dtype == array.dtype
        np.testing.assert_array_equal(copy, array)
        assert copy.strides == array.strides or 1 in array.shape
        assert copy.flags.writeable == array.flags.writeable
        assert not np.shares_memory(copy, array)
    assert case.copies()[3] == case.reg


def test_unknown_names_are_refused():
    with pytest.raises(KeyError, match="other"):
        list(generate("hinge", names=["other"]))
    with pytest.raises(ValueError, match="other"):
        list(generate("other"))
