"""The page that ``linclf demo`` writes: one HTML file that needs no network and no script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import linclf
from linclf.cli.race import Result
from linclf.cli.text import duration
from linclf.display import (
    as_images,
    loss_svg,
    page,
    png_uri,
    table_html,
    templates_html,
    tiles_html,
)

__all__ = ["Findings", "Trained", "demo_page"]

Array = NDArray[Any]

_SHAPE = (8, 8)
_INK = 16  # value of the darkest pixel
_MOST_TILES = 20


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained classifier and how it did.

    Attributes
    ----------
    clf : LinearClassifier
        The classifier.
    seconds : float
        What its training took.
    train_accuracy, test_accuracy : float
        On the samples it learned from, and on those it never saw.
    """

    clf: linclf.LinearClassifier
    seconds: float
    train_accuracy: float
    test_accuracy: float


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that the demo has found out.

    Attributes
    ----------
    seed : int
        Of the split, the batches and the race.
    setting, data : str
        A line each about this machine and about the digits.
    X_test, y_test : arrays
        The held-out digits: (M, 64) from 0 to 16, and (M,) labels.
    checks : dict of GradientCheck
        By name of the loss.
    trained : dict of Trained
        By name of the loss.
    results : list of Result
        Of the race.
    """

    seed: int
    setting: str
    data: str
    X_test: Array
    y_test: Array
    checks: dict[str, linclf.GradientCheck]
    trained: dict[str, Trained]
    results: list[Result]

    @property
    def ok(self) -> bool:
        """Whether all gradients were right and NumPy found the same results."""
        return all(self.checks.values()) and all(result.agree for result in self.results)


def demo_page(findings: Findings) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    findings : Findings
        What to show; `trained` has a softmax classifier.

    Returns
    -------
    html : str
    """
    sections = [
        ("Accuracy", _accuracy(findings)),
        ("Templates", _templates(findings)),
        ("Loss, step by step", _curves(findings)),
        ("Digits that nobody trained on", _readings(findings)),
        ("Gradient check", _gradients(findings)),
        (f"The same work in NumPy {np.__version__}", _race(findings.results)),
        ("The same in Python", _snippet(findings)),
    ]
    lead = f"{findings.data}. {findings.setting}."
    return page("linclf: handwritten digits", sections, lead=lead)


def _accuracy(findings: Findings) -> str:
    rows = [
        (loss, len(t.clf.history_), duration(t.seconds), t.train_accuracy, t.test_accuracy)
        for loss, t in findings.trained.items()
    ]
    header = ["loss", "steps", "time", "on training digits", "on held-out digits"]
    return table_html(header, rows, bars=set(header[3:]))


def _templates(findings: Findings) -> str:
    boards = "".join(
        f"<div><p>{loss}</p>{templates_html(t.clf, _SHAPE, width=72)}</div>"
        for loss, t in findings.trained.items()
    )
    return (
        "<p>Each picture is one column of W, what the classifier looks for in a digit: ink on "
        "orange pixels speaks for the class, ink on blue ones against it.</p>"
        f'<div class="linclf-row">{boards}</div>'
    )


def _curves(findings: Findings) -> str:
    curves = "".join(
        f"<div><p>{loss}</p>{loss_svg(t.clf, log=True, title=f'{loss} loss by step')}</div>"
        for loss, t in findings.trained.items()
    )
    return f'<div class="linclf-row">{curves}</div>'


def _readings(findings: Findings) -> str:
    clf, X, y = findings.trained["softmax"].clf, findings.X_test, findings.y_test
    read = clf.predict(X)
    wrong = np.flatnonzero(read != y)
    right = np.flatnonzero(read == y)
    right = right[np.unique(y[right], return_index=True)[1]]  # the first of every digit
    text = f"<p>Read by softmax: {len(y) - len(wrong)} of {len(y)} right, such as these:</p>"
    text += _tiles(X[right], [f"{read[i]}" for i in right])
    if len(wrong):
        share = "All" if len(wrong) <= _MOST_TILES else "Some"
        text += f"<p>{share} of the {len(wrong)} mistakes:</p>"
        wrong = wrong[:_MOST_TILES]
        text += _tiles(X[wrong], [f"{read[i]}, is {y[i]}" for i in wrong])
    return text


