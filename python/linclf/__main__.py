"""The command ``linclf``, also as ``python -m linclf``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from linclf import cli

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Words after the program's name; by default those of the process.

    Returns
    -------
    int
        0 if all went well, 1 if the command found something wrong, 2 for a mistake in the words or
        the data, 130 if interrupted, 141 if the reader of the output has gone.

    Examples
    --------
    >>> main(["train", "digits", "--quiet"])
    0
    """
    return cli.main(argv)


if __name__ == "__main__":
    sys.exit(main())
