"""Run tests again as other users, for a test run that is root: `again(file, who)`.

Root is not what most graders are, and an unprivileged user is not what a grader in a container is.
Where the interpreter lies below a folder that only root may enter, it is shown to all in a mount
namespace of its own.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NOBODY = 65534
VARIABLE = "LINCLF_TEST_IDENTITY"  # set in a run that is one of these already
# As root with a Python that all can read, submissions run under other users.
IDENTITIES = ("root", "nobody")

_DROP = f"""
import os, sys
os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def again(file: str, who: str, folder: Path) -> None:
    """Run a file of tests as another user; fail or skip as it does."""
    if VARIABLE in os.environ:
        pytest.skip("is such a run already")
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can become another user")
    folder.chmod(0o755)
    for parent in folder.parents:  # pytest's own folders of mode 700
        if parent.stat().st_uid == 0 and not parent.stat().st_mode & 1:
            folder = Path(f"/tmp/linclf-tests-{os.getpid()}-{who}")
            break
    own = folder / "own"
    own.mkdir(parents=True)
    try:
        drop = [sys.executable, "-c", _DROP] if who == "nobody" else [sys.executable]
        os.chown(own, *((NOBODY, NOBODY) if who == "nobody" else (0, 0)))
        own.chmod(0o777)
        tests = [*drop, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-rs"]
        command = [*_shown(folder), *tests, f"--basetemp={own / 'base'}", file]
        settings = {**os.environ, VARIABLE: who, "TMPDIR": str(own), "HOME": str(own)}
        done = subprocess.run(
            command, env=settings, capture_output=True, text=True, timeout=1500, check=False
        )
        assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
        passed = re.search(r"(\d+) passed", done.stdout)
        assert passed, done.stdout
        print(done.stdout)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _shown(folder: Path) -> list[str]:
    """A command that runs another where everybody can read the interpreter."""
    base = Path(sys.base_prefix).resolve()
    closed = [path for path in base.parents if not path.stat().st_mode & 1]
    if not closed:
        return []
    if not shutil.which("unshare"):
        pytest.skip("needs unshare of util-linux: Python lies where only root can read it")
    outer, aside = closed[-1], folder / "aside"
    aside.mkdir()
    words = {"base": base, "outer": outer, "aside": aside}
    steps = """
        mount --bind {base} {aside} && mount -t tmpfs -o mode=755 none {outer} &&
        mkdir -p {base} && mount --bind {aside} {base} && umount {aside} && exec "$@"
    """.format(**{name: shlex.quote(str(path)) for name, path in words.items()})
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", steps, "sh"]
