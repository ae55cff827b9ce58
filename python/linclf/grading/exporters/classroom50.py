"""``result.json`` of Classroom 50 (``classroom50/result/v1``), and the text of its release.

Both land in the student's own repository: hidden items tell points and category, nothing else.
Scores there are whole numbers, so a point counts `Options.scale` units, 100 unless that is changed:
then no score is rounded. Anyone can read what lies in the bundle of an autograder there, so a
secret in it is none: the tier of such a run is worth as much as that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from linclf.grading.exporters.options import (
    ExportError,
    Files,
    Options,
    category_text,
    points_text,
    said,
    stamp,
)
from linclf.grading.results import ItemResult, Results, public
from linclf.grading.sinks import json_text, markdown, one_line, plain

__all__ = ["SCHEMA", "export"]

SCHEMA = "classroom50/result/v1"
_TAG_TIME = re.compile(r"submit/(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z")


def export(results: Sequence[Results], options: Options) -> Files:
    """Return ``result.json`` and ``release-body.md`` of one submission.

    Raises
    ------
    ExportError
        If `Options.environment` lacks a variable that the runner sets.
    """
    (record,) = results
    shown = public(record)
    if options.scale < 1:
        raise ExportError(f"scale is {options.scale}; a point needs at least 1 unit")
    tests = [_test(item, options.scale) for item in shown.items]
    environment = options.environment
    submission = _variable(environment, "SUBMISSION_TAG")
    graded = options.when or datetime.now(UTC)
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "classroom": _variable(environment, "CLASSROOM"),
        "assignment": _variable(environment, "ASSIGNMENT"),
        "submission": submission,
        "commit": _variable(environment, "COMMIT_URL"),
        "release": _variable(environment, "RELEASE_URL"),
        "review": environment.get("REVIEW_URL") or _variable(environment, "COMMIT_URL"),
        # When it was handed in does not change with a regrade: the tag knows.
        "datetime": _handed_in(submission) or stamp(graded),
        "graded_at": stamp(graded),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    owner = environment.get("OWNER") or environment.get("USERNAME")
    if owner:
        data["owner"] = plain(owner, 256)
    if environment.get("ASSIGNMENT_TYPE"):
        data["assignment_type"] = plain(environment["ASSIGNMENT_TYPE"], 64)
    return {"result.json": json_text(data), "release-body.md": _body(shown)}


def _variable(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise ExportError(
            f"environment has no {name}, which the runner of Classroom 50 sets; "
            "pass environment=os.environ there"
        )
    return plain(value, 1024)


def _handed_in(tag: str) -> str:
    found = _TAG_TIME.match(tag)
    return f"{found[1]}T{found[2]}:{found[3]}:{found[4]}Z" if found else ""


def _test(item: ItemResult, scale: int) -> dict[str, Any]:
    return {
        "test-name": one_line(f"{item.number} {item.title}", 256),
        "passed": item.status == "passed",
        "score": item.earned * scale // 100,
        "max-score": 0 if item.extra_credit else item.points * scale // 100,
        "id": one_line(item.id, 128),
        "category": one_line(item.category, 64),
        "messages": [plain(said(message)) for message in item.messages],
    }


def _body(results: Results) -> str:
    """Return the same as Markdown, for the page of the release."""
    lines = [
        f"**{points_text(results.earned)} of {points_text(results.total)} points**",
        "",
        "| | item | points | result |",
        "|---|---|---:|---|",
    ]
    for item in results.items:
        name = markdown(one_line(item.title, 256))
        result = markdown(category_text(item.category))
        score = f"{points_text(item.earned)} / {points_text(item.points)}"
        lines.append(f"| {markdown(one_line(item.number, 32))} | {name} | {score} | {result} |")
    for item in results.items:
        if item.messages:
            lines += ["", f"**{markdown(one_line(item.title, 256))}**"]
            lines += [f"\n{markdown(said(message))}" for message in item.messages]
    return "\n".join(lines) + "\n"
