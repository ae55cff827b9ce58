"""``linclf grade run`` and ``linclf grade check``: one submission."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from linclf.cli.files import check_target
from linclf.cli.grading.shared import find_assignment, pick_tier, secret_of, show, tier_of

if TYPE_CHECKING:
    from linclf.grading.intake import IntakeError, Submission
    from linclf.grading.results import Results
    from linclf.grading.rubric import Assignment
    from linclf.grading.tiers import Tier

__all__ = ["check", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Grade a submission; 0 once that is done, whatever it earned."""
    from linclf.grading.engine import grade
    from linclf.grading.report.table import table

    submission = Path(arguments.submission)
    _exists(submission)
    assignment = _in_language(find_assignment(arguments.assignment), arguments.language)
    secret = secret_of(arguments.secret, assignment)
    into = check_target(arguments.into) if arguments.into else None
    tier = pick_tier(arguments.tier, arguments.require_tier, assignment)
    results = grade(assignment, _read(submission, tier), secret=secret, tier=tier, into=into)
    show(table(results, everything=arguments.everything))
    left = [item.id for item in results.items if item.category == "not_run"]
    if left:
        print(f"linclf: not graded: {', '.join(left)}; --everything says why", file=sys.stderr)
    return 0 if results.complete and not left else 1


def check(arguments: argparse.Namespace) -> int:
    """Check a submission on public cases; 0 if all of it is right."""
    from linclf.grading.engine import grade
    from linclf.grading.intake import Submission
    from linclf.grading.report.table import table
    from linclf.grading.seeds import PUBLIC

    path = Path(arguments.submission)
    _exists(path)
    found = find_assignment(arguments.assignment, near=path)
    assignment = _in_language(_public(found), arguments.language)
    tier = tier_of(arguments.tier) or _own_tier()
    submission = _read(path, tier)
    if isinstance(submission, Submission):  # the cases stay the same while the code changes
        submission = replace(submission, digest="")
    results = grade(assignment, submission, secret=PUBLIC, tier=tier)
    lines = table(results)
    hidden = len(found.items) - len(assignment.items)
    if hidden:
        lines.append(
            f"  {hidden} more item{'s' * (hidden > 1)} will be graded on other cases alone"
        )
    show(lines)
    return 0 if _right(results) else 1


def _own_tier() -> Tier:
    """Return how a student's own work is run: with deadlines, where there are processes for it."""
    from linclf.grading.tiers import Tier

    return Tier.T0 if sys.platform == "win32" else Tier.T1


def _right(results: Results) -> bool:
    return results.complete and all(item.status == "passed" for item in results.items)


def _exists(path: Path) -> None:
    """Refuse a name of nothing: a mistake of whoever typed it, not of the student."""
    if not path.exists():
        raise FileNotFoundError(f"there is no {path}; name a .py or .ipynb file, a folder or a zip")


def _read(path: Path, tier: Tier) -> Submission | IntakeError:
    from linclf.grading.intake import IntakeError, read_submission

    try:
        return read_submission(path, tier=tier)
    except IntakeError as error:  # it is graded as what it is: nothing
        return error


def _in_language(assignment: Assignment, language: str | None) -> Assignment:
    return assignment if language is None else replace(assignment, language=language)


def _public(assignment: Assignment) -> Assignment:
    """Return what of an assignment a student can check: its visible items."""
    from linclf.grading.tiers import Tier

    items = [item for item in assignment.items if item.visibility == "visible"]
    if not items:
        raise ValueError(f"all items of {assignment.id} are hidden; there is nothing to check")
    ids = {item.id for item in items}
    return replace(
        assignment,
        min_tier=Tier.T0,
        items=tuple(
            replace(item, requires=tuple(id for id in item.requires if id in ids)) for item in items
        ),
        total=sum(item.points for item in items if not item.extra_credit),
    )
