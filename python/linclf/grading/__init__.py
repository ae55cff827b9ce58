"""Grade homework: submissions run in a cell of their own, verdicts are computed outside of it.

    with linclf.grading.RemoteStudent(files, tier=linclf.grading.Tier.T2) as student:
        loss, dW = student.svm_loss(W, X, y, reg)     # one exchange with the cell

What is where:

- failures: what can go wrong with a submission, as typed failures with a category
- remote, local: the functions of a submission, called in a cell or in this process
- wire, worker, loading: the protocol, and what runs in the cell (a copy, without linclf)
- limits, tiers: how much a submission may use up, and how well it is kept apart
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linclf.grading.failures import CATEGORIES, Failure, category_of
    from linclf.grading.limits import Limits
    from linclf.grading.local import LocalStudent
    from linclf.grading.remote import RemoteFunction, RemoteStudent
    from linclf.grading.tiers import Tier

__all__ = [
    "CATEGORIES",
    "Failure",
    "Limits",
    "LocalStudent",
    "RemoteFunction",
    "RemoteStudent",
    "Tier",
    "category_of",
]

# Loaded on first use: a check in a notebook needs neither a cell nor a rubric.
_PLACES = {
    "CATEGORIES": "failures",
    "Failure": "failures",
    "Limits": "limits",
    "LocalStudent": "local",
    "RemoteFunction": "remote",
    "RemoteStudent": "remote",
    "Tier": "tiers",
    "category_of": "failures",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
