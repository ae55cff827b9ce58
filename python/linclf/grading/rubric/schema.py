"""The shape of a rubric as a JSON schema, and how its numbers and lists are meant.

The schema is plain data: editors that know JSON schemas of TOML files can use it, and
`linclf.grading.rubric.walk` reads the very same tables. What a schema cannot say (totals, cycles,
names that must exist) is in `linclf.grading.rubric.checks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linclf.cases import KINDS
from linclf.losses import Loss
from linclf.messages import LANGUAGES

CHECKS = (
    "loss",
    "gradient",
    "own_gradient",
    "exercise",
    "predict",
    "sgd_step",
    "array",
    "test",
)
"""Kinds of check that an item can ask for."""

OF_LOSSES = ("loss", "gradient", "own_gradient")
"""Checks that draw cases of `linclf.cases` for a loss."""

VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
EXPORTERS = (
    "gradescope",
    "classroom",
    "classroom50",
    "junit",
    "nbgrader",
    "otter",
    "canvas",
    "prairielearn",
)

_SLUG = "^[a-z0-9][a-z0-9_-]{0,63}$"
_IDENTIFIER = "^[A-Za-z_][A-Za-z0-9_]{0,63}$"

_SLUG_MEANING = "a short name of lower-case letters, digits, - and _"
_TEXT = {"type": "string", "minLength": 1, "maxLength": 2000}


def _names(description: str, **items: Any) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {"type": "string", **items},
        "uniqueItems": True,
        "description": description,
    }


def _points(description: str, **limits: Any) -> dict[str, Any]:
    return {"type": "number", "minimum": 0, "maximum": 100_000, "description": description} | limits


def _table(properties: dict[str, Any], required: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_LIMITS = _table(
    {
        "seconds": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 3600,
            "description": "wall clock of one call",
        },
        "load_seconds": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 3600,
            "description": "wall clock of starting and of importing the submission",
        },
        "cpu_seconds": {
            "type": "integer",
            "minimum": 1,
            "maximum": 86_400,
            "description": "processor time of a worker",
        },
        "memory": {"type": "integer", "minimum": 1 << 28, "description": "address space, bytes"},
        "file_size": {"type": "integer", "minimum": 1, "description": "largest file, bytes"},
        "files": {"type": "integer", "minimum": 16, "description": "open files"},
        "processes": {"type": "integer", "minimum": 1, "description": "processes and threads"},
        "output": {"type": "integer", "minimum": 1, "description": "printed bytes"},
        "reply": {"type": "integer", "minimum": 1 << 10, "description": "bytes of one result"},
    }
)

_FUNCTION = _table(
    {
        "params": _names("parameters, in order", pattern=_IDENTIFIER),
        "returns": {
            "type": "array",
            "items": {"type": "string"},
            "description": 'shapes of what comes out: "" for a number, "D, C" for a matrix',
        },
        "may_mutate": _names("parameters that may be changed in place", pattern=_IDENTIFIER),
        "forbidden_imports": _names("modules that a submission must not import", minLength=1),
    },
    ["params"],
)

_ITEM = _table(
    {
        "id": {"type": "string", "pattern": _SLUG, "meaning": _SLUG_MEANING},
        "title": _TEXT,
        "number": {"type": "string", "minLength": 1, "maxLength": 16},
        "points": _points("at most two decimals"),
        "visibility": {"type": "string", "enum": list(VISIBILITIES)},
        "function": {"type": "string", "pattern": _IDENTIFIER, "meaning": "a Python name"},
        "check": {"type": "string", "enum": list(CHECKS)},
        "cases": {"type": "integer", "minimum": 1, "maximum": 1000},
        "profile": _names("kinds of case, see linclf.cases.KINDS", enum=list(KINDS)),
        "requires": _names("ids of items that must be right first"),
        "partial": {"type": "string", "enum": ["none", "proportional"]},
        "extra_credit": {"type": "boolean"},
        "tags": _names("for exports and reports", minLength=1),
        "loss": {"type": "string", "enum": [str(loss) for loss in Loss]},
        "kappa": {"type": "number", "minimum": 1, "maximum": 1e12},
        "test": {"type": "string", "minLength": 1},
        "exercise": {"type": "string", "pattern": _IDENTIFIER, "meaning": "a Python name"},
        "table": {
            "type": "array",
            "minItems": 1,
            "items": _table(
                {
                    "args": {"type": "array", "description": "what the function is called with"},
                    "returns": {"description": "what must come out"},
                    "dtype": {"type": "string", "enum": ["float64", "float32", "int64", "int32"]},
                },
                ["args", "returns"],
            ),
            "description": "cases of the check array, written down",
        },
        "limits": _LIMITS,
    },
    ["id", "points", "check"],
)

_MISTAKE = _table(
    {
        "id": {"type": "string", "minLength": 1},
        "applies_to": _names("ids of items"),
        "message": _TEXT,
        "hint_url": {"type": "string", "pattern": "^https://", "meaning": "an https:// address"},
        "credit": {"type": "number", "minimum": 0, "maximum": 1},
        "enabled_on": _names("where it counts", enum=["public", "hidden"]),
    },
    ["id", "applies_to"],
)

_ASSIGNMENT = _table(
    {
        "id": {"type": "string", "pattern": _SLUG, "meaning": _SLUG_MEANING},
        "title": _TEXT,
        "version": {"type": "string", "minLength": 1, "maxLength": 32},
        "total": _points("sum of the points without extra credit"),
        "min_tier": {"type": "integer", "minimum": 0, "maximum": 3},
        "language": {"type": "string", "enum": list(LANGUAGES)},
        "isolation": {"type": "string", "enum": ["submission", "item"]},
    },
    ["id", "title", "total"],
)

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Rubric of linclf.grading",
    **_table(
        {
            "assignment": _ASSIGNMENT,
            "items": {"type": "array", "items": _ITEM, "minItems": 1},
            "functions": {
                "type": "object",
                "propertyNames": {"pattern": _IDENTIFIER},
                "additionalProperties": _FUNCTION,
            },
            "mistakes": {"type": "array", "items": _MISTAKE},
            "limits": _LIMITS,
            "export": _table({name: {"type": "object"} for name in EXPORTERS}),
        },
        ["assignment", "items"],
    ),
}
"""JSON schema (draft 2020-12) of a rubric, once its TOML is read."""


def hundredths(points: float) -> int:
    """Return points as whole hundredths.

    Raises
    ------
    ValueError
        If there are more than two decimals.

    Examples
    --------
    >>> hundredths(2.35)
    235
    """
    found = round(points * 100)
    if abs(points * 100 - found) > 1e-6:
        raise ValueError(f"{points} has more than two decimals")
    return found


def operand(value: Any, dtype: str | None = None) -> Any:
    """Return a value of an item's ``table`` as a function is called with it.

    Parameters
    ----------
    value : object
        As it stands in the rubric: lists, also nested ones, become arrays; the rest stays.
    dtype : str, optional
        Of lists with a decimal point in them, "float64" by default. The others are int64.

    Raises
    ------
    ValueError
        If the rows of a list are of different lengths, or it holds anything but numbers.

    Examples
    --------
    >>> operand([[1.5, 2], [0, 1]]).dtype, operand([1, 2]).dtype, operand(0.5)
    (dtype('float64'), dtype('int64'), 0.5)
    """
    if not isinstance(value, list):
        return value
    try:
        found = np.array(value)
    except ValueError:
        raise ValueError("the rows of a list must be equally long") from None
    if found.dtype.kind not in "bif" or (found.dtype.kind != "b" and "bool" in _inside(value)):
        raise ValueError("a list must hold numbers")
    if found.dtype.kind == "b":
        return found
    return found.astype(dtype or "float64") if found.dtype.kind == "f" else found.astype("int64")


def _inside(value: Any) -> set[str]:
    """Return the names of the types in nested lists."""
    if not isinstance(value, list):
        return {type(value).__name__}
    return {name for one in value for name in _inside(one)}
