"""Submissions as they are handed in: read with care, never run, never taken apart in the grader.

- reading: files, folders, notebooks, archives into a `Submission`
- archives: what a cell unpacked, checked before it is believed
"""

from linclf.grading.intake.reading import (
    CAPS,
    IntakeError,
    Submission,
    digest_of,
    read_submission,
    stem,
)

__all__ = [
    "CAPS",
    "IntakeError",
    "Submission",
    "digest_of",
    "read_submission",
    "stem",
]
