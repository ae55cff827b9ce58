"""Progress is one line where it can be updated, and nothing at all elsewhere."""

import io
import sys
import types

import linclf
import numpy as np
import pytest
from linclf import progress
from linclf.progress import Progress, progress_display

ROWS = np.array([[0.5, 0.25, 1.0]])


class Terminal(io.StringIO):
    """An output that says that it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that is moved by hand."""
    clock = types.SimpleNamespace(now=100.0)
    monkeypatch.setattr(progress, "perf_counter", lambda: clock.now)
    return clock


def standard_error(monkeypatch, stream):
    """Let the package write there; pytest itself puts its own stream at `sys.stderr`."""
    fake = types.SimpleNamespace(stderr=stream, modules=sys.modules)
    monkeypatch.setattr(progress, "sys", fake)


@pytest.fixture
def outside(monkeypatch):
    """Let the package believe that this is not pytest."""
    monkeypatch.setattr(progress, "os", types.SimpleNamespace(environ={}))


@pytest.fixture
def terminal(outside, monkeypatch):
    """Standard error as a terminal."""
    terminal = Terminal()
    standard_error(monkeypatch, terminal)
    return terminal


def train(**options):
    """Run a short training."""
    X, y, W = np.eye(4), np.arange(4), np.zeros((4, 4))
    return linclf.sgd(W, X, y, batch_size=2, epochs=3, rng=0, **options)


def pretend(clock, display, steps, seconds):
    """Report that many steps, each after some time."""
    with display:
        for done in range(1, steps + 1):
            clock.now += seconds
            display.update(done, ROWS)


def test_a_terminal_gets_one_line_that_is_overwritten(terminal, clock):
    pretend(clock, progress_display(None, 20, "softmax", 10), 20, seconds=0.2)
    text = terminal.getvalue()
    assert text.count("\n") == 1
    assert text.endswith("\n")
    first, *_, last = text.rstrip("\n").split("\r")[1:]
    assert first.startswith("softmax epoch 1/2 [#-------------------]   5% loss 0.75, 5 steps/s")
    assert "0:04 left" in first
    assert "epoch 2/2 [####################] 100%" in last
    assert last.rstrip().endswith("4.0 s")


def test_a_run_whose_epochs_are_steps_counts_steps(terminal, clock):
    pretend(clock, progress_display(None, 5, "random search", 1), 2, seconds=1.0)
    assert terminal.getvalue().startswith("\rrandom search step 2/5 ")


def test_a_run_that_ends_early_does_not_promise_more(terminal, clock):
    pretend(clock, progress_display(None, 5, "softmax", 1), 2, seconds=1.0)
    first, *_, last = terminal.getvalue().split("\r")[1:]
    assert "left" in first
    assert last.rstrip().endswith("2.0 s")


def test_updates_come_at_most_ten_times_a_second(terminal, clock):
    pretend(clock, progress_display(None, 10_000, "softmax", 10), 10_000, seconds=0.001)
    assert terminal.getvalue().count("\r") <= 10 * 10 + 2


def test_a_short_run_stays_silent(terminal, clock):
    pretend(clock, progress_display(None, 5, "softmax", 10), 5, seconds=0.01)
    assert terminal.getvalue() == ""


def test_a_shorter_line_leaves_no_rest_of_a_longer_one(terminal, clock):
    display = progress_display(None, 10**6, "softmax", 10)
    with display:
        for done in (1, 10**6):
            clock.now += 1.0
            display.update(done, ROWS)
    lines = terminal.getvalue().rstrip("\n").split("\r")[1:]
    assert len(lines[-1]) >= len(lines[-2].rstrip())


def test_the_line_fits_on_a_terminal_of_eighty_columns(terminal, clock):
    pretend(clock, progress_display(None, 50_000, "squared_hinge", 245), 3, seconds=60.0)
    assert max(len(line) for line in terminal.getvalue().split("\r")) <= 100


def test_nothing_is_shown_where_no_line_can_be_updated(outside, clock, capsys):
    pretend(clock, progress_display(None, 5, "softmax", 10), 5, seconds=1.0)
    assert capsys.readouterr() == ("", "")


