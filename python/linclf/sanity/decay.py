"""What an L2 penalty alone does to the weights: every step multiplies them by one number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linclf.checks import number
from linclf.penalties import as_penalty

if TYPE_CHECKING:
    from linclf.arrays import Reg


@dataclass(frozen=True)
class PenaltyDecay:
    """How the penalty shrinks W; false if it makes W grow.

    Attributes
    ----------
    learning_rate, lam : float
        Size of the steps, and the ``lam`` of ``lam * sum(W**2)``.
    """

    learning_rate: float
    lam: float

    @property
    def factor(self) -> float:
        """What every step multiplies W by: ``1 - 2 * learning_rate * lam``."""
        return 1.0 - 2.0 * self.learning_rate * self.lam

    @property
    def half_life(self) -> float:
        """Steps until half of W is left; infinite without a decay."""
        size = abs(self.factor)
        if not size:
            return 0.0
        return math.log(0.5) / math.log(size) if size < 1.0 else math.inf

    def weights(self, steps: int) -> float:
        """Return what remains of W after so many steps, as a factor."""
        return self.factor**steps

    def penalty(self, steps: int) -> float:
        """Return what remains of the penalty after so many steps, as a factor."""
        return self.factor ** (2 * steps)

    def __bool__(self) -> bool:
        return abs(self.factor) <= 1.0

    def __repr__(self) -> str:
        product = f"1 - 2 * {self.learning_rate:g} * {self.lam:g}"
        said = f"each step multiplies W by {self.factor:.6g} = {product}"
        if not self:
            return (
                f"{said}: W grows by itself; the learning rate must be below 1 / lam = "
                f"{1.0 / self.lam:.3g}"
            )
        if self.factor == 1.0:
            return f"{said}: no decay"
        turned = " and turns its sign" if self.factor < 0 else ""
        return (
            f"{said}{turned}; half of W is left after {self.half_life:.4g} steps, "
            f"half of the penalty after {self.half_life / 2:.4g}"
        )


def penalty_decay(learning_rate: float, reg: Reg) -> PenaltyDecay:
    """Return how fast an L2 penalty alone shrinks the weights.

    The gradient of ``lam * sum(W**2)`` is ``2 * lam * W``, so a step multiplies W by
    ``1 - 2 * learning_rate * lam``, and the penalty by its square. A loss curve that begins with a
    large penalty falls like that.

    Parameters
    ----------
    learning_rate : float
        Size of the steps.
    reg : float or penalty
        The ``lam`` of ``lam * sum(W**2)``, or `L2`.

    Returns
    -------
    PenaltyDecay

    Raises
    ------
    ValueError
        If `reg` has an L1 part, which subtracts and does not multiply.

    Examples
    --------
    The first steps of CS231n's SVM, whose loss begins at 768.25 above chance:

    >>> decay = linclf.sanity.penalty_decay(1e-7, 2.5e4)
    >>> decay
    each step multiplies W by 0.995 = 1 - 2 * 1e-07 * 25000; half of W is left after 138.3 steps, \
half of the penalty after 69.14
    >>> [round(768.25 * decay.penalty(steps)) for steps in (100, 200, 300)]
    [282, 103, 38]
    """
    penalty = as_penalty(reg)
    if penalty.l1:
        raise ValueError(
            f"reg has an L1 part of {penalty.l1:g}, which subtracts learning_rate * l1 from every "
            "weight and multiplies by nothing; pass a number or L2(lam)"
        )
    return PenaltyDecay(number("learning_rate", learning_rate), penalty.l2)
