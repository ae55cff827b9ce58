"""``linclf predict``: the labels that a saved model gives to samples."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

import linclf
from linclf.cli.files import check_target, write_text
from linclf.cli.options import add_data_options
from linclf.cli.samples import read_samples

__all__ = ["add_to", "run"]

Array = NDArray[Any]

_EPILOG = """\
DATA may also be without labels: .npy, .npz with a single array, or a table with as many columns as
the model has features.

examples:
  linclf predict model.npz digits
  linclf predict model.npz new.csv -o labels.csv --probabilities
"""


def add_to(commands: Any) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "predict",
        help="label samples with a saved model",
        description="Write the label of every sample as CSV, and tell the accuracy if the true "
        "labels are known.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="MODEL", help="a file written by linclf train")
    add_data_options(parser)
    parser.add_argument(
        "--part",
        choices=["train", "test", "all"],
        help="which part of the data (default: test if there is one, else all)",
    )
    parser.add_argument(
        "--probabilities", action="store_true", help="add a column per class (softmax only)"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="where to write (default: standard output)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Predict and write."""
    target = None if arguments.output is None else check_target(arguments.output)
    clf = linclf.load(arguments.model)
    if not isinstance(clf, linclf.LinearClassifier):
        raise ValueError(f"{arguments.model} holds a {type(clf).__name__}, not a LinearClassifier")
    samples = read_samples(
        arguments.data,
        clf.n_features_in_,
        part=arguments.part,
        label=arguments.label,
        seed=arguments.data_seed,
    )
    predicted = clf.predict(samples.X).astype(str)
    probabilities = clf.predict_proba(samples.X) if arguments.probabilities else None
    text = _csv(predicted, clf.classes_, probabilities)
    if target is None:
        sys.stdout.write(text)
    else:
        write_text(target, text)
    print(_remark(predicted, samples.labels, samples.part), file=sys.stderr)
    return 0


def _csv(predicted: Array, classes: Array, probabilities: Array | None) -> str:
    """Return a line per sample, below a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if probabilities is None:
        writer.writerow(["label"])
        writer.writerows([label] for label in predicted.tolist())
    else:
        writer.writerow(["label", *(f"p_{name}" for name in classes)])
        for label, row in zip(predicted.tolist(), probabilities.tolist(), strict=True):
            writer.writerow([label, *(f"{p:.6g}" for p in row)])
    return text.getvalue()


def _remark(predicted: Array, labels: Array | None, part: str) -> str:
    if labels is None:
        return f"{len(predicted):,} samples of {part}, true labels unknown"
    return f"accuracy {np.mean(predicted == labels):.2%} on {len(predicted):,} samples of {part}"
