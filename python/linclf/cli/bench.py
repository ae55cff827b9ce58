"""``linclf bench``: race against the libraries that are installed, on this machine and data."""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import linclf
from linclf import _linclf
from linclf.cli.files import check_target, write_text
from linclf.cli.options import add_data_options, count
from linclf.cli.peers import Steps, Task, objectives, predictions, sgd_runs
from linclf.cli.surroundings import blas_libraries, optional, scrubbed, thread_setter, version_of
from linclf.cli.text import duration
from linclf.cli.timing import Contender, Pace, Timed, as_vector, measure
from linclf.datasets import load

__all__ = ["add_to", "run"]

Array = NDArray[Any]

_EPILOG = """\
examples:
  linclf bench                                    the bundled digits
  linclf bench cifar-10-batches-bin --dtype float32
  linclf bench --json times.json
"""
_OPPONENTS = {"NumPy": "numpy", "PyTorch": "torch", "scikit-learn": "scikit-learn"}
_REG, _RATE = 1e-3, 1e-2
_MOST_ROWS = 256 * 200  # that one call of a race of SGD visits


def add_to(commands: Any) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "bench",
        help="race against NumPy, PyTorch and scikit-learn",
        description="Time loss and gradient, SGD steps and predictions in linclf, in NumPy at its "
        "best, and in PyTorch and scikit-learn if they are installed, in turn, on your data. "
        "Exit code 1 if results differ.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_data_options(parser, default="digits")
    parser.add_argument(
        "--dtype", choices=("float64", "float32"), default="float64", help="(default: %(default)s)"
    )
    parser.add_argument(
        "--batch-size", type=count, default=256, metavar="N", help="of an SGD step (default: 256)"
    )
    parser.add_argument(
        "--threads",
        type=count,
        metavar="N",
        help="most threads for each (default: those of linclf)",
    )
    parser.add_argument(
        "--rounds", type=count, default=7, metavar="N", help="turns of each (default: 7)"
    )
    parser.add_argument("--json", metavar="FILE", help="also write the times of all rounds")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Race here, or in a new process if variables of this one hold an opponent back."""
    arguments.threads = arguments.threads or _linclf.default_threads()
    clean = scrubbed(os.environ)
    if len(clean) == len(os.environ):
        return _race(arguments)
    words = [arguments.data, "--data-seed", arguments.data_seed, "--dtype", arguments.dtype]
    words += ["--batch-size", arguments.batch_size, "--threads", arguments.threads]
    words += ["--rounds", arguments.rounds]
    for name in ("label", "json"):
        if getattr(arguments, name) is not None:
            words += [f"--{name}", getattr(arguments, name)]
    done = subprocess.run(
        [sys.executable, "-m", "linclf", "bench", *map(str, words)],
        env={**clean, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    print(done.stdout, end="", flush=True)
    return done.returncode


def _race(arguments: argparse.Namespace) -> int:
    target = None if arguments.json is None else check_target(arguments.json)
    X, y, n_classes = _data(arguments)
    for module in ("torch", "sklearn._loss", "sklearn.linear_model._linear_loss"):
        optional(module)  # before their threads are counted
    print(_versions())
    print(
        f"{arguments.data}: {len(X):,} samples, {X.shape[1]:,} features with one for the bias, "
        f"{n_classes} classes, {X.dtype}"
    )
    threads = sorted({1, arguments.threads})
    rows = [
        (work, per, _measure(contenders, X, per, arguments.rounds))
        for work, per, contenders in _works(X, y, n_classes, arguments.batch_size, threads)
    ]
    _show(rows)
    threads_said = "1 thread" if len(threads) == 1 else f"1 or {threads[-1]} threads"
    print(f"\nFor each the fastest way on {threads_said}; medians of {arguments.rounds} rounds.")
    if target is not None:
        write_text(target, json.dumps([_as_json(*row) for row in rows], indent=1) + "\n")
    return 0 if all(one.agrees for _, _, timed in rows for one in timed) else 1


def _data(arguments: argparse.Namespace) -> tuple[Array, Array, int]:
    """Load samples and bring them to zero mean, size one, and a column of ones."""
    data = load(arguments.data, label=arguments.label, rng=arguments.data_seed)
    X = np.ones((len(data.X), data.X.shape[1] + 1), arguments.dtype)
    X[:, :-1] = data.X
    X[:, :-1] -= X[:, :-1].mean(axis=0, dtype=np.float64).astype(X.dtype)
    X[:, :-1] /= X[:, :-1].std(dtype=np.float64) or 1
    return X, np.asarray(data.y, np.int64), len(data.class_names)


def _versions() -> str:
    found = [f"linclf {linclf.__version__} on {_linclf.isa()}"]
    numpy_blas = next((blas for blas in blas_libraries() if blas["of"] == "numpy"), None)
    for name, distribution in _OPPONENTS.items():
        version = version_of(distribution)
        if version:
            found.append(f"{name} {version}")
        if name == "NumPy" and numpy_blas:
            found[-1] += f" ({' '.join(filter(None, list(numpy_blas.values())[1:]))})"
    return ", ".join(found)


Work = tuple[str, int, list[Contender]]
Row = tuple[str, int, list[Timed]]


def _works(
    X: Array, y: Array, n_classes: int, batch_size: int, threads: Sequence[int]
) -> list[Work]:
    """Return the names of the races, how many pieces of work a call does, and contenders."""
    rng = np.random.default_rng(0)
    W = (rng.standard_normal((X.shape[1], n_classes)) / math.sqrt(X.shape[1])).astype(X.dtype)
    batch = min(batch_size, len(X))
    n_steps = max(1, _MOST_ROWS // max(batch, X.shape[1]))
    steps = Steps(_RATE, rng.integers(len(X), size=n_steps * batch), batch)
    works: list[Work] = []
    for loss in ("hinge", "softmax"):
        task = Task(loss, W, X, y, _REG)
        works.append((f"{loss} loss + gradient", 1, objectives(task, threads)))
        works.append((f"{loss} SGD step of {batch}", n_steps, sgd_runs(task, steps, threads)))
    return [*works, ("predict", 1, predictions(W, X, threads))]


def _measure(contenders: list[Contender], X: Array, per: int, rounds: int) -> list[Timed]:
    """Hold a race; what is right is what NumPy finds."""
    opponent = next(one for one in contenders if one.family == "NumPy")
    expected = as_vector(opponent.function(*opponent.arguments))
    set_threads = thread_setter()

    def before(contender: Contender) -> None:
        set_threads(contender.threads)

    tolerance = per * float(np.finfo(X.dtype).eps) * sum(X.shape)
    return measure(contenders, expected, tolerance, Pace(rounds, rounds), before=before)


def _best(timed: list[Timed], family: str) -> Timed | None:
    ways = [one for one in timed if one.contender.family == family]
    return min(ways, key=lambda one: one.seconds, default=None)


def _show(rows: list[Row]) -> None:
    """Print a table of times, and of how many times as long as linclf the others take."""
    present = [who for who in _OPPONENTS if any(_best(timed, who) for _, _, timed in rows)]
    print(f"\n{'':<24}{'linclf':>9}" + "".join(f"{who:>19}" for who in present))
    for work, per, timed in rows:
        ours = _best(timed, "linclf")
        if ours is None:
            continue
        line = f"{work:<24}{duration(ours.seconds / per):>9}"
        for who in present:
            best = _best(timed, who)
            ratio = best.seconds / ours.seconds if best else 0.0
            text = f"{duration(best.seconds / per)} {ratio:6.1f}x" if best else "-"
            line += f"{text:>19}"
        wrong = sorted({one.contender.family for one in timed if not one.agrees})
        print(line + (f"  DIFFERENT: {', '.join(wrong)}" if wrong else ""))


def _as_json(work: str, per: int, timed: list[Timed]) -> dict[str, Any]:
    return {
        "work": work,
        "contenders": [
            {
                "family": one.contender.family,
                "way": one.contender.name,
                "threads": one.contender.threads,
                "seconds": one.seconds / per,
                "rounds": [seconds / per for seconds in one.rounds],
                "difference": one.difference if math.isfinite(one.difference) else None,
            }
            for one in timed
        ],
    }
