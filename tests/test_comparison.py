"""`compare` passes right code in every style, names the case of a mistake, and races."""

import numpy as np
import pytest
from linclf import Loss, compare, loss_and_grad
from linclf.cases import FLOATS


def in_loops(W, X, y, reg):
    """Hinge, sample by sample and class by class."""
    dW, total = np.zeros(W.shape), 0.0
    for i in range(len(X)):
        s = X[i] @ W
        for j in range(W.shape[1]):
            margin = s[j] - s[y[i]] + 1
            if j != y[i] and margin > 0:
                total += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    return total / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def vectorised(W, X, y, reg):
    """Hinge with ``>=`` at the kink."""
    rows, S = np.arange(len(X)), X.dot(W)
    margins = np.maximum(0, S - S[rows, y][:, None] + 1)
    margins[rows, y] = 0
    B = (margins >= 0).astype(float) * (margins > 0)
    B[rows, y] = -B.sum(axis=1)
    return margins.sum() / len(X) + reg * (W**2).sum(), X.T.dot(B) / len(X) + 2 * reg * W


def softmax(W, X, y, reg):
    """Softmax by einsum, returned as a list with a 0-d array."""
    S = np.einsum("nd,dc->nc", X, W)
    S = S - S.max(axis=1, keepdims=True)
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    T = np.eye(W.shape[1])[y]
    value = (np.log(np.exp(S).sum(axis=1)) - (S * T).sum(axis=1)).mean() + reg * (W**2).sum()
    return [np.array(value), np.einsum("nd,nc->dc", X, P - T) / len(X) + 2 * reg * W]


def changed(f, change):
    """Another function, of results that are changed."""

    def wrong(W, X, y, reg):
        return change(*f(W, X, y, reg), W, X, reg)

    return wrong


def names(outcomes):
    return {outcome.case.name for outcome in outcomes}


@pytest.mark.parametrize("f", [in_loops, vectorised, softmax])
@pytest.mark.parametrize("seed", range(5))
def test_right_code_in_any_style_passes(f, seed):
    found = compare(f, size=None, rng=seed)
    assert found, found
    assert found.loss is (Loss.SOFTMAX if f is softmax else Loss.HINGE)
    assert found.sprint is None
    assert names(found.outcomes) == set(FLOATS)
    assert repr(found).startswith(
        f"{f.__name__} agrees with the {found.loss} loss: right in all 14"
    )
    assert not found.mistakes
    assert not found.remarks


def test_the_losses_of_the_package_are_told_apart_and_pass(loss):
    found = compare(lambda *operands: loss_and_grad(loss, *operands), size=None)
    assert found
    assert found.loss is Loss(loss)


WRONG = {
    "half the gradient of the penalty": (
        lambda value, dW, W, X, reg: (value, dW - reg * W),
        set(FLOATS) - {"no_penalty"},
    ),
    "no mean in the gradient": (
        lambda value, dW, W, X, reg: (value, len(X) * (dW - 2 * reg * W) + 2 * reg * W),
        set(FLOATS) - {"one_sample"},
    ),
    "another loss": (lambda value, dW, W, X, reg: (value + 1e-6, dW), set(FLOATS) - {"float32"}),
    "an entry": (lambda value, dW, W, X, reg: (value, dW + np.eye(*W.shape) * 1e-3), set(FLOATS)),
    "not a number": (lambda value, dW, W, X, reg: (np.nan, dW), set(FLOATS)),
    "transposed": (lambda value, dW, W, X, reg: (value, dW.T), set(FLOATS)),
    "no pair": (lambda value, dW, W, X, reg: value, set(FLOATS)),
    "three": (lambda value, dW, W, X, reg: (value, dW, W), set(FLOATS)),
    "a loss per row": (lambda value, dW, W, X, reg: (np.ones(len(X)), dW), set(FLOATS)),
    "complex": (lambda value, dW, W, X, reg: (value, dW + 0j), set(FLOATS)),
}


@pytest.mark.parametrize("mistake", WRONG)
@pytest.mark.parametrize("f", [vectorised, softmax])
def test_a_mistake_is_found_in_the_cases_where_it_shows(f, mistake):
    change, where = WRONG[mistake]
    found = compare(changed(f, change), loss="softmax" if f is softmax else "hinge")
    assert not found
    wrong = names(found.mistakes)
    assert wrong == where, found
    assert found.sprint is None
    assert "does NOT agree" in repr(found)
    assert all(outcome.mistake in repr(found) for outcome in found.mistakes)


def test_the_entry_and_both_values_are_named():
    def wrong(W, X, y, reg):
        value, dW = vectorised(W, X, y, reg)
        dW[2, 1] += 0.5
        return value, dW

    outcome = compare(wrong, loss="hinge", size=None).outcomes[0]
    assert "dW[2, 1] is " in outcome.mistake
    given, expected = outcome.mistake.removeprefix("dW[2, 1] is ").split(", not ")
    assert float(given) - float(expected) == pytest.approx(0.5)
    assert outcome.loss_error < 1 < outcome.gradient_error


