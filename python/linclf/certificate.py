"""How far an objective is from its minimum at most: proved by numbers, not hoped for.

The minimum ``f*`` of ``f(W, b) = mean loss + l2 * sum(W**2) + l1 * sum(abs(W))`` is never known,
but with ``l2 > 0`` a lower bound of it is. Convex losses lie above their tangents and the penalty
bends, so with a (sub)gradient (dW, db) at (W, b), for every other (V, c),

    f(V, c) >= f(W, b) + <dW, V - W> + <db, c - b> + l2 * |V - W|**2

and with the V and c of the minimum therefore

    f(W, b) - f*  <=  |dW|**2 / (4 * l2)  +  |db|_1 / 2 * max over j, k of (u_j - u_k),   u = c - b

The second term is there with a bias only. It uses that the entries of db sum to 0, as they do
where only differences of scores count: in every loss but one_vs_all. How far the bias can be off is
bounded, because the rows of class k, n_k of the N, do not lose more than f in all. With means over
these rows, and with any e that is known to be at least f(W, b) - f*,

    u_j - u_k  <=  h(f * N / n_k) - mean of (s_j - s_k) + |mean of x| * sqrt(2 * e / l2)

where s are the scores at (W, b), x is ``X - center``, and h the square root for squared_hinge and
the identity otherwise; the last term is there since ``l2 * |V - W|**2 <= e``. (Strong convexity:
Nesterov, Introductory Lectures on Convex Optimization, 2004, section 2.1.3.)

For a smooth loss all of that goes to zero with the gradient. For a hinge it does not: its minimum
is a kink, where most subgradients are long. There the tangents at many points together tell more;
see `linclf.bundle`. No loss is negative, so that f itself is always a bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from linclf.losses import loss_and_grad
from linclf.penalties import as_penalty

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray
    from linclf.problem import Problem

__all__ = ["Bound", "Certificate", "certificate_of"]

_ROUNDS = 5  # of putting the bound found into its own formula
_ENTRIES_AT_ONCE = 1 << 18  # of X, as float64: 2 MiB


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is known of a point, and of its distance from the minimum.

    Attributes
    ----------
    objective : float
        Mean loss plus penalty.
    gradient_norm : float
        Euclidean norm of the whole gradient, that of the bias included.
    gap : float
        The minimum is not lower than ``objective - gap``, but for rounding; infinite where no
        bound is known.

    Examples
    --------
    >>> print(linclf.certificate.Certificate(0.5, 1e-4, 2.5e-6))
    objective 0.5, at most 2.5e-06 above the minimum; gradient norm 0.0001
    """

    objective: float
    gradient_norm: float
    gap: float = math.inf

    def __str__(self) -> str:
        if math.isinf(self.gap):
            return f"objective {self.objective:.6g}, gradient norm {self.gradient_norm:.2g}"
        return (
            f"objective {self.objective:.6g}, at most {self.gap:.2g} above the minimum; "
            f"gradient norm {self.gradient_norm:.2g}"
        )


class Bound:
    """The bound above, for one objective.

    Parameters
    ----------
    problem : Problem
        Its W and b are not looked at. No gap is known without an L2 penalty; and with a bias not
        for one_vs_all, for target probabilities, and where a class has no rows.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._l2 = as_penalty(problem.reg).l2
        self._shares: DoubleArray | None = None  # n_k / N
        self._means: DoubleArray | None = None  # of x, a row for each class

    def __call__(
        self,
        objective: float,
        W: Data,
        dW: Data,
        b: Data | None = None,
        db: Data | None = None,
    ) -> Certificate:
        """Return what the (sub)gradient proves of the point where it was taken.

        Parameters
        ----------
        objective : float
        W, dW : (D, C) array
        b, db : (C,) array
            Only with a bias.
        """
        squares = _sum_of_squares(dW)
        norm = math.sqrt(squares + (0.0 if db is None else _sum_of_squares(db)))
        if not self._l2 > 0.0:
            return Certificate(objective, norm)
        gap = squares / (4.0 * self._l2)
        if db is not None and b is not None:
            if not self._bias_is_bounded():
                return Certificate(objective, norm)
            if gap < objective:  # or else the rows need not be looked at
                pull = 0.5 * float(np.abs(db, dtype=np.float64).sum())
                gap = self._with_bias(objective, gap, pull, W, b)
        return Certificate(objective, norm, min(gap, objective))

    def _with_bias(self, objective: float, gap: float, pull: float, W: Data, b: Data) -> float:
        assert self._shares is not None
        if self._means is None:
            self._means = _means_by_class(self._problem, self._shares)
        losses = objective / self._shares
        if self._problem.loss == "squared_hinge":
            losses = np.sqrt(losses)
        S = self._means @ W + b  # mean scores, a row for each class
        reach = losses + S.diagonal() - S.min(axis=1)
        lengths = np.linalg.norm(self._means, axis=1)
        error = objective
        for _ in range(_ROUNDS):
            u = float((reach + lengths * math.sqrt(2.0 * error / self._l2)).max())
            error = min(error, gap + pull * u)
        return error

    def _bias_is_bounded(self) -> bool:
        problem = self._problem
        if problem.loss == "one_vs_all" or problem.y.ndim != 1:
            return False
        if self._shares is None:
            counts = np.bincount(problem.y, minlength=problem.W.shape[1])
            self._shares = counts / len(problem.y)
        return bool((self._shares > 0.0).all())


def certificate_of(problem: Problem) -> Certificate:
    """Return what the gradient at the W and b of a problem proves.

    Examples
    --------
    >>> from linclf.problem import Problem
    >>> problem = Problem("softmax", np.zeros((2, 2)), np.eye(2), np.arange(2), reg=1.0)
    >>> print(certificate_of(problem))
    objective 0.693147, at most 0.062 above the minimum; gradient norm 0.5
    """
    value, dW, *rest = loss_and_grad(
        problem.loss, problem.W, problem.X, problem.y, problem.reg, b=problem.b,
        delta=problem.delta, center=problem.center, n_threads=problem.n_threads,
    )  # fmt: skip
    return Bound(problem)(float(value), problem.W, dW, problem.b, rest[0] if rest else None)


def _means_by_class(problem: Problem, shares: DoubleArray) -> DoubleArray:
    """Return the mean of ``X - center`` over the rows of each class, (C, D); X is not copied."""
    N, D = problem.X.shape
    classes = np.arange(len(shares))[:, np.newaxis]
    sums = np.zeros((len(shares), D))
    at_once = max(1, _ENTRIES_AT_ONCE // max(D, len(shares)))
    for first in range(0, N, at_once):
        rows = problem.X[first : first + at_once].astype(np.float64)
        sums += (classes == problem.y[first : first + at_once]) @ rows
    means: DoubleArray = sums / (N * shares[:, np.newaxis])
    if problem.center is not None:
        means -= problem.center
    return means


def _sum_of_squares(array: Data) -> float:
    return float(np.square(array, dtype=np.float64).sum())
