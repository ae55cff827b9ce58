"""What the gradient check says: of right code nothing, of wrong code what is wrong."""

import xml.etree.ElementTree as ET

import linclf
import numpy as np
import pytest
from correct_styles import SINGLE, STYLES, hinge_at_kinks, hinge_loops, hinge_vectorised
from linclf import check_gradient, mutants
from linclf.cases import FLOATS, generate
from linclf.gradient_report import KINK, OK, WRONG

LOSSES = tuple(STYLES)
RIGHT = [(loss, f) for loss in LOSSES for f in (*STYLES[loss], *SINGLE[loss])]
NAMES = [f.__name__ for _, f in RIGHT]
TAKES_LOG = [name for name in FLOATS if name not in ("large_scores", "integer_values")]  # else inf


@pytest.fixture
def problem(rng):
    """W, X, y and reg of about 1, as drawn."""
    return rng.standard_normal((7, 5)), rng.standard_normal((11, 7)), rng.integers(5, size=11), 0.1


@pytest.fixture(scope="module")
def pixels():
    """W, X, y as in the courses: CIFAR-10 with its mean subtracted and a bias column."""
    rng = np.random.default_rng(0)
    X = rng.integers(256, size=(500, 3072)).astype(float)
    X = np.hstack([X - X.mean(axis=0), np.ones((500, 1))])
    return 1e-4 * rng.standard_normal((3073, 10)), X, rng.integers(10, size=500)


# ------------------------------------------------------------------------------- right code


@pytest.mark.parametrize(("loss", "function"), RIGHT, ids=NAMES)
@pytest.mark.parametrize("named", [True, False], ids=["named", "guessed"])
def test_right_code_passes_on_every_kind_of_problem(loss, function, named):
    names = TAKES_LOG if "log" in function.__name__ else FLOATS
    if function in SINGLE[loss]:
        names = ["plain", "n_equals_c", "float32", "no_penalty"]
    for case in generate(loss, 5, names=names):
        check = check_gradient(function, *case.operands, loss=loss if named else None, rng=0)
        assert check, f"{case!r}: {check!r}"
        assert not check.findings
        assert check.loss_name == loss
        assert (check.labels != WRONG).all()


@pytest.mark.parametrize("reg", [linclf.L1(0.1), linclf.ElasticNet(0.05, 0.5), linclf.L2(0.2)])
@pytest.mark.parametrize("loss", linclf.Loss)
def test_every_loss_and_penalty_of_this_package_passes(loss, reg, problem):
    operands = (*problem[:3], reg)
    assert check_gradient(loss, *operands)
    own = check_gradient(lambda W, X, y, reg: linclf.loss_and_grad(loss, W, X, y, reg), *operands)
    assert own
    assert own.loss_name == loss
    assert own.notes == ()


@pytest.mark.parametrize("reg", [linclf.L1(0.4), linclf.ElasticNet(0.3, 0.5)], ids=repr)
def test_mistakes_in_another_penalty_are_named(reg, problem):
    check = check_gradient(mutants.get("hinge/half_penalty_gradient"), *problem[:3], reg)
    assert not check
    assert check.loss_name == "hinge"
    assert check.findings == ("the regulariser's gradient lacks the factor 2",)


def test_weights_of_zero_pass(problem):
    """There the values of hinge and squared hinge agree, and their gradients do not."""
    _, X, y, _ = problem
    for loss in linclf.Loss:
        own = lambda W, X, y, reg, loss=loss: linclf.loss_and_grad(loss, W, X, y, reg)  # noqa: E731
        assert check_gradient(own, np.zeros((7, 5)), X, y, 0.1)
    for loss in LOSSES:
        for function in STYLES[loss]:
            assert check_gradient(function, np.zeros((7, 5)), X, y, 0.1, loss=loss)


def test_pixels_pass_and_half_of_the_regularisers_gradient_is_named(pixels):
    """The kinks that h=1e-5 meets on this scale are none of the student's business."""

    def half(W, X, y, reg):
        value, dW = hinge_vectorised(W, X, y, reg)
        return value, dW - reg * W

    for reg in (5e-6, 50.0):
        check = check_gradient(hinge_vectorised, *pixels, reg)
        assert check
        assert check.max_relative_error < 1e-5
    assert check_gradient(half, *pixels, 50.0).findings == (
        "the regulariser's gradient lacks the factor 2",
    )


# ------------------------------------------------------------------------------------ kinks


def at_a_kink():
    """A sample whose margins are exactly 0, 0 and 2, and one far from any kink."""
    W = np.array([[1.0, 0.0, 0.0, 2.0], [0.0, 5.0, 0.0, 0.0]])
    return W, np.eye(2), np.array([0, 1]), 0.0


