"""What students get of an assignment: a zip file without solutions and hidden parts.

    hw1/rubric.toml    stays here; its visible items are released
    hw1/test_*.py      stay here: tests of the instructor
    hw1/source/        is released without what is marked in it, see `linclf.grading.regions`
    hw1/public/        is released as well, in the same way: README.md, public tests

The same folder gives the same bytes. Before anything is written it is read once more, as a student
would: nothing telling of a solution, no secret, and no hidden item may be in it.
"""

from __future__ import annotations

import io
import json
import os
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from linclf.cli.files import write_bytes
from linclf.course.specification import exercises
from linclf.grading.public_rubric import public_part, toml_text
from linclf.grading.regions import (
    NumberOf,
    RegionError,
    Removed,
    strip_notebook,
    strip_python,
    strip_text,
)
from linclf.grading.rubric import Assignment, Item, load
from linclf.grading.seeds import VARIABLE
from linclf.grading.unpack import is_junk

__all__ = ["ReleaseError", "release", "student_files"]

FOLDERS = ("source", "public")
"""Folders of an assignment that students get."""

_TELLING = 45  # letters in a row that do not stand anywhere else by right
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
    >>> from linclf.grading.init import new_assignment
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
        problems += _leaks(files, removed, assignment, _secrets(folder))
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


# ----------------------------------------------------------------------------- a second look


def _leaks(
    files: Mapping[str, bytes],
    removed: list[Removed],
    assignment: Assignment,
    secrets: list[bytes],
) -> Iterator[str]:
    """Yield what is in the files and must not be."""
    runs = _telling_runs(removed)
    for name, data in sorted(files.items()):
        if any(secret in data for secret in secrets):
            yield f"{name} holds a secret of the course; take it out, and make a new one"
        text = _text(name, data)
        lines = [(n, line.strip()) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
        for length in sorted({len(run) for run in runs}):
            for start in range(len(lines) - length + 1):
                run = tuple(line for _, line in lines[start : start + length])
                if where := runs.get(run):
                    number = lines[start][0]
                    yield f"{name}, line {number}, is also in a part that is taken out: {where}"
        if name == "rubric.toml":  # made of visible items alone
            continue
        for item in (item for item in assignment.items if item.hidden):
            if any(one in text for one in _names_of(item, assignment)):
                yield f'{name} names the hidden item "{item.id}"; take that out'


def _names_of(item: Item, assignment: Assignment) -> list[str]:
    """Return what tells of a hidden item, if it stands in a text."""
    shown = {one.title for one in assignment.items if not one.hidden}
    names = [] if item.title in shown else [item.title]
    if "-" in item.id:  # a plain word may stand there by right
        names += [f'"{item.id}"', f"'{item.id}'"]
    return names + ([f"{item.test.split('::')[-1].partition('[')[0]}("] if item.test else [])


def _telling_runs(removed: list[Removed]) -> dict[tuple[str, ...], str]:
    """Return runs of lines that tell a solution, with their places.

    A run is as short as it can be. A loop over the samples may well stand somewhere else.
    """
    runs: dict[tuple[str, ...], str] = {}
    for part in removed:
        # A solution that is still to be written looks like what stands for one.
        lines = tuple(x for x in part.lines if not x.startswith("raise NotImplementedError"))
        for start in range(len(lines)):
            tries = (lines[start:end] for end in range(start + 1, len(lines) + 1))
            run = next((run for run in tries if sum(map(len, run)) >= _TELLING), ())
            if run:
                runs[run] = part.where
        if len(lines) > 1:  # short, but whole
            runs.setdefault(lines, part.where)
    return runs


def _text(name: str, data: bytes) -> str:
    """Return what a reader of a file sees; of a notebook all of its texts."""
    text = data.decode("utf-8", "replace")
    if not name.endswith(".ipynb"):
        return text
    return "\n".join(_strings(json.loads(text)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        yield "".join(value)
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _secrets(folder: Path) -> list[bytes]:
    """Return the secrets that are known here: beside the folder, in it, in the environment."""
    found = [os.environ.get(VARIABLE, "").strip().encode()]
    places = [folder.resolve(), folder.resolve().parent]
    for file in (file for place in places for file in sorted(place.glob("*.secret"))):
        if file.is_file() and file.stat().st_size <= 4096:
            found.append(file.read_bytes().strip())
    return [secret for secret in found if len(secret) >= 8]


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
