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
from pathlib import Path
from typing import Any

from linclf.cases import FLOATS
from linclf.course.specification import exercise
from linclf.grading.limits import Limits
from linclf.grading.rubric.assignment import Assignment, FunctionSpec, Item, KnownMistake
from linclf.grading.rubric.checks import mistakes_in
from linclf.grading.rubric.schema import (
    CHECKS,
    SCHEMA,
    VISIBILITIES,
    hundredths,
    operand,
)
from linclf.grading.rubric.walk import nearest, problems, shown
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
