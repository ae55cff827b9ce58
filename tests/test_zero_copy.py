"""Nothing is copied whole, nothing is read outside, nothing is written but the outputs."""

import sys

import linclf
import numpy as np
import pytest
from linclf import _linclf
from problems import LAYOUTS, draw, losses_with_targets, targets
from processes import run

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self")

# What one call adds to the resident memory of the process, at its peak, in bytes. Page faults
# are counted, so memory obtained by any allocator counts. X and y have zero strides: N costs
# nothing, and one byte kept per row would be seen.
PEAK = """
    import numpy as np, linclf
    from linclf import _linclf

    def status(name):
        with open("/proc/self/status") as lines:
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

    def peak(call, *args, **options):
        call(*args, **options)
        with open("/proc/self/clear_refs", "w") as reset:
            reset.write("5")
        before = status("VmRSS:")
        call(*args, **options)
        return status("VmHWM:") - before

    def stretched(N, D, C, x_dtype, dtype):
        row = np.arange(D).astype(x_dtype)
        X, y = np.broadcast_to(row, (N, D)), np.broadcast_to(np.int64(1), (N,))
        return (np.arange(D * C).reshape(D, C) / (D * C)).astype(dtype), X, y
"""
SMALL, LARGE = 10_000, 2_000_000
SLACK = LARGE // 4  # bytes: a quarter of a byte per row

EXTRA = {
    "loss_and_grad": "linclf.loss_and_grad({loss!r}, W, X, y, 0.1, center=W[:, 0])",
    "loss_and_grad on 3 threads": "linclf.loss_and_grad({loss!r}, W, X, y, n_threads=3)",
    "loss_value": "linclf.loss_value({loss!r}, W, X, y)",
    "numerical_gradient": "linclf.numerical_gradient({loss!r}, W, X, y, 0.1)",
    "full-batch sgd_run": """_linclf.sgd_run(
        {loss!r}, W, X, y, 0.1, None, 1.0, None, None, 1, np.full(2, 1e-9), 0.0, False, None,
        np.empty((2, 3)), np.zeros(1, np.int64), 2, None)""",
}


@linux
@pytest.mark.parametrize("x_dtype", ["float32", "uint8"])
@pytest.mark.parametrize("call", EXTRA)
def test_the_extra_memory_of_a_call_does_not_depend_on_the_number_of_rows(call, x_dtype):
    losses = _linclf.losses() if call == "loss_and_grad" else _linclf.losses()[:1]
    for loss in losses:
        script = (
            PEAK
            + f"""
    W, X, y = stretched({SMALL}, 9, 3, {x_dtype!r}, "float32")
    few = peak(lambda: {EXTRA[call].format(loss=loss)})
    W, X, y = stretched({LARGE}, 9, 3, {x_dtype!r}, "float32")
    print(peak(lambda: {EXTRA[call].format(loss=loss)}) - few)
    """
        )
        assert int(run(script)) < SLACK, loss


@linux
def test_scores_and_labels_need_no_memory_but_their_result():
    script = (
        PEAK
        + f"""
    W, X, y = stretched({LARGE}, 9, 3, "float32", "float32")
    out = np.zeros(({LARGE}, 3), np.float32)
    print(peak(linclf.scores, W, X, out=out), peak(linclf.predict, W, X),
          peak(linclf.softmax, out, out=out))
    """
    )
    with_out, labels, softmax = map(int, run(script).split())
    assert with_out < SLACK
    assert softmax < SLACK
    assert labels < 8 * LARGE + SLACK


@linux
def test_the_extra_memory_of_training_is_that_of_the_row_numbers():
    """One epoch of batches needs the order of the rows, 8 bytes each, but no copy of X."""
    script = (
        PEAK
        + f"""
    def train(N):
        W, X, y = stretched(N, 100, 3, "float64", "float64")
        linclf.sgd(W, X, y, epochs=1, batch_size=N // 4, learning_rate=1e-9, rng=0)
    few = peak(train, {SMALL})
    print(peak(train, {LARGE // 10}) - few)
    """
    )
    assert int(run(script)) < 4 * 8 * LARGE // 10


