"""The check of an analytic gradient: against differences, against the core, and what is wrong.

    whole         dW against central differences of the loss, in a sample of the entries
    data          the same at reg = 0
    regulariser   what reg adds to loss and gradient, at a reg that makes both parts matter
    reference     every entry against the C core, where it is known which loss is meant

Two numbers agree if rounding, truncation and the kinks between both ends of a difference explain
what is between them (`linclf.differences`, `linclf.tolerance`). What fails is handed on to
`linclf.diagnosis`, which names the mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._checked_function import CheckedFunction
from linclf._gradient_checker import GradientChecker
from linclf.gradient_report import GradientCheck
from linclf.losses import Loss, loss_and_grad, loss_value
from linclf.numerical import check_weights, numerical_gradient
from linclf.sampling import as_generator

__all__ = ["GradientCheck", "check_gradient", "numerical_gradient"]

if TYPE_CHECKING:
    from linclf.arrays import Data, Labels, Reg, Rng


def check_gradient(
    f: str | Callable[..., Any],
    W: Data,
    X: Data | None = None,
    y: Labels | None = None,
    reg: Reg = 0.0,
    *,
    loss: str | None = None,
    full: bool = False,
    rng: Rng = None,
) -> GradientCheck:
    """Check the gradient that a function returns, and say what is wrong with it.

    The gradient is compared with central differences of the function's own loss: as it is, at
    ``reg=0``, and for the regulariser alone at a strength at which it matters. The step is chosen
    for each entry; where a margin of the hinge changes sign within it, it is made smaller, and an
    entry that remains at such a kink is labelled so instead of wrong. If it is known which loss
    is meant, value and gradient are compared with the C core's as well, and the mistake is named.

    Parameters
    ----------
    f : callable or str
        ``f(W, X, y, reg)`` returning ``(loss, dW)``; without `X`, ``f(W)`` returning the same.
        A name such as "softmax" checks the loss of that name of this package.
    W : (D, C) float64 or float32 array
        Where; restored bit for bit, even if `f` raises. With float32, the check runs on float64
        copies of W and X.
    X : (N, D) array, optional
        Data, handed on to `f`.
    y : (N,) array, optional
        Labels, handed on to `f`.
    reg : float or penalty
        Handed on to `f`.
    loss : Loss or str, optional
        What `f` is meant to compute: "hinge", "softmax" or another of `Loss`. Its value must be
        right then. By default it is guessed from the values of `f`, and a loss that is no known
        one is only noted, not blamed, as long as the gradient is its derivative.
    full : bool
        Compare every entry with differences, not a sample. The sample has every class, the first
        and the last row (the bias), and entries in which the gradient is zero.
    rng : int, Generator, SeedSequence, RandomState or None
        Where the sample is drawn from.

    Returns
    -------
    GradientCheck
        True if the gradient is right; else it says what is wrong.

    Raises
    ------
    TypeError
        If `f` does not return ``(loss, dW)``, or W holds integers.
    ValueError
        If the gradient is not of the shape of W, the loss is not finite and it is unknown what it
        should be, or `f` changes its operands or answers differently when it is asked twice.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> W, X, y = rng.normal(size=(7, 5)), rng.normal(size=(11, 7)), rng.integers(5, size=11)
    >>> bool(linclf.check_gradient("softmax", W, X, y, 0.1))
    True
    >>> def forgot_the_factor_two(W, X, y, reg):
    ...     loss, dW = linclf.softmax_loss(W, X, y)
    ...     return loss + reg * (W**2).sum(), dW + reg * W
    >>> check = linclf.check_gradient(forgot_the_factor_two, W, X, y, 0.1)
    >>> check.passed, check.findings
    (False, ("the regulariser's gradient lacks the factor 2",))
    """
    check_weights(W)
    _check_data(X, y)
    if loss is not None:
        loss = Loss(loss)
    notes = []
    if W.dtype == np.float32:
        notes.append("W is float32: checked on float64 copies, as differences need the digits")
        W, X, y = (_in_double(array) for array in (W, X, y))
    elif not W.flags.writeable:
        W = W.copy(order="K")
    if isinstance(f, str):
        if X is None or y is None:
            raise TypeError(f"the loss {str(f)!r} needs X and y; pass them after W")
        loss = Loss(f) if loss is None else loss
        function = CheckedFunction(partial(loss_and_grad, f), W, X, y, reg, partial(loss_value, f))
    else:
        function = CheckedFunction(f, W, X, y, reg)
    generator = np.random.default_rng(int(as_generator(rng).choice(1 << 31)))
    try:
        result = GradientChecker(function, loss, full, generator, notes).run()
        function.check_unchanged()
        return result
    finally:
        function.restore()


def _check_data(X: Any, y: Any) -> None:
    for name, array in (("X", X), ("y", y)):
        if array is not None and not isinstance(array, np.ndarray):
            raise TypeError(
                f"{name} is a {type(array).__name__}, not an array; use np.asarray({name})"
            )
    if X is not None and y is None:
        raise TypeError("y is missing; pass it after X")


def _in_double(array: Any) -> Any:
    floating = array is not None and array.dtype.kind == "f"
    return array.astype(np.float64) if floating else array
