"""Submissions in cells, for the tests of grading: the tiers of this machine, and shared ones."""

import textwrap

import pytest
from linclf.grading import Limits, RemoteStudent, Tier
from linclf.grading.tiers import probe

PATIENT = Limits(seconds=120, load_seconds=120)  # the machine may be busy with other things


def tiers():
    """Return the tiers to test at: the weakest one with a cell, and what this machine has."""
    return [tier for tier in (Tier.T1, Tier.T2, Tier.T3) if tier <= probe().tier]


def remote(source, *, tier=Tier.T1, limits=PATIENT, **options):
    """Return the student of one file of source, or of several by name."""
    files = source if isinstance(source, dict) else {"homework.py": source}
    files = {
        n: s if isinstance(s, bytes) else textwrap.dedent(s).encode() for n, s in files.items()
    }
    return RemoteStudent(files, tier=tier, limits=limits, **options)


def failure_of(kind, call, *operands):
    """Return the failure that a call raises, which must be of a kind."""
    with pytest.raises(kind) as caught:
        call(*operands)
    return caught.value
