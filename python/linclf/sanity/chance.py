"""The loss before anything is learned: every class as likely as any other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.checks import count, number
from linclf.losses import loss_value, scores
from linclf.penalties import as_penalty

if TYPE_CHECKING:
    from linclf.arrays import Data, Labels, Reg

_SMALL_SPREAD = 0.05  # of the scores of a sample; the loss is at chance to about a per cent
_SAME = 1e-6  # relative; a function of one's own agrees with the loss but for rounding


def chance_loss(loss: str, n_classes: int, *, delta: float = 1.0) -> float:
    """Return the loss when all scores are equal, as they are with small random weights.

    ==================  ==========================
    ``hinge``           ``(C - 1) * delta``
    ``squared_hinge``   ``(C - 1) * delta**2``
    ``crammer_singer``  ``delta``
    ``one_vs_all``      ``C * delta`` (scores of 0)
    ``softmax``         ``log(C)``
    ==================  ==========================

    Parameters
    ----------
    loss : Loss or str
        Which loss.
    n_classes : int
        C, two or more.
    delta : float
        Margin of the hinge losses.

    Returns
    -------
    float

    Examples
    --------
    >>> linclf.sanity.chance_loss("hinge", 10), round(linclf.sanity.chance_loss("softmax", 10), 6)
    (9.0, 2.302585)
    """
    W = np.zeros((1, count("n_classes", n_classes, least=2)))
    return loss_value(loss, W, np.zeros((1, 1)), np.zeros(1, np.int64), delta=delta)


def first_loss(
    loss: str,
    n_features: int,
    n_classes: int,
    reg: Reg = 0.0,
    *,
    scale: float = 1e-3,
    delta: float = 1.0,
) -> float:
    """Return the loss to expect of the first step from ``W = scale * rng.standard_normal((D, C))``.

    That is the loss at chance plus the mean penalty of such weights:
    ``lam * D * C * scale**2`` for L2. Where features are large (raw pixels), the scores are not
    small any more and the data loss is above chance.

    Parameters
    ----------
    loss : Loss or str
        Which loss.
    n_features, n_classes : int
        D and C.
    reg : float or penalty
        The ``lam`` of ``lam * sum(W**2)``, or a penalty.
    scale : float
        Standard deviation of the weights.
    delta : float
        Margin of the hinge losses.

    Returns
    -------
    float

    Examples
    --------
    CIFAR-10 with its 3073 features at the ``reg=2.5e4`` of CS231n: 768.25 of it are the penalty.

    >>> round(linclf.sanity.first_loss("hinge", 3073, 10, 2.5e4), 2)
    777.25
    """
    weights = count("n_features", n_features, least=1) * count("n_classes", n_classes, least=2)
    size, penalty = number("scale", scale), as_penalty(reg)
    squares, magnitudes = weights * size**2, weights * size * math.sqrt(2.0 / math.pi)
    expected = penalty.l2 * squares + penalty.l1 * magnitudes
    return chance_loss(loss, n_classes, delta=delta) + expected


@dataclass(frozen=True)
class ChanceCheck:
    """What `check_chance` found; true if the loss is at chance.

    Attributes
    ----------
    value, expected : float
        The data loss, and the one at chance.
    spread : float
        Standard deviation of the scores within a sample, root mean square over the samples.
    ok : bool
    finding : str
        The sentence that is printed.
    """

    value: float
    expected: float
    spread: float
    ok: bool
    finding: str

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        return self.finding


def check_chance(
    loss: str | Callable[..., Any],
    W: Data,
    X: Data,
    y: Labels,
    *,
    like: str | None = None,
    b: Data | None = None,
    delta: float = 1.0,
    tolerance: float = 0.1,
) -> ChanceCheck:
    """Check that a start, or a loss function of your own, is at the loss of chance.

    Parameters
    ----------
    loss : str or callable
        Which loss; or your function ``f(W, X, y, reg)``, which returns the loss, or the loss and
        more. It is called with ``reg=0.0``.
    W : (D, C) array
        The weights to start with.
    X : (N, D) array
        Data.
    y : (N,) integer array
        Labels.
    like : str, optional
        Which loss your function is meant to be; needed for a function.
    b : (C,) array, optional
        Bias; a function does not get it.
    delta : float
        Margin of the hinge losses.
    tolerance : float
        Relative distance from chance that is let pass.

    Returns
    -------
    ChanceCheck

    Raises
    ------
    TypeError, ValueError
        As for `loss_and_grad`.

    Examples
    --------
    >>> X, y = np.eye(3), np.array([0, 1, 2])
    >>> linclf.sanity.check_chance("hinge", np.zeros((3, 10)), X, y)
    at chance: the loss is 9, and 9 is what 10 equal scores give
    >>> def svm_loss(W, X, y, reg):
    ...     S = X @ W
    ...     return np.maximum(0, S - S[np.arange(len(y)), y][:, None] + 1).sum() / len(y)
    >>> linclf.sanity.check_chance(svm_loss, np.zeros((3, 10)), X, y, like="hinge")
    not at chance: the loss is 10, but it should be 9: the true class is counted as well; leave \
