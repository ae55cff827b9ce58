"""``linclf grade batch``, ``report`` and ``export``: a class at a time."""

from __future__ import annotations

import argparse
import csv
import os
import sys
from pathlib import Path
from typing import Any

from linclf.cli.grading.shared import (
    find_assignment,
    find_results,
    pick_tier,
    secret_of,
    show,
    times_of,
)

__all__ = ["batch", "export", "report"]


def batch(arguments: argparse.Namespace) -> int:
    """Grade a folder; 0 if every submission was graded to its end."""
    from linclf.grading.batch import grade_all
    from linclf.grading.report.table import points
    from linclf.grading.results import read_results
    from linclf.grading.sinks import one_line, terminal

    folder, into = Path(arguments.folder), Path(arguments.into)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder; name the one with the submissions")
    if arguments.jobs is not None and arguments.jobs < 1:
        raise ValueError(f"--jobs is {arguments.jobs}; it must be 1 or more")
    assignment = find_assignment(arguments.assignment)
    secret = secret_of(arguments.secret, assignment)
    tier = pick_tier(arguments.tier, arguments.require_tier, assignment)
    jobs = arguments.jobs or os.cpu_count() or 1
    files = grade_all(
        assignment, folder, into, secret=secret, tier=tier, jobs=jobs, progress=not arguments.quiet
    )
    unfinished = []
    lines = []
    for file in files:
        results = read_results(file)
        if not results.complete:
            unfinished.append(file)
        name = one_line(results.submission["name"], 60)
        lines.append(terminal(f"{points(results.earned):>8}  {name}"))
    show(lines)
    total = points(assignment.total)
    print(f"{len(files)} submissions, of {total} points: {into}", file=sys.stderr)
    for file in unfinished:
        print(f"not graded to the end: {file}", file=sys.stderr)
    return 1 if unfinished else 0


def report(arguments: argparse.Namespace) -> int:
    """Write the pages and the table."""
    from linclf.grading.exporters import write_files
    from linclf.grading.report import class_csv, class_report, student_report
    from linclf.grading.sinks import file_name

    records = find_results(arguments.results)
    results, times = list(records.values()), times_of(records)
    files: dict[str, str | bytes] = {
        "class.html": class_report(results, times),
        "class.csv": class_csv(results, times),
    }
    for one in results:
        name = f"students/{file_name(one.submission['name'])}.html"
        if name in files:
            raise ValueError(
                f"there are two results of {one.submission['name']!r}; name one file of each"
            )
        files[name] = student_report(one, ("visible", *arguments.reveal))
    folder = Path(arguments.output)
    write_files(folder, files)
    print(f"wrote {folder / 'class.html'}, class.csv, and {len(results)} pages for students")
    return 0


def export(arguments: argparse.Namespace) -> int:
    """Write results in the format of another system."""
    from linclf.grading import exporters

    if arguments.to == "canvas" and not (arguments.gradebook and arguments.column):
        raise ValueError(
            "Canvas takes back the gradebook that it exported: name that file with --gradebook, "
            "and the heading of the assignment in it with --column"
        )
    records = find_results(arguments.results)
    options: dict[str, Any] = {
        "times": times_of(records),
        "environment": os.environ,
        "scale": arguments.scale,
        "column": arguments.column,
        "key": arguments.key,
        "students": _students(arguments.students),
        "rubric": arguments.rubric,
    }
    if arguments.gradebook:
        options["gradebook"] = Path(arguments.gradebook).read_bytes()
    files = exporters.export(arguments.to, list(records.values()), **options)
    for path in exporters.write_files(Path(arguments.output), files):
        print(path)
    return 0


def _students(path: str | None) -> dict[str, str]:
    """Return what a table of two columns says: a submission, and what names its student."""
    if path is None:
        return {}
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if any(row)]
    for number, row in enumerate(rows, 1):
        if len(row) != 2:
            raise ValueError(f"{path}, line {number}: {len(row)} columns; there must be two")
    return {row[0].strip(): row[1].strip() for row in rows}
