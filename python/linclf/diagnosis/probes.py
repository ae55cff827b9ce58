"""More problems to ask a function, made of the one it was checked on: same features and classes.

One problem rarely tells two mistakes apart. Other numbers of samples, other weights and a penalty
that matters do; and probabilities that are computed in an unstable way show on large scores only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.diagnosis.answers import Answer
from linclf.losses import loss_value
from linclf.penalties import L1, L2, ElasticNet, Penalty, as_penalty

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Labels, Reg

_SHARES = (0.5, 0.4)  # of the penalty in the loss
_SPREAD = 650.0  # exp does not overflow here, but exp(-2 * 650) underflows
_OVERFLOW = 1000.0


def ask(function: Callable[..., Any], W: Data, X: Data, y: Labels, reg: Reg) -> Answer | None:
    """Return what a function answers to copies of a problem; None if it raises or returns junk."""
    try:
        with np.errstate(all="ignore"):
            value, gradient = function(W.copy(), X.copy(), y.copy(), reg)
            answer = Answer(W, X, y, reg, float(value), np.array(gradient))
        return answer if answer.gradient.dtype.kind in "fiub" else None
    except Exception:  # somebody else's code may raise anything; then it has no answer
        return None


def ordinary(
    function: Callable[..., Any], loss: str, problem: Answer, rng: np.random.Generator
) -> list[Answer]:
    """Return answers to small problems with weights and a penalty that matter.

    Parameters
    ----------
    function : callable
        ``function(W, X, y, reg)`` returns ``(loss, dW)``.
    loss : Loss or str
        What it is meant to compute.
    problem : Answer
        Where features, samples and classes are taken from.
    rng : Generator

    Returns
    -------
    list of Answer
        Two if the function takes other numbers of samples, fewer if not.
    """
    C = problem.W.shape[1]
    answers: list[Answer] = []
    for N in (2 * C + 3, C + 2, C, C):  # N == C for what cannot do otherwise
        if len(answers) < 2:
            answer = ask(function, *_small(loss, problem, N, _SHARES[len(answers)], rng))
            answers += [] if answer is None else [answer]
    return answers


def _small(
    loss: str, problem: Answer, N: int, share: float, rng: np.random.Generator
) -> tuple[Data, Data, Labels, Reg]:
    rows = rng.choice(len(problem.X), N, replace=len(problem.X) < N)
    X = problem.X[rows]
    W = weights(X, problem.W, rng)
    y = problem.y[rows]
    if y.ndim == 1:  # sorted or one-sided labels tell little
        y = np.concatenate([y[: N // 2], rng.integers(problem.W.shape[1], size=N - N // 2)])
        y = y.astype(problem.y.dtype)
    value = loss_value(loss, *in_double(W, X), y)
    return W, X, y, strong(problem.reg, W, value, share)


def weights(X: Data, W: Data, rng: np.random.Generator) -> Data:
    """Return random weights of the shape and dtype of `W` that give scores of about 2."""
    length = float(np.sqrt((np.asarray(X, np.float64) ** 2).sum(axis=1).mean())) or 1.0
    return np.asarray(2.0 / length * rng.standard_normal(W.shape), W.dtype)


def strong(reg: Reg, W: Data, value: float, share: float) -> Penalty | float:
    """Return a penalty of the kind of `reg` that is this share of the whole objective at `W`."""
    penalty = as_penalty(reg)
    if not penalty.l2 and not penalty.l1:
        penalty = L2(1.0)
    size = penalty.value(W)
    target = share / (1 - share) * (value if value > 0 and np.isfinite(value) else 1.0)
    factor = float(f"{target / size:.3g}") if size > 0 else 1.0
    return times(reg, factor) if as_penalty(reg).value(W) else factor


def times(reg: Reg, factor: float) -> Any:
    """Return a penalty that is `factor` times `reg`, of the same type."""
    if isinstance(reg, L2 | L1 | ElasticNet):
        return replace(reg, lam=reg.lam * factor)
    penalty = as_penalty(reg)
    if penalty.l1:
        return ElasticNet(penalty.l1 * factor, penalty.l2 / penalty.l1)
    return penalty.l2 * factor


def in_double(W: Data, X: Data) -> tuple[Data, Data]:
    """Return both in one dtype that the core takes; integer data stays."""
    return np.asarray(W, np.float64), X if X.dtype.kind in "iu" else np.asarray(X, np.float64)


def stress(function: Callable[..., Any], problem: Answer, rng: np.random.Generator) -> list[Answer]:
    """Return answers to problems with large scores, each of which one slip alone fails.

    A score of 1000 in a single row: exp overflows if nothing is subtracted. Two rows of scores
    about 650 and -650: one underflows if one maximum is subtracted from both. A true class
    1000 below another: its probability is 0, and the logarithm of that infinite.
    """
    found = []
    for operands in stressful(problem, rng).values():
        answer = ask(function, *operands, 0.0)
        found += [] if answer is None else [answer]
    return found


def stressful(problem: Answer, rng: np.random.Generator) -> dict[str, tuple[Data, Data, Labels]]:
    """Return the problems of `stress` by name, as W, X and y.

    ``"overflow"``, ``"spread"`` (if two samples are no multiples of each other), ``"underflow"``;
    none if there is nothing to make them of.
    """
    X, C, dtype = np.asarray(problem.X, np.float64), problem.W.shape[1], problem.W.dtype
    used = np.flatnonzero((X**2).sum(axis=1) > 0)
    if not len(used) or C < 2 or problem.y.ndim != 1:
        return {}
    one, label = problem.X[used[:1]], np.zeros(1, problem.y.dtype)
    x = X[used[0]] / (X[used[0]] ** 2).sum()  # its score is 1
    steps = np.linspace(0, -1, C)
    made = {"overflow": (np.outer(x, _OVERFLOW + 3 * steps).astype(dtype), one, label)}
    pair = _two_sided(X[used], rng)
    if pair is not None:
        rows, direction = used[pair[0]], pair[1]
        W = np.repeat(direction[:, None], C, axis=1) + weights(X[rows], problem.W, rng) / 2
        made["spread"] = (W.astype(dtype), problem.X[rows], problem.y[rows])
    made["underflow"] = (np.outer(x, _OVERFLOW * steps[::-1]).astype(dtype), one, label)
    return made


def _two_sided(X: DoubleArray, rng: np.random.Generator) -> tuple[Any, DoubleArray] | None:
    """Return two rows and weights that give them the scores 650 and -650, or None."""
    goal = np.array([_SPREAD, -_SPREAD])
    for _ in range(20):
        rows = rng.integers(len(X), size=2)
        direction = np.linalg.lstsq(X[rows], goal, rcond=1e-8)[0]
        if np.allclose(X[rows] @ direction, goal):
            return rows, np.asarray(direction)
    return None


def follows_loss(
    function: Callable[..., Any], problem: Answer, rng: np.random.Generator
) -> bool | None:
    """Tell whether a gradient is the derivative of the function's own loss, in random directions.

    Returns
    -------
    bool or None
        None if differences tell nothing: the loss is not finite, or in float32.
    """
    W, X, y, reg = problem.W, problem.X, problem.y, problem.reg
    gradient = np.asarray(problem.gradient)
    if W.dtype != np.float64 or gradient.shape != W.shape or not np.isfinite(gradient).all():
        return None
    size = float(np.linalg.norm(gradient)) or 1.0
    agreed = []
    for _ in range(3):  # a kink may lie in one of the ways
        V = weights(X, W, rng)
        h = 1e-6
        ends = [ask(function, W + sign * h * V, X, y, reg) for sign in (1, -1)]
        if ends[0] is None or ends[1] is None:
            return None
        slope = (ends[0].value - ends[1].value) / (2 * h)
        if not np.isfinite(slope):
            return None
        away = abs(slope - float((gradient * V).sum()))
        rounding = 1e-15 * abs(problem.value) / h
        agreed.append(away <= 1e-6 * size * float(np.linalg.norm(V)) + 64 * rounding)
    return sum(agreed) >= 2
