"""Scores in the table that nbgrader itself exports, and one by item; both from graded submissions.

``grades.csv`` has the columns of ``nbgrader export``, so that what reads those reads these. For
grade cells inside a notebook see `linclf.grading.exporters.in_notebook`.
"""

from __future__ import annotations

from collections.abc import Sequence

from linclf.grading.exporters.options import Files, Options, points, stamp
from linclf.grading.results import Results
from linclf.grading.sinks import csv_text

__all__ = ["COLUMNS", "export"]

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)
_ITEM_COLUMNS = ("assignment", "student_id", "grade_id", "score", "max_score", "extra_credit")


def export(results: Sequence[Results], options: Options) -> Files:
    """Return ``grades.csv``, a row per submission, and ``grades_by_item.csv``."""
    when = stamp(options.when) if options.when else ""
    grades: list[Sequence[object]] = [COLUMNS]
    by_item: list[Sequence[object]] = [_ITEM_COLUMNS]
    for record in results:
        assignment, name = record.assignment["id"], record.submission["name"]
        student = options.students.get(name, name)
        score = points(record.earned)
        grades.append(
            (assignment, "", when, student, "", "", "", score, 0.0, score, points(record.total))
        )
        by_item += [
            (
                *(assignment, student, item.id, points(item.earned), points(item.points)),
                *(int(item.extra_credit),),
            )
            for item in record.items
        ]
    return {"grades.csv": csv_text(grades), "grades_by_item.csv": csv_text(by_item)}
