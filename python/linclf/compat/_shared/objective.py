"""Losses as the courses call them: on operands of any dtype that NumPy code would take.

    loss, dW = objective("hinge", W, X, y, L2(reg))      scores are X @ W
    loss, dW = Objective("hinge")(W, X, y, reg)          in a course's convention of reg
    loss, dS = loss_of_scores("softmax", S, y)           scores are given

The C core computes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf import losses
from linclf.penalties import L2

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, IndexArray, Reg

_ROWS = 256  # a power of two: scaling by it is exact


@dataclass(frozen=True, slots=True)
class Objective:
    """A loss with the regulariser as a course writes it; called as its loss functions are.

    Parameters
    ----------
    loss : str
        See `linclf.Loss`.
    half : bool
        Take ``reg / 2 * sum(W**2)``, with the gradient ``reg * W``, for ``reg * sum(W**2)``.
    unsquared : bool
        Add ``reg * norm(W)`` to the loss, but ``2 * reg * W`` to the gradient. That is not its
        derivative; one course computes it so.
    columns : bool
        W is (C, D), and X (D, N) holds a sample in every column.

    Examples
    --------
    >>> W, X, y = np.eye(2), np.zeros((1, 2)), [0]
    >>> Objective("hinge")(W, X, y, 3.0)[0], Objective("hinge", half=True)(W, X, y, 3.0)[0]
    (7.0, 4.0)
    """

    loss: str
    half: bool = False
    unsquared: bool = False
    columns: bool = False

    def __call__(self, W: Any, X: Any, y: Any, reg: float) -> tuple[float, Any]:
        """Return the objective and its gradient, in the shape and memory order of W."""
        if self.columns:
            value, dW = objective(self.loss, np.asarray(W).T, np.asarray(X).T, y, self.penalty(reg))
            return value, dW.T
        if not self.unsquared:
            return objective(self.loss, W, X, y, self.penalty(reg))
        value, dW = objective(self.loss, W, X, y, 0.0)
        dW += self.penalty(reg).gradient(as_floats(W))
        return value + reg * float(np.linalg.norm(W)), dW

    def penalty(self, reg: float) -> L2:
        """Return the penalty whose gradient is the course's."""
        return L2(reg / 2 if self.half else reg)

    def totals(self, rows: DoubleArray, reg: float) -> list[float]:
        """Return the losses of rows of data loss and ``reg * sum(W**2)``, as `sgd_in_c` gives."""
        penalties = rows[:, 1]
        if self.unsquared and reg:
            penalties = reg * np.sqrt(penalties / reg)
        return [float(total) for total in rows[:, 0] + penalties]


def objective(loss: str, W: Any, X: Any, y: Any, reg: Reg, delta: float = 1.0) -> tuple[float, Any]:
    """Return ``(1/N) * sum_i loss(X[i] @ W, y[i]) + penalty`` and its gradient.

    Parameters
    ----------
    loss : str
        See `linclf.Loss`.
    W : (D, C) array-like
    X : (N, D) array-like
        Of any dtypes: integers are read as the numbers they are, floats are brought to the wider
        dtype of both, as NumPy does.
    y : (N,) or (N, 1) array-like
        Labels; floats without a fraction are taken.
    reg : float or penalty
        As for `linclf.loss_and_grad`; a float is the lam of ``lam * sum(W**2)``.
    delta : float
        Margin of the hinge.

    Returns
    -------
    loss : float
    dW : (D, C) array
        In the memory order of W.

    Examples
    --------
    >>> objective("hinge", np.eye(2), [[1, 0], [0, 3]], [0, 1], 0.0)
    (0.0, array([[0., 0.],
           [0., 0.]]))
    """
    weights, data = same_dtype(W, X)
    out = np.empty_like(weights)
    value, dW = losses.loss_and_grad(loss, weights, data, labels_of(y), reg, delta=delta, out=out)
    return value, dW


def loss_of_scores(loss: str, S: Any, y: Any, delta: float = 1.0) -> tuple[float, Any]:
    """Return the mean loss of rows of scores, and its derivative in the scores.

    Parameters
    ----------
    loss : str
        See `linclf.Loss`.
    S : (N, C) array-like
        Scores.
    y : (N,) or (N, 1) array-like
        Labels.
    delta : float
        Margin of the hinge.

    Returns
    -------
    loss : float
    dS : (N, C) array

    Examples
    --------
    >>> loss_of_scores("hinge", [[1.0, 2.5, -1.0]], [0])
    (2.5, array([[-1.,  1.,  0.]]))
    """
    scores, labels = as_floats(S), labels_of(y)
    if scores.ndim != 2 or labels.shape != scores.shape[:1]:
        raise ValueError(
            f"scores are of shape {scores.shape} and labels of {labels.shape}; they must be "
            "(N, C) and (N,)"
        )
    total, dS = 0.0, np.empty_like(scores)
    for start in range(0, len(scores), _ROWS):
        # With the identity for X the weights are the scores, and dW is what is asked for.
        block = np.ascontiguousarray(scores[start : start + _ROWS])
        X = np.eye(len(block), dtype=block.dtype)
        value, dblock = losses.loss_and_grad(
            loss, block, X, labels[start : start + _ROWS], delta=delta
        )
        share = len(block) / len(scores)
        total += value * share
        dS[start : start + _ROWS] = dblock * share
    return total, dS


def predicted(W: Any, X: Any) -> IndexArray:
    """Return the class of the highest score of each row of X, (N,)."""
    weights = as_floats(W)
    data = np.asarray(X)
    wide = np.result_type(weights, data) if data.dtype.kind == "f" else weights.dtype
    weights = weights.astype(wide, copy=False)
    if data.dtype.kind in "iu" or data.dtype == wide:
        return losses.predict(weights, data)
    blocks = (data[start : start + 4096] for start in range(0, max(1, len(data)), 4096))
    return np.concatenate([losses.predict(weights, block.astype(wide)) for block in blocks])


def same_dtype(W: Any, X: Any) -> tuple[Any, Data]:
    """Return W as floats, and X in integers or the dtype of W; copied only where it must be."""
    weights, data = as_floats(W), np.asarray(X)
    if data.dtype.kind in "iu":
        return weights, data
    wide = np.result_type(weights, as_floats(data))
    return weights.astype(wide, copy=False), data.astype(wide, copy=False)


def as_floats(array: Any) -> Any:
    """Return float32 as it is and every other kind of numbers as float64."""
    found = np.asarray(array)
    return found if found.dtype in (np.float32, np.float64) else found.astype(np.float64)


def labels_of(y: Any) -> Any:
    """Return labels as (N,) integers.

    Raises
    ------
    ValueError
        If some have a fraction, or there are several columns.

    Examples
    --------
    >>> labels_of([[2], [0]])
    array([2, 0])
    """
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.dtype.kind == "b":
        return labels.astype(np.int64)
    if labels.dtype.kind == "f":
        whole = labels.astype(np.int64)
        if (whole != labels).any():
            row = int(np.argmax(whole != labels))
            raise ValueError(f"y[{row}] is {labels[row]}; labels are whole numbers 0 .. C-1")
        return whole
    return labels
