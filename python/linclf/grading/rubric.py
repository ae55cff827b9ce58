"""Rubrics: what an assignment asks for and what it is worth, read from TOML.

    assignment = load("hw1/")             a folder with rubric.toml, and test_*.py beside it
    assignment = load("hinge.toml")       a file
    assignment = load("multiclass_hinge") one that ships, see shipped()

Nothing is guessed: an unknown key, an unknown name, points that do not add up, an item that can
never be reached are errors, all of them named at once, each with what was found and the fix.
Points are whole hundredths from here on, so that sums are exact.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linclf.cases import FLOATS
from linclf.course.specification import exercise
from linclf.grading.limits import Limits
from linclf.grading.rubric_checks import mistakes_in
from linclf.grading.rubric_schema import (
    CHECKS,
    SCHEMA,
    VISIBILITIES,
    hundredths,
    operand,
)
from linclf.grading.schema_walk import nearest, problems, shown
from linclf.grading.tiers import Tier

__all__ = [
    "CHECKS",
    "SCHEMA",
    "VISIBILITIES",
    "Assignment",
    "FunctionSpec",
    "Item",
    "KnownMistake",
    "RubricError",
    "load",
    "operand",
    "shipped",
]

_IN_PLACE = {"sgd_step": ("W",), "sgd": ("W",)}  # what exercises of the course may change
# Differences are taken of plain cases: in float32, or at scores of 1000, they tell nothing.
_PROFILES = {"loss": FLOATS, "gradient": FLOATS, "own_gradient": ("plain",)}
_CASES = {"own_gradient": 3, "predict": 5, "sgd_step": 5}
_LARGEST = 1 << 20  # bytes of a rubric


class RubricError(ValueError):
    """A rubric that cannot be used.

    Attributes
    ----------
    problems : tuple of str
        Everything that is wrong with it: the key, what was found, the fix.
    """

    def __init__(self, where: str, found: list[str]) -> None:
        head = f"{where}: " if len(found) == 1 else f"{where} has {len(found)} mistakes:\n  "
        super().__init__(head + "\n  ".join(found))
        self.problems = tuple(found)


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """What is asked of a function of the students.

    Attributes
    ----------
    params : tuple of str
        Its parameters, in order.
    returns : tuple of str
        Shapes of what it returns: ``"D, C"``, or ``""`` for a number.
    may_mutate : tuple of str
        Parameters that it may change in place; usually none.
    forbidden_imports : tuple of str
        Modules that the file around it must not import: a policy, not the protection.
    """

    params: tuple[str, ...]
    returns: tuple[str, ...] = ()
    may_mutate: tuple[str, ...] = ()
    forbidden_imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownMistake:
    """A mistake that an instructor says something about, or gives part of the points for.

    Attributes
    ----------
    id : str
        Of a mutant without its loss, ``"gradient_sum"``, or the key of a sentence of
        `linclf.course`, ``"course.hinge_no_delta"``.
    applies_to : tuple of str
        Ids of items.
    message, hint_url : str
        What to add to the diagnosis.
    credit : float
        Fraction of the item's points that an answer with this one mistake still gets.
    enabled_on : tuple of str
        ``"public"`` and ``"hidden"`` items: where message and credit count.
    """

    id: str
    applies_to: tuple[str, ...]
    message: str = ""
    hint_url: str = ""
    credit: float = 0.0
    enabled_on: tuple[str, ...] = ("public",)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the rubric.

    Attributes
    ----------
    id, title, number : str
        How results, students and Gradescope call it.
    points : int
        In hundredths.
    visibility : str
        One of `VISIBILITIES`.
    function : str
        That is checked.
    check : str
        One of `CHECKS`.
    cases : int
        How many cases are tried.
    profile : tuple of str
        Kinds of case, names of `linclf.cases.KINDS`.
    requires : tuple of str
        Items that must be right first: a mistake costs points once.
    partial : str
        ``"proportional"`` to the cases that pass, or ``"none"``: all or nothing.
    extra_credit : bool
        Does not count towards the total of the assignment.
    tags : tuple of str
    loss : str
        The loss that the function computes, "" if it computes none.
    options : mapping
        What only one kind of check knows: ``exercise``, ``table``.
    limits : Limits
    test : str
        Node id of pytest for the check ``"test"``, relative to the folder.
    kappa : float
        Tolerance in units of the rounding error, see `linclf.tolerance`.
    """

    id: str
    title: str
    number: str
    points: int
    visibility: str = "visible"
    function: str = ""
    check: str = "loss"
    cases: int = 1
    profile: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    partial: str = "proportional"
    extra_credit: bool = False
    tags: tuple[str, ...] = ()
    loss: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    test: str = ""
    kappa: float = 64.0

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each case: those of the profile, again from the first one if they end."""
        return tuple(
            self.profile[n % len(self.profile)] for n in range(self.cases if self.profile else 0)
        )

    @property
    def hidden(self) -> bool:
        """Whether students see no more than the category of what went wrong."""
        return self.visibility != "visible"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A rubric that is in order.

    Attributes
    ----------
    id, title, version : str
    total : int
        Points without extra credit, in hundredths.
    min_tier : Tier
        Weakest isolation that it may be graded in.
    language : str
        Of the feedback beside English; "" for that of the machine.
    items : tuple of Item
    functions : dict of FunctionSpec
        By name: every function that an item names is here.
    mistakes : tuple of KnownMistake
    limits : Limits
        Where an item says nothing else.
    isolation : str
        ``"submission"``: one worker for all items; ``"item"``: a fresh one for each.
    export : mapping
        Options of the exporters, by their names.
    folder : Path or None
        Where rubric and tests lie; None for a rubric that ships, which has no tests.
    """

    id: str
    title: str
    version: str
    total: int
    min_tier: Tier
    language: str
    items: tuple[Item, ...]
    functions: dict[str, FunctionSpec]
    mistakes: tuple[KnownMistake, ...] = ()
    limits: Limits = field(default_factory=Limits)
    isolation: str = "submission"
    export: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None

    def item(self, id: str) -> Item:
        """Return the item of that id.

        Raises
        ------
        KeyError
            If there is none.
        """
        for item in self.items:
            if item.id == id:
                return item
        raise KeyError(
            f"{self.id} has no item {id!r}; it has {', '.join(i.id for i in self.items)}"
        )


