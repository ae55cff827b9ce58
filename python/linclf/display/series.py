"""The curves of a training, from whatever remembers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


_TOO_LARGE = 1e300  # sums and the next round number still fit into a float64


def drawable(values: FloatArray) -> npt.NDArray[np.bool_]:
    """Tell which values are finite and leave room for the arithmetic of a drawing."""
    return np.abs(values) < _TOO_LARGE


@dataclass(frozen=True)
class Losses:
    """The loss of every step, its two parts where they are known, and the validation points.

    Attributes
    ----------
    loss : (steps,) float64 array
    data_loss, penalty : (steps,) float64 array or None
        They add up to `loss`.
    validation : dict of str to array
        Keys ``"step"``, ``"loss"``, ``"accuracy"``, as far as known; empty without validation.
    """

    loss: FloatArray
    data_loss: FloatArray | None = None
    penalty: FloatArray | None = None
    validation: dict[str, FloatArray] = field(default_factory=dict)

    @property
    def last_step(self) -> int:
        """Where the step axis ends: the last step or a validation after it, at least 1."""
        checked = self.validation.get("step", np.empty(0))
        return int(max([len(self.loss) - 1, 1, *checked[drawable(checked)].tolist()]))

    @property
    def finite_steps(self) -> int:
        """Number of steps before the first loss that is NaN, infinite or too large to draw."""
        bad = np.flatnonzero(~drawable(self.loss))
        return int(bad[0]) if len(bad) else len(self.loss)


def losses_of(history: Any) -> Losses:
    """Read the curves of a training.

    Parameters
    ----------
    history : History, classifier, mapping or sequence of float
        An object or mapping with ``loss`` and, if it has them, ``data_loss``, ``penalty`` and
        ``validation``; a classifier with ``history_``; or the losses themselves, as the ``train``
        of the course classes returns them.

    Returns
    -------
    losses : Losses

    Examples
    --------
    >>> losses_of([2.3, 1.9, float("nan")]).finite_steps
    2
    """
    history = getattr(history, "history_", history)
    names = ("loss", "data_loss", "penalty", "validation")
    if isinstance(history, Mapping):
        found = {name: history.get(name) for name in names}
    elif hasattr(history, "loss"):
        found = {name: getattr(history, name, None) for name in names}
    else:
        found = {"loss": history}
    loss = found["loss"]
    if loss is None or np.ndim(loss) != 1:
        raise ValueError(
            f"no losses in {type(history).__name__}: give a History, a fitted classifier, "
            "a dict with a list under 'loss', or the list itself"
        )
    return Losses(
        np.asarray(loss, dtype=np.float64),
        _part(found.get("data_loss"), len(loss)),
        _part(found.get("penalty"), len(loss)),
        validation_points(found.get("validation")),
    )


def _part(values: Any, steps: int) -> FloatArray | None:
    if values is None or np.shape(values) != (steps,):
        return None
    return np.asarray(values, dtype=np.float64)


def validation_points(validation: Any) -> dict[str, FloatArray]:
    """Return validation results as arrays of equal length, or an empty dict if there are none.

    Examples
    --------
    >>> validation_points({"step": [10, 20], "loss": [1.5, 1.2]})["loss"].tolist()
    [1.5, 1.2]
    """
    if not isinstance(validation, Mapping) or not np.size(validation.get("step", ())):
        return {}
    step = np.asarray(validation["step"], dtype=np.float64)
    points = {"step": step}
    for name in ("loss", "accuracy"):
        if np.shape(validation.get(name, ())) == step.shape:
            points[name] = np.asarray(validation[name], dtype=np.float64)
    return points


def moving_average(values: npt.ArrayLike, window: int) -> FloatArray:
    """Return the mean over a centred window that shrinks at both ends.

    Parameters
    ----------
    values : (n,) array, finite
    window : int
        Number of values in the window; even numbers are rounded up to odd.

    Returns
    -------
    means : (n,) float64 array

    Examples
    --------
    >>> moving_average([1.0, 2.0, 6.0, 3.0], 3).tolist()
    [1.5, 3.0, 3.6666666666666665, 4.5]
    """
    x = np.asarray(values, dtype=np.float64)
    half = window // 2
    total = np.concatenate([[0.0], np.cumsum(x)])
    i = np.arange(len(x))
    low, high = np.maximum(i - half, 0), np.minimum(i + half + 1, len(x))
    return np.asarray((total[high] - total[low]) / (high - low), dtype=np.float64)
