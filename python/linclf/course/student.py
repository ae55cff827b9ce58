"""A student's function, called with care: whatever goes wrong becomes a sentence."""

from __future__ import annotations

import inspect
import re
import traceback
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.cases import copy_like
from linclf.messages import Sentence, say

if TYPE_CHECKING:
    from linclf.course.specification import Exercise

_SAME = 1e-9  # relative: the same sums may be added up in another order


class Wrong(Exception):
    """What is wrong with a function, as sentences."""

    def __init__(self, *sentences: Sentence) -> None:
        super().__init__(*map(str, sentences))
        self.sentences = sentences


class Raised(Wrong):
    """What a function raised that runs in another process.

    Attributes
    ----------
    type, text : str
        Of the exception.
    base : str
        The nearest exception of Python itself that it is one of.
    line, source
        Where in the student's own file; 0 and "" if it was not there.
    """

    type: str
    text: str
    base: str
    line: int
    source: str

    def told(self, *sentences: Sentence) -> Wrong:
        """Return what to raise instead, with sentences that know the exercise."""
        return Wrong(*sentences)


def raised(error: Raised) -> Sentence:
    """Return what was raised, and where in the student's own file."""
    values = {"kind": error.type, "text": " ".join(error.text.split())}
    if error.line:
        return say("course.raised_at", line=error.line, source=error.source or "?", **values)
    return say("course.raised", **values)


class Student:
    """A function that somebody wrote for an exercise.

    Parameters
    ----------
    exercise : Exercise
    function : object
        As handed in; what cannot be called is refused.

    Raises
    ------
    Wrong
        If it cannot be called, or not with the parameters of the exercise.
    """

    def __init__(self, exercise: Exercise, function: Any) -> None:
        self.exercise = exercise
        if function is None or function is Ellipsis:
            raise Wrong(self._not_written())
        if not callable(function):
            raise Wrong(say("course.not_callable", type=type(function).__name__))
        self.function: Callable[..., Any] = function
        self._check_signature()

    def call(self, *operands: Any, changes: tuple[str, ...] = ()) -> tuple[Any, list[Any]]:
        """Return what it returns, and the copies of the operands that it was called with.

        Parameters
        ----------
        *operands
            Arrays are copied first.
        changes : tuple of str
            Parameters that it may change.

        Raises
        ------
        Wrong
            If it raises, returns nothing though it should, or changes what it must not.
        """
        given = [copy_like(o) if isinstance(o, np.ndarray) else o for o in operands]
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = self.function(*given)
        except Raised as error:
            raise error.told(*self._told(error, operands)) from None
        except Wrong:
            raise
        except Exception as error:
            raise Wrong(*self._told(self._located(error), operands)) from error
        for name, before, after in zip(self.exercise.names, operands, given, strict=False):
            if isinstance(before, np.ndarray) and name not in changes and not _equal(before, after):
                raise Wrong(say(self._changed(name), what=name))
        if result is None and self.exercise.returns:
            raise Wrong(say("course.returns_none"))
        return result, given

    def _changed(self, name: str) -> str:
        restored = self.exercise.name == "numerical_gradient" and name == "W"
        return "course.not_restored" if restored else "course.changes"

    def _not_written(self, text: str = "") -> Sentence:
        """Return which exercise is still to be written: this one, or one that it calls."""
        named = re.match(r"Exercise (\S+): (\w+)", text)
        if named and named[2] != self.exercise.name:
            return say("course.needs_other", number=named[1], other=named[2])
        return say("course.not_written", task=say(f"task.{self.exercise.name}"))

    def _check_signature(self) -> None:
        wanted = self.exercise.names
        try:
            parameters = inspect.signature(self.function)
        except (TypeError, ValueError):  # of something that is written in C
            return
        found, signature = tuple(parameters.parameters), self.exercise.signature
        told = str(parameters.replace(return_annotation=inspect.Signature.empty))
        plain = re.sub(r": [^,=)]+", "", told) if len(told) > 200 else told
        for n in {len(wanted), self.exercise.required}:
            try:
                parameters.bind(*wanted[:n])
            except TypeError:
                raise Wrong(say("course.signature", found=plain, wanted=f"({signature})")) from None
        if found != wanted and sorted(found) == sorted(wanted):
            raise Wrong(say("course.order", found=", ".join(found), wanted=", ".join(wanted)))

    def _located(self, error: Exception) -> Raised:
        """Return an exception with its place in the student's own file."""
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        frames = traceback.extract_tb(error.__traceback__)
        mine = [f for f in frames if code is not None and f.filename == code.co_filename]
        found = Raised()
        found.type, found.text, found.base = type(error).__name__, str(error), base_of(error)
        found.line = (mine[-1].lineno or 0) if mine else 0
        found.source = (mine[-1].line or "") if mine else ""
        return found

    def _told(self, error: Raised, operands: tuple[Any, ...]) -> list[Sentence]:
        """Return what was raised, where in the student's own file, and shapes if they matter."""
        if error.base == "NotImplementedError":
            return [self._not_written(error.text)]
        told = [raised(error)]
        if error.base in ("ValueError", "IndexError") and re.search(
            r"shape|broadcast|mismatch|dimension|out of bounds", error.text
        ):
            sizes = ", ".join(
                f"{name} {operand.shape}"
                for name, operand in zip(self.exercise.names, operands, strict=False)
                if isinstance(operand, np.ndarray)
            )
            if sizes:
                told.append(say("course.shapes", shapes=sizes))
        return told


