"""The process that measures: its environment is clean, and it writes JSON for the one above it."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from linclf import _linclf
from linclf.cli.surroundings import optional, thread_setter
from linclf.cli.text import duration
from linclf.cli.timing import Contender, Timed, measure

from benchmarks import machine
from benchmarks.cases import KINDS, Figure, Plan, Race
from benchmarks.limits import Limits, Sample, median
from benchmarks.targets import targets, verdict
from benchmarks.works import WORKS

__all__ = ["document", "load_opponents", "main"]

SCHEMA = 1
_SAMPLES = 5  # of the limits of the machine as such, for the head of the results
_PEERS = ("torch", "sklearn._loss", "sklearn.linear_model", "sklearn.svm", "scipy.optimize")


def document(plan: Plan, folder: Path) -> dict[str, Any]:
    """Measure everything that is planned.

    Parameters
    ----------
    plan : Plan
    folder : Path
        Where compiled helpers go.

    Returns
    -------
    dict
        For JSON; `benchmarks.report` reads it.
    """
    load_opponents()
    limits = _limits(plan, folder)
    found: dict[str, list[dict[str, Any]]] = {"races": [], "figures": [], "solutions": []}
    for kind in plan.kinds:
        for item in WORKS[kind](plan):
            if isinstance(item, Race):
                found["races"].append(_run(item, plan, limits))
                _tell(_line(found["races"][-1]))
            elif isinstance(item, Figure):
                found["figures"].append(_judged(item))
                _tell(f"{KINDS[kind]}: {item.what}: {item.value:.3g} {item.unit}")
            else:
                found["solutions"].append(item.as_dict())
                _tell(f"{item.problem}: {item.solver}: {duration(item.seconds)}")
    samples = [limits.sample() for _ in range(_SAMPLES)] if limits else []
    return {
        "schema": SCHEMA,
        "plan": asdict(plan),
        "machine": machine.description(),
        "versions": machine.versions(),
        "limits": _by_name(median(samples)),
        **found,
    }


def load_opponents() -> None:
    """Import what is installed, before the libraries whose threads are set are looked for."""
    for module in _PEERS:
        optional(module)
    if not optional("threadpoolctl"):
        _tell("without threadpoolctl the BLAS of NumPy has the highest number of threads only")


def _limits(plan: Plan, folder: Path) -> Limits | None:
    try:
        return Limits(folder, _linclf.isa(), plan.threads, plan.quick)
    except OSError as error:
        _tell(f"the limits of the machine are not measured: {error}")
        return None


def _run(race: Race, plan: Plan, limits: Limits | None) -> dict[str, Any]:
    """Hold a race and return its row."""
    set_threads = thread_setter()
    samples: list[Sample] = []

    def before(contender: Contender) -> None:
        set_threads(contender.threads)

    def each_round() -> None:
        if limits:
            samples.append(limits.sample(race.resident))

    timed = measure(
        race.contenders,
        race.expected,
        race.tolerance,
        plan.pace,
        before=before,
        each_round=each_round,
    )
    sample = median(samples)
    row: dict[str, Any] = {
        "kind": race.kind,
        "size": race.size,
        "shape": race.shape,
        "dtype": race.dtype,
        "loss": race.loss,
        "flops": race.flops,
        "bytes": race.bytes,
        "rounds": len(timed[0].rounds),
        "limits": _by_name(sample),
        "contenders": [_contender(one, race.per) for one in timed],
    }
    threads = sorted({one.contender.threads for one in timed})
    row["by threads"] = {str(n): _compared(race, timed, n, sample) for n in threads}
    row["targets"] = list(_targets(row, str(threads[-1]))) if not plan.quick else []
    return row


def _contender(timed: Timed, per: int) -> dict[str, Any]:
    who = timed.contender
    return {
        "family": who.family,
        "name": who.name,
        "threads": who.threads,
        "seconds": timed.seconds / per,
        "rounds": [seconds / per for seconds in timed.rounds],
        "difference": timed.difference if math.isfinite(timed.difference) else None,
        "agrees": timed.agrees,
    }


def _compared(race: Race, timed: Sequence[Timed], n_threads: int, limits: Sample) -> dict[str, Any]:
    """Return linclf's time on so many threads, and the best of each opponent on no more."""
    fair = [one for one in timed if one.agrees and one.contender.threads <= n_threads]
    best: dict[str, Timed] = {}
    for one in sorted(fair, key=lambda one: one.seconds):
        best.setdefault(one.contender.family, one)
        if one.contender.name == "course":
            best.setdefault("NumPy course", one)
    ours = [
        one.seconds
        for one in fair
        if one.contender.family == "linclf" and one.contender.threads == n_threads
    ]
    if not ours:
        return {"seconds": None, "ratios": {}, "share": None, "bound": ""}
    share, bound = _share(race, ours[0] / race.per, n_threads, limits)
    ratios = {who: one.seconds / ours[0] for who, one in best.items() if who != "linclf"}
    return {"seconds": ours[0] / race.per, "ratios": ratios, "share": share, "bound": bound}


def _share(race: Race, seconds: float, n_threads: int, limits: Sample) -> tuple[float | None, str]:
    """Return which part of the time the machine needs at least, and for what."""
    arithmetic = "float32" if race.dtype in ("float32", "uint8") else "float64"
    if not limits or race.size == "tiny":
        return None, ""
    peak, bandwidth = limits[arithmetic][n_threads], limits["read"][n_threads]
    computing, reading = race.flops / peak, race.bytes / bandwidth
    return max(computing, reading) / seconds, "memory" if reading > computing else "FMA"


def _targets(row: dict[str, Any], threads: str) -> Iterable[dict[str, Any]]:
    """Yield what of the row has a floor and a goal, and how it stands to them."""
    result = row["by threads"][threads]
    values = {**result["ratios"], "share": result["share"], "seconds": result["seconds"]}
    for target in targets(row["kind"], row["size"], row["dtype"], row["loss"]):
        value = values.get(target.measure)
        if value is not None:
            lower = target.measure == "seconds"
            stands = verdict(value, target.floor, target.goal, lower)
            yield {**asdict(target), "value": value, "verdict": stands}


def _judged(figure: Figure) -> dict[str, Any]:
    row = figure.as_dict()
    if figure.floor is not None and figure.goal is not None:
        row["verdict"] = verdict(figure.value, figure.floor, figure.goal, lower=True)
    return row


def _by_name(sample: Sample) -> dict[str, dict[str, float]]:
    """Return limits with text as keys, as JSON has them."""
    return {what: {str(n): rate for n, rate in rates.items()} for what, rates in sample.items()}


def _line(row: dict[str, Any]) -> str:
    """Return what is told of a row while the run goes on."""
    result = list(row["by threads"].values())[-1]
    wrong = [one["family"] for one in row["contenders"] if not one["agrees"]]
    if result["seconds"] is None:
        return f"{KINDS[row['kind']]} {row['size']}: linclf DIFFERS"
    ratios = "  ".join(f"{who} {ratio:.2f}x" for who, ratio in result["ratios"].items())
    share = "" if result["share"] is None else f"  {result['share']:.0%} of T_min"
    text = f"{KINDS[row['kind']]} {row['size']} {row['dtype']} {row['loss']}".rstrip()
    text += f": {duration(result['seconds'])}{share}  {ratios}"
    return text + (f"  DIFFERS: {', '.join(wrong)}" if wrong else "")


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(plan: str, target: str) -> None:
    """Measure what a JSON plan says and write the result to a file."""
    settings: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(plan).items()}
    file = Path(target)
    result = document(Plan(**settings), file.parent)
    file.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
