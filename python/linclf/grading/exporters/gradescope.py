"""``results.json`` of Gradescope.

The maxima of the tests add up to the points of the assignment, which Gradescope insists on: extra
credit is a score without a maximum. Text is Markdown with every sign escaped. A hidden item is
shown after publishing, and then tells its category; the case ids for the instructor are in
``extra_data``, which students are not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linclf.grading.exporters.options import (
    ExportError,
    Files,
    Options,
    category_text,
    points,
    points_text,
    said,
    seconds_of,
)
from linclf.grading.results import ItemResult, Results, public
from linclf.grading.sinks import json_text, markdown, one_line, plain

__all__ = ["export", "payload"]

# Gradescope itself keeps these back until it is time; "hidden" ones would never be shown, and
# would keep the total from the student for good.
_REVEALED = ("visible", "after_due_date", "after_published")


def export(results: Sequence[Results], options: Options) -> Files:
    """Return ``results.json`` of one submission."""
    (record,) = results
    return {"results.json": json_text(payload(record, options))}


def payload(results: Results, options: Options | None = None) -> dict[str, Any]:
    """Return what ``results.json`` says.

    Parameters
    ----------
    results : Results
    options : Options, optional

    Returns
    -------
    dict
        Of JSON.

    Raises
    ------
    ExportError
        If the points of the items are not those of the assignment.
    """
    maxima = sum(item.points for item in results.items if not item.extra_credit)
    if maxima != results.total:
        raise ExportError(
            f"results.total is {points_text(results.total)}, but the items have "
            f"{points_text(maxima)} points without extra credit: Gradescope would refuse them; "
            "correct the rubric"
        )
    shown = public(results, _REVEALED)
    pairs = zip(shown.items, results.items, strict=True)
    data: dict[str, Any] = {
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "tier": results.tier,
            "required_tier": results.required_tier,
            "complete": results.complete,
            "digest": plain(results.submission["digest"], 128),
            "assignment": {key: one_line(value) for key, value in results.assignment.items()},
            "versions": {key: one_line(value) for key, value in results.versions.items()},
        },
        "tests": [_summary(shown), *(_test(item, whole) for item, whole in pairs)],
    }
    seconds = seconds_of(options or Options(), results)
    if seconds is not None:
        data["execution_time"] = round(seconds, 3)
    return data


def _test(item: ItemResult, whole: ItemResult) -> dict[str, Any]:
    extra: dict[str, Any] = {
        "id": one_line(item.id),
        "category": one_line(item.category),
        "extra_credit": item.extra_credit,
        "case_ids": [one_line(case, 64) for case in whole.case_ids],
    }
    return {
        "name": one_line(item.title, 256) or one_line(item.id, 256),
        "name_format": "text",
        "number": one_line(item.number, 32),
        "score": points(item.earned),
        "max_score": 0.0 if item.extra_credit else points(item.points),
        "status": "passed" if item.status == "passed" else "failed",
        "output": _text(item),
        "output_format": "md",
        "tags": [one_line(tag, 64) for tag in item.tags],
        "visibility": "after_published" if item.visibility == "hidden" else item.visibility,
        "extra_data": extra,
    }


def _text(item: ItemResult) -> str:
    lines = [f"**{markdown(category_text(item.category))}**"]
    if item.case_ids:
        lines[0] += f" ({item.cases_passed} of {item.cases} cases)"
    lines += [markdown(said(message)) for message in item.messages]
    return "\n\n".join(lines)


def _summary(results: Results) -> dict[str, Any]:
    """Return a test without points that says what a student may know at once."""
    seen = [item for item in results.items if item.visibility == "visible"]
    passed = sum(item.status == "passed" for item in seen)
    later = len(results.items) - len(seen)
    text = [f"{passed} of {len(seen)} items that are shown now passed."]
    if later:
        text.append(f"{later} more will be shown later.")
    if not results.complete:
        text.append("Grading did not come to its end: items that were not run have 0 points.")
    return {
        "name": "Summary",
        "name_format": "text",
        "number": "0",
        "score": 0.0,
        "max_score": 0.0,
        "status": "passed" if passed == len(seen) and results.complete else "failed",
        "output": markdown(" ".join(text)),
        "output_format": "md",
        "tags": [],
        "visibility": "visible",
        "extra_data": {},
    }
