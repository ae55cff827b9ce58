"""The check ``array``: a table of operands and results that the rubric writes down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course.student import Wrong, same
from linclf.grading.checks.asking import Asked, ends
from linclf.grading.rubric.schema import operand
from linclf.messages import say

if TYPE_CHECKING:
    from linclf.grading.checks import StudentLike
    from linclf.grading.ledger import Ledger
    from linclf.grading.rubric import FunctionSpec, Item


def check_table(
    item: Item,
    student: StudentLike,
    seed: int,
    ledger: Ledger,
    spec: FunctionSpec | None = None,
) -> None:
    """Check a function row by row of ``item.options["table"]``.

    Lists are handed over as arrays, see `linclf.grading.rubric.schema.operand`.
    """
    rows = item.options["table"]
    usual = tuple(f"operand {n + 1}" for n in range(len(rows[0]["args"])))
    names = spec.params if spec is not None and len(spec.params) == len(usual) else usual
    function = Asked(item, student, names, spec)
    asked: list[tuple[list[Any], Any]] = []
    for place, row in enumerate(rows):
        operands = [operand(value, row.get("dtype")) for value in row["args"]]
        try:
            result, _ = function.ask(*operands)
        except Wrong as wrong:
            if ends(wrong):
                raise
            ledger.wrong(wrong, place)
            continue
        expected = row["returns"]
        if isinstance(expected, str | bool):
            right = type(result) in (type(expected), np.bool_) and bool(result == expected)
            told = say("grading.differs", found=str(result)[:100], right=str(expected))
            ledger.case(right, place, "wrong_value", *([] if right else [told]))
        else:
            right = ledger.array("the result", result, operand(expected), id=place)
        if right:
            asked.append((operands, result))
    if asked:
        operands, before = asked[0]
        again, _ = function.ask(*operands)
        if not _alike(again, before):
            ledger.fail(Wrong(say("course.not_deterministic")))


def _alike(again: Any, before: Any) -> bool:
    """Tell whether an answer is the one before, which was right."""
    if isinstance(before, str | bool | np.bool_):
        return type(again) is type(before) and bool(again == before)
    try:
        return same(again, before)
    except (TypeError, ValueError, OverflowError):  # it is not even a number now
        return False
