"""Make the virtual environment that the Makefile works in, ready to build linclf.

    make_venv.py <folder>

Says in one sentence what the machine lacks before pip says it in fifty lines.
"""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path


def problems():
    """Yield what is missing here to build a C extension, each with the usual remedy."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this is the check that says so)
        yield (
            f"Python {sys.version.split()[0]} is too old, 3.11 or newer is needed. "
            "Name one: make PYTHON=python3.13 ..."
        )
        return
    if importlib.util.find_spec("ensurepip") is None:
        yield "Python cannot make environments. On Debian or Ubuntu: apt install python3-venv"
    if not Path(sysconfig.get_path("include"), "Python.h").is_file():
        yield "Python.h is missing. On Debian or Ubuntu: apt install python3-dev"
    compiler = shlex.split(os.environ.get("CC", "cc"))[0]
    if not any(map(shutil.which, (compiler, "gcc", "clang"))):
        yield (
            f"there is no C compiler ({compiler}). On Debian or Ubuntu: apt install gcc; "
            "on macOS: xcode-select --install"
        )


def build_requirements():
    """Return what pyproject.toml asks for to build the package."""
    import tomllib

    with open("pyproject.toml", "rb") as file:
        return tomllib.load(file)["build-system"]["requires"]


def make(folder):
    """Make the environment and install pip, the build backend, and CMake where there is none."""
    python = os.path.join(folder, "bin", "python")

    def install(*requirements):
        pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, *requirements], check=True)

    print(f"Making {folder} with Python {sys.version.split()[0]}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    install("pip>=25.1")  # the first that knows dependency groups
    install(*build_requirements())
    hook = "from scikit_build_core.build import get_requires_for_build_editable as f; print(*f())"
    missing = subprocess.run([python, "-c", hook], check=True, capture_output=True, text=True)
    if missing.stdout.split():
        install(*missing.stdout.split())


def main(folder):
    """Print every problem, or make the environment; return the exit status."""
    found = list(problems())
    for problem in found:
        print(f"linclf cannot be built here: {problem}", file=sys.stderr)
    if not found:
        make(folder)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
