"""Results of a search over learning rate and regularisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from linclf.plot.palette import axes, plain, readable

_NAMES = {"train": "training accuracy", "val": "validation accuracy"}
Results = Mapping[tuple[float, float], float | Sequence[float]]


def heatmap(
    results: Results,
    *,
    which: Literal["train", "val"] = "val",
    kind: Literal["auto", "grid", "scatter"] = "auto",
    fmt: str = ".3f",
    cmap: str = "cividis",
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw the results of a search over learning rate and regularisation, the best one framed.

    Parameters
    ----------
    results : dict
        ``{(learning_rate, reg): (train, val)}``, as the courses collect it, or one number instead
        of the pair. NaN stands for a run that diverged.
    which : {"train", "val"}
        Which number of the pair to show.
    kind : {"auto", "grid", "scatter"}
        Cells with their values for a grid search, points for a random search. "auto" takes cells
        if at least half of them are filled.
    fmt : str
        Format of the values.
    cmap : str
        A matplotlib colormap.
    title : str, optional
        Default: the best result and where it was found.
    ax : matplotlib Axes, optional

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> ax = heatmap({(1e-3, 0.0): (0.91, 0.90), (1e-2, 0.0): (0.97, 0.95)})
    >>> print(ax.get_title())
    validation accuracy
    best 0.950 at learning rate 0.01, reg 0
    """
    if which not in _NAMES or kind not in ("auto", "grid", "scatter"):
        raise ValueError(
            f'which={which!r}, kind={kind!r}: say "train" or "val", and "auto", "grid" or "scatter"'
        )
    rates, regs, values = _columns(results, which)
    grid = kind == "grid" or (
        kind == "auto" and 2 * len(values) >= len(np.unique(rates)) * len(np.unique(regs))
    )
    ax = axes(ax, _figsize(rates, regs) if grid else (6.4, 4.4))
    if grid:
        image = _draw_cells(ax, rates, regs, values, cmap, fmt)
    else:
        image = _draw_points(ax, rates, regs, values, cmap)
    ax.figure.colorbar(image, ax=ax, label=_NAMES[which])
    title = _best(rates, regs, values, fmt, which, not grid) if title is None else title
    ax.set(xlabel="learning rate", ylabel="reg", title=plain(title))
    return ax


FloatArray = npt.NDArray[np.float64]


def _figsize(rates: FloatArray, regs: FloatArray) -> tuple[float, float]:
    wide, high = 1.1 * len(np.unique(rates)) + 2.6, 0.7 * len(np.unique(regs)) + 1.6
    return min(max(wide, 5.0), 11.0), min(max(high, 2.6), 8.0)


def _columns(results: Results, which: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return learning rates, regs and the wanted results as three arrays of equal length."""
    if not results:
        raise ValueError("results is empty: there is nothing to show")
    keys = np.array([tuple(key) for key in results], dtype=np.float64)
    if keys.ndim != 2 or keys.shape[1] != 2:
        raise ValueError("results must be a dict {(learning_rate, reg): (train, val)}")
    position = list(_NAMES).index(which)
    values = [pair if np.ndim(pair) == 0 else np.ravel(pair)[position] for pair in results.values()]
    return keys[:, 0], keys[:, 1], np.array(values, dtype=np.float64)


def _best(
    rates: FloatArray, regs: FloatArray, values: FloatArray, fmt: str, which: str, crossed: bool
) -> str:
    """Say what is best and where; `crossed` tells that diverged runs are drawn as crosses."""
    lost = np.isnan(values)
    if lost.all():
        return f"{_NAMES[which]}\nevery run diverged"
    i = np.nanargmax(values)
    best = f"best {values[i]:{fmt}} at learning rate {rates[i]:.3g}, reg {regs[i]:.3g}"
    crosses = " (x diverged)" if crossed and lost.any() else ""
    return f"{_NAMES[which]}\n{best}{crosses}"


def _draw_cells(
    ax: Any, rates: FloatArray, regs: FloatArray, values: FloatArray, cmap: str, fmt: str
) -> Any:
    columns, column = np.unique(rates, return_inverse=True)
    rows, row = np.unique(regs, return_inverse=True)
    cells = np.full((len(rows), len(columns)), np.nan)
    cells[row, column] = values
    image = ax.imshow(cells, origin="lower", aspect="auto", cmap=cmap)
    ax.set_xticks(range(len(columns)), [f"{rate:g}" for rate in columns])
    ax.set_yticks(range(len(rows)), [f"{reg:g}" for reg in rows])
    ax.tick_params(length=0)
    size = min(11.0, 60.0 / len(columns))
    for x, y, value in zip(column, row, values, strict=True):
        ax.text(
            x,
            y,
            f"{value:{fmt}}",
            ha="center",
            va="center",
            fontsize=size,
            color=readable(image, value),
        )
    if not np.isnan(values).all():
        i = np.nanargmax(values)
        _frame(ax, column[i], row[i])
    return image


def _frame(ax: Any, x: float, y: float) -> None:
    """Draw a frame around a cell, in two colours, so that it shows on every ground."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * 0.47 + [x, y]
    for color, width in (("black", 5), ("#e69f00", 2.5)):
        ax.plot(*corners.T, color=color, linewidth=width, solid_joinstyle="miter")


def _draw_points(
    ax: Any, rates: FloatArray, regs: FloatArray, values: FloatArray, cmap: str
) -> Any:
    lost = np.isnan(values)
    edge = ax.xaxis.label.get_color()
    points = ax.scatter(
        rates[~lost], regs[~lost], c=values[~lost], s=90, cmap=cmap, edgecolors=edge, linewidths=0.6
    )
    if lost.any():
        ax.scatter(rates[lost], regs[lost], marker="x", color=edge)
    if not lost.all():
        i = np.nanargmax(values)
        ax.scatter(
            rates[i], regs[i], s=260, facecolors="none", edgecolors="#d55e00", linewidths=2.5
        )
    for axis, given in (("x", rates), ("y", regs)):
        if given.min() > 0:
            getattr(ax, f"set_{axis}scale")("log")
    return points
