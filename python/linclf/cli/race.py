"""Race the C core against NumPy on the same work, on this machine and this data.

The opponent is the fastest NumPy we could write, `linclf.cli.peers.NumpyInPlace`. Contenders take
turns (A B A B ...), and a result counts only if both agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import linclf
from linclf.cli.peers import NumpyInPlace, Task, numpy_sgd
from linclf.cli.timing import Contender, Pace, as_vector, measure

__all__ = ["Result", "race"]

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Result:
    """How long one piece of work took, and whether both contenders did the same work.

    Attributes
    ----------
    work : str
        What was computed.
    numpy_seconds, linclf_seconds : float
        Median time of doing it once.
    difference : float
        Norm of the difference of the two results, relative to the norm of NumPy's.
    agree : bool
        Whether `difference` is rounding error.
    """

    work: str
    numpy_seconds: float
    linclf_seconds: float
    difference: float
    agree: bool

    @property
    def ratio(self) -> float:
        """How many times as long NumPy takes."""
        return self.numpy_seconds / self.linclf_seconds


def race(
    X: Array, y: Array, n_classes: int, *, reg: float = 1e-3, rounds: int = 11, seed: int = 0
) -> list[Result]:
    """Time loss and gradient of two losses, and an epoch of SGD, in NumPy and in the C core.

    Parameters
    ----------
    X : (N, D) float64 array
        Samples; N at least 100.
    y : (N,) int64 array
        Labels in ``0 .. n_classes - 1``.
    n_classes : int
        Number of classes C.
    reg : float
        Strength of the L2 penalty.
    rounds : int
        How many times the contenders take turns.
    seed : int
        Draws the weights and the order of the SGD samples.

    Returns
    -------
    list of Result
        In the order in which they should be shown.
    """
    W = 0.1 * np.random.default_rng(seed).standard_normal((X.shape[1], n_classes))
    tolerance = float(np.finfo(W.dtype).eps) * sum(X.shape)
    pace = Pace(rounds, rounds)
    results = []
    for loss in ("hinge", "softmax"):
        contenders = _gradients(Task(loss, W, X, y, reg))
        results.append(_compare(f"{loss} loss + gradient", contenders, tolerance, pace))
    batch = 100
    n_steps = len(X) // batch
    X, y = X[: n_steps * batch], y[: n_steps * batch]
    contenders = _epochs(Task("softmax", W, X, y, reg), batch, seed)
    name = f"softmax SGD, {n_steps} steps of {batch}"
    return [*results, _compare(name, contenders, n_steps * tolerance, pace)]


def _gradients(task: Task) -> tuple[Contender, Contender]:
    loss, W, X, y, reg = task.loss, task.W, task.X, task.y, task.reg
    in_numpy = NumpyInPlace(loss, len(X), W)
    in_linclf = partial(linclf.loss_and_grad, loss, W, X, y, reg, out=np.empty_like(W))
    return (
        Contender("NumPy", "", 0, in_numpy, (np.asfortranarray(W), X, y, reg)),
        Contender("linclf", "", 0, in_linclf),
    )


def _epochs(task: Task, batch: int, seed: int) -> tuple[Contender, Contender]:
    rate = 0.1
    descend = numpy_sgd(task, rate, batch)

    def in_numpy() -> Array:
        return descend(np.random.default_rng(seed).permutation(len(task.X)))

    def in_linclf() -> Array:
        w, X, y = task.W.copy(), task.X, task.y
        linclf.sgd(w, X, y, reg=task.reg, learning_rate=rate, batch_size=batch, epochs=1, rng=seed)
        return w

    return Contender("NumPy", "", 0, in_numpy), Contender("linclf", "", 0, in_linclf)


def _compare(
    name: str, contenders: tuple[Contender, Contender], tolerance: float, pace: Pace
) -> Result:
    opponent = contenders[0]
    expected = as_vector(opponent.function(*opponent.arguments))
    in_numpy, in_linclf = measure(contenders, expected, tolerance, pace)
    return Result(name, in_numpy.seconds, in_linclf.seconds, in_linclf.difference, in_linclf.agrees)