def _tiles(X: Array, captions: list[str]) -> str:
    images = 255 - as_images(X, _SHAPE, value_range=(0, _INK))
    tiles = [(c, png_uri(image)) for c, image in zip(captions, images, strict=True)]
    # Boards of five, which go below each other on a narrow screen.
    boards = [tiles_html(tiles[i : i + 5], columns=5, width=64) for i in range(0, len(tiles), 5)]
    return f'<div class="linclf-row">{"".join(boards)}</div>'


def _gradients(findings: Findings) -> str:
    rows = [
        (
            loss,
            check.checked,
            f"{check.max_relative_error:.1e}",
            "right" if check else "WRONG",
        )
        for loss, check in findings.checks.items()
    ]
    return (
        "<p>Each number of the gradient that the C core computes, against the central difference "
        "of the loss.</p>"
        + table_html(["loss", "numbers checked", "largest relative error", "gradient"], rows)
    )


def _race(results: list[Result]) -> str:
    rows = [
        (
            result.work,
            duration(result.numpy_seconds),
            duration(result.linclf_seconds),
            f"{result.ratio:.1f} times",
            f"{result.difference:.0e}" if result.agree else f"DIFFERENT: {result.difference:.0e}",
        )
        for result in results
    ]
    header = ["work", "NumPy", "linclf", "NumPy takes", "results differ by"]
    return (
        "<p>On this machine, in float64. The NumPy side is written for speed: no temporary arrays, "
        "scores kept class by class, its BLAS on one thread or on all, whichever is faster. Both "
        "take turns; times are medians.</p>"
        f"{_bars(results)}{table_html(header, rows)}"
    )


def _bars(results: list[Result]) -> str:
    """Draw a pair of bars for each piece of work, the longer one as wide as the picture allows."""
    width, row, left = 640, 62, 56
    parts = []
    for i, result in enumerate(results):
        top, longest = i * row, max(result.numpy_seconds, result.linclf_seconds)
        parts.append(f'<text x="0" y="{top + 12}" font-weight="600">{result.work}</text>')
        for j, (name, seconds, fill) in enumerate(
            (
                ("NumPy", result.numpy_seconds, 'fill-opacity=".35"'),
                ("linclf", result.linclf_seconds, 'class="linclf-dot" fill="#0072B2"'),
            )
        ):
            y, length = top + 18 + 18 * j, (width - left - 90) * seconds / longest
            parts.append(
                f'<text x="0" y="{y + 11}">{name}</text><rect x="{left}" y="{y}" rx="2" '
                f'width="{length:.1f}" height="14" {fill}/><text x="{left + length + 8:.1f}" '
                f'y="{y + 11}">{duration(seconds)}</text>'
            )
    return (
        f'<svg class="linclf-svg" role="img" viewBox="0 0 {width} {row * len(results)}" '
        f'width="{width}" height="{row * len(results)}" font-size="12" fill="currentColor">'
        f"<title>times of NumPy and linclf</title>{''.join(parts)}</svg>"
    )


def _snippet(findings: Findings) -> str:
    seed, accuracy = findings.seed, findings.trained["softmax"].test_accuracy
    return (
        "<pre><code>import linclf\n"
        f'X, y, X_test, y_test = linclf.datasets.digits(split="both", rng={seed})\n'
        f'clf = linclf.LinearClassifier("softmax", rng={seed}).fit(X, y)\n'
        f"clf.score(X_test, y_test)  # {accuracy:.4f}\n"
        "clf  # in a notebook: loss curve, templates, parameters</code></pre>"
    )
