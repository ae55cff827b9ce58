"""The loss of a training, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from linclf.display import Losses, losses_of, moving_average, validation_points
from linclf.plot.palette import axes, class_colors, plain

_MANY_STEPS = 200  # from here on "auto" draws a mean over a fiftieth of the steps
_MOST_DOTS = 30  # more validation points are a line without markers
_MARK = "linclf loss curve"  # tells how many curves an axes already has


def loss_curve(
    history: Any,
    *,
    smoothing: int | Literal["auto"] | None = "auto",
    parts: bool = False,
    validation: bool | Mapping[str, Any] = True,
    accuracy: bool = False,
    log: bool = False,
    label: str | None = None,
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw the loss of every step, with the validation results of a training that has them.

    Call it again with the same `ax` to compare trainings: each gets the next colour.

    Parameters
    ----------
    history : History, classifier, mapping or sequence of float
        As in :func:`linclf.display.losses_of`.
    smoothing : int, "auto" or None
        Draw a mean over that many steps over the pale losses of single batches. ``"auto"`` does it
        from 200 steps on.
    parts : bool
        Draw data loss and penalty, too, where the history knows them.
    validation : bool or mapping
        Validation results to draw as points: those of the history, none, or ``{"step": [...],
        "loss": [...]}``.
    accuracy : bool
        Draw the validation accuracy on an axis at the right.
    log : bool
        Logarithmic loss axis.
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
    >>> ax = loss_curve([2.3, 1.7, 1.4], title="softmax")
    >>> ax.get_ylabel()
    'loss'
    """
    losses = losses_of(history)
    ax = axes(ax, (6.4, 4.0))
    drawn = sum(line.get_gid() == _MARK for line in ax.lines)
    color = class_colors(drawn + 1)[-1]
    _draw_loss(ax, losses, _window(smoothing, len(losses.loss)), color, plain(label or "loss"))
    if parts:
        _draw_parts(ax, losses, _window(smoothing, len(losses.loss)), drawn)
    points = losses.validation if validation is True else validation_points(validation)
    if "loss" in points:
        name = plain(f"{label}, validation" if label else "validation loss")
        line = ax.plot(points["step"], points["loss"], ":", color=color, label=name)[0]
        if len(points["step"]) <= _MOST_DOTS:
            line.set(marker="o", markeredgecolor=ax.get_facecolor())
    if losses.finite_steps < len(losses.loss):
        _mark_divergence(ax, losses.finite_steps, color, label)
    if accuracy:
        _draw_accuracy(ax, points)
    ax.set(xlabel="step", ylabel="loss", title=plain(title or ax.get_title()))
    if log:
        ax.set_yscale("log")
    if drawn or label or len(ax.get_legend_handles_labels()[0]) > 1:
        ax.legend(loc="center right" if accuracy else "best")
    return ax


def _window(smoothing: int | str | None, steps: int) -> int:
    if smoothing == "auto":
        return steps // 50 if steps >= _MANY_STEPS else 1
    if smoothing is not None and not isinstance(smoothing, (int, np.integer)):
        raise ValueError(f'smoothing is {smoothing!r}; say a number of steps, "auto" or None')
    return max(int(smoothing or 1), 1)


def _draw_loss(ax: Any, losses: Losses, window: int, color: str, name: str) -> None:
    loss = losses.loss[: losses.finite_steps]
    if window > 1:
        ax.plot(loss, color=color, alpha=0.4, linewidth=0.8)
        loss = moving_average(loss, window)
    marker = "o" if len(loss) == 1 else None
    ax.plot(loss, color=color, linewidth=2, label=name, marker=marker, gid=_MARK)


def _draw_parts(ax: Any, losses: Losses, window: int, drawn: int) -> None:
    parts = (("data loss", losses.data_loss, "--"), ("penalty", losses.penalty, "-."))
    for i, (name, values, style) in enumerate(parts):
        if values is not None:
            values = moving_average(values[: losses.finite_steps], window)
            ax.plot(values, style, color=class_colors(drawn + i + 2)[-1], label=name)


def _mark_divergence(ax: Any, step: int, color: str, label: str | None) -> None:
    name = f"{label}: " * bool(label) + f"not finite from step {step:,}"
    ax.axvline(step, color=color, linestyle="--", label=plain(name))


def _draw_accuracy(ax: Any, points: Mapping[str, Any]) -> None:
    if "accuracy" not in points:
        raise ValueError(
            "accuracy=True, but the history has no validation accuracy: train with validation "
            "samples, or pass validation={'step': ..., 'accuracy': ...}"
        )
    right, color = ax.twinx(), class_colors(4)[-1]
    right.plot(points["step"], points["accuracy"], color=color, linewidth=1.5)
    ax.set_zorder(right.get_zorder() + 1)  # or the curve would run through the legend
    ax.patch.set_visible(False)
    right.set_ylabel("validation accuracy", color=color)
    right.tick_params(axis="y", colors=color)
