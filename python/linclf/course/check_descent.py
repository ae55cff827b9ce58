"""Checks of the exercises of notebook 05: a step, a run of steps, a random search.

What a run does is seen from the loss that it is given, which notes every question: the rows of the
batches, and the weights before each step. The batches that were meant are drawn by a generator of
the same seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course.student import Student, Wrong, check_array, check_number, check_pair
from linclf.course.trials import differs
from linclf.losses import softmax_loss
from linclf.messages import say

if TYPE_CHECKING:
    from linclf.messages import Sentence

_REG = 0.05
_NEAR = 1e-10


class _Noted:
    """The softmax loss with a little L2, which notes what it is asked and what it answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, Any, Any]] = []
        self.answers: list[tuple[float, Any]] = []

    def __call__(self, W: Any, X: Any, y: Any, *rest: Any) -> tuple[float, Any]:
        if rest:
            raise Wrong(say("course.loss_operands"))
        if np.ndim(X) == 2 and len(X) != np.size(y):
            raise Wrong(say("course.batch_lengths", rows=len(X), labels=np.size(y)))
        answer = softmax_loss(W, X, y, _REG)
        question = (np.array(W), np.array(X), np.array(y))
        # Loss and gradient may be asked for one after the other.
        if not self.asked or not all(map(np.array_equal, question, self.asked[-1])):
            self.asked.append(question)
            self.answers.append((answer[0], answer[1].copy()))
        return answer