def test_nothing_is_shown_under_pytest(monkeypatch):
    standard_error(monkeypatch, Terminal())
    assert type(progress_display(None, 5, "softmax", 10)) is Progress


def test_false_shows_nothing_on_a_terminal(terminal, clock):
    pretend(clock, progress_display(False, 5, "softmax", 10), 5, seconds=1.0)
    assert terminal.getvalue() == ""


def test_true_writes_the_last_state_where_no_line_can_be_updated(clock, capsys):
    pretend(clock, progress_display(True, 5, "softmax", 5), 5, seconds=1.0)
    assert capsys.readouterr().err.count("\n") == 1


def test_nothing_fails_without_a_standard_error(outside, monkeypatch):
    standard_error(monkeypatch, None)
    assert type(progress_display(None, 5, "softmax", 10)) is Progress
    assert type(progress_display(True, 5, "softmax", 10)) is Progress


def test_a_notebook_gets_one_output_that_is_replaced(monkeypatch, clock, terminal):
    shown = []

    class Handle:
        def update(self, data, raw):
            shown.append(("update", data["text/plain"]))

    def display(data, raw, display_id):
        shown.append(("display", data["text/plain"]))
        return Handle()

    shell = types.SimpleNamespace(kernel=object())
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", types.SimpleNamespace(display=display))
    pretend(clock, progress_display(None, 5, "softmax", 10), 5, seconds=1.0)
    assert [kind for kind, _ in shown] == ["display"] + ["update"] * 5
    assert "100%" in shown[-1][1]
    assert terminal.getvalue() == ""


def test_ipython_in_a_terminal_is_a_terminal(monkeypatch, terminal, clock):
    ipython = types.SimpleNamespace(get_ipython=lambda: types.SimpleNamespace())
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", types.SimpleNamespace())
    pretend(clock, progress_display(None, 5, "softmax", 10), 5, seconds=1.0)
    assert terminal.getvalue().startswith("\r")


class Bar:
    """What tqdm is to us."""

    def __init__(self, total, desc, unit):
        self.total, self.desc, self.unit = total, desc, unit
        self.count, self.closed, self.postfix = 0, False, ""
        bars.append(self)

    def update(self, n):
        self.count += n

    def set_postfix_str(self, text, refresh):
        self.postfix = text

    def close(self):
        self.closed = True


bars: list[Bar] = []


@pytest.mark.parametrize("callback", [None, lambda state: None])
def test_a_bar_like_tqdm_counts_every_step_and_is_closed(callback):
    bars.clear()
    train(progress=Bar, callback=callback)
    (bar,) = bars
    assert (bar.total, bar.count, bar.desc, bar.unit) == (6, 6, "softmax", "step")
    assert bar.closed


def test_a_bar_is_closed_when_the_run_fails_and_counts_what_was_done():
    def fail(state):
        if state.step == 4:
            raise LookupError

    bars.clear()
    with pytest.raises(LookupError):
        train(progress=Bar, callback=fail)
    (bar,) = bars
    assert bar.closed
    assert bar.count == 4


def test_tqdm_itself_is_accepted():
    tqdm = pytest.importorskip("tqdm", reason="tqdm is not installed").tqdm
    output = io.StringIO()
    train(progress=lambda **options: tqdm(file=output, **options))
    assert "6/6" in output.getvalue()


def test_what_is_no_display_is_refused():
    with pytest.raises(TypeError, match="progress is a int; pass True, False, None or tqdm"):
        train(progress=3)


@pytest.mark.parametrize("shown", [True, False, None])
def test_progress_changes_no_bit(shown, terminal, monkeypatch):
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    expected = train(progress=False)
    np.testing.assert_array_equal(train(progress=shown).loss, expected.loss)


def test_a_long_run_in_c_updates_the_line_while_it_runs(terminal, monkeypatch):
    """One call of the C core for the whole run; the line comes from within."""
    monkeypatch.setattr(progress, "INTERVAL", 0.02)
    rng = np.random.default_rng(0)
    X, y, W = rng.standard_normal((2000, 100)), rng.integers(10, size=2000), np.zeros((100, 10))
    linclf.gradient_descent(W, X, y, learning_rate=1e-3, max_steps=300)
    assert terminal.getvalue().count("\r") >= 2
