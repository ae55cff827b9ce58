"""How well a submission is kept apart from its grader."""

from __future__ import annotations

from enum import IntEnum


class Tier(IntEnum):
    """Kinds of isolation, the weakest first."""

    T0 = 0
    T1 = 1
    T2 = 2
    T3 = 3