out j = y
    """
    name = _name_of(loss, like, b)
    limit = number("tolerance", tolerance)
    right = loss_value(name, W, X, y, b=b, delta=delta)
    value = right if isinstance(loss, str) else _value_of(loss, W, X, y)
    expected = chance_loss(name, W.shape[1], delta=delta)
    spread = float(np.sqrt(scores(W, X, b=b).astype(np.float64).var(axis=1).mean()))
    if not abs(value - right) <= _SAME * max(abs(right), abs(value)):
        known = {"N": len(X), "C": W.shape[1], "delta": float(delta)}
        reason = _mistake(name, value, right, known)
        said = f"not at chance: the loss is {value:.4g}, but it should be {right:.4g}: {reason}"
        return ChanceCheck(value, expected, spread, False, said)
    near = bool(abs(value - expected) <= limit * expected)
    if near:
        said = f"{expected:.4g} is what {W.shape[1]} equal scores give"
        return ChanceCheck(
            value, expected, spread, True, f"at chance: the loss is {value:.4g}, and {said}"
        )
    said = f"not at chance: the loss is {value:.4g} instead of {expected:.4g}, since "
    said += _why_not(spread)
    return ChanceCheck(value, expected, spread, False, said)


def _name_of(loss: Any, like: str | None, b: Any) -> str:
    if isinstance(loss, str):
        return str(loss)
    if not callable(loss):
        raise TypeError(
            f"loss is a {type(loss).__name__}; pass a name or a function f(W, X, y, reg)"
        )
    if like is None:
        raise TypeError('like is missing: say what the function is meant to be, like="hinge"')
    if b is not None:
        raise TypeError("b is not passed on to a function; append a column of ones to X instead")
    return str(like)


def _value_of(loss: Callable[..., Any], W: Data, X: Data, y: Labels) -> float:
    answer = loss(W, X, y, 0.0)
    value = answer[0] if isinstance(answer, tuple | list) else answer
    if np.ndim(value) != 0:
        raise TypeError(
            f"the function returned a loss of shape {np.shape(value)}; it must be one number, "
            "the mean over the samples"
        )
    return float(value)


def _mistake(name: str, value: float, right: float, known: dict[str, Any]) -> str:
    """Say which common mistake turns the right loss into this one."""
    N, C, delta = known["N"], known["C"], known["delta"]
    if not math.isfinite(value):
        return "it is not finite; subtract the largest score of each row before exp"
    extra = {"hinge": delta, "squared_hinge": delta**2}.get(name)
    candidates = []
    if extra:
        candidates.append((right + extra, "the true class is counted as well; leave out j = y"))
    if name == "softmax":
        candidates.append((right / math.log(10.0), "it uses log10; take np.log"))
    candidates += [
        (right * N, f"it is the sum over the samples; divide by N = {N}"),
        (-right, "its sign is wrong"),
        (right / C, f"it is divided by the number of classes, C = {C}"),
        (right / (C - 1), f"it is divided by the number of wrong classes, C - 1 = {C - 1}"),
    ]
    for wrong, reason in candidates:
        if abs(value - wrong) <= _SAME * max(abs(wrong), abs(value)) and wrong != right:
            return reason
    return f"it is {value / right:.6g} times as large" if right else "there is no loss to have"


def _why_not(spread: float) -> str:
    if not math.isfinite(spread):
        return "W, b or X are not finite"
    if spread <= _SMALL_SPREAD:
        return "all scores of a sample are alike, but far from 0: start with a smaller W or b"
    times = float(f"{spread / _SMALL_SPREAD:.2g}")
    return (
        f"the scores of a sample differ by {spread:.2g} (standard deviation): start with weights "
        f"{times:,.4g} times smaller, or scale X"
    )
