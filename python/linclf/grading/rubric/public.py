"""The part of a rubric that students may see: visible items, so that they can check themselves.

Hidden items, tests of the instructor, credits and options of exporters are left out; what is left
is a rubric again, whose total is that of its items.
"""

from __future__ import annotations

import json
from typing import Any

from linclf.grading.rubric.schema import hundredths

__all__ = ["public_part", "toml_text"]


def public_part(table: dict[str, Any]) -> dict[str, Any] | None:
    """Return a rubric without what students must not see.

    Parameters
    ----------
    table : dict
        As `tomllib` reads it, and in order.

    Returns
    -------
    dict or None
        None if there is no visible item with a check of its own.
    """
    items = [
        dict(item)
        for item in table["items"]
        if item.get("visibility", "visible") == "visible" and item["check"] != "test"
    ]
    if not items:
        return None
    ids = {item["id"] for item in items}
    for item in items:
        if "requires" in item:
            item["requires"] = [one for one in item["requires"] if one in ids]
    named = {item["function"] for item in items}
    counted = [hundredths(item["points"]) for item in items if not item.get("extra_credit", False)]
    total = sum(counted) / 100
    # On their own machine students may check in whatever way it offers.
    about = table["assignment"] | {"total": int(total) if total == int(total) else total}
    found: dict[str, Any] = {"assignment": about | {"min_tier": 0}}
    if "limits" in table:
        found["limits"] = table["limits"]
    functions = {name: f for name, f in table.get("functions", {}).items() if name in named}
    mistakes = [_mistake(mistake, ids) for mistake in table.get("mistakes", ())]
    return (
        found
        | ({"functions": functions} if functions else {})
        | {"items": items}
        | ({"mistakes": kept} if (kept := [one for one in mistakes if one]) else {})
    )


def _mistake(mistake: dict[str, Any], ids: set[str]) -> dict[str, Any]:
    applies_to = [one for one in mistake["applies_to"] if one in ids]
    if not applies_to or "public" not in mistake.get("enabled_on", ["public"]):
        return {}
    kept = {key: mistake[key] for key in ("id", "message", "hint_url") if key in mistake}
    return kept | {"applies_to": applies_to}


def toml_text(table: dict[str, Any], path: str = "") -> str:
    """Return a table as TOML; what `tomllib` reads of it is the table again.

    Parameters
    ----------
    table : dict
        Of texts, numbers, truth values, lists and tables.
    path : str
        Of the table, dotted.

    Examples
    --------
    >>> print(toml_text({"a": 1, "b": {"c": ["x"]}}))
    a = 1
    <BLANKLINE>
    [b]
    c = ["x"]
    <BLANKLINE>
    """
    plain = {k: v for k, v in table.items() if not isinstance(v, dict) and not _tables(v)}
    text = "".join(f"{_key(key)} = {_value(value)}\n" for key, value in plain.items())
    for key, value in table.items():
        inner = f"{path}.{_key(key)}" if path else _key(key)
        if isinstance(value, dict):
            nested = toml_text(value, inner)
            head = "" if nested.startswith("\n") else f"\n[{inner}]\n"  # of tables alone
            text += head + nested
        elif _tables(value):
            text += "".join(f"\n[[{inner}]]\n{toml_text(one, inner)}" for one in value)
    return text


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "a").replace("-", "a").isalnum()
    return key if bare else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, str):
        # A text of JSON is one of TOML, but for the one control character that JSON leaves.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
    return repr(value)
