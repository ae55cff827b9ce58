"""Find and load the functions of a submission: .py files, or the definitions in a notebook.

Part of the worker, which has a copy of this file: standard library only. `LocalStudent` uses it in
the process of the reader (tier T0). A file is executed if it defines a function that is wanted. Of
a notebook that holds for its imports, definitions and constants, and for cells that are marked;
magics are dropped, and what else a notebook computes is not done again.
"""

from __future__ import annotations

import ast
import inspect
import json
import linecache
import re
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MAGIC = re.compile(r"\s*([%!?]|[\w.]+\?+\s*$|\w+\s*=\s*[%!])")
_MOST = 200  # names that are told
_PLAIN = (ast.Constant, ast.Name, ast.Attribute, ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List,
          ast.Dict, ast.Set, ast.Lambda, ast.expr_context, ast.operator, ast.unaryop)  # fmt: skip


@dataclass
class Loaded:
    """What a submission defines.

    Attributes
    ----------
    values : dict
        By name; functions, and what else stands under a wanted name.
    files : dict of str
        Where each comes from.
    defined : list of str
        Names of functions in files that were not executed.
    own : dict of str
        The student's files: name in tracebacks -> name to show.
    problem : dict or None
        The exception that kept a file from being loaded.
    """

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    defined: list[str] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)
    problem: dict[str, Any] | None = None


def load(folder: Path, wanted: Sequence[str] = (), tags: Mapping[str, str] | None = None) -> Loaded:
    """Load what is wanted out of a folder.

    Parameters
    ----------
    folder : Path
        The submission.
    wanted : sequence of str
        Names of functions; all if empty.
    tags : dict of str
        For names of functions, the tag or the nbgrader id of the cell of a notebook that defines
        it. A cell with the tag ``linclf:NAME`` needs no entry.

    Returns
    -------
    Loaded
        Whatever goes wrong is told in its `problem`.
    """
    found = Loaded()
    marks = {f"linclf:{name}" for name in wanted} | set((tags or {}).values())
    units = [_unit(path, folder, marks, found) for path in _sources(folder)]
    for unit in _chosen([unit for unit in units if unit is not None], wanted):
        _execute(unit, wanted, found)
    if wanted and all(name in found.values for name in wanted):
        found.problem = None  # of a file that nobody asked for
    return found


@dataclass
class _Unit:
    """A file that is to be executed as one module."""

    path: Path
    name: str
    parts: list[tuple[ast.Module, str]]  # of a notebook, its cells
    names: set[str]
    notebook: bool


def _sources(folder: Path) -> list[Path]:
    paths = [p for p in sorted(folder.rglob("*")) if p.suffix in (".py", ".ipynb") and p.is_file()]
    inside = [p.relative_to(folder) for p in paths]
    kept = [p for p in inside if not any(part.startswith((".", "__")) for part in p.parts)]
    return [folder / p for p in sorted(kept, key=lambda p: (len(p.parts), p))]


def _unit(path: Path, folder: Path, marks: set[str], found: Loaded) -> _Unit | None:
    name, notebook = str(path.relative_to(folder)), path.suffix == ".ipynb"
    found.own[str(path)] = name
    try:
        if notebook:
            parts = _cells(path, name, marks, found)
        else:
            parts = [(ast.parse(path.read_bytes(), str(path)), str(path))]
    except BaseException as error:
        found.problem = found.problem or describe(error, found.own, name)
        return None
    names = {one for tree, _ in parts for one in _defined(tree)}
    found.defined += [one for tree, _ in parts for one in _defined(tree, functions=True)]
    return _Unit(path, name, parts, names, notebook)


