"""``linclf grade init``, ``release`` and ``gradescope-zip``: before anything is handed in."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from linclf.cli.files import check_target
from linclf.cli.grading.shared import secret_of

__all__ = ["gradescope_zip", "init", "release"]


def init(arguments: argparse.Namespace) -> int:
    """Make a folder for a new assignment."""
    from linclf.grading.release.beginning import new_assignment

    folder = Path(arguments.folder)
    names = new_assignment(folder, rubric=arguments.rubric, exercises=arguments.exercise)
    for name in names:
        print(folder / name)
    print(f"the secret is in {folder}.secret: whoever has it knows the cases, so keep it to you")
    print(f"how to go on is in {folder / 'README.md'}")
    return 0


def release(arguments: argparse.Namespace) -> int:
    """Write the zip for students."""
    from linclf.grading.release import release as make

    target = _target(arguments.output, arguments.folder, "student")
    for name in make(arguments.folder, target):
        print(f"  {name}")
    print(f"wrote {target}")
    return 0


def gradescope_zip(arguments: argparse.Namespace) -> int:
    """Write the autograder for Gradescope."""
    from linclf.grading.exporters.bundle import gradescope_zip as make
    from linclf.grading.rubric import load

    target = _target(arguments.output, arguments.folder, "gradescope")
    assignment = load(arguments.folder)
    secret = secret_of(arguments.secret, assignment)
    data = make(arguments.folder, secret, wheels=arguments.wheel, seconds=arguments.seconds)
    _write_private(target, data)
    print(f"wrote {target}: it holds the secret, so give it to nobody but Gradescope")
    return 0


def _target(named: str | None, folder: str, kind: str) -> Path:
    """Return where a zip goes: where that was said, else beside the folder."""
    if named is not None:
        return check_target(named)
    path = Path(folder).resolve()
    return check_target(os.path.relpath(path.with_name(f"{path.stem}-{kind}.zip")))


def _write_private(path: Path, data: bytes) -> None:
    """Write a file for this user alone, whole or not at all."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)
