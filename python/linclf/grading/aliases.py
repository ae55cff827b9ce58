"""Decorators of gradescope-utils and okpy: a suite that used them needs another import, no more.

    from gradescope_utils.autograder_utils.decorators import weight, number, visibility   # before
    from linclf.grading.aliases import weight, number, visibility                         # now

They work on functions, and on methods of `unittest.TestCase`. What the tests used to import from
the student is `student` here: ``from linclf.grading.aliases import student as calculator``. It
has the functions of the submission as attributes, and they run in its own process.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from linclf.grading.plugin.running import Running

__all__ = [
    "hide_errors",
    "leaderboard",
    "number",
    "partial_credit",
    "points",
    "student",
    "tags",
    "visibility",
    "weight",
]

F = TypeVar("F", bound=Callable[..., Any])


def weight(val: float) -> Callable[[F], F]:
    """Say how many points a test is worth.

    Examples
    --------
    >>> @weight(2.5)
    ... def test_loss():
    ...     pass
    """
    return _mark(n=val)


def points(val: float) -> Callable[[F], F]:
    """Say how many points a test is worth, as okpy does."""
    return _mark(n=val)


def number(val: str) -> Callable[[F], F]:
    """Say the number of a test in the list of results: "1.1"."""
    return _mark(number=str(val))


def visibility(val: str) -> Callable[[F], F]:
    """Say when students see a test: visible, hidden, after_due_date or after_published."""
    return _mark(visibility=val)


def tags(*args: str) -> Callable[[F], F]:
    """Give tags to a test."""
    return _mark(tags=args)


def hide_errors(error_message: str = "Test failed") -> Callable[[F], F]:
    """Say this, whatever is wrong, and nothing else."""
    return _mark(hide_errors=error_message)


def partial_credit(weight: float) -> Callable[[F], F]:
    """Let a test say its score itself: ``set_score(value, message="")`` is passed to it.

    A test that sets none earns nothing.
    """

    def start() -> Callable[..., None]:
        running = _running()
        running.set_score(0.0)
        score: Callable[..., None] = running.set_score
        return score

    def decorate(function: F) -> F:
        return _mark(n=weight)(_with_argument(function, "set_score", start))

    return decorate


def leaderboard(column_name: str, sort_order: str = "desc") -> Callable[[F], F]:
    """Let a test enter a value of the leaderboard: ``set_leaderboard_value(value)`` is passed.

    Parameters
    ----------
    column_name : str
        Of the leaderboard.
    sort_order : {"desc", "asc"}
        Whether the largest or the smallest value comes first.

    Raises
    ------
    ValueError
        If the order is neither.
    """
    if sort_order not in ("asc", "desc"):
        raise ValueError(f"sort_order is {sort_order!r}; it must be 'asc' or 'desc'")

    def set_value(value: float | str) -> None:
        _running().enter_leaderboard(column_name, value, sort_order)

    def decorate(function: F) -> F:
        shown = _with_argument(function, "set_leaderboard_value", lambda: set_value)
        return _mark(leaderboard=column_name)(shown)

    return decorate


class _Student:
    """The submission that is being graded, under whatever name a test imports it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_running().student(), name)


student = _Student()
"""The functions of the submission, as attributes, inside of a test."""


def _mark(**what: Any) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        marked: F = pytest.mark.points(**what)(function)
        return marked

    return decorate


def _with_argument(function: F, name: str, make: Callable[[], Any]) -> F:
    """Return a function that is passed one more argument, which pytest does not hear of."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **{name: make(), **kwargs})

    signature = inspect.signature(function)
    kept = [one for one in signature.parameters.values() if one.name != name]
    wrapper.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
    return wrapper  # type: ignore[return-value]


def _running() -> Running:
    """Return the test that is running.

    Raises
    ------
    pytest.UsageError
        If nothing is being graded.
    """
    from linclf.grading.plugin.running import CURRENT

    running = CURRENT.get()
    if running is None:
        raise pytest.UsageError(
            "nothing is graded here; name a submission: pytest --linclf-submission hw1.py"
        )
    return running
