"""Scripts run in a fresh interpreter, with a watchdog."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

WATCHDOG = 60  # seconds; every script here takes one or two


# A problem that keeps several threads busy for a while, and its bits.
WORK = """
    import os, signal, sys, threading, time, warnings
    import numpy as np, linclf
    from linclf import _linclf
    warnings.simplefilter("ignore", DeprecationWarning)  # fork while threads run: what we test
    rng = np.random.default_rng(3)
    N, D, C = 20_000, 100, 10
    W, X, y = rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.integers(0, C, N)

    def bits(n_threads=2):
        value, dW = linclf.softmax_loss(W, X, y, 0.1, n_threads=n_threads)
        return value, dW.tobytes()

    def steps(n, poll=None, n_threads=1, done=None, rate=1e-6):
        done = np.zeros(1, np.int64) if done is None else done
        finished = _linclf.sgd_run("softmax", W, X, y, 0.0, None, 1.0, None, None, 1,
            np.full(n, rate), 0.0, False, None, np.empty((n, 3)), done, n_threads, poll)
        return finished, int(done[0])

    def threads():
        return len(os.listdir("/proc/self/task"))

    def alone():  # a joined thread of Python leaves the list a moment later
        deadline = time.monotonic() + 5
        while threads() > 1 and time.monotonic() < deadline:
            time.sleep(0.001)
        return threads() == 1
"""


def run(script: str, *flags: str, **env: str | None) -> str:
    """Run a script in a fresh interpreter; return what it printed. Fail if it fails or hangs.

    `env` sets variables of its environment, or with None unsets them.
    """
    return _run([*flags, "-c", textwrap.dedent(script)], env)


def run_file(path: Path, *arguments: str, cwd: Path | None = None, **env: str | None) -> str:
    """Run a script file, which spawned children can import again; return what it printed."""
    return _run([str(path), *arguments], env, cwd)


def _run(arguments: list[str], env: dict[str, str | None], cwd: Path | None = None) -> str:
    path = os.pathsep.join([os.path.dirname(__file__), *sys.path])
    settings = {**os.environ, "PYTHONPATH": path, "PYTHONFAULTHANDLER": "1", **env}
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=WATCHDOG,
        cwd=cwd,
        env={name: value for name, value in settings.items() if value is not None},
        check=False,
    )
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
