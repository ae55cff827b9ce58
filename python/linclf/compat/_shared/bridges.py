"""Idioms of old NumPy and Python that notebooks use, made to work where they are missing.

Only names that are gone are added, each with the meaning that it had, and `restore` takes them away
again. Nothing that exists is changed.
"""

from __future__ import annotations

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

_added: list[str] = []


def apply() -> None:
    """Add what is missing; a second call adds nothing."""
    for name, value in _NUMPY.items():
        if name not in vars(np):
            setattr(np, name, value)
            _added.append(name)


def restore() -> None:
    """Take away what `apply` has added."""
    while _added:
        name = _added.pop()
        if vars(np).get(name) is _NUMPY[name]:
            delattr(np, name)
