"""A loss curve as SVG, for places where matplotlib is not at home."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import Any

import numpy as np
import numpy.typing as npt

from linclf.display.escape import escape
from linclf.display.series import Losses, drawable, losses_of

FloatArray = npt.NDArray[np.float64]

_MOST_DOTS = 30
_BINS = 160  # points of the drawn line; more cannot be seen and only cost bytes
_RIGHT, _TOP, _BOTTOM = 12, 12, 26
_DIGIT = 6.6  # width of a digit at the font size in use
_LARGE_FALL = 30  # a curve that falls further looks like an L on a linear axis
_LINE, _DOTS = "#0072B2", "#D55E00"


def loss_svg(
    history: Any,
    *,
    width: int = 420,
    height: int = 170,
    log: bool | None = None,
    title: str = "loss by step",
) -> str:
    """Return the loss curve as an SVG element.

    The line is the mean of the steps that share a pixel column, the band around it their smallest
    and largest loss, the dots the validation loss (a thin line if there are many).

    Parameters
    ----------
    history : History, classifier, mapping or sequence of float
        As in :func:`linclf.display.losses_of`.
    width, height : int
        Size in CSS pixels.
    log : bool, optional
        Logarithmic loss axis; by default where the loss falls by more than a factor of 30.
    title : str
        What a screen reader says.

    Returns
    -------
    svg : str
        One ``<svg>`` element, well-formed XML. Text takes the colour of its surroundings.

    Examples
    --------
    >>> loss_svg([2.3, 1.7, 1.4])[:37]
    '<svg xmlns="http://www.w3.org/2000/sv'
    """
    losses = losses_of(history)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="linclf-svg" role="img" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="system-ui, sans-serif" font-size="11" fill="currentColor">'
        f"<title>{escape(title)}</title>"
    )
    if losses.finite_steps == 0:
        said = "no step yet" if len(losses.loss) == 0 else "the first loss is not finite"
        return f'{head}<text x="{width / 2:g}" y="{height / 2:g}" {_MIDDLE}>{said}</text></svg>'
    return head + _Frame(losses, width, height, log).draw() + "</svg>"


_MIDDLE = 'text-anchor="middle"'


class _Frame:
    """Turns steps and losses into pixels and draws the parts of the curve."""

    def __init__(self, losses: Losses, width: int, height: int, log: bool | None) -> None:
        self.losses, self.width, self.height = losses, width, height
        self.last_step = losses.last_step
        self.x, self.mean, self.low, self.high = _binned(losses.loss[: losses.finite_steps])
        self.dots = _validation_dots(losses.validation)
        positive = min(self.low.min(), *self.dots[1], np.inf) > 0
        falls = self.mean.max() > _LARGE_FALL * self.mean.min()
        self.log = bool(positive and (falls if log is None else log))
        if self.log:  # one lucky batch must not stretch the axis by decades
            self.low = np.maximum(self.low, self.mean.min() / 3)
        shown = np.concatenate([self.low, self.high, self.dots[1]])
        self.ticks = _ticks(float(shown.min()), float(shown.max()), self.log)
        self.labels = [f"{tick:.5g}" for tick in self.ticks]
        self.left = round(12 + _DIGIT * max(map(len, self.labels)))
        ends = self._scale([*self.ticks, float(shown.min()), float(shown.max())])
        self.bottom, self.top = float(ends.min()), float(ends.max())

    def _scale(self, loss: npt.ArrayLike) -> FloatArray:
        values = np.asarray(loss, dtype=np.float64)
        return np.log10(values) if self.log else values

    def _at(self, step: npt.ArrayLike, loss: npt.ArrayLike) -> list[tuple[float, float]]:
        across = np.asarray(step, dtype=np.float64) / self.last_step
        up = (self._scale(loss) - self.bottom) / ((self.top - self.bottom) or 1.0)
        x = self.left + across * (self.width - self.left - _RIGHT)
        y = self.height - _BOTTOM - up * (self.height - _TOP - _BOTTOM)
        return list(zip(x.tolist(), y.tolist(), strict=True))

    def draw(self) -> str:
        return self._axes() + self._curve() + self._validation() + self._divergence()

    def _axes(self) -> str:
        parts = []
        for tick, label in zip(self.ticks, self.labels, strict=True):
            ((x, y),) = self._at([0], [tick])
            parts.append(
                f'<path d="M{x:.1f} {y:.1f}H{self.width - _RIGHT}" stroke="currentColor" '
                f'stroke-opacity=".18"/><text x="{x - 6:.1f}" y="{y + 4:.1f}" '
                f'text-anchor="end">{label}</text>'
            )
        base = self.height - 8
        for step, anchor in ((0, "start"), (self.last_step, "end")):
            ((x, _),) = self._at([step], [self.ticks[0]])
            parts.append(f'<text x="{x:.1f}" y="{base}" text-anchor="{anchor}">{step:,}</text>')
        name = "loss by step, log scale" if self.log else "loss by step"
        middle = (self.left + self.width - _RIGHT) / 2
        parts.append(f'<text x="{middle:g}" y="{base}" {_MIDDLE} opacity=".7">{name}</text>')
        return "".join(parts)

    def _curve(self) -> str:
        if len(self.x) == 1:
            ((x, y),) = self._at(self.x, self.mean)
            return f'<circle class="linclf-dot" cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_LINE}"/>'
        band = self._at(self.x, self.high) + self._at(self.x, self.low)[::-1]
        return (
            f'<polygon class="linclf-band" points="{_points(band)}" fill="{_LINE}" '
            f'fill-opacity=".2"/><polyline class="linclf-line" '
            f'points="{_points(self._at(self.x, self.mean))}" fill="none" stroke="{_LINE}" '
            'stroke-width="2" stroke-linejoin="round"/>'
        )

    def _validation(self) -> str:
        places = self._at(*self.dots)
        if not places:
            return ""
        line = "" if len(places) <= _MOST_DOTS else "M" + _points(places)
        right = self.width - _RIGHT
        key = (right - 88.0, _TOP + 3.0)  # beside its name
        dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in [key, *([] if line else places)])
        style = f'class="linclf-validation" fill="none" stroke="{_DOTS}" stroke-linecap="round"'
        return (
            f'<path {style} stroke-width="1.5" d="{line}"/>'
            f'<path {style} stroke-width="6" d="{dots}"/>'
            f'<text x="{right}" y="{_TOP + 7}" text-anchor="end">validation loss</text>'
        )

    def _divergence(self) -> str:
        steps = self.losses.finite_steps
        if steps == len(self.losses.loss):
            return ""
        ((x, _),) = self._at([steps], [self.ticks[0]])
        side, shift = ("end", -6) if x > self.width / 2 else ("start", 6)
        return (
            f'<path d="M{x:.1f} {_TOP}V{self.height - _BOTTOM}" stroke="{_DOTS}" '
            f'stroke-dasharray="4 3"/><text x="{x + shift:.1f}" y="{_TOP + 24}" '
            f'text-anchor="{side}">not finite from step {steps:,}</text>'
        )


def _points(places: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _binned(loss: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return middle step, mean, minimum and maximum of up to _BINS runs of steps."""
    edges = np.linspace(0, len(loss), min(len(loss), _BINS) + 1).astype(np.int64)
    start = edges[:-1]
    middle = (start + edges[1:] - 1) / 2
    middle[0], middle[-1] = 0, len(loss) - 1  # the curve reaches both ends of the axis
    mean = np.add.reduceat(loss, start) / np.diff(edges)
    return middle, mean, np.minimum.reduceat(loss, start), np.maximum.reduceat(loss, start)


