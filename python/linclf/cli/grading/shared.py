"""What the actions of ``linclf grade`` have in common: finding things, and printing with care."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linclf.grading.results import Results
    from linclf.grading.rubric import Assignment
    from linclf.grading.tiers import Tier

__all__ = [
    "find_assignment",
    "find_results",
    "pick_tier",
    "secret_of",
    "show",
    "tier_of",
    "times_of",
]


def find_assignment(named: str | None, near: Path | None = None) -> Assignment:
    """Return the assignment that was named, else that of this folder.

    Parameters
    ----------
    named : str or None
        A folder, a rubric, or the name of one that ships.
    near : Path, optional
        A submission, beside which a rubric may lie as well.

    Raises
    ------
    ValueError
        If there is none, or it cannot be graded by.
    """
    from linclf.grading.rubric import load, shipped

    if named is not None:
        return load(named)
    places = [Path(), *([near if near.is_dir() else near.parent] if near is not None else [])]
    for place in places:
        if (place / "rubric.toml").is_file():
            return load(place)
    raise ValueError(
        "there is no rubric.toml in this folder; name the assignment with --assignment: its "
        f"folder, or one that ships ({', '.join(shipped())})"
    )


def tier_of(name: str | None) -> Tier | None:
    """Return a tier by its name."""
    from linclf.grading.tiers import Tier

    return None if name is None else Tier[name]


def pick_tier(wanted: str | None, required: str | None, assignment: Assignment) -> Tier:
    """Return the tier to grade at.

    Raises
    ------
    ValueError
        If this machine does not offer what the command or the rubric asks for.
    """
    from linclf.grading.tiers import TierError, choose

    asked = tier_of(required)
    least = assignment.min_tier if asked is None else max(asked, assignment.min_tier)
    try:
        return choose(tier_of(wanted), least)
    except TierError as error:
        raise ValueError(f"{error} (linclf grade doctor tells more)") from None


def secret_of(named: str | None, assignment: Assignment) -> bytes:
    """Return the secret of the course.

    It is in the file that was named, else in the environment, else in the file that
    ``linclf grade init`` made beside the assignment.

    Raises
    ------
    ValueError
        If there is none, or it cannot be used.
    """
    from linclf.grading.seeds import VARIABLE, read_secret

    folder = assignment.folder
    if named is None and folder is not None and not os.environ.get(VARIABLE):
        beside = folder.with_name(f"{folder.name}.secret")
        if beside.is_file():
            return read_secret(beside)
    return read_secret(named)


def find_results(named: Iterable[str]) -> dict[Path, Results]:
    """Return the records in files and folders, by file.

    Raises
    ------
    ValueError
        If there are none, or a named file is none.
    """
    from linclf.grading.results import read_results

    files: list[Path] = []
    for name in named:
        path = Path(name)
        found = sorted(path.glob("*.json")) if path.is_dir() else [path]
        files += [file for file in found if not file.name.endswith(".times.json")]
    if not files:
        raise ValueError(f"there are no results in {', '.join(named)}; make some: linclf grade run")
    return {file: read_results(file) for file in dict.fromkeys(files)}


def times_of(records: dict[Path, Results]) -> dict[str, dict[str, object]]:
    """Return the times that lie beside records, by the name of the submission."""
    import json

    from linclf.grading.results import times_path

    found: dict[str, dict[str, object]] = {}
    for file, results in records.items():
        path = times_path(file)
        if path.is_file():
            found[results.submission["name"]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def show(lines: Iterable[str]) -> None:
    """Print lines in which a student may have had a say.

    They are escaped already. In a workflow of GitHub they stand between commands that keep the
    runner from obeying any of them.
    """
    from linclf.grading.sinks import workflow

    text = "\n".join(lines)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        sys.stdout.write(workflow(text))
    else:
        print(text)
