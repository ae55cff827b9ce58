"""What an audit found: for every item its mistakes, pairs and styles; as a table and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from linclf.tolerance import KAPPA

LEAST = 100.0
"""Tolerances by which a mistake must be off somewhere, and two mistakes be apart."""

_MOST = 10  # lines of one kind in a table


@dataclass(frozen=True)
class Mistake:
    """How an item sees a known mistake.

    Attributes
    ----------
    id : str
        Its name; two names joined by ``+`` are made at once.
    separation : float
        By how many tolerances it is off, on the case where it is off the most, for the seed that
        shows it least; inf if it raises, has another shape or is not finite.
    case : str
        The kind of that case; "" if the check draws its own.
    excused : str
        Why the item need not see it; "" if it must.
    """

    id: str
    separation: float
    case: str = ""
    excused: str = ""

    @property
    def missed(self) -> bool:
        """Whether it should be seen and is not."""
        return self.separation < LEAST and not self.excused


@dataclass(frozen=True)
class Pair:
    """Two mistakes that answer alike on all cases of an item.

    Attributes
    ----------
    first, second : str
        Their names.
    excused : str
        Why they may; "" if they must not.
    """

    first: str
    second: str
    excused: str = ""


@dataclass(frozen=True)
class Style:
    """How an item treats right code of one style.

    Attributes
    ----------
    name : str
    seeds : int
        How often it was tried.
    refused : int
        How often it was not accepted.
    spread : float
        The largest deviation met, in units of the rounding error; NaN where the check does not say.
    """

    name: str
    seeds: int
    refused: int
    spread: float = float("nan")


@dataclass
class ItemAudit:
    """What was found out about an item."""

    id: str
    check: str
    function: str
    mistakes: list[Mistake] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    styles: list[Style] = field(default_factory=list)
    kappa: float = KAPPA
    notes: list[str] = field(default_factory=list)

    @property
    def missed(self) -> list[Mistake]:
        """The mistakes that would get points."""
        return [mistake for mistake in self.mistakes if mistake.missed]

    @property
    def ambiguous(self) -> list[Pair]:
        """The pairs of mistakes that cannot be told apart, though they should."""
        return [pair for pair in self.pairs if not pair.excused]

    @property
    def refused(self) -> list[Style]:
        """The styles that lost points for a seed at least."""
        return [style for style in self.styles if style.refused]

    @property
    def ok(self) -> bool:
        """Whether nothing is red."""
        return not (self.missed or self.ambiguous or self.refused)

    @property
    def worst(self) -> Mistake | None:
        """The mistake that is nearest to being missed."""
        held = [mistake for mistake in self.mistakes if not mistake.excused]
        return min(held, key=lambda mistake: mistake.separation, default=None)

    @property
    def spread(self) -> float:
        """The largest deviation of right code, in units of the rounding error."""
        known = [style.spread for style in self.styles if not np.isnan(style.spread)]
        return max(known, default=float("nan"))


@dataclass
class Audit:
    """What was found out about an assignment: true if nothing is red.

    Attributes
    ----------
    assignment : str
        Its id.
    items : list of ItemAudit
    """

    assignment: str
    items: list[ItemAudit]

    @property
    def ok(self) -> bool:
        """Whether nothing is red."""
        return all(item.ok for item in self.items)

    def __bool__(self) -> bool:
        return self.ok

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON, where inf and NaN are null."""
        items = []
        for item in self.items:
            table = asdict(item) | {"ok": item.ok, "spread": item.spread}
            for mistake, told in zip(item.mistakes, table["mistakes"], strict=True):
                told["missed"] = mistake.missed
            items.append(table)
        plain = {"schema": "linclf/audit/1", "assignment": self.assignment, "ok": self.ok}
        whole: dict[str, Any] = _finite(plain | {"least": LEAST, "items": items})
        return whole

    def to_json(self) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(self.to_dict(), indent=2, sort_keys=True, allow_nan=False) + "\n"

    def table(self, verbose: bool = False) -> str:
        """Return it as text: a line an item, then what is red, then what need not be seen.

        Parameters
        ----------
        verbose : bool
            Whether to show every mistake and every style.
        """
        return table(self, verbose)

    def __str__(self) -> str:
        return self.table()


def table(found: Audit, verbose: bool = False) -> str:
    """Return an audit as text, see `Audit.table`."""
    rows = [("item", "check", "mistakes", "worst separated", "at", "pairs", "right code", "spread")]
    for item in found.items:
        worst = item.worst
        seeds = sum(style.seeds for style in item.styles)
        wrongly = sum(style.refused for style in item.styles)
        rows.append(
            (
                item.id,
                item.check,
                f"{len(item.mistakes)}",
                worst.id if worst else "-",
                _times(worst.separation) if worst else "-",
                f"{len(item.ambiguous)}",
                f"{wrongly} of {seeds} refused" if seeds else "not tried",
                "-" if np.isnan(item.spread) else f"{item.spread:.1f} of {item.kappa:g}",
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    for item in found.items:
        lines += _told(item)
        lines += _all_of(item) if verbose else []
    lines.append("green" if found.ok else "red")
    return "\n".join([found.assignment, *lines])


def _told(item: ItemAudit) -> list[str]:
    """Return what is red, and what is not seen though nobody is to blame."""
    missed = [f"missed: {one.id}, {_times(one.separation)} tolerances" for one in item.missed]
    alike = [f"alike: {one.first} and {one.second}" for one in item.ambiguous]
    refused = [
        f"refused: {one.name}, for {one.refused} of {one.seeds} seeds" for one in item.refused
    ]
    unseen = [f"not seen: {one.id}, which {one.excused}" for one in item.mistakes if one.excused]
    lines = [line for group in (missed, alike, refused, unseen) for line in _first(group)]
    return [f"{item.id}: {line}" for line in [*lines, *item.notes]]


def _first(lines: list[str]) -> list[str]:
    """Return as many lines as are read."""
    more = len(lines) - _MOST
    return lines if more <= 0 else [*lines[:_MOST], f"... and {more} more"]


def _all_of(item: ItemAudit) -> list[str]:
    """Return a line for every mistake and every style, the nearest to trouble first."""
    mistakes = sorted(item.mistakes, key=lambda one: one.separation)
    lines = [
        f"  {item.id}: {_times(one.separation):>10}  {one.id}{f' ({one.case})' * bool(one.case)}"
        for one in mistakes
    ]
    for style in item.styles:
        spread = "" if np.isnan(style.spread) else f", at most {style.spread:.2g} units off"
        lines.append(
            f"  {item.id}: {style.name} refused {style.refused} of {style.seeds} times{spread}"
        )
    return lines


def _times(separation: float) -> str:
    return "other form" if np.isinf(separation) else f"{separation:.2g}"


def _finite(value: Any) -> Any:
    """Return the same without inf and NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value
