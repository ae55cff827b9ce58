"""What is right, computed twice: by the C core, and by these formulas in plain NumPy.

The two share no line of code. Where they disagree by more than rounding, the case is worth nothing:
it is left out, and the instructor is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.cases import Case, generate
from linclf.diagnosis import Answer
from linclf.messages import say
from linclf.penalties import as_penalty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linclf.grading.ledger import Ledger

__all__ = ["agrees", "draw", "formula"]


def formula(loss: str, W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
    """Return loss and gradient by their formulas.

    Parameters
    ----------
    loss : Loss or str
    W : (D, C) array
    X : (N, D) array
    y : (N,) integer array
    reg : float

    Examples
    --------
    >>> value, dW = formula("hinge", np.zeros((2, 3)), np.eye(2), np.array([0, 2]), 0.0)
    >>> value, dW[0]
    (2.0, array([-1. ,  0.5,  0.5]))
    """
    W, X = np.asarray(W, np.float64), np.asarray(X, np.float64)
    N, rows = len(X), np.arange(len(X))
    with np.errstate(all="ignore"):
        S = X @ W
        true = np.zeros(S.shape)
        true[rows, y] = 1.0
        values, slopes = _ROWS[str(loss)](S, true)
        return float(values.sum() / N + reg * (W * W).sum()), X.T @ slopes / N + 2.0 * reg * W


def agrees(loss: str, answer: Answer) -> bool:
    """Tell whether the core and the formulas say the same about a problem."""
    expected = answer.expected(loss)
    reg = as_penalty(answer.reg).l2
    value, gradient = formula(loss, answer.W, answer.X, answer.y, reg)
    return expected.value_fits(value) and expected.gradient_fits(gradient)


def draw(
    loss: str, seed: int, kinds: tuple[str, ...], ledger: Ledger
) -> Iterator[tuple[int, Case]]:
    """Yield the problems of an item with their places; those in doubt are left out.

    Parameters
    ----------
    loss : Loss or str
    seed : int
        Of the item, for this submission.
    kinds : tuple of str
        Names of `linclf.cases.KINDS`; what comes again is drawn anew.
    ledger : Ledger
        Where a problem that is left out is noted.
    """
    times: dict[str, int] = {}
    for place, kind in enumerate(kinds):
        again = times[kind] = times.get(kind, -1) + 1
        [case] = generate(loss, np.random.default_rng([seed, again]), names=[kind])
        if agrees(loss, Answer(case.W, case.X, case.y, case.reg, 0.0, case.W)):
            yield place, case
        else:
            ledger.discard(say("grading.discarded", case=ledger.name(place), kind=kind))


# --------------------------------------------------------------------------- the row losses
# Of scores S and the one-hot labels: the loss of each row, and its derivative by the scores.


def _hinge(S: Any, true: Any, power: int = 1) -> tuple[Any, Any]:
    excess = np.maximum(0.0, S - (S * true).sum(axis=1, keepdims=True) + 1.0) * (1.0 - true)
    slopes = np.sign(excess) if power == 1 else 2.0 * excess
    return (excess**power).sum(axis=1), slopes - true * slopes.sum(axis=1, keepdims=True)


def _squared_hinge(S: Any, true: Any) -> tuple[Any, Any]:
    return _hinge(S, true, 2)


def _crammer_singer(S: Any, true: Any) -> tuple[Any, Any]:
    rivals = np.where(true > 0, -np.inf, S)
    excess = np.maximum(0.0, rivals.max(axis=1) - (S * true).sum(axis=1) + 1.0)
    worst = np.eye(S.shape[1])[rivals.argmax(axis=1)]
    return excess, np.sign(excess)[:, None] * (worst - true)


def _one_vs_all(S: Any, true: Any) -> tuple[Any, Any]:
    side = 2.0 * true - 1.0
    excess = np.maximum(0.0, 1.0 - side * S)
    return excess.sum(axis=1), -side * np.sign(excess)


def _softmax(S: Any, true: Any) -> tuple[Any, Any]:
    shifted = S - S.max(axis=1, keepdims=True)
    total = np.exp(shifted).sum(axis=1, keepdims=True)
    values = np.log(total)[:, 0] - (shifted * true).sum(axis=1)
    return values, np.exp(shifted) / total - true


_ROWS = {
    "hinge": _hinge,
    "squared_hinge": _squared_hinge,
    "crammer_singer": _crammer_singer,
    "one_vs_all": _one_vs_all,
    "softmax": _softmax,
}
