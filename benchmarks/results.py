"""RESULTS.md: the results of a full run, with what is needed to judge them and to repeat them."""

from __future__ import annotations

from typing import Any

from benchmarks.report import as_markdown, setting, slow, tables, tally, wrong

__all__ = ["results_markdown"]

_HEAD = """\
# Results

Written by `make bench ARGS="--write-results"`, which measures everything anew in one run; after a
run that was stopped, `--resume` measures the kinds that are missing, and it is said here. Times are
medians per piece of work, of rounds in which the contenders took turns; before that, each result
was compared with a reference. A number such as 7.7x says how many times as long the fastest way of
an opponent takes, on one or more threads, as linclf on the highest number. T_min is the time that
the machine needs at least: the bytes of X over the rate at which a buffer of its size is read, or
the operations over the multiply-add rate, whichever is longer, both measured anew in every round.
FLOOR and GOAL are targets that a figure has met, BELOW is one that it has missed.

The ways of the opponents: `course` is the vectorised NumPy of CS231n; `in place` is the fastest
NumPy that we could write, with reused buffers and the gradient formed in the faster memory order,
scores kept class by class or sample by sample; PyTorch is autograd through `linear` and
`cross_entropy` or `multi_margin_loss` (times C, by which it divides); scikit-learn is the objective
of `LogisticRegression`, or that solver itself. Every opponent runs in a process without BLAS and
OpenMP settings, with 1 thread and with more (L-BFGS and 1,000 classes: with the highest number
only); none copies the data on the clock, unless it must.
"""


def results_markdown(results: dict[str, Any]) -> str:
    """Return the text of RESULTS.md.

    Parameters
    ----------
    results : dict
        From `benchmarks.child.document`.
    """
    machine = "\n".join(f"| {name} | {value} |" for name, value in setting(results))
    plan = results["plan"]
    if plan["quick"]:
        run = "**A quick run at reduced sizes: its times mean little.**"
    else:
        run = f"At least 7 rounds, or {plan['seconds']:g} seconds, per row."
    below = [*wrong(results), *slow(results)]
    parts = [
        _HEAD,
        f"{run} {tally(results)}\n",
        _resumed(results.get("runs", [])),
        f"## Machine and versions\n\n| | |\n|---|---|\n{machine}\n",
        "![Roofline plot](roofline.svg)\n" if results["limits"] else "",
        "## Below the floor\n\n" + "".join(f"- {text}\n" for text in below) if below else "",
        *(as_markdown(table) for table in tables(results)),
    ]
    return "\n".join(part for part in parts if part)


def _resumed(runs: list[list[str]]) -> str:
    """Return what was measured later than the rest, if anything was."""
    if len(runs) < 2:
        return ""
    return f"**Measured in {len(runs)} runs: {'; then '.join(map(', '.join, runs))}.**\n"
