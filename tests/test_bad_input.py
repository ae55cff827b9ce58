"""Every bad input raises its error, which says what, where and what to do, and touches nothing."""

import re

import linclf
import numpy as np
import pytest
from bad_input_table import cases
from bad_inputs import FUNCTIONS, WRONG, Bad, arguments
from linclf import _linclf
from problems import draw

CASES = list(cases())


def snapshot(given):
    """The bytes of every array among the arguments, also within `out`."""
    out = given.get("out")
    parts = [*given.values(), *(out if isinstance(out, list | tuple) else ())]
    return [part.tobytes() for part in parts if type(part) is np.ndarray]


def spoilt(row: Bad):
    """Good arguments, but for what the row spoils."""
    good = arguments()
    return good | row.spoil(good)


@pytest.mark.parametrize(
    ("function", "row"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_bad_input_raises_its_error_and_touches_nothing(function, row):
    call, given = FUNCTIONS[function][0], spoilt(row)
    before = snapshot(given)
    with pytest.raises(row.error) as caught:
        call(given)
    message = str(caught.value)
    for word in row.words:
        assert re.search(word, message, re.IGNORECASE), f"{word!r} is not in: {message}"
    assert snapshot(given) == before


@pytest.mark.parametrize("function", FUNCTIONS)
def test_good_input_raises_nothing(function):
    FUNCTIONS[function][0](arguments())


def test_a_bad_label_leaves_all_outputs_untouched_for_any_number_of_threads(loss, n_threads, isa):
    """The label is met when most of the work is done."""
    N, D, C = 5000, 350, 10
    problem = draw(1, 10, D, C, b=True)
    X, y = np.resize(problem.X, (N, D)), np.zeros(N, np.int64)
    out = np.full((D, C), 55.0), np.full(C, 55.0)
    for place in (0, 1, N // 2, N - 1):
        y[:] = 0
        y[place] = C
        with pytest.raises(ValueError, match=rf"y\[{place}\] is {C}, but W has {C} classes"):
            linclf.loss_and_grad(loss, problem.W, X, y, b=problem.b, out=out, n_threads=n_threads)
        assert (out[0] == 55).all()
        assert (out[1] == 55).all()


def test_the_first_of_several_bad_labels_is_named_for_any_number_of_threads(n_threads):
    y = np.zeros(5000, int)
    y[[4999, 2500, 1234]] = -7
    with pytest.raises(ValueError, match=r"y\[1234\] is -7"):
        linclf.svm_loss(np.zeros((350, 10)), np.zeros((5000, 350)), y, n_threads=n_threads)


@pytest.mark.parametrize("spoilt", ["y", "index"])
def test_bad_rows_met_in_the_middle_of_a_run_leave_the_parameters_untouched(spoilt):
    given = run_arguments()
    if spoilt == "y":
        given["y"][17] = 10
        message = r"y\[17\] is 10"
    else:
        given["index"][17] = 20
        message = r"index\[17\] is 20"
    parameters = (given["W"], given["b"], *given["velocity"])
    before = [array.tobytes() for array in parameters]
    with pytest.raises(ValueError, match=message):
        _linclf.sgd_run(*given.values())
    assert [array.tobytes() for array in parameters] == before


@pytest.mark.parametrize(
    "value", [1, True, np.float32(0.5), np.float64(0.5), np.int8(1), np.array(0.5)[()]]
)
def test_any_real_number_will_do_for_a_scalar(value):
    problem = draw(3, 9, 5, 4)
    for name in ("reg", "delta"):
        if value is True:
            continue
        got = linclf.loss_value("hinge", *problem.with_(**{name: value}).operands, delta=1.0)
        expected = linclf.loss_value(
            "hinge", *problem.with_(**{name: float(value)}).operands, delta=1.0
        )
        assert got == expected


def test_any_integer_will_do_for_n_threads():
    problem = draw(4, 9, 5, 4)
    for value in (1, np.int8(2), np.uint64(3), 10**4):
        linclf.loss_value("hinge", *problem.operands, n_threads=value)


def test_subclasses_of_ndarray_are_read_as_the_memory_they_hold():
    """A subclass may lie about its shape in Python; the core asks the array itself."""

    class Liar(np.ndarray):
        shape = property(lambda self: (10**9, 10**9))

        def __array_finalize__(self, other):
            pass

    problem = draw(5, 9, 5, 4)
    value, dW = linclf.svm_loss(problem.W.view(Liar), problem.X.view(Liar), problem.y)
    expected, same = linclf.svm_loss(problem.W, problem.X, problem.y)
    assert value == expected
    np.testing.assert_array_equal(np.asarray(dW), same)


def test_a_matrix_is_an_array_of_two_axes():
    problem = draw(6, 9, 5, 4)
    with pytest.warns(PendingDeprecationWarning):
        X = np.matrix(problem.X)
    assert linclf.svm_loss(problem.W, X, problem.y)[0] == linclf.svm_loss(*problem.operands)[0]


def test_reg_0_and_delta_0_and_huge_penalties_are_defined():
    problem = draw(7, 9, 5, 4)
    assert np.isfinite(linclf.svm_loss(*problem.operands, delta=0.0)[0])
    for reg in (1e308, linclf.L1(1e308)):
        value, dW = linclf.svm_loss(problem.W, problem.X, problem.y, reg)
        assert value > 1e308
        assert not np.isnan(dW).any()
    zero = np.zeros_like(problem.W)
    assert linclf.svm_loss(zero, problem.X, problem.y, 1e308)[0] == 3


@pytest.mark.parametrize(
    "name",
    ["numerical_gradient", "sgd_step", "sgd_run", "use_isa", "implement"],
)
def test_the_extension_refuses_a_wrong_number_of_arguments(name):
    function = getattr(_linclf, name)
    for arguments_ in ((), (1,) * 30):
        with pytest.raises(TypeError):
            function(*arguments_)
    with pytest.raises(TypeError):
        function(nonsense=1)


def test_an_unknown_instruction_set_is_refused_and_the_one_in_use_stays():
    before = _linclf.isa()
    for name in ("", "sse9", "AVX2", "é"):
        with pytest.raises(ValueError, match="baseline"):
            _linclf.use_isa(name)
    with pytest.raises(WRONG):
        _linclf.use_isa(2)
    assert _linclf.isa() == before


def run_arguments(**changes):
    """Good arguments of sgd_run: three batches of 8, 8 and 4 rows."""
    a = arguments()
    given = {
        "loss": "hinge", "W": a["W"], "X": a["X"], "y": a["y"], "reg": 0.1, "b": a["b"],
        "delta": 1.0, "center": None, "index": np.arange(20), "batch_size": 8,
        "rates": np.full(3, 0.1), "momentum": 0.5, "nesterov": False,
        "velocity": (np.zeros_like(a["W"]), np.zeros_like(a["b"])),
        "history": np.full((3, 3), 55.0), "done": np.zeros(1, np.int64), "n_threads": 1,
        "poll": None,
    }  # fmt: skip
    return given | changes


READ_ONLY = np.zeros((3, 3))
READ_ONLY.flags.writeable = False


@pytest.mark.parametrize(
    ("changes", "error", "word"),
    [
        ({"index": np.arange(20, dtype=np.int32)}, WRONG, "index"),
        ({"index": np.arange(40)[::2]}, ValueError, "index"),
        ({"index": np.arange(17).astype(float)}, WRONG, "index"),
        ({"index": np.arange(16)}, ValueError, "rates|index"),
        ({"index": np.arange(25)[:0]}, ValueError, "rates|index"),
        ({"index": [0, 1]}, WRONG, "index"),
        ({"batch_size": 0}, ValueError, "batch_size"),
        ({"batch_size": -8}, ValueError, "batch_size"),
        ({"batch_size": 8.0}, TypeError, "batch_size|integer"),
        ({"rates": np.full(3, 0.1, np.float32)}, WRONG, "rates"),
        ({"rates": np.full((3, 1), 0.1)}, ValueError, "rates"),
        ({"rates": 0.1}, WRONG, "rates"),
        ({"momentum": -0.1}, ValueError, "momentum"),
        ({"momentum": float("nan")}, ValueError, "momentum"),
        ({"momentum": "x"}, TypeError, "momentum|real|float"),
        ({"velocity": None}, WRONG, "velocity"),
        ({"velocity": np.zeros((4, 10))}, WRONG, "velocity"),
        ({"velocity": (np.zeros((4, 9)), np.zeros(10))}, ValueError, "velocity|vW"),
        ({"velocity": (np.zeros((4, 10)), np.zeros(9))}, ValueError, "velocity|vb"),
        ({"velocity": (np.zeros((4, 10), "f4"), np.zeros(10))}, TypeError, "velocity|vW"),
        ({"history": np.zeros((3, 2))}, ValueError, "history"),
        ({"history": np.zeros((2, 3))}, ValueError, "history"),
        ({"history": np.zeros((3, 3), order="F")}, ValueError, "history"),
        ({"history": READ_ONLY}, ValueError, "history"),
        ({"history": np.zeros((3, 3), "f4")}, WRONG, "history"),
        ({"done": np.zeros(2, np.int64)}, ValueError, "done"),
        ({"done": np.zeros(1, np.int32)}, WRONG, "done"),
    ],
)
def test_sgd_run_refuses_bad_arguments_and_touches_nothing(changes, error, word):
    given = run_arguments(**changes)
    before = [a.tobytes() for a in given.values() if isinstance(a, np.ndarray)]
    with pytest.raises(error, match=word):
        _linclf.sgd_run(*given.values())
    after = [a.tobytes() for a in given.values() if isinstance(a, np.ndarray)]
    assert [a == b for a, b in zip(after, before, strict=True)] == [True] * len(before)


def test_good_arguments_of_sgd_run_raise_nothing():
    assert _linclf.sgd_run(*run_arguments().values()) is True


def test_an_index_that_shrinks_an_operand_is_read_before_the_operand():
    X, W, y = np.ones((2000, 300)), np.zeros((300, 3)), np.zeros(2000, np.int64)

    class Shrinking:
        def __index__(self):
            X.resize((1, 1), refcheck=False)
            return 1

    with pytest.raises(ValueError, match="X has 1 column"):
        linclf.svm_loss(W, X, y, n_threads=Shrinking())
