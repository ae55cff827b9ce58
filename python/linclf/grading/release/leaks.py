"""A second look at what students get: does anything of it tell a solution, a secret, a hidden item?

What was taken out must not stand anywhere else, in a README or in a cell of a notebook.
A loop over the samples may: a line or two tell nothing, as long as they are short.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from linclf.grading.release.regions import Removed
from linclf.grading.rubric.assignment import Assignment, Item
from linclf.grading.seeds import VARIABLE

__all__ = ["known_secrets", "leaks"]

_TELLING = 45  # letters in a row that do not stand anywhere else by right


def leaks(
    files: Mapping[str, bytes],
    removed: list[Removed],
    assignment: Assignment,
    secrets: list[bytes],
) -> Iterator[str]:
    """Yield what is in the files of students and must not be.

    Parameters
    ----------
    files : mapping of str to bytes
        By name.
    removed : list of Removed
        What was taken out of them.
    assignment : Assignment
        Whose hidden items must not be named.
    secrets : list of bytes
        See `known_secrets`.
    """
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


def known_secrets(folder: Path) -> list[bytes]:
    """Return the secrets that are known here: beside the folder, in it, in the environment."""
    found = [os.environ.get(VARIABLE, "").strip().encode()]
    places = [folder.resolve(), folder.resolve().parent]
    for file in (file for place in places for file in sorted(place.glob("*.secret"))):
        if file.is_file() and file.stat().st_size <= 4096:
            found.append(file.read_bytes().strip())
    return [secret for secret in found if len(secret) >= 8]