def test_the_largest_score_of_the_batch_is_found_out_by_large_scores():
    def wrong(W, X, y, reg):
        S = X @ W
        P = np.exp(S - S.max())
        P /= P.sum(axis=1, keepdims=True)
        rows = np.arange(len(X))
        value = -np.log(P[rows, y]).mean() + reg * (W**2).sum()
        P[rows, y] -= 1
        return value, X.T @ P / len(X) + 2 * reg * W

    found = compare(wrong, size=None)
    assert found.loss is Loss.SOFTMAX
    assert "large_scores" in names(found.mistakes)
    assert "plain" not in names(found.mistakes)


def test_code_that_changes_its_operands_or_raises_is_told_so():
    def changes(W, X, y, reg):
        result = vectorised(W, X, y, reg)
        X -= 1
        return result

    def raises(W, X, y, reg):
        raise IndexError("mine")

    found = compare(changes, loss="hinge", size=None)
    assert not found
    assert "changes X; work on a copy" in found.outcomes[0].mistake
    found = compare(raises, loss="hinge", size=None)
    assert len(found.mistakes) == len(found.outcomes)
    assert found.outcomes[0].mistake == "raises IndexError: mine"
    with pytest.raises(ValueError, match="raises raises IndexError: mine; say what"):
        compare(raises)


def test_what_it_is_meant_to_be_is_guessed_from_value_direction_or_name():
    def shift(value, dW, W, X, reg):
        return value + 1, dW

    def svm_of_sorts(W, X, y, reg):
        return 0.0, np.zeros_like(W)

    def thing(W, X, y, reg):
        return 0.0, np.zeros_like(W)

    assert compare(changed(in_loops, shift), size=None).loss is Loss.HINGE
    assert compare(changed(softmax, shift), size=None).loss is Loss.SOFTMAX
    assert compare(svm_of_sorts, size=None).loss is Loss.HINGE
    with pytest.raises(ValueError, match=r"thing computes no loss.*loss="):
        compare(thing)
    with pytest.raises(ValueError, match="other"):
        compare(vectorised, loss="other")
    with pytest.raises(TypeError, match="f is a str"):
        compare("softmax")


def test_single_precision_is_accepted_and_noted():
    def single(W, X, y, reg):
        value, dW = vectorised(W.astype(np.float32), X.astype(np.float32), y, reg)
        return value, dW.astype(np.float32)

    found = compare(single, size=(30, 20, 4))
    assert found, found
    assert found.remarks == ("it computes in float32 although W and X are float64",)
    assert found.remarks[0] in repr(found)


def test_single_precision_inside_is_no_mistake_of_the_formula():
    def inside(W, X, y, reg):
        value, dW = vectorised(W.astype(np.float32), X.astype(np.float32), y, reg)
        return float(value), dW.astype(np.float64)

    found = compare(inside, loss="hinge", size=None)
    assert not found
    assert "float32 somewhere inside" in found.remarks[0]


def test_pixels_that_wrap_are_noted_only():
    def wraps(W, X, y, reg):
        value, dW = vectorised(W, X, y, reg)
        return value, dW + (-X + X.astype(float)).sum()

    found = compare(wraps, size=None)
    assert found
    assert "uint8" in found.remarks[0]


def test_the_race_is_run_at_the_size_asked_for():
    found = compare(vectorised, size=(30, 20, 4), seconds=0.01)
    assert found
    assert found.sprint.size == (30, 20, 4)
    assert found.sprint.agree
    assert found.sprint.rounds >= 3
    assert found.sprint.ratio == found.sprint.seconds / found.sprint.linclf_seconds
    assert "30x20x4: " in repr(found)
    assert "times as fast" in repr(found)


def test_a_size_that_is_built_in_is_found_out_by_the_race():
    def fixed(W, X, y, reg):
        value, dW = vectorised(W, X, y, reg)
        return value, dW + (len(X) > 20)

    found = compare(fixed, size=(30, 20, 4))
    assert not found
    assert not found.mistakes
    assert not found.sprint.agree
    assert "the results differ" in repr(found)


@pytest.mark.parametrize(
    ("size", "error"), [((3, 4), ValueError), (5, ValueError), ((0, 1, 2), ValueError),
                        ((3, 4, 2.0), TypeError)]
)  # fmt: skip
def test_bad_sizes_are_refused(size, error):
    with pytest.raises(error, match="size"):
        compare(vectorised, size=size)


def test_a_notebook_shows_a_table_in_which_names_are_escaped():
    def wrong(W, X, y, reg):
        return vectorised(W, X, y, reg)[0], W

    wrong.__name__ = "<script>"
    text = compare(wrong, loss="hinge", size=None)._repr_html_()
    assert text.count("<tr>") == 1 + len(FLOATS)
    assert "<script>" not in text
    assert "&lt;script&gt; does NOT agree" in text
    assert "times as fast" in compare(vectorised, size=(30, 20, 4))._repr_html_()
