"""The roofline plot, as SVG: what the machine could do, and what each contender made of it."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, log10
from typing import Any

from linclf.display.escape import escape

__all__ = ["roofline_svg"]

Document = dict[str, Any]

_WIDTH, _HEIGHT = 520, 430  # of a panel
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 34, 52
_LEGEND = 44
_COLOURS = {
    "linclf": "#0072B2",
    "NumPy": "#E69F00",
    "PyTorch": "#D55E00",
    "scikit-learn": "#009E73",
}
_SHAPES = {  # around the origin; moved aside, so that the same intensity is not the same place
    "digits": ("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", -13),
    "mnist": ("M-4.5 -4.5h9v9h-9z", 0),
    "cifar": ("M0 -6L5.5 4.5H-5.5z", 13),
    "probe": ("M0 -6L6 0L0 6L-6 0z", 0),
}
_MIDDLE = 'text-anchor="middle"'


def roofline_svg(results: Document) -> str:
    """Return a plot with a panel per dtype; empty if there is nothing to plot.

    A point is an opponent's fastest way on the highest number of threads or fewer: operations per
    second over operations per byte of X.

    Parameters
    ----------
    results : dict
        From `benchmarks.child.document`.
    """
    rows = [
        row
        for row in results["races"]
        if row["kind"] in ("loss", "predict", "uint8") and row["loss"] != "hinge"
    ]
    if not rows or not results["limits"]:
        return ""
    panels = [
        _Panel(dtype, [row for row in rows if row["dtype"] in also], results["limits"])
        for dtype, also in (("float64", ("float64",)), ("float32", ("float32", "uint8")))
    ]
    panels = [panel for panel in panels if panel.rows]
    width, height = _WIDTH * len(panels), _HEIGHT + _LEGEND
    drawn = "".join(
        f'<g transform="translate({i * _WIDTH} 0)">{panel.draw()}</g>'
        for i, panel in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12" fill="#222">'
        "<title>Roofline: operations per second over operations per byte</title>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>{drawn}{_legend(width)}</svg>\n'
    )


def _legend(width: int) -> str:
    y, parts = _HEIGHT + 20, []
    names = [(name, _SHAPES["digits"][0], colour) for name, colour in _COLOURS.items()]
    names += [(name, shape, "#777") for name, (shape, _) in _SHAPES.items()]
    step = (width - 40) / len(names)
    for i, (name, shape, colour) in enumerate(names):
        x = 30 + i * step
        parts.append(
            f'<path transform="translate({x:.1f} {y})" d="{shape}" fill="{colour}"/>'
            f'<text x="{x + 11:.1f}" y="{y + 4}">{escape(name)}</text>'
        )
    return "".join(parts)


class _Panel:
    """The plot of one dtype."""

    def __init__(self, dtype: str, rows: list[Document], limits: Document) -> None:
        self.dtype, self.rows = dtype, rows
        threads = list(limits["read"])[-1]
        self.threads = threads
        self.bandwidth, self.peak = limits["read"][threads], limits[dtype][threads]
        self.points = sorted(self._points(), key=lambda point: point[0] == "linclf")
        intensities = [row["flops"] / row["bytes"] for row in rows]
        rates = [rate for _, _, _, rate in self.points] + [self.peak]
        self.x_ends = log10(min(intensities)) - 0.5, log10(max(intensities)) + 0.25
        self.y_ends = log10(min(rates) / 1e9) - 0.4, log10(max(rates) / 1e9) + 0.25

    def _points(self) -> Iterator[tuple[str, str, float, float]]:
        """Yield family, size, intensity and rate."""
        for row in self.rows:
            best: dict[str, float] = {}
            for one in row["contenders"]:
                if one["agrees"] and one["family"] in _COLOURS:
                    family, seconds = one["family"], one["seconds"]
                    best[family] = min(seconds, best.get(family, seconds))
            for family, seconds in best.items():
                yield family, row["size"], row["flops"] / row["bytes"], row["flops"] / seconds

    def _x(self, intensity: float) -> float:
        low, high = self.x_ends
        share = (log10(intensity) - low) / (high - low)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def _y(self, rate: float) -> float:
        low, high = self.y_ends
        share = (log10(rate / 1e9) - low) / (high - low)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def draw(self) -> str:
        return self._axes() + self._roof() + "".join(self._point(*point) for point in self.points)

    def _axes(self) -> str:
        right, base = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
        parts = []
        for power in range(ceil(self.x_ends[0]), floor(self.x_ends[1]) + 1):
            x = self._x(10.0**power)
            parts.append(f'<path d="M{x:.1f} {_TOP}V{base}" stroke="#ddd"/>')
            parts.append(f'<text x="{x:.1f}" y="{base + 17}" {_MIDDLE}>{10.0**power:g}</text>')
        for power in range(ceil(self.y_ends[0]), floor(self.y_ends[1]) + 1):
            y = self._y(1e9 * 10.0**power)
            parts.append(f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#ddd"/>')
            label = f"{10.0**power:g}"
            parts.append(f'<text x="{_LEFT - 7}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
        middle, height = (_LEFT + right) / 2, (_TOP + base) / 2
        threads = f"{self.threads} thread{'' if self.threads == '1' else 's'}"
        parts.append(
            f'<text x="{middle}" y="18" {_MIDDLE} font-weight="bold">{self.dtype}, softmax and '
            f"predictions, {threads}</text>"
            f'<text x="{middle}" y="{base + 38}" {_MIDDLE}>operations per byte of X</text>'
            f'<text transform="translate(16 {height}) rotate(-90)" {_MIDDLE}>GFLOP/s</text>'
        )
        places = {row["flops"] / row["bytes"]: row["kind"] for row in self.rows}
        for intensity, kind in places.items():
            x = self._x(intensity)
            parts.append(f'<text x="{x:.1f}" y="{base - 7}" {_MIDDLE} fill="#777">{kind}</text>')
        parts.append(
            f'<path d="M{_LEFT} {_TOP}H{right}V{base}H{_LEFT}z" fill="none" stroke="#bbb"/>'
        )
        return "".join(parts)

    def _roof(self) -> str:
        """Draw what bandwidth and arithmetic allow, from edge to edge of the panel."""
        low, high = (10.0**end for end in self.x_ends)
        ridge = min(max(self.peak / self.bandwidth, low), high)
        floor_rate = 1e9 * 10.0 ** self.y_ends[0]
        start = max(low, floor_rate / self.bandwidth)
        ends = [(start, min(start * self.bandwidth, self.peak)), (ridge, self.peak)]
        places = [(self._x(x), self._y(y)) for x, y in (*ends, (high, self.peak))]
        line = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        x, y = places[-1]
        return (
            f'<path d="M{line}" fill="none" stroke="#222" stroke-width="1.5"/>'
            f'<text x="{x - 4:.1f}" y="{y - 6:.1f}" text-anchor="end">'
            f"{self.peak / 1e9:.0f} GFLOP/s, {self.bandwidth / 1e9:.0f} GB/s</text>"
        )

    def _point(self, family: str, size: str, intensity: float, rate: float) -> str:
        shape, aside = _SHAPES[size]
        x, y = self._x(intensity) + aside, self._y(rate)
        return (
            f'<path transform="translate({x:.1f} {y:.1f})" d="{shape}" fill="{_COLOURS[family]}" '
            f'stroke="#fff" stroke-width=".8"><title>{escape(family)}, {escape(size)}: '
            f"{rate / 1e9:.1f} GFLOP/s</title></path>"
        )
