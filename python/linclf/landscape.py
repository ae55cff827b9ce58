"""The objective along a line or over a plane through W: what gradient descent walks on.

    one direction     L(W + a * V)
    one entry         L with W[d, c] = a
    two directions    L(W + a * V1 + b * V2)

Along any line the data loss of a hinge is convex and piecewise linear, for a single sample with
few kinks; that of softmax is convex and smooth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from linclf.checks import count, number
from linclf.losses import loss_value
from linclf.penalties import as_penalty
from linclf.sampling import as_generator

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Labels, Reg, Rng

Direction: TypeAlias = "tuple[int, int] | Data | None"


@dataclass(frozen=True, repr=False)
class LossSlice:
    """The objective along a line.

    Attributes
    ----------
    at : (n,) float64 array
        Where: values of the entry, or multiples of the direction.
    data_loss, penalty : (n,) float64 array
        The two parts of the objective; `loss` is their sum.
    here : float
        The place of W on the line.
    label : str
        What `at` is.
    """

    at: DoubleArray
    data_loss: DoubleArray
    penalty: DoubleArray
    here: float
    label: str

    @property
    def loss(self) -> DoubleArray:
        """The objective, (n,)."""
        return self.data_loss + self.penalty

    def __repr__(self) -> str:
        i = int(np.argmin(self.loss))
        return (
            f"LossSlice({len(self.at)} points, {self.label} from {self.at[0]:.4g} to "
            f"{self.at[-1]:.4g}, lowest {self.loss[i]:.4g} at {self.at[i]:.4g})"
        )

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw it with matplotlib, by `linclf.plot.loss_slice`; return the axes."""
        from linclf import plot

        return plot.loss_slice(self, ax=ax, **options)


