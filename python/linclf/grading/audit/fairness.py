"""Is right code accepted? For many seeds, in several styles, kind of case by kind.

Items of a rubric share kinds of cases, and what a style does to a case does not depend on the item:
every kind is drawn once for each seed, and items put together what concerns them.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TypeAlias

import numpy as np

from linclf.arrays import DoubleArray
from linclf.cases import Case, generate
from linclf.grading.audit.losses import Graded
from linclf.grading.audit.styles import LossFunction, styles

PARTS = ("loss", "gradient")

Drawn: TypeAlias = tuple[str, int]
"""A kind of case, and how often the item has drawn it before."""

Spreads: TypeAlias = dict[tuple[str, str], DoubleArray]
"""By style and part: for each seed, how many tolerances it is off at most."""

_ALONE = 2000  # cases that are not worth other processes


def drawn(kinds: Sequence[str]) -> tuple[Drawn, ...]:
    """Return kinds with how often each came before.

    Examples
    --------
    >>> drawn(["plain", "two_classes", "plain"])
    (('plain', 0), ('two_classes', 0), ('plain', 1))
    """
    return tuple((kind, kinds[:place].count(kind)) for place, kind in enumerate(kinds))


def draw(loss: str, seed: int, one: Drawn) -> Case:
    """Return a case, as the checks of losses draw it from the seed of an item."""
    kind, again = one
    [case] = generate(loss, np.random.default_rng([seed, again]), names=[kind])
    return case


def spreads(loss: str, which: Sequence[Drawn], seeds: int, jobs: int = 1) -> dict[Drawn, Spreads]:
    """Return how far off right code is, for every kind of case.

    Parameters
    ----------
    loss : str
    which : sequence of (kind, again)
    seeds : int
        How many; they are counted from 0.
    jobs : int
        Number of processes.
    """
    if jobs == 1 or seeds * len(which) < _ALONE:
        parts = [_of_seeds(loss, tuple(which), range(seeds))]
    else:
        spawn = multiprocessing.get_context("spawn")  # no copy of what threads may be doing
        with ProcessPoolExecutor(jobs, mp_context=spawn) as pool:
            ranges = [range(n, seeds, jobs) for n in range(jobs)]
            waiting = [pool.submit(_of_seeds, loss, tuple(which), part) for part in ranges]
            parts = [one.result() for one in waiting]
    return {
        one: {key: np.concatenate([part[one][key] for part in parts]) for key in parts[0][one]}
        for one in which
    }


def _of_seeds(loss: str, which: tuple[Drawn, ...], seeds: range) -> dict[Drawn, Spreads]:
    known = styles(loss)
    return {one: spreads_of(known, loss, partial(_alone, loss, one), seeds) for one in which}


def _alone(loss: str, one: Drawn, seed: int) -> list[Case]:
    return [draw(loss, seed, one)]


def spreads_of(
    functions: Mapping[str, LossFunction],
    loss: str,
    make: Callable[[int], Sequence[Case]],
    seeds: range | int,
) -> Spreads:
    """Return how far off right functions are at most, on the cases that are made of each seed."""
    seeds = range(seeds) if isinstance(seeds, int) else seeds
    found = {(name, part): np.zeros(len(seeds)) for name in functions for part in PARTS}
    for place, seed in enumerate(seeds):
        graded = Graded(loss, make(seed))
        for name, function in functions.items():
            for part, far in graded.farthest(graded.answers(function)).items():
                found[name, part][place] = far
    return found
