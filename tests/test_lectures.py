"""Every worked example of the lectures, against the kernels and as it is explained.

Two of them need a data set and have no test: the losses and accuracies of random search (15.5 %,
21.4 %) and of the sweep of step sizes belong to CIFAR-10 and to a seed that nobody knows.
"""

from __future__ import annotations

import linclf
import numpy as np
import pytest
from lecture_table import (
    CAT_CAR_FROG,
    DARMSTADT,
    EXAMPLES,
    EXPONENTIALS,
    MANNHEIM,
    NOTES,
    PROBABILITIES,
    SLOVAK,
    TEN_CLASSES,
)
from linclf.explanation import MISPRINTS
from linclf.explanation.rounding import Rounding

BY_NAME = [pytest.param(example, id=example.name) for example in EXAMPLES]
BY_MISPRINT = [pytest.param(m, id=f"{m.printed.split()[0]} for {m.right:g}") for m in MISPRINTS]


def objective(loss, scores, labels, **options):
    """Return mean loss and derivative by the scores: the scores are weights of unit samples."""
    S = np.array(scores, float)
    return linclf.loss_and_grad(loss, S, np.eye(len(S)), np.array(labels), **options)


def loss_of(loss, scores, label, delta=1.0):
    return objective(loss, [scores], [label], delta=delta)[0]


def rounded(values, places=6):
    return np.round(values, places) + 0.0


# --------------------------------------------------------------------------- given scores


@pytest.mark.parametrize("example", BY_NAME)
def test_the_kernels_give_what_the_example_says(example, isa):
    for scores, label, value in zip(example.scores, example.labels, example.losses, strict=True):
        assert rounded(loss_of(example.loss, scores, label, example.delta)) == value, example.source
    mean, _ = objective(example.loss, example.scores, example.labels, delta=example.delta)
    assert rounded(mean) == example.mean


@pytest.mark.parametrize("example", BY_NAME)
def test_the_explanation_ends_in_what_the_example_says(example):
    e = linclf.explain(
        example.scores, example.labels, loss=example.loss, delta=example.delta, digits=6
    )
    assert rounded(e.value) == example.mean
    for row, value in enumerate(example.losses):
        assert rounded(e.losses[row]) == value
        assert f"= {e.rounding.text(e.losses[row])}\n" in str(e) + "\n"
    if len(example.losses) > 1:
        total = e.rounding.text(sum(e.losses.values()))
        assert f" / {len(example.losses)} = {e.rounding.text(e.value)}" in str(e)
        assert f"= {total} / " in str(e)


@pytest.mark.parametrize(("source", "scores", "p"), PROBABILITIES)
def test_probabilities(source, scores, p, isa):
    found = linclf.softmax(np.array([scores], float))[0]
    np.testing.assert_array_equal(rounded(found), p, source)
    assert found.sum() == pytest.approx(1, rel=1e-15)


@pytest.mark.parametrize(("source", "scores", "exps"), EXPONENTIALS)
def test_exponentials_stand_in_the_table_of_the_explanation(source, scores, exps):
    text = str(linclf.explain(scores, 0, loss="softmax", digits=6))
    for value in exps:
        assert Rounding(6).text(value) in text, source


def test_the_subgradients_of_cat_car_and_frog(isa):
    _, dS = objective("hinge", CAT_CAR_FROG, (0, 1, 2))
    np.testing.assert_array_equal(rounded(3 * dS), [[-1, 1, 0], [0, 0, 0], [1, 1, -2]])
    text = str(linclf.explain(CAT_CAR_FROG, (0, 1, 2)))
    for line in ("dL_0/ds = (-1, 1, 0)", "dL_1/ds = (0, 0, 0)", "dL_2/ds = (1, 1, -2)"):
        assert line in text


def test_the_derivative_of_softmax_is_p_minus_one_at_the_label(isa):
    """Of p = (0.2, 0.3, 0.5) and y = 1, in the case study of the notes of CS231n."""
    scores = np.log([0.2, 0.3, 0.5])
    _, dS = objective("softmax", [scores], [1])
    np.testing.assert_array_equal(rounded(dS), [[0.2, -0.7, 0.5]])
    assert "dL/ds = (0.2, -0.7, 0.5)" in str(linclf.explain(scores, 1, loss="softmax"))


def test_the_winners_of_the_table_of_ten_classes():
    S = np.array(TEN_CLASSES)
    assert linclf.predict(S, np.eye(3)).tolist() == [5, 1, 9]  # dog, automobile, truck


