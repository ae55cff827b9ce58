"""What is executed of a notebook: imports, definitions and constants, and cells that are marked.

Part of the worker, which has a copy of this file: standard library only. Magics and shell lines are
dropped. What else a notebook computes is not done again: no picture, no training.
"""

from __future__ import annotations

import ast
import json
import linecache
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __package__:
    from linclf.grading.child.telling import describe
else:
    from telling import describe

_MAGIC = re.compile(r"\s*([%!?]|[\w.]+\?+\s*$|\w+\s*=\s*[%!])")
_PLAIN = (ast.Constant, ast.Name, ast.Attribute, ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List,
          ast.Dict, ast.Set, ast.Lambda, ast.expr_context, ast.operator, ast.unaryop)  # fmt: skip


def parts_of(
    path: Path, name: str, marks: set[str], own: dict[str, str]
) -> tuple[list[tuple[ast.Module, str]], dict[str, Any] | None]:
    """Return what is to be executed of the cells of a notebook.

    Parameters
    ----------
    path : Path
        Of the notebook.
    name : str
        To show.
    marks : set of str
        Tags and nbgrader ids of cells that are executed as a whole.
    own : dict of str
        The student's files, to which the cells are added: name in tracebacks -> name to show.

    Returns
    -------
    parts : list of (module, str)
        For each cell what is left of it, and its name in tracebacks.
    problem : dict or None
        Of the first cell with a definition that is no Python.
    """
    parts, problem = [], None
    for number, cell in enumerate(_code_cells(json.loads(path.read_bytes())), 1):
        source = cell["source"]
        text = without_magics(source if isinstance(source, str) else "".join(source))
        label = f"{path}[{number}]"
        own[label] = f"{name}, code cell {number}"
        linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
        metadata = cell.get("metadata", {})
        ids = {*metadata.get("tags", ()), metadata.get("nbgrader", {}).get("grade_id", "")}
        marked = bool(ids & marks)
        try:
            tree = ast.parse(text, label)
        except SyntaxError as error:
            if marked or re.search(r"^\s*(def|class)\s", text, re.MULTILINE):
                problem = problem or describe(error, own, name)
            continue
        kept = [node for node in tree.body if marked or _is_definition(node)]
        parts.append((ast.Module(kept, []), label))
    return parts, problem


def _code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook["cells"] if cell.get("cell_type") == "code"]


def without_magics(source: str) -> str:
    """Return the source of a cell with its magics and shell lines emptied.

    Examples
    --------
    >>> without_magics("%matplotlib inline\\nx = 1")
    '\\nx = 1'
    """
    lines = source.splitlines()
    if lines and lines[0].startswith("%%"):
        if not re.match(r"%%(time|timeit|capture)\b", lines[0]):
            return ""
        lines[0] = ""
    # A line may begin with % and go on with an expression: only what is no Python is dropped.
    while True:
        try:
            ast.parse("\n".join(lines))
        except SyntaxError as error:
            number = (error.lineno or 0) - 1
            if 0 <= number < len(lines) and _MAGIC.match(lines[number]):
                lines[number] = ""
                continue
            lines = ["" if _MAGIC.match(line) else line for line in lines]
        return "\n".join(lines)


def _is_definition(node: ast.stmt) -> bool:
    """Tell whether a statement imports, defines, or gives a name to a plain value."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        named = all(isinstance(target, ast.Name) for target in targets)
        if not named or node.value is None:
            return False
        return isinstance(node.value, ast.Lambda) or all(
            isinstance(part, _PLAIN) for part in ast.walk(node.value)
        )
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
