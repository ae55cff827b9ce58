"""Checks of the exercises of notebook 00: scores and accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course.student import Student
from linclf.course.trials import Examination, Trial
from linclf.losses import predict, scores

if TYPE_CHECKING:
    from linclf.messages import Sentence

_SIZES = ((11, 7, 5), (3, 4, 3), (4, 4, 4), (1, 6, 2))  # N, D, C


def check_scores(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``scores(W, X)``."""
    trials = []
    for N, D, C in _SIZES:
        W, X = rng.normal(size=(D, C)), rng.normal(size=(N, D))
        trials.append(Trial((W, X), (scores(W, X),), (_size(W, X),)))
    return _run(student, trials, [])


def check_scores_bias(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``scores_bias(W, X, b)``."""
    trials = []
    for N, D, C in _SIZES:
        W, X, b = rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.normal(size=C)
        trials.append(Trial((W, X, b), (scores(W, X, b=b),), (_size(W, X) + np.abs(b),)))
    # A wrong W and X would show before: what is left is the bias.
    suspicions = [
        ("course.bias_missing", lambda t: scores(t.operands[0], t.operands[1])),
        ("course.bias_subtracted", lambda t: scores(*t.operands[:2], b=-t.operands[2])),
    ]
    return _run(student, trials, suspicions)


def check_accuracy(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``accuracy(W, X, y)``."""
    trials = []
    for N, D, C in ((11, 7, 5), (23, 7, 4), (6, 4, 6), (13, 5, 2)):
        W, X = rng.normal(size=(D, C)), rng.normal(size=(N, D))
        y = (predict(W, X) + rng.integers(1, C, size=N)) % C
        right = rng.permutation(N)[: 1 + N // 2 + C % 2]
        y[right] = predict(W, X)[right]
        trials.append(Trial((W, X, y), (len(right) / N,), (1.0,)))

    def n(trial: Trial) -> int:
        return len(trial.operands[1])

    def of_the_lowest(trial: Trial) -> Any:
        W, X, y = trial.operands
        return np.count_nonzero(predict(-W, X) == y) / len(y)

    suspicions = [
        ("course.accuracy_error", lambda t: 1.0 - t.expected[0]),
        ("course.accuracy_count", lambda t: n(t) * t.expected[0]),
        ("course.accuracy_percent", lambda t: 100.0 * t.expected[0]),
        ("course.accuracy_argmin", of_the_lowest),
        ("course.accuracy_whole", lambda t: 0.0),
    ]
    return _run(student, trials, suspicions, "the accuracy")


def _run(
    student: Student, trials: list[Trial], suspicions: list[Any], what: str = "the result"
) -> tuple[int, list[Sentence]]:
    examination = Examination(student, (what,), {0: suspicions})
    examination.run(trials)
    return examination.tried, examination.notes


def _size(W: Any, X: Any) -> Any:
    return np.abs(X) @ np.abs(W)