@pytest.mark.parametrize("function", [hinge_loops, hinge_at_kinks])
@pytest.mark.parametrize("loss", ["hinge", None])
def test_either_subgradient_passes_at_a_kink_and_is_labelled(function, loss):
    check = check_gradient(function, *at_a_kink(), loss=loss)
    assert check, repr(check)
    assert (check.labels[0, :3] == KINK).all()
    assert (check.labels[1] == OK).all()
    assert check.kinks > 0
    assert "kink" in repr(check)


def test_errors_are_unknown_where_all_entries_lie_at_kinks():
    scores = np.array([[10.0, 9.0, 9.0]])
    report = linclf.check_gradient(linclf.svm_loss, scores, np.eye(1), np.array([0]), 0.0)
    assert report
    assert "unknown, all entries being at kinks" in repr(report)


def test_a_kink_is_no_excuse_for_what_it_cannot_explain():
    def wrong(W, X, y, reg):
        value, dW = hinge_loops(W, X, y, reg)
        dW[0, 1] += 5
        return value, dW

    check = check_gradient(wrong, *at_a_kink())
    assert not check
    assert check.labels[0, 1] == WRONG
    assert check.worst == (0, 1)


def test_a_kink_near_by_is_stepped_around():
    W, X, y, reg = at_a_kink()
    W[0, 1] += 1e-7  # within the first step, and outside of a smaller one
    check = check_gradient(hinge_loops, W, X, y, reg)
    assert check
    assert check.kinks > 0
    assert check.labels[0, 1] == OK


def test_kinks_of_an_unknown_function_are_recognised():
    W = np.array([[1.0, 0.0], [-2.0, 3.0]])
    for subgradient, label in ((-1, KINK), (0, OK), (1, KINK), (2, WRONG)):
        at_zero = subgradient * (W == 0)
        check = check_gradient(lambda W, at=at_zero: (abs(W).sum(), np.sign(W) + at), W)
        assert check.labels.tolist() == [[OK, label], [OK, OK]]
        assert bool(check) == (label != WRONG)


def test_an_l1_penalty_has_a_kink_where_a_weight_is_zero(problem):
    W, X, y, _ = problem
    W[2, 3] = 0
    check = check_gradient("softmax", W, X, y, linclf.L1(0.3), full=True)
    assert check
    assert (check.labels == KINK).sum() == 1
    assert check.labels[2, 3] == KINK


# --------------------------------------------------------------------------------- findings


@pytest.mark.parametrize(
    ("id", "sentence"),
    [
        ("hinge/gradient_sum", "gradient is 11.000 x the expected one, N = 11: divide by N"),
        ("hinge/half_penalty_gradient", "the regulariser's gradient lacks the factor 2"),
        ("softmax/log10", "loss uses log10: its data part is 0.434294 = 1/ln(10) x the expected"),
        ("hinge/sign", "gradient has the wrong sign throughout"),
    ],
)
@pytest.mark.parametrize("named", [True, False], ids=["named", "guessed"])
def test_a_mistake_is_named_with_its_evidence(id, sentence, named, problem):
    mutant = mutants.get(id)
    check = check_gradient(mutant, *problem, loss=mutant.loss if named else None, rng=0)
    assert not check
    assert check.loss_name == mutant.loss
    assert check.findings[0].startswith(sentence)
    assert sentence[1:] in repr(check)


def test_the_maximum_of_the_whole_batch_is_named_with_the_row_that_underflows():
    W, X = np.array([[600.0, 0.0], [-599.0, -600.0]]), np.eye(2)
    check = check_gradient(
        mutants.get("softmax/global_max"), W, X, np.array([0, 1]), loss="softmax"
    )
    assert not check
    assert check.findings[0].startswith("maximum taken over the whole batch, row 1 underflows")


def test_arithmetic_of_pixels_that_wraps_is_named(rng):
    X, y = rng.integers(1, 256, size=(9, 6)).astype(np.uint8), rng.integers(4, size=9)

    def wraps(W, X, y, reg):
        S, dW, loss = X @ W, np.zeros(W.shape), 0.0
        for i in range(len(X)):
            for j in range(W.shape[1]):
                margin = S[i, j] - S[i, y[i]] + 1
                if j != y[i] and margin > 0:
                    loss += margin
                    dW[:, j] += X[i]
                    dW[:, y[i]] += -X[i]
        return loss / len(X) + reg * (W**2).sum(), dW / len(X) + 2 * reg * W

    check = check_gradient(wraps, rng.standard_normal((6, 4)), X, y, 0.1, loss="hinge")
    assert not check
    assert "uint8 arithmetic wraps" in check.findings[0]


