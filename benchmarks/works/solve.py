"""Time to solution: how long a whole fit takes that is as good on unseen samples as the minimum.

For each loss the objective ``mean loss + reg * sum(W**2)``, of weights without a free bias (the
data has a column of ones), is minimised nearly; the mean loss of those weights on samples held out,
one hundredth up, is what has to be reached. Each solver makes whole fits of 1, 2, 3, 4, 6, 8, ...
passes over the data, whatever it calls them; the first of these fits that gets there is timed, in
turn with those of the others. So nobody's stopping rule is tested, and nobody pays for looking at
the validation loss. Losses differ, and so a solver is compared with those of the same loss only;
the one of Weston and Watkins has no other solver in the field.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import linclf
import numpy as np
from linclf.cli.surroundings import optional, thread_setter
from linclf.cli.timing import Contender, Pace, measure
from numpy.typing import NDArray

from benchmarks.cases import Plan, Solution

__all__ = ["solutions"]

Array = NDArray[Any]
Fit = Callable[["Data", int], Array]

#: The pixels of shapes10 make rows a hundred times as long, in square, as those of the digits.
REG = {"digits": 1e-3, "mnist": 1e-3, "cifar": 0.1}
LOSSES = ("softmax", "hinge", "crammer_singer", "one_vs_all")
ABOVE = 1.01  # times the validation loss at the minimum: what is to be reached
MOST_PASSES = 1024
MOST_SECONDS = 2.0  # for a fit; no more passes are tried after a longer one
SAMPLES = {"mnist": (4000, 1000), "cifar": (2000, 500)}  # to train on, to validate


@dataclass(frozen=True, slots=True)
class Data:
    """Samples to train on and samples to validate, both with a column of ones."""

    name: str
    reg: float
    X: Array
    y: Array
    X_val: Array
    y_val: Array


@dataclass(frozen=True, slots=True)
class Solver:
    """A function of data and a number of passes that returns weights."""

    name: str
    fit: Fit
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """The first fit of a solver that was good enough, or else its last one."""

    solver: Solver
    passes: int
    seconds: float
    loss: float


def solutions(plan: Plan) -> Iterator[Solution]:
    """Yield how each solver ended, for each set of data and each loss."""
    thread_setter()(plan.threads[-1])
    for name in ("digits", "mnist", "cifar"):
        if name in plan.sizes:
            data = _data(plan, name)
            for loss in LOSSES:
                yield from _raced(plan, data, loss)


def _raced(plan: Plan, data: Data, loss: str) -> Iterator[Solution]:
    wanted = ABOVE * _validation_loss(loss, _at_minimum(loss, data), data)
    found = [_first(solver, data, loss, wanted, plan) for solver in _solvers(loss, plan)]
    there = [one for one in found if one.loss <= wanted]
    contenders = [
        Contender("", one.solver.name, plan.threads[-1], partial(_work, one, data)) for one in there
    ]
    pace = Pace(1, 1) if plan.quick else Pace(3, 3)
    timed = measure(contenders, np.zeros(1), 0.0, pace) if contenders else []
    seconds = {one.contender.name: one.seconds for one in timed}
    ours = [time for name, time in seconds.items() if name.startswith("linclf")]
    N, D = data.X.shape
    for one in found:
        name = one.solver.name
        time = seconds.get(name)
        yield Solution(
            problem=f"{data.name} {N}x{D}x{int(data.y.max()) + 1} {loss}, reg {data.reg:g}",
            solver=name,
            passes=one.passes,
            seconds=one.seconds if time is None else time,
            loss=one.loss,
            wanted=wanted,
            ratio=time / min(ours) if time is not None and ours else None,
            remark=one.solver.remark,
        )


def _data(plan: Plan, name: str) -> Data:
    """Return the digits, divided as by their authors; the same in MNIST's size; or shapes10."""
    train, held_out = (200, 100) if plan.quick else SAMPLES.get(name, (0, 0))
    if name != "cifar":
        X, y, X_val, y_val = linclf.datasets.digits(split="both")
        if name == "mnist":
            (X, y), (X_val, y_val) = _enlarged(X, y, train), _enlarged(X_val, y_val, held_out)
        parts = [np.column_stack([part / 16, np.ones(len(part))]) for part in (X, X_val)]
        label = "digits" if name == "digits" else "digits 28x28"
        return Data(label, REG[name], parts[0], y, parts[1], y_val)
    raw, y = linclf.datasets.shapes10(train + held_out, flatten=True, rng=0)
    X = np.ones((len(raw), raw.shape[1] + 1))
    X[:, :-1] = (raw - raw[:train].mean(axis=0)) / 64
    return Data("shapes10", REG[name], X[:train], y[:train], X[train:], y[train:])


