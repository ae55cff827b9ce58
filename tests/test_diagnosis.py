"""The diagnosis: what it claims is so, and it says how sure it is."""

import string

import linclf
import numpy as np
import pytest
from correct_styles import SINGLE, STYLES
from linclf import mutants
from linclf.cases import generate
from linclf.diagnosis import MESSAGES, Answer, Expected, diagnose, fingerprint, message
from linclf.diagnosis.fingerprint import natural
from linclf.diagnosis.probes import ordinary, stress, times
from linclf.mutants.catalogue import mistakes_of


def answers_of(function, loss, seeds=(0, 1, 2), sizes=(11, 8, 14)):
    """What a function answers to problems of different N."""
    answers = []
    for seed, N in zip(seeds, sizes, strict=True):
        rng = np.random.default_rng(seed)
        W, X, y = rng.normal(size=(7, 5)), rng.normal(size=(N, 7)), rng.integers(5, size=N)
        answers.append(Answer(W, X, y, 0.2, *function(W, X, y, 0.2)))
    return answers


def changed(loss, change):
    """A right function whose answer is changed."""

    def function(W, X, y, reg):
        return change(*linclf.loss_and_grad(loss, W, X, y, reg), W, X, y, reg)

    return function


# ------------------------------------------------------------------------------ the verdict


@pytest.mark.parametrize("loss", linclf.Loss)
def test_right_answers_are_right(loss):
    found = diagnose(answers_of(changed(loss, lambda v, g, *_: (v, g)), loss), loss)
    assert found
    assert found.findings == ()
    assert found.verdict == "loss and gradient are right"


@pytest.mark.parametrize("loss", STYLES)
def test_right_code_in_any_style_is_right(loss):
    for function in STYLES[loss]:
        assert diagnose(answers_of(function, loss), loss).findings == ()
    for function in SINGLE[loss]:
        found = diagnose(answers_of(function, loss), loss)
        assert found
        assert set(found.ids) <= {"float32"}


VERDICTS = [
    ("hinge/half_penalty_gradient", True, False, "the loss is right; the gradient is not its"),
    ("hinge/half_penalty", False, True, "the gradient is the exact derivative of the loss, but"),
    ("hinge/half_penalty_loss", False, False, "the loss is wrong, and the gradient is not its"),
    ("softmax/loss_sum", False, False, "the loss is wrong, and the gradient is not its"),
]


@pytest.mark.parametrize(("id", "loss_right", "consistent", "verdict"), VERDICTS)
def test_the_verdict_is_one_of_four(id, loss_right, consistent, verdict):
    mutant = mutants.get(id)
    answers = answers_of(mutant, mutant.loss)
    found = diagnose(answers, mutant.loss, function=mutant)
    assert (found.loss_right, found.consistent) == (loss_right, consistent)
    assert found.verdict.startswith(verdict)
    assert not found
    values = diagnose(answers, mutant.loss)  # without a function to ask
    assert values.consistent is None
    assert values.ids == found.ids


def test_values_alone_are_enough_for_every_mistake_that_shows_on_them():
    for mutant in mutants.MUTANTS:
        if mutant.needs is None:
            found = diagnose(answers_of(mutant, mutant.loss), mutant.loss)
            assert found.ids == (mutant.mistakes[0].id,), mutant
            assert all(finding.exact for finding in found.findings), mutant
            assert found.findings[0].part == mutant.wrong


# ------------------------------------------------------------------------------ how sure it is


def test_one_problem_is_not_enough_to_be_sure():
    mutant = mutants.get("hinge/correct_once")
    [answer] = answers_of(mutant, "hinge", (0,), (11,))
    alone = diagnose(answer, "hinge").findings[0]
    assert alone.id == "correct_once"
    assert not alone.exact
    assert str(alone).startswith("looks like: ")
    asked = diagnose(answer, "hinge", function=mutant).findings[0]
    assert asked.exact
    assert str(asked) == asked.sentence


def test_what_cannot_be_told_apart_is_not_claimed():
    """With N == C in every problem, a sum over N and one over C have the same factor."""
    mutant = mutants.get("softmax/gradient_divided_twice")
    answers = answers_of(mutant, "softmax", (0, 1), (5, 5))
    [finding] = diagnose(answers, "softmax").findings
    assert not finding.exact
    assert finding.alternatives
    assert "(or: " in str(finding)


def test_a_near_miss_is_no_exact_finding():
    """Half of the regulariser's gradient, and a little noise that nothing known explains."""

    def noisy(value, dW, W, X, y, reg):
        noise = 1e-6 * np.random.default_rng(len(X)).normal(size=W.shape)
        return value, dW - reg * W + noise

    [finding] = diagnose(answers_of(changed("hinge", noisy), "hinge"), "hinge").findings
    assert finding.id == "half_penalty_gradient"
    assert not finding.exact
    assert 1e-10 < finding.misfit < 1e-4
    assert str(finding).startswith("looks like")


