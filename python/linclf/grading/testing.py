"""The items of kind ``test``: one pytest process, which writes a record of its own.

pytest starts in the folder of the assignment, with its root, its configuration and its plugins
named: nothing of the submission can change how it runs. Its exit code and what it prints decide
about nothing. What its record does not say of an item is not known, so that the item stays at 0.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from linclf.grading.results import Results, ResultsError, read_results

if TYPE_CHECKING:
    from linclf.grading.intake import Submission
    from linclf.grading.rubric import Assignment, Item
    from linclf.grading.tiers import Tier

__all__ = ["run_tests", "tests_may_take"]

_START = 60.0  # seconds for pytest itself
_CALLS = 30  # calls of a test that may take as long as they may
_TOLD = 300  # letters of what pytest said


def run_tests(
    assignment: Assignment,
    items: Sequence[Item],
    submission: Submission,
    *,
    secret: bytes,
    tier: Tier,
) -> tuple[Results | None, str]:
    """Run the tests of items in a process of their own.

    Parameters
    ----------
    assignment : Assignment
        From a folder.
    items : sequence of Item
        Of kind ``test``.
    submission : Submission
    secret : bytes
        Of the course; it goes there in a file that only this user can read.
    tier : Tier

    Returns
    -------
    results : Results or None
        What they wrote; None if they wrote nothing.
    problem : str
        Why pytest did not come to its end, for the instructor; empty if it did.
    """
    folder = assignment.folder
    if folder is None:
        return None, "the rubric has no folder with tests"
    with tempfile.TemporaryDirectory(prefix="linclf-tests-") as name:
        private = Path(name)
        results = private / "results.json"
        key = private / "secret"
        with open(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secret)
        _unfold(submission, private / "submission")
        (private / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        own = [folder / one for one in ("pytest.ini", "pyproject.toml") if (folder / one).is_file()]
        command = [
            *(sys.executable, "-P", "-m", "pytest"),
            *("-p", "linclf_grading", "-p", "no:cacheprovider", "--no-header", "-q"),
            *("-c", str(own[0] if own else private / "pytest.ini")),
            *(f"--rootdir={folder}", f"--confcutdir={folder}", f"--basetemp={private / 'tmp'}"),
            f"--linclf-assignment={folder}",
            f"--linclf-submission={private / 'submission'}",
            f"--linclf-results={results}",
            f"--linclf-secret={key}",
            f"--linclf-tier={tier.name}",
            *([f"--linclf-language={assignment.language}"] if assignment.language else []),
            *(str(folder / item.test) for item in items),
        ]
        problem = _watched(command, folder, tests_may_take(items))
        try:
            return read_results(results), problem
        except (OSError, ResultsError) as error:
            return None, problem or f"{type(error).__name__}: {error}"


def tests_may_take(items: Sequence[Item]) -> float:
    """Return how many seconds tests may take: whatever they call has deadlines of its own."""
    return _START + sum(i.limits.load_seconds + _CALLS * i.limits.seconds for i in items)


def _unfold(submission: Submission, folder: Path) -> None:
    """Write the files of a submission, whose names `intake` has checked."""
    folder.mkdir()
    for name, content in submission.files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"the name {name!r} leads out of the submission")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _watched(command: list[str], folder: Path, seconds: float) -> str:
    """Run pytest, and return what kept it from its end."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            return f"the tests took longer than {seconds:g} s"
        finally:
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if code in (0, 1):  # all of them ran
            return ""
        said.seek(0)
        lines = said.read(1 << 16).decode("utf-8", "replace").splitlines()
        errors = [line for line in lines if line.startswith(("ERROR", "E  "))]
        return f"pytest ended with code {code}: {' '.join(errors)[:_TOLD]}".rstrip(": ")
