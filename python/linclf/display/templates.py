"""Templates as HTML, and what every board of templates needs: names, columns, colours."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from linclf.display.images import ByteArray, Scale, template_images
from linclf.display.layout import Bias, weights_of
from linclf.display.page import note_html, tiles_html
from linclf.display.png import png_uri

_MAX_TILES = 20
_TEMPLATE_BYTES = 24_000  # of pixels; noise does not pack, and base64 makes 32 kB of them


def templates_html(
    W: Any,
    shape: Sequence[int] | None = None,
    *,
    bias: Bias = None,
    class_names: Sequence[object] | None = None,
    scale: Scale = "global",
    width: int = 64,
) -> str:
    """Return the templates of up to 20 classes as PNG pictures in HTML.

    Grey templates are coloured around zero: orange pixels speak for the class, blue ones against.
    Large pictures are shrunk, so that all together take about 32 kB at most.

    Parameters
    ----------
    W : (D, C) array or fitted classifier
    shape, bias, scale
        As in :func:`linclf.display.template_images`.
    class_names : sequence, optional
        Default: those of the classifier, or 0 to C - 1.
    width : int
        Shown width of a picture in CSS pixels.

    Returns
    -------
    html : str

    Examples
    --------
    >>> templates_html(np.eye(64)[:, :3], shape=(8, 8)).count("<img")
    3
    """
    weights, names = weights_of(W)
    names = class_labels(class_names, names, weights.shape[1])
    make = partial(template_images, weights[:, :_MAX_TILES], shape, bias=bias, scale=scale)
    images = make()
    palette = diverging_palette() if images.ndim == 3 else None
    if palette is not None:
        images = make(symmetric=True)
    while images.size > _TEMPLATE_BYTES and min(images.shape[1:3]) > 1:
        images = _halved(images)
    if palette is not None:
        images = np.rint(images * ((len(palette) - 1) / 255)).astype(np.uint8)
    tiles = [
        (name, png_uri(image, palette=palette))
        for name, image in zip(names[:_MAX_TILES], images, strict=True)
    ]
    more = len(names) - len(tiles)
    note = note_html(f"and {more:,} classes more") if more > 0 else ""
    return f"<div>{tiles_html(tiles, columns=tile_columns(len(tiles)), width=width)}{note}</div>"


def class_labels(given: Sequence[object] | None, known: list[str] | None, count: int) -> list[str]:
    """Return one name per class: the given ones, else the known ones, else 0 to C - 1."""
    if given is not None and len(given) != count:
        raise ValueError(f"class_names has {len(given)} names for {count} classes")
    names = known if given is None else [str(name) for name in given]
    return names if names is not None and len(names) == count else [str(c) for c in range(count)]


def tile_columns(count: int) -> int:
    """Return a number of columns that fills its rows: 10 are two rows of five."""
    rows = 1 if count <= 4 else 2 if count <= 12 else -(-count // 7)
    return -(-count // rows)


def diverging_palette(colours: int = 65) -> ByteArray:
    """Return blue over light grey to orange, safe for colour-blind eyes, lightness symmetric.

    Examples
    --------
    >>> diverging_palette(3).tolist()
    [[0, 90, 160], [242, 242, 240], [190, 80, 0]]
    """
    stops = np.array([[0, 90, 160], [242, 242, 240], [190, 80, 0]], dtype=np.float64)
    at = np.linspace(0, 2, colours)
    rgb = np.stack([np.interp(at, [0, 1, 2], stops[:, i]) for i in range(3)], axis=1)
    return np.asarray(np.rint(rgb), dtype=np.uint8)


def _halved(images: ByteArray) -> ByteArray:
    """Shrink to half the height and width by the mean of 2 x 2 pixels; an odd edge is cut."""
    count, height, width = images.shape[0], images.shape[1] // 2, images.shape[2] // 2
    cut = images[:, : 2 * height, : 2 * width].astype(np.float64)
    blocks = cut.reshape(count, height, 2, width, 2, *images.shape[3:])
    return np.asarray(np.rint(blocks.mean(axis=(2, 4))), dtype=np.uint8)
