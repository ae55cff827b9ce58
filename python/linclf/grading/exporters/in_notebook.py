"""Grade one item inside a notebook: for grade cells of nbgrader, and for test files of Otter.

The functions run in the very process that judges them (tier T0): this is as safe as those systems
are, which is not at all against somebody who tries. The cases are public and always the same.

nbgrader takes the value of the last expression of a grade cell for its points, with two traps that
`score` keeps clear of: a 0 would mean full points, as would a NumPy number, whose text is none. So
no points are an exception, and points are a float of Python.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from linclf.course.student import Wrong
from linclf.grading.checks import CHECKS
from linclf.grading.exporters.options import category_text, points_text, said
from linclf.grading.ledger import Ledger
from linclf.grading.results import ItemResult
from linclf.grading.rubric import Assignment, load
from linclf.grading.seeds import PUBLIC, seed_of
from linclf.grading.sinks import plain
from linclf.grading.student.local import LocalStudent

__all__ = ["NoPointsError", "check_item", "score"]


class NoPointsError(AssertionError):
    """An item that earned nothing, or not all; the text says why."""


def score(item: str, *functions: Callable[..., Any], rubric: str | Path) -> float:
    """Return the points of an item, as the last expression of a grade cell of nbgrader.

    Parameters
    ----------
    item : str
        Its id in the rubric.
    *functions : callable
        What the students wrote; each is found by its name, a single one is the one that is asked
        for, whatever its name.
    rubric : str or Path
        What `linclf.grading.rubric.load` reads.

    Returns
    -------
    float
        More than 0, at most the points of the item.

    Raises
    ------
    NoPointsError
        If it earned nothing: that is how nbgrader is told 0 points.
    KeyError
        If there is no such item.

    Examples
    --------
    >>> def scores(W, X):
    ...     return X @ W
    >>> score("scores", scores, rubric="pixels_to_scores")
    3.0
    """
    asked = _assignment(rubric).item(item).function
    named = {getattr(one, "__name__", "?"): one for one in functions}
    if len(functions) == 1:
        named = {asked: functions[0]}
    result = _run(item, named, rubric)
    if result.earned <= 0:
        raise NoPointsError(_text(result))
    return result.earned / 100


def check_item(item: str, functions: Mapping[str, Any], rubric: str | Path) -> None:
    """Raise what an item has to say about functions, unless it is right.

    Parameters
    ----------
    item : str
        Its id in the rubric.
    functions : mapping of str
        By name; a whole namespace of a notebook will do.
    rubric : str or Path
        What `linclf.grading.rubric.load` reads.

    Raises
    ------
    NoPointsError
        If it is not right.
    KeyError
        If there is no such item.

    Examples
    --------
    >>> check_item("scores", {"scores": lambda W, X: X @ W, "other": 3}, "pixels_to_scores")
    """
    result = _run(item, functions, rubric)
    if result.status != "passed":
        raise NoPointsError(_text(result))


@lru_cache(maxsize=8)
def _read(rubric: str) -> Assignment:
    return load(rubric)


def _assignment(rubric: str | Path) -> Assignment:
    return _read(str(rubric))


def _run(id: str, functions: Mapping[str, Any], rubric: str | Path) -> ItemResult:
    assignment = _assignment(rubric)
    item = assignment.item(id)
    if item.check not in CHECKS:
        raise ValueError(
            f"item {id!r} has the check {item.check!r}, which pytest runs: "
            "in a notebook, take an item with a check of its own"
        )
    result = ItemResult(id, item.title, item.number, item.points, visibility=item.visibility)
    ledger = Ledger(item.points, cases=item.cases, partial=item.partial, kappa=item.kappa)
    seed = seed_of(PUBLIC, assignment.id, id, "")
    # A warning, or anything else on stderr, would count as an error.
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        try:
            with LocalStudent(dict(functions), limits=item.limits) as student:
                spec = assignment.functions.get(item.function)
                CHECKS[item.check](item, student, seed, ledger, spec)
        except Wrong as wrong:
            ledger.fail(wrong)
    ledger.settle(result, assignment.language or None)
    return result


def _text(result: ItemResult) -> str:
    told = [said(message) for message in result.messages if result.visibility == "visible"]
    head = f"{category_text(result.category)}, {points_text(result.earned)} of "
    return plain("\n".join([f"{head}{points_text(result.points)} points", *told]))
