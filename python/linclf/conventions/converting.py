"""Strengths from here to there and back.

In between stands ``alpha``, the factor of ``sum(W**2) / 2 `` in the mean objective, and beside it
``l1``, that of ``sum(abs(W))``.
"""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from linclf.checks import count, number
from linclf.conventions.entries import CONVENTIONS, LETTERS, Convention
from linclf.penalties import L1, L2, ElasticNet, as_penalty

if TYPE_CHECKING:
    from linclf.arrays import Reg

_SGD_RATIO = 0.15  # scikit-learn's default of l1_ratio where penalty="elasticnet"


def to(
    name: str,
    reg: Reg,
    *,
    n_samples: int | None = None,
    n_classes: int | None = None,
    batch_size: int | None = None,
) -> dict[str, Any]:
    """Return the parameters that mean the same strength elsewhere.

    Parameters
    ----------
    name : str
        A name of `CONVENTIONS`, such as ``"sklearn.LogisticRegression"`` or ``"half"``; `table`
        lists them.
    reg : float or penalty
        The ``lam`` of ``lam * sum(W**2)``, or `L2`, `L1`, `ElasticNet`.
    n_samples : int, optional
        N; needed where the other side sums over the samples.
    n_classes : int, optional
        Needed for ``MultiMarginLoss``, and where there are two classes.
    batch_size : int, optional
        Rows of a minibatch; for mlxtend.

    Returns
    -------
    dict
        Keyword arguments of the other side.

    Raises
    ------
    ValueError
        If the name is unknown, a size that is needed is missing, or the other side has no such
        penalty.

    Examples
    --------
    >>> linclf.conventions.to("sklearn.LogisticRegression", 1e-3, n_samples=1000)
    {'C': 0.5}
    >>> linclf.conventions.to("torch.MultiMarginLoss", 0.5, n_classes=10)
    {'weight_decay': 0.1}
    >>> linclf.conventions.to("half", 2.5e4)
    {'reg': 50000.0}
    """
    entry = named(name)
    scale, pair = _scale(entry, n_samples, n_classes, batch_size)
    penalty = as_penalty(reg)
    alpha, l1 = 2.0 * penalty.l2 / pair, penalty.l1
    if l1 and not entry.l1:
        raise ValueError(
            f"{name} has no L1 penalty, but reg has l1={l1:g}; pass L2(lam), "
            "or add l1 * sum(abs(W)) to the loss there"
        )
    parameters: dict[str, Any] = {}
    if entry.l1 == "ratio":
        alpha += l1
    strength = alpha * scale
    if entry.inverse:
        strength = 1.0 / strength if strength else math.inf
    parameters[entry.knob] = strength
    if l1 and entry.l1 == "ratio":
        parameters |= {"l1_ratio": l1 / alpha, **dict(entry.with_l1)}
    elif entry.l1 == "own":
        parameters["l1"] = l1
    return parameters


def reg_from(
    name: str,
    *,
    n_samples: int | None = None,
    n_classes: int | None = None,
    batch_size: int | None = None,
    **parameters: Any,
) -> L2 | L1 | ElasticNet:
    """Return the penalty, for ``reg=``, that the parameters of somebody else mean.

    Parameters
    ----------
    name, n_samples, n_classes, batch_size
        As for `to`.
    **parameters
        The strength under its name there, such as ``C=0.05``, ``alpha=1e-4``,
        ``weight_decay=5e-4``, and its L1 part (``l1_ratio``, ``l1``) if there is one.

    Returns
    -------
    L2, L1 or ElasticNet

    Raises
    ------
    TypeError
        If a parameter is missing or unknown.
    ValueError
        As for `to`, and for parameters out of range.

    Examples
    --------
    >>> linclf.conventions.reg_from("sklearn.LogisticRegression", C=0.05, n_samples=1000)
    L2(lam=0.01)
    >>> linclf.conventions.reg_from("sklearn.SGDClassifier", alpha=1e-4)
    L2(lam=5e-05)
    >>> linclf.conventions.reg_from("sklearn.SGDClassifier", alpha=0.5, l1_ratio=0.5)
    ElasticNet(lam=0.25, beta=0.5)
    """
    entry = named(name)
    _check_names(entry, parameters)
    scale, pair = _scale(entry, n_samples, n_classes, batch_size)
    strength = _strength(entry, parameters[entry.knob])
    alpha = (1.0 / strength if strength else math.inf) if entry.inverse else strength
    alpha = alpha / scale
    if math.isinf(alpha):
        raise ValueError(f"{entry.knob} is {strength:g}, which means an infinite penalty")
    ratio = _ratio(parameters) if entry.l1 == "ratio" else 0.0
    l1 = alpha * ratio
    if entry.l1 == "own":
        l1 = number("l1", parameters.get("l1", 0.0))
    l2 = alpha * (1.0 - ratio) * pair / 2.0
    if not l1:
        return L2(l2)
    return ElasticNet(l1, l2 / l1) if l2 else L1(l1)


