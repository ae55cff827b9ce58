"""Boards of small pictures: templates, samples, mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt

from linclf.display import (
    as_images,
    class_labels,
    diverging_palette,
    template_images,
    tile_columns,
    value_limits,
    weights_of,
)
from linclf.display.images import ByteArray, Scale
from linclf.display.layout import Bias
from linclf.plot.palette import axes, plain

_GAP = 0.08  # between two pictures, in picture widths
_INCHES, _WIDEST = 1.1, 9.0  # width of a picture and of all together in a new figure
_SMALLEST_FONT, _LARGEST_FONT = 6.5, 11.0
_EM = 0.62  # width of a letter in font sizes, a little more than the mean
Picture = ByteArray | None


def templates(
    W: Any,
    shape: Sequence[int] | None = None,
    *,
    bias: Bias = None,
    class_names: Sequence[object] | None = None,
    scale: Scale = "global",
    cmap: str | None = None,
    columns: int | None = None,
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw the weights of every class as a picture: what the classifier looks for.

    Parameters
    ----------
    W : (D, C) array or fitted classifier
    shape : (H, W), (H, W, 3) or (3, H, W), optional
        Layout of the D pixels. Left out, square images are recognised.
    bias : {"first", "last"}, optional
        Which row of W is the bias and no pixel.
    class_names : sequence, optional
        Default: those of the classifier, or 0 to C - 1.
    scale : {"global", "class"}
        Stretch all templates alike, so that they can be compared, or each to full contrast.
    cmap : str, optional
        A matplotlib colormap for grey templates, from the smallest to the largest weight. Default:
        colours around zero, orange pixels speak for the class, blue ones against.
    columns : int, optional
        Pictures per row.
    title : str, optional
    ax : matplotlib Axes, optional

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If W does not fit the shape, or is not finite.

    Examples
    --------
    >>> ax = templates(np.eye(64)[:, :10], shape=(8, 8))
    >>> len(ax.images)
    10
    """
    weights, known = weights_of(W)
    names = class_labels(class_names, known, weights.shape[1])
    make = partial(template_images, weights, shape, bias=bias, scale=scale)
    images = make()
    if images.ndim == 3 and cmap is None:
        palette = diverging_palette(256)
        images = palette[make(symmetric=True)]
    return _board(list(images), names, columns or tile_columns(len(names)), title, ax, cmap)


def sample_grid(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    shape: Sequence[int] | None = None,
    *,
    per_class: int = 7,
    class_names: Sequence[object] | None = None,
    rng: Any = 0,
    bias: Bias = None,
    value_range: tuple[float, float] | None = None,
    cmap: str = "gray",
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw some samples of every class, a column for each class.

    Parameters
    ----------
    X : (N, D) array
    y : (N,) array
        Labels of any kind.
    shape : (H, W), (H, W, 3) or (3, H, W), optional
        Layout of the D pixels. Left out, square images are recognised.
    per_class : int
        Samples drawn from each class, or fewer if it has not so many.
    class_names : sequence, optional
        One for each distinct label, in their order.
    rng : int, Generator, SeedSequence or None
        Draws the samples; None draws others at every call.
    bias, value_range
        As in :func:`linclf.display.as_images`.
    cmap : str
        A matplotlib colormap for grey samples.
    title : str, optional
    ax : matplotlib Axes, optional

    Returns
    -------
    ax : matplotlib Axes

    Examples
    --------
    >>> ax = sample_grid(np.zeros((40, 64)), np.arange(40) % 4, per_class=3)
    >>> len(ax.images)
    12
    """
    X, y = _matching(X, y=y)
    labels = np.unique(y)
    names = class_labels(class_names, [str(label) for label in labels], len(labels))
    rng = np.random.default_rng(rng)
    of_class = [np.flatnonzero(y == label) for label in labels]
    drawn = [np.sort(rng.permutation(rows)[:per_class]) for rows in of_class]
    limits = value_limits(X) if value_range is None else value_range
    make = partial(as_images, shape=shape, bias=bias, value_range=limits)
    pictures = _by_column([list(make(X[rows])) for rows in drawn])
    return _board(pictures, names, len(names), title, ax, cmap, heads_only=True)


def error_grid(
    X: npt.ArrayLike,
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    shape: Sequence[int] | None = None,
    *,
    max_images: int = 40,
    columns: int = 8,
    class_names: Sequence[object] | None = None,
    bias: Bias = None,
    value_range: tuple[float, float] | None = None,
    cmap: str = "gray",
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw the samples that were classified wrongly, each under "truth → prediction".

    Parameters
    ----------
    X : (N, D) array
    y_true, y_pred : (N,) array
        Labels of any kind.
    shape : (H, W), (H, W, 3) or (3, H, W), optional
        Layout of the D pixels. Left out, square images are recognised.
    max_images : int
        The first so many mistakes are drawn.
    columns : int
        Pictures per row.
    class_names : sequence, optional
        One for each distinct label of both, in their order.
    bias, value_range
        As in :func:`linclf.display.as_images`.
    cmap : str
        A matplotlib colormap for grey samples.
    title : str, optional
        Default: how many of how many samples are wrong.
    ax : matplotlib Axes, optional

    Returns
    -------
    ax : matplotlib Axes

    Examples
    --------
    >>> ax = error_grid(np.zeros((3, 64)), [0, 1, 1], [0, 1, 0])
    >>> ax.get_title()
    '1 of 3 samples wrong (33.3%)'
    """
    X, true, pred = _matching(X, y_true=y_true, y_pred=y_pred)
    labels = np.unique(np.concatenate([true, pred]))
    names = class_labels(class_names, [str(label) for label in labels], len(labels))
    wrong = np.flatnonzero(true != pred)
    if title is None:
        title = f"{len(wrong):,} of {len(X):,} samples wrong"
        title += f" ({len(wrong) / len(X):.1%})" if len(X) else ""
    limits = value_limits(X) if value_range is None else value_range
    shown = wrong[:max_images]
    make = partial(as_images, shape=shape, bias=bias, value_range=limits)
    pictures = list(make(X[shown])) if len(shown) else []
    at = np.searchsorted(labels, [true[shown], pred[shown]])
    captions = [f"{names[t]} → {names[p]}" for t, p in at.T]
    return _board(pictures, captions, columns, title, ax, cmap)


def _matching(X: npt.ArrayLike, **labels: npt.ArrayLike) -> list[npt.NDArray[Any]]:
    """Return the arrays, after a look at their lengths."""
    arrays = [np.asarray(X)]
    for name, values in labels.items():
        array = np.asarray(values)
        if array.shape != arrays[0].shape[:1]:
            raise ValueError(
                f"{name} must have shape (N,) = {arrays[0].shape[:1]}, a label for each row of X; "
                f"found {array.shape}"
            )
        arrays.append(array)
    return arrays


def _by_column(columns: list[list[ByteArray]]) -> list[Picture]:
    """Return the pictures row by row; None where a column is too short."""
    return [picture for row in zip_longest(*columns) for picture in row]


def _board(
    pictures: Sequence[Picture],
    captions: Sequence[str],
    columns: int,
    title: str | None,
    ax: Any,
    cmap: str | None,
    *,
    heads_only: bool = False,
) -> Any:
    """Draw pictures row by row, a caption over each, or over the first row only."""
    columns = max(min(columns, len(pictures)), 1)
    rows = -(-len(pictures) // columns)
    first = next((picture for picture in pictures if picture is not None), np.zeros((1, 4)))
    tall, width = first.shape[0] / first.shape[1], columns * (1 + _GAP) - _GAP
    inch, captioned = min(_INCHES, _WIDEST / width), 1 if heads_only else rows
    height = inch * rows * (tall + _GAP) + 0.25 * captioned + 0.45
    ax = axes(ax, (max(inch * width, 3.2) + 0.2, height))
    room = _points_wide(ax) / width
    texts, size = _fitted([str(caption) for caption in captions], room)
    caption = 1.8 * size / room
    pitch = tall + _GAP + (0 if heads_only else caption)
    for i, picture in enumerate(pictures):
        x, y = (i % columns) * (1 + _GAP), caption + (i // columns) * pitch
        if picture is not None:
            ax.imshow(picture, extent=(x, x + 1, y + tall, y), cmap=cmap, vmin=0, vmax=255)
        if i < columns or not heads_only:
            middle, above = x + 0.5, y - 0.3 * size / room
            ax.text(middle, above, plain(texts[i]), ha="center", va="bottom", fontsize=size)
    ax.set(xlim=(0, width), ylim=(caption + rows * pitch, 0), aspect="equal")
    ax.set_title(plain(title or ""))
    ax.axis("off")
    return ax


def _points_wide(ax: Any) -> float:
    return float(ax.get_window_extent().width) * 72 / float(ax.figure.dpi)


def _fitted(texts: list[str], room: float) -> tuple[list[str], float]:
    """Return texts and font size that fit into `room` points; first smaller, then shorter."""
    longest = max(map(len, texts), default=1) or 1
    size = min(max(room / (_EM * longest), _SMALLEST_FONT), _LARGEST_FONT)
    letters = max(int(room / (_EM * size)), 3)
    fitted = [text if len(text) <= letters else text[: letters - 1] + "…" for text in texts]
    return fitted, size