def test_on_the_kink_the_strict_subgradient_is_zero(isa):
    assert not objective("hinge", [(10, 9, 9)], [0])[1].any()


def test_the_third_of_the_small_differences_is_small_and_not_zero(isa):
    assert loss_of("softmax", (10, -100, -100), 0) == pytest.approx(3.378e-48, rel=1e-3)
    assert loss_of("softmax", (10, -2, 3), 0) == pytest.approx(0.000917605, abs=5e-10)
    assert loss_of("softmax", (10, 9, 9), 0) == pytest.approx(0.551444714, abs=5e-10)


# --------------------------------------------------------------------------- scores of weights

PIXELS = {
    "W": np.array([[0.2, -0.5, 0.1, 2.0], [1.5, 1.3, 2.1, 0.0], [0.0, 0.25, 0.2, -0.3]]).T,
    "X": np.array([[56.0, 231, 24, 2]]),
    "y": np.array([0]),
    "b": np.array([1.1, 3.2, -1.2]),
}
FIGURE = {
    "W": np.array([[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]).T,
    "X": np.array([[-15.0, 22, -44, 56]]),
    "y": np.array([2]),
    "b": np.array([0.0, 0.2, -0.3]),
}


def test_the_image_of_four_pixels(isa):
    """In the notes of CS231n and the scripts that show their figure; the ship scores 60.75."""
    S = linclf.scores(PIXELS["W"], PIXELS["X"], b=PIXELS["b"])
    np.testing.assert_array_equal(rounded(S), [[-96.8, 437.9, 60.75]])
    assert rounded(linclf.loss_value("hinge", **PIXELS)) == 694.25
    assert rounded(linclf.loss_value("softmax", **PIXELS)) == 534.7
    text = str(linclf.explain("hinge", **PIXELS))
    line = "s_2 = 0*56 + 0.25*231 + 0.2*24 - 0.3*2 - 1.2 = 0 + 57.75 + 4.8 - 0.6 - 1.2 = 60.75"
    assert line in text
    assert "61.95 is printed" in text


def test_the_figure_that_compares_svm_and_softmax(isa):
    """In the notes of CS231n and the Slovak script."""
    S = linclf.scores(FIGURE["W"], FIGURE["X"], b=FIGURE["b"])
    np.testing.assert_array_equal(rounded(S), [[-2.85, 0.86, 0.28]])
    x = FIGURE["X"][0]
    value, dW, _ = linclf.svm_loss(**FIGURE)
    assert rounded(value) == 1.58
    np.testing.assert_array_equal(dW.T, [0 * x, x, -x])
    value, dW, _ = linclf.softmax_loss(**FIGURE)
    assert rounded(value) == 1.040191
    np.testing.assert_array_equal(rounded(dW[:, 2]), [9.69919, -14.225479, 28.450957, -36.210309])
    e = linclf.explain("softmax", **FIGURE, entry=(0, 2), digits=6)
    assert rounded(e.gradient) == 9.69919
    assert "dW[0, 2] = " in str(e)
    assert "= -15*(-0.646613) = 9.69919" in str(e)


@pytest.mark.parametrize(
    ("w", "l2", "l1", "elastic"), [((1.0, 0, 0, 0), 1, 1, 1.5), ((0.25,) * 4, 0.25, 1, 1.125)]
)
def test_two_weight_vectors_of_one_score_differ_in_their_penalties(w, l2, l1, elastic, isa):
    """In the scripts of TU Darmstadt, the Slovak and the Russian one: L1 alone cannot decide."""
    operands = {"W": np.array([w]).T, "X": np.ones((1, 4)), "y": np.array([0])}
    assert linclf.scores(operands["W"], operands["X"]) == 1
    for reg, value in ((1.0, l2), (linclf.L1(1.0), l1), (linclf.ElasticNet(1.0, 0.5), elastic)):
        assert linclf.svm_loss(**operands, reg=reg)[0] == value
        e = linclf.explain("hinge", **operands, reg=reg)
        assert f"L = L_0 + penalty = 0 + {value} = {value}" in str(e)


def test_the_numerical_gradient_of_the_table():
    """In the Slovak script: forward differences of losses that are printed to five decimals."""
    W = np.array([0.34, -1.11, 0.78, 0.12, 0.55, 2.81, -3.1, -1.5, 0.33])
    slopes = np.array([-2.5, 0.6, 0, 0.2, 0.7, -0.5, 1.1, 1.3, -2.1])

    start = W.copy()

    def loss(V):
        return round(1.25347 + float(slopes @ (V - start)), 5)

    assert [loss(start + 1e-4 * e) for e in np.eye(9)[:3]] == [1.25322, 1.25353, 1.25347]
    found = linclf.numerical_gradient(loss, W, h=1e-4, scheme="forward")
    np.testing.assert_array_equal(rounded(found), slopes)


# --------------------------------------------------------------------------- the questions


def test_a_car_score_may_fall_by_up_to_1_9_and_only_softmax_notices(isa):
    """In the Slovak script and that of TU Darmstadt: what if the winner changes a little?"""
    before = loss_of("softmax", CAT_CAR_FROG[1], 1)
    for fall in (0.5, 1.0, 1.89):
        assert loss_of("hinge", (1.3, 4.9 - fall, 2.0), 1) == 0
        assert loss_of("softmax", (1.3, 4.9 - fall, 2.0), 1) > before
    assert rounded(loss_of("hinge", (1.3, 4.9 - 2.0, 2.0), 1)) == 0.1


def test_the_least_loss_is_zero_and_the_largest_is_unbounded(isa):
    """In four scripts; softmax comes as near to 0 as floats do, hinge is 0."""
    assert loss_of("hinge", (100, 0), 0) == 0
    assert 0 < loss_of("softmax", (100, 0), 0) < 1e-43
    for loss in ("hinge", "softmax"):
        assert loss_of(loss, (0, 1e300), 0) == 1e300


@pytest.mark.parametrize("C", [2, 3, 10, 1000])
def test_with_all_scores_near_zero_the_loss_tells_the_number_of_classes(C, isa):
    """C - 1 and log C, in two scripts and the notes of CS231n."""
    small = 1e-6 * np.random.default_rng(0).normal(size=C)
    assert loss_of("hinge", small, 0) == pytest.approx(C - 1, rel=1e-5)
    assert loss_of("softmax", small, 0) == pytest.approx(np.log(C), rel=1e-5)


def test_a_sum_over_all_classes_adds_delta_and_a_mean_only_rescales(isa):
    """In the scripts of TU Darmstadt and the Slovak one: 3.9, 1, 13.9, and the mean 6.266667.

    The core leaves the label out; with a second class of its score, it is in.
    """
    values = [loss_of("hinge", (*s, s[y]), y) for y, s in enumerate(CAT_CAR_FROG)]
    np.testing.assert_array_equal(rounded(values), [3.9, 1, 13.9])
    assert rounded(np.mean(values)) == 6.266667
    mean, _ = objective("hinge", CAT_CAR_FROG, (0, 1, 2))
    assert rounded(mean / 2) == 2.633333
    assert rounded(mean / 3) == 1.755556


def test_squaring_makes_another_classifier(isa):
    """The order of two score rows by their loss is not the same."""
    spread, peaked = (0.0, 0.5, 0.5), (0.0, 1.5, -5.0)
    assert loss_of("hinge", spread, 0) > loss_of("hinge", peaked, 0)
    assert loss_of("squared_hinge", spread, 0) < loss_of("squared_hinge", peaked, 0)


def test_weights_without_loss_are_not_unique(isa):
    """In four scripts: 2 W is as good; a loss that is not 0 is doubled at least."""
    assert loss_of("hinge", CAT_CAR_FROG[1], 1) == 0
    assert loss_of("hinge", 2 * np.array(CAT_CAR_FROG[1]), 1) == 0
    assert rounded(loss_of("hinge", 2 * np.array(CAT_CAR_FROG[0]), 0)) == 4.8


def test_a_right_answer_with_too_little_margin_still_loses(isa):
    """In the script of Hochschule Mannheim: the margin 0.8 is 0.2 below 1."""
    scores = (1.0, 0.2, -0.5)
    assert np.argmax(scores) == 0
    assert rounded(loss_of("hinge", scores, 0)) == 0.2


def test_a_new_sample_may_leave_the_hinge_as_it_is_but_never_softmax(isa):
    """In the notebooks of CS231n; sums are compared, since the mean is over more samples."""
    new = (1.3, 4.9, 2.0)
    for loss, changes in (("hinge", False), ("softmax", True)):
        old, _ = objective(loss, CAT_CAR_FROG, (0, 1, 2))
        more, _ = objective(loss, (*CAT_CAR_FROG, new), (0, 1, 2, 1))
        assert (abs(4 * more - 3 * old) > 0.01) == changes


# --------------------------------------------------------------------------- what is printed wrong


def right_value(misprint):
    """Compute by the core what a misprint should have been."""
    S = np.array(misprint.scores)
    if misprint.quantity in ("loss", "mean"):
        return objective(misprint.loss, S, misprint.labels)[0]
    if misprint.quantity == "probability":
        return linclf.softmax(S)[0, misprint.j]
    if misprint.quantity == "exponential":
        return np.exp(S[0, misprint.j])
    assert misprint.quantity == "score"
    return linclf.scores(PIXELS["W"], PIXELS["X"], b=PIXELS["b"])[0, misprint.j]


@pytest.mark.parametrize("misprint", BY_MISPRINT)
def test_the_right_value_of_a_misprint_is_that_of_the_core(misprint):
    right = right_value(misprint)
    assert misprint.right == pytest.approx(right, rel=1e-6)
    wrong = float(misprint.printed.split()[0])
    places = len(misprint.printed.split()[0].partition(".")[2])
    assert round(float(right), places) != wrong


@pytest.mark.parametrize("misprint", BY_MISPRINT)
def test_a_misprint_is_named_where_its_example_is_explained(misprint):
    labels = misprint.labels or (0,) * len(misprint.scores)
    options = {"loss": misprint.loss or "hinge"}
    e = linclf.explain(misprint.scores, labels, **options)
    assert misprint in e.misprints
    text = " ".join(str(e).split())
    assert misprint.sentence(e.rounding) in text
    assert misprint.source in text
    assert misprint.sentence(e.rounding).split(",")[0] in e.html
    other = np.array(misprint.scores) + 0.01
    assert not linclf.explain(other, labels, **options).misprints
    if misprint.quantity in ("loss", "mean"):
        assert misprint not in linclf.explain(misprint.scores, labels, loss="one_vs_all").misprints


@pytest.mark.parametrize(
    ("source", "printed", "options"),
    [
        (DARMSTADT, ("10.9", "4.6"), {"scores": CAT_CAR_FROG, "labels": (0, 1, 2)}),
        (SLOVAK, ("0.89",), {"scores": CAT_CAR_FROG, "labels": (0, 1, 2), "loss": "softmax"}),
        (MANNHEIM, ("0.0172",), {"scores": (2.5, 3.1, -0.1), "labels": 0, "loss": "softmax"}),
        (NOTES, ("61.95",), {"scores": (-96.8, 437.9, 61.95), "labels": 0}),
    ],
)
def test_the_known_misprints_are_told_with_their_source(source, printed, options):
    e = linclf.explain(options.pop("scores"), options.pop("labels"), **options)
    text = " ".join(str(e).split())
    assert source in text
    for wrong in printed:
        assert any(m.printed.split()[0] == wrong for m in e.misprints)
        assert f"{wrong} " in text


def test_an_integer_array_is_refused_by_the_numerical_gradient():
    """The script of Hochschule Mannheim moves one by 1e-5: cut back, all differences are 0."""
    with pytest.raises(TypeError, match="every difference is 0"):
        linclf.numerical_gradient(lambda W: (W**2).sum(), np.arange(1, 7).reshape(2, 3))


@pytest.mark.parametrize(("dtype", "score"), [("float64", 710.0), ("float32", 89.0)])
def test_scores_that_overflow_without_the_shift_do_not_here(dtype, score):
    """The reference of one course has the shift commented out."""
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(np.array(score, dtype)))
    S = np.array([[score, 0.0]], dtype)
    assert linclf.softmax_loss(S, np.ones((1, 1), dtype), np.array([1]))[0] == score
    assert linclf.explain(S[0], 1, loss="softmax").value == score


def test_half_of_twice_the_regulariser_is_the_same_function():
    """One half times 5e4 in the notebooks until 2016, 2.5e4 since."""
    W = np.random.default_rng(0).normal(size=(4, 3))
    half, whole = (
        linclf.svm_loss(W, np.zeros((1, 4)), np.array([0]), reg) for reg in (0.5 * 5e4, 2.5e4)
    )
    assert half[0] == whole[0]
    np.testing.assert_allclose(whole[1], 5e4 * W, rtol=1e-15)
