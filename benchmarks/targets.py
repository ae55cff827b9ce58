"""What each race should reach: a floor that it must, and a goal.

They hold for full sizes on two threads. A ratio says how many times as long the fastest way of an
opponent takes, on one or two threads, as linclf on two.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Target", "targets", "verdict"]

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Target:
    """Floor and goal of a ratio to an opponent, of the share of T_min, or of seconds.

    Attributes
    ----------
    measure : str
        The opponent, or ``"share"``, or ``"seconds"``.
    floor, goal : float
    """

    measure: str
    floor: float
    goal: float


_NUMPY: dict[tuple[str, str, str], Pair] = {
    ("loss", "digits", "float64"): (4.0, 6.0),
    ("loss", "digits", "float32"): (3.7, 6.5),
    ("loss", "mnist", "float64"): (6.5, 8.5),
    ("loss", "mnist", "float32"): (6.5, 9.0),
    ("loss", "cifar", "float64"): (5.0, 7.5),
    ("loss", "cifar", "float32"): (5.2, 8.0),
    ("loss", "probe", "float64"): (1.1, 1.4),
    ("loss", "probe", "float32"): (1.1, 1.35),
    ("sgd", "digits", "float64"): (5.8, 8.0),
    ("sgd", "digits", "float32"): (7.5, 12.0),
    ("sgd", "mnist", "float64"): (4.7, 7.0),
    ("sgd", "mnist", "float32"): (5.5, 8.5),
    ("sgd", "cifar", "float64"): (3.9, 6.0),
    ("sgd", "cifar", "float32"): (4.6, 7.0),
    ("predict", "digits", "float64"): (2.2, 3.5),
    ("predict", "digits", "float32"): (1.4, 2.5),
    ("predict", "mnist", "float64"): (3.2, 4.7),
    ("predict", "mnist", "float32"): (3.2, 4.7),
    ("predict", "cifar", "float64"): (3.2, 4.7),
    ("predict", "cifar", "float32"): (3.2, 4.7),
    ("uint8", "cifar", "uint8"): (8.0, 12.0),
    ("lbfgs", "mnist", "float64"): (6.0, 8.5),
    ("job", "cifar", "float64"): (5.0, 7.0),
    **{("avx2", "digits", dtype): (2.2, 4.0) for dtype in ("float64", "float32")},
    **{("avx2", "mnist", dtype): (4.1, 6.0) for dtype in ("float64", "float32")},
    **{("avx2", "cifar", dtype): (3.0, 5.0) for dtype in ("float64", "float32")},
    **{("avx2", "probe", dtype): (1.1, 1.5) for dtype in ("float64", "float32")},
}

#: Of T_min, by kind and size.
_SHARE: dict[tuple[str, str], Pair] = {
    ("loss", "mnist"): (0.58, 0.78),
    ("loss", "cifar"): (0.52, 0.72),
    ("loss", "probe"): (0.75, 0.88),
    ("predict", "mnist"): (0.65, 0.88),
    ("predict", "cifar"): (0.65, 0.88),
}

#: Of the tiny call, by loss: nanoseconds, and times NumPy.
_TINY: dict[str, tuple[Pair, Pair]] = {
    "softmax": ((600, 285), (20, 45)),
    "hinge": ((500, 210), (20, 65)),
}


def targets(kind: str, size: str, dtype: str, loss: str) -> tuple[Target, ...]:
    """Return the targets of a race.

    Examples
    --------
    >>> targets("predict", "digits", "float32", "")[0]
    Target(measure='NumPy', floor=1.4, goal=2.5)
    """
    if kind == "tiny":
        nanoseconds, times = _TINY[loss]
        floor, goal = (1e-9 * n for n in nanoseconds)
        return Target("NumPy", *times), Target("seconds", floor, goal)
    found = []
    if (kind, size, dtype) in _NUMPY:
        found.append(Target("NumPy", *_NUMPY[kind, size, dtype]))
    if kind in ("loss", "sgd"):
        ahead = (1.0, 1.0) if size == "probe" else (5.0, 7.0)
        found += [Target("PyTorch", *ahead), Target("scikit-learn", *ahead)]
    elif kind == "predict":
        found.append(Target("PyTorch", 1.0, 1.0))
    elif kind == "lbfgs":
        found.append(Target("scikit-learn", 4.8, 7.0))
    elif kind == "uint8":
        found.append(Target("float32 X", 1.0, 1.0))
    if (kind, size) in _SHARE:
        found.append(Target("share", *_SHARE[kind, size]))
    return tuple(found)


def verdict(value: float, floor: float, goal: float, lower: bool = False) -> str:
    """Return ``"goal"``, ``"floor"`` or ``"below"``.

    Parameters
    ----------
    value, floor, goal : float
    lower : bool
        Whether less is better.

    Examples
    --------
    >>> verdict(4.5, 4.0, 6.0), verdict(3e-15, 1e-13, 1e-14, lower=True)
    ('floor', 'goal')
    """
    sign = -1 if lower else 1
    if sign * value >= sign * goal:
        return "goal"
    return "floor" if sign * value >= sign * floor else "below"
