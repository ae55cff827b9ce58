"""What exporters take besides results, and what they return."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from linclf.grading.results import ItemResult, Message, Results
from linclf.messages import catalogue

__all__ = ["ExportError", "Exporter", "Files", "Options"]

Files = dict[str, str | bytes]
"""Whole files by name; text is UTF-8. A slash in a name divides folders."""


class ExportError(ValueError):
    """Results cannot be exported like this; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Options:
    """Whatever some exporter wants to know; the others do not look at it.

    Attributes
    ----------
    times : mapping of str to mapping
        What lies in the times files, by the name of the submission.
    environment : mapping of str to str
        Variables of the system that asks for the export (Classroom 50).
    when : datetime, optional
        Time of grading, where a format has a place for it.
    scale : int
        How many units a point has in formats of whole numbers (Classroom 50). With 100, every
        score is exact.
    gradebook : bytes, optional
        The CSV file that was exported from Canvas.
    column : str
        Its column to fill: the whole heading, the part before the number, or the number.
    key : str
        Its column that names the student.
    students : mapping of str to str
        Names of submissions to what stands in that column; a name that is not here stands for
        itself.
    rubric : str
        Name or path of the rubric, where a file that is made here loads it again (Otter).
    """

    times: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    when: datetime | None = None
    scale: int = 100
    gradebook: bytes | None = None
    column: str = ""
    key: str = "SIS Login ID"
    students: Mapping[str, str] = field(default_factory=dict)
    rubric: str = ""


Exporter = Callable[[Sequence[Results], Options], Files]
"""What every format is: a function of records and options."""


def points(hundredths: int) -> float:
    """Return points as other systems count them."""
    return hundredths / 100


def points_text(hundredths: int) -> str:
    """Return points without zeros that say nothing: 3, 2.5, 0.25.

    Examples
    --------
    >>> [points_text(n) for n in (300, 250, 25, 0)]
    ['3', '2.5', '0.25', '0']
    """
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


def seconds_of(options: Options, results: Results) -> float | None:
    """Return how long grading took, if a times file says so in a number that can be."""
    value = options.times.get(results.submission["name"], {}).get("wall")
    return _finite(value)


def item_seconds_of(options: Options, results: Results, item: ItemResult) -> float | None:
    """Return how long an item took, likewise."""
    items = options.times.get(results.submission["name"], {}).get("items")
    own = items.get(item.id) if isinstance(items, Mapping) else None
    return _finite(own.get("wall")) if isinstance(own, Mapping) else None


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def category_text(category: str, language: str = "en") -> str:
    """Return a category in words of a language."""
    return catalogue(language).get(f"grading.category.{category}", category.replace("_", " "))


def said(message: Message) -> str:
    """Return a message in English, then in the language of the student."""
    other = message.translated not in ("", message.text)
    return f"{message.text}\n{message.translated}" if other else message.text


def stamp(moment: datetime) -> str:
    """Return a time as ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
