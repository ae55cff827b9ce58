"""What the tests of the drop-in modules share: the parameters of their functions, spelled out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def spelled(function: Callable[..., Any]) -> str:
    """Return the parameters of a function as a call of it would spell them, without ``self``."""
    words = []
    for parameter in inspect.signature(function).parameters.values():
        star = "*" * (parameter.kind == parameter.VAR_POSITIONAL)
        has_default = parameter.default is not parameter.empty
        words.append(star + parameter.name + f"={parameter.default!r}" * has_default)
    return ", ".join(word for word in words if word != "self")


def wrongly_spelled(table: Mapping[str, str]) -> list[str]:
    """Return what differs from a table ``{"module:function": parameters}``, after importing it."""
    wrong = []
    for name, parameters in table.items():
        module_name, _, path = name.partition(":")
        found: Any = import_module(module_name)
        for part in path.split("."):
            found = getattr(found, part)
        if spelled(found) != parameters:
            wrong.append(f"{name}({spelled(found)}), not ({parameters})")
    return wrong