def base_of(error: BaseException) -> str:
    """Return the nearest exception of Python itself that an exception is one of."""
    return next(one.__name__ for one in type(error).__mro__ if one.__module__ == "builtins")


def check_number(result: Any, expected: float, what: str, hint: str = "") -> Any:
    """Return a number as NumPy has it, of the dtype that it came in.

    Raises
    ------
    Wrong
        If it is no single real number, or not finite while it should be.
    """
    if isinstance(result, tuple):
        raise Wrong(say("course.count_one", what=what, found=len(result)))
    if isinstance(result, bool | np.bool_ | str | list | dict) or result is None:
        raise Wrong(say("course.number", what=what, found=type(result).__name__))
    try:
        value = np.asarray(result)
    except Exception:
        raise Wrong(say("course.number", what=what, found=type(result).__name__)) from None
    if value.ndim:
        raise Wrong(say("course.number_shape", what=what, shape=value.shape))
    if value.dtype.kind not in "fiu":
        raise Wrong(say("course.number", what=what, found=type(result).__name__))
    if np.isfinite(expected) and not np.isfinite(value):
        raise Wrong(*_not_finite(what, str(value), hint))
    return value


def check_array(result: Any, expected: Any, what: str, hint: str = "") -> Any:
    """Return an array.

    Raises
    ------
    Wrong
        If it is none, of another shape or dtype than expected, or not finite.
    """
    if isinstance(result, tuple):
        raise Wrong(say("course.count_one", what=what, found=len(result)))
    if not isinstance(result, np.ndarray):
        raise Wrong(say("course.array", what=what, found=type(result).__name__))
    if result.shape != expected.shape:
        raise Wrong(_shape(result.shape, expected.shape, what))
    whole = expected.dtype.kind in "iu"
    if result.dtype.kind not in "fiu":
        raise Wrong(say("course.dtype", what=what, found=result.dtype))
    if not whole and result.dtype.kind in "iu" and (expected != np.round(expected)).any():
        raise Wrong(say("course.integers", what=what, found=result.dtype))
    bad = ~np.isfinite(result) & np.isfinite(expected)
    if bad.any():
        where = "[" + ", ".join(map(str, np.argwhere(bad)[0])) + "]"
        raise Wrong(*_not_finite(what + where, str(result[tuple(np.argwhere(bad)[0])]), hint))
    return result


def check_pair(result: Any, first: str, second: str) -> tuple[Any, Any]:
    """Return both parts of a pair.

    Raises
    ------
    Wrong
        If there are not two.
    """
    if not isinstance(result, tuple | list):
        found = "an array" if isinstance(result, np.ndarray) else type(result).__name__
        raise Wrong(say("course.pair", first=first, second=second, found=found))
    if len(result) != 2:
        raise Wrong(say("course.pair", first=first, second=second, found=f"{len(result)} values"))
    axes = _axes(result[0]), _axes(result[1])
    matrix_first, matrix_last = axes == (2, 0), axes == (0, 2)
    if matrix_last if first in ("best W", "dW") else matrix_first:
        raise Wrong(say("course.pair_swapped", first=first, second=second))
    return result[0], result[1]


def _axes(part: Any) -> int | None:
    """Return the number of axes of a part of a result; None if it is no array at all."""
    try:
        return np.ndim(part)
    except ValueError:  # lists of different lengths
        return None


def same(first: Any, second: Any) -> bool:
    """Tell whether two results are the same but for the order of sums."""
    if isinstance(first, tuple | list):
        return len(first) == len(second) and all(map(same, first, second))
    first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if first.shape != second.shape:
        return False
    size = float(np.abs(first[np.isfinite(first)]).max(initial=0.0))
    return bool(np.allclose(first, second, rtol=_SAME, atol=_SAME * size, equal_nan=True))


def _equal(before: Any, after: Any) -> bool:
    return np.array_equal(before, after, equal_nan=before.dtype.kind == "f")


def _not_finite(what: str, found: str, hint: str) -> list[Sentence]:
    told = [say("course.not_finite", what=what, found=found)]
    return [*told, say(hint)] if hint else told


def _shape(found: tuple[int, ...], wanted: tuple[int, ...], what: str) -> Sentence:
    """Return how a shape is wrong: transposed, an axis too many or too few."""
    values = {"what": what, "found": found, "wanted": wanted}
    if found == wanted[::-1] and found != wanted:
        return say("course.shape_transposed", **values)
    squeezed = tuple(n for n in found if n != 1)
    if squeezed == tuple(n for n in wanted if n != 1):
        return say("course.shape_ones", **values)
    if len(found) < len(wanted) and all(n in wanted for n in found):
        return say("course.shape_summed", **values)
    if found == wanted * 2:
        return say("course.shape_broadcast", **values)
    return say("course.shape", **values)
