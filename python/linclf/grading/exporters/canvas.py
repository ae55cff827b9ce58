"""A Canvas gradebook with one column filled in: every other byte stays as it was exported.

The file is taken apart into the places of its cells and never written anew, so that quotes, line
ends, encoding and whatever else a version of Canvas likes to see again are what they were. A
submission without a row, or a student without a submission, is no error: they are listed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from linclf.grading.exporters.options import ExportError, Files, Options, points_text
from linclf.grading.results import Results
from linclf.grading.sinks import csv_text, one_line

__all__ = ["export", "fill"]


def export(results: Sequence[Results], options: Options) -> Files:
    """Return ``gradebook.csv`` and, if there are any, ``unmatched.csv``.

    Raises
    ------
    ExportError
        If `Options.gradebook` or `Options.column` is missing or does not fit; see `fill`.
    """
    if options.gradebook is None or not options.column:
        raise ExportError(
            "canvas needs gradebook=, the bytes of the CSV file exported from Canvas, and column=, "
            "the heading of the assignment in it"
        )
    total = results[0].total
    scores: dict[str, int] = {}
    for record in results:
        name = record.submission["name"]
        student = options.students.get(name, name)
        if student in scores:
            raise ExportError(
                f"results has two submissions of {one_line(student, 80)!r}; keep one of them"
            )
        scores[student] = record.earned
    filled, missing = fill(options.gradebook, options.column, options.key, scores, total)
    files: Files = {"gradebook.csv": filled}
    if missing:
        rows = [(name, points_text(scores[name])) for name in missing]
        files["unmatched.csv"] = csv_text([(options.key, "points"), *rows])
    return files


def fill(
    gradebook: bytes, column: str, key: str, scores: dict[str, int], total: int
) -> tuple[bytes, list[str]]:
    """Return a gradebook with scores in one column.

    Parameters
    ----------
    gradebook : bytes
        As Canvas exports it: a row of headings, perhaps a row "Points Possible", a row a student.
    column : str
        To fill: the whole heading ("HW 1 (4711)"), the part before the number, or the number.
    key : str
        Heading of the column that names the students.
    scores : dict of str to int
        In 1/100 points, by what stands in that column.
    total : int
        Points of the assignment, in 1/100.

    Returns
    -------
    gradebook : bytes
    missing : list of str
        Names that have no row.

    Raises
    ------
    ExportError
        If a column is missing, ambiguous or read-only, if Canvas expects another number of points,
        if a name stands in two rows, or if the file is no such table.

    Examples
    --------
    >>> book = b'Student,SIS Login ID,HW 1 (4711)\\n"Ng, Ada",ada,\\n'
    >>> fill(book, "HW 1", "SIS Login ID", {"ada": 750, "bob": 100}, 1000)
    (b'Student,SIS Login ID,HW 1 (4711)\\n"Ng, Ada",ada,7.5\\n', ['bob'])
    """
    rows = [row for row in _cells(gradebook) if any(cell.text.strip() for cell in row)]
    if not rows:
        raise ExportError("gradebook is empty; export it from Canvas again")
    headings = [cell.text.strip() for cell in rows[0]]
    target, named = _find(headings, column, "column"), _find(headings, key, "key")
    changes: list[tuple[_Cell, bytes]] = []
    found: set[str] = set()
    for number, row in enumerate(rows[1:], start=2):
        if row[0].text.strip().lower() == "points possible":
            _check_possible(row, target, headings[target], total)
            continue
        name = row[named].text.strip() if named < len(row) else ""
        if name not in scores or not name:
            continue
        if name in found:
            raise ExportError(
                f"gradebook names {one_line(name, 80)!r} in two rows, the second is row {number}; "
                "choose another key"
            )
        if target >= len(row):
            raise ExportError(
                f"gradebook has {len(row)} cells in row {number}, too few for "
                f"{one_line(headings[target], 80)!r}; export it from Canvas again"
            )
        found.add(name)
        changes.append((row[target], points_text(scores[name]).encode()))
    return _replaced(gradebook, changes), [name for name in scores if name not in found]


@dataclass(frozen=True, slots=True)
class _Cell:
    start: int
    end: int
    text: str


# A quoted cell with whatever is behind its quotes, or one without; then what ends it. Commas,
# quotes and line ends are single bytes in every encoding that Canvas writes.
_CELL = re.compile(rb'("(?:[^"]|"")*"[^,\r\n]*|[^,\r\n]*)(,|\r\n|\r|\n|\Z)')


def _cells(data: bytes) -> list[list[_Cell]]:
    """Return where the cells of a CSV file are, row by row."""
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    rows: list[list[_Cell]] = [[]]
    while True:
        found = _CELL.match(data, at)
        assert found is not None  # the second form takes anything, and the end counts as an end
        raw = found[1]
        text = raw[1:].rpartition(b'"')[0].replace(b'""', b'"') if raw[:1] == b'"' else raw
        rows[-1].append(_Cell(found.start(1), found.end(1), text.decode("utf-8", "replace")))
        at = found.end()
        if found[2] == b"" or (found[2] != b"," and at == len(data)):
            return rows
        if found[2] != b",":
            rows.append([])


def _find(headings: list[str], wanted: str, what: str) -> int:
    """Return the place of a heading: as it stands, without its number, or by its number alone."""
    for form in (str, _unnumbered, _number):
        places = [i for i, heading in enumerate(headings) if form(heading) == wanted]
        if len(places) == 1:
            return places[0]
        if places:
            raise ExportError(
                f"{what} is {wanted!r}, which is the heading of {len(places)} columns; "
                "give the whole heading with its number"
            )
    known = ", ".join(one_line(heading, 60) for heading in headings[:20])
    raise ExportError(f"{what} is {wanted!r}, no heading of the gradebook; there are {known}")


def _unnumbered(heading: str) -> str:
    return re.sub(r"\s*\(\d+\)$", "", heading)


def _number(heading: str) -> str:
    found = re.search(r"\((\d+)\)$", heading)
    return found[1] if found else ""


def _check_possible(row: list[_Cell], target: int, heading: str, total: int) -> None:
    text = row[target].text.strip() if target < len(row) else ""
    name = one_line(heading, 80)
    if "read only" in text.lower():
        raise ExportError(f"column {name!r} is read only in Canvas; name that of the assignment")
    try:
        possible = round(float(text) * 100) if text else total
    except (ValueError, OverflowError):
        return  # Canvas puts remarks there in some columns
    if possible != total:
        raise ExportError(
            f"{name!r} has {text} points in Canvas, the assignment {points_text(total)}; "
            "change one of them, or every score would be off"
        )


def _replaced(data: bytes, changes: list[tuple[_Cell, bytes]]) -> bytes:
    parts, at = [], 0
    for cell, text in sorted(changes, key=lambda change: change[0].start):
        quoted = data[cell.start : cell.start + 1] == b'"'
        parts += [data[at : cell.start], b'"' + text + b'"' if quoted else text]
        at = cell.end
    return b"".join([*parts, data[at:]])
