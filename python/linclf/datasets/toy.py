"""Toy sets in the plane: small, seeded, and each there to show one thing.

All return ``X`` (N, 2) float64 and ``y`` (N,) int64 with classes as equal in number as N allows, in
random order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linclf.datasets.splitting import Rng

__all__ = ["blobs", "demo9", "donut", "spiral", "stripes", "xor"]

Points = tuple[NDArray[np.float64], NDArray[np.int64]]


def stripes(
    k: int = 6, n: int = 1200, *, gap: float = 0.2, angle: float = 30.0, rng: Rng = None
) -> Points:
    """Draw `k` parallel stripes, one class each.

    A linear classifier whose classes are trained together separates them: let the weights grow from
    class to class. One-vs-rest cannot, since no line has an inner stripe alone on one side.

    Parameters
    ----------
    k : int
        Number of stripes, at least 2. A stripe is 1 wide, `gap` included, and k long.
    n : int
        Number of points.
    gap : float
        Share of a stripe's width that stays empty, from 0 to less than 1.
    angle : float
        Direction in which one stripe follows the other, in degrees.
    rng : int, Generator, SeedSequence or None
        Source of randomness.

    Returns
    -------
    X : (n, 2) float64 array
    y : (n,) int64 array

    Examples
    --------
    >>> X, y = stripes(4, n=8, angle=0, rng=0)
    >>> X.shape, sorted(y.tolist())
    ((8, 2), [0, 0, 1, 1, 2, 2, 3, 3])
    >>> bool(((X[:, 0] + 2).astype(int) == y).all())
    True
    """
    _check(k=k, n=n)
    if not 0 <= gap < 1:
        raise ValueError(f"gap is {gap}: pass a share of the stripe's width, 0 <= gap < 1")
    generator, y = _labels(k, n, rng)
    across = y - k / 2 + 0.5 + (1 - gap) * generator.uniform(-0.5, 0.5, n)
    along = generator.uniform(-k / 2, k / 2, n)
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return np.stack([c * across - s * along, s * across + c * along], axis=1), y


def spiral(k: int = 3, n: int = 300, *, noise: float = 0.2, rng: Rng = None) -> Points:
    """Draw `k` arms of a spiral: no linear classifier does better than about half.

    Radius r runs from 0 to 1 along an arm while the angle turns by 4 rad, as in the case study of
    CS231n.

    Parameters
    ----------
    k : int
        Number of arms, at least 2.
    n : int
        Number of points.
    noise : float
        Standard deviation of the angle, in rad.
    rng : int, Generator, SeedSequence or None
        Source of randomness.

    Returns
    -------
    X : (n, 2) float64 array
    y : (n,) int64 array

    Examples
    --------
    >>> X, y = spiral(3, n=30, rng=0)
    >>> X.shape, bool((X**2).sum(axis=1).max() <= 1)
    ((30, 2), True)
    """
    _check(k=k, n=n, noise=noise)
    generator, y = _labels(k, n, rng)
    radius = generator.uniform(0, 1, n)
    angle = 2 * np.pi * y / k + 4 * radius + noise * generator.standard_normal(n)
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1), y


def blobs(k: int = 3, n: int = 300, *, spread: float = 0.25, rng: Rng = None) -> Points:
    """Draw `k` round clouds whose centres lie evenly on the unit circle.

    Parameters
    ----------
    k : int
        Number of clouds, at least 2.
    n : int
        Number of points.
    spread : float
        Standard deviation of a cloud. At 0.25 three clouds hardly touch.
    rng : int, Generator, SeedSequence or None
        Source of randomness.

    Returns
    -------
    X : (n, 2) float64 array
    y : (n,) int64 array

    Examples
    --------
    >>> X, y = blobs(2, n=4, spread=0, rng=0)
    >>> X[y == 0].round(6).tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    _check(k=k, n=n, spread=spread)
    generator, y = _labels(k, n, rng)
    angle = 2 * np.pi * y / k
    centres = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return centres + spread * generator.standard_normal((n, 2)), y