def test_three_mistakes_show_as_factors():
    def three(value, dW, W, X, y, reg):
        S = X @ W
        B = linclf.softmax(S) / 3
        B[np.arange(len(X)), y] -= 0.23
        return value, X.T @ B / len(X) + reg * W

    [finding] = diagnose(answers_of(changed("softmax", three), "softmax"), "softmax").findings
    assert finding.id == "terms_softmax"
    assert finding.exact
    assert "0.333333 x X^T P" in finding.sentence
    assert "0.23 x" in finding.sentence
    assert "0.5 (= 1/2) x" in finding.sentence


def test_the_famous_demo_is_found_out():
    """Its loss has lam * sum(W**2), and its gradient lam * W / 2."""
    demo = changed("hinge", lambda v, g, W, X, y, reg: (v, g - 1.5 * reg * W))
    [finding] = diagnose(answers_of(demo, "hinge"), "hinge").findings
    assert str(finding) == "the regulariser's gradient is 0.25 (= 1/4) x the expected one"


def test_a_factor_of_twice_the_batch_is_named():
    def twice(value, dW, W, X, y, reg):
        return value, 2 * len(X) * (dW - 2 * reg * W) + 2 * reg * W

    [finding] = diagnose(answers_of(changed("softmax", twice), "softmax"), "softmax").findings
    assert str(finding) == "gradient of the data part is 22 (= 2*N) x the expected one"


def test_a_loss_of_odd_parts_shows_its_factors():
    def odd(value, dW, W, X, y, reg):
        penalty = reg * (W**2).sum()
        return 0.7 * (value - penalty) + 1.9 * penalty, dW

    [finding] = diagnose(answers_of(changed("hinge", odd), "hinge"), "hinge").findings
    assert finding.sentence.startswith("loss is 0.7 x its data part + 1.9 x its regulariser")


def test_a_gradient_of_another_loss_is_called_so():
    function = changed(
        "squared_hinge",
        lambda v, g, W, X, y, reg: (v, linclf.svm_loss(W, X, y, reg)[1]),
    )
    [finding] = diagnose(answers_of(function, "squared_hinge"), "squared_hinge").findings
    assert finding.sentence == "gradient is that of the hinge loss, not of the squared_hinge loss"
    assert finding.exact
    found = diagnose(answers_of(changed("softmax", lambda *a: a[:2]), "softmax"), "one_vs_all")
    assert found.ids == ("loss_of_another", "gradient_of_another")


# ------------------------------------------------------------------------------------- where


def entry(value, dW, W, X, y, reg):
    dW[2, 3] += 1
    return value, dW


def row(value, dW, W, X, y, reg):
    dW[4] *= 2
    return value, dW


def column(value, dW, W, X, y, reg):
    dW[:, 1] = 0
    return value, dW


def sample(value, dW, W, X, y, reg):
    return value, dW + np.outer(X[3], np.arange(5) ** 2)


def infinite(value, dW, W, X, y, reg):
    dW[0, 0] = np.nan
    return value, dW


def anything(value, dW, W, X, y, reg):
    return value, dW + np.random.default_rng(0).normal(size=dW.shape)


PLACES = [
    (entry, "only_entry", "dW[2, 3] alone"),
    (row, "only_row", "row 4 alone"),
    (column, "only_class", "that of class 1"),
    (sample, "only_sample", "multiple of X[3]"),
    (infinite, "only_not_finite", "1 of 35 entries"),
    (anything, "gradient_differs", "35 of 35 entries"),
]


@pytest.mark.parametrize(("change", "id", "where"), PLACES, ids=[p[1] for p in PLACES])
def test_what_is_no_known_mistake_is_localised(change, id, where):
    [finding] = diagnose(answers_of(changed("softmax", change), "softmax"), "softmax").findings
    assert finding.id == id
    assert where in finding.sentence
    assert not finding.exact
    assert str(finding) == finding.sentence


def test_the_bias_row_is_called_so():
    def bias(value, dW, W, X, y, reg):
        dW[-1] += 1
        return value, dW

    rng = np.random.default_rng(0)
    W, X, y = rng.normal(size=(7, 5)), rng.normal(size=(11, 7)), rng.integers(5, size=11)
    X[:, -1] = 1
    answer = Answer(W, X, y, 0.1, *changed("hinge", bias)(W, X, y, 0.1))
    assert diagnose(answer, "hinge").findings[0].id == "only_bias_row"


@pytest.mark.parametrize(
    ("gradient", "id"),
    [(lambda g: g.T, "transposed"), (lambda g: g[0], "shape"), (lambda g: g.sum(), "shape")],
)
def test_a_wrong_shape_comes_first(gradient, id):
    function = changed("hinge", lambda v, g, *_: (v, gradient(g)))
    found = diagnose(answers_of(function, "hinge"), "hinge")
    assert found.ids == (id,)
    assert found.loss_right
    assert not found.gradient_right


