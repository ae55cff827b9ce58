"""Which class a classifier gives to every point of the plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from linclf.display import class_labels
from linclf.plot.palette import axes, class_colors, class_markers, is_dark, plain

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_FILL, _FILL_DARK = 0.32, 0.45  # opacity of a region: points of its class still stand out
_LEGEND_ROWS = 12


def decision_regions(
    clf: Any,
    X: npt.ArrayLike,
    y: npt.ArrayLike | None = None,
    *,
    class_names: Sequence[object] | None = None,
    feature_names: Sequence[object] | None = None,
    resolution: int = 300,
    padding: float = 0.08,
    borders: bool = True,
    zero_lines: bool = False,
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw the regions of the classes in the plane, and the samples over them.

    Parameters
    ----------
    clf : classifier or callable
        Anything with ``predict``, and ``classes_`` if it has them; or a function from (n, 2)
        points to n labels.
    X : (N, 2) array
        They also set the part of the plane that is drawn.
    y : (N,) array, optional
        Labels of any kind. Left out, the samples are not drawn.
    class_names : sequence, optional
        One for each class, in the order of ``classes_``, or of the sorted labels.
    feature_names : sequence of two, optional
        Default: the columns of a data frame, or ``x0`` and ``x1``.
    resolution : int
        Points asked along each axis.
    padding : float
        Room around the samples, as a part of their range.
    borders : bool
        Draw the borders between regions.
    zero_lines : bool
        Draw where the score of every class is zero, an arrow pointing to where it grows; needs
        ``decision_function``.
    title : str, optional
        Default: name of the classifier and its accuracy on these samples.
    ax : matplotlib Axes, optional

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If X has not two features.

    Examples
    --------
    >>> def side(points):
    ...     return np.where(points[:, 0] > 0, "right", "left")
    >>> ax = decision_regions(side, [[-1.0, 0.0], [2.0, 1.0]], ["left", "right"])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['left', 'right']
    """
    frame_columns = getattr(X, "columns", None)
    points = _checked_points(X)
    if feature_names is None:
        feature_names = ("x0", "x1") if frame_columns is None else list(frame_columns)
    plane = _Plane(points, resolution, padding)
    predict = getattr(clf, "predict", clf)
    answers = np.asarray(predict(plane.points))
    own = None if y is None else _answers(predict, points, y)
    classes = _classes(clf, class_names, answers, own, y)
    names = class_labels(class_names, [str(label) for label in classes], len(classes))
    region = _indices(answers, classes).reshape(plane.shape)
    ax = axes(ax, (6.6, 4.6))
    colors = class_colors(len(classes), dark=is_dark(ax))
    _fill(ax, plane, region, colors)
    if borders:
        _draw_borders(ax, plane, _gaps(clf, plane, region, len(classes)))
    if zero_lines:
        _draw_zero_lines(ax, plane, clf, colors)
    _draw_samples(ax, points, None if y is None else _indices(y, classes), names, colors)
    title = _title(clf, own, y) if title is None else title
    x_name, y_name = map(plain, feature_names)
    ax.set(xlim=plane.extent[:2], ylim=plane.extent[2:], xlabel=x_name, ylabel=y_name)
    ax.set_title(plain(title))
    return ax


class _Plane:
    """A lattice of points over the samples; its arrays are indexed [row, column]."""

    def __init__(self, samples: FloatArray, resolution: int, padding: float) -> None:
        low, high = samples.min(axis=0), samples.max(axis=0)
        room = np.where(high > low, padding * (high - low), 1.0)
        self.low, self.high = low - room, high + room
        step = (self.high - self.low) / resolution
        self.x, self.y = (
            self.low[i] + step[i] * (np.arange(resolution) + 0.5) for i in range(2)
        )  # middles of the cells, so that a cell is drawn where it was asked
        lattice = np.stack(np.meshgrid(self.x, self.y), axis=-1)
        self.points = lattice.reshape(-1, 2).astype(samples.dtype)
        self.shape = lattice.shape[:2]
        self.extent = (self.low[0], self.high[0], self.low[1], self.high[1])


