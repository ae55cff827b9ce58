"""The page and the table about a class, for its instructors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from linclf.display import page
from linclf.grading.exporters.options import category_text, points_text
from linclf.grading.report.style import MARKS, STYLE, TIERS, bar, stacked, status_class
from linclf.grading.report.summary import ClassSummary, ItemSummary, number_of, summarise
from linclf.grading.results import STATUSES, Results
from linclf.grading.sinks import csv_text, html, one_line
from linclf.messages import catalogue
from linclf.mutants.catalogue import mistakes_of

__all__ = ["class_csv", "class_report", "mistake_words"]

_TO = "\N{EN DASH}"
_MOST_NAMES = 12  # of submissions in one sentence


def class_report(
    results: Sequence[Results],
    times: Mapping[str, Mapping[str, Any]] | None = None,
    mistakes: Mapping[str, str] | None = None,
) -> str:
    """Return the page about a class, for its instructors.

    Parameters
    ----------
    results : sequence of Results
        Of one assignment.
    times : mapping of str to mapping, optional
        What lies in the times files, by the name of the submission.
    mistakes : mapping of str to str, optional
        What the ids of mistakes mean, in a few words, where it is not what linclf says.

    Returns
    -------
    html : str
        A whole page; write it as UTF-8.

    Raises
    ------
    ValueError
        If there are no results, or they are not of one assignment with the same items.
    """
    summary = summarise(results, times)
    lead = (
        f"{_counted(summary.count, 'submission')}, {points_text(summary.total)} points. "
        f"Mean {summary.mean / 100:.2f}, median {summary.median / 100:.2f}."
    )
    sections = [
        ("", "".join(_warnings(summary))),
        ("Points", _histogram(summary)),
        ("Items", _items(summary)),
        ("Mistakes", _shares(_labelled(summary.mistakes, mistakes or {}), summary.count)),
        (
            "Why items did not pass",
            _shares([(category_text(name), n) for name, n in summary.categories], summary.count),
        ),
        ("Isolation and time", _running(summary)),
        ("Submissions", _submissions(results, summary)),
    ]
    title = one_line(results[0].assignment["title"], 200)
    return page(title, sections, lead=lead, style=STYLE)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(html(one_line(name, 60)) for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _warnings(summary: ClassSummary) -> list[str]:
    found = []
    if summary.incomplete:
        found.append(
            f"Not judged to the end: {_names(summary.incomplete)}. "
            "Items that were not run have 0 points; grade these again."
        )
    if summary.weak:
        found.append(f"Run at a weaker tier than the rubric asks for: {_names(summary.weak)}.")
    found += [
        f"The same code, but for blanks at line ends: {_names(names)}." for names in summary.alike
    ]
    return [f'<div class="g-warn">{text}</div>' for text in found]


def _histogram(summary: ClassSummary) -> str:
    most = max(summary.histogram)
    bars = "".join(
        f'<div>{count or ""}<i style="height:{100 * count / most * 0.86:.1f}%"></i></div>'
        for count in summary.histogram
    )
    width = summary.total / len(summary.histogram) / 100
    axis = "".join(
        f"<span>{width * i:.4g}{_TO}{width * (i + 1):.4g}</span>"
        for i in range(len(summary.histogram))
    )
    return f'<div class="g-hist">{bars}</div><div class="g-axis">{axis}</div>'


def _items(summary: ClassSummary) -> str:
    legend = "".join(
        f'<span class="{status_class(status)}"><i></i>{MARKS[status]} {status}</span>'
        for status in STATUSES[1:] + STATUSES[:1]
    )
    timed = any(item.seconds is not None for item in summary.items)
    head = (
        '<th scope="col">item</th><th scope="col" class="linclf-number">points</th>'
        '<th scope="col" class="linclf-number">mean</th><th scope="col">submissions</th>'
        '<th scope="col" class="linclf-number">passed</th>'
    )
    if timed:
        head += '<th scope="col" class="linclf-number">median time</th>'
    rows = "".join(_item_row(item, summary.count, timed) for item in summary.items)
    return (
        f'<div class="g-legend">{legend}</div><div class="g-wide"><table class="g-full">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _item_row(item: ItemSummary, count: int, timed: bool) -> str:
    order = ("passed", "partial", "failed", "not run")
    parts = [(item.statuses[status] / count, status) for status in order]
    numbers = ", ".join(f"{item.statuses[status]} {status}" for status in order)
    extra = " (extra)" if item.extra_credit else ""
    seconds = "" if item.seconds is None else f"{item.seconds:.2f} s"
    return (
        f'<tr><td class="g-name">{html(one_line(f"{item.number} {item.title}", 120))}{extra}</td>'
        f'<td class="linclf-number">{points_text(item.points)}</td>'
        f'<td class="linclf-number">{item.mean:.0%}</td>'
        f'<td class="g-mid" title="{numbers}">{stacked(parts)}</td>'
        f'<td class="linclf-number">{item.statuses["passed"] / count:.0%}</td>'
        + (f'<td class="linclf-number">{seconds}</td>' if timed else "")
        + "</tr>"
    )


def _labelled(
    counts: Sequence[tuple[str, int]], labels: Mapping[str, str]
) -> list[tuple[str, int]]:
    return [(labels.get(name) or mistake_words(name), count) for name, count in counts]


def mistake_words(id: str) -> str:
    """Return what a mistake is, in a sentence if it is one that linclf knows.

    Examples
    --------
    >>> mistake_words("gradient_sum"), mistake_words("my_own")
    ('The gradient is summed over the samples, not averaged.', 'my own')
    """
    for loss in ("hinge", "softmax"):
        for mistake in mistakes_of(loss):
            if mistake.id == id:
                return mistake.sentence
    text = catalogue("en").get(id, "")
    return text if text and "{" not in text else id.replace("_", " ")


def _shares(counts: Sequence[tuple[str, int]], of: int) -> str:
    """Return a table of names with the share of submissions that have them."""
    if not counts:
        return "<p>None.</p>"
    rows = "".join(
        f'<tr><td class="g-name">{html(one_line(name, 160))}</td>'
        f'<td class="g-mid">{bar(count / of)}</td>'
        f'<td class="linclf-number">{count / of:.0%}</td>'
        f'<td class="linclf-number">{count}</td></tr>'
        for name, count in counts
    )
    head = (
        '<th scope="col">what</th><th scope="col"></th><th scope="col" class="linclf-number">'
        'share</th><th scope="col" class="linclf-number">submissions</th>'
    )
    return f'<table class="g-full"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _running(summary: ClassSummary) -> str:
    lines = [
        f"<li>{_counted(count, 'submission')} at tier {tier}: "
        f"{html(TIERS.get(tier, 'unknown'))}</li>"
        for tier, count in summary.tiers.items()
    ]
    if summary.seconds:
        slow = sorted(summary.seconds.items(), key=lambda pair: (-pair[1], pair[0]))
        named = ", ".join(f"{html(one_line(name, 60))} {value:.1f} s" for name, value in slow[:3])
        lines.append(f"<li>{sum(summary.seconds.values()):.0f} s in all; longest: {named}</li>")
    return f"<ul>{''.join(lines)}</ul>"


def _submissions(results: Sequence[Results], summary: ClassSummary) -> str:
    head = '<th scope="col">submission</th><th scope="col" class="linclf-number">points</th>'
    head += "".join(
        f'<th scope="col" class="g-cell" title="{html(one_line(item.title, 120))}">'
        f"{html(one_line(item.number or item.id, 16))}</th>"
        for item in summary.items
    )
    rows = []
    for record in sorted(results, key=_by_name):
        share = min(record.earned / record.total, 1.0) if record.total else 0.0
        cells = "".join(
            f'<td class="g-cell {status_class(item.status)}" '
            f'title="{html(category_text(item.category))}">{MARKS[item.status]}'
            f"{f' {points_text(item.earned)}' if item.status == 'partial' else ''}</td>"
            for item in record.items
        )
        rows.append(
            f'<tr><td class="g-name">{html(one_line(record.submission["name"], 80))}</td>'
            f'<td class="linclf-number linclf-bar" style="--linclf-part:{100 * share:.1f}%">'
            f"{points_text(record.earned)}</td>{cells}</tr>"
        )
    return (
        f'<div class="g-wide"><table class="g-full"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _by_name(results: Results) -> tuple[str, str]:
    return results.submission["name"].casefold(), results.submission["name"]


def class_csv(
    results: Sequence[Results], times: Mapping[str, Mapping[str, Any]] | None = None
) -> str:
    """Return a table of a class, a row per submission, for a spreadsheet.

    Parameters
    ----------
    results : sequence of Results
        Of one assignment.
    times : mapping of str to mapping, optional
        What lies in the times files, by the name of the submission.

    Returns
    -------
    csv : str
        Two columns per item, points and category; no cell is a formula.

    Raises
    ------
    ValueError
        If there are no results, or they are not of one assignment with the same items.
    """
    items = summarise(results).items
    header: list[object] = ["submission", "points", "total"]
    for item in items:
        header += [item.id, f"{item.id} category"]
    header += ["mistakes", "tier", "complete", "seconds", "digest", "assignment", "version"]
    rows: list[list[object]] = [header]
    for record in sorted(results, key=_by_name):
        row: list[object] = [record.submission["name"], record.earned / 100, record.total / 100]
        for one in record.items:
            row += [one.earned / 100, one.category]
        named = dict.fromkeys(mistake for one in record.items for mistake in one.mistakes)
        seconds = number_of((times or {}).get(record.submission["name"]), "wall")
        row += [
            *(", ".join(named), record.tier, "yes" if record.complete else "no"),
            *("" if seconds is None else round(seconds, 3), record.submission["digest"]),
            *(record.assignment["id"], record.assignment["version"]),
        ]
        rows.append(row)
    return csv_text(rows)
