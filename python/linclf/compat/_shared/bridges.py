"""Idioms of old NumPy, SciPy, Python and IPython that notebooks use, made to work where they fail.

Names that are gone are added, each with the meaning that it had, modules that are not installed are
found here, and ``% matplotlib inline`` may have its blank; `restore` takes all of it away again.
Nothing that exists is changed.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

import numpy as np

#: Names that NumPy had, with what they stood for. Those of Python's own types were plain aliases.
_NUMPY: dict[str, Any] = {
    "int": int,
    "float": float,
    "bool": bool,
    "object": object,
    "str": str,
    "complex": complex,
    "long": int,
    "unicode": str,
    "float_": np.float64,
    "Inf": np.inf,
    "NaN": np.nan,
    "product": np.prod,
    "alltrue": np.all,
    "sometrue": np.any,
    "row_stack": np.vstack,
}

#: Modules that may be missing -> what stands in; an empty name is an empty package.
_MODULES = {
    "past": "",
    "past.builtins": "linclf.compat._shared.python2",
    "scipy.misc": "linclf.compat._shared.scipy_misc",
    "six": "",
    "six.moves": "linclf.compat._shared.python2",
}
_EMPTIED = ("scipy.misc",)  # there, but without most of what it had

#: Magic commands that old IPython took with a blank.
_MAGIC = re.compile(r"^%[ \t]+(?=(?:matplotlib|load_ext|autoreload)\b)")

_added: list[str] = []


def apply() -> None:
    """Add what is missing; a second call adds nothing."""
    for name, value in _NUMPY.items():
        if name not in vars(np):
            setattr(np, name, value)
            _added.append(name)
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
        for name in _EMPTIED:
            sys.modules.pop(name, None)  # to be found again, completed
    transformers = _input_transformers()
    if without_blanks not in transformers:
        transformers.append(without_blanks)


def restore() -> None:
    """Take away what `apply` has added."""
    while _added:
        name = _added.pop()
        if vars(np).get(name) is _NUMPY[name]:
            delattr(np, name)
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
    for name in _MODULES:
        spec = getattr(sys.modules.get(name), "__spec__", None)
        if isinstance(getattr(spec, "loader", None), _StandIn):
            del sys.modules[name]
    transformers = _input_transformers()
    if without_blanks in transformers:
        transformers.remove(without_blanks)


def without_blanks(lines: list[str]) -> list[str]:
    """Return the lines of a cell with ``% matplotlib`` as ``%matplotlib``.

    Examples
    --------
    >>> without_blanks(["% matplotlib inline\\n", "x = 7 % matplotlib\\n"])
    ['%matplotlib inline\\n', 'x = 7 % matplotlib\\n']
    """
    return [_MAGIC.sub("%", line) for line in lines]


def _input_transformers() -> list[Any]:
    """Return what IPython does to a cell before it runs, if this is IPython."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    transformers: list[Any] = getattr(shell, "input_transformers_cleanup", [])
    return transformers


class _StandIn(Loader):
    """Executes the real module if there is one, then adds the names that it lacks."""

    def __init__(self, real: ModuleSpec | None, target: str) -> None:
        self.real, self.target = real, target

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None  # as usual

    def exec_module(self, module: ModuleType) -> None:
        if self.real is not None and self.real.loader is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                self.real.loader.exec_module(module)
        if self.target:
            source = import_module(self.target)
            for name in source.__all__:
                if name not in vars(module):
                    setattr(module, name, getattr(source, name))


class _OldModules(MetaPathFinder):
    """Finds modules that are missing, and completes those that were emptied."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in _MODULES:
            return None
        real = PathFinder.find_spec(fullname, path)
        if real is not None and fullname not in _EMPTIED:
            return None
        loader = _StandIn(real, _MODULES[fullname])
        return ModuleSpec(fullname, loader, is_package=not _MODULES[fullname])


_finder = _OldModules()
