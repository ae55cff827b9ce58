"""The check of an exercise: from the function of a student to a finding.

In this order, and only as far as the first trouble: is it written, can it be called that way, does
it raise, does it return what it should (how many things, of which shape and dtype, finite), does it
leave its operands alone, does it answer alike when asked twice, and are the values right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course import (
    check_descent,
    check_losses,
    check_penalties,
    check_scores,
    check_selection,
)
from linclf.course.check_gradient import check_numerical_gradient
from linclf.course.finding import Finding
from linclf.course.specification import exercise
from linclf.course.student import Student, Wrong
from linclf.messages import Sentence
from linclf.sampling import as_generator

if TYPE_CHECKING:
    from linclf.arrays import Rng

Checked = tuple[int, list[Sentence]]  # number of problems tried, notes

_CHECKS: dict[str, Callable[[Student, np.random.Generator], Checked]] = {
    "scores": check_scores.check_scores,
    "scores_bias": check_scores.check_scores_bias,
    "accuracy": check_scores.check_accuracy,
    "hinge_sample": check_losses.check_hinge_sample,
    "hinge_loops": check_losses.check_objective,
    "hinge_vectorized": check_losses.check_objective,
    "softmax_sample": check_losses.check_softmax_sample,
    "softmax_probabilities": check_losses.check_probabilities,
    "softmax_vectorized": check_losses.check_objective,
    "l2_penalty": check_penalties.check_l2,
    "l1_penalty": check_penalties.check_l1,
    "elastic_net": check_penalties.check_elastic_net,
    "numerical_gradient": check_numerical_gradient,
    "sgd_step": check_descent.check_step,
    "sgd": check_descent.check_sgd,
    "random_search": check_descent.check_random_search,
    "tune": check_selection.check_tune,
    "k_nearest": check_selection.check_k_nearest,
}


def check(name: str, function: Any, rng: Rng = 0) -> Finding:
    """Check a function that a student wrote for an exercise, and say what is wrong with it.

    Parameters
    ----------
    name : str
        Of the exercise.
    function : callable
        As handed in: whatever is wrong with it is found, not raised.
    rng : int, Generator, SeedSequence, RandomState or None
        Where the problems are drawn from; the same ones each time by default.

    Returns
    -------
    Finding
        True if it is right; else it says why not. It shows itself in a notebook, and is the
        message of ``assert check(...)`` in a test.

    Raises
    ------
    ValueError
        If there is no exercise of that name.

    Examples
    --------
    >>> def l2_penalty(W, lam):
    ...     return lam * (W**2).sum(), lam * W
    >>> linclf.course.check("l2_penalty", l2_penalty)
    Exercise 3.1: l2_penalty: the gradient is 0.5 x the expected one
    """
    meant = exercise(name)
    generator = np.random.default_rng(int(as_generator(rng).choice(1 << 31)))
    try:
        tried, notes = _CHECKS[name](Student(meant, function), generator)
    except Wrong as wrong:
        return Finding(meant, wrong.sentences)
    return Finding(meant, (), tuple(notes), tried)
