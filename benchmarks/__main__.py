"""``python -m benchmarks``: measure in clean processes; print tables, write JSON and a plot."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from linclf import _linclf
from linclf.cli.options import count
from linclf.cli.surroundings import scrubbed

from benchmarks.cases import KINDS, Plan, plan_from
from benchmarks.data import SIZES
from benchmarks.report import as_text, setting, slow, tables, tally, wrong
from benchmarks.results import results_markdown
from benchmarks.roofline import roofline_svg

__all__ = ["main"]

ROOT = Path(__file__).resolve().parent.parent
_OUTPUT = ROOT / "build" / "bench"
_RESULTS = "results.json"
#: Of the environment, for kinds that need any.
_SETTINGS = {"avx2": {"OPENBLAS_CORETYPE": "Haswell", "LINCLF_CPU": "avx2"}}

#: What these change, of the machine and the versions.
_OWN_TO_KINDS = ("instruction set", "BLAS", "torch kernels")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmarks; return 1 if a result is wrong, but not for a time."""
    words = _parser().parse_args(argv)
    try:
        plan = plan_from(words)
    except ValueError as error:
        print(f"benchmarks: error: {error}", file=sys.stderr)
        return 2
    folder = Path(words.output)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        found = _found(plan, folder) if words.resume else {}
    except ValueError as error:
        print(f"benchmarks: error: {error}", file=sys.stderr)
        return 2
    results = run(plan, folder, found)
    plot = roofline_svg(results)
    if plot:
        (folder / "roofline.svg").write_text(plot, encoding="utf-8")
    if words.write_results:
        _write_results(results, plot)
    print("\n".join(f"{name:<20} {value}" for name, value in setting(results)), end="\n\n")
    print("\n".join(as_text(table) for table in tables(results)))
    print("\n".join([tally(results), *slow(results)]))
    mistakes = wrong(results)
    print("\n".join(["WRONG:", *mistakes] if mistakes else ["Every result is right."]))
    if plan.quick:
        print("This was a quick run of reduced sizes: its times mean little and were not judged.")
    return 1 if mistakes else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        metavar="WORDS",
        help=f"kinds ({', '.join(KINDS)}) and sizes ({', '.join(SIZES)}), with commas between them",
    )
    parser.add_argument("--quick", action="store_true", help="a few rounds of reduced sizes")
    parser.add_argument(
        "--seconds",
        type=float,
        default=10.0,
        help="to spend on the rounds of a race; there are 7 in any case (default: %(default)s)",
    )
    parser.add_argument(
        "--threads",
        type=count,
        nargs="+",
        default=[1, 2],
        metavar="N",
        help="numbers of threads (default: 1 2)",
    )
    parser.add_argument(
        "--output", metavar="DIR", default=str(_OUTPUT), help="for JSON and plot (build/bench)"
    )
    parser.add_argument(
        "--resume", action="store_true", help="measure only kinds of which DIR has no results yet"
    )
    parser.add_argument(
        "--write-results", action="store_true", help="write benchmarks/RESULTS.md and its plot"
    )
    return parser


def _found(plan: Plan, folder: Path) -> dict[str, Any]:
    """Return what a run of the same plan, that was stopped, has left in its folder."""
    file = folder / _RESULTS
    if not file.exists():
        return {}
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if found["plan"] != json.loads(json.dumps(asdict(plan))):
        raise ValueError(f"--resume: {file} has results of another plan; name another --output")
    return found


def run(plan: Plan, folder: Path, found: dict[str, Any]) -> dict[str, Any]:
    """Measure each kind in a process of its own, and join what they found.

    The file is written after every kind, so that a run that is stopped is not lost. Kinds of which
    there are results in `found` are not measured again; the kinds of each run are on record.
    """
    results = found
    known = {one["kind"] for what in ("races", "figures") for one in found.get(what, [])}
    if found.get("solutions"):
        known.add("solve")
    earlier = ([kind for kind in kinds if kind in known] for kinds in found.get("runs", []))
    runs: list[list[str]] = [*filter(None, earlier), []]
    for kind in plan.kinds:
        if kind in known or (kind == "avx2" and kind not in _linclf.isas()):
            continue
        part = _in_process(replace(plan, kinds=(kind,)), folder, _SETTINGS.get(kind, {}))
        _same_surroundings(found, part, folder / _RESULTS)
        if results:
            for what in ("races", "figures", "solutions"):
                results[what] += part[what]
        else:
            results = {**part, "plan": asdict(plan)}
        runs[-1].append(kind)
        results["runs"] = runs
        (folder / _RESULTS).write_text(json.dumps(results, indent=1), encoding="utf-8")
    if not results:
        raise SystemExit("benchmarks: nothing to measure: this processor has no AVX2")
    return results


def _same_surroundings(found: dict[str, Any], part: dict[str, Any], file: Path) -> None:
    for what in ("machine", "versions"):
        for name, was in found.get(what, {}).items():
            now = part[what].get(name)
            if now != was and name not in _OWN_TO_KINDS:
                raise SystemExit(
                    f"benchmarks: error: --resume: {file} is of a run with {name} {was}, "
                    f"this one has {now}; name another --output"
                )


def _in_process(plan: Plan, folder: Path, settings: dict[str, str]) -> dict[str, Any]:
    """Measure in an environment that holds nothing but thread numbers and these settings."""
    environment = {
        name: value for name, value in scrubbed(os.environ).items() if name[:7] != "LINCLF_"
    }
    for name in ("OMP", "OPENBLAS", "MKL"):
        environment[f"{name}_NUM_THREADS"] = str(plan.threads[-1])
    target = folder / "part.json"
    subprocess.run(
        [sys.executable, "-m", "benchmarks.child", json.dumps(asdict(plan)), str(target)],
        env={**environment, **settings},
        cwd=ROOT,
        check=True,
    )
    part: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    target.unlink()
    return part


def _write_results(results: dict[str, Any], plot: str) -> None:
    folder = Path(__file__).parent
    (folder / "RESULTS.md").write_text(results_markdown(results), encoding="utf-8")
    if plot:
        (folder / "roofline.svg").write_text(plot, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
