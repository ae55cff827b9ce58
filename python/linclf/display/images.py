"""Weights and samples as uint8 images, ready for a PNG or for matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from linclf.display.layout import Bias, pictures_of, weights_of

ByteArray = npt.NDArray[np.uint8]
Scale = Literal["global", "class"]


def template_images(
    W: Any,
    shape: Sequence[int] | None = None,
    *,
    bias: Bias = None,
    scale: Scale = "global",
    symmetric: bool = False,
) -> ByteArray:
    """Return the weights of every class as an image: the template a sample is compared with.

    Parameters
    ----------
    W : (D, C) array or fitted classifier
    shape : (H, W), (H, W, 3) or (3, H, W), optional
        Layout of the D pixels. Left out, square images are recognised.
    bias : {"first", "last"}, optional
        Which row of W is the bias and no pixel.
    scale : {"global", "class"}
        Stretch all templates alike, so that they can be compared, or each to full contrast.
    symmetric : bool
        Map weight 0 to the middle (127.5) and the largest absolute weight to an end. Otherwise the
        smallest weight is 0 and the largest 255.

    Returns
    -------
    images : (C, H, W) or (C, H, W, 3) uint8 array

    Raises
    ------
    ValueError
        If W does not fit the shape, or is not finite.

    Examples
    --------
    >>> W = np.array([[0.0, 1.0], [0.5, 2.0], [1.0, 3.0], [2.0, 4.0]])
    >>> template_images(W, shape=(2, 2))[1].tolist()
    [[64, 128], [191, 255]]
    >>> template_images(W, shape=(2, 2), scale="class")[1].tolist()
    [[0, 85], [170, 255]]
    """
    if scale not in ("global", "class"):
        raise ValueError(f'scale is {scale!r}; say "global" or "class"')
    weights = weights_of(W)[0]
    if weights.size == 0:
        raise ValueError(f"W has shape {weights.shape}: there is nothing to show")
    if not np.isfinite(weights).all():
        d, c = np.argwhere(~np.isfinite(weights))[0]
        raise ValueError(f"W[{d}, {c}] is {weights[d, c]}: the training diverged, nothing to show")
    images = pictures_of(weights.T, shape, bias, "W")
    axes = tuple(range(1, images.ndim)) if scale == "class" else None
    peak = np.abs(images).max()
    images = images / (peak if peak > 0 else 1.0)  # so that no difference below can overflow
    high = images.max(axis=axes, keepdims=True)
    low = images.min(axis=axes, keepdims=True)
    if symmetric:
        high = np.maximum(high, -low)
        low = -high
    span = high - low
    flat = span == 0
    unit = np.where(flat, 0.5, (images - low) / np.where(flat, 1.0, span))
    return np.asarray(np.rint(255 * unit), dtype=np.uint8)


def as_images(
    X: npt.ArrayLike,
    shape: Sequence[int] | None = None,
    *,
    bias: Bias = None,
    value_range: tuple[float, float] | None = None,
) -> ByteArray:
    """Return samples as images.

    Parameters
    ----------
    X : (N, D) array, or (N, H, W), (N, H, W, 3), (N, 3, H, W)
    shape : (H, W), (H, W, 3) or (3, H, W), optional
        Layout of the D pixels. Left out, square images are recognised.
    bias : {"first", "last"}, optional
        Which column of X is the constant 1 of the bias trick.
    value_range : (float, float), optional
        The values shown black and white. Default: 0 (or the smallest value of X, if that is
        negative) and the largest value of X.

    Returns
    -------
    images : (N, H, W) or (N, H, W, 3) uint8 array

    Examples
    --------
    >>> as_images(np.array([[0, 8, 16, 4]], dtype=np.uint8), shape=(2, 2)).tolist()
    [[[0, 128], [255, 64]]]
    """
    X = np.asarray(X)
    if X.ndim in (3, 4) and shape is None:
        shape = X.shape[1:]
    if X.ndim < 2:
        raise ValueError(f"X must have shape (N, D), one sample per row; found shape {X.shape}")
    pictures = pictures_of(X.reshape(len(X), -1), shape, bias, "X")
    low, high = value_limits(pictures) if value_range is None else value_range
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError("X holds NaN or infinity; give value_range or clean X")
    unit = (pictures.astype(np.float64) - low) / (high - low if high > low else 1.0)
    return np.rint(255 * np.clip(np.nan_to_num(unit), 0, 1)).astype(np.uint8)


def value_limits(X: npt.ArrayLike) -> tuple[float, float]:
    """Return the values to show black and white: 0 or a negative minimum, and the maximum.

    Examples
    --------
    >>> value_limits([[3, 16], [0, 7]])
    (0.0, 16.0)
    """
    X = np.asarray(X)
    return (min(float(X.min()), 0.0), float(X.max())) if X.size else (0.0, 1.0)


def mosaic(images: npt.ArrayLike, columns: int | None = None, *, pad: int = 1) -> ByteArray:
    """Return one RGBA image with all images side by side on a transparent ground.

    Parameters
    ----------
    images : (n, H, W) or (n, H, W, 3) uint8 array
    columns : int, optional
        Images per row; by default as many as give a square.
    pad : int
        Transparent pixels between two images.

    Returns
    -------
    image : (rows * (H + pad) - pad, columns * (W + pad) - pad, 4) uint8 array

    Examples
    --------
    >>> mosaic(np.zeros((10, 8, 8), dtype=np.uint8), columns=5).shape
    (17, 44, 4)
    """
    tiles = np.asarray(images, dtype=np.uint8)
    if tiles.ndim not in (3, 4) or len(tiles) == 0:
        raise ValueError(f"images must have shape (n, H, W) or (n, H, W, 3); found {tiles.shape}")
    count, height, width = tiles.shape[:3]
    columns = columns or isqrt(count - 1) + 1
    rows = -(-count // columns)
    board = np.zeros((rows * (height + pad) - pad, columns * (width + pad) - pad, 4), np.uint8)
    for i, tile in enumerate(tiles):
        top, left = (i // columns) * (height + pad), (i % columns) * (width + pad)
        cell = board[top : top + height, left : left + width]
        cell[..., :3] = tile if tile.ndim == 3 else tile[..., None]
        cell[..., 3] = 255
    return board
