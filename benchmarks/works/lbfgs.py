"""Iterations of L-BFGS: SciPy's on three objectives, one of them scikit-learn's own solver."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal

import linclf
import numpy as np
from linclf.cli.peers import ORDERS, NumpyInPlace, Task
from linclf.cli.surroundings import optional
from linclf.cli.timing import Contender
from numpy.typing import NDArray

from benchmarks.cases import Plan, Race
from benchmarks.course import LOSSES
from benchmarks.data import floats

__all__ = ["races"]

Array = NDArray[Any]
REG = 1e-3
ITERATIONS = 20
#: The iterates of the same method drift apart by rounding, much more than a sum does.
DRIFT = 1e-6


def races(plan: Plan) -> Iterator[Race]:
    """Yield a race on the softmax objective in float64; nothing without scipy."""
    scipy = optional("scipy.optimize")
    for size in plan.chosen("mnist") if scipy else ():
        X, y = floats(size, "float64")
        task = Task("softmax", np.zeros((size.D, size.C)), X, y, REG)
        iterations = 3 if plan.quick else ITERATIONS
        # With one thread as well, this row alone takes five minutes, and no target is about it.
        contenders = _contenders(scipy, task, iterations, plan.threads[-1:])
        course = next(c for c in contenders if c.name == "course")
        yield Race(
            "lbfgs",
            size.name,
            size.shape,
            "float64",
            "softmax",
            contenders,
            np.asarray(course.function(*course.arguments), np.float64).reshape(-1),
            DRIFT,
            per=iterations,
            flops=4.0 * size.N * size.D * size.C,
            bytes=X.nbytes,
            resident=X.nbytes,
        )


def _contenders(
    scipy: Any, task: Task, iterations: int, threads: tuple[int, ...]
) -> list[Contender]:
    W, X, y, reg = task.W, task.X, task.y, task.reg
    evaluate = partial(linclf.loss_and_grad, "softmax", out=np.empty_like(W))
    found = []
    for n in threads:
        work = _minimise(scipy, task, iterations, partial(evaluate, n_threads=n))
        found.append(Contender("linclf", "SciPy", n, work))
    works = {"course": _minimise(scipy, task, iterations, LOSSES["softmax"])}
    for name, by_class in ORDERS.items():
        peer = NumpyInPlace("softmax", len(X), W, by_class)
        works[name] = _minimise(scipy, task, iterations, peer, order="F")
    found += [Contender("NumPy", name, n, f) for name, f in works.items() for n in threads]
    linear_model = optional("sklearn.linear_model")
    if linear_model:
        model = linear_model.LogisticRegression(
            C=1 / (2 * reg * len(X)), fit_intercept=False, tol=0.0, max_iter=iterations
        )

        def in_sklearn() -> Array:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that it has not converged
                coef: Array = model.fit(X, y).coef_
            return coef.T

        found += [Contender("scikit-learn", "LogisticRegression", n, in_sklearn) for n in threads]
    return found


def _minimise(
    scipy: Any,
    task: Task,
    iterations: int,
    objective: Callable[..., Any],
    order: Literal["C", "F"] = "C",
) -> Callable[[], Array]:
    """Return a function that makes so many iterations with scikit-learn's settings.

    `order` is the memory order in which the objective prefers weights and returns its gradient.
    """
    shape = task.W.shape
    options = {"maxiter": iterations, "maxls": 50, "gtol": 0.0, "ftol": 0.0}

    def value_and_gradient(w: Array) -> tuple[float, Array]:
        loss, dW = objective(w.reshape(shape, order=order), task.X, task.y, task.reg)
        return loss, dW.reshape(-1, order=order)

    def work() -> Array:
        start = np.zeros(task.W.size)
        done = scipy.minimize(
            value_and_gradient, start, method="L-BFGS-B", jac=True, options=options
        )
        weights: Array = done.x.reshape(shape, order=order)
        return weights

    return work
