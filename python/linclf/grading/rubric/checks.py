"""What is wrong with a rubric that a schema cannot say: sums, cycles, and names that must exist.

Every function here takes tables that fit the schema, and returns sentences: the key, what was
found, and the fix.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from linclf.course.problems import LOSSES
from linclf.course.specification import exercises
from linclf.grading.rubric.schema import OF_LOSSES, hundredths, operand
from linclf.grading.rubric.walk import nearest, shown
from linclf.messages import catalogue
from linclf.mutants.catalogue import get, mistakes_of

_ONLY = {  # keys that but some checks read
    "loss": OF_LOSSES,
    "profile": OF_LOSSES,
    "kappa": (*OF_LOSSES, "predict", "sgd_step", "array"),
    "cases": (*OF_LOSSES, "exercise", "predict", "sgd_step"),
    "exercise": ("exercise",),
    "table": ("array",),
    "test": ("test",),
}
_NEEDED = {
    **dict.fromkeys(OF_LOSSES, ("function", "loss")),
    "exercise": ("function",),
    "predict": ("function",),
    "sgd_step": ("function",),
    "array": ("function", "table"),
    "test": ("test",),
}


def mistakes_in(table: dict[str, Any], folder: Path | None) -> list[str]:
    """Return what is wrong with a rubric whose shape is right, all of it.

    Parameters
    ----------
    table : dict
        As `tomllib` reads it.
    folder : Path or None
        Where its tests lie, if it has any.
    """
    return [
        *_ids(table),
        *_sums(table),
        *(found for item in table["items"] for found in _item(item, table, folder)),
        *_requirements(table["items"]),
        *(found for spec in table.get("functions", {}).items() for found in _function(*spec)),
        *_known_mistakes(table),
    ]


def _at(item: dict[str, Any], key: str) -> str:
    return f'items["{item["id"]}"].{key}'


def _ids(table: dict[str, Any]) -> Iterator[str]:
    items = table["items"]
    for key, name, values in (
        ("id", "an id", [item["id"] for item in items]),
        ("number", "a number", [item.get("number", str(n)) for n, item in enumerate(items, 1)]),
    ):
        for value, times in Counter(values).items():
            if times > 1:
                yield f'items: {times} of them have the {key} "{value}"; {name} stands for one item'


def _sums(table: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with points."""
    counted, exact = 0, True
    for item in table["items"]:
        try:
            points = hundredths(item["points"])
        except ValueError as error:
            exact = False
            yield f"{_at(item, 'points')}: {error}; points count in hundredths"
            continue
        counted += 0 if item.get("extra_credit", False) else points
    try:
        total = hundredths(table["assignment"]["total"])
    except ValueError as error:
        yield f"assignment.total: {error}; points count in hundredths"
        return
    if exact and counted != total:
        yield (
            f"assignment.total is {total / 100:g}, but the items without extra credit add up to "
            f"{counted / 100:g}; change one of them"
        )


def _item(item: dict[str, Any], table: dict[str, Any], folder: Path | None) -> Iterator[str]:
    check = item["check"]
    for key in _NEEDED[check]:
        if key not in item:
            yield f'{_at(item, key)} is missing: the check "{check}" needs it'
    for key, checks in _ONLY.items():
        if key in item and check not in checks:
            yield (
                f'{_at(item, key)} means nothing to the check "{check}" (it does to '
                f"{', '.join(checks)}); leave it out"
            )
    if "function" in item:
        yield from _named_function(item, table)
    if check == "exercise" and "function" in item:
        yield from _exercise(item)
    if check in OF_LOSSES and item.get("cases", 1000) < len(item.get("profile", ())):
        yield (
            f"{_at(item, 'cases')} is {item['cases']}, but the profile has "
            f"{len(item['profile'])} kinds of case; ask for as many cases, or for fewer kinds"
        )
    yield from _table(item)
    if check == "test" and "test" in item:
        yield from _test(item, folder)


def _named_function(item: dict[str, Any], table: dict[str, Any]) -> Iterator[str]:
    known = [*table.get("functions", {}), *(one.name for one in exercises())]
    if item["function"] not in known:
        yield (
            f"{_at(item, 'function')} is {shown(item['function'])}, which has no table "
            f"[functions.{item['function']}] and is no exercise of the course; "
            f"{nearest(item['function'], known)}"
        )
        return
    known_loss = LOSSES.get(item["function"])
    if known_loss and item.get("loss", known_loss) != known_loss:
        found = f"{_at(item, 'loss')} is {shown(item['loss'])}"
        yield f'{found}, but {item["function"]} is a loss of the kind "{known_loss}"'


