"""Checks of the exercises of notebooks 06 and 07: a grid of trainings, and nearest neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course.student import Student, Wrong, check_array
from linclf.messages import say

if TYPE_CHECKING:
    from linclf.messages import Sentence


class _Training:
    """Stands in for a training: its accuracies tell which pair it was called with."""

    def __init__(self, rates: list[float], regs: list[float]) -> None:
        self.rates, self.regs = rates, regs
        self.asked: list[tuple[float, float]] = []

    def __call__(self, lr: float, reg: float) -> tuple[float, float]:
        if lr in self.regs and reg in self.rates:
            raise Wrong(say("course.train_swapped"))
        if lr not in self.rates or reg not in self.regs:
            raise Wrong(say("course.train_other", lr=lr, reg=reg))
        self.asked.append((lr, reg))
        return self.accuracies(lr, reg)

    def accuracies(self, lr: float, reg: float) -> tuple[float, float]:
        """Return distinct numbers for every pair."""
        place = self.rates.index(lr) * len(self.regs) + self.regs.index(reg)
        return 0.9 - place / 100.0, 0.5 + place % 3 / 10.0 + place / 1000.0


def check_tune(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``tune(train, learning_rates, regs)``."""
    notes: list[Sentence] = []
    grids = ((3, 2), (2, 4), (1, 1))
    for n_rates, n_regs in grids:
        rates = [float(rate) for rate in rng.choice([1e-7, 3e-7, 1e-6, 1e-3], n_rates, False)]
        regs = [float(reg) for reg in rng.choice([0.25, 0.5, 2.0, 2.5e4], n_regs, False)]
        train = _Training(rates, regs)
        result, _ = student.call(train, list(rates), list(regs))
        pairs = [(lr, reg) for lr in rates for reg in regs]
        right = {pair: train.accuracies(*pair) for pair in pairs}
        if not isinstance(result, dict):
            raise Wrong(say("course.tune_dict", found=type(result).__name__))
        _check_results(result, right, train)
        if len(train.asked) > len(pairs):
            notes = [say("course.tune_again", found=len(train.asked), wanted=len(pairs))]
    return len(grids), notes


def _check_results(result: dict[Any, Any], right: dict[Any, Any], train: _Training) -> None:
    """Compare the keys, then what belongs to them."""
    if set(result) != set(right):
        if {key[::-1] for key in right} == set(result):
            raise Wrong(say("course.tune_keys_swapped"))
        if set(result) < set(right) or len(result) < len(right):
            raise Wrong(say("course.tune_missing", found=len(result), wanted=len(right)))
        raise Wrong(say("course.tune_keys", found=next(iter(set(result) - set(right)))))
    for key, meant in right.items():
        found = result[key]
        if not isinstance(found, tuple | list | np.ndarray) or np.size(found) != 2:
            raise Wrong(say("course.tune_other", pair=str(key), found=str(found), right=str(meant)))
        values = tuple(map(float, np.ravel(found)))
        if values == meant[::-1] and values != meant:
            raise Wrong(say("course.tune_values_swapped"))
        if values != meant:
            raise Wrong(
                say("course.tune_other", pair=str(key), found=str(values), right=str(meant))
            )


# --------------------------------------------------------------------------- neighbours

# Labels of the neighbours of a query, the nearest first: a < b < c stand for three labels. What
# must come out for k = 1, 3 and 5 can be read off.
_NEIGHBOURS = (
    ("abbcc", "a", "b", "b"),  # a tie of b and c among five
    ("bacca", "b", "a", "a"),  # a tie of all among three, of a and c among five
    ("cbcba", "c", "c", "b"),
    ("caaab", "c", "a", "a"),
    ("bbccc", "b", "b", "c"),
    ("ccbaa", "c", "c", "a"),  # the reverse of a sorted order
)
_VOTERS = (1, 3, 5)
_APART = 1000.0  # between queries: far beyond all distances to their neighbours