def check_step(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``sgd_step(W, dW, learning_rate)``."""
    problems = [(rng.normal(size=s), rng.normal(size=s), lr) for s in ((7, 5), (4, 4)) for lr in
                (0.1, 3.0)]  # fmt: skip
    notes: list[Sentence] = []
    for W, dW, rate in problems:
        result, (moved, _, _) = student.call(W, dW, rate, changes=("W",))
        right = W - rate * dW
        if np.array_equal(moved, W):
            raise Wrong(say("course.step_local" if _close(result, right) else "course.step_none"))
        wrong = step_mistake(W, dW, rate, moved, "W")
        if wrong is not None:
            raise Wrong(wrong)
        if result is not None:
            notes = [say("course.step_returns")]
    return len(problems), notes


def step_mistake(W: Any, dW: Any, rate: float, moved: Any, what: str) -> Sentence | None:
    """Return what is wrong with the weights after a step; None if nothing is."""
    right = W - rate * dW
    if _close(moved, right):
        return None
    guesses = {
        "course.ascent": W + rate * dW,
        "course.rate_missing": W - dW,
        "course.rate_twice": W - rate**2 * dW,
    }
    for key, guess in guesses.items():
        if _close(moved, guess):
            return say(key)
    return differs(what, moved, right)


def check_sgd(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``sgd(W, X, y, loss, learning_rate, batch_size, n_steps, rng)``."""
    sizes = ((23, 7, 5, 6, 9, 0.3), (11, 4, 3, 11, 3, 0.05), (17, 5, 4, 1, 5, 0.1))
    for N, D, C, batch, steps, rate in sizes:
        W, X, y = 0.1 * rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.integers(C, size=N)
        y[:C] = np.arange(C)
        seed = int(rng.integers(1 << 31))
        loss, given = _Noted(), np.random.default_rng(seed)
        result, operands = student.call(W, X, y, loss, rate, batch, steps, given, changes=("W",))
        twin = np.random.default_rng(seed)
        rows = [twin.choice(N, batch) for _ in range(steps)]
        _check_batches(loss, X, y, rows, given, seed)
        _check_path(loss, W, operands[0], rate)
        _check_losses(result, loss, steps)
    return len(sizes), []


def _check_batches(loss: _Noted, X: Any, y: Any, rows: list[Any], given: Any, seed: int) -> None:
    """Compare the rows of every batch with those that were meant."""
    asked, steps, batch = loss.asked, len(rows), len(rows[0])
    if not asked:
        raise Wrong(say("course.loss_not_called"))
    if all(np.array_equal(b, X) for _, b, _ in asked) and batch != len(X):
        raise Wrong(say("course.whole_data"))
    if len(asked) != steps:
        raise Wrong(say("course.step_count", found=len(asked), wanted=steps))
    for (_, b, labels), meant in zip(asked, rows, strict=True):
        if len(b) != batch:
            raise Wrong(say("course.batch_size", found=len(b), wanted=batch))
        if not np.array_equal(b, X[meant]):
            raise Wrong(_other_rows(asked, X, given, seed))
        if not np.array_equal(labels.ravel(), y[meant]):
            raise Wrong(say("course.labels_not_aligned"))


def _other_rows(asked: list[Any], X: Any, given: Any, seed: int) -> Sentence:
    """Return how rows were drawn instead."""
    untouched = np.random.default_rng(seed).bit_generator.state
    if given.bit_generator.state == untouched:
        same_rows = len(asked) > 1 and all(np.array_equal(b, asked[0][1]) for _, b, _ in asked)
        return say("course.same_batch" if same_rows else "course.rng_unused")
    if len(asked) > 1 and all(np.array_equal(b, asked[0][1]) for _, b, _ in asked):
        return say("course.same_batch")
    return say("course.other_rows")


def _check_path(loss: _Noted, start: Any, end: Any, rate: float) -> None:
    """Follow the weights from step to step, and to the array that was handed in."""
    weights = [W for W, _, _ in loss.asked]
    for W, (_, dW), after in zip(weights, loss.answers, weights[1:], strict=False):
        if np.array_equal(after, W):
            raise Wrong(say("course.never_updated"))
        wrong = step_mistake(W, dW, rate, after, "W")
        if wrong is not None:
            raise Wrong(wrong)
    if not np.array_equal(weights[0], start):
        raise Wrong(say("course.other_start"))
    if np.array_equal(end, start):
        raise Wrong(say("course.not_in_place"))
    wrong = step_mistake(weights[-1], loss.answers[-1][1], rate, end, "W")
    if wrong is not None:
        raise Wrong(wrong)


def _check_losses(result: Any, loss: _Noted, steps: int) -> None:
    if not isinstance(result, list | np.ndarray):
        raise Wrong(say("course.loss_list", found=type(result).__name__))
    if len(result) != steps:
        raise Wrong(say("course.loss_count", found=len(result), wanted=steps))
    if any(np.ndim(entry) for entry in result):
        raise Wrong(say("course.loss_list", found=f"{type(result[0]).__name__}s"))
    for i, (found, (right, _)) in enumerate(zip(result, loss.answers, strict=True)):
        if not _close(found, right):
            values = {"found": float(found), "right": right}
            raise Wrong(say("course.loss_of_step", step=i, **values))


def check_random_search(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``random_search(X, y, n_classes, loss, n_tries, rng)``."""
    sizes = ((23, 7, 5, 12), (11, 4, 3, 9), (9, 5, 2, 1))
    for N, D, C, tries in sizes:
        X, y = rng.normal(size=(N, D)), rng.integers(C, size=N)
        y[:C] = np.arange(C)
        seed = _seed_with_best_inside(rng, X, y, C, tries)
        loss = _Noted()
        result, _ = student.call(X, y, C, loss, tries, np.random.default_rng(seed))
        W, value = check_pair(result, "best W", "best loss")
        tried, values = _tries(X, y, C, tries, seed)
        _check_tries(loss, tried)
        best = int(np.argmin(values))
        W = check_array(W, tried[best], "best W")
        value = check_number(value, values[best], "the best loss")
        if not _close(W, tried[best]):
            raise Wrong(_other_weights(W, tried, values))
        if not _close(value, values[best]):
            raise Wrong(_other_value(float(value), values))
    return len(sizes), []


def _tries(X: Any, y: Any, C: int, tries: int, seed: int) -> tuple[list[Any], list[float]]:
    generator = np.random.default_rng(seed)
    tried = [1e-4 * generator.standard_normal((X.shape[1], C)) for _ in range(tries)]
    return tried, [softmax_loss(W, X, y, _REG)[0] for W in tried]


def _seed_with_best_inside(rng: np.random.Generator, X: Any, y: Any, C: int, tries: int) -> int:
    """Return a seed for which the best weights, and the worst, are neither the first nor last."""
    while True:
        seed = int(rng.integers(1 << 31))
        _, values = _tries(X, y, C, tries, seed)
        ends = {int(np.argmin(values)), int(np.argmax(values))} & {0, tries - 1}
        if tries < 3 or not ends:
            return seed


def _check_tries(loss: _Noted, tried: list[Any]) -> None:
    """Compare the weights that were tried with those that were meant."""
    if not loss.asked:
        raise Wrong(say("course.loss_not_called"))
    weights = [W for W, _, _ in loss.asked]
    if len(weights) != len(tried):
        raise Wrong(say("course.try_count", found=len(weights), wanted=len(tried)))
    for found, meant in zip(weights, tried, strict=True):
        if found.shape != meant.shape or not _close(found, meant, 1e-12):
            scaled = found.shape == meant.shape and _close(found, 1e4 * meant)
            raise Wrong(say("course.scale_missing" if scaled else "course.other_weights"))


def _other_weights(W: Any, tried: list[Any], values: list[float]) -> Sentence:
    if _close(W, tried[int(np.argmax(values))], 1e-12):
        return say("course.keeps_worst")
    if _close(W, tried[-1], 1e-12):
        return say("course.keeps_last")
    return differs("best W", W, tried[int(np.argmin(values))])


def _other_value(value: float, values: list[float]) -> Sentence:
    if value == values[-1]:
        return say("course.loss_of_last")
    return say("course.differs", what="the best loss", found=value, right=min(values))


def _close(found: Any, right: Any, near: float = _NEAR) -> bool:
    try:
        found = np.asarray(found, np.float64)
    except (TypeError, ValueError, OverflowError):
        return False
    if found.shape != np.shape(right):
        return False
    return bool(np.allclose(found, right, rtol=_NEAR, atol=near))
