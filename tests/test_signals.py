"""Signals, the stop button, and functions that are polled: what ends a run, and how."""

import os

import pytest
from processes import WORK, run

posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs POSIX signals")


@posix
@pytest.mark.parametrize("n_threads", [1, 2])
def test_ctrl_c_stops_a_run_at_once_and_leaves_the_last_finished_step(n_threads):
    script = (
        WORK
        + f"""
    start, done, sent = W.copy(), np.zeros(1, np.int64), []

    def interrupt():
        while done[0] < 2:
            time.sleep(0.001)
        sent.append(time.process_time())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    try:
        steps(1_000_000, n_threads={n_threads}, done=done)
    except KeyboardInterrupt:
        late = time.process_time() - sent[0]
    else:
        raise AssertionError("not interrupted")
    assert 2 <= done[0] < 1_000_000, done
    assert late < 3, late    # of minutes; work done, which a busy machine does not stretch
    interrupted, W[:] = W.copy(), start
    assert steps(int(done[0])) == (True, int(done[0]))
    assert np.array_equal(W, interrupted)
    assert sys.platform != "linux" or alone()
    """
    )
    run(script, OPENBLAS_NUM_THREADS="1")


@posix
def test_interrupts_at_random_moments_leave_finite_weights_and_no_thread():
    script = (
        WORK
        + """
    waits = np.random.default_rng(1).uniform(0.001, 0.06, 20)
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    for wait in waits:
        done = np.zeros(1, np.int64)
        try:
            signal.setitimer(signal.ITIMER_REAL, wait)
            steps(1_000_000, n_threads=2, done=done)
        except KeyboardInterrupt:
            pass
        else:
            raise AssertionError("not interrupted")
        assert np.isfinite(W).all()
    assert sys.platform != "linux" or alone()
    bits()
    """
    )
    run(script, OPENBLAS_NUM_THREADS="1")


@posix
def test_any_exception_of_a_signal_handler_leaves_the_run():
    script = (
        WORK
        + """
    class Enough(Exception):
        pass

    def handler(number, frame):
        raise Enough(number)

    signal.signal(signal.SIGUSR1, handler)
    try:
        threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGUSR1)).start()
        steps(1_000_000)
    except Enough:
        print("left")
    """
    )
    assert run(script) == "left\n"


@posix
def test_signals_that_raise_nothing_change_nothing():
    """A storm of signals: waiting for threads must survive EINTR."""
    script = (
        WORK
        + """
    expected, hits = bits(), []
    signal.signal(signal.SIGALRM, lambda *_: hits.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    for _ in range(50):
        assert bits(3) == expected
    assert steps(20, n_threads=2) == (True, 20)
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert hits
    """
    )
    run(script)


def test_poll_stops_a_run_and_its_exception_leaves_it():
    script = (
        WORK
        + """
    calls = []

    def poll(done):
        calls.append(done)
        return len(calls) == 3

    finished, done = steps(1_000_000, poll)
    assert (finished, len(calls)) == (False, 3)
    assert 0 < done < 1_000_000 and calls == sorted(calls) and calls[-1] <= done

    def broken(done):
        raise RuntimeError(f"after {done}")

    done = np.zeros(1, np.int64)
    try:
        steps(1_000_000, broken, done=done)
    except RuntimeError as error:
        assert str(error) == f"after {done[0]}", (error, done)
    else:
        raise AssertionError("not left")
    """
    )
    run(script)
