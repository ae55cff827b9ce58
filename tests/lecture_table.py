"""The worked examples of the lectures, as a table: given scores, and what comes out of them.

The values are right ones, to the digits that are given. What a source prints wrong is in
`linclf.explanation.MISPRINTS`.
"""

from __future__ import annotations

from dataclasses import dataclass

DARMSTADT = "lecture script of TU Darmstadt"
SLOVAK = "Slovak lecture script"
KOREAN = "Korean study notes"
MANNHEIM = "lecture script of Hochschule Mannheim"
NOTES = "notes of CS231n on linear classification"
CASE_STUDY = "notes of CS231n, the case study"

CAT_CAR_FROG = ((3.2, 5.1, -1.7), (1.3, 4.9, 2.0), (2.2, 2.5, -3.1))
TWO_CATS = ((1.0, 0.2, -0.5), (2.5, 3.1, -0.1))
TEN_CLASSES = (  # of three images, from airplane to truck
    (-3.45, -8.87, 0.09, 2.9, 4.48, 8.02, 3.78, 1.06, -0.36, -0.72),
    (-0.51, 6.04, 5.31, -4.22, -4.19, 3.58, 4.49, -4.37, -2.09, -2.93),
    (3.42, 4.64, 2.65, 5.1, 2.64, 5.55, -4.34, -1.5, -4.79, 6.14),
)


@dataclass(frozen=True)
class Example:
    """Scores with labels; the loss of every row and their mean, rounded to six decimals."""

    name: str
    source: str
    loss: str
    scores: tuple[tuple[float, ...], ...]
    labels: tuple[int, ...]
    losses: tuple[float, ...]
    mean: float
    delta: float = 1.0


def _twice(scores):
    return tuple(tuple(2 * s for s in row) for row in scores)


def _one(name, source, loss, scores, value, *, label=0, delta=1.0):
    return Example(name, source, loss, (scores,), (label,), (value,), value, delta)


def _images(name, loss, losses, mean, scores=CAT_CAR_FROG):
    return Example(f"cat, car and frog: {name}", SLOVAK, loss, scores, (0, 1, 2), losses, mean)


EXAMPLES = (
    _images("hinge", "hinge", (2.9, 0, 12.9), 5.266667),
    _images("squared hinge", "squared_hinge", (8.41, 0, 83.25), 30.553333),
    _images("Crammer-Singer", "crammer_singer", (2.9, 0, 6.6), 3.166667),
    _images("one-vs-all", "one_vs_all", (6.1, 5.3, 10.8), 7.4),
    _images("softmax", "softmax", (2.040355, 0.079132, 6.156477), 2.758655),
    _images("W doubled", "hinge", (4.8, 0, 23.8), 9.533333, _twice(CAT_CAR_FROG)),
    Example("two cats: hinge", MANNHEIM, "hinge", TWO_CATS, (0, 0), (0.2, 1.6), 0.9),
    _one("two cats: softmax of the second", MANNHEIM, "softmax", TWO_CATS[1], 1.063466),
    _one("four pixels: hinge", NOTES, "hinge", (-96.8, 437.9, 60.75), 694.25),
    _one("four pixels: with the misprint", NOTES, "hinge", (-96.8, 437.9, 61.95), 695.45),
    _one("four pixels: softmax", NOTES, "softmax", (-96.8, 437.9, 60.75), 534.7),
    _one("SVM beside softmax: hinge", NOTES, "hinge", (-2.85, 0.86, 0.28), 1.58, label=2),
    _one("SVM beside softmax: softmax", NOTES, "softmax", (-2.85, 0.86, 0.28), 1.040191, label=2),
    _one("margin of 10", NOTES, "hinge", (13, -7, 11), 8, delta=10.0),
    _one("margin of 10, with 1 instead", NOTES, "hinge", (13, -7, 11), 0),
    _one("margin of 10, squared", NOTES, "squared_hinge", (13, -7, 11), 64, delta=10.0),
    _one("small differences: hinge 1", DARMSTADT, "hinge", (10, -2, 3), 0),
    _one("small differences: hinge 2, on the kink", DARMSTADT, "hinge", (10, 9, 9), 0),
    _one("small differences: hinge 3", DARMSTADT, "hinge", (10, -100, -100), 0),
    _one("small differences: softmax 1", DARMSTADT, "softmax", (10, -2, 3), 0.000918),
    _one("small differences: softmax 2", DARMSTADT, "softmax", (10, 9, 9), 0.551445),
    _one("small differences: softmax 3", DARMSTADT, "softmax", (10, -100, -100), 0),
    _one("scores beyond exp", NOTES, "softmax", (123, 456, 789), 666),
    Example(
        *("ten classes: hinge", SLOVAK, "hinge", TEN_CLASSES, (3, 1, 6)),
        *((10.58, 0.27, 71.91), 27.586667),
    ),
    Example(
        *("ten classes: softmax", SLOVAK, "softmax", TEN_CLASSES, (3, 1, 6)),
        *((5.169843, 0.577481, 11.294485), 5.680603),
    ),
    *(
        _one(f"all scores near 0, {C} classes: {loss}", DARMSTADT, loss, (0.0,) * C, value)
        for C, loss, value in (
            (3, "hinge", 2), (10, "hinge", 9), (3, "softmax", 1.098612), (10, "softmax", 2.302585),
        )
    ),
)  # fmt: skip

# Scores and their probabilities, rounded to six decimals.
PROBABILITIES = (
    (SLOVAK, CAT_CAR_FROG[0], (0.129983, 0.869050, 0.000968)),
    (MANNHEIM, TWO_CATS[1], (0.345257, 0.629099, 0.025643)),
    (NOTES, (-2.85, 0.86, 0.28), (0.015449, 0.631163, 0.353387)),
    (NOTES, (1, -2, 0), (0.705385, 0.035119, 0.259496)),
    (NOTES, (0.5, -1, 0), (0.546549, 0.121952, 0.331499)),
    (NOTES, (12.5, 0.6, -23), (0.999993, 0.000007, 0)),
    (NOTES, (123, 456, 789), (0, 0, 1)),
)

# Scores and their exponentials, rounded to six decimals.
EXPONENTIALS = (
    (SLOVAK, CAT_CAR_FROG[0], (24.532530, 164.021907, 0.182684)),
    (MANNHEIM, TWO_CATS[1], (12.182494, 22.197951, 0.904837)),
)
