"""No reference is gained or lost and no byte leaked, on success and on every error path."""

import ctypes
import gc
import sys
import weakref

import linclf
import numpy as np
import pytest
from bad_input_table import cases
from bad_inputs import FUNCTIONS, arguments
from linclf import _linclf
from problems import draw

CASES = list(cases())
ROUNDS = 30


class MallInfo2(ctypes.Structure):
    """struct mallinfo2 of glibc."""

    _fields_ = [(name, ctypes.c_size_t) for name in
                ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks",
                 "uordblks", "fordblks", "keepcost")]  # fmt: skip


def bytes_in_use():
    """Bytes that malloc has handed out and not got back, in C and in Python alike."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallinfo2"):
        pytest.skip("needs mallinfo2 of glibc 2.33 or newer")
    libc.mallinfo2.restype = MallInfo2
    info = libc.mallinfo2()
    return info.uordblks + info.hblkhd


def leaves(given):
    """Every object among the arguments, also within tuples."""
    for value in given.values():
        yield value
        if isinstance(value, list | tuple):
            yield from value


def attempt(call, given):
    """Call and swallow the error, if there is one."""
    try:
        call(given)
    except Exception:
        return False
    return True


def drift(call, given):
    """By how much the reference counts of the arguments change in ROUNDS calls."""
    objects = list(leaves(given))
    attempt(call, given)
    before = [sys.getrefcount(item) for item in objects]
    for _ in range(ROUNDS):
        attempt(call, given)
    gc.collect(0)
    after = [sys.getrefcount(item) for item in objects]
    return max((abs(a - b) for a, b in zip(after, before, strict=True)), default=0)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_reference_counts_do_not_drift_on_any_error_path(function):
    for name, in_function, row in CASES:
        if in_function == function:
            good = arguments()
            given = good | row.spoil(good)
            # small integers and None are counted by everybody
            assert drift(FUNCTIONS[function][0], given) < ROUNDS // 2, name


@pytest.mark.parametrize("function", FUNCTIONS)
def test_reference_counts_do_not_drift_on_success(function):
    given = arguments()
    assert attempt(FUNCTIONS[function][0], given)
    assert drift(FUNCTIONS[function][0], given) < ROUNDS // 2


@pytest.mark.parametrize(
    "misfit",
    [{"y": None, "lam": 1.0}, {}],
    ids=["unknown name", "missing y"],
)
def test_nothing_drifts_or_leaks_where_a_call_does_not_fit(misfit):
    given = {name: value for name, value in arguments().items() if name in ("W", "X")} | misfit

    def call(given):
        linclf.svm_loss(**given)

    with pytest.raises(TypeError, match="call it as"):
        call(given)
    assert drift(call, given) < ROUNDS // 2
    assert slope(lambda: attempt(call, given), 50) < 16


@pytest.fixture(scope="module", autouse=True)
def quick_collections():
    """Keep what other tests have left behind out of every collection."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def slope(work, rounds):
    """Bytes that `work` leaks per round, after a round to warm up; the least of three trials."""
    work()
    trials = []
    for _ in range(3):
        gc.collect()
        before = bytes_in_use()
        for _ in range(rounds):
            work()
        gc.collect()
        trials.append((bytes_in_use() - before) / rounds)
    return min(trials)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_memory_leaks_on_any_error_path(function):
    call = FUNCTIONS[function][0]
    good = arguments()
    prepared = [good | row.spoil(good) for _, in_function, row in CASES if in_function == function]

    def work():
        for given in prepared:
            attempt(call, given)

    assert slope(work, 10) < 16 * 8


@pytest.mark.parametrize("n_threads", [1, 3])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_memory_leaks_on_success(function, n_threads):
    given = arguments() | {"n_threads": n_threads}
    call = FUNCTIONS[function][0]
    assert slope(lambda: call(given), 50) < 16


def test_no_memory_leaks_with_several_threads_at_work():
    problem = draw(1, 10, 200, 10, b=True)
    X, y = np.resize(problem.X, (6000, 200)), np.resize(problem.y, 6000)
    bad = y.copy()
    bad[-1] = 99

    def work():
        linclf.softmax_loss(problem.W, X, y, b=problem.b, n_threads=3)
        with pytest.raises(ValueError, match="y"):
            linclf.softmax_loss(problem.W, X, bad, b=problem.b, n_threads=3)

    assert slope(work, 20) < 1024


def test_no_array_is_kept_alive_by_a_call():
    given = arguments()
    for call, _ in FUNCTIONS.values():
        call(given)
    dead = []
    for name in ("W", "X", "y", "b", "center", "dW", "db", "S"):
        array = given.pop(name)
        dead.append(weakref.ref(array))
        del array
    gc.collect()
    assert [ref() for ref in dead] == [None] * len(dead)


def test_results_have_one_owner():
    given = arguments()
    W, X, y, b = (given[name] for name in "WXyb")
    results = [
        *linclf.loss_and_grad("hinge", W, X, y, b=b),
        linclf.scores(W, X),
        linclf.predict(W, X),
        linclf.softmax(linclf.scores(W, X)),
    ]
    counts = [sys.getrefcount(results[i]) for i in range(len(results))]
    assert counts == [2] * len(results)
    for array in results[1:]:
        assert array.flags.owndata
        assert array.flags.writeable


def test_the_tables_of_the_extension_do_not_leak():
    def work():
        for table in (_linclf.losses, _linclf.isas, _linclf.isa, _linclf.build_info):
            table()
        _linclf.use_isa(_linclf.isa())

    assert slope(work, 200) < 8


def test_deleting_the_data_inside_a_poll_function_is_safe():
    holder = {"X": np.ones((2000, 50)), "y": np.zeros(2000, int), "W": np.ones((50, 3))}
    alive = weakref.ref(holder["X"])

    def poll(done):
        holder.clear()
        gc.collect()
        return False

    steps = 5000
    assert _linclf.sgd_run(
        "hinge", holder["W"], holder["X"], holder["y"], 0.0, None, 1.0, None, None, 1,
        np.full(steps, 1e-6), 0.0, False, None, np.empty((steps, 3)), np.zeros(1, np.int64), 1,
        poll,
    )  # fmt: skip
    assert not holder, "the run was too short for its poll function to be called"
    assert alive() is None
