"""Both sides trained or evaluated on the same data, and compared.

A trained row trains theirs at the parameters that `to` gives, and descends from their optimum by
the objective here: were the strength another one, there would be a lower place nearby. An evaluated
row compares values and gradients, or weights after some steps, which agree but for rounding. A
library that is not run is evaluated by its documented formula, and the row says so.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._extras import require
from linclf.checks import number
from linclf.conventions.converting import to
from linclf.display.tables import Table
from linclf.losses import loss_and_grad, loss_value, scores, softmax
from linclf.optimize import gradient_descent
from linclf.penalties import L2, ElasticNet
from linclf.sampling import as_generator

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, IndexArray, Reg, Rng

ROUNDING = 1e-10  # relative; what the order of float64 sums can make on small data
SOLVED = 1e-4  # relative; a solver has stopped so near to the optimum
STOCHASTIC = 2e-3  # scikit-learn's SGDClassifier ends about so near
_STEPS = 20


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes
    ----------
    name : str
        The convention, and what was done with it.
    ours, theirs : float or None
        None if nothing was compared.
    tolerance : float
        Relative to the larger of both.
    how : str
        "trained", "evaluated", "by its formula, with NumPy", or why nothing was compared.
    """

    name: str
    ours: float | None
    theirs: float | None
    tolerance: float
    how: str

    @property
    def difference(self) -> float | None:
        """Difference relative to the larger of both; None if nothing was compared."""
        if self.ours is None or self.theirs is None:
            return None
        size = max(abs(self.ours), abs(self.theirs))
        return abs(self.ours - self.theirs) / size if size else 0.0

    @property
    def agrees(self) -> bool | None:
        """Whether both sides agree; None if nothing was compared."""
        difference = self.difference
        return None if difference is None else bool(difference <= self.tolerance)


class Parity(Table):
    """The comparisons of `check`; true if something was compared and all of it agrees.

    Attributes
    ----------
    comparisons : tuple of Row
    """

    comparisons: tuple[Row, ...]

    def __init__(self, comparisons: list[Row], lead: str) -> None:
        rows = [[row.name, row.ours, row.theirs, row.difference, _verdict(row)]
                for row in comparisons]  # fmt: skip
        super().__init__(["comparison", "here", "there", "difference", "verdict"], rows, lead)
        object.__setattr__(self, "comparisons", tuple(comparisons))

    def __bool__(self) -> bool:
        verdicts = [row.agrees for row in self.comparisons if row.agrees is not None]
        return bool(verdicts) and all(verdicts)


def _verdict(row: Row) -> str:
    return row.how if row.agrees is None else f"{'equal' if row.agrees else 'DIFFERENT'}, {row.how}"


@dataclass(frozen=True)
class _Setting:
    """The data that both sides get."""

    X: Data
    y: IndexArray
    n_classes: int
    lam: float
    rng: Any

    @property
    def sizes(self) -> dict[str, int]:
        """N and C, as `to` takes them."""
        return {"n_samples": len(self.X), "n_classes": self.n_classes}

    def weights(self) -> tuple[DoubleArray, DoubleArray]:
        """Return weights and bias that are not zero."""
        D = self.X.shape[1]
        W = self.rng.standard_normal((D, self.n_classes)) / np.sqrt(D)
        return W, self.rng.standard_normal(self.n_classes)

    def two_classes(self) -> _Setting:
        """Return the rows of the first two classes alone."""
        rows = self.y < 2
        return _Setting(self.X[rows], self.y[rows], 2, self.lam, self.rng)


