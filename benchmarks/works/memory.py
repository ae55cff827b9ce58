"""What a call of loss and gradient allocates, at the CIFAR size and at a million samples."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Self

import linclf
import numpy as np

from benchmarks.cases import Figure, Plan

__all__ = ["figures", "peak"]

D, C = 3073, 10
MEBIBYTE = 1 << 20
SPREAD = 0.25  # MiB by which two peaks may differ: a thread may find no work, and Python takes some
_CALLS = 5  # a look may come too early
_PROCESSES = 3  # in some of them Python itself takes half a MiB meanwhile
_SETTLING = 1.5  # seconds until looking itself takes no more memory


def figures(plan: Plan) -> Iterator[Figure]:
    """Yield the peaks, the least of some processes each; nothing where the system lacks it."""
    if not Path("/proc/self/smaps_rollup").exists():
        return
    few, many = (10_000, 20_000) if plan.quick else (10_000, 1_000_000)
    for dtype in plan.dtypes:
        for n in plan.threads:
            small, large = (
                min(_in_process(N, dtype, n) for _ in range(_PROCESSES)) for N in (few, many)
            )
            what = f"{dtype}, {n} thread{'s' if n > 1 else ''}, D*C = {D * C}"
            yield Figure("memory", f"{what}, per thread", large / n, "MiB", 2, 1)
            growth = f"{what}, from N = {few:,} to {many:,}"
            yield Figure("memory", growth, large - small, "MiB more", SPREAD, SPREAD)


def _in_process(N: int, dtype: str, n_threads: int) -> float:
    script = f"from benchmarks.works.memory import peak; print(peak({N}, {dtype!r}, {n_threads}))"
    # What is freed goes back to the system at once, or each call would seem to add to the last.
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment,
    )
    return float(done.stdout)


def peak(N: int, dtype: str, n_threads: int) -> float:
    """Return by how many MiB a call raises the memory of this process at most.

    X is one row seen N times, so that it takes no memory itself.
    """
    X = np.broadcast_to(np.ones(D, dtype), (N, D))
    y = np.arange(N) % C
    W, out = np.zeros((D, C), dtype), np.ones((D, C), dtype)
    with _Watch() as watch:
        for _ in range(_CALLS):
            linclf.loss_and_grad("softmax", W, X, y, out=out, n_threads=n_threads)
    return watch.growth / MEBIBYTE


class _Watch:
    """Looks at the memory in use all the time in a thread of its own.

    The peak that the kernel keeps itself is not used: it counts pages in lots, and is off by
    some 100 of them.
    """

    def __init__(self) -> None:
        self._stop, self._ready = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.growth = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        settled = perf_counter() + _SETTLING
        while perf_counter() < settled:
            before = _anonymous()
        self._ready.set()
        while not self._stop.is_set():
            self.growth = max(self.growth, _anonymous() - before)


def _anonymous() -> int:
    """Return the resident memory in bytes, exactly, but for files: code is read as it is needed."""
    lines = Path("/proc/self/smaps_rollup").read_bytes().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(b"Anonymous:"))
