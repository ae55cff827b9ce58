"""``metrics`` of the course."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["binary_classification_metrics", "multiclass_accuracy"]


def binary_classification_metrics(
    prediction: Any, ground_truth: Any
) -> tuple[float, float, float, float]:
    """Return precision, recall, F1 and accuracy of predictions that are true or false.

    Parameters
    ----------
    prediction, ground_truth : (N,) arrays of bool

    Returns
    -------
    precision, recall, f1, accuracy : float
        One with nothing to count, 0/0, is 0.

    Examples
    --------
    >>> binary_classification_metrics(np.array([True, True, False]), np.array([True, False, False]))
    (0.5, 1.0, 0.6666666666666666, 0.6666666666666666)
    """
    predicted, true = (np.asarray(array).astype(bool) for array in (prediction, ground_truth))
    hits = int((predicted & true).sum())
    precision = _share(hits, int(predicted.sum()))
    recall = _share(hits, int(true.sum()))
    f1 = _share(2 * precision * recall, precision + recall)
    return precision, recall, f1, float(np.mean(predicted == true))


def multiclass_accuracy(prediction: Any, ground_truth: Any) -> float:
    """Return the share of labels that are predicted right.

    Parameters
    ----------
    prediction, ground_truth : (N,) arrays of int
        (N, 1) is taken as well.

    Examples
    --------
    >>> multiclass_accuracy(np.array([1, 2, 3, 4]), np.array([1, 2, 3, 3]))
    0.75
    """
    return float(np.mean(np.ravel(prediction) == np.ravel(ground_truth)))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
