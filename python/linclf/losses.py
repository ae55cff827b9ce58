"""Losses of a linear classifier with their gradients, scores and predictions.

    S = X @ W + b                                        scores, one row per sample
    L = (1/N) * sum_i loss(S[i], y[i])  +  penalty(W)     objective

Every function reads its arrays where they lie, in any strides, copies none and leaves them
as they are. The checks, the messages and the arithmetic are in the C core. So is each function
itself: it is called in loops where 100 ns show, and calling one of Python takes as long.
"""

from __future__ import annotations

import inspect
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, overload

from linclf import _linclf

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from linclf.arrays import Data, Float, IndexArray, Labels, Reg

    F = TypeVar("F", bound=Callable[..., Any])


def _in_c(definition: F) -> F:
    """Return the function of the extension that takes the place of a definition.

    Its arguments, their defaults and its documentation are those of the definition, which has no
    body for that reason.
    """
    name, nothing = definition.__name__, inspect.Parameter.empty
    declared = list(inspect.signature(definition).parameters.values())
    shown = inspect.Signature([each.replace(annotation=nothing) for each in declared])
    function: F = _linclf.implement(
        name,
        definition.__module__,
        f"{name}{shown}",
        definition.__doc__ or "",  # none with python -OO
        tuple(each.name for each in declared),
        sum(each.kind is not each.KEYWORD_ONLY for each in declared),
        tuple(each.default for each in declared if each.default is not nothing),
    )
    return function


class Loss(StrEnum):
    """The losses, as functions of one row of scores ``s`` and its label ``y``.

    ==================  ==================================================================
    ``HINGE``           ``sum over j != y of max(0, s_j - s_y + delta)``, Weston & Watkins
    ``SQUARED_HINGE``   ``sum over j != y of max(0, s_j - s_y + delta)**2``
    ``CRAMMER_SINGER``  ``max(0, max over j != y of s_j - s_y + delta)``
    ``ONE_VS_ALL``      ``max(0, delta - s_y) + sum over j != y of max(0, delta + s_j)``
    ``SOFTMAX``         ``log(sum over j of exp(s_j)) - s_y``, the cross-entropy
    ==================  ==================================================================

    The name itself, ``"hinge"`` for instance, will do wherever a loss is asked for.
    """

    HINGE = "hinge"
    SQUARED_HINGE = "squared_hinge"
    CRAMMER_SINGER = "crammer_singer"
    ONE_VS_ALL = "one_vs_all"
    SOFTMAX = "softmax"


@overload
def loss_and_grad(
    loss: str,
    W: NDArray[Float],
    X: Data,
    y: Labels,
    reg: Reg = ...,
    *,
    b: None = ...,
    delta: float = ...,
    center: NDArray[Float] | None = ...,
    out: NDArray[Float] | None = ...,
    n_threads: int | None = ...,
) -> tuple[float, NDArray[Float]]: ...
@overload
def loss_and_grad(
    loss: str,
    W: NDArray[Float],
    X: Data,
    y: Labels,
    reg: Reg = ...,
    *,
    b: NDArray[Float],
    delta: float = ...,
    center: NDArray[Float] | None = ...,
    out: tuple[NDArray[Float], NDArray[Float]] | None = ...,
    n_threads: int | None = ...,
) -> tuple[float, NDArray[Float], NDArray[Float]]: ...
@_in_c
def loss_and_grad(
    loss: str,
    W: Any,
    X: Data,
    y: Labels,
    reg: Reg = 0.0,
    *,
    b: Any = None,
    delta: float = 1.0,
    center: Any = None,
    out: Any = None,
    n_threads: int | None = None,
) -> Any:
    """Return the objective of a linear classifier and its gradient.

    Computes ``(1/N) * sum_i loss(X[i] @ W + b, y[i]) + reg * sum(W**2)`` and its derivative in
    one pass over `X`.

    Parameters
    ----------
    loss : Loss or str
        Which loss; see `Loss`.
    W : (D, C) float64 or float32 array
        Weights, one class per column.
    X : (N, D) array
        Data, one sample per row: of the dtype of `W`, or of any integer dtype (raw uint8
        pixels). Any strides.
    y : (N,) integer array
        Labels in ``0 .. C-1``. For softmax also an (N, C) array of target probabilities of the
        dtype of `W`.
    reg : float or penalty
        The ``lam`` of ``lam * sum(W**2)``, or `L2`, `L1`, `ElasticNet`.
    b : (C,) array, optional
        Bias; never penalised.
    delta : float
        Margin of the hinge losses.
    center : (D,) array, optional
        Mean that is subtracted from every row of `X` on the fly.
    out : (D, C) array, or with `b` a pair of (D, C) and (C,) arrays, optional
        Receives the gradient; must not overlap the operands.
    n_threads : int, optional
        At most so many threads; by default ``LINCLF_NUM_THREADS``, else ``OMP_NUM_THREADS``,
        else the CPUs that this process may use. Never changes a bit of the result.

    Returns
    -------
    value : float
    dW : (D, C) array
        `out` if it was given.
    db : (C,) array
        Only if `b` was given.

    Raises
    ------
    TypeError
        If an operand is not an array or of the wrong dtype.
    ValueError
        If shapes disagree, a label is out of range or an output overlaps an operand. The
        outputs are untouched then.

    Notes
    -----
    The subgradient of a hinge counts a class only where its margin is strictly positive.
    A NaN in a used place gives a NaN loss. The other layout of the lectures, W of (C, D) and
    samples in columns, is ``loss_and_grad(loss, W.T, X.T, y)``. The hinge is that of Weston &
    Watkins (1999).

    Examples
    --------
    With all weights zero every class is equally likely, so softmax loses ``log C``:

    >>> X, y, W = np.ones((4, 3)), np.array([0, 1, 2, 0]), np.zeros((3, 10))
    >>> value, dW = linclf.loss_and_grad("softmax", W, X, y)
    >>> round(value, 6), dW.shape
    (2.302585, (3, 10))
    """


