"""The walk that holds a value against a JSON schema, and says what is wrong in words.

It knows the few keywords that the schema of rubrics uses, and names for every trouble the key, what
was found, and the fix: the nearest known name where one is unknown.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["nearest", "problems", "shown"]

_BARE = re.compile(r"[\w-]{1,64}", re.ASCII)
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


def problems(value: Any, schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield what in a value does not fit a schema: the key, what was found, and the fix.

    Parameters
    ----------
    value : object
        As `tomllib` reads it.
    schema : mapping
        With the keywords that are read below, no others.
    path : str
        Where the value stands.

    Examples
    --------
    >>> schema = {"type": "object", "properties": {"seconds": {"type": "number"}}}
    >>> next(problems({"seconds": "five"}, schema, "limits"))
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
        label = f'"{name}"' if isinstance(name, str) and _BARE.fullmatch(name) else str(number)
        yield from problems(one, schema.get("items", {}), f"{path}[{label}]")


def _below(path: str, name: str) -> str:
    return f"{path}.{shown(name)[1:-1]}" if path else shown(name)[1:-1]
