"""The rubric's shape as a JSON schema, and the walk that holds a file against it.

The schema is plain data: editors that know JSON schemas of TOML files can use it, and the walk
reads the very same tables. What a schema cannot say (totals, cycles, names that must exist) is in
`linclf.grading.rubric_checks`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
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

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_WORDS = {
    "object": "a table",
    "array": "a list",
    "string": "a text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


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


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a hint for a name that is none: the nearest known one, or all of them.

    Examples
    --------
    >>> nearest("hidde", ["visible", "hidden"])
    'did you mean "hidden"?'
    """
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f'did you mean "{near[0]}"?'
    return f"known: {', '.join(known)}" if known else "there is none"


def problems(value: Any, schema: Mapping[str, Any] = SCHEMA, path: str = "") -> Iterator[str]:
    """Yield what in a value does not fit a schema: the key, what was found, and the fix.

    Parameters
    ----------
    value : object
        As `tomllib` reads it.
    schema : mapping
        With the keywords that `SCHEMA` uses, no others.
    path : str
        Where the value stands.

    Examples
    --------
    >>> next(problems({"seconds": "five"}, SCHEMA["properties"]["limits"], "limits"))
    'limits.seconds is "five"; it must be a number'
    """
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{path} is {shown(value)}; it must be {_WORDS[schema['type']]}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path} is {shown(value)}; {nearest(str(value), schema['enum'])}"
        return
    yield from _of_size(value, schema, path)
    if isinstance(value, dict):
        yield from _in_table(value, schema, path)
    elif isinstance(value, list):
        yield from _in_list(value, schema, path)


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False  # a bool is an int in Python, not in TOML
    if isinstance(value, float) and not abs(value) < float("inf"):
        return False
    return isinstance(value, _TYPES[kind])


def shown(value: Any) -> str:
    """Return a value as messages show it, on one short line."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    if isinstance(value, bool):
        text = text.lower()
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= 80 else text[:77] + "..."


def _of_size(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield what is wrong with a single number or text, or with the length of a list."""
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and value < low:
        yield f"{path} is {shown(value)}; it must be {low} or more"
    if high is not None and value > high:
        yield f"{path} is {shown(value)}; it must be {high:g} or less"
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        yield f"{path} is {shown(value)}; it must be more than {schema['exclusiveMinimum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        meaning = schema.get("meaning", "a name of letters, digits and _")
        yield f"{path} is {shown(value)}; it must be {meaning}"
    if len(value) < schema.get("minLength", 0) if isinstance(value, str) else False:
        yield f"{path} is empty; write something or leave the key out"
    if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
        yield f"{path} has {len(value)} letters; at most {schema['maxLength']} are allowed"


def _in_table(value: dict[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[str]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            about = known[name].get("description") or known[name].get("meaning")
            where = _below(path, name)
            yield f"{where} is missing" + (f": {about}" if about else f"; add {name} = ...")
    for name, inner in value.items():
        where = _below(path, name)
        if name in known:
            yield from problems(inner, known[name], where)
        elif schema.get("additionalProperties", True) is False:
            free = [key for key in known if key not in value]
            yield f"{where} is no key of a rubric; {nearest(name, free)}"
        elif isinstance(schema.get("additionalProperties"), Mapping):
            pattern = schema.get("propertyNames", {}).get("pattern", "")
            if not re.search(pattern, name):
                yield f"{where} is no Python name; rename it"
            yield from problems(inner, schema["additionalProperties"], where)


def _in_list(value: list[Any], schema: Mapping[str, Any], path: str) -> Iterator[str]:
    if len(value) < schema.get("minItems", 0):
        yield f"{path} is empty; it needs at least {schema['minItems']} entry"
    if schema.get("uniqueItems"):
        twice = sorted({shown(one) for one in value if value.count(one) > 1})
        if twice:
            yield f"{path} has {', '.join(twice)} more than once; leave the copies out"
    for number, one in enumerate(value, 1):
        name = one.get("id") if isinstance(one, dict) else None
        label = f'"{name}"' if isinstance(name, str) and re.search(_SLUG, name) else str(number)
        yield from problems(one, schema.get("items", {}), f"{path}[{label}]")


def _below(path: str, name: str) -> str:
    return f"{path}.{shown(name)[1:-1]}" if path else shown(name)[1:-1]