@_in_c
def loss_value(
    loss: str,
    W: NDArray[Float],
    X: Data,
    y: Labels,
    reg: Reg = 0.0,
    *,
    b: NDArray[Float] | None = None,
    delta: float = 1.0,
    center: NDArray[Float] | None = None,
    n_threads: int | None = None,
) -> float:
    """Return the objective alone, for less than half of the work of `loss_and_grad`.

    Parameters and errors are those of `loss_and_grad`, and so are the bits of the value.

    Examples
    --------
    >>> X, y, W = np.ones((4, 3)), np.array([0, 1, 2, 0]), np.zeros((3, 10))
    >>> linclf.loss_value("hinge", W, X, y)
    9.0
    """


@overload
def svm_loss(
    W: NDArray[Float],
    X: Data,
    y: Labels,
    reg: Reg = ...,
    *,
    squared: bool = ...,
    b: None = ...,
    delta: float = ...,
    center: NDArray[Float] | None = ...,
    out: NDArray[Float] | None = ...,
    n_threads: int | None = ...,
) -> tuple[float, NDArray[Float]]: ...
@overload
def svm_loss(
    W: NDArray[Float],
    X: Data,
    y: Labels,
    reg: Reg = ...,
    *,
    squared: bool = ...,
    b: NDArray[Float],
    delta: float = ...,
    center: NDArray[Float] | None = ...,
    out: tuple[NDArray[Float], NDArray[Float]] | None = ...,
    n_threads: int | None = ...,
) -> tuple[float, NDArray[Float], NDArray[Float]]: ...
@_in_c
def svm_loss(
    W: Any,
    X: Data,
    y: Labels,
    reg: Reg = 0.0,
    *,
    squared: bool = False,
    b: Any = None,
    delta: float = 1.0,
    center: Any = None,
    out: Any = None,
    n_threads: int | None = None,
) -> Any:
    """Return the multiclass hinge (SVM) objective and its gradient.

    For one row of scores ``s = X[i] @ W + b`` with label ``y`` the loss is
    ``sum over j != y of max(0, s_j - s_y + delta)`` (Weston & Watkins, 1999); the objective is
    its mean over the rows plus ``reg * sum(W**2)``.

    Parameters
    ----------
    W, X, y, reg, b, delta, center, out, n_threads
        As for `loss_and_grad`, whose errors it shares.
    squared : bool
        Square each violation: ``max(0, ...)**2``.

    Returns
    -------
    value : float
    dW : (D, C) array
    db : (C,) array
        Only if `b` was given.

    Examples
    --------
    The cat, car and frog of the lectures. Their scores are given, so X is the identity:

    >>> scores = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
    >>> value, dW = linclf.svm_loss(scores, np.eye(3), np.array([0, 1, 2]))
    >>> round(value, 6)
    5.266667
    >>> (3 * dW).round(6) + 0.0
    array([[-1.,  1.,  0.],
           [ 0.,  0.,  0.],
           [ 1.,  1., -2.]])
    """