@linux
@pytest.mark.parametrize("x_dtype", ["float32", "float64", "uint8"])
def test_a_call_needs_less_than_2_mebibytes_a_thread(x_dtype):
    """For the weights of CIFAR-10, and page by page, so the threads' stacks count too."""
    dtype = "float64" if x_dtype == "float64" else "float32"
    script = (
        PEAK
        + f"""
    W, X, y = stretched(20_000, 3073, 10, {x_dtype!r}, {dtype!r})
    out = np.zeros_like(W)
    print(peak(linclf.softmax_loss, W, X, y, out=out, n_threads=2))
    """
    )
    assert int(run(script)) < 2 * 2**21


# Operands that end, and begin, where the process may not touch memory, on read-only pages.
GUARDED = """
    import ctypes, mmap
    import numpy as np, linclf
    from linclf import _linclf
    from problems import draw
    libc, page = ctypes.CDLL(None, use_errno=True), mmap.PAGESIZE
    keep = []

    def protect(room, start, size, rights):
        at = ctypes.addressof(ctypes.c_char.from_buffer(room)) + start
        assert libc.mprotect(ctypes.c_void_p(at), ctypes.c_size_t(size), rights) == 0

    def guarded(values, at_end):
        size = -(-values.nbytes // page) * page
        room = mmap.mmap(-1, size + 2 * page)
        keep.append(room)
        start = page + (size - values.nbytes if at_end else 0)
        array = np.frombuffer(room, values.dtype, values.size, start).reshape(values.shape)
        array[...] = values
        protect(room, 0, page, 0)
        protect(room, page + size, page, 0)
        protect(room, page, size, mmap.PROT_READ)
        return array
"""


@linux
@pytest.mark.parametrize("x_dtype", [None, "uint8", "int32"])
def test_not_one_byte_is_read_outside_the_operands_or_written_inside(x_dtype, dtype, isa):
    script = (
        GUARDED
        + f"""
    _linclf.use_isa({isa!r})
    for N, D, C in [*((3, D, 4) for D in range(1, 131, 3)), *((2, 7, C) for C in range(1, 70, 3)),
                    *((N, 9, 5) for N in range(1, 70, 3))]:
        problem = draw(0, N, D, C, {dtype!r}, {x_dtype!r}, b=True, center=True)
        for at_end in (False, True):
            keep.clear()
            fenced = problem.with_(
                **{{name: guarded(array, at_end) for name, array in problem.arrays.items()}})
            shared = {{"b": fenced.b, "center": fenced.center}}
            for loss in _linclf.losses():
                value, *_ = linclf.loss_and_grad(loss, *fenced.operands, **fenced.options)
                assert value == linclf.loss_value(loss, *problem.operands, **problem.options)
            S = linclf.scores(fenced.W, fenced.X, **shared)
            linclf.softmax(guarded(S, at_end))
            linclf.predict(fenced.W, fenced.X, **shared)
            out = np.zeros_like(problem.W)
            linclf.sgd_step(out, fenced.W, 0.1)
    print("ok")
    """
    )
    assert run(script) == "ok\n"


@pytest.mark.parametrize("loss", losses_with_targets())
def test_target_probabilities_are_not_modified(loss, dtype):
    problem = draw(1, 9, 5, 4, dtype)
    t = targets(1, problem)
    before = t.copy()
    linclf.loss_and_grad(loss, problem.W, problem.X, t)
    np.testing.assert_array_equal(t, before)


def test_inputs_are_not_modified(loss, dtype, layout, isa):
    problem = draw(2, 33, 17, 5, dtype, reg=0.1, b=True, center=True)
    problem = problem.with_(**{name: layout(array) for name, array in problem.arrays.items()})
    before = {name: array.copy() for name, array in problem.arrays.items()}
    linclf.loss_and_grad(loss, *problem.operands, **problem.options)
    S = linclf.scores(problem.W, problem.X, b=problem.b, center=problem.center)
    linclf.predict(problem.W, problem.X, b=problem.b, center=problem.center)
    S_before = S.copy()
    linclf.softmax(S)
    np.testing.assert_array_equal(S, S_before)
    for name, array in problem.arrays.items():
        np.testing.assert_array_equal(array, before[name])


