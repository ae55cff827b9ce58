"""Life in a process: fork, spawn, many threads, few resources."""

import os
import sys
import threading
import time

import linclf
import numpy as np
import pytest
from linclf import _linclf
from processes import WORK, run, run_file

posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self")
sanitized = bool(_linclf.build_info().get("sanitizers"))
own_memory = pytest.mark.skipif(sanitized, reason="a sanitizer needs memory of its own")
# Sanitizers before LLVM 18 and GCC 14 do not hold their allocator's lock while a process forks.
own_malloc = pytest.mark.skipif(sanitized, reason="a sanitizer's malloc may hang in a forked child")


@posix
def test_a_child_forked_after_parallel_work_computes_the_same_bits():
    script = (
        WORK
        + """
    expected = bits()
    for generation in range(3):
        child = os.fork()
        if child == 0:
            if bits() != expected:
                os._exit(1)
            grandchild = os.fork()
            if grandchild == 0:
                os._exit(bits(3) != expected)
            os._exit(os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1]))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert bits() == expected
    """
    )
    run(script)


@posix
@own_malloc
def test_a_child_forked_while_another_thread_computes_computes_the_same_bits():
    script = (
        WORK
        + """
    expected, stop = bits(), threading.Event()

    def busy():
        while not stop.is_set():
            bits(3)

    worker = threading.Thread(target=busy)
    worker.start()
    for _ in range(10):
        time.sleep(0.01)
        child = os.fork()
        if child == 0:
            os._exit(bits() != expected)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    stop.set()
    worker.join()
    """
    )
    run(script)


POOL = """\
import multiprocessing, sys, warnings
import numpy as np, linclf

warnings.simplefilter("ignore", DeprecationWarning)

def work(seed):
    rng = np.random.default_rng(seed)
    W, X, y = rng.normal(size=(150, 9)), rng.normal(size=(5000, 150)), np.arange(5000) % 9
    value, dW = linclf.svm_loss(W, X, y, n_threads=2)
    return value, dW.tobytes()

if __name__ == "__main__":
    expected = [work(seed) for seed in range(4)]
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        assert pool.map(work, range(4)) == expected
"""


@posix
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_gives_the_same_bits(method, tmp_path):
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    run_file(script, method)


def test_joblib_workers_give_the_same_bits():
    pytest.importorskip("joblib", reason="joblib is not installed")
    script = (
        WORK
        + """
    from joblib import Parallel, delayed
    expected = linclf.softmax_loss(W, X, y)[0]
    results = Parallel(n_jobs=2)(delayed(linclf.loss_value)("softmax", W, X, y) for _ in range(4))
    assert set(results) == {expected}
    """
    )
    run(script)


@linux
def test_threads_are_no_more_than_asked_and_gone_when_no_call_runs():
    script = (
        WORK
        + """
    for n_threads in (1, 2, 4):
        bits(n_threads)
        assert threads() == 1, "a thread outlived its call"
        most, stop = 0, threading.Event()

        def watch():
            global most
            while not stop.is_set():
                most = max(most, threads())

        watcher = threading.Thread(target=watch)
        watcher.start()
        for _ in range(30):
            bits(n_threads)
        stop.set()
        watcher.join()
        assert most <= n_threads + 1, (n_threads, most)     # the watcher is one
        assert n_threads == 1 or most > 2, "never parallel"
        assert alone()
    """
    )
    run(script, OPENBLAS_NUM_THREADS="1")


@linux
@own_memory
def test_a_thread_that_cannot_be_started_means_fewer_threads_and_the_same_bits():
    """The address space has no room for another stack."""
    script = (
        WORK
        + """
    import resource
    expected = bits(1)
    with open("/proc/self/statm") as sizes:
        used = int(sizes.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (6 << 20), resource.RLIM_INFINITY))
    for n_threads in (2, 7, 64):
        assert bits(n_threads) == expected
    assert steps(5, n_threads=7) == (True, 5)
    assert threads() == 1
    """
    )
    run(script, OPENBLAS_NUM_THREADS="1")


@linux
@own_memory
def test_memory_that_cannot_be_had_raises_memory_error_and_the_next_call_works():
    script = (
        WORK
        + """
    import resource
    expected = bits(1)
    W, X, y = W[:, :2], X[:64], y[:64] % 2
    expected = bits(1)
    rows = np.broadcast_to(X[0], (2**34, D))
    wide = np.zeros((200_000, 30))
    with open("/proc/self/statm") as sizes:
        used = int(sizes.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (8 << 20), resource.RLIM_INFINITY))
    out = np.empty_like(wide[:1000])
    failed = []
    for call in (
        lambda: linclf.scores(W, rows),
        lambda: linclf.predict(W, rows),
        lambda: linclf.svm_loss(wide, np.broadcast_to(1.0, (4, 200_000)), np.zeros(4, int)),
        lambda: linclf.loss_value("hinge", wide, np.broadcast_to(1.0, (4, 200_000)),
                                  np.zeros(4, int)),
        lambda: linclf.scores(wide, np.broadcast_to(1.0, (4, 200_000))),
    ):
        try:
            call()
        except MemoryError:
            failed.append(True)
        assert bits(1) == expected
    print(len(failed))
    """
    )
    assert run(script, OPENBLAS_NUM_THREADS="1") == "5\n"


def test_sixteen_python_threads_get_the_bits_of_one():
    rng = np.random.default_rng(4)
    W, X, y = rng.normal(size=(200, 9)), rng.normal(size=(4500, 200)), rng.integers(0, 9, 4500)
    expected, same = linclf.softmax_loss(W, X, y)
    wrong, barrier = [], threading.Barrier(16)

    def work(n_threads):
        barrier.wait(30)
        for _ in range(5):
            value, dW = linclf.softmax_loss(W, X, y, n_threads=n_threads)
            if value != expected or not np.array_equal(dW, same):
                wrong.append(value)

    workers = [threading.Thread(target=work, args=(1 + i % 3,)) for i in range(16)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert not wrong


def test_other_python_threads_run_during_a_call():
    """Python code of this thread goes on while another one is inside the core."""
    X, y = np.broadcast_to(np.ones(200), (400_000, 200)), np.broadcast_to(0, (400_000,))
    inside, counted = threading.Event(), 0

    def call():
        inside.set()
        linclf.svm_loss(np.ones((200, 10)), X, y, n_threads=1)

    worker = threading.Thread(target=call)
    begin = time.perf_counter()
    worker.start()
    inside.wait()
    while worker.is_alive():
        counted += 1
        time.sleep(0.001)
    elapsed = time.perf_counter() - begin
    assert elapsed > 0.01, "the call was too short to tell"
    assert counted > 3


def test_labels_changed_by_another_thread_during_a_call_never_crash_it():
    script = (
        WORK
        + """
    stop = threading.Event()

    def scribble():
        bad = [-1, 2**62, -2**63, C, 10**9]
        while not stop.is_set():
            y[::7] = bad[int(time.monotonic_ns()) % 5]
            y[:] = 1

    scribbler = threading.Thread(target=scribble)
    sys.setswitchinterval(1e-5)
    scribbler.start()
    refused = 0
    for _ in range(60):
        for loss in _linclf.losses():
            try:
                linclf.loss_and_grad(loss, W, X[:2000], y[:2000], n_threads=2)
            except ValueError:
                refused += 1
    stop.set()
    scribbler.join()
    """
    )
    run(script)
