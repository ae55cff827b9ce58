"""The command line: one module a command, each with ``add_to(commands)`` and ``run(arguments)``.

A mistake of the user is one line on standard error and exit code 2, never a traceback. Results go
to standard output; progress and remarks go to standard error.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

from linclf import __version__
from linclf.cli import bench, course, demo, doctor, gradcheck, grade, predict, train

__all__ = ["build_parser", "main"]

_EPILOG = """\
start here:
  linclf demo                       handwritten digits are learned while you watch
  linclf train digits -o model.npz  train a classifier and keep it
  linclf predict model.npz digits   and use it

exit codes:
  0  all is well                    2    a mistake in the command or the data
  1  a check has failed             130  interrupted
"""


class _UsageError(Exception):
    """The words of the command line make no sense."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _UsageError(f"{message} (see {self.prog} --help)")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = _Parser(
        prog="linclf",
        description="Linear classifiers as the courses teach them, with a fast C core.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"linclf {__version__}")
    parser.add_argument(
        "--traceback", action="store_true", help="show where in the program an error came from"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for command in (demo, train, predict, gradcheck, course, grade, bench, doctor):
        command.add_to(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; see :func:`linclf.__main__.main`."""
    show_traceback = False
    try:
        parser = build_parser()
        arguments = parser.parse_args(argv)
        if arguments.command is None:
            parser.print_help()
            return 0
        show_traceback = arguments.traceback
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # after --help or --version
        return int(stop.code or 0)
    except KeyboardInterrupt:
        print("linclf: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _discard_output()
        return 141
    except Exception as error:
        if show_traceback:
            raise
        print(f"linclf: error: {_in_one_line(error)}", file=sys.stderr)
        return 2


def _in_one_line(error: Exception) -> str:
    """Return what a user should read of an error."""
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        text = f"{where}{error.strerror}"
    elif isinstance(error, (_UsageError, ValueError, TypeError, ImportError, OSError)):
        text = str(error)
    elif isinstance(error, MemoryError):
        text = str(error) or "out of memory"
    else:
        text = f"{type(error).__name__}: {error} (unexpected; linclf --traceback ... says where)"
    return " ".join(text.split())


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: Any = None,
    line: str | None = None,
) -> None:
    """Print a warning without the line of code that it came from."""
    print(f"linclf: warning: {' '.join(str(message).split())}", file=sys.stderr)


def _discard_output() -> None:
    """Let the interpreter flush standard output at exit without a second complaint."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
