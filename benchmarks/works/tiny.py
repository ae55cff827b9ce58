"""One call of the public function on a few numbers: what calling costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import linclf
import numpy as np
from linclf.cli.peers import Task, objectives
from linclf.cli.timing import Contender

from benchmarks import exact
from benchmarks.cases import Plan, Race
from benchmarks.course import LOSSES

__all__ = ["races"]

REG = 1e-3
PUBLIC: dict[str, Callable[..., Any]] = {"hinge": linclf.svm_loss, "softmax": linclf.softmax_loss}


def races(plan: Plan) -> Iterator[Race]:
    """Yield a race for each loss, on one thread."""
    rng = np.random.default_rng(0)
    X, y, W = rng.standard_normal((3, 4)), np.array([0, 2, 1]), rng.standard_normal((4, 3))
    for loss in plan.losses:
        task = Task(loss, W, X, y, REG)
        rivals = [c for c in objectives(task, (1,)) if c.family != "linclf"]
        yield Race(
            "tiny",
            "tiny",
            "3x4x3",
            "float64",
            loss,
            [
                Contender("linclf", "", 1, PUBLIC[loss], (W, X, y, REG)),
                Contender("NumPy", "course", 1, LOSSES[loss], (W, X, y, REG)),
                *rivals,
            ],
            exact.objective(task),
            exact.tolerance("float64", 3, 4, 3),
            flops=4.0 * 3 * 4 * 3,
        )
