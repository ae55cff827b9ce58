"""JUnit XML, as CodeGrade, Artemis, GitLab and Jenkins read it.

One test case per item, one suite per submission; points stand in the properties of each. What was
not run is an error, never "skipped": a system that ignores skipped tests must not give points for
it. No character that XML 1.0 lacks is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from linclf.grading.exporters.options import (
    Files,
    Options,
    category_text,
    item_seconds_of,
    points_text,
    said,
    stamp,
)
from linclf.grading.results import ItemResult, Results, public
from linclf.grading.sinks import one_line, xml

__all__ = ["export"]


def export(results: Sequence[Results], options: Options) -> Files:
    """Return ``junit.xml`` of any number of submissions."""
    shown = [public(record) for record in results]
    items = [item for record in shown for item in record.items]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{xml(shown[0].assignment["id"])}" {_counts(items)}>',
    ]
    for record in shown:
        lines += _suite(record, options)
    return {"junit.xml": "\n".join([*lines, "</testsuites>"]) + "\n"}


def _suite(results: Results, options: Options) -> list[str]:
    seconds = sum(item_seconds_of(options, results, item) or 0.0 for item in results.items)
    when = f' timestamp="{stamp(options.when).rstrip("Z")}"' if options.when else ""
    lines = [
        f'<testsuite name="{xml(one_line(results.submission["name"], 256))}" '
        f'{_counts(results.items)} time="{seconds:.3f}"{when}>',
        *_properties(
            points=points_text(results.total),
            earned=points_text(results.earned),
            tier=str(results.tier),
            complete=str(results.complete).lower(),
            linclf=results.versions.get("linclf", ""),
        ),
    ]
    for item in results.items:
        lines += _case(results, item, item_seconds_of(options, results, item) or 0.0)
    return [*lines, "</testsuite>"]


def _case(results: Results, item: ItemResult, seconds: float) -> list[str]:
    name = xml(one_line(f"{item.number} {item.title}", 256))
    lines = [
        f'<testcase classname="{xml(one_line(results.assignment["id"], 128))}" name="{name}" '
        f'time="{seconds:.3f}">',
        *_properties(
            id=item.id,
            points=points_text(item.points),
            earned=points_text(item.earned),
            category=item.category,
            extra_credit=str(item.extra_credit).lower(),
        ),
    ]
    if item.status != "passed":
        tag = "error" if item.status == "not run" else "failure"
        told = f"{category_text(item.category)}, {points_text(item.earned)} of "
        told += f"{points_text(item.points)} points"
        text = xml("\n\n".join(map(said, item.messages)))
        lines.append(f'<{tag} message="{xml(told)}" type="{xml(item.category)}">{text}</{tag}>')
    return [*lines, "</testcase>"]


def _counts(items: Sequence[ItemResult]) -> str:
    errors = sum(item.status == "not run" for item in items)
    failures = sum(item.status in ("partial", "failed") for item in items)
    return f'tests="{len(items)}" failures="{failures}" errors="{errors}" skipped="0"'


def _properties(**values: str) -> list[str]:
    pairs = [
        f'<property name="{name}" value="{xml(one_line(value, 256))}"/>'
        for name, value in values.items()
    ]
    return ["<properties>", *pairs, "</properties>"]
