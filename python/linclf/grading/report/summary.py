"""What the results of a class say together: numbers only, for a report to show.

Shares are of submissions, not of points; a submission that was not judged to its end counts like
any other, as far as it got.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linclf.grading.results import STATUSES, Results

__all__ = ["ClassSummary", "ItemSummary", "summarise"]

_BINS = 10


@dataclass(frozen=True)
class ItemSummary:
    """One item over all submissions.

    Attributes
    ----------
    id, number, title : str
    points : int
        In 1/100.
    extra_credit : bool
    mean : float
        Share of its points that was earned, 0 to 1.
    statuses : dict of str to int
        Submissions by status.
    seconds : float or None
        Median of how long it took, where that is known.
    """

    id: str
    number: str
    title: str
    points: int
    extra_credit: bool
    mean: float
    statuses: dict[str, int]
    seconds: float | None


@dataclass(frozen=True)
class ClassSummary:
    """All submissions together.

    Attributes
    ----------
    count : int
        Of submissions.
    total : int
        Points of the assignment, in 1/100.
    mean, median : float
        Points, in 1/100.
    histogram : list of int
        Submissions by tenths of the total; full points and more are in the last.
    items : list of ItemSummary
    mistakes : list of (str, int)
        Ids of mistakes that were recognised, with how many submissions made them; the most
        frequent first.
    categories : list of (str, int)
        Why items did not pass, with how many submissions have it in some item; likewise. That
        another item comes first is no reason, but follows from that item.
    tiers : dict of int to int
        Submissions by how well they were shut in.
    incomplete : list of str
        Submissions that were not judged to the end.
    weak : list of str
        Submissions that ran at a weaker tier than the rubric asks for.
    alike : list of list of str
        Submissions of the very same code.
    seconds : dict of str to float
        How long a submission took, where that is known.
    """

    count: int
    total: int
    mean: float
    median: float
    histogram: list[int]
    items: list[ItemSummary]
    mistakes: list[tuple[str, int]]
    categories: list[tuple[str, int]]
    tiers: dict[int, int]
    incomplete: list[str]
    weak: list[str]
    alike: list[list[str]]
    seconds: dict[str, float]


def summarise(
    results: Sequence[Results], times: Mapping[str, Mapping[str, Any]] | None = None
) -> ClassSummary:
    """Return what the results of a class say together.

    Parameters
    ----------
    results : sequence of Results
        Of one assignment.
    times : mapping of str to mapping, optional
        What lies in the times files, by the name of the submission.

    Returns
    -------
    ClassSummary

    Raises
    ------
    ValueError
        If there are no results, or they are not of one assignment with the same items.
    """
    if not results:
        raise ValueError("results is empty; grade a submission first")
    first = results[0]
    for record in results:
        if [item.id for item in record.items] != [item.id for item in first.items]:
            raise ValueError(
                f"results has other items in {record.submission['name']!r} than in "
                f"{first.submission['name']!r}; grade all with the same rubric"
            )
    times = times or {}
    earned = [record.earned for record in results]
    return ClassSummary(
        count=len(results),
        total=first.total,
        mean=statistics.fmean(earned),
        median=statistics.median(earned),
        histogram=_histogram(earned, first.total),
        items=[_item(results, i, times) for i in range(len(first.items))],
        mistakes=_frequent(
            [m for item in record.items for m in item.mistakes] for record in results
        ),
        categories=_frequent(
            [
                item.category
                for item in record.items
                if item.status != "passed" and item.category != "requires"
            ]
            for record in results
        ),
        tiers=dict(sorted(Counter(record.tier for record in results).items())),
        incomplete=[r.submission["name"] for r in results if not r.complete],
        weak=[r.submission["name"] for r in results if r.tier < r.required_tier],
        alike=_alike(results),
        seconds={
            r.submission["name"]: value
            for r in results
            if (value := number_of(times.get(r.submission["name"], {}), "wall")) is not None
        },
    )


def number_of(times: Any, *keys: str) -> float | None:
    """Return a number of seconds from nested tables, None if there is none that can be."""
    for key in keys:
        times = times.get(key) if isinstance(times, Mapping) else None
    if isinstance(times, bool) or not isinstance(times, (int, float)):
        return None
    return float(times) if math.isfinite(times) and times >= 0 else None


def _item(
    results: Sequence[Results], i: int, times: Mapping[str, Mapping[str, Any]]
) -> ItemSummary:
    item = results[0].items[i]
    every = [record.items[i] for record in results]
    counts = Counter(one.status for one in every)
    spent = [
        value
        for record in results
        if (value := number_of(times.get(record.submission["name"]), "items", item.id, "wall"))
        is not None
    ]
    return ItemSummary(
        id=item.id,
        number=item.number,
        title=item.title,
        points=item.points,
        extra_credit=item.extra_credit,
        mean=statistics.fmean(one.earned for one in every) / item.points if item.points else 0.0,
        statuses={status: counts.get(status, 0) for status in STATUSES},
        seconds=statistics.median(spent) if spent else None,
    )


def _histogram(earned: Sequence[int], total: int) -> list[int]:
    bins = [0] * _BINS
    for points in earned:
        bins[min(points * _BINS // total, _BINS - 1) if total else 0] += 1
    return bins


def _frequent(named: Any) -> list[tuple[str, int]]:
    """Return names with in how many of the lists they are, the most frequent first."""
    counts = Counter(name for names in named for name in set(names))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _alike(results: Sequence[Results]) -> list[list[str]]:
    by_digest: dict[str, list[str]] = defaultdict(list)
    for record in results:
        if record.submission["digest"]:  # what could not be read is not alike
            by_digest[record.submission["digest"]].append(record.submission["name"])
    return [names for names in by_digest.values() if len(names) > 1]
