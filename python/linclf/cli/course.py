"""``linclf course``: a folder to work in, the list of exercises, and checks of what was written."""

from __future__ import annotations

import argparse
import importlib.resources
import textwrap
from pathlib import Path
from typing import Any

from linclf.cli.files import write_folder
from linclf.cli.functions import run_file

__all__ = ["add_to", "run"]

_EPILOG = """\
examples:
  linclf course new my-course               notebooks, files to fill in, tests
  linclf course list                        what there is to do
  linclf course check multiclass_hinge.py   is it right, and if not, why
"""

_README = """\
# Linear classification, in eight notebooks

Install what is needed, then open this folder in JupyterLab (or in any editor that opens notebooks):

    pip install "linclf[notebook]"
    jupyter lab

Begin with the first notebook. Each asks you to write a few functions; the cell behind a function
checks it on the spot, and says what is wrong. Nothing is downloaded.

Whoever prefers files fills in the `.py` files instead, which hold the same exercises:

    linclf course check multiclass_hinge.py    one file, with explanations
    pytest                                     all of them

| notebook | file | exercises |
|---|---|---|
{rows}

Set LINCLF_LANG to de, ko, sk or ru for hints in that language, beside the English ones.
"""


def add_to(commands: Any) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "course",
        help="notebooks and exercises, and checks of your answers",
        description="Work through the course: notebooks with exercises that are checked on the "
        "spot.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    new = actions.add_parser(
        "new",
        help="make a folder with everything to start from",
        description="Make a folder with the notebooks, the exercises as files to fill in, and "
        "tests of them. Nothing is ever overwritten.",
    )
    new.add_argument("folder", metavar="DIR", help="a folder that is new, or empty")
    new.set_defaults(run=_new)
    listing = actions.add_parser(
        "list", help="list the exercises", description="List the exercises of all notebooks."
    )
    listing.set_defaults(run=_list)
    check = actions.add_parser(
        "check",
        help="check the functions in Python files",
        description="Check every function of the course in Python files, and say what is wrong. "
        "The exit code is 1 if something is.",
    )
    check.add_argument("files", nargs="+", metavar="FILE.py", help="with functions of the course")
    check.set_defaults(run=_check)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for."""
    code: int = arguments.run(arguments)
    return code


def _new(arguments: argparse.Namespace) -> int:
    """Write the folder of a student."""
    folder = Path(arguments.folder)
    notebooks = _notebooks()
    write_folder(folder, notebooks | _files_to_fill_in() | _about(sorted(notebooks)))
    print(f"wrote {len(notebooks)} notebooks, exercises and tests into {folder}")
    print(f"start with: cd {folder} && jupyter lab {min(notebooks)}")
    return 0


def _notebooks() -> dict[str, str]:
    """Return the student notebooks that came with linclf, by file name."""
    folder = importlib.resources.files("linclf").joinpath("data", "notebooks")
    if not folder.is_dir():
        raise FileNotFoundError(
            "this installation of linclf has no notebooks: it was built without them; "
            "install it again with: pip install --force-reinstall linclf"
        )
    found = [file for file in folder.iterdir() if file.name.endswith(".ipynb")]
    return {file.name: file.read_text(encoding="utf-8") for file in found}


def _files_to_fill_in() -> dict[str, str]:
    """Return the exercises as one module for each notebook, and their tests."""
    from linclf import course

    files: dict[str, str] = {}
    for exercise in course.exercises():
        name = _module(exercise.notebook)
        head = f'"""Exercises of the notebook {exercise.notebook}."""\n\nimport numpy as np\n'
        files[name] = files.get(name, head) + "\n\n" + course.stub(exercise.name).rstrip() + "\n"
    return files | {"test_exercises.py": course.public_tests()}


def _module(notebook: str) -> str:
    return notebook.partition("_")[2] + ".py"


def _about(notebooks: list[str]) -> dict[str, str]:
    """Return the README, with a table of the notebooks."""
    from linclf import course

    rows = []
    for name in notebooks:
        stem = name.removesuffix(".ipynb")
        asked = [one.name for one in course.exercises() if one.notebook == stem]
        file = f"`{_module(stem)}`" if asked else ""
        rows.append(f"| `{name}` | {file} | {', '.join(f'`{one}`' for one in asked)} |")
    return {"README.md": _README.format(rows="\n".join(rows))}


def _list(arguments: argparse.Namespace) -> int:
    """Print the exercises by notebook."""
    from linclf import course

    notebook = None
    for exercise in course.exercises():
        if exercise.notebook != notebook:
            notebook = exercise.notebook
            print(notebook)
        print(f"  {exercise.number}  {exercise.name}({exercise.signature})")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    """Check what the files define; 0 if all of it is right."""
    from linclf import course

    names = [exercise.name for exercise in course.exercises()]
    right = True
    for file in arguments.files:
        module = run_file(Path(file))
        here = [name for name in names if hasattr(module, name)]
        if not here:
            raise ValueError(
                f"{file} defines no function of the course; "
                "linclf course list tells how they are called"
            )
        for name in here:
            finding = course.check(name, getattr(module, name))
            right = right and bool(finding)
            print(f"{name}:\n{textwrap.indent(str(finding), '  ')}")
    return 0 if right else 1