def test_memory_mapped_data_is_read_in_place(tmp_path, loss, dtype):
    problem = draw(3, 40, 9, 4, dtype)
    problem.X.tofile(tmp_path / "X")
    X = np.memmap(tmp_path / "X", dtype, "r", shape=(40, 9))
    value, dW = linclf.loss_and_grad(loss, problem.W, X, problem.y, problem.reg)
    expected, dW_expected = linclf.loss_and_grad(loss, *problem.operands)
    assert value == expected
    np.testing.assert_array_equal(dW, dW_expected)


def test_strides_beyond_2_to_the_31_elements_are_walked_right(tmp_path, dtype):
    """Three rows of a file that is mostly holes."""
    rows, far = 3, 2**31 + 7
    with open(tmp_path / "X", "wb") as file:
        file.truncate(rows * far * np.dtype(dtype).itemsize)
    X = np.memmap(tmp_path / "X", dtype, "r+", shape=(rows, far))[:, :5]
    problem = draw(7, rows, 5, 4, dtype)
    X[:] = problem.X
    for there, copy in ((X, problem.X), (X[::-1], problem.X[::-1])):
        value, dW = linclf.svm_loss(problem.W, there, problem.y)
        expected, same = linclf.svm_loss(problem.W, copy, problem.y)
        assert value == expected
        np.testing.assert_array_equal(dW, same)


@pytest.mark.parametrize("place", [name for name in LAYOUTS if name != "read_only"])
def test_out_of_any_layout_receives_the_gradient_and_nothing_around_it_changes(place, dtype, isa):
    for N, D, C in ((5, 7, 3), (9, 17, 16), (3, 1, 1), (40, 33, 10)):
        problem = draw(4, N, D, C, dtype, b=True, reg=0.1)
        value, dW, db = linclf.loss_and_grad("softmax", *problem.operands, b=problem.b)
        out = tuple(LAYOUTS[place](np.full_like(array, 55)) for array in (dW, db))
        same, *results = linclf.loss_and_grad("softmax", *problem.operands, b=problem.b, out=out)
        assert same == value
        for result, given, expected in zip(results, out, (dW, db), strict=True):
            assert result is given
            np.testing.assert_array_equal(given, expected)
            room = given if given.base is None else given.base
            assert (room == 77).sum() == room.size - given.size
        S = LAYOUTS[place](np.zeros((N, C), dtype))
        assert linclf.scores(problem.W, problem.X, out=S) is S
        np.testing.assert_array_equal(S, linclf.scores(problem.W, problem.X))
        P = LAYOUTS[place](np.zeros((N, C), dtype))
        assert linclf.softmax(S, out=P) is P
        np.testing.assert_array_equal(P, linclf.softmax(S))


def test_out_without_a_bias_is_the_array_itself(loss):
    problem = draw(5, 9, 5, 4)
    out = np.empty_like(problem.W)
    value, dW = linclf.loss_and_grad(loss, *problem.operands, out=out)
    assert dW is out
    expected, dW_expected = linclf.loss_and_grad(loss, *problem.operands)
    assert value == expected
    np.testing.assert_array_equal(out, dW_expected)


def test_a_gradient_without_out_is_a_new_array_every_time(loss):
    problem = draw(6, 9, 5, 4, b=True)
    first = linclf.loss_and_grad(loss, *problem.operands, b=problem.b)
    second = linclf.loss_and_grad(loss, *problem.operands, b=problem.b)
    arrays = [problem.W, problem.X, problem.b, *first[1:], *second[1:]]
    for i, array in enumerate(arrays):
        assert not any(np.shares_memory(array, other) for other in arrays[:i])


def test_softmax_may_write_over_its_scores(dtype, isa, rng):
    S = rng.normal(size=(9, 5)).astype(dtype)
    P = linclf.softmax(S)
    assert linclf.softmax(S, out=S) is S
    np.testing.assert_array_equal(S, P)
