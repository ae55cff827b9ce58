"""The check ``predict``: the class of the highest score, for samples where it is clearly ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course.student import Wrong, check_array, same
from linclf.grading.checks.asking import Asked, ends
from linclf.losses import predict
from linclf.messages import Sentence, say

if TYPE_CHECKING:
    from linclf.grading.checks import StudentLike
    from linclf.grading.ledger import Ledger
    from linclf.grading.rubric import FunctionSpec, Item

_SIZES = ((11, 7, 5), (6, 4, 6), (1, 7, 5), (13, 5, 2), (23, 3, 10))  # N, D, C
_AHEAD = 1e-3  # of the best score before the second


def check_predict(
    item: Item,
    student: StudentLike,
    seed: int,
    ledger: Ledger,
    spec: FunctionSpec | None = None,
) -> None:
    """Check a function ``(W, X)`` that returns the class of each sample."""
    function = Asked(item, student, ("W", "X"), spec)
    first: tuple[Any, Any, Any] | None = None
    for place in range(max(1, item.cases)):
        W, X, y = _problem(np.random.default_rng([seed, place]), _SIZES[place % len(_SIZES)])
        if not np.array_equal(predict(W, X), y):
            ledger.discard(say("grading.discarded", case=ledger.name(place), kind="predict"))
            continue
        try:
            found = check_array(function.ask(W, X)[0], y, "the classes")
        except Wrong as wrong:
            if ends(wrong):
                raise
            ledger.wrong(wrong, place)
            continue
        if first is None:
            first = W, X, found
        right = bool(np.array_equal(found, y))
        ledger.case(right, place, "wrong_value", *([] if right else [_told(W, X, found, y)]))
    if first is not None and not same(function.ask(*first[:2])[0], first[2]):
        ledger.fail(Wrong(say("course.not_deterministic")))


def _problem(rng: np.random.Generator, sizes: tuple[int, int, int]) -> tuple[Any, Any, Any]:
    """Return W, X and the classes; no two scores of a sample are nearly the highest."""
    N, D, C = sizes
    while True:
        W, X = rng.normal(size=(D, C)), rng.normal(size=(N, D))
        S = np.sort(X @ W, axis=1)
        if (S[:, -1] - S[:, -2]).min() > _AHEAD:
            return W, X, (X @ W).argmax(axis=1)


def _told(W: Any, X: Any, found: Any, right: Any) -> Sentence:
    if np.array_equal(found, predict(-W, X)):
        return say("grading.predict_lowest")
    row = int(np.flatnonzero(found != right)[0])
    return say("grading.predict_differs", row=row, found=found[row], right=right[row])
