"""``linclf grade``: homework, from a new assignment to the grades; what it does: `cli.grading`."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

__all__ = ["add_to", "run"]

_EPILOG = """\
examples:
  linclf grade init hw1                          a folder to start from
  linclf grade release hw1                       what students get, without solutions
  linclf grade check svm.py                      what a student can find out alone
  linclf grade run svm.py -a hw1 -s hw1.secret   one submission
  linclf grade batch submissions -a hw1 -s hw1.secret --into results -j 2
  linclf grade report results                    a page for the class, one for each student

exit codes:
  0  graded, whatever it earned    1  check: something is wrong; else: not all of it was done
  2  a mistake in the command, the rubric, or the surroundings
"""

_TIERS = ("T0", "T1", "T2", "T3")
_FORMATS = (
    *("canvas", "classroom", "classroom50", "gradescope"),
    *("junit", "nbgrader", "otter", "prairielearn"),
)


def add_to(commands: Any) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "grade",
        help="grade homework in isolation, and say what is wrong",
        description="Grade homework: submissions run in a process that is shut in, on problems "
        "that they cannot predict.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    for add in (_init, _release, _check, _run, _batch, _audit, _redteam, _report, _export,
                _gradescope_zip, _doctor):  # fmt: skip
        add(actions)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for; only now is the code for it imported."""
    module, function = arguments.does
    code: int = getattr(import_module(f"linclf.cli.grading.{module}"), function)(arguments)
    return code


def _add(actions: Any, name: str, module: str, about: str, more: str = "") -> Any:
    parser = actions.add_parser(name, help=about, description=f"{more or about.capitalize()}.")
    parser.set_defaults(run=run, does=(module, name.replace("-", "_")))
    return parser


def _assignment_of(parser: Any) -> None:
    parser.add_argument(
        *("-a", "--assignment"),
        metavar="FOLDER",
        default=None,
        help="folder with rubric.toml, a rubric, or the name of one that ships (default: here)",
    )


def _how_of(parser: Any) -> None:
    """Add the options of whatever runs submissions."""
    _secret_of(parser)
    parser.add_argument(
        "--tier", choices=_TIERS, help="how to shut submissions in (default: as well as possible)"
    )
    parser.add_argument(
        "--require-tier", choices=_TIERS, help="refuse to grade where that cannot be had"
    )


def _secret_of(parser: Any) -> None:
    parser.add_argument(
        *("-s", "--secret"),
        metavar="FILE",
        help="secret of the course (default: what LINCLF_GRADING_SECRET holds, else the file "
        "that lies beside the assignment)",
    )


def _language_of(parser: Any) -> None:
    parser.add_argument(
        "--language",
        choices=("en", "de", "ko", "sk", "ru"),
        help="of the translations (default: that of the rubric)",
    )


def _init(actions: Any) -> None:
    parser = _add(
        actions,
        "init",
        "author",
        "make a folder for a new assignment",
        "Make a folder for a new assignment: rubric, starter, solution, tests. Nothing is ever "
        "overwritten",
    )
    parser.add_argument("folder", metavar="FOLDER", help="a folder that is new, or empty")
    parser.add_argument(
        *("-r", "--rubric"), metavar="NAME", help="start from a rubric that ships, by its name"
    )
    parser.add_argument(
        *("-e", "--exercise"),
        metavar="NAME",
        action="append",
        default=[],
        help="ask for an exercise of the course; repeatable (linclf course list)",
    )


def _release(actions: Any) -> None:
    parser = _add(
        actions,
        "release",
        "author",
        "make what students get, without solutions and hidden parts",
    )
    parser.add_argument("folder", metavar="FOLDER", help="of the assignment")
    parser.add_argument(
        *("-o", "--output"), metavar="FILE.zip", help="(default: FOLDER-student.zip)"
    )


def _check(actions: Any) -> None:
    parser = _add(
        actions,
        "check",
        "one",
        "check your own work, offline, on public cases",
        "Check your own work, offline, on public cases. Nothing is sent anywhere, no secret is "
        "needed, and no points are final. The exit code is 1 if something is wrong",
    )
    parser.add_argument("submission", metavar="PATH", help=".py, .ipynb, a folder or a zip")
    _assignment_of(parser)
    parser.add_argument(
        *("--tier",),
        choices=("T0", "T1"),
        help="T0: in this very process, where a debugger reaches it (default: T1)",
    )
    _language_of(parser)


def _run(actions: Any) -> None:
    parser = _add(actions, "run", "one", "grade one submission")
    parser.add_argument("submission", metavar="PATH", help=".py, .ipynb, a folder or a zip")
    _assignment_of(parser)
    _how_of(parser)
    _language_of(parser)
    parser.add_argument("--into", metavar="FILE.json", help="write the results there as well")
    parser.add_argument(
        "--everything",
        action="store_true",
        help="show hidden items in full and notes to the instructor: not where students can read",
    )


