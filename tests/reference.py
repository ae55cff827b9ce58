"""The NumPy oracle: every loss as its formula, computed in the widest float there is.

One function a loss, registered by ``@oracle``. Each takes the scores ``S`` (N, C), the labels
``y`` (N,) and ``delta``, and returns the loss of every row (N,) and its derivative dL/dS (N, C).
Around them `objective` adds what all losses share: scores, centering, the mean, the penalty.

Nothing here is fast, and nothing is clever: this file is what the C core is measured against.
Beside every number it returns a *majorant*, the same sum with absolute values, because that is
what rounding errors are proportional to; `tolerance` is the one place that turns it into a bound.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDE = np.longdouble
KAPPA = 64  # honest NumPy variants of these losses differ by up to 6.3 eps times the majorant

Wide = NDArray[np.longdouble]
RowLoss = Callable[[Wide, NDArray[np.generic], float], tuple[Wide, Wide]]


@dataclass(frozen=True)
class Oracle:
    """A loss of one row of scores, and what is true of it."""

    rows: RowLoss
    shift_invariant: bool  # adding one number to all scores of a row changes nothing
    degree: int | None  # L(2 S, 2 delta) = 2 ** degree * L(S, delta), exactly; None: never
    curvature: float  # how much dL/ds_j can change per unit of any s_k - s_j
    takes_targets: bool = False  # y may be (N, C) target probabilities


ORACLES: dict[str, Oracle] = {}


def oracle(**facts: object) -> Callable[[RowLoss], RowLoss]:
    """Register a row loss under its own name, together with its facts."""

    def register(rows: RowLoss) -> RowLoss:
        ORACLES[rows.__name__] = Oracle(rows, **facts)
        return rows

    return register


# --------------------------------------------------------------------------- the losses


@oracle(shift_invariant=True, degree=1, curvature=0)
def hinge(S, y, delta):
    """``sum over j != y of max(0, s_j - s_y + delta)`` (Weston and Watkins)."""
    margin = _margins(S, y, delta)
    violated = ~(margin <= 0)  # true for NaN
    return np.where(violated, margin, 0).sum(axis=1), _push(violated.astype(S.dtype), y)


@oracle(shift_invariant=True, degree=2, curvature=2)
def squared_hinge(S, y, delta):
    """``sum over j != y of max(0, s_j - s_y + delta) ** 2``."""
    margin = _margins(S, y, delta)
    violation = np.where(margin <= 0, 0, margin)
    return (violation**2).sum(axis=1), _push(2 * violation, y)


@oracle(shift_invariant=True, degree=1, curvature=0)
def crammer_singer(S, y, delta):
    """``max(0, max over j != y of s_j - s_y + delta)``; ties go to the lowest class."""
    row = np.arange(len(S))
    rivals = S.copy()
    rivals[row, y] = -np.inf
    best = rivals.argmax(axis=1)
    margin = rivals[row, best] - S[row, y] + delta
    violated = ~(margin <= 0)
    dS = np.zeros_like(S)
    dS[row, best] = violated
    return np.where(violated, margin, 0), _push(dS, y)


@oracle(shift_invariant=False, degree=1, curvature=0)
def one_vs_all(S, y, delta):
    """``sum over j of max(0, delta - t_j s_j)`` with t = +1 for the true class, else -1."""
    t = -np.ones_like(S)
    t[np.arange(len(S)), y] = 1
    margin = delta - t * S
    violated = ~(margin <= 0)
    return np.where(violated, margin, 0).sum(axis=1), np.where(violated, -t, 0)


@oracle(shift_invariant=True, degree=None, curvature=1, takes_targets=True)
def softmax(S, y, delta):
    """``log sum_j exp(s_j) - s_y``; with targets t, ``sum_j t_j (log sum_k exp(s_k) - s_j)``."""
    top = S.max(axis=1, keepdims=True)
    exps = np.exp(S - top)
    total = exps.sum(axis=1, keepdims=True)
    values = top - S + np.log(total)  # of every class
    if y.ndim == 2:
        t = y.astype(S.dtype)
        mass = t.sum(axis=1, keepdims=True)
        return np.where(t == 0, 0, t * values).sum(axis=1), exps / total * mass - t
    row = np.arange(len(S))
    dS = exps / total
    dS[row, y] -= 1
    return values[row, y], dS


def _margins(S, y, delta):
    """``s_j - s_y + delta``, and 0, which violates nothing, for the true class."""
    row = np.arange(len(S))
    margin = S - S[row, y][:, None] + delta
    margin[row, y] = 0
    return margin


def _push(dS, y):
    """Give the true class minus the sum of what the others got."""
    row = np.arange(len(dS))
    dS[row, y] = 0
    dS[row, y] = -dS.sum(axis=1)
    return dS


# --------------------------------------------------------------------------- the objective


@dataclass(frozen=True)
class Answer:
    """The exact values of one call, each with its majorant."""

    scores: Wide
    loss: Wide
    data_loss: Wide
    penalty: Wide
    dW: Wide
    db: Wide
    scores_size: Wide
    loss_size: Wide
    dW_size: Wide
    db_size: Wide


def objective(loss, W, X, y, reg=0.0, *, b=None, delta=1.0, center=None) -> Answer:
    """Mean loss plus penalty and its derivatives, exactly enough to judge float64."""
    facts = ORACLES[loss]
    W, b, x, x_size = _widen(W, X, b, center)
    N = len(x)
    with np.errstate(all="ignore"):
        S, S_size = x @ W + b, x_size @ abs(W) + abs(b)
        values, dS = facts.rows(S, y, delta)
        dS_size = abs(dS) + facts.curvature * _pull(S_size, y)
        values_size = abs(values) + (dS_size * (S_size + abs(delta))).sum(axis=1)
        l2, l1 = strengths(reg)
        penalty = l2 * (W**2).sum() + l1 * abs(W).sum()
        data_loss = values.sum() / N
        return Answer(
            scores=S,
            loss=data_loss + penalty,
            data_loss=data_loss,
            penalty=penalty,
            dW=x.T @ dS / N + 2 * l2 * W + l1 * np.sign(W),
            db=dS.sum(axis=0) / N,
            scores_size=S_size,
            loss_size=values_size.sum() / N + penalty,
            dW_size=x_size.T @ dS_size / N + 2 * l2 * abs(W) + l1,
            db_size=dS_size.sum(axis=0) / N,
        )


def _widen(W, X, b, center):
    """The operands in the widest float; x = X - center, and the size of that difference."""
    x = X.astype(WIDE)
    mean = np.zeros(X.shape[1], WIDE) if center is None else center.astype(WIDE)
    bias = np.zeros(W.shape[1], WIDE) if b is None else b.astype(WIDE)
    return W.astype(WIDE), bias, x - mean, abs(x) + abs(mean)


def _pull(S_size, y):
    """How far rounding may move ``s_k - s_j``; the true class meets all the others."""
    pull = S_size + S_size.max(axis=1, keepdims=True)
    if y.ndim == 1:
        pull[np.arange(len(y)), y] *= S_size.shape[1]
    return pull


def strengths(reg) -> tuple[float, float]:
    """Return (l2, l1) of a float or of a penalty object."""
    return (reg.l2, reg.l1) if hasattr(reg, "l2") else (float(reg), 0.0)


# --------------------------------------------------------------------------- comparing


def tolerance(dtype, size):
    """The error that a right computation in `dtype` may have, given its majorant."""
    info = _finfo(dtype)
    return KAPPA * (info.eps * size + info.smallest_subnormal)


_finfo = functools.cache(np.finfo)  # looked up a hundred thousand times


def assert_close(value, exact, size, dtype, what=""):
    """Assert that `value` is finite, has the shape of `exact`, and is within `tolerance` of it."""
    value = np.asarray(value)
    assert value.shape == np.shape(exact), f"{what}: shape {value.shape}, not {np.shape(exact)}"
    assert np.isfinite(value).all(), f"{what} is not finite: {value}"
    error = abs(value.astype(WIDE) - exact)
    units = np.max(error / tolerance(dtype, np.asarray(size, WIDE)), initial=0)
    assert units <= 1, f"{what} is off by {float(units):.3g} tolerances, {float(error.max()):.3g}"
