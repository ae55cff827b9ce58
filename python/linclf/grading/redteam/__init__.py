"""The hostile suite, run on this machine: does its isolation hold what it promises?

- running: the attacks, and what is expected of each
- grader: the process that they attack; watch: what is watched meanwhile
- makers: attacks that are made when they are needed, such as archives and giants

`python -m linclf.grading.redteam` runs it; so does `linclf grade redteam`.
"""

from linclf.grading.redteam.running import (
    FEW,
    STRANGER,
    Attack,
    Outcome,
    Report,
    attacks,
    main,
    run,
    suite,
)

__all__ = [
    "FEW",
    "STRANGER",
    "Attack",
    "Outcome",
    "Report",
    "attacks",
    "main",
    "run",
    "suite",
]
