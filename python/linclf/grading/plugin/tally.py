"""Results out of evidence: what each test said of its item, in any order, from any process.

An item earns points by positive evidence alone. Where a test of it has not reported (it was not
collected, its process died, the run was interrupted) nothing is assumed. The results are a function
of the evidence, whatever order it came in, and are written anew after each piece.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from linclf.grading.plugin.collected import Collected
from linclf.grading.results import ItemResult, Message, Results, write_times
from linclf.grading.rubric import Item
from linclf.messages import say

__all__ = ["Evidence", "Tally"]


@dataclass
class Evidence:
    """What one test says of its item.

    Attributes
    ----------
    item, node : str
        Ids of the item and of the test.
    result : ItemResult
        As if this test were all there is.
    notes : list of Message
        For the instructor.
    seconds : float
        That the test took.
    """

    item: str
    node: str
    result: ItemResult
    notes: list[Message] = field(default_factory=list)
    seconds: float = 0.0

    def to_plain(self) -> dict[str, Any]:
        """Return it as built-in types, which go from process to process."""
        return asdict(self)

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> Evidence:
        """Return what `to_plain` was made of."""
        told = [Message(**one) for one in data["result"]["messages"]]
        result = ItemResult(**{**data["result"], "messages": told})
        notes = [Message(**one) for one in data["notes"]]
        return cls(data["item"], data["node"], result, notes, data["seconds"])


class Tally:
    """The evidence of a run, and the results that follow from it.

    Parameters
    ----------
    collected : Collected
    blank : Results
        Every item at 0.
    into : Path or None
        Where to write the results.
    checks : bool
        Whether this run is meant to do the built-in checks, and not the tests alone.
    """

    def __init__(
        self,
        collected: Collected,
        blank: Results,
        into: Path | None = None,
        *,
        checks: bool = True,
    ) -> None:
        self.collected, self.blank, self.into, self.checks = collected, blank, into, checks
        self.evidence: dict[str, Evidence] = {}
        self.ended = False

    def add(self, evidence: Evidence) -> None:
        """Take evidence, and write the results."""
        self.evidence[evidence.node] = evidence
        self.write()

    def of(self, id: str) -> list[Evidence | None]:
        """Return the evidence for an item, None for each test of it that has not reported."""
        return [self.evidence.get(node) for node in self.collected.nodes.get(id, [])]

    def result(self, item: Item) -> ItemResult:
        """Return what an item has earned by itself, whatever it requires."""
        blank = self.blank.item(item.id)
        found = self.of(item.id)
        reported = [one.result for one in found if one is not None]
        if not reported:
            return replace(blank)
        if len(found) == 1:
            return replace(reported[0])
        return _merged(blank, item, reported, len(found))

    def failed(self, item: Item) -> bool | None:
        """Tell whether an item is known not to be right; None if that is not known yet."""
        found = self.of(item.id)
        if found and any(one is not None and one.result.status != "passed" for one in found):
            return True
        return None if not found or None in found else False

    def results(self) -> Results:
        """Return the record as the evidence stands."""
        assignment = self.collected.assignment
        items = [self._with_requirements(item) for item in assignment.items]
        notes: list[Message] = []
        waiting = {item.id for item in items if item.category == "requires"}
        for node in sorted(self.evidence):
            one = self.evidence[node]
            if one.item not in waiting:  # whether these ran at all depends on the order
                notes += [note for note in one.notes if note not in notes]
        if self.ended:
            missing = self.collected.missing()
            notes += [_not_collected(one) for one in missing if self.checks or one.test]
        everything = all(None not in self.of(item.id) for item in assignment.items)
        complete = self.ended and everything and not self.collected.missing()
        return replace(self.blank, items=items, notes=notes, complete=complete)

    def write(self) -> None:
        """Write the results, and the times next to them."""
        if self.into is None:
            return
        self.results().write(self.into)
        write_times(self.into, {"items": self.times()})

    def times(self) -> dict[str, dict[str, float]]:
        """Return the seconds that each item took, over its tests."""
        return {
            item.id: {"seconds": sum(one.seconds for one in self.of(item.id) if one is not None)}
            for item in self.collected.assignment.items
        }

    def _with_requirements(self, item: Item) -> ItemResult:
        """Return what an item earns: nothing unless what it requires is right.

        What this run does not look at is left to whoever does.
        """
        own = self.result(item)
        for id in item.requires:
            needed = self.collected.assignment.item(id)
            known = self.failed(needed)
            if known or (known is None and own.status != "not run" and self.of(id)):
                told = say("grading.requires", title=needed.title)
                return replace(
                    self.blank.item(item.id),
                    status="failed",
                    category="requires",
                    cases=0 if item.test else item.cases,
                    messages=[Message.of(told, self.blank.language)],
                )
        return own


def _merged(blank: ItemResult, item: Item, reported: list[ItemResult], count: int) -> ItemResult:
    """Return the result of several tests: proportional to them, or all or nothing."""
    whole = len(reported) == count and all(one.status == "passed" for one in reported)
    earned = sum(one.earned for one in reported) // count if item.partial != "none" else 0
    earned = item.points if whole else earned
    worst = next((one for one in reported if one.status != "passed"), reported[0])
    messages: list[Message] = []
    for one in reported:
        messages += [told for told in one.messages if told not in messages]
    unreported = len(reported) < count and all(one.status == "passed" for one in reported)
    if whole or earned:
        status = "passed" if whole else "partial"
    else:
        status = "failed" if any(one.status == "failed" for one in reported) else "not run"
    return replace(
        blank,
        earned=earned,
        status=status,
        category="not_run" if unreported else worst.category,
        cases_passed=sum(one.cases_passed for one in reported),
        cases=sum(one.cases for one in reported) + count - len(reported),
        case_ids=[id for one in reported for id in one.case_ids],
        messages=messages,
        mistakes=list(dict.fromkeys(id for one in reported for id in one.mistakes)),
    )


def _not_collected(item: Item) -> Message:
    test = item.test or item.check
    return Message.of(say("grading.plugin.not_collected", item=item.id, test=test), "en")
