"""Cutting planes: every loss to its minimum, kinks and all, with a duality gap.

A convex loss lies above each of its tangents, so with the tangents ``<g_i, W> + c_i`` of the mean
loss at all points visited so far, for all weights ``a_i >= 0`` of sum 1,

    f*  >=  min over W of  l2 * |W|**2 + sum_i a_i * (<g_i, W> + c_i)
         =  sum_i a_i * c_i  -  |sum_i a_i * g_i|**2 / (4 * l2)

The best weights a are those of a small quadratic programme, whose W is where the next tangent is
wanted. f at the best point so far minus this bound is the duality gap. Every iteration costs one
pass over the data; memory is bounded by the number of tangents in use.

The method is that of Teo, Vishwanathan, Smola and Le, Bundle Methods for Regularized Risk
Minimization, JMLR 11 (2010); the next tangent is taken not at the minimiser of the model but on
the way there from the best point, as Franc and Sonnenburg do (OCAS, JMLR 10, 2009), which needs
half as many iterations or fewer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.penalties import L1
from linclf.solvers import Objective

if TYPE_CHECKING:
    from linclf.arrays import DoubleArray
    from linclf.history import Stopped
    from linclf.solvers import Iterates

__all__ = ["bundle"]

STRIDE = 0.2  # share of the way to the minimiser of the model
UNUSED = 50  # iterations after which a tangent that does not count is forgotten
PRECISION = 0.1  # of the bound, as a share of the gap
_ROOM = 16  # tangents at first
_ZERO = 1e-15  # a weight that counts as none


def bundle(iterates: Iterates, iterations: int) -> Stopped:
    """Minimise by cutting planes; see `linclf.solvers.solve`."""
    penalty = iterates.penalty
    # The kinks of an L1 penalty are cut like those of the loss.
    loss = Objective(iterates.problem, L1(penalty.l1))
    tangents = _Tangents(loss.size, penalty.l2)
    x, best = iterates.point.x, iterates.point
    gap = 0.0
    stop: Stopped | None = None
    done = -1  # the first tangent is that of the start, which is no iteration yet
    while stop is None and done < iterations:
        value, g = loss(x)
        x = loss.at()
        objective = value + penalty.l2 * float(x @ x)
        point = iterates.certified(x, objective, g + 2.0 * penalty.l2 * x)
        bound = max(0.0, tangents.add(g, value - float(g @ x), PRECISION * gap))
        if done < 0 or objective < best.certificate.objective:
            best = point
        known = best.certificate
        gap = max(0.0, known.objective - bound)
        best = replace(best, certificate=replace(known, gap=gap))
        done += 1
        stop = iterates.advance(best) if done else iterates.improve(best)
        x = best.x + STRIDE * (tangents.minimiser() - best.x)
    return stop or "finished"


class _Tangents:
    """A model of the mean loss from below, and its minimum with the L2 penalty.

    Parameters
    ----------
    size : int
        Length of a gradient.
    l2 : float
        Factor of the penalty.
    """

    def __init__(self, size: int, l2: float) -> None:
        self.l2 = l2
        self.count = self.clock = 0
        self.G = np.empty((_ROOM, size))  # gradients
        self.c = np.empty(_ROOM)  # values at zero
        self.Q = np.empty((_ROOM, _ROOM))  # products of the gradients, over 2 * l2
        self.a = np.zeros(_ROOM)  # weights
        self.used = np.zeros(_ROOM, np.int64)  # when a weight was last above zero

    def add(self, g: DoubleArray, c: float, enough: float) -> float:
        """Add a tangent; return the lower bound of the objective that follows.

        The bound is lower than the best one by `enough` at most.
        """
        if self.count == len(self.c):
            self._make_room()
        n = self.count
        self.G[n], self.c[n], self.a[n] = g, c, 0.0
        self.count = n + 1
        self.Q[n, : n + 1] = self.Q[: n + 1, n] = self.G[: n + 1] @ g / (2.0 * self.l2)
        Q, c_all, a = self.Q[: n + 1, : n + 1], self.c[: n + 1], self.a[: n + 1]
        a[:] = best_mixture(Q, c_all, a, enough)
        self.clock += 1
        self.used[n] = self.clock
        self.used[: n + 1][a > 0.0] = self.clock
        return float(c_all @ a - 0.5 * (a @ Q @ a))

    def minimiser(self) -> DoubleArray:
        """Return where model and penalty together are lowest."""
        return -(self.a[: self.count] @ self.G[: self.count]) / (2.0 * self.l2)

    def _make_room(self) -> None:
        """Forget tangents long out of use if that is worth it, else double the room."""
        n = self.count
        keep = np.flatnonzero(self.used[:n] > self.clock - UNUSED)
        room = n if len(keep) <= 3 * n // 4 else 2 * n
        self.G, self.c, self.a, self.used = (
            _moved(old, keep, (room, *old.shape[1:])) for old in (self.G, self.c, self.a, self.used)
        )
        self.Q = _moved(_moved(self.Q, keep, (room, n)).T, keep, (room, room))
        self.count = len(keep)


def best_mixture(
    Q: DoubleArray, c: DoubleArray, a: DoubleArray, enough: float = 0.0
) -> DoubleArray:
    """Return the weights that maximise ``c @ a - a @ Q @ a / 2``, each >= 0 and of sum 1.

    An active set is grown by the weight that promises most and shrunk where a weight would fall
    below zero, as in Wolfe's algorithm (Finding the Nearest Point in a Polytope, 1976). Any
    result is a valid mixture; one that rounding has kept from the very best only bounds less.

    Parameters
    ----------
    Q : (n, n) array
        Symmetric, positive semidefinite.
    c : (n,) array
    a : (n,) array
        Where to start: the best mixture of some of them, or all zero.
    enough : float
        How much may be missing to the maximum.

    Examples
    --------
    >>> best_mixture(np.diag([1.0, 1.0, 4.0]), np.zeros(3), np.zeros(3)).round(4)
    array([0.4444, 0.4444, 0.1111])
    """
    a = a.copy()
    support = np.flatnonzero(a > 0.0)
    if not len(support):
        support = np.array([int(np.argmax(c - 0.5 * np.diag(Q)))])
        a[support] = 1.0
    for _ in range(4 * len(c) + 16):  # rounding could make it turn in circles
        promise = c - Q @ a
        level, new = float(promise @ a), int(np.argmax(promise))
        rounding = 1e-13 * (abs(level) + abs(float(c[new])))
        if promise[new] - level <= max(enough, rounding) or new in support:
            break
        support = _settled(Q, c, a, np.append(support, new))
    mixture: DoubleArray = a / a.sum()
    return mixture


def _settled(Q: DoubleArray, c: DoubleArray, a: DoubleArray, support: Any) -> Any:
    """Change `a` to the best mixture on as much of `support` as can be; return that part."""
    while True:
        k = len(support)
        K = np.ones((k + 1, k + 1))
        K[:k, :k] = Q[np.ix_(support, support)]
        K[k, k] = 0.0
        diagonal = np.arange(k)
        K[diagonal, diagonal] *= 1.0 + 1e-12  # tangents may repeat
        wanted = np.linalg.solve(K, np.append(c[support], 1.0))[:k]
        present = a[support]
        falling = wanted < _ZERO
        if not falling.any():
            a[support] = wanted
            return support
        drop = present[falling] - wanted[falling]
        share = np.min(
            np.where(drop > 0.0, present[falling] / np.where(drop > 0.0, drop, 1.0), 0.0)
        )
        moved = present + min(float(share), 1.0) * (wanted - present)
        gone = falling & (moved <= _ZERO)
        if not gone.any():
            gone[np.flatnonzero(falling)[np.argmin(moved[falling])]] = True
        moved[gone] = 0.0
        a[support] = moved
        support = support[~gone]


def _moved(old: Any, keep: Any, shape: tuple[int, ...]) -> Any:
    """Return an array of this shape that begins with the rows `keep` of the old one."""
    new = np.zeros(shape, old.dtype)
    new[: len(keep)] = old[keep]
    return new
