"""Runs of pytest with the plugin that grades, in folders of their own."""

import contextlib
import io
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from linclf.grading.results import read_results

SECRET = "0123456789abcdef0123456789abcdef"
WORDS = ("-p", "no:cacheprovider", "-q", "--color=no")


def write(folder, **files):
    """Write files; in their names, two underscores stand for a dot."""
    for name, text in files.items():
        path = folder / name.replace("__", ".")
        path.write_text(text, encoding="utf-8")
        if name == "secret":
            path.chmod(0o600)
    return folder


def run_pytest(folder, *words, expect=None):
    """Run pytest in a folder, in this process; return its exit code and what it printed."""
    output, modules, paths = io.StringIO(), set(sys.modules), sys.path[:]
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        warnings.catch_warnings(),
    ):
        code = int(pytest.main([*WORDS, *map(str, words)]))
    sys.path[:] = paths
    for name in set(sys.modules) - modules:  # the tests of the next run have the same names
        if name.startswith(("test_", "conftest")):
            del sys.modules[name]
    assert expect is None or code == expect, output.getvalue()
    return code, output.getvalue()


def process(folder, *words, expect=None, **environment):
    """Run pytest in a folder, in a process of its own; return as `run_pytest` does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *WORDS, *map(str, words)],
        cwd=folder,
        env={**kept, "LINCLF_LANG": "en", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    output = done.stdout + done.stderr
    assert expect is None or done.returncode == expect, output
    return done.returncode, output


def graded(folder, *words, tier="T0", submission="hw.py", run=run_pytest):
    """Grade a submission by pytest; return the results and what was printed."""
    into = Path(folder) / "results.json"
    code, output = run(
        folder,
        f"--linclf-submission={submission}",
        f"--linclf-tier={tier}",
        f"--linclf-results={into}",
        *words,
    )
    assert code in (0, 1), output
    return read_results(into), output
