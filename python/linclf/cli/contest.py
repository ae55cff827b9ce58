"""Hold the race of `linclf.cli.race` under conditions that are the best for NumPy.

How many threads NumPy's BLAS uses can only be set before NumPy is imported, and neither choice is
always the better one: more threads slow down small products, and on a busy machine all of them. So
the race is run in two processes, with one BLAS thread and with the default, and for either
contender the better of the two times counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from linclf import _linclf
from linclf.cli.race import Result, race
from linclf.datasets import digits

__all__ = ["contest", "race_on_digits"]

_BLAS = ("OPENBLAS", "MKL", "BLIS")
_TIME_LIMIT = 120  # seconds; it takes one


def contest(seed: int = 0) -> list[Result]:
    """Race on the bundled digits in two processes, and return the better times.

    Parameters
    ----------
    seed : int
        Draws the weights and the order of the SGD samples.

    Returns
    -------
    list of Result
        If no process can be started: of a race in this one.

    Raises
    ------
    RuntimeError
        If a race breaks off.
    """
    one = {f"{blas}_NUM_THREADS": "1" for blas in _BLAS} | {"VECLIB_MAXIMUM_THREADS": "1"}
    try:
        races = [_in_process(seed, settings) for settings in ({}, one)]
    except OSError:
        races = [race_on_digits(seed)]
    return [_best(results) for results in zip(*races, strict=True)]


def race_on_digits(seed: int) -> list[Result]:
    """Race in this process, on all bundled digits with a column of ones for the bias."""
    X, y = digits(dtype="float64", bias=True)
    X[:, :-1] /= 16
    return race(X, y, 10, seed=seed)


def _in_process(seed: int, settings: dict[str, str]) -> list[Result]:
    """Race in a new process with these environment variables."""
    # linclf obeys OMP_NUM_THREADS, and so do some builds of BLAS: say what linclf is to use.
    threads = {"LINCLF_NUM_THREADS": str(_linclf.default_threads())}
    script = (
        "import dataclasses, json; from linclf.cli.contest import race_on_digits; "
        f"print(json.dumps([dataclasses.asdict(r) for r in race_on_digits({seed})]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **threads, **settings},
        stdout=subprocess.PIPE,
        text=True,
        timeout=_TIME_LIMIT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the race broke off with exit code {done.returncode}")
    return [Result(**result) for result in json.loads(done.stdout)]


def _best(results: tuple[Result, ...]) -> Result:
    """Join the results of several races on the same work."""
    return Result(
        work=results[0].work,
        numpy_seconds=min(result.numpy_seconds for result in results),
        linclf_seconds=min(result.linclf_seconds for result in results),
        difference=max(result.difference for result in results),
        agree=all(result.agree for result in results),
    )
