"""What GitHub Classroom's autograders hand to its reporter: version 3 of their JSON, and in base64.

The reporter adds up the scores of the tests. It reads ``<ID OF THE STEP>_RESULTS``, where a
workflow puts the output ``result`` of a step: that line, for ``$GITHUB_OUTPUT``, is in a file of
its own. Names and messages end up in a log, on lines of their own: none is a workflow command.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from linclf.grading.exporters.options import (
    Files,
    Options,
    category_text,
    item_seconds_of,
    points,
    said,
)
from linclf.grading.results import Results, public
from linclf.grading.sinks import json_text, one_line, plain, terminal

__all__ = ["export"]

_STATUS = {"passed": "pass", "partial": "fail", "failed": "fail", "not run": "error"}
_LONGEST_OUTPUT = 500  # as the graders of GitHub Classroom cut it


def export(results: Sequence[Results], options: Options) -> Files:
    """Return ``result.json``, and ``github-output`` to be added to ``$GITHUB_OUTPUT``."""
    (record,) = results
    shown = public(record)
    tests: list[dict[str, Any]] = []
    for task, item in enumerate(shown.items, start=1):
        text = terminal("\n".join([category_text(item.category), *map(said, item.messages)]))
        tests.append(
            {
                "name": terminal(one_line(f"{item.number} {item.title}", 256)),
                "status": _STATUS[item.status],
                "message": "" if item.status == "passed" else text,
                "test_code": "",
                "task_id": task,
                "filename": "",
                "line_no": 0,
                "duration": round((item_seconds_of(options, record, item) or 0.0) * 1000, 3),
                "score": points(item.earned),
                "output": plain(text, _LONGEST_OUTPUT),
            }
        )
    wrong = {test["status"] for test in tests} - {"pass"}
    status = "pass" if not wrong else "error" if "error" in wrong else "fail"
    text = json_text(
        {"version": 3, "status": status, "tests": tests, "max_score": points(record.total)}
    )
    encoded = base64.b64encode(text.encode()).decode()
    return {"result.json": text, "github-output": f"result={encoded}\n"}
