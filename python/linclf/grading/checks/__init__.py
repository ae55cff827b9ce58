"""The checks that an item of a rubric can ask for, one module for each kind.

    CHECKS[item.check](item, student, seed, ledger, spec)

A check draws problems from the seed, asks the student's function, and enters what comes out in the
ledger, case by case. It raises a `linclf.course.student.Wrong` (a `Failure` is one) about what the
student did; anything else that it raises is a bug of the check. The check ``"test"`` is none of
these: pytest runs it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from linclf.grading.checks.array import check_table
from linclf.grading.checks.exercise import check_exercise
from linclf.grading.checks.objective import check_gradient, check_loss
from linclf.grading.checks.own_gradient import check_own_gradient
from linclf.grading.checks.predict import check_predict
from linclf.grading.checks.sgd_step import check_sgd_step

if TYPE_CHECKING:
    from linclf.grading.ledger import Ledger
    from linclf.grading.rubric import FunctionSpec, Item

__all__ = ["CHECKS", "Check", "StudentLike"]


class StudentLike(Protocol):
    """What a check needs of a `RemoteStudent` or a `LocalStudent`."""

    def function(self, name: str) -> Callable[..., Any]:
        """Return a function of the submission."""


class Check(Protocol):
    """A kind of check."""

    def __call__(
        self,
        item: Item,
        student: StudentLike,
        seed: int,
        ledger: Ledger,
        spec: FunctionSpec | None = None,
    ) -> None:
        """Check one function; `spec` says how it is called, if not in the usual way."""


def _quiet(check: Check) -> Check:
    """Return a check that warns of nothing: numbers of students overflow as they like."""

    @wraps(check)
    def checked(
        item: Item,
        student: StudentLike,
        seed: int,
        ledger: Ledger,
        spec: FunctionSpec | None = None,
    ) -> None:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(item, student, seed, ledger, spec)

    return checked


CHECKS: dict[str, Check] = {
    "loss": _quiet(check_loss),
    "gradient": _quiet(check_gradient),
    "own_gradient": _quiet(check_own_gradient),
    "exercise": _quiet(check_exercise),
    "predict": _quiet(check_predict),
    "sgd_step": _quiet(check_sgd_step),
    "array": _quiet(check_table),
}
"""The checks by name."""