def test_a_transposed_gradient_is_diagnosed_on():
    function = changed("hinge", lambda v, g, W, *_: (v, (g - 0.2 * W).T))
    found = diagnose(answers_of(function, "hinge"), "hinge")
    assert found.ids == ("transposed", "half_penalty_gradient")


def test_a_loss_that_is_not_finite_is_shown():
    function = changed("hinge", lambda v, g, *_: (np.inf, g))
    found = diagnose(answers_of(function, "hinge"), "hinge")
    assert "Loss is inf, expected" in str(found)


def test_target_probabilities_are_judged_but_not_replayed():
    rng = np.random.default_rng(0)
    W, X, t = rng.normal(size=(7, 5)), rng.normal(size=(11, 7)), rng.dirichlet(np.ones(5), 11)
    value, dW = linclf.softmax_loss(W, X, t, 0.1)
    assert diagnose(Answer(W, X, t, 0.1, value, dW), "softmax")
    found = diagnose(Answer(W, X, t, 0.1, value, 11 * dW - 20 * 0.1 * W), "softmax")
    assert "11" in str(found)


def test_nothing_to_judge_is_refused():
    with pytest.raises(ValueError, match="answers is empty"):
        diagnose([], "hinge")


# ------------------------------------------------------------------------------- its pieces


@pytest.mark.parametrize("loss", STYLES)
def test_a_fingerprint_of_what_is_right_is_ones(loss):
    [case] = generate(loss, 0, names=["plain"])
    answer = Answer(*case.operands, *linclf.loss_and_grad(loss, *case.operands))
    found = fingerprint(answer, Expected(loss, answer))
    assert found.coefficients == pytest.approx((1, 1, 1))
    assert found.residual < 1e-14


@pytest.mark.parametrize(
    ("id", "coefficients"),
    [
        ("hinge/gradient_sum", (11, 11, 1)),
        ("hinge/no_penalty_gradient", (1, 1, 0)),
        ("hinge/half_penalty_gradient", (1, 1, 0.5)),
        ("hinge/penalty_gradient_over_n", (1, 1, 1 / 11)),
        ("hinge/sign", (-1, -1, -1)),
        ("hinge/penalty_gradient_sign", (1, 1, -1)),
        ("hinge/no_correct_class", (1, 0, 1)),
        ("hinge/gradient_mean_over_classes", (0.2, 0.2, 1)),
        ("softmax/no_minus_one", (1, 0, 1)),
    ],
)
def test_slips_have_the_fingerprints_of_the_literature(id, coefficients):
    mutant = mutants.get(id)
    [case] = generate(mutant.loss, 0, names=["plain"])
    answer = Answer(*case.operands, *mutant(*case.operands))
    found = fingerprint(answer, Expected(mutant.loss, answer))
    assert found.coefficients == pytest.approx(coefficients)
    assert found.residual < 1e-12


def test_a_fingerprint_that_is_not_determined_is_none():
    W, X, y = np.zeros((2, 3)), np.zeros((4, 2)), np.zeros(4, int)
    answer = Answer(W, X, y, 0.0, 1.0, W)
    assert fingerprint(answer, Expected("hinge", answer)) is None


def test_a_coefficient_is_named_only_if_it_fits_every_problem():
    assert natural([5.0, 5.0], [(11, 7, 5), (8, 7, 5)]) == "C"
    assert natural([11.0, 11.0], [(11, 7, 5), (8, 7, 5)]) is None
    assert natural([0.3], [(11, 7, 5)]) is None


def test_every_mistake_has_its_sentence_and_every_sentence_its_evidence():
    ids = {mistake.id for loss in STYLES for mistake in mistakes_of(loss)}
    assert ids <= set(MESSAGES)
    for text in MESSAGES.values():
        fields = [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]
        assert all(field.isidentifier() for field in fields)
    with pytest.raises(KeyError):
        message("gradient_sum", {})


def test_probes_fit_the_function_that_is_asked():
    function = changed("hinge", lambda v, g, *_: (v, g))
    [answer] = answers_of(function, "hinge", (0,), (11,))
    rng = np.random.default_rng(0)
    more = ordinary(function, "hinge", answer, rng)
    assert len({a.sizes[0] for a in more}) == 2
    assert all(a.sizes[1:] == (7, 5) for a in more)
    assert ordinary(lambda *_: 1 / 0, "hinge", answer, rng) == []
    assert all(np.isfinite(a.value) for a in stress(function, answer, rng))


@pytest.mark.parametrize(
    "reg", [0.5, linclf.L2(0.5), linclf.L1(0.5), linclf.ElasticNet(0.5, 0.25)], ids=repr
)
def test_a_penalty_keeps_its_kind_when_it_is_scaled(reg):
    scaled = times(reg, 4.0)
    assert type(scaled) is type(reg)
    strength = linclf.penalties.as_penalty
    assert (strength(scaled).l2, strength(scaled).l1) == pytest.approx(
        (4 * strength(reg).l2, 4 * strength(reg).l1)
    )