def check(
    library: str | None = None,
    *,
    lam: float = 0.1,
    rng: Rng = 0,
) -> Parity:
    """Compare the objective here with those of other libraries, at parameters made by `to`.

    Both sides get 120 random samples of 6 features in 4 classes.

    Parameters
    ----------
    library : {"sklearn", "torch", "keras", "mlxtend", "half"}, optional
        All by default. What is not installed is left out, and the table says so. Keras, mlxtend
        and the half are evaluated by their formulas with NumPy.
    lam : float
        Strength of the penalty ``lam * sum(W**2)``, above 0. Where it is so small that it hardly
        moves the optimum, a wrong strength would not be noticed.
    rng : int, Generator, SeedSequence, RandomState or None
        Draws data and weights.

    Returns
    -------
    Parity
        A table, true if something was compared and everything agrees.

    Raises
    ------
    ValueError
        If the library is unknown or `lam` out of range.

    Examples
    --------
    >>> parity = linclf.conventions.check("half")
    >>> bool(parity), parity.comparisons[0].how
    (True, 'by its formula, with NumPy')
    """
    if library is not None and library not in _CHECKS:
        listed = ", ".join(map(repr, _CHECKS))
        raise ValueError(f"library is {library!r}; it must be one of {listed}, or None for all")
    setting = _setting(lam, as_generator(rng))
    chosen = _CHECKS if library is None else {library: _CHECKS[library]}
    comparisons: list[Row] = []
    for name, rows in chosen.items():
        try:
            comparisons += rows(setting)
        except ImportError as error:
            if error.name not in ("sklearn", "torch"):
                raise
            comparisons.append(Row(name, None, None, 0.0, f"left out: {error}"))
    N, D = setting.X.shape
    lead = f"lam = {setting.lam:g} on {N:,} samples, {D} features, {setting.n_classes} classes"
    return Parity(comparisons, lead)


def _setting(lam: float, rng: Any) -> _Setting:
    strength = number("lam", lam)
    if not strength:
        raise ValueError("lam is 0; without a penalty there is no strength to compare")
    labels = np.arange(120) % 4
    data = rng.standard_normal((120, 6)) + np.eye(4, 6)[labels]
    return _Setting(data, labels, 4, strength, rng)


# ------------------------------------------------------------------------------- scikit-learn


def _sklearn(s: _Setting) -> Iterator[Row]:
    linear_model = require("sklearn.linear_model", "sklearn", "linclf.conventions.check")
    svm = require("sklearn.svm", "sklearn", "linclf.conventions.check")

    def fitted(estimator: Any, of: _Setting) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of one that stopped too early, the row tells
            return estimator.fit(of.X, of.y)

    def parameters(name: str, of: _Setting = s) -> dict[str, Any]:
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
    s: _Setting,
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
            learning_rate=rate / (1.0 + 2.0 * s.lam) / _row_size(s.X), progress=False,
        )  # fmt: skip
        lowest = min(lowest, float(history.loss.min()))
    return Row(f"{name}: objective at the optimum", lowest, theirs, tolerance, "trained")


def _row_size(X: Data) -> float:
    """Return the mean squared length of the rows, or 1 if they are shorter."""
    return max(1.0, float(np.einsum("ij,ij->", X, X)) / len(X))


# ------------------------------------------------------------------------------- PyTorch


def _torch(s: _Setting) -> Iterator[Row]:
    torch = require("torch", None, "linclf.conventions.check")
    X, y = torch.from_numpy(np.ascontiguousarray(s.X)), torch.from_numpy(s.y)
    pairs = (
        ("torch.CrossEntropyLoss", "softmax", torch.nn.CrossEntropyLoss(), 1),
        ("torch.MultiMarginLoss", "hinge", torch.nn.MultiMarginLoss(), s.n_classes),
    )
    for name, loss, criterion, divisor in pairs:
        W, b = s.weights()
        weights, bias = (torch.tensor(v, requires_grad=True) for v in (W, b))
        value = divisor * criterion(X @ weights + bias, y) + s.lam * (weights**2).sum()
        value.backward()
        objective, dW, _ = loss_and_grad(loss, W, s.X, s.y, s.lam, b=b)
        factor = " * n_classes" if divisor > 1 else ""
        yield Row(f"{name}{factor}: value", objective, value.item(), ROUNDING, "evaluated")
        yield _same(f"{name}{factor}: gradient", dW, weights.grad.numpy(), "evaluated")
        for penalised in (False, True):
            yield _torch_steps(torch, name, loss, criterion, divisor, s, penalised)


