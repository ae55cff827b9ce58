"""Which class is taken for which: the confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from linclf.display import class_labels
from linclf.plot.palette import axes, plain, readable

_LARGEST_FONT = 10.0
_LONGEST_LEVEL = 4  # letters of a name that fits beside others without a slant
_MOST_NUMBERS = 30  # classes; beyond, the cells are too small to be read


def confusion_matrix(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    class_names: Sequence[object] | None = None,
    cmap: str = "cividis",
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw how many samples of every class were given which label.

    A row is a true class, a column a prediction; what is right lies on the diagonal. Colours show
    the share of the row, so that rare classes are seen as well, and numbers count samples. Cells
    without a sample stay blank.

    Parameters
    ----------
    y_true, y_pred : (N,) array
        Labels of any kind.
    class_names : sequence, optional
        One for each distinct label of both, in their order.
    cmap : str
        A matplotlib colormap.
    title : str, optional
        Default: the accuracy, and which mistake is the most frequent.
    ax : matplotlib Axes, optional

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If the labels are not two one-dimensional arrays of one length, or there are none.

    Examples
    --------
    >>> ax = confusion_matrix(["cat", "cat", "dog"], ["cat", "dog", "dog"])
    >>> print(ax.get_title())
    2 of 3 samples right (66.7%)
    most frequent mistake: cat → dog, 1 of 2
    """
    true, pred = np.asarray(y_true), np.asarray(y_pred)
    if true.ndim != 1 or true.shape != pred.shape or not len(true):
        raise ValueError(
            "y_true and y_pred must both have shape (N,), a label for each sample, N at least 1; "
            f"found {true.shape} and {pred.shape}"
        )
    labels, codes = np.unique(np.concatenate([true, pred]), return_inverse=True)
    names = class_labels(class_names, [str(label) for label in labels], len(labels))
    counts = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(counts, (codes[: len(true)], codes[len(true) :]), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = min(max(0.55 * len(labels) + 2.0, 4.0), 9.0)
    ax = axes(ax, (side + 1.2, side))
    image = ax.imshow(np.ma.masked_equal(shares, 0.0), cmap=cmap, vmin=0, vmax=1)
    ax.figure.colorbar(image, ax=ax, label="share of the true class")
    shown = [plain(name) for name in names]
    long = max(map(len, names)) > _LONGEST_LEVEL
    slant = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if long else {}
    ax.set_xticks(range(len(names)), shown, **slant)
    ax.set_yticks(range(len(names)), shown)
    ax.tick_params(length=0)
    if len(labels) <= _MOST_NUMBERS:
        size = min(_LARGEST_FONT, 120.0 / len(labels))
        for row, column in np.argwhere(counts):
            color = readable(image, shares[row, column])
            ax.text(column, row, str(counts[row, column]), ha="center", va="center",
                    fontsize=size, color=color)  # fmt: skip
    said = _finding(counts, names) if title is None else title
    ax.set(xlabel="prediction", ylabel="truth", title=plain(said))
    return ax


def _finding(counts: npt.NDArray[np.int64], names: Sequence[str]) -> str:
    """Say how many are right, and what is mistaken most often."""
    right, total = int(np.trace(counts)), int(counts.sum())
    said = f"{right:,} of {total:,} samples right ({right / total:.1%})"
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return said
    row, column = divmod(int(np.argmax(wrong)), len(names))
    mistake = f"{names[row]} → {names[column]}, {wrong[row, column]} of {counts[row].sum()}"
    return f"{said}\nmost frequent mistake: {mistake}"
