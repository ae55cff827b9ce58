"""``results.json`` of PrairieLearn's external grading: a score from 0 to 1, at most 1 MB.

A submission that could not be loaded is not gradable there, which costs the student no attempt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linclf.grading.exporters.options import Files, Options, category_text, points, said
from linclf.grading.results import Results, public
from linclf.grading.sinks import json_text, one_line, plain

__all__ = ["export"]

_UNGRADABLE = ("not_submitted", "load")
_MOST = 1 << 20  # bytes of the file


def export(results: Sequence[Results], options: Options) -> Files:
    """Return ``results.json`` of one submission."""
    (record,) = results
    shown = public(record)
    text = json_text(_payload(shown, 2048))
    if len(text) > _MOST:  # a rubric of hundreds of items, each with much to say
        text = json_text(_payload(shown, 128))
    return {"results.json": text}


def _payload(results: Results, limit: int) -> dict[str, Any]:
    categories = {item.category for item in results.items}
    gradable = not categories or not categories <= set(_UNGRADABLE)
    share = min(results.earned / results.total, 1.0) if results.total else 0.0
    data: dict[str, Any] = {
        "gradable": gradable,
        "score": round(share, 6) if gradable else 0.0,
        "tests": [
            {
                "name": one_line(f"{item.number} {item.title}", min(limit, 256)),
                "description": one_line(category_text(item.category), limit),
                "points": points(item.earned),
                "max_points": points(item.points),
                "output": plain("\n\n".join(map(said, item.messages)), limit),
            }
            for item in results.items
        ],
    }
    if not gradable:
        messages = dict.fromkeys(said(m) for item in results.items for m in item.messages)
        data["format_errors"] = [plain(message, limit) for message in messages] or [
            category_text(sorted(categories)[0])
        ]
    return data
