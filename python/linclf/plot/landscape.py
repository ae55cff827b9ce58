"""The loss along a line, over a plane, and by learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.plot.palette import axes, class_colors, plain

if TYPE_CHECKING:
    from linclf.landscape import LossPlane, LossSlice
    from linclf.sanity.rates import LearningRateSweep

_LEVELS = 16  # of a contour plot


def loss_slice(
    piece: LossSlice,
    *,
    parts: bool = False,
    label: str | None = None,
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw the loss along a line, with a mark where W is.

    Call it again with the same `ax` to compare losses or directions.

    Parameters
    ----------
    piece : LossSlice
        What `linclf.loss_slice` returns.
    parts : bool
        Draw data loss and penalty, too.
    label : str, optional
        Name of the curve in the legend.
    title : str, optional
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
    >>> W, X, y = np.zeros((1, 3)), np.ones((1, 1)), np.array([0])
    >>> ax = loss_slice(linclf.loss_slice("hinge", W, X, y, along=(0, 0), radius=3))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('W[0, 0]', 'loss')
    """
    ax = axes(ax, (6.4, 4.0))
    color = class_colors(len(ax.lines) + 1)[-1]
    name = plain(label or "loss")
    ax.plot(piece.at, piece.loss, color=color, linewidth=2, label=name)
    if parts:
        for values, style, part in (
            (piece.data_loss, "--", "data loss"),
            (piece.penalty, "-.", "penalty"),
        ):
            ax.plot(piece.at, values, style, color=class_colors(len(ax.lines) + 1)[-1], label=part)
    height = float(np.interp(piece.here, piece.at, piece.loss))
    edge = ax.get_facecolor()
    ax.scatter([piece.here], [height], s=60, color=color, edgecolors=[edge], zorder=3)
    ax.set(xlabel=plain(piece.label), ylabel="loss", title=plain(title or ax.get_title()))
    if label or parts:
        ax.legend()
    return ax


def loss_plane(
    plane: LossPlane, *, cmap: str = "cividis", title: str | None = None, ax: Any = None
) -> Any:
    """Draw the loss over a plane as coloured contours, with a mark where W is.

    Parameters
    ----------
    plane : LossPlane
        What `linclf.loss_plane` returns.
    cmap : str
        A matplotlib colormap.
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
        If a loss is not finite.

    Examples
    --------
    >>> X, y, W = np.eye(3), np.array([0, 1, 2]), np.zeros((3, 3))
    >>> ax = loss_plane(linclf.loss_plane("hinge", W, X, y, n_points=11))
    >>> ax.get_xlabel()
    'a in W + a * V'
    """
    if not np.isfinite(plane.loss).all():
        raise ValueError("the loss is not finite everywhere on this plane; take a smaller radius")
    ax = axes(ax, (5.6, 4.6))
    filled = ax.contourf(plane.a, plane.b, plane.loss, levels=_LEVELS, cmap=cmap)
    ax.contour(plane.a, plane.b, plane.loss, levels=filled.levels, colors="white", linewidths=0.4)
    ax.figure.colorbar(filled, ax=ax, label="loss")
    x, y = plane.here
    ax.scatter([x], [y], s=80, marker="o", color="#d55e00", edgecolors="white", zorder=3)
    xlabel, ylabel = map(plain, plane.labels)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=plain(title or ""))
    return ax


def learning_rates(sweep: LearningRateSweep, *, title: str | None = None, ax: Any = None) -> Any:
    """Draw the loss at the end of short runs against their learning rate.

    Parameters
    ----------
    sweep : LearningRateSweep
        What `linclf.sanity.learning_rate_sweep` returns.
    title : str, optional
        Default: the suggested rate.
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
    >>> X, y = linclf.datasets.digits()
    >>> sweep = linclf.sanity.learning_rate_sweep("hinge", X, y, rates=[1e-4, 1e-3], max_steps=20)
    >>> learning_rates(sweep).get_xscale()
    'log'
    """
    ax = axes(ax, (6.4, 4.0))
    color, other = class_colors(4)[0], class_colors(4)[3]
    lost = np.isnan(sweep.loss)
    ax.plot(
        sweep.rates[~lost], sweep.loss[~lost], "o-", color=color, linewidth=2, label="after the run"
    )
    ax.axhline(sweep.start_loss, color=color, linestyle=":", label="before")
    if lost.any():
        top = np.full(lost.sum(), max([sweep.start_loss, *sweep.loss[~lost]]))
        ax.plot(sweep.rates[lost], top, "x", color=other, label="diverged", markersize=8)
    if sweep.suggested is not None:
        ax.axvline(sweep.suggested, color=other, linestyle="--", label="suggested")
    if sweep.rates[0] > 0:
        ax.set_xscale("log")
    shown = sweep.loss[~lost]
    if len(shown) and shown.min() > 0 and shown.max() > 30 * shown.min():
        ax.set_yscale("log")
    said = "no learning rate lowers the loss"
    if sweep.suggested is not None:
        said = f"suggested learning rate {sweep.suggested:.3g}"
    ax.set(xlabel="learning rate", ylabel="loss", title=plain(said if title is None else title))
    ax.legend()
    return ax
