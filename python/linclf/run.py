"""The training loop under `sgd`, `gradient_descent` and the classifiers.

NumPy draws a chunk of row numbers, the C core runs the steps of that chunk, the history grows
by their rows. A callback turns this into one step at a time; the numbers stay the same, bit for
bit. Whatever ends a run early, W is at the last finished step and the history holds every step
up to there.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf import _linclf
from linclf.history import FitState, History, Stopped
from linclf.problem import Hooks, Problem, Rule
from linclf.progress import Progress, progress_display
from linclf.schedules import scheduled_rates
from linclf.stability import DivergenceError, divergence_error

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, IndexArray
    from linclf.sampling import Batches, Chunk

__all__ = ["Hooks", "Problem", "Rule", "after_epoch", "after_step", "fit_state", "run"]

BLOWN_UP = 1e8  # a loss of so many times 1 + the first one will not come back
LOOK = 64  # steps, but at least an epoch, between two looks whether the loss has blown up


def run(
    problem: Problem,
    rule: Rule,
    batches: Batches | None,
    history: History,
    *,
    steps: int,
    hooks: Hooks | None = None,
    progress: Any = None,
) -> History:
    """Take `steps` more steps and append them to `history`.

    Parameters
    ----------
    problem : Problem
        Its `W` and `b` are updated in place.
    rule : Rule
        Its schedule goes on at step ``len(history)``.
    batches : Batches or None
        The rows of each step; None for all rows at every step.
    history : History
        Holds all finished steps however the run ends. Its epochs are counted on.
    steps : int
        0 leaves W as it is.
    hooks : Hooks, optional
        Callbacks and validation.
    progress : bool, callable or None
        See `progress_display`.

    Returns
    -------
    History
        `history`.

    Raises
    ------
    DivergenceError
        At a loss that is not finite or has blown up.
    BaseException
        What a callback or a signal handler raises, KeyboardInterrupt above all. The exception
        carries the history, then with ``stopped == "interrupted"``, as its ``history``.
    """
    hooks = hooks or Hooks()
    if hooks.validation is not None:
        problem.check_validation(hooks.validation)
    loop = _Loop(problem, rule, batches, history, steps, hooks)
    history.stopped = "interrupted"  # until the end is reached
    try:
        with progress_display(progress, steps, problem.loss, loop.steps_per_epoch) as line:
            history.stopped = loop.run(line)
    except BaseException as error:
        if isinstance(error, DivergenceError):
            history.stopped = "diverged"
        with suppress(AttributeError):
            error.history = history  # type: ignore[attr-defined]
        raise
    finally:
        loop.settle()
    return history


class _Loop:
    """One call of `run`."""

    def __init__(
        self,
        problem: Problem,
        rule: Rule,
        batches: Batches | None,
        history: History,
        steps: int,
        hooks: Hooks,
    ) -> None:
        rule.prepare(problem)
        self.problem, self.rule, self.batches = problem, rule, batches
        self.history, self.hooks = history, hooks
        self.start, self.end = len(history), len(history) + steps
        self.epochs_before = int(history.epoch[-1]) if len(history) else 0
        self.steps_per_epoch = 1 if batches is None else batches.steps_per_epoch
        self.batch_size = problem.X.shape[0] if batches is None else batches.batch_size
        self.call: tuple[Any, int, Chunk | None, int] | None = None
        first = history.rows(0)[:1, :2]
        self.first_loss = float(first.sum()) if len(first) else None

    def run(self, line: Progress) -> Stopped:
        """Take all steps; return why the run ended."""
        stop: Stopped | None = None
        while stop is None and len(self.history) < self.end:
            before = len(self.history)
            self.advance(line)
            done = len(self.history) - self.start
            line.update(done, self.history.rows(before))
            if self.hooks.each_step:
                stop = after_step(self.problem, self.history, self.hooks)
            if self.hooks.each_epoch and (
                stop or done % self.steps_per_epoch == 0 or len(self.history) == self.end
            ):
                stop = after_epoch(self.problem, self.history, self.hooks) or stop
        return stop or "finished"

    def advance(self, line: Progress) -> None:
        """Run as many steps as possible in one call of the C core."""
        problem, rule, history = self.problem, self.rule, self.history
        before = len(history)
        index, steps = self.next_batches()
        rows, rates = history.reserve(steps)
        self.rates = rates
        total = max(rule.total, self.end)
        rates[:] = scheduled_rates(rule.schedule, rule.learning_rate, before, steps, total)
        done = np.zeros(1, np.int64)
        chunk = None if self.batches is None else self.batches.chunk
        self.call = done, before, chunk, 0 if chunk is None else chunk.used
        try:
            completed = _linclf.sgd_run(
                problem.loss, problem.W, problem.X, problem.y, problem.reg, problem.b,
                problem.delta, problem.center, index, self.batch_size, rates, rule.momentum,
                rule.nesterov, rule.velocity, rows, done, problem.n_threads,
                line.poll(before - self.start, rows),
            )  # fmt: skip
        finally:
            self.record()
        finished = int(done[0])
        self.raise_if_diverged(rows[: finished + (not completed)], finished, before, index)

    def record(self) -> None:
        """Take the steps finished by the latest call of the C core into history and batches.

        A signal handler may raise at any point of this; the end of the run repeats it then.
        """
        if self.call is None:
            return
        done, before, chunk, used = self.call
        finished = int(done[0])
        if len(self.history) == before:
            self.history.commit(finished, self.epochs_of(before, finished))
        if chunk is not None:
            chunk.use(used + finished * self.batch_size)

    def next_batches(self) -> tuple[IndexArray | None, int]:
        """Return the rows to be taken next, None for all at every step, and the steps."""
        done = len(self.history) - self.start
        ahead = self.end - len(self.history)
        if self.hooks.each_epoch:
            ahead = min(ahead, self.steps_per_epoch - done % self.steps_per_epoch)
        steps = 1 if self.hooks.each_step else min(ahead, max(LOOK, self.steps_per_epoch))
        if self.batches is None:
            return None, steps
        index = self.batches.take(steps, ahead)
        return index, -(-len(index) // self.batch_size)

    def epochs_of(self, before: int, steps: int) -> int | IndexArray:
        """Return the epochs of the `steps` steps that follow the first `before`."""
        first, length = before - self.start, self.steps_per_epoch
        epoch = self.epochs_before + 1 + first // length
        if first % length + steps <= length:
            return epoch
        return epoch + (first % length + np.arange(steps)) // length

    def raise_if_diverged(
        self, rows: DoubleArray, finished: int, before: int, index: IndexArray | None
    ) -> None:
        """Raise for the first of these rows that is beyond reason; one beyond `finished` is."""
        losses = rows[:, 0] + rows[:, 1]
        if self.first_loss is None:
            self.first_loss = float(losses[0])
        limit = BLOWN_UP * (1.0 + abs(self.first_loss))
        blown = np.flatnonzero(~(losses[:finished] <= limit))
        step = int(blown[0]) if len(blown) else finished
        if step == len(losses):
            return
        raise divergence_error(
            self.problem,
            self.history,
            step=before + step,
            epoch=self.epochs_before + 1 + (before + step - self.start) // self.steps_per_epoch,
            first_loss=self.first_loss,
            loss=float(losses[step]),
            rate=float(self.rates[step]),
            batch=None if index is None else index[step * self.batch_size :][: self.batch_size],
            untrained=before + step == self.start,
        )

    def settle(self) -> None:
        """Leave history and generator at the last finished step, however the run ended."""
        self.record()
        if self.batches is not None:
            self.batches.settle()


def after_step(problem: Problem, history: History, hooks: Hooks) -> Stopped | None:
    """Call the callback; return why to stop, if so."""
    if hooks.callback is not None and hooks.callback(fit_state(problem, history)):
        return "callback"
    if hooks.tol is not None and history.rows(len(history) - 1)[0, 2] <= hooks.tol:
        return "converged"
    return None


def after_epoch(problem: Problem, history: History, hooks: Hooks) -> Stopped | None:
    """Validate; return why to stop, if so."""
    if hooks.validation is not None:
        X, y = hooks.validation
        history.append_validation(problem.value(X, y), problem.accuracy(X, y))
    return hooks.on_epoch(history) if hooks.on_epoch else None


def fit_state(problem: Problem, history: History) -> FitState:
    """Return what a callback is told after the latest step of `history`."""
    data_loss, penalty, grad_norm = history.rows(len(history) - 1)[0].tolist()
    return FitState(
        step=len(history),
        epoch=int(history.epoch[-1]),
        loss=data_loss + penalty,
        data_loss=data_loss,
        penalty=penalty,
        learning_rate=float(history.learning_rate[-1]),
        grad_norm=grad_norm,
        W=_read_only(problem.W),
        b=None if problem.b is None else _read_only(problem.b),
        history=history,
    )


def _read_only(array: Data) -> Data:
    view = array.view()
    view.flags.writeable = False
    return view
