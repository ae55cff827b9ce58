"""Data to try an exercise on: of distinct sizes, so that a wrong axis or division shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.cases import generate
from linclf.course.specification import exercise
from linclf.losses import softmax_loss
from linclf.sampling import as_generator

if TYPE_CHECKING:
    from linclf.arrays import Rng

N, D, C = 11, 7, 5
LOSSES = {"hinge_loops": "hinge", "hinge_vectorized": "hinge", "softmax_vectorized": "softmax"}


def problem(name: str, seed: Rng = 0) -> tuple[Any, ...]:
    """Return operands to call the function of an exercise with.

    Parameters
    ----------
    name : str
        Of the exercise.
    seed : int, Generator, SeedSequence, RandomState or None
        Where they are drawn from.

    Returns
    -------
    tuple
        One value for each parameter without a default. Sizes are pairwise distinct, weights of
        order 1, and no margin of the hinge is near to its kink.

    Raises
    ------
    ValueError
        If there is no exercise of that name.

    Examples
    --------
    >>> W, X, y, reg = linclf.course.problem("hinge_vectorized", 0)
    >>> X.shape, W.shape
    ((11, 7), (7, 5))
    """
    exercise(name)
    if name in LOSSES:
        [case] = generate(LOSSES[name], seed, names=["plain"])
        return case.copies()
    rng = np.random.default_rng(int(as_generator(seed).choice(1 << 31)))
    W, X, y = rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.integers(C, size=N)
    made: dict[str, tuple[Any, ...]] = {
        "scores": (W, X),
        "scores_bias": (W, X, rng.normal(size=C)),
        "accuracy": (W, X, y),
        "hinge_sample": (rng.normal(scale=2.0, size=C), int(y[0])),
        "softmax_sample": (rng.normal(scale=2.0, size=C), int(y[0])),
        "softmax_probabilities": (X @ W,),
        "l2_penalty": (W, 0.3),
        "l1_penalty": (W, 0.3),
        "elastic_net": (W, 0.3, 0.6),
        "numerical_gradient": (_bowl, W),
        "sgd_step": (W, rng.normal(size=(D, C)), 0.1),
        "sgd": (W, X, y, softmax_loss, 0.1, 4, 6, np.random.default_rng(1)),
        "random_search": (X, y, C, softmax_loss, 8, np.random.default_rng(1)),
        "tune": (_stand_in_for_training, [0.1, 0.01, 0.001], [1.0, 0.5]),
        "k_nearest": (X, y, rng.normal(size=(4, D)), 3),
    }
    return made[name]


def _bowl(W: Any) -> float:
    return float((W**2).sum())


def _stand_in_for_training(learning_rate: float, reg: float) -> tuple[float, float]:
    """Return accuracies that tell their place in the grid."""
    return 0.9 - learning_rate - reg / 10, 0.8 - learning_rate - reg / 10
