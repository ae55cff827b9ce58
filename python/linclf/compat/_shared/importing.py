"""Modules of this package under the names that a course's notebooks import.

One finder stands first on ``sys.meta_path``. For a name of an installed course it gives a module
that holds what the implementing module holds; parents without an implementation are empty
packages. Where the course's own files are on ``sys.path``, what linclf lacks comes from them: a
module of the same name is run first, and the names of linclf are laid over it; other modules are
found beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from linclf._estimator import warn_caller

_OF_THE_IMPORT_SYSTEM = {
    *("__name__", "__loader__", "__package__", "__spec__", "__path__", "__file__", "__cached__"),
    "__builtins__",
}


class _Alias(Loader):
    """Makes a module of what another one holds; of nothing for a synthesized package.

    Parameters
    ----------
    target : str or None
        The implementing module.
    real : ModuleSpec or None
        The file of that name on ``sys.path``, which is run before.
    """

    def __init__(self, target: str | None, real: ModuleSpec | None) -> None:
        self.target, self.real = target, real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None  # as usual

    def exec_module(self, module: ModuleType) -> None:
        foreign = self._run_real(module)
        if self.target is None:
            return
        exported = vars(module).get("__all__")
        for name, value in vars(import_module(self.target)).items():
            if name not in _OF_THE_IMPORT_SYSTEM and not self._is_submodule(value):
                setattr(module, name, value)
        if foreign and exported is None:
            vars(module).pop("__all__", None)  # `import *` gives all names of both
        elif foreign:
            module.__all__ = sorted({*exported, *vars(module).get("__all__", ())})  # type: ignore[attr-defined,misc]

    def _run_real(self, module: ModuleType) -> bool:
        """Run the course's own file in the module, and return whether there was one that runs."""
        if self.real is None or self.real.origin is None or self.real.loader is None:
            return False
        before = dict(vars(module))
        module.__file__ = self.real.origin
        try:
            self.real.loader.exec_module(module)
        except Exception as error:  # unfinished code, Python 2, a package that is not installed
            vars(module).clear()
            vars(module).update(before)
            warn_caller(
                f"{self.real.origin} does not run ({type(error).__name__}: {error}); of "
                f"{module.__name__} there is only what linclf has"
            )
            return False
        return True

    def _is_submodule(self, value: object) -> bool:
        """Whether the import system put it there; under the new name it does so again."""
        return isinstance(value, ModuleType) and value.__name__.startswith(f"{self.target}.")


class _Finder(MetaPathFinder):
    """Finds the modules of the installed courses."""

    def __init__(self) -> None:
        self.courses: dict[str, Mapping[str, str]] = {}

    def names(self) -> dict[str, str | None]:
        """Return every name that is found, with what stands behind it."""
        tables = [with_parents(table) for table in self.courses.values()]
        return {name: target for table in tables for name, target in table.items()}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        names = self.names()
        if fullname not in names:
            return None
        package = any(name.startswith(f"{fullname}.") for name in names)
        real = PathFinder.find_spec(fullname, path)
        spec = ModuleSpec(fullname, _Alias(names[fullname], real), is_package=package)
        if package:
            folders = None if real is None else real.submodule_search_locations
            spec.submodule_search_locations = list(folders or [])
        return spec


_finder = _Finder()


def installed() -> tuple[str, ...]:
    """Return the names of the installed courses."""
    return tuple(_finder.courses)


def install(course: str, modules: Mapping[str, str]) -> None:
    """Let the imports of a course find its modules.

    Parameters
    ----------
    course : str
        Its name.
    modules : dict
        Name in the notebooks -> name of the module that implements it.

    Raises
    ------
    ImportError
        If such a name is taken already, by a module imported from elsewhere or another course.

    Warns
    -----
    UserWarning
        If such a name is also found on ``sys.path``.
    """
    if course in _finder.courses:
        return
    tops = sorted({name.partition(".")[0] for name in modules})
    for top in tops:
        _refuse_taken(course, top)
    folders = {top: place for top in tops if (place := _place_on_path(top))}
    _finder.courses[course] = modules
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    for top, place in folders.items():
        warn_caller(
            f"{place} is also called {top}; what {course}'s notebooks import from there comes "
            f"from linclf now, as far as linclf has it. To use that file or folder alone, call "
            f"linclf.compat.uninstall({course!r})"
        )


def uninstall(course: str) -> None:
    """Forget a course, and the modules that were imported for it."""
    modules = _finder.courses.pop(course, None)
    if modules is None:
        return
    for name in with_parents(modules):
        if _is_ours(sys.modules.get(name)):
            del sys.modules[name]
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                vars(sys.modules[parent]).pop(child, None)
    if not _finder.courses and _finder in sys.meta_path:
        sys.meta_path.remove(_finder)


def with_parents(modules: Mapping[str, str]) -> dict[str, str | None]:
    """Return the table with its missing parents, which have nothing behind them.

    Examples
    --------
    >>> with_parents({"a.b.c": "linclf.losses"})
    {'a': None, 'a.b': None, 'a.b.c': 'linclf.losses'}
    """
    table: dict[str, str | None] = {}
    for name, target in modules.items():
        parts = name.split(".")
        for length in range(1, len(parts)):
            table.setdefault(".".join(parts[:length]), None)
        table[name] = target
    return table


def _refuse_taken(course: str, top: str) -> None:
    for other, table in _finder.courses.items():
        if any(name.partition(".")[0] == top for name in table):
            raise ImportError(
                f"{other} is installed, and its notebooks import {top} as those of {course} do; "
                f"call linclf.compat.uninstall({other!r}) before",
                name=top,
            )
    module = sys.modules.get(top)
    if module is not None and not _is_ours(module):
        origin = getattr(module, "__file__", None) or "elsewhere"
        raise ImportError(
            f"{top} was already imported from {origin}, and the notebooks of {course} import a "
            f"module of that name; restart the kernel and call linclf.compat.install({course!r}) "
            "before the other imports",
            name=top,
        )


def _is_ours(module: ModuleType | None) -> bool:
    return isinstance(getattr(getattr(module, "__spec__", None), "loader", None), _Alias)


def _place_on_path(top: str) -> str | None:
    """Return the file or folder with code of that name on ``sys.path``, if there is one."""
    spec = PathFinder.find_spec(top)
    if spec is None:
        return None
    if spec.origin is not None:
        return spec.origin
    folders = map(Path, spec.submodule_search_locations or [])  # without an __init__.py
    with_code = (f for f in folders if any(f.glob("*.py")) or any(f.glob("*/*.py")))
    return next(map(str, with_code), None)
