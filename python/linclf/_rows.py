"""The losses row by row, and their slopes by every score: computed by the C core, a row a call.

What is here is slow for many rows, and meant for a few hundred: the tools that take a loss apart
(`linclf.mutants`, `linclf.diagnosis`) start from these parts instead of writing a loss again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linclf import _linclf

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Labels


def row_terms(loss: str, S: Data, y: Labels, delta: float = 1.0) -> tuple[DoubleArray, DoubleArray]:
    """Return the loss of every row of scores, and its derivative by the scores.

    Parameters
    ----------
    loss : Loss or str
        Which loss.
    S : (N, C) array
        Scores.
    y : (N,) integer array
        Labels.
    delta : float
        Margin of the hinge losses.

    Returns
    -------
    values : (N,) float64 array
    slopes : (N, C) float64 array

    Raises
    ------
    ValueError
        If a label is out of range.

    Examples
    --------
    >>> values, slopes = row_terms("hinge", np.array([[3.2, 5.1, -1.7]]), np.array([0]))
    >>> values.round(6), slopes
    (array([2.9]), array([[-1.,  1.,  0.]]))
    """
    S = np.asarray(S, np.float64)
    one = np.ones((1, 1))
    values, slopes = np.empty(len(S)), np.empty(S.shape)
    for i in range(len(S)):  # a row of scores is a problem of one sample whose W is that row
        values[i], slopes[i : i + 1] = _linclf.loss_grad(
            loss, S[i : i + 1], one, y[i : i + 1], 0.0, None, delta, None, None, 1, True
        )
    return values, slopes
