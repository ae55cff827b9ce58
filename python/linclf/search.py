"""Random search: how far one gets without a gradient."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.checks import count, number
from linclf.history import FitState, History, Stopped
from linclf.penalties import as_penalty
from linclf.progress import Progress, progress_display
from linclf.run import Problem, fit_state
from linclf.sampling import as_generator, seed_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linclf.arrays import Data, Float, Labels, Reg, Rng


def random_search(
    W: NDArray[Float],
    X: Data,
    y: Labels,
    *,
    loss: str = "softmax",
    reg: Reg = 0.0,
    b: NDArray[Float] | None = None,
    delta: float = 1.0,
    center: NDArray[Float] | None = None,
    n_tries: int = 1000,
    scale: float = 1e-4,
    local: bool = False,
    step: float = 1e-4,
    rng: Rng = None,
    callback: Callable[[FitState], Any] | None = None,
    progress: Any = None,
    n_threads: int | None = None,
) -> History:
    """Try random weights and leave the best of them in `W` and `b`.

    The two strategies of the CS231n notes. The plain one draws every trial afresh,
    ``W = scale * rng.standard_normal((D, C))``; the local one starts at the given `W` and tries
    ``W + step * rng.standard_normal((D, C))`` around the best so far. With a bias, ``b`` is
    drawn likewise, after W.

    Parameters
    ----------
    W, X, y, loss, reg, b, delta, center, n_threads
        As for `sgd`, and so are the errors.
    n_tries : int
        Number of trials.
    scale, step : float
        Standard deviation of the weights, or of the local search's moves.
    local : bool
        Search around the best so far.
    rng : int, Generator, SeedSequence, RandomState or None
        Where trials are drawn from.
    callback : callable, optional
        Called with a `FitState` after every trial, whose `loss` is the trial's and whose `W` is
        the best so far; a true answer stops the search.
    progress : bool, callable or None
        As for `sgd`.

    Returns
    -------
    History
        The loss of every trial; ``history.lowest`` is that of the best so far.

    Examples
    --------
    >>> X, y, W = np.eye(3), np.array([0, 1, 2]), np.zeros((3, 3))
    >>> history = linclf.random_search(W, X, y, n_tries=100, scale=1.0, rng=0)
    >>> bool(linclf.loss_value("softmax", W, X, y) == history.loss.min())
    True
    """
    problem = Problem(loss, W, X, y, reg, b, delta, center, n_threads)
    problem.check()
    generator = as_generator(rng)
    tries = count("n_tries", n_tries, least=0)
    spread = number("step", step) if local else number("scale", scale)
    history = History(
        problem.manifest()
        | {"n_tries": tries, "local": bool(local), "spread": spread}
        | {"rng": seed_of(rng, generator)}
    )
    search = _Search(problem, generator, spread, bool(local), history)
    history.stopped = "interrupted"  # until the end is reached
    try:
        with progress_display(progress, tries, "random search", 1) as line:
            history.stopped = search.run(tries, callback, line)
    except BaseException as error:
        with suppress(AttributeError):
            error.history = history  # type: ignore[attr-defined]
        raise
    return history


def random_local_search(
    W: NDArray[Float],
    X: Data,
    y: Labels,
    *,
    loss: str = "softmax",
    reg: Reg = 0.0,
    b: NDArray[Float] | None = None,
    delta: float = 1.0,
    center: NDArray[Float] | None = None,
    n_tries: int = 1000,
    step: float = 1e-4,
    rng: Rng = None,
    callback: Callable[[FitState], Any] | None = None,
    progress: Any = None,
    n_threads: int | None = None,
) -> History:
    """Step around at random from `W`, and stay where the loss is lower.

    The second strategy of the CS231n notes: try ``W + step * rng.standard_normal((D, C))`` and
    keep it if the objective is lower. It is ``random_search(..., local=True)``.

    Parameters
    ----------
    W, X, y, loss, reg, b, delta, center, n_tries, step, rng, callback, progress, n_threads
        As for `random_search`, and so are the errors.

    Returns
    -------
    History
        The loss of every trial; ``history.lowest`` is that of the best so far.

    Examples
    --------
    >>> X, y, W = np.eye(3), np.array([0, 1, 2]), np.zeros((3, 3))
    >>> history = linclf.random_local_search(W, X, y, n_tries=200, step=0.1, rng=0)
    >>> bool(linclf.loss_value("softmax", W, X, y) == history.lowest[-1] < np.log(3))
    True
    """
    return random_search(
        W, X, y, loss=loss, reg=reg, b=b, delta=delta, center=center, n_tries=n_tries, local=True,
        step=step, rng=rng, callback=callback, progress=progress, n_threads=n_threads,
    )  # fmt: skip


class _Search:
    """A search whose best weights so far are those of `problem`."""

    def __init__(
        self, problem: Problem, rng: Any, spread: float, local: bool, history: History
    ) -> None:
        self.problem, self.rng, self.spread, self.local = problem, rng, spread, local
        self.history = history
        self.penalty = as_penalty(problem.reg)
        self.parts = [problem.W] if problem.b is None else [problem.W, problem.b]
        self.trial = replace(problem, reg=0.0)

    def run(
        self, tries: int, callback: Callable[[FitState], Any] | None, line: Progress
    ) -> Stopped:
        """Try `tries` weights; return why the search ended."""
        lowest = sum(self.losses(self.parts)) if self.local else np.inf
        for done in range(1, tries + 1):
            trial = [self.drawn(part) for part in self.parts]
            data_loss, penalty = self.losses(trial)
            self.history.append(data_loss, penalty, epoch=done)
            if data_loss + penalty < lowest:
                lowest = data_loss + penalty
                for part, better in zip(self.parts, trial, strict=True):
                    part[...] = better
            line.update(done, self.history.rows(done - 1))
            if callback is not None and callback(fit_state(self.problem, self.history)):
                return "callback"
        return "finished"

    def drawn(self, part: Data) -> Data:
        """Return random weights in the place of `part`."""
        noise: Data = (self.spread * self.rng.standard_normal(part.shape)).astype(part.dtype)
        return part + noise if self.local else noise

    def losses(self, parts: list[Data]) -> tuple[float, float]:
        """Return the data loss and the penalty at these weights."""
        self.trial.W = parts[0]
        self.trial.b = parts[1] if len(parts) > 1 else None
        return self.trial.value(self.trial.X, self.trial.y), self.penalty.value(parts[0])