def _torch_steps(
    torch: Any, name: str, loss: str, criterion: Any, divisor: int, s: _Setting, penalised: bool
) -> Row:
    """Compare weights after some steps; a penalised bias is a row of W here."""
    W, b = s.weights()
    rate = 0.5 / _row_size(s.X)
    decay = to(name, s.lam, n_classes=s.n_classes)
    weights, bias = (torch.tensor(v, requires_grad=True) for v in (W, b))
    free: dict[str, Any] = {"params": [bias]} | ({} if penalised else {"weight_decay": 0.0})
    optimizer = torch.optim.SGD([{"params": [weights]}, free], lr=divisor * rate, **decay)
    X, y = torch.from_numpy(np.ascontiguousarray(s.X)), torch.from_numpy(s.y)
    for _ in range(_STEPS):
        optimizer.zero_grad()
        criterion(X @ weights + bias, y).backward()
        optimizer.step()
    options: dict[str, Any] = {"loss": loss, "reg": s.lam, "learning_rate": rate}
    options |= {"max_steps": _STEPS, "progress": False}
    if penalised:
        W = np.vstack([W, b])
        gradient_descent(W, np.hstack([s.X, np.ones((len(s.X), 1))]), s.y, **options)
        W = W[:-1]
    else:
        gradient_descent(W, s.X, s.y, b=b, **options)
    how = "bias decayed, a row of W here" if penalised else "bias not decayed, b here"
    what = f"{name}: W after {_STEPS} steps of torch.optim.SGD, {how}"
    return _same(what, W, weights.detach().numpy(), "trained")


# ------------------------------------------------------------------------------- formulas


def _keras(s: _Setting) -> Iterator[Row]:
    """Keras's formulas, from_logits=True; its L2 has no half and its losses are means."""
    W, b = s.weights()
    name = "keras.SparseCategoricalCrossentropy"
    strength = to(name, s.lam)["l2"]
    chosen = softmax(scores(W, s.X, b=b))[np.arange(len(s.y)), s.y]
    theirs = float(-np.log(chosen).mean() + strength * (W**2).sum())
    ours = loss_value("softmax", W, s.X, s.y, s.lam, b=b)
    yield Row(f"{name} + L2: value", ours, theirs, ROUNDING, "by its formula, with NumPy")
    name = "keras.CategoricalHinge"
    strength = to(name, s.lam)["l2"]
    S, true = scores(W, s.X, b=b), np.eye(s.n_classes)[s.y]
    others = ((1 - true) * S).max(axis=1)  # never below the 0 in the place of the true class
    hinge = np.maximum(others - (true * S).sum(axis=1) + 1, 0)
    same = np.where(true > 0, -np.inf, S).max(axis=1) >= 0
    if same.any():
        X, y = s.X[same], s.y[same]
        theirs = float(hinge[same].mean() + strength * (W**2).sum())
        ours = loss_value("crammer_singer", W, X, y, s.lam, b=b)
        what = f"{name} + L2: value on {len(y)} of {len(s.y)} samples, a wrong score being >= 0"
        yield Row(what, ours, theirs, ROUNDING, "by its formula, with NumPy")


def _half(s: _Setting) -> Iterator[Row]:
    """The penalty with the half, as some courses have it: value and gradient."""
    W, _ = s.weights()
    reg = to("half", s.lam)["reg"]
    ours = L2(s.lam)
    theirs = float(0.5 * reg * (W**2).sum())
    yield Row("half: penalty", ours.value(W), theirs, ROUNDING, "by its formula, with NumPy")
    yield _same(
        "half: gradient of the penalty", ours.gradient(W), reg * W, "by its formula, with NumPy"
    )


def _mlxtend(s: _Setting) -> Iterator[Row]:
    """One update by mlxtend's rule, whose gradient is a sum over the batch."""
    W, b = s.weights()
    rate, N = 0.5 / _row_size(s.X), len(s.X)
    strength = to("mlxtend.SoftmaxRegression", s.lam, batch_size=N)["l2"]
    eta = rate / N
    push = softmax(scores(W, s.X, b=b)) - np.eye(s.n_classes)[s.y]
    theirs = W - eta * (s.X.T @ push + strength * W)
    gradient_descent(W, s.X, s.y, b=b, reg=s.lam, learning_rate=rate, max_steps=1, progress=False)
    name = "mlxtend.SoftmaxRegression: W after one update of all rows"
    yield _same(name, W, theirs, "by its formula, with NumPy")


def _same(name: str, ours: Data, theirs: Data, how: str) -> Row:
    """Compare arrays: their norms are shown, their largest difference decides."""
    size = float(np.linalg.norm(ours))
    apart = float(np.linalg.norm(ours - theirs))
    return Row(name, size, size + apart, ROUNDING, how)


_CHECKS: dict[str, Callable[[_Setting], Iterator[Row]]] = {
    "sklearn": _sklearn,
    "torch": _torch,
    "keras": _keras,
    "mlxtend": _mlxtend,
    "half": _half,
}