@overload
def softmax_loss(
    W: NDArray[Float],
    X: Data,
    y: Labels,
    reg: Reg = ...,
    *,
    b: None = ...,
    center: NDArray[Float] | None = ...,
    out: NDArray[Float] | None = ...,
    n_threads: int | None = ...,
) -> tuple[float, NDArray[Float]]: ...
@overload
def softmax_loss(
    W: NDArray[Float],
    X: Data,
    y: Labels,
    reg: Reg = ...,
    *,
    b: NDArray[Float],
    center: NDArray[Float] | None = ...,
    out: tuple[NDArray[Float], NDArray[Float]] | None = ...,
    n_threads: int | None = ...,
) -> tuple[float, NDArray[Float], NDArray[Float]]: ...
@_in_c
def softmax_loss(
    W: Any,
    X: Data,
    y: Labels,
    reg: Reg = 0.0,
    *,
    b: Any = None,
    center: Any = None,
    out: Any = None,
    n_threads: int | None = None,
) -> Any:
    """Return the softmax (cross-entropy) objective and its gradient.

    For one row of scores ``s = X[i] @ W + b`` with label ``y`` the loss is
    ``log(sum over j of exp(s_j)) - s_y``, computed without overflow; the objective is its mean
    over the rows plus ``reg * sum(W**2)``.

    Parameters
    ----------
    W, X, y, reg, b, center, out, n_threads
        As for `loss_and_grad`, whose errors it shares.

    Returns
    -------
    value : float
    dW : (D, C) array
    db : (C,) array
        Only if `b` was given.

    Examples
    --------
    The cat of the lectures, and scores so far apart that ``exp`` alone would overflow:

    >>> cat = np.array([[3.2, 5.1, -1.7]])
    >>> value, dW = linclf.softmax_loss(cat, np.eye(1), np.array([0]))
    >>> round(value, 6)
    2.040355
    >>> linclf.softmax_loss(np.array([[0.0, 1000.0]]), np.eye(1), np.array([0]))[0]
    1000.0
    """


@_in_c
def scores(
    W: NDArray[Float],
    X: Data,
    *,
    b: NDArray[Float] | None = None,
    center: NDArray[Float] | None = None,
    out: NDArray[Float] | None = None,
    n_threads: int | None = None,
) -> NDArray[Float]:
    """Return the scores ``(X - center) @ W + b``.

    Parameters
    ----------
    W, X, b, center, n_threads
        As for `loss_and_grad`, whose errors it shares.
    out : (N, C) array, optional
        Receives the scores.

    Returns
    -------
    (N, C) array of the dtype of `W`

    Examples
    --------
    >>> linclf.scores(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[3., 6.],
           [4., 8.]])
    """


@_in_c
def predict(
    W: NDArray[Float],
    X: Data,
    *,
    b: NDArray[Float] | None = None,
    center: NDArray[Float] | None = None,
    n_threads: int | None = None,
) -> IndexArray:
    """Return the class of the highest score of each row, without storing the scores.

    Parameters
    ----------
    W, X, b, center, n_threads
        As for `loss_and_grad`, whose errors it shares.

    Returns
    -------
    (N,) int64 array
        Like ``np.argmax``: the lowest class among equals, the first NaN if there is one.

    Examples
    --------
    >>> linclf.predict(np.array([[1.0, 2.0]]), np.array([[3.0], [-4.0]]))
    array([1, 0])
    """


@_in_c
def softmax(
    S: NDArray[Float], *, out: NDArray[Float] | None = None, n_threads: int | None = None
) -> NDArray[Float]:
    """Return the class probabilities ``exp(s_k) / sum over j of exp(s_j)``, row by row.

    Parameters
    ----------
    S : (N, C) float64 or float32 array
        Scores.
    out : (N, C) array, optional
        Receives the probabilities.
    n_threads : int, optional
        As for `loss_and_grad`.

    Returns
    -------
    (N, C) array of the dtype of `S`

    Examples
    --------
    >>> linclf.softmax(np.array([[3.2, 5.1, -1.7]])).round(6)
    array([[0.129983, 0.86905 , 0.000968]])
    """
