"""Time contenders in turn (A B C A B C ...), so that all meet the same moods of the machine."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time, sleep
from timeit import Timer
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Contender", "Pace", "Timed", "as_vector", "measure"]

Array = NDArray[Any]

#: Shortest time worth measuring; quicker work is repeated until it takes as long.
MEASURABLE_SECONDS = 5e-3

_PLAINLY_LONG = 0.2

#: How long threads of the last contender may take to fall asleep, and how long to look at them.
_PATIENCE_SECONDS, _GLANCE_SECONDS = 0.5, 0.01


def as_vector(result: Any) -> Array:
    """Return a result, which may be (loss, gradient), as a flat float64 array.

    Examples
    --------
    >>> as_vector((2.0, np.ones((2, 1))))
    array([1., 1., 2.])
    """
    if isinstance(result, tuple):
        return np.concatenate([as_vector(part) for part in reversed(result)])
    detach = getattr(result, "detach", None)  # a tensor that carries its history
    return np.asarray(result if detach is None else detach(), np.float64).reshape(-1)


@dataclass(frozen=True, slots=True)
class Contender:
    """Something to be timed.

    Attributes
    ----------
    family : str
        The library that it stands for.
    name : str
        How it does the work, if the library has several ways.
    threads : int
        How many threads it may use.
    function : callable
        Does the work and returns the result.
    arguments : tuple
        What it is called with.
    """

    family: str
    name: str
    threads: int
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """How many rounds to make: as many as fit into `seconds`, from `least` to `most`."""

    least: int = 7
    most: int = 15
    seconds: float = 10.0

    def rounds(self, seconds_per_round: float) -> int:
        """Return the number of rounds if one takes so long."""
        return round(min(max(self.least, self.seconds / seconds_per_round), self.most))


@dataclass(frozen=True, slots=True)
class Timed:
    """What became of a contender.

    Attributes
    ----------
    contender : Contender
    difference : float
        Norm of its result minus the expected one, relative to the norm of that.
    agrees : bool
        Whether that is rounding error; if not, its time says nothing.
    rounds : tuple of float
        Seconds per call, one number per round.
    """

    contender: Contender
    difference: float
    agrees: bool
    rounds: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """The median of the rounds."""
        return float(np.median(self.rounds))


def measure(
    contenders: Sequence[Contender],
    expected: Array,
    tolerance: float,
    pace: Pace,
    *,
    before: Callable[[Contender], None] | None = None,
    each_round: Callable[[], None] | None = None,
) -> list[Timed]:
    """Check what the contenders compute, then time them in turn, in an idle process.

    Parameters
    ----------
    contenders : sequence of Contender
        In the order in which they take turns.
    expected : (n,) array
        The right result, as from `as_vector`.
    tolerance : float
        How far from it a result may be, relative to its norm.
    pace : Pace
        How many rounds to make.
    before : callable, optional
        Called with each contender before its turn, to set the scene for it.
    each_round : callable, optional
        Called at the start of each round.

    Returns
    -------
    list of Timed
        One for each contender, in the same order.
    """
    prepare = before or (lambda contender: None)
    differences, bursts = [], []
    for contender in contenders:
        prepare(contender)
        start = perf_counter()
        result = contender.function(*contender.arguments)
        bursts.append(_Burst(contender, perf_counter() - start))
        differences.append(_distance(as_vector(result), expected))
    for _ in range(pace.rounds(sum(burst.seconds for burst in bursts))):
        if each_round is not None:
            each_round()
        for burst in bursts:
            prepare(burst.contender)
            _wait_for_quiet()
            burst.go()
    return [
        Timed(burst.contender, difference, difference <= tolerance, tuple(burst.times))
        for burst, difference in zip(bursts, differences, strict=True)
    ]


def _wait_for_quiet() -> None:
    """Wait until this process is idle.

    BLAS and OpenMP let their threads wait for more work at full speed, OpenBLAS for a tenth of a
    second. Whoever comes next would have to share the processors with them.
    """
    end = perf_counter() + _PATIENCE_SECONDS
    while (start := perf_counter()) < end:
        busy = process_time()
        sleep(_GLANCE_SECONDS)
        if process_time() - busy < 0.2 * (perf_counter() - start):
            break


def _distance(found: Array, expected: Array) -> float:
    if found.shape != expected.shape:
        return math.inf
    distance = float(np.linalg.norm(found - expected) / (np.linalg.norm(expected) or 1.0))
    return distance if distance == distance else math.inf


class _Burst:
    """As many calls of a contender as take a measurable time, given the seconds of a first one.

    The calls are written out, so that the loop costs no more than that of a user.
    """

    def __init__(self, contender: Contender, seconds: float) -> None:
        self.contender = contender
        self.times: list[float] = []
        names = [f"a{i}" for i in range(len(contender.arguments))]
        scope = dict(zip(names, contender.arguments, strict=True), work=contender.function)
        self._timer = Timer(f"work({', '.join(names)})", globals=scope)
        self._calls, self.seconds = 1, seconds
        if seconds < _PLAINLY_LONG:  # else a first call may just have been slow to start
            while (fastest := min(self._timer.repeat(2, self._calls))) < MEASURABLE_SECONDS:
                self._calls *= 2
            self.seconds = fastest

    def go(self) -> None:
        if self._calls > 1:  # wakes threads and caches; nothing against a long call
            self._timer.timeit(1)
        self.times.append(self._timer.timeit(self._calls) / self._calls)
