"""``linclf grade doctor``, ``redteam`` and ``audit``: is the grader itself any good, here?"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from linclf.cli.files import check_target, write_text
from linclf.cli.grading.shared import show, tier_of

__all__ = ["audit", "doctor", "redteam"]


def doctor(arguments: argparse.Namespace) -> int:
    """Tell how well submissions can be shut in here."""
    from linclf.grading.tiers import probe

    here = probe()
    rows = here.describe()
    width = max(len(what) for what, _, _ in rows)
    for what, state, remedy in rows:
        print(f"{what:<{width}}  {state}")
        if remedy:
            print(f"{'':<{width}}    {remedy}")
    wanted = tier_of(arguments.require_tier)
    assert wanted is not None
    print(f"\nSubmissions are graded at {here.tier.name} here.")
    if here.tier < wanted:
        print(f"That is less than {wanted.name}.")
        return 1
    return 0


def redteam(arguments: argparse.Namespace) -> int:
    """Attack the grader."""
    from linclf.grading import redteam as suite
    from linclf.grading.tiers import TierError

    target = check_target(arguments.json) if arguments.json else None
    done = 0

    def progress(outcome: suite.Outcome) -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty():
            print(f"\r{done} attacks, the last one {outcome.attack.folder:<40}", end="",
                  file=sys.stderr)  # fmt: skip

    try:
        report = suite.run(
            tier=tier_of(arguments.tier),
            names=arguments.only,
            jobs=arguments.jobs,
            user=arguments.user,
            progress=progress,
        )
    except TierError as error:
        raise ValueError(f"{error} (linclf grade doctor tells more)") from None
    if sys.stderr.isatty():
        print(file=sys.stderr)
    show(str(report).splitlines())
    if target is not None:
        write_text(target, json.dumps(report.to_dict(), indent=1, allow_nan=False) + "\n")
    return 0 if report.ok else 1


def audit(arguments: argparse.Namespace) -> int:
    """Test the cases of rubrics."""
    from linclf.grading.audit import audit as audit_of
    from linclf.grading.rubric import load, shipped

    if arguments.seeds < 1:
        raise ValueError(f"--seeds is {arguments.seeds}; it must be 1 or more")
    target = check_target(arguments.json) if arguments.json else None
    found = []
    for name in arguments.assignments or shipped():
        one = audit_of(load(name), seeds=arguments.seeds, jobs=os.cpu_count() or 1)
        found.append(one)
        print(one, flush=True)
    if target is not None:
        everything = [one.to_dict() for one in found]
        write_text(Path(target), json.dumps(everything, indent=1, allow_nan=False) + "\n")
    return 0 if all(one.ok for one in found) else 1
