"""``cs231n.optim``: of all update rules, the plain one."""

from __future__ import annotations

from typing import Any

from linclf.optimize import sgd_step

__all__ = ["sgd"]


def sgd(w: Any, dw: Any, config: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
    """Take one step of stochastic gradient descent, ``w -= learning_rate * dw``, in place.

    Parameters
    ----------
    w : float array of any shape
        Weights.
    dw : array of the shape of w
        Gradient.
    config : dict, optional
        Its ``"learning_rate"`` is set to 1e-2 if it is missing.

    Returns
    -------
    next_w : array
        w itself.
    config : dict

    Examples
    --------
    >>> sgd(np.ones(2), np.array([1.0, 10.0]))
    (array([0.99, 0.9 ]), {'learning_rate': 0.01})
    """
    config = {} if config is None else config
    rate = config.setdefault("learning_rate", 1e-2)
    if w.ndim == 2 and w.dtype == dw.dtype:
        sgd_step(w, dw, rate)
    else:
        w -= rate * dw
    return w, config
