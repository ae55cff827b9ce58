"""Whether the number of threads changes a bit.

What the promise costs cannot be measured from outside: there is no build without it. Its parts
are the fixed segments, of which each thread may end up with one more than another, and a sum of
one D x C array per segment.
"""

from __future__ import annotations

from collections.abc import Iterator

import linclf

from benchmarks.cases import Figure, Plan
from benchmarks.data import floats, weights

__all__ = ["figures"]

THREADS = (1, 2, 3, 7)


def figures(plan: Plan) -> Iterator[Figure]:
    """Yield how many different results there are, for each size and dtype."""
    for size in plan.chosen("digits", "mnist", "cifar"):
        for dtype in plan.dtypes:
            X, y = floats(size, dtype)
            W = weights(size, dtype)
            for loss in plan.losses:
                found = set()
                for n in THREADS:
                    value, dW = linclf.loss_and_grad(loss, W, X, y, 1e-3, n_threads=n)
                    found.add((value, dW.tobytes()))
                what = f"{size.name} {size.shape} {dtype} {loss}, 1, 2, 3 and 7 threads"
                yield Figure("bits", what, len(found), "different results", 1, 1)
