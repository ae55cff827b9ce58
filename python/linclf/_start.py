"""The start of short trainings: data read, weights at zero, the same seed for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._labels import encode
from linclf._training import read
from linclf.problem import Problem
from linclf.sampling import as_generator

if TYPE_CHECKING:
    from linclf.arrays import Data, IndexArray, Labels, Reg, Rng


def read_classes(X: Any, y: Any) -> tuple[Data, IndexArray, Labels]:
    """Return X, the class numbers of its rows, and the labels that these stand for.

    Raises
    ------
    TypeError, ValueError
        If X or y cannot be read, or all labels are equal.
    """
    data, labels = read(X, y)
    classes = np.unique(labels)
    if len(classes) < 2:
        raise ValueError(f"y has only the label {classes[0].item()!r}; there must be two or more")
    return data, encode(labels, classes), classes


def problem_at_zero(
    loss: str,
    X: Data,
    y: IndexArray,
    n_classes: int,
    reg: Reg = 0.0,
    *,
    fit_intercept: bool = True,
    delta: float = 1.0,
    center: Data | None = None,
    n_threads: int | None = None,
) -> Problem:
    """Return a checked problem whose W, and b if there is one, are zero."""
    dtype = X.dtype if X.dtype.kind == "f" else np.dtype(np.float64)
    W: Any = np.zeros((X.shape[1], n_classes), dtype)
    b = np.zeros(n_classes, dtype) if fit_intercept else None
    center = None if center is None else center.astype(dtype)
    problem = Problem(str(loss), W, X, y, reg, b, delta, center, n_threads)
    problem.check()
    return problem


def one_seed(rng: Rng) -> Any:
    """Return what starts the same generator again and again: the seed, or one drawn from `rng`."""
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        as_generator(rng)  # refuses negative ones
        return int(rng)
    if isinstance(rng, np.random.SeedSequence):
        return rng
    generator: Any = as_generator(rng)
    draw = getattr(generator, "integers", None) or generator.randint
    return int(draw(2**31 - 1))