def test_two_mistakes_are_both_named(problem):
    mutant = mutants.combine("softmax/gradient_sum", "softmax/half_penalty_loss")
    check = check_gradient(mutant, *problem, loss="softmax")
    assert check.diagnosis.ids == ("gradient_sum", "half_penalty_loss")
    assert len(check.findings) == 2


def test_a_consistent_loss_with_another_convention_passes_with_a_note(problem):
    """Half of the courses put 1/2 before the regulariser: the gradient is right there."""
    check = check_gradient(mutants.get("softmax/half_penalty"), *problem)
    assert check
    assert check.consistent
    assert "factor 1/2" in check.notes[0]
    named = check_gradient(mutants.get("softmax/half_penalty"), *problem, loss="softmax")
    assert not named
    assert named.diagnosis.verdict.startswith("the gradient is the exact derivative of the loss")


def test_a_regulariser_is_checked_where_the_given_one_hides_it(problem):
    """At reg=5e-6 the usual comparison prints zeros."""
    W, X, y, _ = problem
    for reg in (0.0, 5e-6):
        check = check_gradient(mutants.get("softmax/no_penalty_gradient"), W, X, y, reg)
        assert not check
        assert check.findings == ("regulariser's gradient is missing",)
        assert not check.parts["regulariser"]


def test_evidence_is_of_a_problem_that_shows_the_mistake(problem):
    """A factor of the regulariser cannot be seen at reg=0, as which the check was called."""
    check = check_gradient(mutants.get("hinge/double_penalty_loss"), *problem[:3], loss="hinge")
    assert check.findings == ("regulariser in the loss is 2.000 x the expected one",)


def test_a_single_wrong_entry_is_found_wherever_it_is(pixels):
    def wrong(W, X, y, reg):
        value, dW = hinge_vectorised(W, X, y, reg)
        dW[1234, 5] *= 1.01
        return value, dW

    check = check_gradient(wrong, *pixels, 50.0, rng=0)
    assert not check
    assert check.worst == (1234, 5)
    assert "dW[1234, 5]" in check.findings[0]


def test_a_factor_is_named_where_nothing_else_is_known():
    W = np.arange(6.0).reshape(2, 3)
    check = check_gradient(lambda W: ((W**3).sum(), 6 * W**2), W)
    assert check.findings == (
        "gradient is 2.000 x the derivative of the loss; both must be averaged alike",
    )
    assert (
        check_gradient(lambda W: ((W**3).sum(), W**2 + 1), W)
        .findings[0]
        .startswith("gradient is not the derivative of the loss: dW[")
    )


def test_a_loss_of_ones_own_is_only_asked_for_its_own_derivative(problem):
    def squares(W, X, y, reg):
        E = X @ W - np.eye(5)[y]
        return (E**2).sum() / len(X) + reg * (W**2).sum(), 2 * X.T @ E / len(X) + 2 * reg * W

    def wrong(W, X, y, reg):
        value, dW = squares(W, X, y, reg)
        return value, dW * len(X)

    check = check_gradient(squares, *problem)
    assert check
    assert check.loss_name is None
    check = check_gradient(wrong, *problem)
    assert not check
    assert "11.000 x the derivative of the loss (N)" in check.findings[0] or (
        "11.000 x" in check.findings[0]
    )


def test_overflow_is_a_note_as_long_as_it_does_not_happen(problem):
    check = check_gradient(mutants.get("softmax/no_shift"), *problem)
    assert check
    assert check.notes[0].startswith("not stable at large scores: exp overflows")
    assert check_gradient("softmax", *problem).notes == ()


def test_what_float32_means_is_noted(problem):
    W, X, y, reg = problem
    check = check_gradient("hinge", W.astype(np.float32), X.astype(np.float32), y, reg)
    assert check
    assert "float64 copies" in check.notes[0]
    inside = check_gradient(SINGLE["softmax"][0], *problem)
    assert inside
    assert any("computes in float32" in note for note in inside.notes)


def test_a_function_without_a_regulariser_is_noted_not_blamed(problem):
    W, X, y, _ = problem
    check = check_gradient(lambda W, X, y, reg: linclf.softmax_loss(W, X, y), W, X, y)
    assert check
    assert "does not depend on reg" in check.notes[0]


# ---------------------------------------------------------------------------------- display


def test_a_notebook_shows_a_heat_map_and_the_finding(problem):
    check = check_gradient(mutants.get("hinge/gradient_sum"), *problem)
    html = check._repr_html_()
    ET.fromstring(html)
    assert "FAILED" in html
    assert "divide by N" in html
    assert html.count("<img ") == 1
    assert "passed" in check_gradient("hinge", *problem)._repr_html_()


def test_a_large_map_stays_small(pixels):
    html = check_gradient("hinge", *pixels, 1.0, rng=0)._repr_html_()
    ET.fromstring(html)
    assert len(html) < 60_000
