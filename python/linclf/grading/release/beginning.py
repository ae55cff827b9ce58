"""A new assignment: a folder with everything to start from, and a secret beside it.

hw1/README.md       what to do with it
hw1/rubric.toml     what is asked for, and what it is worth
hw1/source/         what students fill in, with solutions between marks
hw1/public/         what they get besides: tests that explain
hw1.secret          what the cases of the grade are drawn from: stays with the instructor
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from linclf.cli.files import write_folder
from linclf.course.specification import Exercise, exercise, exercises
from linclf.course.templates import module_of, public_tests, stub
from linclf.grading.release.regions import BEGIN, END
from linclf.grading.release.texts import EXAMPLE, EXAMPLE_RUBRIC, EXAMPLE_TESTS, README
from linclf.grading.rubric.public import toml_text
from linclf.grading.rubric.walk import nearest
from linclf.grading.seeds import new_secret, read_secret

__all__ = ["new_assignment"]


def new_assignment(
    folder: str | Path, *, rubric: str | None = None, exercises: Iterable[str] = ()
) -> list[str]:
    """Make a folder for a new assignment, and a secret beside it.

    Parameters
    ----------
    folder : str or Path
        Must be new, or empty: nothing is overwritten. The secret is ``folder.secret`` beside it;
        one that is there already stays, and is used.
    rubric : str, optional
        Name of a rubric that ships, ``"softmax"`` for instance.
    exercises : iterable of str, optional
        Names of exercises of the course, if there is no rubric to start from. Without either, there
        is an example to be replaced.

    Returns
    -------
    list of str
        Names of the files that were written.

    Raises
    ------
    ValueError
        If there is no rubric or exercise of that name, or if both are given.
    SecretError
        If there is a secret that cannot be used.
    OSError
        If the folder is not empty, or cannot be written.

    Examples
    --------
    >>> new_assignment("homework", exercises=["l2_penalty"])
    ['README.md', 'public/test_exercises.py', 'rubric.toml', 'source/regularisation.ipynb', \
'source/regularisation.py']
    """
    folder, wanted = Path(folder), list(exercises)
    if rubric is not None and wanted:
        raise ValueError("give a rubric or exercises, not both: a rubric names its own")
    if rubric is not None:
        files = _of_rubric(rubric)
    elif wanted:
        files = _of_exercises(folder, wanted)
    else:
        files = _of_example(folder)
    secret = folder.absolute().with_name(folder.absolute().name + ".secret")
    files["README.md"] = _readme(folder, files, secret)
    made = not secret.exists()
    if made:
        new_secret(secret)
    else:
        read_secret(secret)  # now is the time to say that others can read it
    try:
        write_folder(folder, files)
    except BaseException:  # an interrupt as well
        if made:
            secret.unlink()
        raise
    return sorted(files)


def _readme(folder: Path, files: dict[str, str], secret: Path) -> str:
    first = next(name for name in sorted(files) if name.endswith(".py") and "source/" in name)
    name = folder.absolute().name
    return README.format(title=name, name=name, first=first, secret=secret.name)


def _of_rubric(name: str) -> dict[str, str]:
    """Return the files of an assignment that ships."""
    from linclf.grading.rubric import shipped

    known = shipped()
    if name not in known:
        raise ValueError(f"there is no rubric {name!r} that ships; {nearest(name, list(known))}")
    asked = [one.name for one in exercises() if one.notebook == known[name].stem]
    return _sources(asked) | {"rubric.toml": known[name].read_text(encoding="utf-8")}


def _of_exercises(folder: Path, names: list[str]) -> dict[str, str]:
    """Return the files of an assignment made of exercises of the course."""
    found = [exercise(name) for name in dict.fromkeys(names)]
    id = _slug(folder)
    table = {
        "assignment": {"id": id, "title": id, "version": "1", "total": 5 * len(found)},
        "items": [_item(one) for one in found],
    }
    return _sources([one.name for one in found]) | {"rubric.toml": toml_text(table)}


def _item(one: Exercise) -> dict[str, Any]:
    return {
        "id": one.name.replace("_", "-"),
        "title": one.name,
        "number": one.number,
        "points": 5,
        "function": one.name,
        "check": "exercise",
    }


def _of_example(folder: Path) -> dict[str, str]:
    head = '"""What is to be written."""\n\n'
    return {
        "rubric.toml": EXAMPLE_RUBRIC.format(id=_slug(folder)),
        "source/work.py": f"{head}\n{EXAMPLE.format(begin=BEGIN, end=END)}",
        "public/test_public.py": EXAMPLE_TESTS,
    }


def _slug(folder: Path) -> str:
    """Return an id that is like the name of a folder."""
    kept = "".join(
        c if c.isascii() and c.isalnum() else "-" for c in folder.absolute().name.lower()
    )
    return kept.strip("-")[:64] or "assignment"


def _sources(names: list[str]) -> dict[str, str]:
    """Return the files to fill in, and the tests, of exercises of the course."""
    files = {"public/test_exercises.py": public_tests(names)}
    by_notebook: dict[str, list[str]] = {}
    for name in names:
        by_notebook.setdefault(exercise(name).notebook, []).append(name)
    for notebook, asked in by_notebook.items():
        head = f'"""Exercises of the notebook {notebook}."""\n\nimport numpy as np\n'
        code = "\n\n".join(_with_marks(name) for name in asked)
        files[f"source/{module_of(notebook)}.py"] = f"{head}\n\n{code}"
        whole = asked == [one.name for one in exercises() if one.notebook == notebook]
        files[f"source/{module_of(notebook)}.ipynb"] = (
            _shipped_notebook(notebook) if whole else None
        ) or _notebook(asked)
    return files


def _with_marks(name: str) -> str:
    """Return the stub of an exercise with a place for its solution."""
    *head, stands_for_it = stub(name).rstrip().split("\n")
    marked = [f"    {BEGIN}", stands_for_it, f"    {END}"]
    return "\n".join([*head, *marked]) + "\n"


def _shipped_notebook(name: str) -> str | None:
    """Return a notebook of the course as students get it; None where it was not installed."""
    file = importlib.resources.files("linclf").joinpath("data", "notebooks", f"{name}.ipynb")
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _notebook(names: list[str]) -> str:
    """Return a notebook that asks for some exercises, and checks them."""
    cells = [_cell("code", "setup", "import numpy as np\nfrom linclf import course")]
    for name in names:
        one = exercise(name)
        cells += [
            _cell("markdown", f"task-{name}", f"### {one.title}\n\n{one.task}"),
            _cell("code", name, _with_marks(name).rstrip(), solution=True),
            _cell("code", f"check-{name}", f'course.check("{name}", {name})'),
        ]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _cell(kind: str, id: str, source: str, solution: bool = False) -> dict[str, Any]:
    """Return a cell; of a solution with what nbgrader notes about it."""
    cell: dict[str, Any] = {"cell_type": kind, "id": id.replace("_", "-"), "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    if solution:
        marks = {"grade": False, "locked": False, "points": 0, "schema_version": 3, "task": False}
        cell["metadata"] = {
            "nbgrader": marks | {"grade_id": id, "solution": True},
            "tags": [f"linclf:{id}"],
        }
    return cell | {"source": source.splitlines(keepends=True)}