def _enlarged(X: Array, y: Array, n: int) -> tuple[Array, Array]:
    """Return `n` of the 8x8 images, each three times as large somewhere in 28x28, with noise."""
    rng = np.random.default_rng(n)
    rows = rng.integers(len(X), size=n)
    images = rng.normal(scale=1.0, size=(n, 28, 28))
    for image, row, (top, left) in zip(images, rows, rng.integers(5, size=(n, 2)), strict=True):
        image[top : top + 24, left : left + 24] += np.kron(X[row].reshape(8, 8), np.ones((3, 3)))
    return images.reshape(n, -1), y[rows]


def _at_minimum(loss: str, data: Data) -> Array:
    """Return weights whose objective is within a hundredth of the lowest, which they prove."""
    return _linclf("bundle", loss, 5e-3, data, 2000)


def _validation_loss(loss: str, W: Array, data: Data) -> float:
    return linclf.loss_value(loss, W, data.X_val, data.y_val)


def _first(solver: Solver, data: Data, loss: str, wanted: float, plan: Plan) -> Reached:
    """Return the first fit that is good enough, of 1, 2, 3, 4, 6, 8, ... passes."""
    passes, most = 1, 64 if plan.quick else MOST_PASSES
    while True:
        start = perf_counter()
        W = _fitted(solver, data, passes)
        seconds = perf_counter() - start
        reached = Reached(solver, passes, seconds, _validation_loss(loss, W, data))
        if reached.loss <= wanted or seconds > MOST_SECONDS or passes >= most:
            return reached
        passes = passes * 3 // 2 if passes & (passes - 1) == 0 and passes > 1 else _power(passes)


def _power(passes: int) -> int:
    """Return the lowest power of two above `passes`."""
    return 1 << passes.bit_length()


def _fitted(solver: Solver, data: Data, passes: int) -> Array:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a limit was met: that is what is asked for
        return np.ascontiguousarray(solver.fit(data, passes))


def _work(reached: Reached, data: Data) -> float:
    _fitted(reached.solver, data, reached.passes)
    return 0.0


def _solvers(loss: str, plan: Plan) -> Iterator[Solver]:
    """Yield the solvers of a loss that are installed."""
    yield Solver("linclf sgd", partial(_linclf, "sgd", loss, 0.0))
    if loss == "softmax" and optional("scipy.optimize"):
        yield Solver("linclf lbfgs", partial(_linclf, "lbfgs", loss, 0.0))
    yield Solver("linclf bundle", partial(_linclf, "bundle", loss, 0.0))
    linear_model, svm = optional("sklearn.linear_model"), optional("sklearn.svm")
    if not linear_model or not svm:
        return

    def in_sklearn(name: str, remark: str, make: Callable[[Data, int], Any]) -> Solver:
        def fit(data: Data, passes: int) -> Array:
            coef: Array = make(data, passes).fit(data.X, data.y).coef_
            return coef.T

        return Solver(name, fit, remark)

    exact = {"fit_intercept": False, "tol": 1e-8}
    if loss == "softmax":
        yield in_sklearn(
            "LogisticRegression lbfgs",
            "",
            lambda data, most: linear_model.LogisticRegression(
                C=_inverse(data), max_iter=most, **exact
            ),
        )
    if loss == "crammer_singer":
        yield in_sklearn(
            "LinearSVC (liblinear)",
            "",
            lambda data, most: svm.LinearSVC(
                multi_class="crammer_singer",
                C=_inverse(data),
                max_iter=most,
                random_state=0,
                **exact,
            ),
        )
    if loss == "one_vs_all":
        yield in_sklearn(
            "LinearSVC (liblinear)",
            "a problem per class, one after the other, each to its own limit",
            lambda data, most: svm.LinearSVC(
                loss="hinge", C=_inverse(data), max_iter=most, random_state=0, **exact
            ),
        )
        yield in_sklearn(
            "SGDClassifier",
            "a step per sample and class, not per minibatch",
            lambda data, most: linear_model.SGDClassifier(
                alpha=2 * data.reg, fit_intercept=False, tol=None, max_iter=most, random_state=0
            ),
        )


def _inverse(data: Data) -> float:
    """Return what scikit-learn calls C."""
    return 1 / (2 * data.reg * len(data.X))


def _linclf(solver: str, loss: str, tol: float, data: Data, passes: int) -> Array:
    clf = linclf.LinearClassifier(
        loss,
        solver=solver,
        reg=data.reg,
        epochs=passes,
        tol=tol,
        fit_intercept=False,
        progress=False,
    )
    weights: Array = clf.fit(data.X, data.y).W_
    return weights
