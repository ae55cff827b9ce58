"""Numbers that lectures and notes print wrong, recognised by what they were computed from.

`right` is what the C core finds; the tests hold every row against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from linclf.explanation.rounding import Rounding
from linclf.explanation.rows import Row

_DARMSTADT = "the lecture script of TU Darmstadt"
_SLOVAK = "the Slovak lecture script of 2021/22"
_MANNHEIM = "the lecture script of Hochschule Mannheim (2018)"
_NOTES = "the notes of CS231n on linear classification"

CAT, CAR, FROG = (3.2, 5.1, -1.7), (1.3, 4.9, 2.0), (2.2, 2.5, -3.1)


@dataclass(frozen=True, slots=True)
class Misprint:
    """A number that is printed wrong.

    Attributes
    ----------
    source : str
        Who prints it.
    quantity : str
        Of what: "score", "exponential", "probability", "loss" or "mean".
    printed : str
        What is printed.
    right : float
        What it should be.
    why : str
        How the printed number came about, as far as that can be told.
    scores : tuple of tuples of float
        The scores of the example, row by row.
    labels : tuple of int or None
        Their labels; None where they do not matter.
    loss : str or None
        The loss; None for any.
    j : int or None
        Class of the score, exponential or probability.
    """

    source: str
    quantity: str
    printed: str
    right: float
    why: str
    scores: tuple[tuple[float, ...], ...]
    labels: tuple[int, ...] | None = None
    loss: str | None = None
    j: int | None = None

    def sentence(self, rounding: Rounding) -> str:
        """Return what is said of it."""
        place = {"loss": "this loss", "mean": "this mean"}.get(
            self.quantity, f"the {self.quantity} of class {self.j}"
        )
        return (
            f"Known misprint: for {place}, {self.printed} is printed in {self.source}; right is "
            f"{rounding.text(self.right)}, {self.why}."
        )


MISPRINTS = (
    Misprint(
        source=_DARMSTADT,
        quantity="loss",
        printed="10.9",
        right=12.9,
        why="the + 1 having been left out of both margins",
        scores=(FROG,),
        labels=(2,),
        loss="hinge",
    ),
    Misprint(
        source=_DARMSTADT,
        quantity="mean",
        printed="4.6",
        right=79 / 15,
        why="the last sample losing 12.9, not 10.9",
        scores=(CAT, CAR, FROG),
        labels=(0, 1, 2),
        loss="hinge",
    ),
    Misprint(
        source=_SLOVAK,
        quantity="loss",
        printed="0.89 on one slide (2.04 on the next)",
        right=2.0403552,
        why="0.89 being the logarithm to base 10",
        scores=(CAT,),
        labels=(0,),
        loss="softmax",
    ),
    Misprint(
        source=_MANNHEIM,
        quantity="probability",
        printed="0.0172",
        right=0.02564348,
        why="with 0.0172 the probabilities would sum to 0.9916",
        scores=((2.5, 3.1, -0.1),),
        loss="softmax",
        j=2,
    ),
    *(
        Misprint(
            source=f"{_NOTES} and the lecture scripts that show their figure",
            quantity="score",
            printed="61.95",
            right=60.75,
            why="61.95 lacking the bias -1.2",
            scores=((-96.8, 437.9, score),),
            j=2,
        )
        for score in (60.75, 61.95)
    ),
    Misprint(
        source=f"a figure of {_NOTES}",
        quantity="probability",
        printed="0.016",
        right=0.01544932,
        why="0.016 having been rounded twice",
        scores=((-2.85, 0.86, 0.28),),
        loss="softmax",
        j=0,
    ),
    Misprint(
        source=_NOTES,
        quantity="exponential",
        printed="2.71",
        right=2.71828183,
        why="2.71 having been cut instead of rounded",
        scores=((1.0, -2.0, 0.0),),
        loss="softmax",
        j=0,
    ),
    Misprint(
        source=_NOTES,
        quantity="probability",
        printed="0.9 (with 0.09 and 0.01 for the others)",
        right=0.99999321,
        why="0.9 being meant as an illustration only",
        scores=((12.5, 0.6, -23.0),),
        loss="softmax",
        j=0,
    ),
)


def misprints_of(loss: str, rows: Sequence[Row]) -> list[Misprint]:
    """Return what is known to be printed wrong where these rows are the example."""
    return [known for known in MISPRINTS if _is_example(known, loss, rows)]


def _is_example(known: Misprint, loss: str, rows: Sequence[Row]) -> bool:
    if known.loss not in (None, loss) or len(known.scores) != len(rows):
        return False
    if known.labels is not None and known.labels != tuple(row.label for row in rows):
        return False
    if loss != "softmax" and any(row.delta != 1 for row in rows):
        return False
    return all(
        len(s) == len(row.scores) and np.allclose(s, row.scores, rtol=1e-6, atol=1e-6)
        for s, row in zip(known.scores, rows, strict=True)
    )
