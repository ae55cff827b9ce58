"""Time to solution: how long solvers take with their own stopping rules, and how near they come.

All minimise ``mean loss + reg * sum(W**2)`` over weights without a free bias; the data has a column
of ones. An objective is comparable only among solvers of the same loss. Weston and Watkins' hinge
has no other solver in the field.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import linclf
import numpy as np
from linclf.cli.surroundings import optional, thread_setter
from linclf.cli.timing import Contender, Pace, measure
from numpy.typing import NDArray

from benchmarks.cases import Plan, Solution
from benchmarks.data import floats

__all__ = ["solutions"]

Array = NDArray[Any]
REG = 1e-3
MOST_SAMPLES = 5_000  # liblinear takes minutes for more
LOSSES = ("softmax", "crammer_singer", "one_vs_all")
ONE_AT_A_TIME = "a step per sample and class, not per minibatch"


def solutions(plan: Plan) -> Iterator[Solution]:
    """Yield how each solver ended, for each size and loss."""
    thread_setter()(plan.threads[-1])
    for size in plan.chosen("digits", "mnist"):
        X, y = (part[:MOST_SAMPLES] for part in floats(size, "float64"))
        for loss in LOSSES:
            problem = f"{size.name} {len(X)}x{size.D}x{size.C} {loss}"
            ended: dict[str, Array] = {}
            contenders = []
            for name, (solve, _) in _solvers(loss, len(X)).items():
                run = partial(_keep, ended, name, solve, X, y)
                contenders.append(Contender("", name, plan.threads[-1], run))
            pace = Pace(1, 1) if plan.quick else Pace(3, 7, plan.seconds)
            timed = measure(contenders, np.zeros(1), 0.0, pace)
            reached = {name: linclf.loss_value(loss, W, X, y, REG) for name, W in ended.items()}
            lowest = min(reached.values())
            for one in timed:
                name = one.contender.name
                remark = _solvers(loss, len(X))[name][1]
                excess = reached[name] / lowest - 1
                yield Solution(problem, name, one.seconds, reached[name], excess, remark)


def _keep(
    ended: dict[str, Array], name: str, solve: Callable[[Array, Array], Array], X: Array, y: Array
) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a limit of iterations was met: the excess shows it
        ended[name] = np.ascontiguousarray(solve(X, y))
    return 0.0


Solvers = dict[str, tuple[Callable[[Array, Array], Array], str]]


def _solvers(loss: str, n_samples: int) -> Solvers:
    """Return functions that train weights on X and y, and what sets them apart, by name."""
    found: Solvers = {
        "linclf LinearClassifier": (
            lambda X, y: linclf.LinearClassifier(loss, reg=REG, fit_intercept=False).fit(X, y).W_,
            "",
        )
    }
    if loss == "softmax" and optional("scipy.optimize"):
        found["linclf with SciPy's L-BFGS"] = _lbfgs, ""
    sklearn, svm = optional("sklearn.linear_model"), optional("sklearn.svm")
    if sklearn and svm:
        C = 1 / (2 * REG * n_samples)
        models = {
            "softmax": {
                "LogisticRegression lbfgs": (
                    sklearn.LogisticRegression(C=C, fit_intercept=False, max_iter=1000),
                    "",
                ),
            },
            "crammer_singer": {
                "LinearSVC (liblinear)": (
                    svm.LinearSVC(multi_class="crammer_singer", C=C, fit_intercept=False),
                    "",
                ),
            },
            "one_vs_all": {
                "LinearSVC (liblinear)": (
                    svm.LinearSVC(loss="hinge", C=C, fit_intercept=False),
                    "a problem per class, one after the other",
                ),
                "SGDClassifier": (
                    sklearn.SGDClassifier(alpha=2 * REG, fit_intercept=False, random_state=0),
                    ONE_AT_A_TIME,
                ),
            },
        }
        for name, (model, remark) in models[loss].items():
            found[name] = partial(_coefficients, model), remark
    return found


def _coefficients(model: Any, X: Array, y: Array) -> Array:
    coef: Array = model.fit(X, y).coef_
    return coef.T


def _lbfgs(X: Array, y: Array) -> Array:
    """Minimise the softmax objective with scikit-learn's settings."""
    shape = X.shape[1], int(y.max()) + 1
    scipy = optional("scipy.optimize")

    def value_and_gradient(w: Array) -> tuple[float, Array]:
        loss, dW = linclf.loss_and_grad("softmax", w.reshape(shape), X, y, REG)
        return loss, dW.reshape(-1)

    options = {"maxiter": 1000, "maxls": 50, "gtol": 1e-4, "ftol": 64 * np.finfo(float).eps}
    done = scipy.minimize(
        value_and_gradient,
        np.zeros(shape).reshape(-1),
        method="L-BFGS-B",
        jac=True,
        options=options,
    )
    weights: Array = done.x.reshape(shape)
    return weights
