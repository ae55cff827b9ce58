"""Grids of images as arrays, under the names of the courses; matplotlib is not needed."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from typing import Any

import numpy as np


def visualize_grid(Xs: Any, ubound: float = 255.0, padding: int = 1) -> Any:
    """Return images side by side in a square, each stretched to its full contrast.

    Parameters
    ----------
    Xs : (N, H, W, C) array
    ubound : float
        Every image is stretched to 0 .. ubound. One of a single colour becomes 0.
    padding : int
        Black pixels between two images.

    Returns
    -------
    (rows, columns, C) float array

    Examples
    --------
    >>> visualize_grid(np.arange(24.0).reshape(3, 2, 2, 2), padding=1).shape
    (5, 5, 2)
    """
    images = [_stretched(image) * ubound for image in np.asarray(Xs)]
    return _board([images], ceil(sqrt(len(images))), padding, 0.0, margin=0)


def vis_grid(Xs: Any) -> Any:
    """Return images side by side in a square, stretched together to 0 .. 1.

    Parameters
    ----------
    Xs : (N, H, W, C) array

    Returns
    -------
    (rows, columns, C) float array
    """
    images = list(np.asarray(Xs, dtype=np.float64))
    least = min(float(image.min()) for image in images)
    return _stretched(_board([images], ceil(sqrt(len(images))), 1, least, margin=1))


def vis_nn(rows: Sequence[Sequence[Any]]) -> Any:
    """Return rows of images below each other, stretched together to 0 .. 1.

    Parameters
    ----------
    rows : list of lists of (H, W, C) arrays
        As many in every list.

    Returns
    -------
    (rows, columns, C) float array
    """
    images = [[np.asarray(image, dtype=np.float64) for image in row] for row in rows]
    return _stretched(_board(images, len(images[0]), 1, 1.0, margin=1))


def _board(rows: list[list[Any]], columns: int, gap: int, ground: float, margin: int) -> Any:
    """Lay images out in as many columns; `margin` gaps follow the last one."""
    images = [image for row in rows for image in row]
    height, width, channels = images[0].shape
    lines = columns if len(rows) == 1 else len(rows)
    size = [
        n * length + (n - 1 + margin) * gap for n, length in ((lines, height), (columns, width))
    ]
    board = np.full((*size, channels), ground, dtype=np.float64)
    for number, image in enumerate(images):
        top = number // columns * (height + gap)
        left = number % columns * (width + gap)
        board[top : top + height, left : left + width] = image
    return board


def _stretched(image: Any) -> Any:
    low, high = float(np.min(image)), float(np.max(image))
    return (image - low) / (high - low) if high > low else np.zeros(np.shape(image))
