"""Colours, markers and labels that hold for 2 to 20 classes, and the axes to draw on."""

from __future__ import annotations

import math
from typing import Any

from linclf._extras import require

# Okabe and Ito (2008) without black, which a dark background swallows.
_OKABE_ITO = ("0072B2", "E69F00", "009E73", "D55E00", "56B4E9", "CC79A7", "F0E442", "999999")
_DARKER, _LIGHTER = -0.45, 0.55
_COLOURS = 20
_MARKERS = "os^DvPX<>ph*d"  # 13 and 20 have no common divisor: the first 260 pairs all differ


def class_colors(count: int, *, dark: bool = False) -> list[str]:
    """Return a colour for every class, as ``#rrggbb``.

    The first eight are those of Okabe and Ito; then come darker and lighter ones. Beyond 20 they
    repeat, with other markers.

    Parameters
    ----------
    count : int
    dark : bool
        For a dark background: the lighter ones come before the darker ones.

    Returns
    -------
    colors : list of str

    Examples
    --------
    >>> class_colors(2)
    ['#0072b2', '#e69f00']
    >>> len(set(class_colors(20)))
    20
    """
    shades = (0.0, _LIGHTER, _DARKER) if dark else (0.0, _DARKER, _LIGHTER)
    table = [_shaded(colour, shade) for shade in shades for colour in _OKABE_ITO][:_COLOURS]
    return [table[i % _COLOURS] for i in range(count)]


def _shaded(colour: str, shade: float) -> str:
    """Mix a colour with black (shade < 0) or white (shade > 0)."""
    towards = 255 if shade > 0 else 0
    parts = [int(colour[i : i + 2], 16) for i in (0, 2, 4)]
    mixed = [round(part + abs(shade) * (towards - part)) for part in parts]
    return "#" + "".join(f"{part:02x}" for part in mixed)


def class_markers(count: int) -> list[str]:
    """Return a matplotlib marker for every class.

    Parameters
    ----------
    count : int

    Returns
    -------
    markers : list of str

    Examples
    --------
    >>> class_markers(3)
    ['o', 's', '^']
    """
    return [_MARKERS[i % len(_MARKERS)] for i in range(count)]


def plain(text: object) -> str:
    """Return a name as matplotlib text that is neither mathematics nor left out of a legend."""
    escaped = str(text).replace("$", r"\$")
    return f" {escaped}" if escaped.startswith("_") else escaped


def is_dark(ax: Any) -> bool:
    """Tell whether the axes are meant for a dark background: its text is light."""
    colors = require("matplotlib.colors", "plot", "linclf.plot")
    return luminance(*colors.to_rgb(ax.xaxis.label.get_color())) > 0.5


def luminance(red: float, green: float, blue: float) -> float:
    """Return how light a colour looks, from 0 to 1.

    >>> luminance(0.0, 0.0, 1.0)
    0.114
    """
    return 0.299 * red + 0.587 * green + 0.114 * blue


def readable(image: Any, value: float) -> str | None:
    """Return black or white, whatever stands out on a cell of `image`.

    For NaN there is no cell: None, the colour of the style in use.
    """
    if math.isnan(value):
        return None
    red, green, blue, _ = image.cmap(image.norm(value))
    return "black" if luminance(red, green, blue) > 0.5 else "white"


def axes(ax: Any, figsize: tuple[float, float] | None = None) -> Any:
    """Return `ax`, or the axes of a new figure if it is None."""
    if ax is not None:
        return ax
    pyplot = require("matplotlib.pyplot", "plot", "linclf.plot")
    return pyplot.subplots(figsize=figsize, layout="constrained")[1]
