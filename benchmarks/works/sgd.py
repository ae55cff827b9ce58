"""Minibatch steps on rows that are given by number, the same ones for every contender."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from linclf.cli.peers import Steps, Task, sgd_runs
from linclf.cli.timing import Contender

from benchmarks import course, exact
from benchmarks.cases import Plan, Race
from benchmarks.data import floats, weights

__all__ = ["races"]

REG = 1e-3
RATE = 1e-2
BATCH = 256
N_STEPS = {"digits": 200, "mnist": 100, "cifar": 60}


def races(plan: Plan) -> Iterator[Race]:
    """Yield a race for each size, dtype and loss."""
    for size in plan.chosen(*N_STEPS):
        n_steps = 5 if plan.quick else N_STEPS[size.name]
        index = np.random.default_rng(0).integers(size.N, size=n_steps * BATCH)
        batches = index.reshape(-1, BATCH)
        for dtype in plan.dtypes:
            X, y = floats(size, dtype)
            for loss in plan.losses:
                task = Task(loss, weights(size, dtype), X, y, REG)
                contenders = sgd_runs(task, Steps(RATE, index, BATCH), plan.threads)
                arguments = (loss, task.W, X, y, REG, RATE, batches)
                contenders += [
                    Contender("NumPy", "course", n, _train, arguments) for n in plan.threads
                ]
                yield Race(
                    "sgd",
                    size.name,
                    size.shape,
                    dtype,
                    loss,
                    contenders,
                    _expected(task, batches),
                    n_steps * exact.tolerance(dtype, BATCH, size.D),
                    per=n_steps,
                    flops=4.0 * BATCH * size.D * size.C,
                    bytes=float(BATCH * X[0].nbytes),
                    resident=X.nbytes,
                )


def _train(*arguments: object) -> object:
    return course.train(*arguments)[0]  # type: ignore[arg-type]


def _expected(task: Task, batches: np.ndarray) -> np.ndarray:
    """Return the weights in float64, also for float32 data."""
    W = task.W.astype(np.float64)
    for rows in batches:
        x = task.X[rows].astype(np.float64)
        W -= RATE * course.LOSSES[task.loss](W, x, task.y[rows], task.reg)[1]
    return W.reshape(-1)