def _checked_points(X: npt.ArrayLike) -> FloatArray:
    points = np.asarray(X)
    if points.dtype not in (np.float32, np.float64):
        points = points.astype(np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(
            f"regions are drawn for 2 features, X has shape {points.shape}: fit on two of them, "
            "such as X[:, [0, 1]], or on a projection"
        )
    if len(points) == 0 or not np.isfinite(points).all():
        raise ValueError("X must hold finite samples: they tell which part of the plane to draw")
    return points


def _answers(predict: Any, points: FloatArray, y: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return the predictions for the samples, after a look at the number of their labels."""
    if np.asarray(y).shape != points.shape[:1]:
        raise ValueError(
            f"y must have shape (N,) = {points.shape[:1]}, a label for each sample; "
            f"found {np.asarray(y).shape}"
        )
    return np.asarray(predict(points))


def _classes(clf: Any, class_names: Sequence[object] | None, *labels: Any) -> list[Any]:
    """Return the labels of the classes: those of the classifier, then others that occur."""
    found = {label for given in labels if given is not None for label in np.ravel(given).tolist()}
    known = getattr(clf, "classes_", None)
    if known is None and class_names is not None and found <= set(range(len(class_names))):
        known = np.arange(len(class_names))
    classes = [] if known is None else np.ravel(known).tolist()
    try:
        return classes + sorted(found.difference(classes))
    except TypeError:  # labels of mixed kinds have no order of their own
        return classes + sorted(found.difference(classes), key=str)


def _indices(labels: npt.ArrayLike, classes: list[Any]) -> IntArray:
    position = {label: i for i, label in enumerate(classes)}
    return np.array([position[label] for label in np.ravel(labels).tolist()], dtype=np.int64)


def _gaps(clf: Any, plane: _Plane, region: IntArray, count: int) -> FloatArray:
    """Return for every class how far it leads over the best other one, (C, rows, columns).

    Measured in scores where they explain the region, which makes the borders smooth; else 1 inside
    and -1 outside.
    """
    scores = _scores(clf, plane)
    if scores is None or len(scores) != count or (scores.argmax(axis=0) != region).any():
        inside = region == np.arange(count)[:, None, None]
        return np.where(inside, 1.0, -1.0)
    if count == 1:
        return np.ones_like(scores)
    second, first = np.partition(scores, (count - 2, count - 1), axis=0)[-2:]
    lead: FloatArray = np.where(scores == first, scores - second, scores - first)
    return lead


def _scores(clf: Any, plane: _Plane) -> FloatArray | None:
    """Return the score of every class, (C, rows, columns), or None without decision_function."""
    if not hasattr(clf, "decision_function"):
        return None
    scores = np.asarray(clf.decision_function(plane.points), dtype=np.float64)
    scores = np.stack([-scores, scores], axis=1) if scores.ndim == 1 else scores
    return np.asarray(scores.T.reshape(-1, *plane.shape), dtype=np.float64)


def _fill(ax: Any, plane: _Plane, region: IntArray, colors: list[str]) -> None:
    rgb = np.array([[int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)] for color in colors])
    cells = np.dstack([rgb[region], np.full(plane.shape, _FILL_DARK if is_dark(ax) else _FILL)])
    ax.imshow(cells, origin="lower", extent=plane.extent, aspect="auto", interpolation="nearest")


def _draw_borders(ax: Any, plane: _Plane, gaps: FloatArray) -> None:
    color = ax.xaxis.label.get_color()
    for gap in gaps:
        if gap.min() < 0 < gap.max():
            ax.contour(plane.x, plane.y, gap, levels=[0], colors=[color], linewidths=0.7, alpha=0.6)


def _draw_zero_lines(ax: Any, plane: _Plane, clf: Any, colors: list[str]) -> None:
    scores = _scores(clf, plane)
    if scores is None:
        raise ValueError(
            f"zero_lines needs scores, but {type(clf).__name__} has no decision_function"
        )
    box = ax.get_window_extent()
    per_pixel = (plane.high - plane.low) / [box.width, box.height]
    for score, color in zip(scores, colors, strict=False):
        if not score.min() < 0 < score.max():
            continue
        line = ax.contour(plane.x, plane.y, score, levels=[0], colors=[color], linestyles="--")
        along = line.get_paths()[0].vertices
        start = along[len(along) // 4]  # in the middle the lines are likely to cross
        at = np.abs(plane.y - start[1]).argmin(), np.abs(plane.x - start[0]).argmin()
        uphill = np.array([g[at] for g in np.gradient(score, plane.y, plane.x)])[::-1]
        uphill = uphill * per_pixel  # as seen on the screen, where it stands upright on the line
        end = start + 0.07 * box.height * uphill / np.linalg.norm(uphill) * per_pixel
        arrow = {"arrowstyle": "-|>", "color": color, "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", xy=end, xytext=start, arrowprops=arrow)


def _draw_samples(
    ax: Any, points: FloatArray, labels: IntArray | None, names: list[str], colors: list[str]
) -> None:
    """Draw the samples, if their labels are known, and the legend of the classes."""
    edge, many = ax.xaxis.label.get_color(), len(points) > 500
    for i, (name, color) in enumerate(zip(names, colors, strict=True)):
        own = points[labels == i] if labels is not None else points[:0]
        marker = class_markers(i + 1)[-1] if labels is not None else "s"
        ax.scatter(
            own[:, 0],
            own[:, 1],
            s=20 if many else 34,
            color=color,
            marker=marker,
            edgecolors=edge,
            linewidths=0.3 if many else 0.7,
            label=plain(name),
        )
    ax.legend(
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        borderaxespad=0,
        ncols=-(-len(names) // _LEGEND_ROWS),
        markerscale=1.4 if many else 1,
    )


def _title(clf: Any, own: Any, y: npt.ArrayLike | None) -> str:
    name = str(getattr(clf, "__name__", type(clf).__name__))
    if y is None:
        return name
    return f"{name}, accuracy {np.mean(np.asarray(y) == own):.3f} on {len(own):,} samples"
