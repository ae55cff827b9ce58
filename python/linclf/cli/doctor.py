"""``linclf doctor``: what this installation is made of, and whether it computes what it should."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from importlib import metadata
from typing import Any

import linclf
from linclf import config
from linclf.datasets import data_dir

__all__ = ["add_to", "run"]

#: Optional packages: distribution, extra that brings it, what it is good for.
_OPTIONAL = (
    ("matplotlib", "plot", "figures"),
    ("scikit-learn", "sklearn", "pipelines, searches"),
    ("scipy", "scipy", "LinearClassifier(solver='lbfgs')"),
    ("ipython", "notebook", "notebooks"),
)
_VARIABLES = ("LINCLF_CPU", "LINCLF_NUM_THREADS", "OMP_NUM_THREADS")


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "doctor",
        help="tell what is installed, and test it",
        description="Tell version, compiler, CPU level, threads, where the extension was loaded "
        "from and which optional packages there are; then compute a few known answers. Exit code 1 "
        "if one of them is wrong.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the findings."""
    facts = [*linclf.show_config("dict").items(), *_surroundings(), *_optional()]
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        print(f"{name:<{width}}  {value}")
    print()
    checks = [*linclf.self_test(), *_versions()]
    for check in checks:
        print(f"{'ok   ' if check.passed else 'WRONG'}  {check.name}: {check.detail}")
    wrong = sum(not check.passed for check in checks)
    print(f"\n{wrong} of {len(checks)} checks failed." if wrong else "\nAll is well.")
    return 1 if wrong else 0


def _surroundings() -> Iterable[tuple[str, str]]:
    """Yield the folder of the data, and the environment variables that change what is done."""
    folder = data_dir()
    held = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    yield "data folder", f"{folder} ({', '.join(held) or 'nothing downloaded yet'})"
    for name in _VARIABLES:
        if name in os.environ:
            yield name, os.environ[name]


def _optional() -> Iterable[tuple[str, str]]:
    for distribution, extra, purpose in _OPTIONAL:
        try:
            yield distribution, metadata.version(distribution)
        except metadata.PackageNotFoundError:
            yield distribution, f'not installed; for {purpose}: pip install "linclf[{extra}]"'


def _versions() -> Iterable[config.Check]:
    """Compare the extension's version with the package's: a stale build has another one."""
    try:
        installed = metadata.version("linclf")
    except metadata.PackageNotFoundError:  # run from a source tree: nothing to compare with
        return
    same = installed == linclf.__version__
    detail = installed if same else f"{installed} and {linclf.__version__}: install linclf again"
    yield config.Check("package and extension have the same version", same, detail)
