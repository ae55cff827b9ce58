"""The audit of items whose check is not a comparison of a loss and a gradient with a case.

How such a check compares is its own affair. What can be asked of any is whether it accepts a
function, and so a mistake is made by degrees: of the way from the right answer to the wrong one, a
hundredth is gone, then a ten-thousandth, until the check is content. Separated by 100 tolerances is
what is still refused at a hundredth.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linclf.cases import copy_like

Function = Callable[..., Any]
Accepts = Callable[[Function, int], bool]
"""``accepts(function, seed)``: whether a check gives all points for a function."""

SHARES = (1.0, 1e-2, 1e-4, 1e-6, 1e-8)


def separation(
    accepts: Accepts,
    wrong: Function,
    right: Function | None,
    seed: int,
    shares: Sequence[float] = SHARES,
) -> float:
    """Return one over the smallest part of a mistake that a check refuses; 0 if it takes it whole.

    It is inf for a mistake that cannot be made in part: another shape, a missing result. Without a
    right function it is inf or 0, too.
    """
    if accepts(wrong, seed):
        return 0.0
    if right is None:
        return np.inf
    least = 1.0
    for share in shares[1:]:
        partly = Partly(wrong, right, share)
        refused = not accepts(partly, seed)
        if not partly.possible:
            return np.inf
        if not refused:
            break
        least = share
    return 1.0 / least


class Partly:
    """A function that goes a part of the way from a right one to a wrong one.

    Attributes
    ----------
    possible : bool
        Whether all answers so far could be mixed.
    """

    def __init__(self, wrong: Function, right: Function, share: float) -> None:
        self.wrong, self.right, self.share = wrong, right, share
        self.possible = True

    def __call__(self, *operands: Any) -> Any:
        given = [_copy(operand) for operand in operands]
        try:
            answer, meant = self.wrong(*operands), self.right(*given)
            for mine, other in zip(operands, given, strict=True):
                if isinstance(mine, np.ndarray) and not np.array_equal(mine, other):
                    mine[...] = other + self.share * (mine - other)
            return self._mixed(answer, meant)
        except (TypeError, ValueError):
            self.possible = False
            raise

    def _mixed(self, answer: Any, meant: Any) -> Any:
        if isinstance(meant, tuple) and isinstance(answer, tuple) and len(meant) == len(answer):
            return tuple(self._mixed(*both) for both in zip(answer, meant, strict=True))
        if meant is None and answer is None:
            return None
        if not _is_number(answer) or not _is_number(meant) or np.shape(answer) != np.shape(meant):
            self.possible = False
            return answer
        with np.errstate(invalid="ignore"):
            return meant + self.share * (answer - meant)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number | np.ndarray)


def _copy(operand: Any) -> Any:
    """Return an operand to try something on; functions that note what they are asked, too."""
    return copy_like(operand) if isinstance(operand, np.ndarray) else copy.deepcopy(operand)


# --------------------------------------------------------------------------- telling apart


class Noted:
    """A function that notes what it is called with."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, *operands: Any) -> Any:
        self.calls.append(tuple(_copy(operand) for operand in operands))
        return self.function(*operands)


def confused(accepts: Accepts, functions: dict[str, Function], seed: int) -> set[tuple[str, str]]:
    """Return the pairs of mistakes that answer alike to everything that the check asks.

    A check stops at the first answer that it does not like; what it asked of the one that got
    farthest is asked of all.
    """
    asked: Sequence[tuple[Any, ...]] = ()
    for function in functions.values():
        noted = Noted(function)
        accepts(noted, seed)
        asked = max(asked, noted.calls, key=len)
    answers = {name: [_outcome(f, operands) for operands in asked] for name, f in functions.items()}
    names = list(functions)
    return {
        (one, other)
        for i, one in enumerate(names)
        for other in names[i + 1 :]
        if alike(answers[one], answers[other])
    }


def _outcome(function: Function, operands: tuple[Any, ...]) -> Any:
    """Return the result and the operands afterwards, or what was raised."""
    given = [_copy(operand) for operand in operands]
    try:
        with np.errstate(all="ignore"):
            result = function(*given)
    except Exception as error:  # whatever a check may raise by way of its callbacks
        return type(error).__name__, str(error)
    return result, [operand for operand in given if isinstance(operand, np.ndarray)]


def alike(first: Any, second: Any) -> bool:
    """Tell whether two results are the same but for rounding."""
    if isinstance(first, tuple | list) and isinstance(second, tuple | list):
        return len(first) == len(second) and all(map(alike, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(
            alike(first[key], second[key]) for key in first
        )
    if _is_number(first) and _is_number(second):
        if np.shape(first) != np.shape(second):
            return False
        size = float(np.abs(np.nan_to_num(first)).max(initial=0.0))
        return bool(np.allclose(first, second, rtol=1e-9, atol=1e-9 * size, equal_nan=True))
    return type(first) is type(second) and first == second
