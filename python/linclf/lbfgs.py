"""L-BFGS through SciPy, on the objective and gradient of the C core.

SciPy's own stopping rules are switched off: they look at how little the last step has gained,
which says nothing of what is left to be gained. It only stops by itself where rounding leaves no
lower point to be found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._extras import require

if TYPE_CHECKING:
    from linclf.arrays import DoubleArray
    from linclf.history import Stopped
    from linclf.solvers import Iterates, Method

__all__ = ["lbfgs"]

_OPTIONS = {"maxcor": 10, "maxls": 50, "ftol": 0.0, "gtol": 0.0}


class _Stop(Exception):
    """Leaves SciPy's loop; `reason` is why."""

    def __init__(self, reason: Stopped) -> None:
        self.reason = reason


def lbfgs() -> Method:
    """Return the solver.

    Raises
    ------
    ImportError
        If SciPy is not installed.
    """
    scipy = require("scipy.optimize", "scipy", "solver='lbfgs'")

    def minimise(iterates: Iterates, iterations: int) -> Stopped:
        latest: tuple[DoubleArray, float, DoubleArray] | None = None

        def value_and_gradient(x: DoubleArray) -> tuple[float, DoubleArray]:
            nonlocal latest
            value, gradient = iterates.objective(x)
            latest = x.copy(), value, gradient
            # In float32 the value belongs to weights near x. The line search would trip over that.
            return value + float(gradient @ (x - iterates.objective.at())), gradient

        def after_iteration(x: Any) -> None:
            # The line search ends at the point that it accepts, so nothing is computed twice.
            if latest is None or not np.array_equal(latest[0], x):
                value_and_gradient(np.array(x))
            assert latest is not None
            reason = iterates.advance(iterates.certified(*latest))
            if reason is not None:
                raise _Stop(reason)

        most = {"maxiter": iterations, "maxfun": 100 * iterations}
        try:
            scipy.minimize(
                value_and_gradient,
                iterates.point.x,
                method="L-BFGS-B",
                jac=True,
                callback=after_iteration,
                options=_OPTIONS | most,
            )
        except _Stop as stop:
            return stop.reason
        return "finished"

    return minimise
