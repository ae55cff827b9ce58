"""How well a submission is kept apart from its grader, and what this machine can do about it.

`probe` does not guess: it starts a cell at each tier, locks it, and tries what must not be
possible. What lacks, and how to get it, is told in words.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache

_OLDER = (
    "older than version 6: signals, sockets and truncation are watched by the filter of system "
    "calls alone; a newer kernel watches them twice"
)


class Tier(IntEnum):
    """Kinds of isolation, the weakest first.

    Attributes
    ----------
    T0
        In the grader's own process: for a student's own check, never for grades.
    T1
        A process of its own with limits and deadlines; as root, under another user.
    T2
        In addition locked by the kernel: Landlock for files, a filter for system calls.
    T3
        In addition in namespaces of its own, made by bubblewrap: the rest is not even visible.
    """

    T0 = 0
    T1 = 1
    T2 = 2
    T3 = 3


class TierError(RuntimeError):
    """A tier that this machine does not offer; the text says what lacks and how to enable it."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """What this machine offers.

    Attributes
    ----------
    tier : Tier
        The best that works.
    landlock_abi : int
        The version of Landlock in the kernel; 0 without.
    seccomp : bool
        Whether system calls can be filtered.
    bwrap : str or None
        Where bubblewrap is.
    other_user : bool
        Whether submissions run under a user that owns nothing.
    reasons : dict of str
        For what does not work ("T2", "T3", "other_user"): why, and what helps.
    """

    tier: Tier
    landlock_abi: int
    seccomp: bool
    bwrap: str | None
    other_user: bool
    reasons: dict[str, str] = field(default_factory=dict)

    def describe(self) -> list[tuple[str, str, str]]:
        """Rows for people.

        Returns
        -------
        list of tuple
            (what, "yes" or "no" or a value, how to enable it or "").
        """
        works = {tier: tier <= self.tier and f"{tier.name}" not in self.reasons for tier in Tier}
        titles = {
            Tier.T1: "T1: a process of its own, limits, deadlines",
            Tier.T2: "T2: locked by Landlock and seccomp",
            Tier.T3: "T3: namespaces of its own (bubblewrap)",
        }
        rows = [
            (title, "yes" if works[tier] else "no", self.reasons.get(tier.name, ""))
            for tier, title in titles.items()
        ]
        return [
            *rows,
            (
                "Landlock",
                f"version {self.landlock_abi}" if self.landlock_abi else "no",
                _OLDER if 0 < self.landlock_abi < 6 else "",
            ),
            ("seccomp", "yes" if self.seccomp else "no", ""),
            ("bubblewrap", self.bwrap or "no", ""),
            (
                "another user for submissions",
                "yes" if self.other_user else "no",
                self.reasons.get("other_user", ""),
            ),
        ]


@cache
def probe() -> Isolation:
    """Find out what this machine can do, by trying it; a second call remembers.

    Returns
    -------
    Isolation

    Examples
    --------
    >>> from linclf.grading.tiers import Tier, probe
    >>> probe().tier >= Tier.T1
    True
    """
    # It needs what is defined here.
    from linclf.grading.cell.trial import try_out

    reasons: dict[str, str] = {}
    abi, seccomp = _kernel(reasons)
    bwrap = shutil.which("bwrap")

    other_user = False
    if os.geteuid() != 0:
        reasons["other_user"] = "the grader is not root; it runs submissions as the user it has"
    else:
        problem = try_out(Tier.T1, other_user=True)
        other_user = not problem
        if problem:
            reasons["other_user"] = (
                f"as another user the interpreter {sys.executable} with NumPy does not start: "
                f"{problem}. Both, and the folder for temporary files, must lie where "
                "everybody may read: not below a home of mode 700"
            )

    best = Tier.T1
    if "T2" not in reasons:
        problem = try_out(Tier.T2, other_user=other_user)
        if problem:
            reasons["T2"] = problem
        else:
            best = Tier.T2
    if best < Tier.T2:
        reasons["T3"] = "it needs what T2 needs"
    elif bwrap is None:
        reasons["T3"] = "bubblewrap is not installed: apt install bubblewrap, or the like"
    else:
        problem = try_out(Tier.T3, other_user=other_user, bwrap=bwrap)
        if problem:
            reasons["T3"] = (
                f"{problem}. bubblewrap needs user namespaces: a container must allow them "
                "(Docker does not by default), Ubuntu since 23.10 wants an AppArmor profile for "
                "bwrap, others may want sysctl kernel.unprivileged_userns_clone=1."
            )
        else:
            best = Tier.T3
    return Isolation(best, abi, seccomp, bwrap, other_user, reasons)


def _kernel(reasons: dict[str, str]) -> tuple[int, bool]:
    """Ask the kernel for Landlock and seccomp; note what lacks for T2."""
    if sys.platform != "linux":
        reasons["T2"] = f"it needs Linux; this is {sys.platform}"
        return 0, False
    try:
        from linclf import _jail
    except ImportError as error:
        reasons["T2"] = f"the extension linclf._jail does not load ({error}): install linclf again"
        return 0, False
    abi, seccomp = _jail.landlock_abi(), _jail.seccomp_available()
    lacking = []
    if not abi:
        lacking.append(
            "Landlock (Linux 5.13 or newer with CONFIG_SECURITY_LANDLOCK, and `landlock` in the "
            "boot parameter lsm=; a container must allow its three system calls)"
        )
    if not seccomp:
        lacking.append("seccomp filters (CONFIG_SECCOMP_FILTER, on x86-64 or aarch64)")
    if lacking:
        reasons["T2"] = "the kernel lacks " + " and ".join(lacking)
    return abi, seccomp


def choose(wanted: Tier | None = None, required: Tier | None = None) -> Tier:
    """Choose the tier to grade at.

    Parameters
    ----------
    wanted : Tier, optional
        The tier to use; by default the best that works here.
    required : Tier, optional
        The weakest that is acceptable.

    Returns
    -------
    Tier

    Raises
    ------
    TierError
        If this machine does not offer it, or it is weaker than what is required.

    Examples
    --------
    >>> from linclf.grading.tiers import Tier, choose
    >>> choose(Tier.T1).name
    'T1'
    >>> choose(Tier.T1, required=Tier.T2)
    Traceback (most recent call last):
    linclf.grading.tiers.TierError: tier T1 was asked for, but at least T2 is required
    """
    if wanted is not None and required is not None and wanted < required:
        raise TierError(
            f"tier {wanted.name} was asked for, but at least {required.name} is required"
        )
    if wanted is not None and wanted <= Tier.T1:
        return wanted
    here = probe()
    least = wanted if wanted is not None else required
    if least is not None and here.tier < least:
        raise TierError(
            f"this machine offers tier {here.tier.name}, not {least.name}: {_why(here, least)}"
        )
    return here.tier if wanted is None else wanted


def _why(here: Isolation, tier: Tier) -> str:
    """The reasons that keep this machine below a tier."""
    named = [Tier(n).name for n in range(here.tier + 1, tier + 1)]
    return "; ".join(f"{name}: {here.reasons[name]}" for name in named if name in here.reasons)
