"""The public loss functions are thin: each hands on what it is given, under its own names."""

import inspect

import linclf
import numpy as np
import pytest
from linclf import _linclf
from linclf.losses import Loss

FUNCTIONS = (
    linclf.loss_and_grad,
    linclf.loss_value,
    linclf.svm_loss,
    linclf.softmax_loss,
    linclf.scores,
    linclf.predict,
    linclf.softmax,
)


@pytest.fixture
def operands(rng):
    """W, X, y, b and center of a small problem."""
    N, D, C = 7, 4, 3
    W, X = rng.standard_normal((D, C)), rng.standard_normal((N, D))
    return W, X, rng.integers(C, size=N), rng.standard_normal(C), X.mean(axis=0)


def test_the_enumeration_has_exactly_the_losses_of_the_core():
    assert tuple(loss.value for loss in Loss) == _linclf.losses()


def test_a_member_of_the_enumeration_serves_wherever_a_name_does(loss, operands):
    W, X, y, _, _ = operands
    member = Loss(loss)
    assert isinstance(member, str)
    assert str(member) == loss
    assert linclf.loss_value(member, W, X, y) == linclf.loss_value(loss, W, X, y)


def test_the_value_is_the_same_with_and_without_the_gradient(loss, operands):
    W, X, y, b, center = operands
    options = {"b": b, "delta": 0.7, "center": center}
    value = linclf.loss_value(loss, W, X, y, 0.1, **options)
    assert type(value) is float
    assert value == linclf.loss_and_grad(loss, W, X, y, 0.1, **options)[0]


def test_svm_loss_is_the_hinge_and_squared_the_squared_hinge(operands):
    W, X, y, b, center = operands
    for squared, name in ((False, "hinge"), (True, "squared_hinge")):
        found = linclf.svm_loss(W, X, y, 0.1, squared=squared, b=b, delta=0.5, center=center)
        expected = linclf.loss_and_grad(name, W, X, y, 0.1, b=b, delta=0.5, center=center)
        assert found[0] == expected[0]
        assert [a.tobytes() for a in found[1:]] == [a.tobytes() for a in expected[1:]]


def test_softmax_loss_is_the_softmax_and_has_no_margin(operands):
    W, X, y, b, center = operands
    found = linclf.softmax_loss(W, X, y, 0.1, b=b, center=center)
    expected = linclf.loss_and_grad("softmax", W, X, y, 0.1, b=b, center=center)
    assert found[0] == expected[0]
    assert [a.tobytes() for a in found[1:]] == [a.tobytes() for a in expected[1:]]
    assert "delta" not in inspect.signature(linclf.softmax_loss).parameters


def test_a_bias_adds_its_gradient_to_what_is_returned(operands):
    W, X, y, b, _ = operands
    assert len(linclf.softmax_loss(W, X, y)) == 2
    _, dW, db = linclf.softmax_loss(W, X, y, b=b)
    assert (dW.shape, db.shape) == (W.shape, b.shape)


def test_out_receives_the_gradient_and_is_what_is_returned(operands):
    W, X, y, b, _ = operands
    dW, db = np.full_like(W, np.nan), np.full_like(b, np.nan)
    _, expected_dW, expected_db = linclf.softmax_loss(W, X, y, b=b)
    _, found_dW, found_db = linclf.softmax_loss(W, X, y, b=b, out=(dW, db))
    assert found_dW is dW
    assert found_db is db
    np.testing.assert_array_equal(dW, expected_dW)
    np.testing.assert_array_equal(db, expected_db)
    S = np.empty((len(X), W.shape[1]))
    assert linclf.scores(W, X, out=S) is S
    P = np.empty_like(S)
    assert linclf.softmax(S, out=P) is P


def test_predictions_are_the_places_of_the_highest_scores(operands):
    W, X, _, b, center = operands
    S = linclf.scores(W, X, b=b, center=center)
    predicted = linclf.predict(W, X, b=b, center=center)
    assert predicted.dtype == np.int64
    np.testing.assert_array_equal(predicted, S.argmax(axis=1))


def test_an_unknown_loss_is_refused_with_the_names_that_there_are(operands):
    W, X, y, _, _ = operands
    with pytest.raises(ValueError, match="softmax"):
        linclf.loss_and_grad("hing", W, X, y)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_options_go_by_keyword_only(function):
    parameters = inspect.signature(function).parameters.values()
    positional = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    assert positional in (["loss", "W", "X", "y", "reg"], ["W", "X", "y", "reg"], ["W", "X"], ["S"])


def test_the_other_layout_of_the_lectures_is_the_transposed_view(operands):
    W, X, y, _, _ = operands
    rows_of_classes, columns_of_samples = W.T.copy(), X.T.copy()
    value, dW = linclf.svm_loss(rows_of_classes.T, columns_of_samples.T, y, 0.1)
    expected, gradient = linclf.svm_loss(W, X, y, 0.1)
    assert value == expected
    np.testing.assert_array_equal(dW, gradient)
