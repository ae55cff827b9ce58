"""``linclf demo``: handwritten digits are learned while you watch."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import linclf
from linclf import _linclf, datasets
from linclf.cli.contest import contest
from linclf.cli.files import check_target, write_text
from linclf.cli.race import Result
from linclf.cli.report import Findings, Trained, demo_page
from linclf.cli.text import bar, beside, duration, picture, sparkline

__all__ = ["add_to", "run"]

Array = NDArray[Any]

_LOSSES = ("hinge", "softmax")
_INK = 16  # value of the darkest pixel
_SHOWN = 6  # digits that fit side by side into 78 characters


def add_to(commands: Any) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "demo",
        help="learn handwritten digits while you watch",
        description="Check gradients, train two classifiers on the bundled handwritten digits, "
        "race them against NumPy, and put templates and loss curves into a page for your browser. "
        "Takes a few seconds. Exit code 1 if a gradient is wrong or NumPy finds other results.",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        default="linclf-demo.html",
        help="where to write the page (default: %(default)s)",
    )
    parser.add_argument("--no-html", action="store_true", help="write no page")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="of split, batches and race (default: 1)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the demo."""
    seed = arguments.seed
    target = None if arguments.no_html else check_target(arguments.output)
    X_train, y_train, X_test, y_test = datasets.digits(split="both", rng=seed)
    setting = (
        f"linclf {linclf.__version__} on {_linclf.isa()} with {_threads()}, NumPy {np.__version__}"
    )
    data = (
        f"{len(X_train) + len(X_test):,} handwritten digits of 8 x 8 pixels: {len(X_train):,} to "
        f"learn from, {len(X_test)} held out"
    )
    _say(setting, data)
    checks = _check_gradients()
    trained = _train(X_train, y_train, X_test, y_test, seed)
    _show_digits(trained["softmax"].clf, X_test, y_test)
    results = _race(seed)
    findings = Findings(seed, setting, data, X_test, y_test, checks, trained, results)
    if target is not None:
        text = demo_page(findings)
        write_text(target, text)
        _say("", f"Wrote {target} ({len(text) // 1000} kB): open it in a browser.")
    if not findings.ok:
        print("linclf: a check above has failed; `linclf doctor` tells more", file=sys.stderr)
    return 0 if findings.ok else 1


def _say(*lines: str) -> None:
    for line in lines:
        print(line.rstrip(), flush=True)


def _threads() -> str:
    n = _linclf.default_threads()
    return f"{n} thread{'s' if n > 1 else ''}"


def _check_gradients() -> dict[str, linclf.GradientCheck]:
    """Check both gradients on a few samples.

    Always on the same ones, whatever the seed: the hinge has kinks, where differences mean nothing,
    and none is near these weights.
    """
    X, y = datasets.digits(dtype="float64")
    X, y = X[:50] / _INK, y[:50]
    W = 0.1 * np.random.default_rng(1).standard_normal((X.shape[1], 10))
    _say("", "Gradient check   each number of the C gradient against differences of the loss")
    checks = {}
    for loss in _LOSSES:
        check = checks[loss] = linclf.check_gradient(loss, W, X, y, 0.1)
        _say(
            f"  {loss:<14} {check.checked} numbers, relative error at most "
            f"{check.max_relative_error:.0e}   {'ok' if check else 'WRONG'}"
        )
    return checks


def _train(
    X_train: Array, y_train: Array, X_test: Array, y_test: Array, seed: int
) -> dict[str, Trained]:
    _say(
        "",
        "Training         from raw pixels, 200 digits a step           held-out accuracy",
    )
    trained = {}
    for loss in _LOSSES:
        clf = linclf.LinearClassifier(loss, rng=seed)
        start = time.perf_counter()
        clf.fit(X_train, y_train)
        seconds = time.perf_counter() - start
        accuracies = clf.score(X_train, y_train), clf.score(X_test, y_test)
        trained[loss] = Trained(clf, seconds, *accuracies)
        curve = clf.history_.loss
        _say(
            f"  {loss:<14} {len(curve):,} steps in {duration(seconds):<7}  loss {curve[0]:.2f} "
            f"{sparkline(curve, 14)} {curve[-1]:.2f}   {accuracies[1]:>5.1%}"
        )
    return trained


def _show_digits(clf: linclf.LinearClassifier, X: Array, y: Array) -> None:
    """Draw some held-out digits, the last of them the surest mistake."""
    _say("", "Reading          digits that softmax never saw, and how sure it is", "")
    probabilities = clf.predict_proba(X)
    read, sure = clf.classes_[probabilities.argmax(axis=1)], probabilities.max(axis=1)
    chosen = list(_some_of_each(read, y))
    pictures = [picture(X[i].reshape(8, 8) / _INK) for i in chosen]
    captions = [
        f"{read[i]}   {sure[i]:.0%}" if read[i] == y[i] else f"{read[i]}? It is {y[i]}"
        for i in chosen
    ]
    _say(*("  " + line for line in beside(pictures)), "")
    _say("  " + " ".join(f"{caption:^12}" for caption in captions))


def _some_of_each(read: Array, y: Array) -> Iterator[int]:
    """Yield samples: one each of some digits that were read right, and then a mistake, if any."""
    mistakes = np.flatnonzero(read != y)
    for digit in (3, 5, 2, 8, 4, 0)[: _SHOWN - min(len(mistakes), 1)]:
        yield int(np.flatnonzero((read == y) & (y == digit))[0])
    yield from mistakes[:1].tolist()


def _race(seed: int) -> list[Result]:
    _say("", "Race             NumPy at its best, same results      NumPy    linclf  speed-up")
    results = contest(seed)
    widest = max(result.ratio for result in results)
    for result in results:
        _say(
            f"  {result.work:<36} {duration(result.numpy_seconds):>9} "
            f"{duration(result.linclf_seconds):>9} {result.ratio:8.1f}x  "
            f"{bar(result.ratio / widest, 9) if result.agree else 'DIFFERENT'}"
        )
    return results