def _batch(actions: Any) -> None:
    parser = _add(
        actions,
        "batch",
        "many",
        "grade a folder of submissions",
        "Grade every file and folder in a folder as a submission. What was graded before, by the "
        "same rubric and secret, is not graded again; one bad submission never stops the others",
    )
    parser.add_argument("folder", metavar="FOLDER", help="with a submission in each entry")
    _assignment_of(parser)
    _how_of(parser)
    parser.add_argument("--into", metavar="FOLDER", required=True, help="where results go")
    parser.add_argument(
        *("-j", "--jobs"), metavar="N", type=int, help="processes at once (default: one per core)"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress line")


def _audit(actions: Any) -> None:
    parser = _add(
        actions,
        "audit",
        "machine",
        "test whether the cases of a rubric find mistakes",
        "Test the cases of a rubric: every known mistake must be seen by far, no two may look "
        "alike, and right code of every style must be accepted. The exit code is 1 if not",
    )
    parser.add_argument(
        "assignments",
        metavar="ASSIGNMENT",
        nargs="*",
        help="folders, rubrics or names of those that ship (default: all that ship)",
    )
    parser.add_argument("--seeds", type=int, default=1000, help="for right code (default: 1000)")
    parser.add_argument("--json", metavar="FILE", help="write all that was found")


def _redteam(actions: Any) -> None:
    parser = _add(
        actions,
        "redteam",
        "machine",
        "attack the grader on this machine",
        "Grade hostile submissions on this machine and watch what they do: none may earn points or "
        "do harm. The exit code is 1 if one does",
    )
    parser.add_argument("--tier", choices=_TIERS[1:], help="(default: the best of this machine)")
    parser.add_argument("--only", metavar="NAME", action="append", help="one attack; repeatable")
    parser.add_argument("-j", "--jobs", metavar="N", type=int, default=2, help="(default: 2)")
    parser.add_argument("--user", metavar="UID", type=int, help="grade as this user; needs root")
    parser.add_argument("--json", metavar="FILE", help="write all that was found")


def _report(actions: Any) -> None:
    parser = _add(
        actions,
        "report",
        "many",
        "make pages for students and the class",
        "Make one page for each student, one for the class, and a table. Pages hold everything "
        "they need; students' pages do not show hidden items",
    )
    parser.add_argument("results", metavar="RESULTS", nargs="+", help="files or folders of them")
    parser.add_argument(
        *("-o", "--output"), metavar="FOLDER", default="report", help="(default: report)"
    )
    parser.add_argument(
        "--reveal",
        action="append",
        choices=("hidden", "after_due_date", "after_published"),
        default=[],
        help="items of this visibility are shown to students in full by now; repeatable",
    )


def _export(actions: Any) -> None:
    parser = _add(actions, "export", "many", "hand results to another system")
    parser.add_argument("results", metavar="RESULTS", nargs="+", help="files or folders of them")
    parser.add_argument("--to", required=True, choices=_FORMATS, help="which system")
    parser.add_argument(*("-o", "--output"), metavar="FOLDER", default=".", help="(default: here)")
    parser.add_argument("--gradebook", metavar="FILE.csv", help="canvas: what it exported")
    parser.add_argument("--column", default="", help="canvas: the column to fill")
    parser.add_argument("--key", default="SIS Login ID", help="canvas: the column of names")
    parser.add_argument(
        "--students", metavar="FILE.csv", help="canvas: a submission and what --key holds, a line"
    )
    parser.add_argument(
        "--scale", type=int, default=100, help="classroom50: units a point (default: 100)"
    )
    parser.add_argument("--rubric", default="", help="otter: name or path that its tests load")


def _gradescope_zip(actions: Any) -> None:
    parser = _add(
        actions, "gradescope-zip", "author", "make the autograder to upload to Gradescope"
    )
    parser.add_argument("folder", metavar="FOLDER", help="of the assignment")
    _secret_of(parser)
    parser.add_argument(
        *("-o", "--output"), metavar="FILE.zip", help="(default: FOLDER-gradescope.zip)"
    )
    parser.add_argument(
        "--wheel",
        metavar="FILE.whl",
        action="append",
        default=[],
        help="install from this wheel, if linclf is on no index; repeatable",
    )
    parser.add_argument(
        "--seconds", metavar="N", type=int, default=540, help="for one submission (default: 540)"
    )


def _doctor(actions: Any) -> None:
    parser = _add(
        actions,
        "doctor",
        "machine",
        "tell how well this machine can shut submissions in",
        "Try what this machine can do to shut submissions in, and say how to enable what it does "
        "not. The exit code is 1 below --require-tier",
    )
    parser.add_argument("--require-tier", choices=_TIERS[1:], default="T1", help="(default: T1)")
