"""The check ``sgd_step``: one step downhill, in place or by what is returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course.check_descent import step_mistake
from linclf.course.student import Wrong, check_array, same
from linclf.grading.checks.asking import Asked, ends
from linclf.messages import say

if TYPE_CHECKING:
    from linclf.grading.checks import StudentLike
    from linclf.grading.ledger import Ledger
    from linclf.grading.rubric import FunctionSpec, Item

_OPERANDS = ("W", "dW", "learning_rate")
_SIZES = ((7, 5), (4, 4), (1, 3), (5, 2))  # D, C
_RATES = (0.1, 3.0, 1e-3, 0.5, 20.0)


def check_sgd_step(
    item: Item,
    student: StudentLike,
    seed: int,
    ledger: Ledger,
    spec: FunctionSpec | None = None,
) -> None:
    """Check a function ``(W, dW, learning_rate)``.

    If the rubric says that it may change W, it does so; else it returns the new weights.
    """
    in_place = spec is None or "W" in spec.may_mutate
    function = Asked(item, student, _OPERANDS, spec, returns=not in_place)
    if in_place:
        function.changes = ("W",)
    first: tuple[Any, Any] | None = None
    for place in range(max(1, item.cases)):
        rng = np.random.default_rng([seed, place])
        size, rate = _SIZES[place % len(_SIZES)], _RATES[place % len(_RATES)]
        operands = rng.normal(size=size), rng.normal(size=size), rate
        try:
            found = _step(function, operands, in_place)
        except Wrong as wrong:
            if ends(wrong):
                raise
            ledger.wrong(wrong, place)
            continue
        first = first or (operands, found)
        told = step_mistake(*operands, found, "W")
        ledger.case(told is None, place, "wrong_value", *([] if told is None else [told]))
        if told is not None and told.key != "course.differs":
            ledger.recognise([told.key], certain=True)
    if first is not None and not same(_step(function, first[0], in_place), first[1]):
        ledger.fail(Wrong(say("course.not_deterministic")))


def _step(function: Asked, operands: tuple[Any, Any, float], in_place: bool) -> Any:
    """Return the weights after a step.

    Raises
    ------
    Wrong
        If none was taken where it should be.
    """
    W, dW, rate = operands
    result, after = function.ask(*operands)
    if not in_place:
        return check_array(result, W, "W")
    moved = after["W"]
    if np.array_equal(moved, W):
        right = isinstance(result, np.ndarray) and step_mistake(W, dW, rate, result, "W") is None
        raise Wrong(say("course.step_local" if right else "course.step_none"))
    return moved
