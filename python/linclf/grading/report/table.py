"""Results as a table for a terminal: points, category and messages of each item.

Text that comes from a student is escaped. Of a hidden item, nothing is shown but the category
unless that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from linclf.grading.results import ItemResult, Results, public
from linclf.grading.sinks import one_line, terminal
from linclf.messages import say

__all__ = ["points", "table"]

_MARKS = {"passed": "ok", "partial": "part", "failed": "WRONG", "not run": "-"}


def points(hundredths: int) -> str:
    """Return points of 1/100 as they are written: "2", "1.5", "0.25".

    Examples
    --------
    >>> points(200), points(150), points(25)
    ('2', '1.5', '0.25')
    """
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def table(results: Results, *, everything: bool = False) -> list[str]:
    """Return the lines of a table.

    Parameters
    ----------
    results : Results
    everything : bool
        Show what students must not see as well: hidden items in full, notes to the instructor.

    Returns
    -------
    list of str
        Without line feeds.
    """
    shown = results if everything else public(results)
    title = one_line(shown.assignment["title"])
    name = one_line(shown.submission["name"])
    lines = [_safe(f"{title} (version {shown.assignment['version']}), {name}, tier T{shown.tier}")]
    width = max([len(item.number) for item in shown.items], default=0)
    titles = max([len(one_line(item.title, 60)) for item in shown.items], default=0)
    amounts = max([len(_amount(item)) for item in shown.items], default=0)
    for item in shown.items:
        first = (
            f"  {one_line(item.number):<{width}}  {one_line(item.title, 60):<{titles}}  "
            f"{_amount(item):>{amounts}}  {_MARKS[item.status]:<5}  {_why(item)}"
        )
        lines.append(_safe(first.rstrip()))
        lines += [_safe(" " * (width + 6) + line) for line in _told(item, shown.language)]
    extra = " with extra credit" if any(item.extra_credit for item in shown.items) else ""
    total = f"{points(shown.earned)} of {points(shown.total)} points{extra}"
    lines.append(f"  {total}" + ("" if shown.complete else "; grading did not come to its end"))
    lines += [_safe(f"  note: {one_line(note.text)}") for note in shown.notes]
    return lines


def _amount(item: ItemResult) -> str:
    plus = "+" if item.extra_credit else ""
    return f"{plus}{points(item.earned)} / {points(item.points)}"


def _why(item: ItemResult) -> str:
    """Return the category in words, and how many cases passed."""
    if item.status == "passed":
        return ""
    said = str(say(f"grading.category.{item.category}"))
    return f"{said} ({item.cases_passed} of {item.cases} cases)" if item.cases > 1 else said


def _told(item: ItemResult, language: str) -> Iterator[str]:
    """Yield the messages, each in English and then in the language of the student."""
    for message in item.messages:
        yield one_line(message.text)
        if message.translated:
            yield f"[{one_line(language)}] {one_line(message.translated)}"


def _safe(line: str) -> str:
    return terminal(line, 1 << 14)
