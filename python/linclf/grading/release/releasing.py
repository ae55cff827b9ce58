"""What students get of an assignment: a zip file without solutions and hidden parts.

    hw1/rubric.toml    stays here; its visible items are released
    hw1/test_*.py      stay here: tests of the instructor
    hw1/source/        is released without what is marked in it, see `release.regions`
    hw1/public/        is released as well, in the same way: README.md, public tests

The same folder gives the same bytes. Before anything is written it is read once more, as a student
would: nothing telling of a solution, no secret, and no hidden item may be in it.
"""

from __future__ import annotations

import io
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from linclf.cli.files import write_bytes
from linclf.course.specification import exercises
from linclf.grading.child.unpack import is_junk
from linclf.grading.release.leaks import known_secrets, leaks
from linclf.grading.release.regions import (
    NumberOf,
    RegionError,
    Removed,
    strip_notebook,
    strip_python,
    strip_text,
)
from linclf.grading.rubric import load
from linclf.grading.rubric.assignment import Assignment
from linclf.grading.rubric.public import public_part, toml_text

__all__ = ["ReleaseError", "release", "student_files"]

FOLDERS = ("source", "public")
"""Folders of an assignment that students get."""

_DATE = (1980, 1, 1, 0, 0, 0)

_README = """\
# {title}

Write what is asked for in {files}. A function that is still to be written raises
NotImplementedError.

{table}
Check your work as often as you like, without a network:

    pip install "linclf[grade]"
    linclf grade check {first}

It says what is wrong, and where to look. The grade comes from other data than this check.
"""


class ReleaseError(ValueError):
    """A folder that cannot be released.

    Attributes
    ----------
    problems : tuple of str
        All that stands against it.
    """

    def __init__(self, folder: Path, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{folder} is not released:\n  " + "\n  ".join(self.problems))


def release(folder: str | Path, into: str | Path) -> list[str]:
    """Write the zip file for students.

    Parameters
    ----------
    folder : str or Path
        Of the assignment.
    into : str or Path
        The file; an older one is replaced, whole or not at all.

    Returns
    -------
    list of str
        Names of the files in it.

    Raises
    ------
    RubricError
        If the rubric is not in order.
    ReleaseError
        If marks do not fit together, or if something is in it that must not be.
    OSError
        If it cannot be written.

    Examples
    --------
    >>> from linclf.grading.release.beginning import new_assignment
    >>> _ = new_assignment("hw1", rubric="softmax")
    >>> release("hw1", "student.zip")[0]
    'softmax/README.md'
    """
    files, top = student_files(folder), load(folder).id
    write_bytes(Path(into), _zipped(files, top))
    return [f"{top}/{name}" for name in sorted(files)]


def student_files(folder: str | Path) -> dict[str, bytes]:
    """Return the files that students get, by name.

    Parameters
    ----------
    folder : str or Path
        Of the assignment.

    Raises
    ------
    RubricError, ReleaseError
        As of `release`.
    """
    folder = Path(folder)
    assignment = load(folder)
    if assignment.folder is None:
        raise ReleaseError(folder, ["a rubric alone has no files; make a folder with it"])
    files: dict[str, bytes] = {}
    removed: list[Removed] = []
    problems: list[str] = []
    for name, path in _found(folder, problems):
        try:
            data, parts = _stripped(path, name, assignment)
        except RegionError as error:
            problems.append(str(error))
            continue
        short = name.partition("/")[2]
        if short in files:
            problems.append(f"{name}: {short} is in {' and in '.join(FOLDERS)}; rename one")
        files[short] = data
        removed += parts
    if not any(name.endswith((".py", ".ipynb")) for name in files) and not problems:
        problems.append("there is nothing to hand out: put the file to fill in into source/")
    if not problems:
        table = tomllib.loads((folder / "rubric.toml").read_text(encoding="utf-8"))
        _add_rubric(files, table)
        files.setdefault("README.md", _readme(files, assignment).encode())
        problems += leaks(files, removed, assignment, known_secrets(folder))
    if problems:
        raise ReleaseError(folder, problems)
    return files


def _found(folder: Path, problems: list[str]) -> Iterator[tuple[str, Path]]:
    """Yield what lies in the folders for students, in order; links are problems."""
    for top in FOLDERS:
        for path in sorted((folder / top).rglob("*")):
            name = path.relative_to(folder).as_posix()
            if is_junk(name) or is_junk(f"{name}/x"):
                continue
            if path.is_symlink():
                problems.append(f"{name} is a link; put the file itself there")
            elif path.is_file():
                if path.suffix == ".secret":
                    problems.append(f"{name} is a secret by its name; move it elsewhere")
                yield name, path


def _stripped(path: Path, name: str, assignment: Assignment) -> tuple[bytes, list[Removed]]:
    """Return a file as students get it, and what was taken out."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        if path.suffix in (".py", ".ipynb"):
            raise RegionError(f"{name} is not UTF-8; save it so") from None
        return data, []  # data, or a picture
    if path.suffix == ".py":
        found, removed = strip_python(text, name, _numbers(assignment))
    elif path.suffix == ".ipynb":
        found, removed = strip_notebook(text, name, _numbers(assignment))
    else:
        found, removed = strip_text(text, name)
    return (found.encode(), removed) if removed or path.suffix == ".ipynb" else (data, [])


def _numbers(assignment: Assignment) -> NumberOf:
    """Return the numbers of exercises, by the names of their functions."""
    numbers = {item.function: item.number for item in reversed(assignment.items)}
    numbers |= {one.name: one.number for one in exercises()}
    return lambda name: numbers.get(name, "")


def _add_rubric(files: dict[str, bytes], table: dict[str, Any]) -> None:
    public = public_part(table)
    if public is not None:
        head = "# The items that you can check yourself.\n"
        files["rubric.toml"] = (head + toml_text(public)).encode()


def _readme(files: Mapping[str, bytes], assignment: Assignment) -> str:
    code = [n for n in sorted(files) if n.endswith((".py", ".ipynb")) and "test_" not in n]
    shown = [item for item in assignment.items if not item.hidden]
    rows = [f"| {i.number} | {i.title} | {i.points / 100:g} |" for i in shown]
    others = sum(i.points for i in assignment.items if i.hidden and not i.extra_credit)
    rows += [f"| | what is checked after the deadline | {others / 100:g} |"] if others else []
    table = "\n".join(["| | item | points |", "|---|---|---|", *rows]) + "\n"
    named = " or ".join(f"`{name}`" for name in code)
    return _README.format(title=assignment.title, files=named, table=table, first=(code or [""])[0])


def _zipped(files: Mapping[str, bytes], top: str) -> bytes:
    """Return a zip file whose bytes depend on the files alone: no times, no compressor."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(f"{top}/{name}", _DATE)
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            archive.writestr(info, data)
    return whole.getvalue()
