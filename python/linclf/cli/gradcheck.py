"""``linclf gradcheck``: is the gradient of a loss function in a file right, and if not, why."""

from __future__ import annotations

import argparse
from typing import Any

import linclf
from linclf.cases import generate
from linclf.cli.functions import load_function

__all__ = ["add_to", "run"]

_EPILOG = """\
The function is called as NAME(W, X, y, reg) and returns (loss, dW): the mean loss of the rows of X
plus reg * sum(W**2), and its gradient of the shape of W. The exit code is 1 if it is wrong.

examples:
  linclf gradcheck softmax.py:softmax_loss_vectorized
  linclf gradcheck linear_svm.py:svm_loss_naive --loss hinge --full
"""


def add_to(commands: Any) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "gradcheck",
        help="check the gradient of a loss function in a Python file",
        description="Check the gradient of a loss function in a Python file on a problem drawn for "
        "it, and say what is wrong.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("function", metavar="FILE.py:NAME", help="the file and the function in it")
    parser.add_argument(
        "--loss",
        choices=[str(loss) for loss in linclf.Loss],
        help="what the function is meant to compute (default: guessed)",
    )
    parser.add_argument("--full", action="store_true", help="check every entry of W")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of the problem (default: 0)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check and report; 0 if the gradient is right, else 1."""
    f = load_function(arguments.function)
    drawn_for = arguments.loss or linclf.Loss.HINGE  # whose kinks are kept away from
    [case] = generate(drawn_for, arguments.seed, names=["plain"])
    try:
        result = linclf.check_gradient(
            f, *case.operands, loss=arguments.loss, full=arguments.full, rng=arguments.seed
        )
    except SystemExit as stop:
        raise ValueError(f"{arguments.function} ends the program when it is called") from stop
    print(result)
    return 0 if result else 1
