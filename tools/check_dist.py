"""Go the way of a release: source archive, wheel, empty environment, first use.

Uses no file of the working tree after the first step. Run by `make dist`, in
the root of the repository.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

TOOLS = Path(__file__).parent
IN_SDIST = (
    "CMakeLists.txt",
    "LICENSE",
    "README.md",
    "csrc/core/kernels.c",
    "python/linclf/__init__.py",
    "tests/c/CMakeLists.txt",
    "tests/reference.py",
)
FIRST_USE = """
import numpy as np
import linclf
from linclf import _linclf

S = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
loss, dW = linclf.svm_loss(np.ascontiguousarray(S.T).T, np.eye(3), np.array([0, 1, 2]))
assert abs(loss - 15.8 / 3) < 1e-12, loss
X, y, X_test, y_test = linclf.datasets.digits(split="both")
right = linclf.LinearClassifier().fit(X, y).score(X_test, y_test)
assert right > 0.9, right
print("NumPy", np.__version__, "| linclf", linclf.__version__, *_linclf.isas(), "| digits", right)
"""


def run(*command, **options):
    """Run a command; its failure ends this program."""
    subprocess.run([str(part) for part in command], check=True, **options)


def pip(python, *arguments):
    """Run pip for an interpreter, quietly."""
    run(python, "-m", "pip", "-qq", "--disable-pip-version-check", *arguments)


def make_sdist(folder):
    """Return the source archive, made from the working tree, after a look inside."""
    code = "import sys; from scikit_build_core.build import build_sdist as f; f(sys.argv[1])"
    run(sys.executable, "-c", code, folder, stdout=subprocess.DEVNULL)
    (sdist,) = folder.glob("linclf-*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    missing = [name for name in IN_SDIST if name not in names]
    built = [name for name in names if name.startswith((".venv", "build/")) or name.endswith(".so")]
    if missing or built:
        raise SystemExit(f"{sdist.name} lacks {missing} and should not have {built[:5]}")
    return sdist


def make_wheel(sdist, folder):
    """Return a wheel built from the source archive as pip does it for a user."""
    pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", folder, sdist)
    (wheel,) = folder.glob("linclf-*.whl")
    return wheel


def use(wheel, folder, *requirements):
    """Install a wheel into a new environment and use it from an unrelated folder."""
    run(sys.executable, "-m", "venv", folder)
    python = folder / "bin" / "python"
    pip(python, "install", wheel, *requirements)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    run(python, "-W", "error", "-c", FIRST_USE, cwd=folder, env=environment)
    run(folder / "bin" / "linclf", "doctor", cwd=folder, env=environment)


def main():
    """Build twice, compare, check the contents, use."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sdist = make_sdist(folder)
        wheel, again = make_wheel(sdist, folder / "first"), make_wheel(sdist, folder / "second")
        if wheel.read_bytes() != again.read_bytes():
            raise SystemExit(f"two builds of {sdist.name} made different wheels")
        run(sys.executable, TOOLS / "check_wheel.py", wheel)
        use(wheel, folder / "newest")
        if sys.version_info[:2] == (3, 11):  # the last Python that the oldest NumPy knows
            use(wheel, folder / "oldest", "numpy==1.24.*")
        print(f"{sdist.name} and {wheel.name}: good")


if __name__ == "__main__":
    main()