@dataclass(frozen=True, repr=False)
class LossPlane:
    """The objective over a plane.

    Attributes
    ----------
    a, b : (n,) float64 array
        Where: values of the entries, or multiples of the directions.
    loss : (n, n) float64 array
        ``loss[j, i]`` belongs to ``a[i]`` and ``b[j]``.
    here : (float, float)
        The place of W on the plane.
    labels : (str, str)
        What `a` and `b` are.
    """

    a: DoubleArray
    b: DoubleArray
    loss: DoubleArray
    here: tuple[float, float]
    labels: tuple[str, str]

    def __repr__(self) -> str:
        j, i = np.unravel_index(int(np.argmin(self.loss)), self.loss.shape)
        return (
            f"LossPlane({len(self.a)} x {len(self.b)} points, {self.labels[0]} and "
            f"{self.labels[1]}, lowest {self.loss[j, i]:.4g} at {self.a[i]:.4g}, {self.b[j]:.4g})"
        )

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw it with matplotlib, by `linclf.plot.loss_plane`; return the axes."""
        from linclf import plot

        return plot.loss_plane(self, ax=ax, **options)


def loss_slice(
    loss: str,
    W: Data,
    X: Data,
    y: Labels,
    reg: Reg = 0.0,
    *,
    along: Direction = None,
    radius: float = 1.0,
    n_points: int = 201,
    b: Data | None = None,
    delta: float = 1.0,
    center: Data | None = None,
    rng: Rng = 0,
    n_threads: int | None = None,
) -> LossSlice:
    """Return the objective along a line through W.

    Parameters
    ----------
    loss, W, X, y, reg, b, delta, center, n_threads
        As for `loss_and_grad`, and so are the errors. W is left as it is.
    along : (d, c), (D, C) array or None
        The entry ``W[d, c]`` to vary, or the direction; None draws one, of
        ``rng.standard_normal((D, C))``.
    radius : float
        How far to go to both sides, in units of the entry or of the direction.
    n_points : int
        How many points; an odd number has W itself among them.
    rng : int, Generator, SeedSequence, RandomState or None
        Draws the direction.

    Returns
    -------
    LossSlice

    Examples
    --------
    One sample and one weight: a hinge, flat where the margin of 1 is kept.

    >>> W, X, y = np.array([[0.0, 1.0]]), np.array([[1.0]]), np.array([0])
    >>> piece = linclf.loss_slice("hinge", W, X, y, along=(0, 0), radius=4, n_points=9)
    >>> piece.at, piece.loss
    (array([-4., -3., -2., -1.,  0.,  1.,  2.,  3.,  4.]), \
array([6., 5., 4., 3., 2., 1., 0., 0., 0.]))
    """
    generator = as_generator(rng)
    V, here, label = _direction(along, W, generator, "a")
    steps = _steps(radius, n_points)
    weights = [_moved(W, (step, V)) for step in steps]
    losses = np.array(
        [
            loss_value(loss, moved, X, y, b=b, delta=delta, center=center, n_threads=n_threads)
            for moved in weights
        ]
    )
    penalty = as_penalty(reg)
    penalties = np.array([penalty.value(moved) for moved in weights])
    return LossSlice(here + steps, losses, penalties, here, label)


def loss_plane(
    loss: str,
    W: Data,
    X: Data,
    y: Labels,
    reg: Reg = 0.0,
    *,
    along: Sequence[Direction] = (None, None),
    radius: float = 1.0,
    n_points: int = 41,
    b: Data | None = None,
    delta: float = 1.0,
    center: Data | None = None,
    rng: Rng = 0,
    n_threads: int | None = None,
) -> LossPlane:
    """Return the objective over a plane through W.

    Parameters
    ----------
    loss, W, X, y, reg, b, delta, center, n_threads
        As for `loss_and_grad`, and so are the errors. W is left as it is.
    along : pair of (d, c), (D, C) array or None
        Two entries of W to vary, or two directions; None draws one.
    radius : float
        How far to go to all sides, in units of the entries or of the directions.
    n_points : int
        How many points on a side; the objective is computed ``n_points**2`` times.
    rng : int, Generator, SeedSequence, RandomState or None
        Draws the directions.

    Returns
    -------
    LossPlane

    Examples
    --------
    >>> X, y, W = np.eye(3), np.array([0, 1, 2]), np.zeros((3, 3))
    >>> linclf.loss_plane("softmax", W, X, y, along=[(0, 0), (1, 1)], n_points=5)
    LossPlane(5 x 5 points, W[0, 0] and W[1, 1], lowest 0.7338 at 1, 1)
    """
    if len(along) != 2:
        raise ValueError(f"along has {len(along)} directions; a plane has two")
    generator = as_generator(rng)
    V1, here_a, label_a = _direction(along[0], W, generator, "a")
    V2, here_b, label_b = _direction(along[1], W, generator, "b")
    steps = _steps(radius, n_points)
    losses = np.array(
        [
            [
                loss_value(
                    loss, _moved(W, (at_a, V1), (at_b, V2)), X, y, reg,
                    b=b, delta=delta, center=center, n_threads=n_threads,
                )
                for at_a in steps
            ]
            for at_b in steps
        ]
    )  # fmt: skip
    here, labels = (here_a, here_b), (label_a, label_b)
    return LossPlane(here_a + steps, here_b + steps, losses, here, labels)


def _steps(radius: float, n_points: int) -> DoubleArray:
    points = count("n_points", n_points, least=2)
    reach = number("radius", radius)
    return np.linspace(-reach, reach, points)


def _direction(along: Direction, W: Data, rng: Any, letter: str) -> tuple[Data, float, str]:
    """Return the direction, where W is on it, and what to call it."""
    if np.ndim(W) != 2:
        raise ValueError(f"W has the shape {np.shape(W)}; it must be (D, C), a class per column")
    if along is None:
        return rng.standard_normal(W.shape), 0.0, f"{letter} in W + {letter} * V"
    if isinstance(along, tuple) and len(along) == 2:
        d, c = (count(f"along[{i}]", index, least=0) for i, index in enumerate(along))
        if d >= W.shape[0] or c >= W.shape[1]:
            raise ValueError(f"along is {(d, c)}, but W has the shape {W.shape}")
        V = np.zeros(W.shape)
        V[d, c] = 1.0
        return V, float(W[d, c]), f"W[{d}, {c}]"
    V = np.asarray(along, dtype=np.float64)
    if V.shape != W.shape:
        raise ValueError(
            f"along has the shape {V.shape}, but W has {W.shape}; pass a direction of the shape of "
            "W, or an entry such as (0, 2)"
        )
    return V, 0.0, f"{letter} in W + {letter} * V"


def _moved(W: Data, *moves: tuple[float, Data]) -> Data:
    total = sum(step * V for step, V in moves)
    return np.asarray(W + total, dtype=W.dtype)
