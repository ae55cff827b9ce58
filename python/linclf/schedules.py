"""Learning-rate schedules: by what the learning rate is multiplied at each step.

A schedule is any function ``schedule(step, total) -> multiplier``, with ``step`` counted from 0
and ``total`` the planned number of steps. Those below also take an array of steps. Written
with ``t = min(step / total, 1)``, the finished part of the run:

    constant     1
    step         factor ** (step // every)
    exp          final ** t
    invscaling   (1 + step) ** -power
    cosine       final + (1 - final) * (1 + cos(pi * t)) / 2
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from linclf.arrays import DoubleArray

__all__ = ["Constant", "Cosine", "ExponentialDecay", "InverseScaling", "StepDecay"]

Schedule: TypeAlias = Callable[[int, int], float]


@dataclass(frozen=True, slots=True)
class Constant:
    """Leave the learning rate as it is."""

    def __call__(self, step: Any, total: int) -> Any:
        return np.ones_like(step, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class StepDecay:
    """Multiply the learning rate by `factor` after every `every` steps.

    Parameters
    ----------
    factor : float
        At most 1 to decay.
    every : int, optional
        In steps; a fifth of the run by default. The decay "per epoch" of the courses is the
        number of steps in an epoch.

    Examples
    --------
    >>> StepDecay(0.5, every=10)(25, 100)
    0.25
    """

    factor: float = 0.5
    every: int | None = None

    def __call__(self, step: Any, total: int) -> Any:
        every = -(-total // 5) if self.every is None else self.every
        return float(self.factor) ** (step // max(every, 1))


@dataclass(frozen=True, slots=True)
class ExponentialDecay:
    """Shrink the learning rate by the same factor each step, down to `final` of itself."""

    final: float = 0.01

    def __call__(self, step: Any, total: int) -> Any:
        return float(self.final) ** _part(step, total)


@dataclass(frozen=True, slots=True)
class InverseScaling:
    """Divide the learning rate by ``(1 + step) ** power``."""

    power: float = 0.5

    def __call__(self, step: Any, total: int) -> Any:
        return (1.0 + step) ** -self.power


@dataclass(frozen=True, slots=True)
class Cosine:
    """Follow half a cosine from 1 down to `final` of the learning rate."""

    final: float = 0.0

    def __call__(self, step: Any, total: int) -> Any:
        wave = (1.0 + np.cos(np.pi * _part(step, total))) / 2.0
        return self.final + (1.0 - self.final) * wave


BUILTIN: dict[str, Callable[[], Schedule]] = {
    "constant": Constant,
    "step": StepDecay,
    "exp": ExponentialDecay,
    "invscaling": InverseScaling,
    "cosine": Cosine,
}


def as_schedule(schedule: str | Schedule | None) -> Schedule:
    """Return the schedule of that name, with its default parameters.

    Raises
    ------
    ValueError
        If there is no schedule of that name.
    TypeError
        If `schedule` is neither a name nor callable.
    """
    if schedule is None:
        return Constant()
    if isinstance(schedule, str):
        if schedule not in BUILTIN:
            known = ", ".join(map(repr, BUILTIN))
            raise ValueError(f"schedule is {schedule!r}; it must be one of {known}, or callable")
        return BUILTIN[schedule]()
    if not callable(schedule):
        raise TypeError(
            f"schedule is a {type(schedule).__name__}; pass a name such as 'cosine' or a function "
            "of (step, total) that returns a multiplier"
        )
    return schedule


def scheduled_rates(
    schedule: Schedule, learning_rate: float, first: int, steps: int, total: int
) -> DoubleArray:
    """Return the learning rates of so many steps, the first of which is `first`, checked.

    Raises
    ------
    ValueError
        If the schedule gives a negative, infinite or NaN rate; the step is named.
    """
    if isinstance(schedule, Constant):
        return np.full(steps, learning_rate)
    if isinstance(schedule, tuple(BUILTIN.values())):  # type: ignore[arg-type]
        multipliers: Any = schedule(np.arange(first, first + steps), total)  # type: ignore[arg-type]
    else:
        multipliers = [float(schedule(step, total)) for step in range(first, first + steps)]
    rates = learning_rate * np.asarray(multipliers, dtype=np.float64)
    legal = (rates >= 0.0) & (rates < np.inf)
    if not legal.all():
        bad = int(np.argmin(legal))
        raise ValueError(
            f"schedule gives the learning rate {rates[bad]} at step {first + bad}; "
            "it must return finite multipliers >= 0"
        )
    return rates


def _part(step: Any, total: int) -> Any:
    return np.minimum(step / max(total, 1), 1.0)
