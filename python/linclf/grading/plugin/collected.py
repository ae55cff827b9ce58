"""Which collected tests belong to which items: by the rubric, else by the markers.

A rubric is the authority: a test belongs to the item that names it, and a marker that says
anything else is an error. Without one the markers are the rubric. All instances of a parametrised
test are cases of one item, unless an instance has points of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from linclf.grading.limits import Limits
from linclf.grading.rubric import VISIBILITIES, Assignment, Item
from linclf.grading.rubric.walk import nearest
from linclf.grading.tiers import Tier

__all__ = ["Collected", "collect", "marks_of"]

_KEYWORDS = (
    *("n", "name", "number", "tags", "visibility", "extra_credit"),
    *("hide_errors", "leaderboard", "partial_credit"),  # of the aliases
)


@dataclass
class Collected:
    """The items, and the tests that are evidence for them.

    Attributes
    ----------
    assignment : Assignment
        The rubric; or one that is made of the markers.
    nodes : dict of list of str
        Node ids by item. An item without any cannot earn anything.
    """

    assignment: Assignment
    nodes: dict[str, list[str]] = field(default_factory=dict)

    def item_of(self, node: str) -> Item | None:
        """Return the item that a test is evidence for, None if it is for no item."""
        for id, nodes in self.nodes.items():
            if node in nodes:
                return self.assignment.item(id)
        return None

    def missing(self) -> list[Item]:
        """Return the items that no test was collected for."""
        return [item for item in self.assignment.items if not self.nodes.get(item.id)]

    def order(self) -> dict[str, int]:
        """Return places of the tests: those of an item come after those that it requires."""
        done: dict[str, Item] = {}

        def add(item: Item, above: tuple[str, ...] = ()) -> None:
            for id in item.requires:
                if id not in done and id not in above:
                    add(self.assignment.item(id), (*above, item.id))
            done.setdefault(item.id, item)

        for item in self.assignment.items:
            add(item)
        places = {id: place for place, id in enumerate(done)}
        return {node: places[id] for id, nodes in self.nodes.items() for node in nodes}

    def to_plain(self) -> dict[str, Any]:
        """Return it as built-in types, which go from process to process."""
        assignment = asdict(replace(self.assignment, folder=None))
        return {"assignment": assignment, "nodes": self.nodes}

    @classmethod
    def from_plain(cls, data: Mapping[str, Any], rubric: Assignment | None) -> Collected:
        """Return what `to_plain` was made of; a rubric is not read from there again."""
        if rubric is not None:
            return cls(rubric, data["nodes"])
        about = dict(data["assignment"])
        about["limits"], about["min_tier"] = Limits(**about["limits"]), Tier(about["min_tier"])
        items = []
        for written in about["items"]:
            lists = {name: tuple(written[name]) for name in ("profile", "requires", "tags")}
            items.append(Item(**{**written, **lists, "limits": Limits(**written["limits"])}))
        return cls(Assignment(**{**about, "items": tuple(items)}), data["nodes"])


def collect(tests: Sequence[pytest.Item], rubric: Assignment | None, root: Path) -> Collected:
    """Return the items of collected tests.

    Parameters
    ----------
    tests : sequence of pytest.Item
        As collected, before any is deselected.
    rubric : Assignment or None
    root : Path
        Of the run; its name is that of the assignment if there is no rubric.

    Raises
    ------
    pytest.UsageError
        If markers contradict the rubric or each other, or make no sense.
    """
    if rubric is None:
        return _by_markers(tests, root)
    found = Collected(rubric, {item.id: [] for item in rubric.items})
    for test in tests:
        item = getattr(test, "linclf_item", None) or _named(test, rubric)
        if item is None:
            _refuse_marked(test, rubric)
            continue
        _check_markers(test, item)
        found.nodes[item.id].append(test.nodeid)
    return found


def marks_of(test: pytest.Item) -> dict[str, Any]:
    """Return what the markers ``points`` and ``hidden`` of a test say, the closest one first.

    Raises
    ------
    pytest.UsageError
        If they make no sense.
    """
    said: dict[str, Any] = {}
    for mark in test.iter_markers("points"):
        if len(mark.args) > 1:
            raise pytest.UsageError(f"{test.nodeid}: points takes one number, not {mark.args}")
        values = dict(mark.kwargs, **({"n": mark.args[0]} if mark.args else {}))
        for name in values.keys() - set(_KEYWORDS):
            hint = nearest(name, list(_KEYWORDS[:6]))
            raise pytest.UsageError(f"{test.nodeid}: points has no keyword {name}; {hint}")
        for name, value in values.items():
            said.setdefault(name, value)
    if "n" in said:
        said["n"] = _hundredths(said["n"], test.nodeid)
    if test.get_closest_marker("hidden"):
        said.setdefault("visibility", "hidden")
    if said.get("visibility", "visible") not in VISIBILITIES:
        hint = nearest(str(said["visibility"]), list(VISIBILITIES))
        raise pytest.UsageError(f"{test.nodeid}: visibility is {said['visibility']!r}; {hint}")
    return said


def _hundredths(points: Any, where: str) -> int:
    try:
        exact = 100 * Decimal(str(points))
    except InvalidOperation:
        exact = Decimal(-1)
    if isinstance(points, bool) or not exact.is_finite() or exact < 0 or exact % 1:
        raise pytest.UsageError(
            f"{where}: points is {points!r}; it must be a number, not negative, of two decimals"
        )
    return int(exact)


# ---------------------------------------------------------------------------- by a rubric


def _named(test: pytest.Item, rubric: Assignment) -> Item | None:
    """Return the item that names a test, its function, its class or its file."""
    names = {test.nodeid}
    rest = test.nodeid.partition("::")[2]
    if rubric.folder is not None and test.path.resolve().is_relative_to(rubric.folder):
        names.add(f"{test.path.resolve().relative_to(rubric.folder).as_posix()}::{rest}")
    for item in rubric.items:
        if item.test and any(
            name == item.test or name.startswith((f"{item.test}[", f"{item.test}::"))
            for name in names
        ):
            return item
    return None


def _refuse_marked(test: pytest.Item, rubric: Assignment) -> None:
    if "n" in marks_of(test):
        raise pytest.UsageError(
            f"{test.nodeid} has points, but no item of the rubric {rubric.id} names it; add an "
            'item with check = "test", or remove the marker'
        )


def _check_markers(test: pytest.Item, item: Item) -> None:
    said = marks_of(test)
    wanted: dict[str, Any] = {
        "n": item.points,
        "visibility": item.visibility,
        "extra_credit": item.extra_credit,
    }
    for name, value in wanted.items():
        if said.get(name, value) != value:
            found, right = (x / 100 if name == "n" else x for x in (said[name], value))
            raise pytest.UsageError(
                f"{test.nodeid}: the marker says {'points' if name == 'n' else name} = {found}, "
                f"the rubric says {right} for the item {item.id}; the rubric counts, so change one"
            )


# --------------------------------------------------------------------------- by markers


def _by_markers(tests: Sequence[pytest.Item], root: Path) -> Collected:
    groups: dict[str, list[pytest.Item]] = {}
    for test in tests:
        if marks_of(test).keys() & {"n", "leaderboard"}:
            groups.setdefault(_group(test), []).append(test)
    ids = _ids(groups)
    nodes = {ids[name]: [test.nodeid for test in group] for name, group in groups.items()}
    items = []
    for place, (name, group) in enumerate(groups.items(), 1):
        items.append(_marked(ids[name], place, group))
    items = _with_requirements(items, groups, ids)
    about = Assignment(
        id=re.sub(r"[^a-z0-9_-]+", "-", root.name.lower()).strip("-") or "assignment",
        title=root.name or "assignment",
        version="1",
        total=sum(item.points for item in items if not item.extra_credit),
        min_tier=Tier.T0,
        language="",
        items=tuple(items),
        functions={},
        isolation="item",
        folder=root,
    )
    return Collected(about, nodes)


def _group(test: pytest.Item) -> str:
    """Return the test function of an instance, or the instance if it has points of its own."""
    callspec = getattr(test, "callspec", None)
    own = callspec is not None and any(
        mark.name == "points" and (mark.args or "n" in mark.kwargs) for mark in callspec.marks
    )
    if callspec is None or own:
        return test.nodeid
    return test.nodeid.removesuffix(f"[{callspec.id}]")


def _ids(groups: Iterable[str]) -> dict[str, str]:
    """Return an id for each node id: short where that is enough to tell them apart."""
    names = list(groups)
    short = {name: name.partition("::")[2].replace("::", ".") for name in names}
    taken = list(short.values())
    return {name: one if taken.count(one) == 1 else name for name, one in short.items()}


def _marked(id: str, place: int, group: Sequence[pytest.Item]) -> Item:
    told = [marks_of(test) for test in group]
    if any(one != told[0] for one in told):
        raise pytest.UsageError(f"{id}: its instances have different markers")
    said, test = told[0], group[0]
    title = said.get("name") or getattr(test, "originalname", None) or test.name
    tags = said.get("tags", ())
    return Item(
        id=id,
        title=str(title),
        number=str(said.get("number", place)),
        points=said.get("n", 0),
        visibility=said.get("visibility", "visible"),
        check="test",
        cases=len(group),
        extra_credit=bool(said.get("extra_credit", False)),
        tags=(tags,) if isinstance(tags, str) else tuple(map(str, tags)),
        test=test.nodeid,
    )


def _with_requirements(
    items: Sequence[Item], groups: dict[str, list[pytest.Item]], ids: dict[str, str]
) -> list[Item]:
    known, done = [item.id for item in items], []
    for item, group in zip(items, groups.values(), strict=True):
        wanted = [str(id) for mark in group[0].iter_markers("requires") for id in mark.args]
        for id in wanted:
            if id not in known or id == item.id:
                others = [one for one in known if one != item.id]
                raise pytest.UsageError(
                    f"{group[0].nodeid} requires {id!r}, which is no other item; "
                    f"{nearest(id, others)}"
                )
        done.append(replace(item, requires=tuple(dict.fromkeys(wanted))))
    return done
