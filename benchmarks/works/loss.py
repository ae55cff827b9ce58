"""Loss and gradient of a whole data set, which is what the courses' functions return."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from linclf.cli.peers import Task, objectives
from linclf.cli.timing import Contender

from benchmarks import exact
from benchmarks.cases import Plan, Race
from benchmarks.course import LOSSES
from benchmarks.data import floats, weights

__all__ = ["numpy_races", "races"]

REG = 1e-3


def races(plan: Plan) -> Iterator[Race]:
    """Yield a race for each size, dtype and loss."""
    for size in plan.chosen("digits", "mnist", "cifar", "probe"):
        # A round of the probe on one thread takes a minute, and no target is about it.
        threads = plan.threads[-1:] if size.name == "probe" else plan.threads
        for dtype in plan.dtypes:
            X, y = floats(size, dtype)
            for loss in plan.losses:
                task = Task(loss, weights(size, dtype), X, y, REG)
                contenders = objectives(task, threads)
                arguments = (task.W, X, y, REG)
                contenders += [
                    Contender("NumPy", "course", n, LOSSES[loss], arguments) for n in threads
                ]
                yield Race(
                    "loss",
                    size.name,
                    size.shape,
                    dtype,
                    loss,
                    contenders,
                    exact.objective(task),
                    exact.tolerance(dtype, size.N, size.D),
                    flops=4.0 * size.N * size.D * size.C,
                    bytes=X.nbytes,
                    resident=X.nbytes,
                )


def numpy_races(plan: Plan) -> Iterator[Race]:
    """Yield the same with NumPy as the only opponent, for a process that has AVX2 kernels."""
    for race in races(plan):
        contenders = [c for c in race.contenders if c.family in ("linclf", "NumPy")]
        yield replace(race, kind="avx2", contenders=contenders)
