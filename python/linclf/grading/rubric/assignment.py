"""What a rubric says, once it is read and found to be in order: the words of the grader.

Points are whole hundredths, names exist, and every item can be reached:
`linclf.grading.rubric.reading.load` has seen to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier

__all__ = ["Assignment", "FunctionSpec", "Item", "KnownMistake"]


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """What is asked of a function of the students.

    Attributes
    ----------
    params : tuple of str
        Its parameters, in order.
    returns : tuple of str
        Shapes of what it returns: ``"D, C"``, or ``""`` for a number.
    may_mutate : tuple of str
        Parameters that it may change in place; usually none.
    forbidden_imports : tuple of str
        Modules that the file around it must not import: a policy, not the protection.
    """

    params: tuple[str, ...]
    returns: tuple[str, ...] = ()
    may_mutate: tuple[str, ...] = ()
    forbidden_imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownMistake:
    """A mistake that an instructor says something about, or gives part of the points for.

    Attributes
    ----------
    id : str
        Of a mutant without its loss, ``"gradient_sum"``, or the key of a sentence of
        `linclf.course`, ``"course.hinge_no_delta"``.
    applies_to : tuple of str
        Ids of items.
    message, hint_url : str
        What to add to the diagnosis.
    credit : float
        Fraction of the item's points that an answer with this one mistake still gets.
    enabled_on : tuple of str
        ``"public"`` and ``"hidden"`` items: where message and credit count.
    """

    id: str
    applies_to: tuple[str, ...]
    message: str = ""
    hint_url: str = ""
    credit: float = 0.0
    enabled_on: tuple[str, ...] = ("public",)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the rubric.

    Attributes
    ----------
    id, title, number : str
        How results, students and Gradescope call it.
    points : int
        In hundredths.
    visibility : str
        One of `VISIBILITIES`.
    function : str
        That is checked.
    check : str
        One of `CHECKS`.
    cases : int
        How many cases are tried.
    profile : tuple of str
        Kinds of case, names of `linclf.cases.KINDS`.
    requires : tuple of str
        Items that must be right first: a mistake costs points once.
    partial : str
        ``"proportional"`` to the cases that pass, or ``"none"``: all or nothing.
    extra_credit : bool
        Does not count towards the total of the assignment.
    tags : tuple of str
    loss : str
        The loss that the function computes, "" if it computes none.
    options : mapping
        What only one kind of check knows: ``exercise``, ``table``.
    limits : Limits
    test : str
        Node id of pytest for the check ``"test"``, relative to the folder.
    kappa : float
        Tolerance in units of the rounding error, see `linclf.tolerance`.
    """

    id: str
    title: str
    number: str
    points: int
    visibility: str = "visible"
    function: str = ""
    check: str = "loss"
    cases: int = 1
    profile: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    partial: str = "proportional"
    extra_credit: bool = False
    tags: tuple[str, ...] = ()
    loss: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    test: str = ""
    kappa: float = 64.0

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each case: those of the profile, again from the first one if they end."""
        return tuple(
            self.profile[n % len(self.profile)] for n in range(self.cases if self.profile else 0)
        )

    @property
    def hidden(self) -> bool:
        """Whether students see no more than the category of what went wrong."""
        return self.visibility != "visible"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A rubric that is in order.

    Attributes
    ----------
    id, title, version : str
    total : int
        Points without extra credit, in hundredths.
    min_tier : Tier
        Weakest isolation that it may be graded in.
    language : str
        Of the feedback beside English; "" for that of the machine.
    items : tuple of Item
    functions : dict of FunctionSpec
        By name: every function that an item names is here.
    mistakes : tuple of KnownMistake
    limits : Limits
        Where an item says nothing else.
    isolation : str
        ``"submission"``: one worker for all items; ``"item"``: a fresh one for each.
    export : mapping
        Options of the exporters, by their names.
    folder : Path or None
        Where rubric and tests lie; None for a rubric that ships, which has no tests.
    """

    id: str
    title: str
    version: str
    total: int
    min_tier: Tier
    language: str
    items: tuple[Item, ...]
    functions: dict[str, FunctionSpec]
    mistakes: tuple[KnownMistake, ...] = ()
    limits: Limits = field(default_factory=Limits)
    isolation: str = "submission"
    export: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None

    def item(self, id: str) -> Item:
        """Return the item of that id.

        Raises
        ------
        KeyError
            If there is none.
        """
        for item in self.items:
            if item.id == id:
                return item
        raise KeyError(
            f"{self.id} has no item {id!r}; it has {', '.join(i.id for i in self.items)}"
        )
