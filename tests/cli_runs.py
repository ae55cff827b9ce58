"""Runs of the command line, in this process and in one of its own."""

import contextlib
import io
import subprocess
import sys

from linclf.__main__ import main

LOSSES = ("hinge", "softmax")


def run(*words):
    """Run a command; return its exit code, standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(word) for word in words])
    return code, out.getvalue(), err.getvalue()


def process(*words, **options):
    """Start the command as a process of its own."""
    command = [sys.executable, "-m", "linclf", *map(str, words)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )
