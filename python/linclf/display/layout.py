"""Rows of numbers as pictures: whose they are, and how their pixels lie.

A row of D numbers is an image in one of three layouts, named by its shape:

    (H, W)       grey
    (H, W, 3)    colour, the three values of a pixel side by side (HWC)
    (3, H, W)    colour, three planes (CHW, as in the CIFAR-10 files)

With the bias trick W has one row more, the first or the last; it is no pixel and is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt, prod
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Bias = Literal["first", "last"] | None

_SMALLEST_SIDE = 8  # fewer pixels are rather a table of features than a picture


def weights_of(source: Any) -> tuple[FloatArray, list[str] | None]:
    """Return the weights, one class per column, and the class names of an array or classifier.

    Parameters
    ----------
    source : (D, C) array or classifier
        A classifier has ``coef_`` (C, D), or ``W`` (D, C). A binary ``coef_`` of one row counts as
        the two classes it separates.

    Returns
    -------
    W : (D, C) float64 array
    names : list of str, or None
        From ``classes_``.

    Examples
    --------
    >>> weights_of(np.zeros((4, 3)))[0].shape
    (4, 3)
    """
    names: list[str] | None = None
    if hasattr(source, "__array__") or isinstance(source, (list, tuple)):
        W = np.asarray(source, dtype=np.float64)
    else:
        coef, own = getattr(source, "coef_", None), getattr(source, "W", None)
        if coef is None and own is None:
            raise ValueError(
                f"{type(source).__name__} has no weights yet: fit or train it first, or pass W"
            )
        W = np.asarray(own if coef is None else np.atleast_2d(coef).T, dtype=np.float64)
        classes = getattr(source, "classes_", None)
        names = None if classes is None else [str(name) for name in classes]
        if names is not None and len(names) == 2 and W.ndim == 2 and W.shape[1] == 1:
            W = np.hstack([-W, W])
    if W.ndim != 2:
        raise ValueError(f"W must have shape (D, C), one class per column; found shape {W.shape}")
    return W, names


def guess_layout(W: npt.ArrayLike) -> tuple[tuple[int, ...], Bias] | None:
    """Guess which images the columns of W are, from their length alone.

    Square grey or square colour images of at least 8 x 8 pixels are recognised, also with a bias
    row at the end. Of the two colour layouts the one with smoother pictures is taken.

    Parameters
    ----------
    W : (D, C) array

    Returns
    -------
    (shape, bias) or None

    Examples
    --------
    >>> guess_layout(np.zeros((64, 10)))
    ((8, 8), None)
    >>> guess_layout(np.zeros((3073, 10)))
    ((32, 32, 3), 'last')
    >>> guess_layout(np.zeros((4, 3))) is None
    True
    """
    W = np.asarray(W)
    biases: tuple[Bias, ...] = (None, "last")
    for bias in biases:
        pixels = W.shape[0] - (bias is not None)
        side = isqrt(max(pixels, 0))
        if side >= _SMALLEST_SIDE and side * side == pixels:
            return (side, side), bias
        side = isqrt(max(pixels, 0) // 3)
        if side >= _SMALLEST_SIDE and 3 * side * side == pixels:
            rows = np.asarray(W[:pixels], dtype=np.float64).T
            by_pixel, by_plane = (side, side, 3), (3, side, side)
            rough = [_roughness(_as_pictures(rows, shape)) for shape in (by_pixel, by_plane)]
            return (by_plane if rough[1] < rough[0] else by_pixel), bias
    return None


def _roughness(pictures: FloatArray) -> float:
    down, across = np.diff(pictures, axis=1), np.diff(pictures, axis=2)
    return float(np.abs(down).mean() + np.abs(across).mean())


def _as_pictures(rows: npt.NDArray[Any], shape: Sequence[int]) -> npt.NDArray[Any]:
    """View rows (n, D) as pictures (n, H, W) or (n, H, W, 3)."""
    images = rows.reshape(len(rows), *shape)
    if len(shape) == 3 and shape[2] not in (1, 3):
        images = images.transpose(0, 2, 3, 1)
    return images[..., 0] if images.ndim == 4 and images.shape[3] == 1 else images


def _checked_shape(shape: Sequence[int]) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in shape)
    channels = len(sizes) == 2 or (len(sizes) == 3 and (sizes[2] in (1, 3) or sizes[0] in (1, 3)))
    if not channels or min(sizes) < 1:
        raise ValueError(
            f"shape is {tuple(shape)}; say (H, W) for grey, (H, W, 3) or (3, H, W) for colour"
        )
    return sizes


def pictures_of(
    rows: npt.NDArray[Any], shape: Sequence[int] | None, bias: Bias, name: str
) -> npt.NDArray[Any]:
    """Drop the bias and view the rest as pictures; `name` is what the messages call the rows."""
    if bias not in (None, "first", "last"):
        raise ValueError(f'bias is {bias!r}; say "first", "last" or None')
    D = rows.shape[1]
    if shape is None:
        guess = guess_layout(rows[:50].T if bias is None else _without_bias(rows[:50], bias).T)
        if guess is None:
            raise ValueError(
                f"{name} has {D} features, which is no square image of 8 x 8 pixels or more; "
                "give its shape, such as shape=(20, 30)"
            )
        shape, bias = guess[0], bias or guess[1]
    shape = _checked_shape(shape)
    pixels = prod(shape)
    if bias is None and pixels == D - 1:
        raise ValueError(
            f"{name} has {D} features, one more than the {pixels} of shape {shape}: if that is "
            'the bias, say bias="last" (or "first")'
        )
    rows = _without_bias(rows, bias)
    if rows.shape[1] != pixels:
        left_out = "" if bias is None else " and one bias"
        raise ValueError(
            f"{name} has {D} features, but shape {shape} means {pixels} pixels{left_out}"
        )
    return _as_pictures(rows, shape)


def _without_bias(rows: npt.NDArray[Any], bias: Bias) -> npt.NDArray[Any]:
    return rows[:, 1:] if bias == "first" else rows[:, :-1] if bias == "last" else rows
