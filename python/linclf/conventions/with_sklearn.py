"""scikit-learn, trained at the parameters that `to` gives."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._extras import require
from linclf.conventions.comparing import SOLVED, STOCHASTIC, Row, Setting, row_size
from linclf.conventions.converting import to
from linclf.losses import loss_value
from linclf.optimize import gradient_descent
from linclf.penalties import ElasticNet

if TYPE_CHECKING:
    from linclf.arrays import DoubleArray, Reg


def sklearn_rows(s: Setting) -> Iterator[Row]:
    """Train its linear classifiers and descend from their optimum."""
    linear_model = require("sklearn.linear_model", "sklearn", "linclf.conventions.check")
    svm = require("sklearn.svm", "sklearn", "linclf.conventions.check")

    def fitted(estimator: Any, of: Setting) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of one that stopped too early, the row tells
            return estimator.fit(of.X, of.y)

    def parameters(name: str, of: Setting = s) -> dict[str, Any]:
        return to(f"sklearn.{name}", of.lam, **of.sizes)

    exact = {"tol": 1e-7, "max_iter": 20_000}
    two, net = s.two_classes(), ElasticNet(s.lam / 2, 1.0)
    for of in (s, two):
        name = "sklearn.LogisticRegression" + (", two classes" if of is two else "")
        logistic = linear_model.LogisticRegression(**parameters("LogisticRegression", of), **exact)
        yield _optimum(name, "softmax", fitted(logistic, of), of)
        mixed = to("sklearn.LogisticRegression", net, **of.sizes)
        if logistic.get_params().get("penalty") == "l2":  # before scikit-learn 1.8
            mixed["penalty"] = "elasticnet"
        logistic.set_params(**mixed, fit_intercept=False, random_state=0)
        yield _optimum(
            f"{name}, elastic net, no bias", "softmax", fitted(logistic, of), of, reg=net
        )
    together = svm.LinearSVC(
        multi_class="crammer_singer", fit_intercept=False,
        **parameters("LinearSVC.crammer_singer"), **exact,
    )  # fmt: skip
    name = "sklearn.LinearSVC.crammer_singer, no bias"
    yield _optimum(name, "crammer_singer", fitted(together, s), s)
    each = svm.LinearSVC(loss="hinge", fit_intercept=False, **parameters("LinearSVC"), **exact)
    yield _optimum("sklearn.LinearSVC, no bias", "one_vs_all", fitted(each, s), s)
    sgd = linear_model.SGDClassifier(
        max_iter=3000, tol=None, average=True, random_state=0, fit_intercept=False,
        **parameters("SGDClassifier"),
    )  # fmt: skip
    name = "sklearn.SGDClassifier, no bias"
    yield _optimum(name, "one_vs_all", fitted(sgd, s), s, tolerance=STOCHASTIC)
    machine = svm.SVC(kernel="linear", tol=1e-5, **parameters("SVC", two))
    yield _optimum("sklearn.SVC, two classes", "hinge", fitted(machine, two), two)


def _optimum(
    name: str,
    loss: str,
    fitted: Any,
    s: Setting,
    *,
    tolerance: float = SOLVED,
    reg: Reg | None = None,
) -> Row:
    """Compare the objective at their optimum with the lowest one found by descent from there."""
    coef: DoubleArray = np.asarray(fitted.coef_, dtype=np.float64)
    b: DoubleArray | None = np.asarray(fitted.intercept_, dtype=np.float64).ravel()
    if len(coef) == 1:  # one weight vector for two classes
        coef, b = np.vstack([-coef, coef]) / 2, np.array([-1.0, 1.0]) * b / 2
    W = np.ascontiguousarray(coef.T)
    reg = s.lam if reg is None else reg
    if not fitted.get_params().get("fit_intercept", True):
        b = None
    theirs = loss_value(loss, W, s.X, s.y, reg, b=b)
    lowest = theirs
    for rate in (1.0, 0.1, 0.01):
        lower, lower_b = W.copy(), None if b is None else b.copy()
        history = gradient_descent(
            lower, s.X, s.y, loss=loss, reg=reg, b=lower_b, schedule="cosine", max_steps=300,
            learning_rate=rate / (1.0 + 2.0 * s.lam) / row_size(s.X), progress=False,
        )  # fmt: skip
        lowest = min(lowest, float(history.loss.min()))
    return Row(f"{name}: objective at the optimum", lowest, theirs, tolerance, "trained")
