"""Central differences of one entry of W at a time, aware of rounding, truncation and kinks.

    slope = (f(w + h) - f(w - h)) / 2h

Three things set it apart from the derivative, and each is bounded here:

    rounding     of f, proportional to its majorant: the sum of absolute values it is made of
    truncation   h**2 / 6 * f''', at most that of a softmax whose scores move with the data
    kinks        margins that change sign between w - h and w + h: the slope jumps there

The step h begins at the cube root of eps, divided by the largest number that multiplies the entry,
and is made smaller as long as a kink lies in between and rounding allows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.penalties import as_penalty
from linclf.tolerance import KAPPA, row_losses

if TYPE_CHECKING:
    from linclf.arrays import Data, Labels, Reg

EPS = float(np.finfo(np.float64).eps)
_KINKED = ("hinge", "crammer_singer", "one_vs_all")  # slopes by the scores are steps
_SHRINK = 8.0
_SHRINKS = 6
_STILL = 0.5  # part of the gap between both one-sided slopes that remains at a kink


@dataclass(frozen=True, slots=True)
class Quotient:
    """A difference quotient and how far it may be from the derivative.

    Attributes
    ----------
    slope : float
        The quotient.
    tolerance : float
        Bound for rounding and truncation.
    jump : float
        How far the kinks that remain between both ends move it at most.
    kinks : int
        Margins that change sign between the ends of the first step tried.
    """

    slope: float
    tolerance: float
    jump: float
    kinks: int


class Differences:
    """Difference quotients of a function of W.

    Parameters
    ----------
    value_of : callable
        ``value_of(W)`` returns the loss. W is moved in place while it runs.
    W : (D, C) float64 array
        Where; restored bit for bit.
    X, y, reg
        The rest of the problem, or None if it is unknown.
    loss : str or None
        Which loss it is, as far as that is known: of a hinge, kinks are foreseen.
    eps : float
        Rounding unit of the function.
    noise : float, optional
        How far rounding may move its values, if that is known.
    """

    def __init__(
        self,
        value_of: Callable[[Any], float],
        W: Data,
        X: Data | None = None,
        y: Labels | None = None,
        reg: Reg = 0.0,
        *,
        loss: str | None = None,
        eps: float = EPS,
        noise: float | None = None,
    ) -> None:
        self.value_of, self.W, self.eps = value_of, W, eps
        self.loss, self.l1 = loss, as_penalty(reg).l1
        self.value = value_of(W)
        # Of another layout nothing is known: the function may have columns for samples.
        known = X is not None and W.ndim == X.ndim == 2 and X.shape[1] == W.shape[0]
        self.X = np.asarray(X, np.float64) if known else None
        self.y = y
        self.S = None if self.X is None else self.X @ W
        self.noise = KAPPA * eps * abs(self.value) if noise is None else noise
        if noise is None:
            self.noise = max(self.noise, self._noise(W))

    def _noise(self, W: Data) -> float:
        """Return how far rounding may move a value, from what is known of the function.

        It may add up large numbers to a small one: of one of scores, these are the scores; of any
        other, it is seen where W moves by a few units in the last place.
        """
        if self.X is not None and self.X.size:
            reach = float((np.abs(self.X) @ np.abs(W)).max(axis=1).mean())
            return self.noise + KAPPA * self.eps * 2 * reach
        near = [self.value_of(W * (1 + k * self.eps)) for k in (-5, -3, 3, 5)]
        spread = max(near) - min(near)
        return KAPPA / 4 * spread if np.isfinite(spread) else 0.0

    def at(self, entry: tuple[int, ...], closer: float = 1.0) -> Quotient:
        """Return the quotient of one entry, with a step that is so many times smaller."""
        size = self._largest(entry)
        w = float(self.W[entry])
        first = self.eps ** (1 / 3) * max(1.0, abs(w)) / max(1.0, size)
        h = first = first / closer
        least = max(first * _SHRINK**-_SHRINKS, 8 * float(np.spacing(abs(w))))
        jump, kinks = self._kinks(entry, h)
        here = kinks
        while here and h / _SHRINK >= least:
            h /= _SHRINK
            jump, here = self._kinks(entry, h)
        slope, distance = self._slope(entry, h)
        truncation = distance**2 / 24 * self._cube(entry)
        return Quotient(slope, self.noise / distance + truncation, jump, kinks)

    def is_kink(self, entry: tuple[int, ...], analytic: float, tolerance: float) -> bool:
        """Tell whether an analytic slope lies between one-sided ones that stay apart.

        That is what a kink looks like in a function of which nothing is known.
        """
        gaps, ends = [], (0.0, 0.0)
        h = (
            self.eps ** (1 / 3)
            * max(1.0, abs(float(self.W[entry])))
            / max(1.0, self._largest(entry))
        )
        for step in (h, h / _SHRINK):
            up, down = self._ends(entry, step)
            ends = (up[0] - self.value) / up[1], (self.value - down[0]) / down[1]
            gaps.append(abs(ends[0] - ends[1]))
        slack = tolerance + 2 * self.noise / h * _SHRINK
        apart = gaps[0] > slack and (gaps[1] > _STILL * gaps[0] or gaps[1] <= slack)
        return bool(apart and min(ends) - slack <= analytic <= max(ends) + slack)

    # -------------------------------------------------------------------------- one step

    def _slope(self, entry: tuple[int, ...], h: float) -> tuple[float, float]:
        """Return the quotient and the distance of its two points as the machine holds them."""
        up, down = self._ends(entry, h)
        distance = up[1] + down[1]
        return (up[0] - down[0]) / distance, distance

    def _ends(
        self, entry: tuple[int, ...], h: float
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return value and distance of the two points, and put the entry back."""
        W, w = self.W, self.W[entry]
        above, below = w + h, w - h
        try:
            W[entry] = above
            up = self.value_of(W)
            W[entry] = below
            down = self.value_of(W)
        finally:
            W[entry] = w
        return (up, float(above - w)), (down, float(w - below))

    def _largest(self, entry: tuple[int, ...]) -> float:
        """Return the largest number that multiplies an entry."""
        if self.X is None or not len(self.X):
            return 1.0
        return float(np.abs(self.X[:, entry[0]]).max()) or 1.0

    def _cube(self, entry: tuple[int, ...]) -> float:
        """Return a bound of the third derivative by an entry."""
        if self.X is None or self.loss in _KINKED:
            return 0.0
        return float((np.abs(self.X[:, entry[0]]) ** 3).mean())

    def _kinks(self, entry: tuple[int, ...], h: float) -> tuple[float, int]:
        """Return how far the slope jumps within a step, and how many margins change sign."""
        w = float(self.W[entry])
        jump = self.l1 * abs(float(np.sign(w + h) - np.sign(w - h)))
        count = int(jump > 0)
        if self.loss not in _KINKED or self.S is None or self.X is None or self.y is None:
            return jump, count
        d, c = entry
        rows = np.flatnonzero(self.X[:, d])
        x, y = self.X[rows, d], np.asarray(self.y)[rows].astype(np.intp)
        ends = []
        for step in (h, -h):
            S = self.S[rows]
            S[:, c] += step * x
            ends.append(row_losses(self.loss, S, y)[1])
        change = np.abs(ends[0] - ends[1])
        jump += float((change[:, c] * np.abs(x)).sum()) / len(self.X)
        changed = change > 0.5
        of_true = changed[np.arange(len(rows)), y]
        of_others = changed.sum(axis=1) - of_true
        return jump, count + int(np.maximum(of_others, of_true).sum())
