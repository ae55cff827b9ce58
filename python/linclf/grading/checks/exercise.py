"""The check ``exercise``: what `linclf.course.check` says, on problems of this submission alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linclf.course.checking import check
from linclf.course.student import Wrong
from linclf.grading.checks.asking import ends
from linclf.messages import Sentence

if TYPE_CHECKING:
    from linclf.grading.checks import StudentLike
    from linclf.grading.ledger import Ledger
    from linclf.grading.rubric import FunctionSpec, Item

_FAMILY = "diagnosis."
# Sentences that say where and how far, and name no mistake.
_NOT_KNOWN = frozenset(
    {
        "course.differs",
        "course.differs_for",
        "course.other",
        "course.neighbour_differs",
        "loss_differs",
        "gradient_differs",
        "loss_not_finite",
        *(f"only_{what}" for what in ("entry", "row", "class", "sample", "not_finite")),
    }
)


def check_exercise(
    item: Item,
    student: StudentLike,
    seed: int,
    ledger: Ledger,
    spec: FunctionSpec | None = None,
) -> None:
    """Check the function of an exercise of the course, as many times as the item has cases."""
    name = str(item.options.get("exercise", item.function))
    function = student.function(item.function)
    for place in range(max(1, item.cases)):
        finding = check(name, function, np.random.default_rng([seed, place]))
        if finding:
            ledger.case(True, place)
            ledger.tell(*finding.notes)
            continue
        wrong = Wrong(*finding.mistakes)
        if ends(wrong):
            raise wrong
        ledger.wrong(wrong, place)
        ids, certain = mistakes_in(finding.mistakes)
        ledger.recognise(ids, certain=certain)


def mistakes_in(sentences: tuple[Sentence, ...]) -> tuple[list[str], bool]:
    """Return the ids of the mistakes that sentences name, and whether they leave no doubt.

    Examples
    --------
    >>> from linclf.messages import say
    >>> mistakes_in((say("course.hinge_no_delta", what="the loss"),))
    (['course.hinge_no_delta'], True)
    """
    ids: list[str] = []
    certain = bool(sentences)
    for sentence in sentences:
        while isinstance(inside := sentence.values.get("sentence"), Sentence):
            sentence, certain = inside, False  # "looks like ..."
        id = sentence.key.removeprefix(_FAMILY)
        if id.startswith("verdict_"):
            continue
        if id in _NOT_KNOWN or id.startswith(("grading.", "own_")):
            certain = False
        elif id not in ids:
            ids.append(id)
    return ids, certain and bool(ids)
