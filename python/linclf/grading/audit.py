"""The mutation test of a rubric's own cases: would every known mistake lose points, and no right code?

    found = audit(load("multiclass_hinge"))
    print(found)            a table; found.ok is False if anything is red

For every item three questions are asked, on cases drawn as for submissions. Is each known mistake
off by at least 100 tolerances on some case? Do any two mistakes answer alike on all cases, so that
no diagnosis can tell them apart? Is right code, in several styles, accepted for every seed?
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.cases import FLOATS, Case, generate
from linclf.course import check
from linclf.course.problems import LOSSES
from linclf.grading import audit_exercises, audit_losses
from linclf.grading.audit_right import RIGHT
from linclf.grading.audit_styles import styles
from linclf.grading.audit_wrong import wrong_functions
from linclf.tolerance import KAPPA

if TYPE_CHECKING:
    from linclf.grading.rubric import Assignment, Item

LEAST = 100.0
"""Tolerances by which a mistake must be off somewhere, and two mistakes be apart."""

CaseMaker = Callable[["Item", int], Sequence[Case]]
"""``cases(item, seed)``: what an item is graded on."""

_NEEDS = {
    "uint8": "shows on pixels of uint8 alone",
    "overflow": "shows at scores where exp overflows alone",
    "spread": "shows where scores are so far apart that exp underflows",
    "square": "shows where N equals C alone",
    "confident": "shows where a probability is nearly 0 alone",
}


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
        return _finite(plain | {"least": LEAST, "items": items})

    def to_json(self) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(self.to_dict(), indent=2, sort_keys=True, allow_nan=False) + "\n"

    def __str__(self) -> str:
        return table(self)


def audit(
    assignment: Assignment,
    *,
    seeds: int = 1000,
    mistake_seeds: int = 3,
    solutions: Mapping[str, Sequence[Callable[..., Any]]] | None = None,
    cases: CaseMaker | None = None,
) -> Audit:
    """Test whether the cases of a rubric find mistakes, and leave right code alone.

    Parameters
    ----------
    assignment : Assignment
    seeds : int
        For how many seeds right code must be accepted.
    mistake_seeds : int
        For how many seeds every mistake must be seen.
    solutions : mapping of str to sequences of callables, optional
        More right functions by the name of the function: of the exercises of which the core has no
        right one, these are the only ones.
    cases : callable, optional
        ``cases(item, seed)`` returns the cases of a loss, instead of those of the item's profile.

    Returns
    -------
    Audit

    Examples
    --------
    >>> from linclf.grading.audit import audit
    >>> from linclf.grading.rubric import load
    >>> found = audit(load("gradients"), seeds=2, mistake_seeds=1)
    >>> found.ok, found.items[0].refused
    (True, [])
    """
    fair: dict[Any, dict[str, _Fairness]] = {}
    found = []
    for item in assignment.items:
        one = ItemAudit(item.id, item.check, item.function, kappa=item.kappa)
        parts = _parts(item)
        if parts:
            make = cases or cases_of
            _audit_loss(one, item, parts, make, mistake_seeds)
            _audit_styles(one, item, parts, make, seeds, fair)
        else:
            _audit_function(one, item, seeds, mistake_seeds, dict(solutions or {}))
        found.append(one)
    return Audit(assignment.id, found)


def _parts(item: Item) -> tuple[str, ...]:
    """Return which parts of a loss function an item compares with cases; none if it does not."""
    if item.check in ("loss", "gradient"):
        return (item.check,)
    if item.check == "exercise" and item.options.get("exercise", item.function) in LOSSES:
        return ("loss", "gradient")
    return ()


def _loss(item: Item) -> str:
    return item.loss or LOSSES[str(item.options.get("exercise", item.function))]


def cases_of(item: Item, seed: int) -> list[Case]:
    """Return cases as an item draws them: every kind of its profile as often as it is used."""
    kinds = FLOATS if item.check == "exercise" else item.kinds
    found: list[Case] = []
    for place, name in enumerate(kinds):
        again = kinds[:place].count(name)
        found += generate(_loss(item), np.random.default_rng([seed, again]), names=[name])
    return found


# --------------------------------------------------------------------------- losses


def _audit_loss(
    one: ItemAudit, item: Item, parts: tuple[str, ...], make: CaseMaker, seeds: int
) -> None:
    loss = _loss(item)
    mutants = {
        name: mutant
        for name, mutant in audit_losses.variants(loss).items()
        if audit_losses.concerns(mutant, parts)
    }
    least: dict[str, audit_losses.Seen] = {}
    confused: set[tuple[str, str]] = set()
    for seed in range(seeds):
        graded = audit_losses.Graded(loss, make(item, seed))
        seen = {
            name: graded.seen(graded.answers(mutant), parts, item.kappa)
            for name, mutant in mutants.items()
        }
        confused |= audit_losses.confused(seen, LEAST)
        for name, new in seen.items():
            if name not in least or new.separation < least[name].separation:
                least[name] = new
    for name, mutant in mutants.items():
        worst = least[name]
        missed = worst.separation < LEAST
        excused = _NEEDS[mutant.needs] if missed and mutant.needs else ""
        one.mistakes.append(Mistake(name, worst.separation, worst.case, excused))
    alike = audit_losses.alike(loss, parts, LEAST)
    for first, second in sorted(confused):
        excused = _excuse(first, second, alike, one, mutants)
        one.pairs.append(Pair(first, second, excused))


def _excuse(
    first: str,
    second: str,
    alike: set[tuple[str, str]],
    one: ItemAudit,
    mutants: Mapping[str, Any],
) -> str:
    """Return why two mistakes may answer alike."""
    if (first, second) in alike:
        return "the same mistake as far as this item looks"
    both = [mutants[name].needs for name in (first, second)]
    if all(both):
        return " and ".join(dict.fromkeys(_NEEDS[need] for need in both))
    return ""


@dataclass
class _Fairness:
    """What became of a style over the seeds so far, by part, in tolerances of the usual kappa."""

    seen: dict[str, list[float]] = field(default_factory=dict)


def _audit_styles(
    one: ItemAudit,
    item: Item,
    parts: tuple[str, ...],
    make: CaseMaker,
    seeds: int,
    known: dict[Any, dict[str, _Fairness]],
) -> None:
    loss = _loss(item)
    kinds = FLOATS if item.check == "exercise" else item.kinds
    key = (loss, kinds)
    if key not in known:
        known[key] = _fairness(loss, make, item, seeds)
    for name, fair in known[key].items():
        worst = np.max([fair.seen[part] for part in parts], axis=0) if seeds else np.zeros(0)
        refused = int(np.count_nonzero(worst * KAPPA > item.kappa))
        spread = float(worst.max(initial=0.0)) * KAPPA
        one.styles.append(Style(name, seeds, refused, spread))


def _fairness(loss: str, make: CaseMaker, item: Item, seeds: int) -> dict[str, _Fairness]:
    found = {name: _Fairness({"loss": [], "gradient": []}) for name in styles(loss)}
    for seed in range(seeds):
        graded = audit_losses.Graded(loss, make(item, seed))
        for name, style in styles(loss).items():
            answers = graded.answers(style)
            for part, seen in found[name].seen.items():
                seen.append(graded.seen(answers, (part,)).separation)
    return found


# --------------------------------------------------------------------------- other functions


def _audit_function(
    one: ItemAudit,
    item: Item,
    seeds: int,
    mistake_seeds: int,
    solutions: dict[str, Sequence[Callable[..., Any]]],
) -> None:
    if item.check != "exercise":
        one.notes.append(f"items of the check {item.check!r} are not audited")
        return
    exercise = str(item.options.get("exercise", item.function))

    def accepts(function: Callable[..., Any], seed: int) -> bool:
        return bool(check(exercise, function, seed))

    given = list(solutions.get(item.function, ()))
    right = RIGHT.get(exercise) or (given[0] if given else None)
    wrong = {one.id: one.function for one in wrong_functions(exercise)}
    for name, function in wrong.items():
        far = [
            audit_exercises.separation(accepts, function, right, seed)
            for seed in range(mistake_seeds)
        ]
        one.mistakes.append(Mistake(name, min(far, default=np.inf)))
    for seed in range(mistake_seeds):
        for first, second in sorted(audit_exercises.confused(accepts, wrong, seed)):
            if Pair(first, second) not in one.pairs:
                one.pairs.append(Pair(first, second))
    if right is None:
        one.notes.append("no right function is at hand: give solutions to see that none is refused")
    tried = {"core": RIGHT[exercise]} if exercise in RIGHT else {}
    tried |= {getattr(function, "__name__", f"solution {n}"): function for n, function in enumerate(given)}
    for name, function in tried.items():
        refused = sum(not accepts(function, seed) for seed in range(seeds))
        one.styles.append(Style(name, seeds, refused))


# --------------------------------------------------------------------------- telling


def table(found: Audit) -> str:
    """Return the audit as text: a line an item, then what is red, then what was excused."""
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
    lines.append("green" if found.ok else "red")
    return "\n".join([found.assignment, *lines])


def _told(item: ItemAudit) -> list[str]:
    lines = [
        f"{item.id}: missed: {one.id}, {_times(one.separation)} tolerances" for one in item.missed
    ]
    lines += [f"{item.id}: alike: {one.first} and {one.second}" for one in item.ambiguous]
    lines += [
        f"{item.id}: refused: {one.name}, for {one.refused} of {one.seeds} seeds"
        for one in item.refused
    ]
    lines += [
        f"{item.id}: not seen: {one.id}, which {one.excused}"
        for one in item.mistakes
        if one.excused
    ]
    return lines + [f"{item.id}: {note}" for note in item.notes]


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
