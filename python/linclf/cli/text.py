"""Draw and format for a terminal: pictures of block characters, curves, bars, numbers with units.

All output is plain text: block characters where standard output can encode them, ASCII elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["bar", "beside", "duration", "picture", "sparkline"]

#: Each string is indexed by ``upper + 2 * lower``: a character cell shows two pixels.
_CELLS, _ASCII_CELLS = " ▀▄█", " '.#"
_LEVELS, _ASCII_LEVELS = "▁▂▃▄▅▆▇█", "_.-=+*%#"


def _glyphs(blocks: str, ascii_only: str) -> str:
    """Return `blocks`, or `ascii_only` where standard output cannot encode them."""
    try:
        blocks.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return ascii_only
    return blocks


def picture(image: NDArray[Any], size: int = 12, ink: float = 0.4) -> list[str]:
    """Draw a small square grey image, smoothly enlarged, in lines of text.

    Parameters
    ----------
    image : (n, n) array
        Pixels between 0 (paper) and 1 (ink).
    size : int
        Width in characters; even. The height is half of it.
    ink : float
        A pixel darker than this is drawn.

    Returns
    -------
    list of str
        ``size // 2`` lines of `size` characters.
    """
    cells = _glyphs(_CELLS, _ASCII_CELLS)
    n = len(image)
    centres = np.clip((np.arange(size) + 0.5) * n / size - 0.5, 0, n - 1)
    weights = np.maximum(0, 1 - abs(centres[:, None] - np.arange(n)))
    dark = (weights @ image @ weights.T > ink).astype(int)
    return ["".join(cells[i] for i in row) for row in dark[::2] + 2 * dark[1::2]]


def beside(blocks: Iterable[Sequence[str]], gap: int = 1) -> list[str]:
    """Put blocks of lines side by side; all must have the same number of lines."""
    return [(" " * gap).join(lines) for lines in zip(*blocks, strict=True)]


def sparkline(values: NDArray[Any], width: int = 12) -> str:
    """Draw a curve in one line: means of `width` runs of values, from the lowest to the highest.

    The scale is logarithmic if they differ by more than a factor of three. The line is empty if
    there is no value, or one that is not finite.
    """
    levels = _glyphs(_LEVELS, _ASCII_LEVELS)
    runs = np.array_split(np.asarray(values, float), max(1, min(width, len(values))))
    if not len(values) or not np.isfinite(values).all():
        return ""
    heights = np.array([run.mean() for run in runs])
    if heights.max() > 3 * heights.min() > 0:
        heights = np.log(heights)
    span = np.ptp(heights) or 1.0
    places = (heights - heights.min()) / span * (len(levels) - 1)
    return "".join(levels[round(place)] for place in places.tolist())


def bar(fraction: float, width: int) -> str:
    """Draw a horizontal bar of `fraction` (0 to 1) of `width` characters, never empty."""
    return _glyphs("█", "#") * max(1, round(fraction * width))


def duration(seconds: float) -> str:
    """Format a time with three digits and its unit: ``42.1 us``, ``1.50 ms``, ``12.0 s``."""
    for unit, scale in (("us", 1e-6), ("ms", 1e-3)):
        if seconds < 999.5 * scale:
            return f"{_three_digits(seconds / scale)} {unit}"
    return f"{_three_digits(seconds)} s"


def _three_digits(value: float) -> str:
    return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}"
