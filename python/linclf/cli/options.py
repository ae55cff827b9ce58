"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from linclf.datasets import names

__all__ = ["add_data_options", "count", "count_or", "rate_or", "share"]


def add_data_options(parser: Any, default: str | None = None) -> None:
    """Declare DATA and what goes with it; without a default it must be given."""
    parser.add_argument(
        "data",
        metavar="DATA",
        nargs=None if default is None else "?",
        default=default,
        help=f"{', '.join(names())}; or a path: .npz, .csv, .tsv, .mat, .tar.gz, or a folder with "
        "CIFAR-10 or idx files" + (f" (default: {default})" if default else ""),
    )
    parser.add_argument(
        "--label",
        type=_column,
        metavar="COLUMN",
        help="name or number of the table's label column (default: the one that is called so, else "
        "the last)",
    )
    parser.add_argument(
        "--data-seed",
        type=int,
        default=0,
        metavar="N",
        help="of data that is drawn or split at random (default: 0)",
    )


def count(text: str) -> int:
    """Read a whole number, at least 1."""
    value = int(text) if text.lstrip("+-").isdigit() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return value


def count_or(word: str) -> Callable[[str], int | str]:
    """Return a reader of a whole number or of one word."""

    def read(text: str) -> int | str:
        return word if text == word else count(text)

    return read


def rate_or(word: str) -> Callable[[str], float | str]:
    """Return a reader of a positive number or of one word."""

    def read(text: str) -> float | str:
        if text == word:
            return word
        value = _number(text)
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text!r} is neither {word!r} nor a number above 0")
        return value

    return read


def share(text: str) -> float:
    """Read a number from 0 to below 1."""
    value = _number(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to below 1")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _column(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text
