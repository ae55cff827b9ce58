"""Find and load the functions of a submission: .py files, or the definitions in a notebook.

Part of the worker, which has a copy of this file: standard library only. `LocalStudent` uses it in
the process of the reader (tier T0). A file is executed if it defines a function that is wanted; of
a notebook, what `notebook` takes out of it.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __package__:
    from linclf.grading.child.notebook import parts_of
    from linclf.grading.child.telling import describe
else:
    from notebook import parts_of
    from telling import describe

_MOST = 200  # names that are told


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
            parts, problem = parts_of(path, name, marks, found.own)
            found.problem = found.problem or problem
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
