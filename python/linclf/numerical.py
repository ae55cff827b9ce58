"""Numerical gradients: difference quotients of a loss of this package, or of any function.

    central    (f(w + h) - f(w - h)) / 2h      truncation error h**2, the default
    forward    (f(w + h) - f(w)) / h           truncation error h

The step balances truncation against the rounding of f: eps to the power of 1/3 (central) or 1/2
(forward), times ``max(1, abs(w))`` for a function of which nothing else is known. For a loss of
this package it is divided by the largest number in the column of X that the weight meets, so that
no score moves by more than that power of eps. What is divided by is the distance between the two
points as the machine holds them, which is not exactly 2h.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from linclf import _linclf
from linclf.checks import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linclf.arrays import Data, Float, Labels, Reg

_ROUNDING = 16.0  # ulps of f that its evaluation may be wrong by


@overload
def numerical_gradient(
    loss: Callable[..., Any],
    W: NDArray[Float],
    X: Data | None = ...,
    y: Labels | None = ...,
    reg: Reg = ...,
    *,
    h: float | None = ...,
    scheme: str = ...,
) -> NDArray[Float]: ...
@overload
def numerical_gradient(
    loss: str,
    W: NDArray[Float],
    X: Data,
    y: Labels,
    reg: Reg = ...,
    *,
    b: None = ...,
    delta: float = ...,
    center: NDArray[Float] | None = ...,
    h: float | None = ...,
    scheme: str = ...,
    n_threads: int | None = ...,
) -> NDArray[Float]: ...
@overload
def numerical_gradient(
    loss: str,
    W: NDArray[Float],
    X: Data,
    y: Labels,
    reg: Reg = ...,
    *,
    b: NDArray[Float],
    delta: float = ...,
    center: NDArray[Float] | None = ...,
    h: float | None = ...,
    scheme: str = ...,
    n_threads: int | None = ...,
) -> tuple[NDArray[Float], NDArray[Float]]: ...
def numerical_gradient(
    loss: str | Callable[..., Any],
    W: Any,
    X: Any = None,
    y: Any = None,
    reg: Reg = 0.0,
    *,
    b: Any = None,
    delta: float = 1.0,
    center: Any = None,
    h: float | None = None,
    scheme: str = "central",
    n_threads: int | None = None,
) -> Any:
    """Return the gradient of an objective, or of any function of `W`, by finite differences.

    The losses of this package are differentiated in C: moving ``W[d, c]`` moves one column of
    the scores alone, so that all D * C differences together cost about as much as a few hundred
    evaluations of the loss, not 2 * D * C.

    Parameters
    ----------
    loss : Loss, str or callable
        The name of a loss of this package; or any function, called as ``loss(W)``, or as
        ``loss(W, X, y, reg)`` where `X` is given, which returns a number or a tuple that begins
        with one, such as ``(loss, dW)``.
    W : (D, C) float64 or float32 array
        Where. For a function, any shape: moved in place entry by entry, and restored exactly
        even if the function raises; float32 works with a warning then.
    X, y, reg
        As for `loss_and_grad`; handed on to a function as they are.
    b, delta, center, n_threads
        As for `loss_and_grad`; for the losses of this package only. `n_threads` never changes a
        bit of the result.
    h : float, optional
        Step; by default one for each entry, see `linclf.numerical`.
    scheme : {"central", "forward"}
        Which difference.

    Returns
    -------
    dW : array of the shape and dtype of `W`
    db : (C,) array
        Only if `b` was given: then the result is a pair.

    Raises
    ------
    TypeError
        If `W` is no array of floats. In an integer array ``w + h`` is cut back to ``w``, and
        every difference would be zero. Also what `loss_and_grad` raises.
    ValueError
        If `h` is so small that ``w + h`` is rounded back to ``w``, or if a function is to move a
        `W` that is read-only. Also what `loss_and_grad` raises.

    Notes
    -----
    At a kink of a hinge loss or of ``abs(w)`` the two sides have different slopes; a quotient
    across it is in between, and no subgradient.

    Examples
    --------
    >>> W, X, y = np.array([[1.0, -1.0]]), np.array([[0.5], [2.0]]), np.array([0, 1])
    >>> value, dW = linclf.softmax_loss(W, X, y, 0.1)
    >>> bool(abs(linclf.numerical_gradient("softmax", W, X, y, 0.1) - dW).max() < 1e-9)
    True
    >>> W = np.array([[3.0, 4.0]])
    >>> linclf.numerical_gradient(lambda W: (W**2).sum(), W).round(6)
    array([[6., 8.]])
    """
    check_weights(W)
    forward = _is_forward(scheme)
    if isinstance(loss, str):
        if X is None or y is None:
            raise TypeError(f"the loss {str(loss)!r} needs X and y; pass them after W")
        step = None if h is None else number("h", h)
        return _linclf.numerical_gradient(
            loss, W, X, y, reg, b, delta, center, step, forward, n_threads
        )
    if not callable(loss):
        raise TypeError(
            f"loss is a {type(loss).__name__}; pass the name of a loss such as 'softmax', or a "
            "function of W"
        )
    if b is not None or center is not None:
        raise TypeError(
            "b and center are for the losses of this package; pass a function that has them "
            "inside, such as lambda W: f(W, b)"
        )
    check_movable(W)
    if W.dtype == np.float32:
        warnings.warn(
            "W is float32, in which a difference quotient keeps about two digits; "
            "use W.astype(np.float64), and X likewise",
            stacklevel=2,
        )
    f = loss if X is None else _of_weights(loss, X, y, reg)
    gradient = np.empty(W.shape, W.dtype)
    for entry, slope, _ in slopes(f, W, np.ndindex(W.shape), h, scheme):
        gradient[entry] = slope
    return gradient


def slopes(
    f: Callable[[Any], Any], W: Any, entries: Iterable[tuple[int, ...]], h: Any, scheme: str
) -> Iterator[tuple[tuple[int, ...], float, float]]:
    """Yield each entry with its difference quotient, and how far rounding may have moved that."""
    forward = _is_forward(scheme)
    step = None if h is None else number("h", h)
    base = value_of(f(W)) if forward else 0.0
    for entry in entries:
        w = W[entry]
        size = _default_step(w, forward) if step is None else step
        above, below = w + W.dtype.type(size), w if forward else w - W.dtype.type(size)
        if above == below:
            where = ", ".join(map(str, entry))
            raise ValueError(f"h is {h}, too small to move W[{where}] = {w}; leave h out")
        try:
            W[entry] = above
            up = value_of(f(W))
            W[entry] = below
            down = base if forward else value_of(f(W))
        finally:
            W[entry] = w
        distance = float(above) - float(below)
        noise = _ROUNDING * float(np.finfo(np.float64).eps) * max(abs(up), abs(down)) / distance
        yield entry, (up - down) / distance, noise


def value_of(result: Any) -> float:
    """Return the loss out of what a function returned: itself, or the head of a tuple."""
    value = result[0] if isinstance(result, tuple) and result else result
    if value is None or np.ndim(value) != 0:
        found = "None" if value is None else f"an array of shape {np.shape(value)}"
        raise TypeError(
            f"f returns {found} as the loss; it must return one number, the mean over the samples"
        )
    return float(value)


def check_weights(W: Any) -> None:
    """Refuse weights that a small step cannot move."""
    if not isinstance(W, np.ndarray):
        raise TypeError(
            f"W is a {type(W).__name__}, not an array; use np.asarray(W, dtype=np.float64)"
        )
    if W.dtype.kind in "iub":
        raise TypeError(
            f"W is of dtype {W.dtype}, in which W + h is cut back to W, so that every difference "
            "is 0; use W.astype(np.float64)"
        )
    if W.dtype not in (np.float64, np.float32):
        raise TypeError(f"W is of dtype {W.dtype}; use W.astype(np.float64)")


def check_movable(W: Any) -> None:
    """Refuse weights that a function cannot be shown in another place."""
    if not W.flags.writeable:
        raise ValueError("W is read-only and cannot be moved; use W.copy()")


def _of_weights(f: Callable[..., Any], X: Any, y: Any, reg: Any) -> Callable[[Any], Any]:
    return lambda W: f(W, X, y, reg)


def _is_forward(scheme: str) -> bool:
    if scheme not in ("central", "forward"):
        raise ValueError(f"scheme is {scheme!r}; it must be 'central' or 'forward'")
    return scheme == "forward"


def _default_step(w: Any, forward: bool) -> float:
    step: float = float(np.finfo(w.dtype).eps) ** (1 / 2 if forward else 1 / 3)
    return step * max(1.0, abs(float(w)))
