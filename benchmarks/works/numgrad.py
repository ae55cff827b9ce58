"""Numerical gradients of all of W, against the loss evaluated twice for every entry of it.

The latter would take a minute a time, so it is measured on some entries and scaled to all. Both
contenders take turns; both differentiate linclf's own loss with the step of the course.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import linclf
import numpy as np
from linclf.cli.timing import Contender, measure
from linclf.numerical import slopes
from numpy.typing import NDArray

from benchmarks.cases import Figure, Plan
from benchmarks.data import floats, weights

__all__ = ["figures"]

Array = NDArray[Any]

SAMPLES = 500
ENTRIES = 20  # that are differentiated through Python
REG, STEP = 1e-3, 1e-5
_LIMITS = (1e-7, 1e-9)  # floor and goal: two roundings of a loss, over twice the step


def figures(plan: Plan) -> Iterator[Figure]:
    """Yield times, their ratio, and the difference of the results, for each loss and thread count.

    Times have no floor here: a slow run is no wrong one.
    """
    for full in plan.chosen("digits", "cifar"):
        size = replace(full, N=min(full.N, SAMPLES))
        X, y = floats(size, "float64")
        W = weights(size, "float64")
        places = np.linspace(0, W.size - 1, ENTRIES).astype(int)
        entries = [divmod(place, size.C) for place in places.tolist()]
        for loss in plan.losses:
            for n in plan.threads:
                what = f"{size.name} {size.shape} float64 {loss}, {n} thread{'s'[: n - 1]}"
                core = partial(_in_the_core, loss, W, X, y, entries, n)
                python = partial(_entry_by_entry, loss, W, X, y, entries, n)
                expected = python()
                contenders = (Contender("linclf", "", n, core), Contender("Python", "", n, python))
                fast, slow = measure(contenders, expected, np.inf, plan.pace)
                scaled = slow.seconds * W.size / len(entries)
                yield Figure("numgrad", f"{what}: all entries", fast.seconds, "s")
                yield Figure("numgrad", f"{what}: entry by entry (scaled)", scaled, "s")
                yield Figure("numgrad", f"{what}: ratio", scaled / fast.seconds, "x")
                difference = fast.difference
                yield Figure("numgrad", f"{what}: difference", difference, "of the norm", *_LIMITS)


def _in_the_core(loss: str, W: Array, X: Array, y: Array, entries: Any, n_threads: int) -> Array:
    dW = linclf.numerical_gradient(loss, W, X, y, REG, h=STEP, n_threads=n_threads)
    return np.array([dW[entry] for entry in entries])


def _entry_by_entry(loss: str, W: Array, X: Array, y: Array, entries: Any, n_threads: int) -> Array:
    def value(W: Array) -> float:
        return linclf.loss_value(loss, W, X, y, REG, n_threads=n_threads)

    return np.array([slope for _, slope, _ in slopes(value, W, entries, STEP, "central")])