def _exercise(item: dict[str, Any]) -> Iterator[str]:
    name, key = (
        (item["exercise"], "exercise") if "exercise" in item else (item["function"], "function")
    )
    known = [one.name for one in exercises()]
    if name not in known:
        found = f"{_at(item, key)} is {shown(name)}"
        yield f"{found}, which is no exercise of the course; {nearest(name, known)}"


def _table(item: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with cases that are written down."""
    for number, case in enumerate(item.get("table", ()), 1):
        where = f"{_at(item, 'table')}[{number}]"
        values = {f"args[{n}]": value for n, value in enumerate(case["args"])}
        for key, value in (values | {"returns": case["returns"]}).items():
            try:
                operand(value, case.get("dtype"))
            except ValueError as error:
                yield f"{where}.{key} is {shown(value)}; {error}"


def _test(item: dict[str, Any], folder: Path | None) -> Iterator[str]:
    """Yield what is wrong with the node id of a test."""
    where, node = _at(item, "test"), item["test"]
    match = re.fullmatch(r"(test_\w+\.py)::(\w+(?:::\w+)*)(\[[^\n]*\])?", node)
    if not match:
        yield f"{where} is {shown(node)}; it must be like test_extra.py::test_name"
    elif folder is None:
        yield f"{where}: a rubric that ships has no tests beside it; copy it into a folder of yours"
    elif not (folder / match[1]).is_file():
        there = sorted(file.name for file in folder.glob("test_*.py"))
        yield f"{where}: there is no {match[1]} beside the rubric; {nearest(match[1], there)}"
    else:
        yield from _named_test(where, folder / match[1], match[2].split("::")[-1])


def _named_test(where: str, file: Path, name: str) -> Iterator[str]:
    try:
        tree = ast.parse(file.read_bytes(), file.name)
    except SyntaxError as error:
        yield f"{where}: {file.name}, line {error.lineno}, is not Python: {error.msg}"
        return
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    there = [node.name for node in ast.walk(tree) if isinstance(node, kinds)]
    if name not in there:
        tests = [one for one in there if one.lower().startswith("test")]
        yield f"{where}: {file.name} has no {name}; {nearest(name, tests)}"


def _requirements(items: list[dict[str, Any]]) -> Iterator[str]:
    """Yield requirements that do not exist, that tell of hidden items, and circles of them."""
    ids = [item["id"] for item in items]
    hidden = {item["id"] for item in items if item.get("visibility", "visible") != "visible"}
    wanted = {item["id"]: [*item.get("requires", ())] for item in items}
    for item in items:
        for one in wanted[item["id"]]:
            found = f"{_at(item, 'requires')} names {shown(one)}"
            if one not in ids:
                yield f"{found}, which is no item; {nearest(one, ids)}"
            elif one in hidden and item["id"] not in hidden:
                yield f"{found}, which students would learn of that way; hide both or neither"
    try:
        TopologicalSorter(wanted).prepare()
    except CycleError as error:
        circle = " requires ".join(reversed(error.args[1]))
        yield f"items: {circle}, so none of them can be reached; cut the circle"


def _function(name: str, spec: dict[str, Any]) -> Iterator[str]:
    for one in spec.get("may_mutate", ()):
        if one not in spec["params"]:
            yield (
                f"functions.{name}.may_mutate names {shown(one)}, which is none of its params; "
                f"{nearest(one, spec['params'])}"
            )


def _known_mistakes(table: dict[str, Any]) -> Iterator[str]:
    items = {item["id"]: item for item in table["items"]}
    seen: set[tuple[str, str]] = set()
    for mistake in table.get("mistakes", ()):
        where = f'mistakes["{shown(mistake["id"])[1:-1]}"].applies_to'
        if not mistake["applies_to"]:
            yield f"{where} is empty; name the items that it may be found in"
        for one in mistake["applies_to"]:
            if one not in items:
                yield f"{where} names {shown(one)}, which is no item; {nearest(one, list(items))}"
                continue
            if (mistake["id"], one) in seen:
                yield f"{where} names {shown(one)} once more; one table is enough"
            seen.add((mistake["id"], one))
            yield from _known_mistake(mistake["id"], items[one])


def _known_mistake(name: str, item: dict[str, Any]) -> Iterator[str]:
    """Yield whether a mistake is one that can be found in an item."""
    loss = item.get("loss") or LOSSES.get(item.get("function", ""), "")
    known = [mistake.id for mistake in mistakes_of(loss)] if loss else []
    if item["check"] == "exercise":
        known += [key for key in catalogue("en") if key.startswith("course.")]
    try:
        if name not in known:
            get(f"{loss}/{name}")  # several mistakes at once
    except (KeyError, ValueError):
        yield (
            f'mistakes["{shown(name)[1:-1]}"].id is no mistake that is known of the item '
            f'"{item["id"]}"; {nearest(name, known)}'
        )
