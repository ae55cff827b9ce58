"""What `check_gradient` returns: it prints, shows itself in a notebook, and is true or false."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray
    from linclf.diagnosis import Diagnosis

UNCHECKED, OK, KINK, WRONG = 0, 1, 2, 3
_COLOURS = {  # safe for colour-blind eyes
    "not checked": (214, 214, 214),
    "ok": (0, 114, 178),
    "kink": (240, 228, 66),
    "wrong": (213, 94, 0),
}
_WIDEST = 256  # features shown side by side; more are drawn together
_PIXELS = 640
_LARGEST = 18  # pixels of an entry


@dataclass(frozen=True, repr=False, eq=False)
class GradientCheck:
    """The finding of `check_gradient`; true if the gradient is right.

    Attributes
    ----------
    passed : bool
        Whether nothing is wrong.
    findings : tuple of str
        What is wrong, in sentences with the evidence.
    notes : tuple of str
        What is not wrong, but worth knowing.
    diagnosis : Diagnosis or None
        Where the findings come from, if it is known what the function is meant to be.
    loss_name : str or None
        What it is meant to be: as given, or guessed from its values.
    consistent : bool
        Whether the gradient is the derivative of the function's own loss.
    loss : float
        Value of the function.
    expected_loss : float or None
        What the built-in loss gives there, if one was named.
    analytic : (D, C) array
        The gradient that the function returned.
    numerical, relative_error : (D, C) arrays
        Differences, and the distance from them over ``abs(a) + abs(n)``; NaN in entries that were
        not compared with differences. Rounding that drowns an entry does not count.
    labels : (D, C) int8 array
        0 where an entry was not checked, 1 where it is right, 2 at a kink, 3 where it is wrong.
    worst : tuple of int
        Index of the entry that is farthest off, in units of its tolerance.
    max_relative_error : float
        The largest of `relative_error` beside kinks.
    checked : int
        Number of entries compared with differences.
    kinks : int
        Margins that changed sign within a first step.
    parts : dict
        By name, whether "whole", "data" and "regulariser" passed on their own.
    """

    passed: bool
    findings: tuple[str, ...]
    notes: tuple[str, ...]
    diagnosis: Diagnosis | None
    loss_name: str | None
    consistent: bool
    loss: float
    expected_loss: float | None
    analytic: DoubleArray
    numerical: DoubleArray
    relative_error: DoubleArray
    labels: Data
    worst: tuple[int, ...]
    max_relative_error: float
    checked: int
    kinks: int
    parts: dict[str, bool] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.passed

    @property
    def _values(self) -> str:
        if self.expected_loss is not None:
            return f"loss {self.loss:.6g}, expected {self.expected_loss:.6g}"
        return f"loss {self.loss:.6g}"

    @property
    def _largest(self) -> str:
        if np.isnan(self.max_relative_error) and self.passed:
            return "unknown, all entries being at kinks"
        return f"{self.max_relative_error:.2g}"

    @property
    def _worst(self) -> str:
        where = ", ".join(map(str, self.worst))
        text = f"dW[{where}] is {self.analytic[self.worst]:.6g}"
        slope = self.numerical[self.worst]
        return text if np.isnan(slope) else f"{text}, differences give {slope:.6g}"

    @property
    def _verdict(self) -> list[str]:
        """Whether the loss is right, and the gradient its derivative; nothing if all is well."""
        told = self.diagnosis is not None and not self.passed and not self.diagnosis
        return [self.diagnosis.verdict] if told and self.diagnosis is not None else []

    @property
    def _counts(self) -> str:
        text = f"{self.checked} of {self.analytic.size} entries compared with differences"
        if self.kinks:
            at = int(np.count_nonzero(self.labels == KINK))
            text += f", {self.kinks} kinks met ({at} entries lie at one)"
        return text

    def __repr__(self) -> str:
        lines = [f"GradientCheck({'passed' if self.passed else 'FAILED'}"]
        lines += [_capital(finding) for finding in self.findings]
        lines += [f"so {text}" for text in self._verdict]
        lines += [
            self._values,
            f"largest relative error {self._largest}; {self._worst}",
            self._counts,
        ]
        wrong = [name for name, right in self.parts.items() if not right]
        if wrong:
            lines.append(f"wrong by differences: {', '.join(wrong)}")
        lines += [f"note: {note}" for note in self.notes]
        return "\n  ".join(lines) + ")"

    def _repr_html_(self) -> str:
        """Return the finding with a heat map of the entries of W."""
        from linclf.display import note_html, table_html
        from linclf.display.escape import escape
        from linclf.display.page import STYLE

        verdict = "passed" if self.passed else "FAILED"
        findings = "".join(
            f"<li>{escape(_capital(text))}</li>" for text in (*self.findings, *self._verdict)
        )
        rows: list[tuple[str, Any]] = [
            ("loss", self.loss),
            *([] if self.expected_loss is None else [("expected loss", self.expected_loss)]),
            ("largest relative error", self._largest),
            ("worst entry", self._worst),
            ("entries compared with differences", self.checked),
            ("kinks met", self.kinks),
            *((f"{name} by differences", _said(right)) for name, right in self.parts.items()),
        ]
        return (
            f'<div class="linclf"><style>{STYLE}</style><div><b>GradientCheck: {verdict}</b></div>'
            f"{f'<ul>{findings}</ul>' if findings else ''}{self._map()}"
            f"{table_html(['', ''], [(name, _cell(cell)) for name, cell in rows])}"
            f"{''.join(note_html(note) for note in self.notes)}</div>"
        )

    def _map(self) -> str:
        """Return the labels of all entries as a picture, one class per row."""
        from linclf.display import png_uri

        labels = np.atleast_2d(np.asarray(self.labels, np.uint8).T)
        labels = labels.reshape(-1, labels.shape[-1])
        if not labels.size:
            return ""
        picture = _drawn_together(labels)
        palette = np.array(list(_COLOURS.values()), np.uint8)
        width = min(max(1, _PIXELS // picture.shape[1]), _LARGEST)
        height = max(6, width)
        # as a style, since notebooks have one for the height of images
        size = f"width:{width * picture.shape[1]}px;height:{height * len(picture)}px"
        legend = " ".join(
            f'<span style="color:rgb{colour}">&#9632;</span> {name}'
            for name, colour in _COLOURS.items()
        )
        return (
            f'<figure style="margin:8px 0"><img alt="entries of W: one class per row" '
            f'style="{size};image-rendering:pixelated" src="{png_uri(picture, palette=palette)}"/>'
            f"<div>Entries of dW, a class per row, a feature per column: {legend}</div></figure>"
        )


def _drawn_together(labels: Any) -> Any:
    """Return at most so many columns as fit, each the worst of those that it stands for."""
    stride = -(-labels.shape[1] // _WIDEST)
    starts = np.arange(0, labels.shape[1], stride)
    return np.maximum.reduceat(labels, starts, axis=1)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _said(right: bool) -> str:
    return "right" if right else "wrong"


def _cell(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
