"""Grade homework: submissions run in a cell of their own, verdicts are computed outside of it.

    from linclf import grading

    results = grading.grade(grading.load("hw1/"), grading.read_submission("anna.zip"),
                            secret=grading.read_secret("hw1.secret"), tier=grading.choose())

What is where, from the files that come in to the files that go out:

- rubric: what is asked for and what it is worth, from TOML
- intake, seeds: submissions as they are handed in; the cases that each of them gets
- limits, tiers, cell: how much a submission may use up, and how it is shut in
- student, child: its functions, called in a cell or in this process; what runs in the cell
- failures, categories, policy: what can go wrong with it
- checks, ledger: what is right, kind by kind; what that earns
- engine, testing, batch: one submission through a rubric; its pytest items; a whole folder
- results, sinks, report, exporters: the record, and all that is made of it
- plugin, aliases: the same for those who write tests for pytest
- audit, redteam: does a rubric see mistakes, and does this machine withstand attacks
- release: a new assignment, and what students get of it
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linclf.grading.batch import grade_all
    from linclf.grading.engine import grade
    from linclf.grading.failures import CATEGORIES, Failure, category_of
    from linclf.grading.intake import IntakeError, Submission, read_submission
    from linclf.grading.ledger import Ledger
    from linclf.grading.limits import Limits
    from linclf.grading.results import Results, public, read_results
    from linclf.grading.rubric import Assignment, Item, RubricError, load
    from linclf.grading.seeds import new_secret, read_secret
    from linclf.grading.student.local import LocalStudent
    from linclf.grading.student.remote import RemoteFunction, RemoteStudent
    from linclf.grading.tiers import Tier, choose, probe

# By module. Loaded on first use: a check in a notebook needs neither a cell nor a rubric.
_NAMES = {
    "batch": ("grade_all",),
    "engine": ("grade",),
    "failures": ("CATEGORIES", "Failure", "category_of"),
    "intake": ("IntakeError", "Submission", "read_submission"),
    "ledger": ("Ledger",),
    "limits": ("Limits",),
    "student.local": ("LocalStudent",),
    "student.remote": ("RemoteFunction", "RemoteStudent"),
    "results": ("Results", "public", "read_results"),
    "rubric": ("Assignment", "Item", "RubricError", "load"),
    "seeds": ("new_secret", "read_secret"),
    "tiers": ("Tier", "choose", "probe"),
}
_PLACES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "CATEGORIES",
    "Assignment",
    "Failure",
    "IntakeError",
    "Item",
    "Ledger",
    "Limits",
    "LocalStudent",
    "RemoteFunction",
    "RemoteStudent",
    "Results",
    "RubricError",
    "Submission",
    "Tier",
    "category_of",
    "choose",
    "grade",
    "grade_all",
    "load",
    "new_secret",
    "probe",
    "public",
    "read_results",
    "read_secret",
    "read_submission",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
