"""What a submission may use up: one value that the grader passes on, and its bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one worker, and one call of a submission, may use up.

    A submission that needs more is ended, and what it was asked for is not done.

    Parameters
    ----------
    seconds : float
        Of the clock for one call, with everything that it asks back.
    load_seconds : float
        Of the clock to start a worker and to import the submission.
    cpu_seconds : int
        Of the processor, for the whole life of a worker.
    memory : int
        Bytes of address space; Python and NumPy take about 150 MB of it.
    file_size : int
        Bytes of one file that is written; the private folder holds four of that size.
    files : int
        Open files.
    processes : int
        Threads, where the tier allows no process, else processes and threads.
    output : int
        Bytes on stdout and stderr together.
    reply : int
        Bytes of arrays in one answer.

    Raises
    ------
    TypeError
        If a limit is not a number.
    ValueError
        If a limit is not positive, or too low for a worker to start.

    Examples
    --------
    >>> from linclf.grading.limits import Limits
    >>> Limits(seconds=2).seconds
    2
    >>> Limits(seconds=0)
    Traceback (most recent call last):
    ValueError: seconds must be a positive number, got 0
    """

    seconds: float = 10.0
    load_seconds: float = 10.0
    cpu_seconds: int = 60
    memory: int = 2 << 30
    file_size: int = 16 << 20
    files: int = 64
    processes: int = 64
    output: int = 1 << 20
    reply: int = 64 << 20

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            fraction = field.name in ("seconds", "load_seconds")
            kinds = (int, float) if fraction else (int,)
            if isinstance(value, bool) or not isinstance(value, kinds):
                what = "a number" if fraction else "an integer"
                raise TypeError(f"{field.name} must be {what}, got {value!r}")
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{field.name} must be a positive number, got {value!r}")
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise ValueError(
                    f"{name} must be at least {least}, or no worker starts; "
                    f"got {getattr(self, name)!r}"
                )


# Below these Python cannot import anything any more.
_LEAST = {"memory": 256 << 20, "files": 16}
