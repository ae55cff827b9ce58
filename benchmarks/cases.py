"""What a benchmark is made of: races, figures and solutions, and the plan of a run."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from linclf.cli.timing import Contender, Pace
from numpy.typing import NDArray

from benchmarks.data import SIZES, Size

__all__ = ["KINDS", "Figure", "Plan", "Race", "Solution"]

Array = NDArray[Any]

#: What can be measured, in the order in which it is reported.
KINDS = {
    "loss": "loss + gradient",
    "uint8": "loss + gradient of raw uint8 pixels",
    "sgd": "SGD step, batch of 256 rows by number",
    "predict": "predict",
    "tiny": "tiny call, 3x4x3",
    "lbfgs": "L-BFGS iteration",
    "job": "CS231n job: 1,500 SGD steps of 200",
    "avx2": "loss + gradient, AVX2 against AVX2 NumPy",
    "numgrad": "numerical gradient",
    "error": "gradient error",
    "memory": "extra memory",
    "bits": "same bits for any number of threads",
    "solve": "time to solution",
}

_QUICK_SAMPLES = {"digits": 600, "mnist": 2000, "cifar": 1000, "probe": 400}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure and how long.

    Attributes
    ----------
    kinds, sizes : tuple of str
        Keys of `KINDS` and `SIZES`.
    threads : tuple of int
        Numbers of threads, ascending; the last one counts.
    seconds : float
        To spend on the rounds of a race.
    quick : bool
        Few rounds of reduced sizes, to see that all works.
    """

    kinds: tuple[str, ...] = tuple(KINDS)
    sizes: tuple[str, ...] = tuple(SIZES)
    threads: tuple[int, ...] = (1, 2)
    seconds: float = 10.0
    quick: bool = False

    def size(self, name: str) -> Size:
        """Return a size, reduced for a quick run."""
        size = SIZES[name]
        return replace(size, N=min(size.N, _QUICK_SAMPLES[name])) if self.quick else size

    def chosen(self, *names: str) -> list[Size]:
        """Return those of the named sizes that are to be measured."""
        return [self.size(name) for name in names if name in self.sizes]

    @property
    def pace(self) -> Pace:
        """How many rounds a race has."""
        return Pace(2, 3, 0.0) if self.quick else Pace(7, 15, self.seconds)

    @property
    def losses(self) -> tuple[str, ...]:
        """The losses that the opponents have as well."""
        return ("hinge", "softmax")

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Of weights and samples."""
        return ("float64", "float32")


@dataclass(frozen=True, slots=True)
class Race:
    """Contenders for the same work.

    Attributes
    ----------
    kind, size, dtype, loss : str
        What is raced, as in a row of the table; `size` as well by name.
    shape : str
        N, D and C.
    contenders : sequence of Contender
    expected : (n,) array
        Their right result.
    tolerance : float
        How far from it a right result may be, relative to its norm.
    per : int
        How many pieces of work a call does.
    flops, bytes : float
        What a piece of work cannot do without: operations, and bytes of X that are read.
    resident : int
        Bytes of all of X, which tell how fast they can be read.
    """

    kind: str
    size: str
    shape: str
    dtype: str
    loss: str
    contenders: Sequence[Contender]
    expected: Array
    tolerance: float
    per: int = 1
    flops: float = 0.0
    bytes: float = 0.0
    resident: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is not a time, such as an error or a size in memory."""

    kind: str
    what: str
    value: float
    unit: str
    floor: float | None = None
    goal: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Solution:
    """How a solver got to a given validation loss, or that it did not.

    Attributes
    ----------
    problem, solver : str
    passes : int
        Limit of the fit, in what the solver counts: epochs or iterations.
    seconds : float
        Median time of that fit.
    loss, wanted : float
        Mean loss on the samples held out, reached and to be reached.
    ratio : float or None
        `seconds` over those of the fastest solver of linclf; None if the loss was not reached.
    remark : str
        What makes it incomparable, if anything.
    """

    problem: str
    solver: str
    passes: int
    seconds: float
    loss: float
    wanted: float
    ratio: float | None
    remark: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


def plan_from(words: argparse.Namespace) -> Plan:
    """Return the plan that the words of a command ask for.

    Raises
    ------
    ValueError
        If a word of ``--only`` is neither a kind nor a size.
    """
    asked = tuple(word for word in (words.only or "").split(",") if word)
    unknown = [word for word in asked if word not in KINDS and word not in SIZES]
    if unknown:
        known = ", ".join([*KINDS, *SIZES])
        raise ValueError(f"--only {unknown[0]}: there is no such kind or size; choose from {known}")
    return Plan(
        tuple(kind for kind in KINDS if kind in asked) or tuple(KINDS),
        tuple(size for size in SIZES if size in asked) or tuple(SIZES),
        tuple(sorted(set(words.threads))),
        words.seconds,
        words.quick,
    )
