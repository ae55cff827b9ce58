"""Checks of the plain numbers that never reach the C core."""

from __future__ import annotations

import math
from numbers import Real
from operator import index
from typing import Any


def number(name: str, value: Any, *, below: float = math.inf) -> float:
    """Return `value` as a float.

    Raises
    ------
    TypeError
        If it is not a real number (a bool is none).
    ValueError
        If it is not in ``0 <= value < below``.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is a {type(value).__name__}; it must be a number such as 1e-3")
    result = float(value)
    if not 0.0 <= result < below:
        limit = "finite" if below == math.inf else f"below {below:g}"
        raise ValueError(f"{name} is {value}; it must be 0 or more, and {limit}")
    return result


def count(name: str, value: Any, *, least: int) -> int:
    """Return `value` as an int.

    Raises
    ------
    TypeError
        If it is not an integer (a bool is none).
    ValueError
        If it is below `least`, or beyond what can be counted.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} is a {type(value).__name__}; it must be an integer")
    result = index(value)
    if not least <= result < 1 << 62:
        raise ValueError(f"{name} is {result}; it must be {least} or more, and below 2**62")
    return result