def check_k_nearest(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``k_nearest(X_train, y_train, X, k)`` where the neighbours were put beforehand."""
    D, tried = 4, 0
    data = [_placed(rng, D) for _ in "ab"]
    for X_train, y_train, X, meant in data:
        for k, right in zip(_VOTERS, meant, strict=True):
            result, _ = student.call(X_train, y_train, X, k)
            found = check_array(result, right, "the result")
            if not np.array_equal(found, right):
                raise Wrong(_mistaken(found, right, meant, y_train, k))
            again, _ = student.call(X_train, y_train, X, k)
            if not np.array_equal(again, result):
                raise Wrong(say("course.not_deterministic"))
            tried += 1
    X_train, y_train, X, meant = data[0]
    _check_distance(student, rng)
    return tried + 1, []


def _placed(rng: np.random.Generator, D: int) -> tuple[Any, Any, Any, list[Any]]:
    """Return training data around queries, in random order, and the right labels for each k."""
    letters = dict(zip("abc", sorted(rng.choice(9, 3, False)), strict=True))
    X = _APART * np.arange(len(_NEIGHBOURS))[:, None] * np.ones(D) / 2 + rng.normal(
        size=(len(_NEIGHBOURS), D)
    )
    points, labels = [], []
    for query, (neighbours, *_) in zip(X, _NEIGHBOURS, strict=True):
        for rank, letter in enumerate(neighbours):
            way = rng.normal(size=D)
            points.append(query + (1.0 + 3.0 * rank) * way / np.linalg.norm(way))
            labels.append(letters[letter])
    order = rng.permutation(len(points))
    meant = [
        np.array([letters[one[1 + place]] for one in _NEIGHBOURS]) for place in range(len(_VOTERS))
    ]
    return np.array(points)[order], np.array(labels)[order], X, meant


def _mistaken(found: Any, right: Any, meant: list[Any], y_train: Any, k: int) -> Sentence:
    """Return why labels are wrong."""
    labels = np.unique(y_train)
    if not np.isin(found, labels).all():
        whole = bool((found == np.round(found)).all())
        return say("course.neighbour_rows" if whole and found.max() > labels.max() else
                   "course.neighbour_mean")  # fmt: skip
    if k > 1 and np.array_equal(found, meant[0]):
        return say("course.neighbour_one", k=k)
    differ = found != right
    tied = np.array([_is_tie(one[0][:k]) for one in _NEIGHBOURS])
    if (found[differ] > right[differ]).all() and tied[differ].all():
        return say("course.neighbour_tie")
    if tied[differ].all():
        return say("course.neighbour_tie")
    first = int(np.flatnonzero(differ)[0])
    key = "course.neighbour_far" if k == 1 else "course.neighbour_differs"
    return say(key, row=first, k=k, found=int(found[first]), right=int(right[first]))


def _is_tie(letters: str) -> bool:
    counts = sorted((letters.count(letter) for letter in set(letters)), reverse=True)
    return len(counts) > 1 and counts[0] == counts[1]


def _check_distance(student: Student, rng: np.random.Generator) -> None:
    """Put a point on a diagonal and one on an axis, where other distances have another order.

    A sum of magnitudes makes diagonals longer, the largest component makes them shorter.
    """
    D = 4
    X = rng.normal(size=(1, D))
    for nearest, along_diagonal, along_axis in ((1, 0.6, 2.0), (0, 0.8, 1.0)):
        X_train = np.vstack([X + along_axis * np.eye(D)[0], X + along_diagonal])
        result, _ = student.call(X_train, np.array([0, 1]), X, 1)
        found = check_array(result, np.array([nearest]), "the result")
        if found[0] != nearest:
            if nearest == 1:
                raise Wrong(say("course.neighbour_magnitudes"))
            wrong = {"row": 0, "k": 1, "found": int(found[0]), "right": nearest}
            raise Wrong(say("course.neighbour_differs", **wrong))