def xor(n: int = 400, *, noise: float = 0.05, rng: Rng = None) -> Points:
    """Draw a square whose opposite quadrants share a class: a line gets about half of it right.

    Parameters
    ----------
    n : int
        Number of points.
    noise : float
        Standard deviation by which a point is moved after it got its class.
    rng : int, Generator, SeedSequence or None
        Source of randomness.

    Returns
    -------
    X : (n, 2) float64 array
        Inside the square from -1 to 1, but for the noise.
    y : (n,) int64 array
        1 where the coordinates differ in sign, else 0.

    Examples
    --------
    >>> X, y = xor(n=100, noise=0, rng=0)
    >>> bool(((X[:, 0] * X[:, 1] < 0) == y).all())
    True
    """
    _check(k=2, n=n, noise=noise)
    generator, y = _labels(2, n, rng)
    X = generator.uniform(0, 1, (n, 2))
    side = generator.choice([-1.0, 1.0], n)
    X *= np.stack([side, np.where(y == 1, -side, side)], axis=1)
    return X + noise * generator.standard_normal((n, 2)), y


def donut(n: int = 400, *, noise: float = 0.05, rng: Rng = None) -> Points:
    """Draw a disc inside a ring: linear in the radius, but not in the plane.

    Parameters
    ----------
    n : int
        Number of points.
    noise : float
        Standard deviation by which a point is moved after it got its class.
    rng : int, Generator, SeedSequence or None
        Source of randomness.

    Returns
    -------
    X : (n, 2) float64 array
    y : (n,) int64 array
        0 in the disc of radius 0.5, 1 in the ring of radii 0.75 to 1.

    Examples
    --------
    >>> X, y = donut(n=100, noise=0, rng=0)
    >>> bool((((X**2).sum(axis=1) > 0.4) == y).all())
    True
    """
    _check(k=2, n=n, noise=noise)
    generator, y = _labels(2, n, rng)
    inner, outer = np.where(y == 1, 0.75, 0.0), np.where(y == 1, 1.0, 0.5)
    # The square root makes the points as dense at the rim as in the middle.
    radius = np.sqrt(generator.uniform(inner**2, outer**2))
    angle = generator.uniform(0, 2 * np.pi, n)
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return X + noise * generator.standard_normal((n, 2)), y


def demo9() -> Points:
    """Return the nine points of the CS231n linear classification demo: three classes of three.

    Returns
    -------
    X : (9, 2) float64 array
    y : (9,) int64 array
        Sorted by class.

    Examples
    --------
    >>> X, y = demo9()
    >>> X[0].tolist(), y.tolist()
    ([0.5, 0.4], [0, 0, 0, 1, 1, 1, 2, 2, 2])
    """
    first = [(0.5, 0.4), (0.8, 0.3), (0.3, 0.8)]
    second = [(-0.4, 0.3), (-0.3, 0.7), (-0.7, 0.2)]
    third = [(0.7, -0.4), (0.5, -0.6), (-0.4, -0.5)]
    return np.array(first + second + third), np.repeat(np.arange(3, dtype=np.int64), 3)


def _check(*, k: int, n: int, **not_negative: float) -> None:
    """Refuse sizes that leave a class without points, and a spread that is not one."""
    if k < 2:
        raise ValueError(f"k is {k}: pass at least 2 classes")
    if n < k:
        raise ValueError(f"n is {n}, but there are {k} classes: pass at least one point per class")
    for name, value in not_negative.items():
        if not value >= 0:
            raise ValueError(f"{name} is {value}: pass a standard deviation, 0 or more")


def _labels(k: int, n: int, rng: Rng) -> tuple[np.random.Generator, NDArray[np.int64]]:
    """Return a generator, and n labels of k classes in random order."""
    generator = np.random.default_rng(rng)
    return generator, generator.permutation(np.arange(n, dtype=np.int64) % k)
