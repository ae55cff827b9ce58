"""Short runs at many learning rates, from too small to too large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._inputs import warn_of_constant_one
from linclf._start import one_seed, problem_at_zero, read_classes
from linclf.checks import count, number
from linclf.display.tables import Table
from linclf.history import History
from linclf.optimize import sgd
from linclf.stability import DivergenceError

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Reg, Rng

_JUDGED = 2000  # rows that the end of a run is judged by
_DECADES = 3  # below and above what the data bears


@dataclass(frozen=True, repr=False)
class LearningRateSweep:
    """What `learning_rate_sweep` found; true if a rate lowers the loss.

    Attributes
    ----------
    rates : (n,) float64 array
        Learning rates, rising.
    loss : (n,) float64 array
        Objective after the run, NaN where it diverged.
    start_loss : float
        Objective before.
    stable : float
        What `stable_learning_rate` says of the data.
    histories : list of History
        The runs.
    """

    rates: DoubleArray
    loss: DoubleArray
    start_loss: float
    stable: float
    histories: list[History]

    @property
    def suggested(self) -> float | None:
        """The rate with the lowest loss at the end; None if every run diverged or went up."""
        if np.isnan(self.loss).all() or not np.nanmin(self.loss) < self.start_loss:
            return None
        return float(self.rates[np.nanargmin(self.loss)])

    @property
    def finding(self) -> str:
        """The sentence that is printed first."""
        rate = self.suggested
        if rate is None:
            return "no learning rate lowers the loss: sweep lower rates, or check the gradient"
        said = f"suggested learning rate {rate:.3g}: loss {self.start_loss:.4g} -> "
        said += f"{np.nanmin(self.loss):.4g}"
        if rate in (self.rates[0], self.rates[-1]) and len(self.rates) > 1:
            side = "smallest" if rate == self.rates[0] else "largest"
            said += f"; it is the {side} that was tried, so try beyond it"
        elif np.isnan(self.loss[int(np.nanargmin(self.loss)) + 1 :][:1]).any():
            said += "; the next one diverged, so take a smaller one if a longer run does"
        return said

    def __bool__(self) -> bool:
        return self.suggested is not None

    def _table(self) -> Table:
        rows = [
            [f"{rate:.3g}", None if np.isnan(loss) else float(loss), self._remark(rate, loss)]
            for rate, loss in zip(self.rates, self.loss, strict=True)
        ]
        return Table(["learning rate", "loss", ""], rows, lead=self.finding)

    def _remark(self, rate: float, loss: float) -> str:
        if np.isnan(loss):
            return "diverged"
        return "suggested" if rate == self.suggested else ""

    def __repr__(self) -> str:
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()

    def plot(self, ax: Any = None) -> Any:
        """Draw loss against learning rate with matplotlib; return the axes."""
        from linclf import plot

        return plot.learning_rates(self, ax=ax)


def learning_rate_sweep(
    loss: str,
    X: Any,
    y: Any,
    *,
    reg: Reg = 0.0,
    W: Data | None = None,
    rates: Sequence[float] | None = None,
    n_rates: int = 13,
    max_steps: int = 100,
    batch_size: int | None = 200,
    momentum: float = 0.0,
    fit_intercept: bool = True,
    delta: float = 1.0,
    center: Data | None = None,
    rng: Rng = 0,
    n_threads: int | None = None,
) -> LearningRateSweep:
    """Train shortly at many learning rates and suggest one.

    All runs begin at the same weights and see the same batches. A run that diverges is part of the
    picture. ``max_steps=1, batch_size=None`` and ``rates=10.0 ** np.arange(-10, 0)`` is the
    experiment of the CS231n notes: one step along the whole gradient, in ten sizes.

    Parameters
    ----------
    loss : Loss or str
        Which loss.
    X : (N, D) array-like
        Data.
    y : (N,) array-like
        Labels of any kind.
    reg : float or penalty
        As for `sgd`.
    W : (D, C) array, optional
        Where to start; zeros by default. It is left as it is.
    rates : sequence of float, optional
        Learning rates; by default `n_rates` from a thousandth to a thousand times what
        `stable_learning_rate` says, in equal ratios.
    n_rates : int
        How many.
    max_steps, batch_size, momentum
        As for `sgd`; ``batch_size=None`` takes all rows.
    fit_intercept : bool
        Train a bias, which is not penalised. Say False if X has a column of ones.
    delta : float
        Margin of the hinge losses.
    center : (D,) array, optional
        Mean that is subtracted from every row of `X` on the fly.
    rng : int, Generator, SeedSequence, RandomState or None
        Where batches are drawn from.
    n_threads : int, optional
        As for `loss_and_grad`.

    Returns
    -------
    LearningRateSweep

    Raises
    ------
    TypeError, ValueError
        If the operands make no sense.

    Examples
    --------
    >>> X, y = linclf.datasets.digits()
    >>> sweep = linclf.sanity.learning_rate_sweep("softmax", X, y, rng=0)
    >>> bool(sweep), len(sweep.rates), bool(np.nanmin(sweep.loss) < 0.5 < sweep.start_loss)
    (True, 13, True)
    """
    data, codes, classes = read_classes(X, y)
    if fit_intercept:
        warn_of_constant_one(data)
    start = problem_at_zero(
        loss, data, codes, len(classes), reg,
        fit_intercept=fit_intercept, delta=delta, center=center, n_threads=n_threads,
    )  # fmt: skip
    if W is not None:
        start.W = np.array(W)  # a copy: the caller's stays as it is
        start.check()
    rows = len(data) if batch_size is None else batch_size
    stable = start.stable_rate(min(count("batch_size", rows, least=1), len(data)))
    chosen = _rates(rates, count("n_rates", n_rates, least=1), stable)
    judged = np.arange(len(data))[:: -(-len(data) // _JUDGED)]
    few, labels = (data, codes) if len(judged) == len(data) else (data[judged], codes[judged])
    options: dict[str, Any] = {"loss": str(loss), "reg": reg, "delta": delta}
    options |= {"max_steps": max_steps, "batch_size": rows, "momentum": momentum}
    options |= {"center": start.center, "n_threads": n_threads, "progress": False}
    seed, ends, histories = one_seed(rng), [], []
    first = start.value(few, labels)
    for rate in chosen:
        b = None if start.b is None else start.b.copy()
        problem = replace(start, W=start.W.copy(), b=b)
        try:
            history = sgd(
                problem.W, data, codes, b=problem.b, learning_rate=float(rate), rng=seed, **options
            )
            end = problem.value(few, labels)
        except DivergenceError as error:
            history, end = error.history, np.nan
        ends.append(end if np.isfinite(end) else np.nan)
        histories.append(history)
    return LearningRateSweep(chosen, np.array(ends), first, stable, histories)


def _rates(rates: Sequence[float] | None, n_rates: int, stable: float) -> DoubleArray:
    if rates is None:
        chosen = stable * 10.0 ** np.linspace(-_DECADES, _DECADES, n_rates)
        return np.array([float(f"{rate:.2e}") for rate in chosen])
    given = [number(f"rates[{i}]", rate) for i, rate in enumerate(rates)]
    if not given:
        raise ValueError("rates is empty; pass some learning rates, or None")
    return np.unique(np.array(given))