def named(name: str) -> Convention:
    """Return the entry of this name, or say which one may have been meant."""
    names = [entry.name for entry in CONVENTIONS]
    if name in names:
        return CONVENTIONS[names.index(name)]
    known = {candidate.lower(): candidate for candidate in names}
    close = get_close_matches(str(name).lower(), known, n=1, cutoff=0.4)
    hint = f"did you mean {known[close[0]]!r}? The others are " if close else "it must be one of "
    listed = ", ".join(repr(other) for other in names if not close or other != known[close[0]])
    raise ValueError(f"name is {name!r}; {hint}{listed}")


def _scale(
    entry: Convention, n_samples: int | None, n_classes: int | None, batch_size: int | None
) -> tuple[float, int]:
    """Return what the strength ``alpha`` is multiplied by, and 2 where a vector stands for two."""
    given = {"n_samples": n_samples, "n_classes": n_classes, "batch_size": batch_size}
    sizes = {
        size: count(size, value, least=2 if size == "n_classes" else 1)
        for size, value in given.items()
        if value is not None
    }
    for size in entry.sizes:
        if size not in sizes:
            raise ValueError(
                f"{entry.name} needs {size}: {entry.formula}, where {LETTERS[size]} is {size}"
            )
    if entry.two_classes and sizes.setdefault("n_classes", 2) != 2:
        raise ValueError(
            f"{entry.name} has the same objective with two classes only, but n_classes is "
            f"{n_classes}: {entry.note}"
        )
    scale = 1.0 if entry.half else 0.5
    for size in entry.times:
        scale *= sizes[size]
    for size in entry.over:
        scale /= sizes[size]
    return scale, 2 if entry.one_vector and sizes.get("n_classes") == 2 else 1


def _strength(entry: Convention, value: Any) -> float:
    """Return the checked parameter; an inverse one may be infinite, which is no penalty."""
    if entry.inverse and isinstance(value, float) and value == math.inf:
        return value
    return number(entry.knob, value)


def _check_names(entry: Convention, parameters: dict[str, Any]) -> None:
    known = [entry.knob, *{"ratio": ["l1_ratio"], "own": ["l1"], "": []}[entry.l1]]
    known += [name for name, _ in entry.with_l1]
    for name in parameters:
        if name not in known:
            raise TypeError(
                f"{entry.name} has no parameter {name!r} that sets its penalty; "
                f"it has {', '.join(known)}"
            )
    if entry.knob not in parameters:
        raise TypeError(f"{entry.knob} is missing; pass {entry.knob}= as it is set there")


def _ratio(parameters: dict[str, Any]) -> float:
    """Return the share of the L1 part, from `penalty` and `l1_ratio` as scikit-learn reads them."""
    penalty, ratio = parameters.get("penalty"), parameters.get("l1_ratio")
    if penalty in ("l1", "l2"):
        return 1.0 if penalty == "l1" else 0.0
    if penalty not in (None, "elasticnet"):
        raise ValueError(f"penalty is {penalty!r}; it must be 'l2', 'l1' or 'elasticnet'")
    if ratio is None:
        return _SGD_RATIO if penalty else 0.0
    value = number("l1_ratio", ratio)
    if value > 1.0:
        raise ValueError(f"l1_ratio is {value:g}; it must be between 0 and 1")
    return value
