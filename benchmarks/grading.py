"""``python -m benchmarks.grading``: how long a worker takes to start, a call, and a class.

Medians, after a few that do not count. The class is the same right submission many times over,
each graded in a cell of its own on all processors, as ``linclf grade batch`` does it; of the
shipped rubric for the multiclass hinge.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from linclf.grading import LocalStudent, RemoteStudent, Tier
from linclf.grading.tiers import probe

__all__ = ["main"]

_COURSE = (Path(__file__).resolve().parent / "course.py").read_bytes()
# The functions of the exercises, as far as the rubric asks for them.
_SOURCE = (
    _COURSE
    + b"""

hinge_loops = hinge_vectorized = svm_loss


def hinge_sample(s, y, delta=1.0):
    margins = np.maximum(0, s - s[y] + delta)
    return margins.sum() - delta
"""
)
_RUBRIC = "multiclass_hinge"
_FUNCTION = "svm_loss"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    words = _parser().parse_args(argv)
    tiers = [tier for tier in (Tier.T1, Tier.T2, Tier.T3) if tier <= probe().tier]
    operands = _operands(11, 7, 5)
    rows = []
    with LocalStudent({"hw.py": _SOURCE}, wanted=[_FUNCTION]) as local:
        local.function(_FUNCTION)
        rows.append(
            ("T0: call", _median(lambda: local.svm_loss(*operands), words.calls) * 1e6, "us")
        )
    for tier in tiers:
        rows.append((f"{tier.name}: worker ready", _starts(tier, words.starts) * 1e3, "ms"))
        rows += _calls(tier, words.calls, operands)
    for name, value, unit in rows:
        print(f"{name:<44}{value:10.1f} {unit}")
    if words.submissions:
        for jobs in sorted({1, os.cpu_count() or 1}):
            seconds = _class(words.submissions, tiers[-1], jobs)
            name = f"{tiers[-1].name}: {words.submissions} submissions, {jobs} at once"
            print(f"{name:<44}{seconds:10.1f} s")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.grading", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--starts", type=int, default=15, help="of workers, to take the median of")
    parser.add_argument("--calls", type=int, default=2000, help="to take the median of")
    parser.add_argument("--submissions", type=int, default=0, help="of the class; none by default")
    return parser


def _operands(N: int, D: int, C: int) -> tuple[object, ...]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.integers(C, size=N), 0.1


def _student(tier: Tier) -> RemoteStudent:
    return RemoteStudent({"hw.py": _SOURCE}, tier=tier, wanted=[_FUNCTION])


def _median(work: Callable[[], object], n: int) -> float:
    times = []
    for i in range(n + max(n // 20, 1)):
        start = time.perf_counter()
        work()
        if i >= max(n // 20, 1):
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def _starts(tier: Tier, n: int) -> float:
    """Return the time from nothing to a loaded submission; closing is not part of it."""
    times = []
    for i in range(n + 1):
        start = time.perf_counter()
        with _student(tier) as student:
            student.function(_FUNCTION)
            if i:
                times.append(time.perf_counter() - start)
    return statistics.median(times)


def _calls(tier: Tier, n: int, operands: tuple[object, ...]) -> list[tuple[str, float, str]]:
    with _student(tier) as student:
        function = student.function(_FUNCTION)
        small = _median(lambda: function(*operands), n)
        large_operands = _operands(500, 3073, 10)
        large = _median(lambda: function(*large_operands), max(n // 100, 5))
    return [
        (f"{tier.name}: warm call, N=11 D=7 C=5", small * 1e6, "us"),
        (f"{tier.name}: warm call, N=500 D=3073 C=10", large * 1e3, "ms"),
    ]


def _class(n: int, tier: Tier, jobs: int) -> float:
    """Return the time that grading a whole class takes."""
    from linclf.grading.batch import grade_all
    from linclf.grading.results import read_results
    from linclf.grading.rubric import load

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for i in range(n):
            one = folder / "submissions" / f"student{i:03d}"
            one.mkdir(parents=True)
            # Each is another one by its digest, and so has other cases.
            (one / "hw.py").write_bytes(_SOURCE + f"\n\nNUMBER = {i}\n".encode())
        assignment = load(_RUBRIC)
        start = time.perf_counter()
        records = grade_all(
            assignment,
            folder / "submissions",
            folder / "results",
            secret=bytes(32),
            tier=tier,
            jobs=jobs,
        )
        seconds = time.perf_counter() - start
        earned = {read_results(record).earned for record in records}
    if earned != {assignment.total}:
        raise RuntimeError(f"right submissions earned {earned} of {assignment.total}")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
