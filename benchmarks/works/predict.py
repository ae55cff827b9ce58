"""The class of the highest score of each row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from linclf.cli.peers import predictions
from linclf.cli.timing import Contender

from benchmarks import course, exact
from benchmarks.cases import Plan, Race
from benchmarks.data import floats, weights

__all__ = ["races"]


def races(plan: Plan) -> Iterator[Race]:
    """Yield a race for each size and dtype."""
    for size in plan.chosen("digits", "mnist", "cifar"):
        for dtype in plan.dtypes:
            X, _ = floats(size, dtype)
            W = weights(size, dtype)
            contenders = predictions(W, X, plan.threads)
            contenders += [
                Contender("NumPy", "course", n, course.predict, (W, X)) for n in plan.threads
            ]
            yield Race(
                "predict",
                size.name,
                size.shape,
                dtype,
                "",
                contenders,
                course.predict(W.astype(np.float64), X.astype(np.float64)).astype(np.float64),
                exact.tolerance(dtype, size.N, size.D),
                flops=2.0 * size.N * size.D * size.C,
                bytes=X.nbytes,
                resident=X.nbytes,
            )
