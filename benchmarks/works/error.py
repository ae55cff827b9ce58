"""How far the gradient is from the exact one, over all of its numbers."""

from __future__ import annotations

from collections.abc import Iterator

import linclf
import numpy as np
from linclf.cli.peers import Task

from benchmarks import exact
from benchmarks.cases import Figure, Plan
from benchmarks.data import floats, weights

__all__ = ["figures"]

LIMITS = {"float64": (1e-13, 1e-14), "float32": (2e-6, 4e-7)}  # floor and goal


def figures(plan: Plan) -> Iterator[Figure]:
    """Yield the error of loss and gradient for each size, dtype and loss.

    The exact result is computed in long double, which some systems do not have; there a float64
    error below 1e-15 says nothing.
    """
    for size in plan.chosen("digits", "mnist", "cifar"):
        for dtype in plan.dtypes:
            X, y = floats(size, dtype)
            W = weights(size, dtype)
            for loss in plan.losses:
                truth = exact.objective(Task(loss, W, X, y, 1e-3), np.longdouble, block=256)
                result = linclf.loss_and_grad(loss, W, X, y, 1e-3)
                what = f"{size.name} {size.shape} {dtype} {loss}"
                error = exact.distance(result, truth)
                yield Figure("error", what, error, "of the norm", *LIMITS[dtype])
