"""How far an objective is from its minimum, at most: proved by numbers, not hoped for.

The minimum ``f*`` is never known, but a lower bound of it is. For ``f(W) = mean loss + l2 *
sum(W**2) + l1 * sum(abs(W))`` with ``l2 > 0`` and no bias, convex losses lie above their
tangents, so any subgradient g at W gives for every other V

    f(V) >= f(W) + <g, V - W> + l2 * |V - W|**2    and so    f(W) - f* <= |g|**2 / (4 * l2)

(strong convexity; Nesterov, Introductory Lectures on Convex Optimization, 2004). For a smooth loss
the bound goes to zero with the gradient. For a hinge it does not: at the minimum, which is a
kink, most subgradients are long. There the tangents of many W together give the bound that
`linclf.bundle` works with. No loss is negative, so f itself is a bound, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Certificate", "gap_bound"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is known of a point, and of its distance from the minimum.

    Attributes
    ----------
    objective : float
        Mean loss plus penalty.
    gradient_norm : float
        Euclidean norm of the whole gradient, that of the bias included.
    gap : float
        The minimum is not lower than ``objective - gap``, but for rounding; infinite where no
        bound is known, because a bias is trained that nothing penalises, or there is no L2
        penalty.

    Examples
    --------
    >>> print(linclf.certificate.Certificate(0.5, 1e-4, 2.5e-6))
    objective 0.5, at most 2.5e-06 above the minimum; gradient norm 0.0001
    """

    objective: float
    gradient_norm: float
    gap: float = math.inf

    def __str__(self) -> str:
        if math.isinf(self.gap):
            return f"objective {self.objective:.6g}, gradient norm {self.gradient_norm:.2g}"
        return (
            f"objective {self.objective:.6g}, at most {self.gap:.2g} above the minimum; "
            f"gradient norm {self.gradient_norm:.2g}"
        )


def gap_bound(objective: float, gradient_norm: float, l2: float, bias: bool) -> float:
    """Return how far `objective` is above its minimum at most, as far as one gradient tells.

    Parameters
    ----------
    objective, gradient_norm : float
        Of the same point; of a subgradient, where there is no gradient.
    l2 : float
        Factor of ``sum(W**2)``.
    bias : bool
        Whether there is a bias, which is not penalised.

    Returns
    -------
    float
        Infinite with a bias and for ``l2 == 0``.

    Examples
    --------
    >>> gap_bound(0.5, 0.01, 0.001, bias=False)
    0.025
    """
    if bias or not l2 > 0.0:
        return math.inf
    return min(gradient_norm * gradient_norm / (4.0 * l2), objective)