def _validation_dots(points: dict[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Return steps and losses of the validation points that can be drawn, at most _BINS."""
    if "loss" not in points:
        return np.empty(0), np.empty(0)
    keep = np.flatnonzero(drawable(points["loss"]) & drawable(points["step"]))
    keep = keep[:: -(-len(keep) // _BINS) or 1]
    return points["step"][keep], points["loss"][keep]


def _ticks(low: float, high: float, log: bool) -> list[float]:
    """Return two to five round numbers that span `low` to `high`.

    >>> _ticks(0.13, 2.3, log=False)
    [0.0, 1.0, 2.0, 3.0]
    >>> _ticks(0.02, 30, log=True)
    [0.01, 0.1, 1.0, 10.0, 100.0]
    """
    if log:
        first, last = floor(log10(low)), ceil(log10(high))
        stride = max(1, ceil((last - first) / 4))
        return [10.0**power for power in range(first, last + stride, stride)]
    span = max(high - low, 1e-2 * abs(high)) or 1.0  # a flat curve is no storm
    power = 10.0 ** floor(log10(span / 3))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if span / (power * factor) <= 3.6)
    first, last = floor(low / step), ceil(high / step)
    return [float(f"{i * step:.12g}") for i in range(first, max(last, first + 1) + 1)]
