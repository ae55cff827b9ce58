"""The public loss functions are thin: each hands on what it is given, under its own names."""

import copy
import inspect
import pickle

import linclf
import numpy as np
import pytest
from linclf import _linclf
from linclf.losses import Loss
from processes import run

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


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_every_argument_goes_by_its_name_in_any_order_and_defaults_are_those_shown(
    function, operands
):
    W, X, y, b, center = operands
    given = {"loss": "hinge", "W": W, "X": X, "y": y, "S": X, "reg": 0.3, "squared": True, "b": b}
    given |= {"delta": 0.5, "center": center, "n_threads": 1}
    parameters = inspect.signature(function).parameters
    assert parameters.keys() <= given.keys() | {"out"}
    named = {name: given[name] for name in reversed(parameters) if name != "out"}
    positional = [name for name, p in parameters.items() if p.kind is not p.KEYWORD_ONLY]
    mixed = {name: value for name, value in named.items() if name not in positional}
    by_position = function(*[given[name] for name in positional], **mixed)
    # Names that are put together at run time are other objects than those of the definition.
    assert_same(
        function(**{"".join(list(name)): value for name, value in named.items()}), by_position
    )

    required = {name: given[name] for name, p in parameters.items() if p.default is p.empty}
    defaults = {name: p.default for name, p in parameters.items() if p.default is not p.empty}
    assert_same(function(**required), function(**required, **defaults))


def assert_same(found, expected):
    assert isinstance(found, tuple) == isinstance(expected, tuple)
    pair = (found, expected) if isinstance(found, tuple) else ([found], [expected])
    for one, other in zip(*pair, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f, W, X, y: f(W, X), r"svm_loss\(\) missing required argument 'y' \(pos 3\)"),
        (lambda f, W, X, y: f(X=X, y=y), r"missing required argument 'W' \(pos 1\)"),
        (lambda f, W, X, y: f(W, X, y, 0.0, True), "takes from 3 to 4 positional .* but 5 were"),
        (lambda f, W, X, y: f(W, X, y, lam=1.0), "unexpected keyword argument 'lam'"),
    ],
)
def test_a_call_that_does_not_fit_is_told_how_to_call(call, message, operands):
    how = r"; call it as svm_loss\(W, X, y, reg=0\.0, \*, squared=False, .*n_threads=None\)"
    with pytest.raises(TypeError, match=message + ".*" + how):
        call(linclf.svm_loss, *operands[:3])


def test_an_argument_is_given_once(operands):
    W, X, y, *_ = operands
    with pytest.raises(TypeError, match="multiple values for argument 'W'"):
        linclf.svm_loss(W, X, y, W=W)
    with pytest.raises(TypeError, match="takes 2 positional arguments but 3 were given"):
        linclf.scores(W, X, None)
    with pytest.raises(TypeError, match="keywords must be strings"):
        linclf.scores(W, X, **{1: 2})


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_they_are_documented_pickled_and_copied_like_functions_of_python(function):
    assert function.__module__ == "linclf.losses"
    assert function.__doc__.startswith("Return the ")
    assert "Examples\n" in function.__doc__
    assert pickle.loads(pickle.dumps(function)) is copy.deepcopy(function) is function


def test_their_module_can_be_imported_once_more():
    """As %autoreload does, while functions of the first import are in use."""
    script = """
        import gc, importlib
        import numpy as np
        import linclf
        before = linclf.losses.predict
        importlib.reload(linclf.losses)
        gc.collect()
        for predict in (before, linclf.losses.predict):
            assert predict(X=np.eye(2), W=np.eye(2)).tolist() == [0, 1]
            assert predict.__doc__.startswith("Return the class")
    """
    run(script)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense", "m", "t", "d", ("W",), 1, ()),
        ("softmax", "m", "t", "d", ("nonsense",), 1, ()),
        ("softmax", "m", "t", "d", ("S",) * 20, 1, ()),
        ("softmax", "m", "t", "d", ("S",), 2, ()),
        ("softmax", "m", "t", "d", ("S",), 1, (1, 2)),
        ("softmax", "m", "t", "d", "S", 1, ()),
    ],
)
def test_a_definition_that_the_extension_has_nothing_for_is_refused(arguments):
    """Before the package defines its own: what is defined already stays as it is."""
    script = f"""
        import sys, types
        sys.modules["linclf"] = types.ModuleType("linclf")
        sys.modules["linclf"].__path__ = {list(linclf.__path__)}
        from linclf import _linclf
        try:
            _linclf.implement(*{arguments})
        except (TypeError, ValueError) as error:
            print(error)
    """
    assert run(script)


def test_the_other_layout_of_the_lectures_is_the_transposed_view(operands):
    W, X, y, _, _ = operands
    rows_of_classes, columns_of_samples = W.T.copy(), X.T.copy()
    value, dW = linclf.svm_loss(rows_of_classes.T, columns_of_samples.T, y, 0.1)
    expected, gradient = linclf.svm_loss(W, X, y, 0.1)
    assert value == expected
    np.testing.assert_array_equal(dW, gradient)
