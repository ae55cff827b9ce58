"""The grader that the hostile suite attacks: a process that grades one submission after another.

It reads a line of JSON for each, grades through the engine as any grader does, and writes a line
with what came of it and what harm a `Watch` saw. If it does not live to write that line, an attack
has succeeded. Started by `linclf.grading.redteam.running`, as another user where that is asked for.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from linclf.grading import cell
from linclf.grading.engine import grade
from linclf.grading.intake import IntakeError, read_submission
from linclf.grading.redteam.makers import MAKERS
from linclf.grading.redteam.watch import Watch
from linclf.grading.results import LONGEST, Results, read_results
from linclf.grading.rubric import load
from linclf.grading.tiers import Tier

_SECRET = b"the hostile suite needs no secret that lasts"
_HONEST = "02_honest_wrong/submission.py"


def serve(suite: Path, base: Path, tier: Tier, runner: int) -> None:
    """Grade what standard input asks for, until it ends.

    Parameters
    ----------
    suite : Path
        The folder of the hostile submissions.
    base : Path
        An empty folder to work in.
    tier : Tier
    runner : int
        Process that started this one.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the engine prints is no answer
    watch = Watch(base, runner)
    _enter(watch)
    assignment = load(suite / "rubric.toml")
    # Once for nothing: what is imported and opened late is there before anybody looks.
    first = _gather(suite, watch, {"folder": "01_correct"})
    _grade(assignment, first, watch, tier)
    shutil.rmtree(first)
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        attack = json.loads(line)
        path = _gather(suite, watch, attack)
        watch.begin()
        begun = time.monotonic()
        with _listening() as said:
            results = _grade(assignment, path, watch, tier)
        seconds = time.monotonic() - begun
        text = "".join(said)
        harms = watch.harms(text, watch.results.read_text(encoding="utf-8"))
        harms += _unfit(results, watch)
        print(json.dumps(_told(results, seconds, harms)), file=answers, flush=True)
        shutil.rmtree(path if path.is_dir() else path.parent, ignore_errors=True)
    watch.close()


def _enter(watch: Watch) -> None:
    """Live in the folders that are watched."""
    os.chdir(watch.folders["cwd"])
    os.environ["HOME"] = str(watch.folders["home"])
    os.environ["TMPDIR"] = str(watch.folders["temp"])


def _gather(suite: Path, watch: Watch, attack: dict[str, Any]) -> Path:
    """Return a submission with what all of them get: the kit, and where to strike."""
    folder: Path = watch.incoming / attack["folder"]
    if attack.get("made"):
        folder.mkdir()
        text = (suite / _HONEST).read_text(encoding="utf-8")
        return MAKERS[attack["made"]](folder, text, watch.secret)
    shutil.copytree(suite / attack["folder"], folder)
    shutil.copy(suite / "kit.py", folder)
    told = '"""What the harness says about itself."""\n\nTARGETS = {!r}\n'
    (folder / "targets.py").write_text(told.format(watch.targets()), encoding="utf-8")
    return folder


def _grade(assignment: Any, path: Path, watch: Watch, tier: Tier) -> Results:
    submission: Any
    try:
        submission = read_submission(path, tier=tier)
    except IntakeError as error:
        submission = error
    return grade(assignment, submission, secret=_SECRET, tier=tier, into=watch.results)


@contextlib.contextmanager
def _listening() -> Iterator[list[str]]:
    """Collect what the workers print, as each of them is closed."""
    said: list[str] = []
    close = cell.Cell.close

    def collect(self: cell.Cell) -> None:
        with contextlib.suppress(Exception):
            said.append(self.output().decode("utf-8", "replace"))
        close(self)

    cell.Cell.close = collect  # type: ignore[method-assign]
    try:
        yield said
    finally:
        cell.Cell.close = close  # type: ignore[method-assign]


def _unfit(results: Results, watch: Watch) -> list[str]:
    """Return what is wrong with the results as a document."""
    found = []
    if read_results(watch.results).to_json() != results.to_json():
        found.append("the results on disk are not those of the engine")
    for text in _texts(json.loads(results.to_json())):
        if any(unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co") for one in text):
            found.append(f"published control characters: {text[:80]!a}")
        if len(text) > 2 * LONGEST:
            found.append(f"published a text of {len(text)} characters")
    return found


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from _texts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _texts(value)


def _told(results: Results, seconds: float, harms: list[str]) -> dict[str, Any]:
    return {
        "tier": results.tier,
        "seconds": round(seconds, 2),
        "harms": harms,
        "items": {
            item.id: {
                "earned": item.earned,
                "points": item.points,
                "category": item.category,
                "text": item.messages[0].text if item.messages else "",
            }
            for item in results.items
        },
        "notes": [note.text for note in results.notes],
    }


def main(arguments: list[str]) -> None:
    """Serve with the suite, the folder to work in, the tier and the runner's process id."""
    suite, base, tier, runner = arguments
    serve(Path(suite), Path(base), Tier(int(tier)), int(runner))


if __name__ == "__main__":
    main(sys.argv[1:])