def shipped() -> dict[str, Path]:
    """Return the rubrics that come with linclf, one for each notebook of the course.

    Examples
    --------
    >>> list(shipped())[:2]
    ['pixels_to_scores', 'multiclass_hinge']
    """
    files = sorted(Path(__file__).parent.joinpath("rubrics").glob("*.toml"))
    return {file.stem.partition("_")[2]: file for file in files}


def load(source: str | Path) -> Assignment:
    """Read a rubric, and check that it can be graded by.

    Parameters
    ----------
    source : str or Path
        A ``.toml`` file, a folder with ``rubric.toml``, or the name of one that ships.

    Returns
    -------
    Assignment

    Raises
    ------
    RubricError
        If there is none, or if anything is wrong with it.

    Examples
    --------
    >>> assignment = load("multiclass_hinge")
    >>> assignment.total, sum(item.points for item in assignment.items if not item.extra_credit)
    (2000, 2000)
    """
    file, folder = _located(source)
    try:
        data = file.read_bytes()
        if len(data) > _LARGEST:
            raise RubricError(str(file), [f"{len(data)} bytes are too many for a rubric"])
        table = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise RubricError(str(file), [f"it cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError as error:
        raise RubricError(str(file), [f"byte {error.start} is not UTF-8; save it so"]) from None
    except tomllib.TOMLDecodeError as error:
        raise RubricError(str(file), [f"it is not TOML: {error}"]) from None
    except RecursionError:
        raise RubricError(str(file), ["it is nested too deep"]) from None
    found = list(problems(table, SCHEMA)) or mistakes_in(table, folder)
    if found:
        raise RubricError(str(file), found)
    return _assignment(table, folder)


def _located(source: str | Path) -> tuple[Path, Path | None]:
    """Return the file of a rubric, and the folder where its tests would lie."""
    path, known = Path(source), shipped()
    if str(source) in known and not path.exists():
        return known[str(source)], None
    if path.is_dir():
        if not (path / "rubric.toml").is_file():
            raise RubricError(str(path), ["there is no rubric.toml; make it by linclf grade init"])
        return path / "rubric.toml", path.resolve()
    if path.is_file():
        ships = path.resolve() in {file.resolve() for file in known.values()}
        return path, None if ships else path.resolve().parent
    hint = f"no such file or folder; of the rubrics that ship: {nearest(str(source), list(known))}"
    raise RubricError(shown(str(source))[1:-1], [hint])


def _assignment(table: dict[str, Any], folder: Path | None) -> Assignment:
    """Return what a table says that is in order."""
    about = table["assignment"]
    limits = Limits(**table.get("limits", {}))
    return Assignment(
        id=about["id"],
        title=about["title"],
        version=about.get("version", "1"),
        total=hundredths(about["total"]),
        min_tier=Tier(about.get("min_tier", Tier.T1)),
        language=about.get("language", ""),
        items=tuple(_item(item, n, table) for n, item in enumerate(table["items"], 1)),
        functions=_functions(table),
        mistakes=tuple(_mistake(mistake) for mistake in table.get("mistakes", ())),
        limits=limits,
        isolation=about.get("isolation", "submission"),
        export=table.get("export", {}),
        folder=folder,
    )


def _item(item: dict[str, Any], place: int, table: dict[str, Any]) -> Item:
    check, function = item["check"], item.get("function", "")
    profile = tuple(item.get("profile", _PROFILES.get(check, ())))
    written = len(item.get("profile", ())) or len(item.get("table", ()))
    usual = written or _CASES.get(check) or len(profile) or 1
    options = {"exercise": item.get("exercise", function)} if check == "exercise" else {}
    return Item(
        id=item["id"],
        title=item.get("title", f"{function}: {check}" if function else item["id"]),
        number=item.get("number", str(place)),
        points=hundredths(item["points"]),
        visibility=item.get("visibility", "visible"),
        function=function,
        check=check,
        cases=item.get("cases", usual),
        profile=profile,
        requires=tuple(item.get("requires", ())),
        partial=item.get("partial", "proportional"),
        extra_credit=item.get("extra_credit", False),
        tags=tuple(item.get("tags", ())),
        loss=item.get("loss", ""),
        options=options | {"table": item["table"]} if "table" in item else options,
        limits=Limits(**table.get("limits", {}) | item.get("limits", {})),
        test=item.get("test", ""),
        kappa=float(item.get("kappa", 64.0)),
    )


def _functions(table: dict[str, Any]) -> dict[str, FunctionSpec]:
    """Return the functions of the rubric, and those of the course that its items name."""
    written = {
        name: FunctionSpec(**{key: tuple(value) for key, value in spec.items()})
        for name, spec in table.get("functions", {}).items()
    }
    named = dict.fromkeys(item["function"] for item in table["items"] if "function" in item)
    return {name: _of_the_course(name) for name in named if name not in written} | written


def _of_the_course(name: str) -> FunctionSpec:
    """Return what the course asks of a function."""
    found = exercise(name)
    shapes = (re.search(r"\(([^)]*)\)", kind) for _, kind, _ in found.returns)
    return FunctionSpec(
        params=found.names,
        returns=tuple(shape[1].rstrip(",") if shape else "" for shape in shapes),
        may_mutate=_IN_PLACE.get(name, ()),
    )


def _mistake(mistake: dict[str, Any]) -> KnownMistake:
    return KnownMistake(
        id=mistake["id"],
        applies_to=tuple(mistake["applies_to"]),
        message=mistake.get("message", ""),
        hint_url=mistake.get("hint_url", ""),
        credit=float(mistake.get("credit", 0.0)),
        enabled_on=tuple(mistake.get("enabled_on", ("public",))),
    )
