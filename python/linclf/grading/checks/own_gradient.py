"""The check ``own_gradient``: is the gradient the derivative of the loss that the student computes?

Central differences of the student's own loss decide, so that a wrong loss whose gradient is worked
out correctly earns these points. Each entry of W is moved by ``h = cbrt(eps) * max(1, |w|)``, over
the largest feature that it meets, which moves no score as far as the next kink of the loss that is
meant. A kink of a loss of their own shows in a difference that is not the same on both sides: such
an entry is left out, and so is one whose difference drowns in rounding: a loss that W does not
change has no gradient that could be right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course.student import Wrong, check_array, check_number
from linclf.gradcheck import check_gradient
from linclf.grading.checks.asking import ends
from linclf.grading.checks.exercise import mistakes_in
from linclf.grading.checks.objective import LossFunction, loss_of
from linclf.grading.checks.reference import draw
from linclf.messages import Sentence, read, say

if TYPE_CHECKING:
    from linclf.arrays import Data, Labels, Reg
    from linclf.grading.checks import StudentLike
    from linclf.grading.ledger import Ledger
    from linclf.grading.rubric import FunctionSpec, Item

_EPS = float(np.finfo(np.float64).eps)
_SINGLE = float(np.finfo(np.float32).eps)
_SLACK = {_EPS: 1e-6, _SINGLE: 2e-2}  # of the largest entry: truncation, and more
_ROUNDING = 64.0  # units of the loss
_DROWNED = 0.5  # of the largest entry: rounding that hides any slope
_KINK = 1e-2  # of the largest entry: a bend that differences cannot be asked about
_ENOUGH = 0.5  # of the entries must be left


def check_own_gradient(
    item: Item,
    student: StudentLike,
    seed: int,
    ledger: Ledger,
    spec: FunctionSpec | None = None,
) -> None:
    """Check that a function's gradient is the derivative of its own loss."""
    function = LossFunction(item, student, spec)
    if sorted(function.parts) != ["gradient", "loss"]:
        raise ValueError(
            f"item {item.id!r}: own_gradient needs a function that returns a loss and a gradient; "
            f"functions.{item.function}.returns has {len(function.parts)} part"
        )
    explained, kinds = False, []
    for place, case in draw(loss_of(item), seed, item.kinds, ledger):
        W, X = (np.asarray(array, np.float64) for array in (case.W, case.X))
        X = case.X if case.X.dtype.kind in "iu" else X
        kinds.append(case.name)
        try:
            told = follows_own_loss(
                function.both, W, X, case.y, case.reg, explain=not explained, seed=seed
            )
        except Wrong as wrong:
            if ends(wrong):
                raise
            ledger.wrong(wrong, place)
            continue
        ledger.case(not told, place, "wrong_gradient", *told)
        if told and not explained:
            ids, certain = mistakes_in(told)
            ledger.recognise(ids, certain=certain)
            explained = True
    ledger.tell_kinds(kinds)


def follows_own_loss(
    function: Callable[..., Any],
    W: Data,
    X: Data,
    y: Labels,
    reg: Reg,
    *,
    explain: bool = True,
    seed: int = 0,
) -> tuple[Sentence, ...]:
    """Return nothing if a gradient is the derivative of its own loss, else why it is not.

    Parameters
    ----------
    function : callable
        ``function(W, X, y, reg)`` returns ``(loss, dW)``.
    W, X, y, reg
        Where.
    explain : bool
        Whether to ask it more to find out why; if not, one sentence says where it differs.
    seed : int
        Of what is drawn to find out.

    Returns
    -------
    tuple of Sentence

    Raises
    ------
    Wrong
        If it returns no number and array of the shape of W, or not finite ones.
    """
    W = np.array(W, np.float64)
    value, gradient = function(W.copy(), X, y, reg)
    value = float(check_number(value, 0.0, "the loss"))
    gradient = np.asarray(check_array(gradient, W, "dW"), np.float64)

    def loss(moved: Any) -> float:
        found = check_number(function(moved, X, y, reg)[0], 0.0, "the loss")
        return float(found)

    right, entry = _agrees(loss, W, X, value, gradient, _EPS)
    if not right and _is_single(value, gradient):
        right, entry = _agrees(loss, W, X, value, gradient, _SINGLE)
    if right:
        return ()
    if entry is None:
        return (say("grading.own_flat"),)
    if explain:
        told = _explained(function, W, X, y, reg, seed)
        if told:
            return told
    where, found, numerical = entry
    values = {"found": found, "right": numerical}
    return (say("diagnosis.own_differs", where=", ".join(map(str, where)), **values),)


_Entry = tuple[tuple[int, ...], float, float]


def _agrees(
    loss: Callable[[Any], float], W: Any, X: Any, value: float, gradient: Any, eps: float
) -> tuple[bool, _Entry | None]:
    """Return whether differences agree, and the entry that is farthest off; None without any."""
    tall = np.maximum(1.0, np.abs(np.asarray(X, np.float64)).max(axis=0, initial=0.0))
    size = float(np.abs(gradient).max(initial=0.0))
    left, off = 0, -1.0
    worst: _Entry | None = None
    for at in np.ndindex(*W.shape):
        h = float(np.cbrt(eps)) * max(1.0, abs(W[at])) / float(tall[at[0]])
        ends_of = []
        for sign in (1.0, -1.0):
            moved = W.copy()
            moved[at] += sign * h
            ends_of.append((loss(moved), moved[at]))
        (above, there), (below, here) = ends_of
        slope = (above - below) / (there - here)
        rounding = _ROUNDING * eps * max(abs(value), abs(above), 1.0) / h
        scale = max(size, abs(slope))
        bend = abs((above - value) / (there - W[at]) - (value - below) / (W[at] - here))
        if rounding > _DROWNED * scale or bend > _KINK * scale + 2.0 * rounding:
            continue
        left += 1
        units = abs(slope - float(gradient[at])) / (_SLACK[eps] * scale + rounding)
        if not units <= off:
            off, worst = units, (at, float(gradient[at]), slope)
    # Bends all over the place are no kinks: that is a loss without a derivative.
    return off <= 1.0 and left >= _ENOUGH * W.size, worst


def _is_single(value: float, gradient: Any) -> bool:
    """Tell whether numbers have no more digits than float32 has."""
    with np.errstate(over="ignore"):
        # float: NumPy 2 would round a Python number to float32 before it compares the two.
        rounded = float(np.float32(value)) == value
        return rounded and bool((gradient.astype(np.float32) == gradient).all())


def _explained(
    function: Callable[..., Any], W: Data, X: Data, y: Labels, reg: Reg, seed: int
) -> tuple[Sentence, ...]:
    """Return what the full check of a gradient makes of it."""

    def quiet(*operands: Any) -> tuple[Any, Any]:
        value, gradient = function(*operands)
        return float(value), np.asarray(gradient, np.float64)

    try:
        found = check_gradient(quiet, W.copy(), X, y, reg, rng=seed % (1 << 32))
    except (TypeError, ValueError):  # it finds the problem too odd; where it differs is known
        return ()
    if found.consistent is not False:
        return ()
    verdict = [] if found.diagnosis is None else [found.diagnosis.verdict]
    texts = [*verdict, *found.findings]
    return tuple(read(text) or say("course.other", text=text) for text in texts)
