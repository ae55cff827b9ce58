"""Keras, mlxtend and the half, evaluated with NumPy by their formulas."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from linclf.conventions.comparing import ROUNDING, Row, Setting, row_size, same_arrays
from linclf.conventions.converting import to
from linclf.losses import loss_value, scores, softmax
from linclf.optimize import gradient_descent
from linclf.penalties import L2


def keras_rows(s: Setting) -> Iterator[Row]:
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


def half_rows(s: Setting) -> Iterator[Row]:
    """The penalty with the half, as some courses have it: value and gradient."""
    W, _ = s.weights()
    reg = to("half", s.lam)["reg"]
    ours = L2(s.lam)
    theirs = float(0.5 * reg * (W**2).sum())
    yield Row("half: penalty", ours.value(W), theirs, ROUNDING, "by its formula, with NumPy")
    yield same_arrays(
        "half: gradient of the penalty", ours.gradient(W), reg * W, "by its formula, with NumPy"
    )


def mlxtend_rows(s: Setting) -> Iterator[Row]:
    """One update by mlxtend's rule, whose gradient is a sum over the batch."""
    W, b = s.weights()
    rate, N = 0.5 / row_size(s.X), len(s.X)
    strength = to("mlxtend.SoftmaxRegression", s.lam, batch_size=N)["l2"]
    eta = rate / N
    push = softmax(scores(W, s.X, b=b)) - np.eye(s.n_classes)[s.y]
    theirs = W - eta * (s.X.T @ push + strength * W)
    gradient_descent(W, s.X, s.y, b=b, reg=s.lam, learning_rate=rate, max_steps=1, progress=False)
    name = "mlxtend.SoftmaxRegression: W after one update of all rows"
    yield same_arrays(name, W, theirs, "by its formula, with NumPy")
