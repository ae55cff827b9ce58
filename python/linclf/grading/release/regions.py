"""What instructors mark in their files: solutions and hidden tests, and files without them.

    ### BEGIN SOLUTION, ### END SOLUTION            what students write; they get a
                                                    `raise NotImplementedError(...)`
    ### BEGIN HIDDEN TESTS, ### END HIDDEN TESTS    what is taken out without a trace

These are the marks of nbgrader, in ``.py`` files and in cells of notebooks. A cell that nbgrader
has marked as a solution without such lines is one as a whole. Outputs are taken out, too.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["RegionError", "Removed", "strip_notebook", "strip_python", "strip_text"]

SOLUTION, HIDDEN = "SOLUTION", "HIDDEN TESTS"
BEGIN, END = f"### BEGIN {SOLUTION}", f"### END {SOLUTION}"
"""The marks of a solution, as they are written."""

_MARK = re.compile(r"\s*(?:#+|<!--)\s*(BEGIN|END) (SOLUTION|HIDDEN TESTS)\s*(?:-->)?\s*$")
_LIKE_A_MARK = re.compile(r"\b(begin|end)[\W_]*(solution|hidden[\W_]*tests?)\b", re.IGNORECASE)
_WHOLE_CELLS = {"solution", "instructor", "test"}  # tags, as in the notebooks of the course

NumberOf = Callable[[str], str]


class RegionError(ValueError):
    """Marks that do not fit together, with file and line."""


@dataclass(frozen=True)
class Removed:
    """What was taken out.

    Attributes
    ----------
    where : str
        File and line, or cell, of its beginning.
    lines : tuple of str
        Without blanks around them; no empty ones.
    """

    where: str
    lines: tuple[str, ...]


def strip_python(text: str, name: str, number_of: NumberOf = str) -> tuple[str, list[Removed]]:
    """Return a Python file as students get it, and what was taken out.

    Parameters
    ----------
    text : str
    name : str
        Of the file, for messages.
    number_of : callable
        Returns the number of the exercise that a function is; "" if it has none.

    Raises
    ------
    RegionError
        If marks do not fit together, or if what is left is no Python.

    Examples
    --------
    >>> text = "def f(x):\\n    ### BEGIN SOLUTION\\n    return x\\n    ### END SOLUTION\\n"
    >>> print(strip_python(text, "f.py", lambda name: "1")[0])
    def f(x):
        raise NotImplementedError("Exercise 1: f")
    <BLANKLINE>
    """
    lines, removed = _strip(text.split("\n"), name, number_of)
    found = "\n".join(lines)
    try:
        ast.parse(found)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        place = f"{name}, line {line} of what students get" if line else name
        raise RegionError(f"{place}: without the marked parts it is not Python: {error}") from None
    return found, removed


def strip_text(text: str, name: str) -> tuple[str, list[Removed]]:
    """Return any other text as students get it, and what was taken out.

    Raises
    ------
    RegionError
        If marks do not fit together.

    Examples
    --------
    >>> strip_text("a\\n# BEGIN HIDDEN TESTS\\nb\\n# END HIDDEN TESTS\\nc", "notes.md")[0]
    'a\\nc'
    """
    lines, removed = _strip(text.split("\n"), name, None)
    return "\n".join(lines), removed


def strip_notebook(text: str, name: str, number_of: NumberOf = str) -> tuple[str, list[Removed]]:
    """Return a notebook as students get it, without outputs, and what was taken out.

    Parameters
    ----------
    text, name, number_of
        As of `strip_python`.

    Raises
    ------
    RegionError
        If it is no notebook, or if marks do not fit together.
    """
    try:
        notebook: Any = json.loads(text)
        cells = notebook["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
        kinds = [str(cell["cell_type"]) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RegionError(f"{name} is no notebook of format 4: save it by Jupyter") from None
    kept, removed = [], []
    for number, (cell, source, kind) in enumerate(zip(cells, sources, kinds, strict=True), 1):
        where, metadata = f"{name}, cell {number}", cell.get("metadata", {})
        if _WHOLE_CELLS.intersection(metadata.get("tags", ())):
            removed.append(_removed(where, source.split("\n")))
            continue
        code = kind == "code"
        lines, parts = _strip(source.split("\n"), where, number_of if code else None)
        if metadata.get("nbgrader", {}).get("solution") and not parts:
            lines, parts = _whole(source, where, code)
        removed += parts
        cell["source"] = "\n".join(lines).splitlines(keepends=True)
        if parts:  # pictures of a solution tell it as well
            cell.pop("attachments", None)
        if code:
            cell |= {"outputs": [], "execution_count": None}
        kept.append(cell)
    notebook["cells"] = kept
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n", removed


def _whole(source: str, where: str, code: bool) -> tuple[list[str], list[Removed]]:
    """Return what stands for a cell that is a solution as a whole, as nbgrader writes it."""
    stub = ["# YOUR CODE HERE", "raise NotImplementedError()"] if code else ["YOUR ANSWER HERE"]
    return stub, [_removed(where, source.split("\n"))]


def _removed(where: str, lines: list[str]) -> Removed:
    return Removed(where, tuple(line.strip() for line in lines if line.strip()))


def _strip(
    lines: list[str], where: str, number_of: NumberOf | None
) -> tuple[list[str], list[Removed]]:
    """Return lines without what is marked; of code if `number_of` is there."""
    kept: list[str] = []
    removed: list[Removed] = []
    begin, kind = -1, ""
    for index, line in enumerate(lines):
        place = f"{where}, line {index + 1}"
        mark = _MARK.match(line)
        if mark is None:
            if _LIKE_A_MARK.search(line) and line.lstrip().startswith(("#", "<!--")):
                raise RegionError(
                    f"{place}: {line.strip()!r} is like a mark, but none; write "
                    f"`### BEGIN {SOLUTION}`, `### BEGIN {HIDDEN}`, or END of either"
                )
            kept += [line] if begin < 0 else []
        elif mark[1] == "BEGIN":
            if begin >= 0:
                raise RegionError(
                    f"{place}: BEGIN {mark[2]} inside of the {kind} that begins in line "
                    f"{begin + 1}; end that one first"
                )
            begin, kind = index, mark[2]
        else:
            if begin < 0 or mark[2] != kind:
                raise RegionError(f"{place}: END {mark[2]} without a BEGIN {mark[2]} before it")
            if kind == SOLUTION and number_of is not None:
                kept += _stub(lines, begin, index, number_of)
            removed.append(_removed(f"{where}, line {begin + 1}", lines[begin + 1 : index]))
            begin = -1
    if begin >= 0:
        raise RegionError(f"{where}, line {begin + 1}: BEGIN {kind} without an END {kind}")
    return kept, removed


def _stub(lines: list[str], begin: int, end: int, number_of: NumberOf) -> list[str]:
    """Return what stands for a solution: the exception of the exercise, or `answer = ...`."""
    name = enclosing(lines, begin)
    if not name:
        answers = assigned(lines[begin + 1 : end])
        return [f"{answer} = ..." for answer in answers] or ["# YOUR CODE HERE"]
    number = number_of(name)
    told = f"Exercise {number}: {name}" if number else name
    return [f'{indent(lines[begin])}raise NotImplementedError("{told}")']


def indent(line: str) -> str:
    """Return the blanks at the beginning of a line."""
    return line[: len(line) - len(line.lstrip())]


def enclosing(lines: list[str], at: int) -> str:
    """Return the name of the outermost function around a line, "" outside of functions."""
    name, room = "", len(indent(lines[at]))
    for line in reversed(lines[:at]):
        if line.strip() and len(indent(line)) < room:
            room = len(indent(line))
            if match := re.match(r"\s*(?:async )?def (\w+)", line):
                name = match[1]
    return name


def assigned(lines: list[str]) -> list[str]:
    """Return the names that a piece of code outside of functions assigns, if it does only that."""
    try:
        statements = ast.parse("\n".join(lines)).body
    except SyntaxError:  # of an indented piece
        return []
    names: list[str] = []
    for statement in statements:
        targets = getattr(statement, "targets", [])
        if not targets or not all(isinstance(target, ast.Name) for target in targets):
            return []
        names += [target.id for target in targets]
    return list(dict.fromkeys(names))
