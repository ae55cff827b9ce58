"""What ``run_autograder`` of the zip for Gradescope starts: ``grade``, then ``finish``.

``grade`` writes the record of results after every item; ``finish`` makes ``results.json`` of it,
however ``grade`` ended. If there is no record at all, the zeros stay that were there before, with a
word to the instructor. Texts that are printed here are shown to instructors only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from linclf.grading import sinks
from linclf.grading.exporters.files import write_files
from linclf.grading.exporters.gradescope import payload
from linclf.grading.exporters.options import Options
from linclf.grading.limits import Limits
from linclf.grading.results import Results, ResultsError, times_path
from linclf.grading.rubric import Assignment, load
from linclf.grading.tiers import Tier, TierError, choose

__all__ = ["fitted", "main"]

_MEMORY = 512 << 20  # bytes of address space: a container has 768 MiB, the grader needs some
_NO_RECORD = (
    "The submission could not be graded, and this is no fault of it. "
    "Instructors see why in the output of the autograder."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do a step: ``grade FOLDER SECONDS TIER`` or ``finish FOLDER SECONDS TIER``.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        For the shell; nobody looks at it.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if len(given) != 4 or given[0] not in ("grade", "finish"):
        print("usage: on_gradescope grade|finish FOLDER SECONDS TIER")
        return 2
    root = Path(given[1])
    if given[0] == "grade":
        _grade(root, float(given[2]), Tier(int(given[3])))
    else:
        _finish(root)
    return 0


def fitted(assignment: Assignment, seconds: float) -> Assignment:
    """Return an assignment whose limits fit the container and the time for one submission.

    Every item gets an equal part of the time, so that one that hangs leaves the others theirs.

    Parameters
    ----------
    assignment : Assignment
    seconds : float
        For all items.

    Returns
    -------
    Assignment
        With limits that are at most what they were.
    """
    part = seconds / max(len(assignment.items), 1)

    def bounded(limits: Limits) -> Limits:
        return replace(
            limits,
            # A call that hangs, and the start of another worker after it, fit into a part.
            seconds=min(limits.seconds, part / 2),
            load_seconds=min(limits.load_seconds, part / 2),
            cpu_seconds=max(min(limits.cpu_seconds, int(part)), 1),
            memory=min(limits.memory, _MEMORY),
        )

    items = tuple(replace(item, limits=bounded(item.limits)) for item in assignment.items)
    return replace(assignment, items=items, limits=bounded(assignment.limits))


def _grade(root: Path, seconds: float, required: Tier) -> None:
    from linclf.grading.engine import grade
    from linclf.grading.intake import IntakeError, Submission, read_submission
    from linclf.grading.seeds import read_secret

    secret = read_secret(root / "source" / "secret")
    assignment = fitted(load(root / "source" / "assignment"), 0.9 * seconds)
    try:
        tier = choose(required=max(required, assignment.min_tier))
    except TierError as error:
        print(sinks.terminal(error))
        return
    print(f"tier {int(tier)}")
    submission: Submission | IntakeError
    try:
        submission = read_submission(root / "submission", tier=tier, limits=assignment.limits)
    except IntakeError as error:
        submission = error
    grade(assignment, submission, secret=secret, tier=tier, into=_record(root))


def _finish(root: Path) -> None:
    target = root / "results"
    try:
        results = Results.from_json(_record(root).read_bytes())
    except (OSError, ResultsError) as error:
        print(sinks.terminal(f"there is no record of results: {error}"))
        data = json.loads((target / "results.json").read_bytes())
        data["output"] = sinks.markdown(_NO_RECORD)
    else:
        times = {results.submission["name"]: _times(root)}
        data = payload(results, Options(times=times))
        for note in results.notes:  # to instructors
            print(sinks.terminal(note.text))
    write_files(target, {"results.json": sinks.json_text(data)})


def _record(root: Path) -> Path:
    return root / "results" / "linclf.json"


def _times(root: Path) -> dict[str, Any]:
    try:
        found = json.loads(times_path(_record(root)).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


if __name__ == "__main__":
    sys.exit(main())
