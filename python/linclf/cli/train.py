"""``linclf train``: train a classifier on data by name or path."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import linclf
from linclf._extras import require
from linclf.cli.files import check_target
from linclf.cli.options import add_data_options, count, count_or, rate_or, share
from linclf.cli.text import duration, sparkline
from linclf.datasets import Dataset, load
from linclf.penalties import L1, L2, ElasticNet
from linclf.schedules import BUILTIN

__all__ = ["add_to", "class_labels", "run"]

_EPILOG = """\
examples:
  linclf train digits -o model.npz
  linclf train iris.csv --label species --loss hinge --reg 0.01
  linclf train cifar-10-batches-bin --loss hinge --epochs 20 --plots figures
"""


def add_to(commands: Any) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "train",
        help="train a classifier",
        description="Train a classifier by minibatch gradient descent, and tell how well it does "
        "on held-out data.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_data_options(parser)
    parser.add_argument(
        "--test-fraction",
        type=share,
        metavar="F",
        help="share of the samples to hold out, 0 for none (default: the data's own test part if "
        "it has one, else a third)",
    )
    _add_objective(parser.add_argument_group("objective"))
    _add_training(parser.add_argument_group("training"))
    output = parser.add_argument_group("output")
    output.add_argument("-o", "--output", metavar="FILE", help="save the model, as .npz")
    output.add_argument(
        "--plots", metavar="DIR", help="draw loss curve and templates; needs matplotlib"
    )
    output.add_argument("-q", "--quiet", action="store_true", help="print nothing but errors")
    parser.set_defaults(run=run)


def _add_objective(group: Any) -> None:
    losses = [str(loss.value) for loss in linclf.Loss]
    group.add_argument(
        "--loss",
        choices=losses,
        default="softmax",
        metavar="NAME",
        help=f"{', '.join(losses)} (default: %(default)s)",
    )
    group.add_argument(
        "--reg",
        type=float,
        default=1e-4,
        metavar="LAM",
        help="L2 penalty LAM * sum W^2 (default: %(default)s)",
    )
    group.add_argument(
        "--l1",
        type=float,
        default=0.0,
        metavar="LAM",
        help="L1 penalty LAM * sum |W| (default: %(default)s)",
    )


def _add_training(group: Any) -> None:
    group.add_argument(
        "--epochs",
        type=count_or("auto"),
        default="auto",
        metavar="N",
        help="passes over the data (default: what makes 4,000 steps, 10 at least)",
    )
    group.add_argument(
        "--batch-size",
        type=count_or("all"),
        default=200,
        metavar="N",
        help="samples in a step, or 'all' (default: %(default)s)",
    )
    group.add_argument(
        "--learning-rate",
        type=rate_or("auto"),
        default="auto",
        metavar="RATE",
        help="step size (default: one that the data bears)",
    )
    group.add_argument(
        "--schedule",
        choices=list(BUILTIN),
        default="cosine",
        metavar="NAME",
        help=f"{', '.join(BUILTIN)} (default: %(default)s)",
    )
    group.add_argument(
        "--momentum", type=float, default=0.9, metavar="M", help="0 <= M < 1 (default: %(default)s)"
    )
    group.add_argument("--center", action="store_true", help="subtract the mean sample")
    group.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of the order of samples (default: 0)"
    )
    group.add_argument("--threads", type=count, metavar="N", help="never changes the result")


def run(arguments: argparse.Namespace) -> int:
    """Train, report, save."""
    target = None if arguments.output is None else check_target(arguments.output)
    figures = None if arguments.plots is None else _figure_folder(arguments.plots)
    data = _split(
        load(arguments.data, label=arguments.label, rng=arguments.data_seed),
        arguments.test_fraction,
        arguments.data_seed,
    )
    labels = class_labels(data)
    clf = _classifier(arguments)
    say = _silence if arguments.quiet else _say
    say(_described(data))
    start = time.perf_counter()
    interrupted = False
    try:
        clf.fit(data.X, labels[data.y])
    except KeyboardInterrupt:
        if not clf.__sklearn_is_fitted__():
            raise
        interrupted = True
    say(_summary(clf, time.perf_counter() - start))
    say(f"accuracy {clf.score(data.X, labels[data.y]):7.2%} on what it learned from")
    if data.X_test is not None and data.y_test is not None:
        say(f"         {clf.score(data.X_test, labels[data.y_test]):7.2%} held out")
    if target is not None:
        clf.save(target)
        say(f"wrote {target}: linclf predict {target} DATA")
    if figures is not None:
        for file in _draw(clf, data, labels, figures):
            say(f"wrote {file}")
    if interrupted:
        print("linclf: interrupted; this is what was learned so far", file=sys.stderr)
    return 130 if interrupted else 0


def _say(line: str) -> None:
    print(line, flush=True)


def _silence(line: str) -> None:
    pass


def class_labels(data: Dataset) -> NDArray[Any]:
    """Return the names of the classes as an array: of integers if all of them are integers."""
    names = np.array(data.class_names)
    try:
        return names.astype(np.int64)
    except ValueError:
        return names


def _split(data: Dataset, fraction: float | None, seed: int) -> Dataset:
    """Return the data with the test part that was asked for."""
    if fraction is None:
        return data.held_out(rng=seed)
    if data.X_test is not None and data.y_test is not None:
        data = replace(
            data,
            X=np.concatenate([data.X, data.X_test]),
            y=np.concatenate([data.y, data.y_test]),
            X_test=None,
            y_test=None,
        )
    return data.held_out(fraction, rng=seed) if fraction else data


def _classifier(arguments: argparse.Namespace) -> linclf.LinearClassifier:
    return linclf.LinearClassifier(
        arguments.loss,
        reg=_penalty(arguments.reg, arguments.l1),
        learning_rate=arguments.learning_rate,
        batch_size=None if arguments.batch_size == "all" else arguments.batch_size,
        epochs=arguments.epochs,
        schedule=arguments.schedule,
        momentum=arguments.momentum,
        nesterov=arguments.momentum > 0,
        center="mean" if arguments.center else None,
        rng=arguments.seed,
        progress=False if arguments.quiet else None,
        n_threads=arguments.threads,
    )


def _penalty(l2: float, l1: float) -> L2 | L1 | ElasticNet:
    if l1 == 0:
        return L2(l2)
    return ElasticNet(l1, l2 / l1) if l2 else L1(l1)


def _described(data: Dataset) -> str:
    held_out = 0 if data.X_test is None else len(data.X_test)
    return (
        f"{data.name}: {len(data.X):,} samples to learn from, {held_out:,} held out, "
        f"{data.X.shape[1]:,} features ({data.X.dtype}), {len(data.class_names)} classes"
    )


def _summary(clf: linclf.LinearClassifier, seconds: float) -> str:
    history = clf.history_
    if not len(history):
        return f"{clf.loss}: no step in {duration(seconds)}"
    loss = history.loss
    return (
        f"{clf.loss}: {len(history):,} steps, {history.epoch[-1]:,} epochs, learning rate "
        f"{history.learning_rate[0]:.2g}, {duration(seconds)}\n"
        f"loss     {loss[0]:.4g} {sparkline(loss, 24)} {loss[-1]:.4g}"
    )


def _figure_folder(name: str) -> Path:
    """Make the folder for figures, and make sure that they can be drawn."""
    require("matplotlib", "plot", "--plots")
    folder = Path(name)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _draw(
    clf: linclf.LinearClassifier, data: Dataset, labels: NDArray[Any], folder: Path
) -> list[Path]:
    """Draw what suits the data; return the files."""
    matplotlib = require("matplotlib", "plot", "--plots")
    matplotlib.use("agg")  # no window, no display needed
    axes = {"loss": linclf.plot.loss_curve(clf)}
    if data.image_shape is not None:
        axes["templates"] = linclf.plot.templates(clf, data.image_shape)
        if data.X_test is not None and data.y_test is not None:
            axes["errors"] = linclf.plot.error_grid(
                data.X_test, labels[data.y_test], clf.predict(data.X_test), data.image_shape
            )
    elif data.X.shape[1] == 2:
        axes["regions"] = linclf.plot.decision_regions(clf, data.X, labels[data.y])
    files = []
    for name, ax in axes.items():
        files.append(folder / f"{name}.png")
        ax.figure.savefig(files[-1], dpi=150)
        require("matplotlib.pyplot", "plot", "--plots").close(ax.figure)
    return files
