"""The training that CS231n's first assignment asks for, from the first batch to the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import linclf
import numpy as np
from linclf.cli.peers import Task
from linclf.cli.timing import Contender
from numpy.typing import NDArray

from benchmarks import course, exact
from benchmarks.cases import Plan, Race
from benchmarks.data import floats, weights

__all__ = ["races"]

Array = NDArray[Any]
BATCH = 200
N_STEPS = 1500
#: The course's 1e-7 and 2.5e4 for grey levels of 0 to 255, which are 64 times smaller here.
RATE, REG = 1e-7 * 64**2, 2.5e4 / 64**2


def races(plan: Plan) -> Iterator[Race]:
    """Yield a race for each loss in float64, as in the course; batches are drawn within it."""
    for size in plan.chosen("cifar"):
        n_steps = 20 if plan.quick else N_STEPS
        X, y = floats(size, "float64")
        W = weights(size, "float64") * 1e-4
        for loss in plan.losses:
            task = Task(loss, W, X, y, REG)
            in_course = _course(task, n_steps)
            yield Race(
                "job",
                size.name,
                size.shape,
                "float64",
                loss,
                [
                    *(
                        Contender("linclf", "sgd", n, _linclf(task, n_steps, n))
                        for n in plan.threads
                    ),
                    *(Contender("NumPy", "course", n, in_course) for n in plan.threads),
                ],
                in_course().reshape(-1),
                n_steps * exact.tolerance("float64", BATCH, size.D),
                flops=4.0 * n_steps * BATCH * size.D * size.C,
                bytes=float(n_steps * BATCH * X[0].nbytes),
                resident=X.nbytes,
            )


def _course(task: Task, n_steps: int) -> Callable[[], Array]:
    def work() -> Array:
        rng = np.random.default_rng(0)
        batches = (rng.integers(len(task.X), size=BATCH) for _ in range(n_steps))
        return course.train(task.loss, task.W, task.X, task.y, task.reg, RATE, batches)[0]

    return work


def _linclf(task: Task, n_steps: int, n_threads: int) -> Callable[[], Array]:
    def work() -> Array:
        W = task.W.copy()
        linclf.sgd(
            W,
            task.X,
            task.y,
            loss=task.loss,
            reg=task.reg,
            learning_rate=RATE,
            batch_size=BATCH,
            max_steps=n_steps,
            sampling="replacement",
            rng=0,
            progress=False,
            n_threads=n_threads,
        )
        return W

    return work