def _defined(tree: ast.Module, *, functions: bool = False) -> Iterator[str]:
    """Return the names that a module gives to anything, or to what are surely functions."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            if isinstance(node.value, ast.Lambda) or not functions:
                yield from (t.id for t in node.targets if isinstance(t, ast.Name))
        elif isinstance(node, ast.ImportFrom) and not functions:
            yield from (alias.asname or alias.name for alias in node.names)


def _chosen(units: list[_Unit], wanted: Sequence[str]) -> list[_Unit]:
    """Return the files to execute: each wanted function from the file that defines most of them.

    A file that is alone is executed whatever it defines.
    """
    if len(units) == 1 or not wanted:
        return units
    left, chosen = set(wanted), []
    for unit in sorted(units, key=lambda unit: -len(unit.names & left)):
        if unit.names & left:
            chosen.append(unit)
            left -= unit.names
    return chosen


def _execute(unit: _Unit, wanted: Sequence[str], found: Loaded) -> None:
    """Run a file as a module, and note what it defines."""
    stem = re.sub(r"\W", "_", unit.path.stem) or "_"
    known = sys.modules.get(stem)
    if known is not None and getattr(known, "__file__", None) == str(unit.path):
        module = known  # another file of the submission has imported it
    else:
        # A file "random.py" is a module of its own, and leaves Python's where it is.
        taken = known is not None or stem in sys.stdlib_module_names
        module = types.ModuleType(f"submission_{stem}" if taken else stem)
        module.__file__ = str(unit.path)
        sys.modules[module.__name__] = module
        try:
            for tree, label in unit.parts:
                _run(tree, label, module, unit.notebook)
        except BaseException as error:
            found.problem = found.problem or describe(error, found.own, unit.name)
    names = [n for n in wanted if n in vars(module)] if wanted else []
    names += [n for n, value in vars(module).items() if _is_own(value, module)]
    for name in names[: len(wanted) + _MOST]:
        if name not in found.values:
            found.values[name], found.files[name] = vars(module)[name], unit.name


def _is_own(value: object, module: types.ModuleType) -> bool:
    return inspect.isfunction(value) and value.__module__ == module.__name__


def _run(tree: ast.Module, label: str, module: types.ModuleType, notebook: bool) -> None:
    if not notebook:
        exec(compile(tree, label, "exec"), vars(module))
        return
    for node in tree.body:
        try:
            exec(compile(ast.Module([node], []), label, "exec"), vars(module))
        except ImportError:
            # What draws the pictures of a notebook is no business of its functions.
            if not isinstance(node, ast.Import | ast.ImportFrom):
                raise


# ------------------------------------------------------------------------------- notebooks


def _cells(path: Path, name: str, marks: set[str], found: Loaded) -> list[tuple[ast.Module, str]]:
    """Return what is to be executed of the cells of a notebook."""
    notebook = json.loads(path.read_bytes())
    cells = [cell for cell in notebook["cells"] if cell.get("cell_type") == "code"]
    parts = []
    for number, cell in enumerate(cells, 1):
        source = cell["source"]
        text = without_magics(source if isinstance(source, str) else "".join(source))
        label = f"{path}[{number}]"
        found.own[label] = f"{name}, code cell {number}"
        linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
        metadata = cell.get("metadata", {})
        ids = {*metadata.get("tags", ()), metadata.get("nbgrader", {}).get("grade_id", "")}
        marked = bool(ids & marks)
        try:
            tree = ast.parse(text, label)
        except SyntaxError as error:
            if marked or re.search(r"^\s*(def|class)\s", text, re.MULTILINE):
                found.problem = found.problem or describe(error, found.own, name)
            continue
        kept = [node for node in tree.body if marked or _is_definition(node)]
        parts.append((ast.Module(kept, []), label))
    return parts


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


# ------------------------------------------------------------------------------ descriptions


def describe(error: BaseException, own: Mapping[str, str], file: str = "") -> dict[str, Any]:
    """Return what an exception says, and where in the student's own files it was raised.

    Parameters
    ----------
    error : exception
    own : dict of str
        The student's files: names in tracebacks -> names to show.
    file : str
        Which file to name if the traceback leads to none.

    Returns
    -------
    dict
        type, text, base (the nearest exception of Python itself), file, line, source.
    """
    try:
        text = str(error)
    except BaseException:
        text = ""
    line, source = 0, ""
    if isinstance(error, SyntaxError) and (error.filename or "") in own:
        text = error.msg or text
        file, line, source = own[error.filename or ""], error.lineno or 0, error.text or ""
    trace = error.__traceback__
    while trace is not None:
        label = trace.tb_frame.f_code.co_filename
        if label in own:
            file, line = own[label], trace.tb_lineno
            source = linecache.getline(label, line)
        trace = trace.tb_next
    base = next(one.__name__ for one in type(error).__mro__ if one.__module__ == "builtins")
    return {
        "type": type(error).__name__[:80],
        "text": text[:2000],
        "base": base,
        "file": file,
        "line": line,
        "source": source.strip()[:200],
    }


def signature(function: Any) -> list[list[Any]] | None:
    """Return name, kind, whether there is a default, and that default as text, by parameter.

    Returns
    -------
    list or None
        None if the function does not tell.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except Exception:
        return None
    empty = inspect.Parameter.empty
    return [[p.name, int(p.kind), p.default is not empty, _default(p.default)] for p in parameters][
        :_MOST
    ]


def _default(value: object) -> str:
    plain = value is None or type(value) in (bool, int, float, str)
    return repr(value)[:80] if plain else "..."


def first_loop(function: Any) -> str | None:
    """Return the first line of a function that begins a loop; None if there is none."""
    try:
        lines, _ = inspect.getsourcelines(function)
        source = inspect.cleandoc("\n" + "".join(lines))
        tree = ast.parse(source)
    except Exception:
        return None
    loops = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp)
    found = [node.lineno for node in ast.walk(tree) if isinstance(node, loops)]
    return source.splitlines()[min(found) - 1].strip()[:200] if found else None
