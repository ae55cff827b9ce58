"""The mutants by name: all of them, one, those of one loss, and several mistakes at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from linclf.mutants.data_mistakes import DATA_MISTAKES
from linclf.mutants.hinge_mistakes import HINGE_MISTAKES
from linclf.mutants.mistake import Mistake
from linclf.mutants.penalty_mistakes import PENALTY_MISTAKES
from linclf.mutants.softmax_mistakes import SOFTMAX_MISTAKES
from linclf.mutants.switches import Switches, gradient_parts, loss_parts

if TYPE_CHECKING:
    from linclf.arrays import Data, Labels, Reg

# What every loss can have; the two of `_OWN` have more.
SHARED = (*DATA_MISTAKES, *PENALTY_MISTAKES)
_OWN = {"hinge": HINGE_MISTAKES, "softmax": SOFTMAX_MISTAKES}

# Slips that are met together: one in the data part, one in the regulariser.
_OFTEN_DATA = {
    "hinge": ("gradient_sum", "loss_sum", "sum", "no_correct_class", "correct_once", "delta_zero"),
    "softmax": ("gradient_sum", "loss_sum", "sum", "no_minus_one", "log10", "wrong_axis"),
}
_OFTEN_PENALTY = (
    "no_penalty",
    "no_penalty_loss",
    "no_penalty_gradient",
    "half_penalty",
    "half_penalty_loss",
    "half_penalty_gradient",
    "penalty_over_n",
)


@dataclass(frozen=True, repr=False)
class Mutant:
    """A wrong loss function: call it as ``mutant(W, X, y, reg)``; it returns ``(loss, dW)``.

    Attributes
    ----------
    loss : str
        What it is meant to be: ``"hinge"`` or ``"softmax"``.
    mistakes : tuple of Mistake
        What is wrong with it; usually one.
    """

    loss: str
    mistakes: tuple[Mistake, ...]

    @property
    def id(self) -> str:
        """Its name, such as ``"hinge/gradient_sum"`` or ``"hinge/sum+no_penalty"``."""
        return f"{self.loss}/{'+'.join(mistake.id for mistake in self.mistakes)}"

    @property
    def description(self) -> str:
        """What is done wrong: a sentence for each mistake."""
        return " ".join(mistake.sentence for mistake in self.mistakes)

    @property
    def wrong(self) -> str:
        """What it spoils: ``"loss"``, ``"gradient"`` or ``"both"``."""
        spoilt = {mistake.wrong for mistake in self.mistakes}
        return spoilt.pop() if len(spoilt) == 1 else "both"

    @property
    def needs(self) -> str | None:
        """The kind of data that it shows on, if not on any; see `Mistake`."""
        return next((mistake.needs for mistake in self.mistakes if mistake.needs), None)

    def __call__(self, W: Data, X: Data, y: Labels, reg: Reg = 0.0) -> tuple[float, Data]:
        switches = Switches()
        for mistake in self.mistakes:
            switches = switches.changed(mistake.changes)
        value, penalty = loss_parts(switches, self.loss, W, X, y, reg)
        with np.errstate(all="ignore"):
            data, of_penalty = gradient_parts(switches, self.loss, W, X, y, reg)
            dW = switches.finish(data + of_penalty)
        return value + penalty, dW

    def __repr__(self) -> str:
        return f"<mutant {self.id}: {self.description}>"


def mistakes_of(loss: str) -> tuple[Mistake, ...]:
    """Return the mistakes that are known of a loss, the commonest kinds first."""
    return (*SHARED, *_OWN.get(str(loss), ()))


MUTANTS: tuple[Mutant, ...] = tuple(
    Mutant(loss, (mistake,)) for loss in _OWN for mistake in mistakes_of(loss)
)


def select(loss: str | None = None, *, wrong: str | None = None) -> tuple[Mutant, ...]:
    """Return the mutants of a loss.

    Parameters
    ----------
    loss : {"hinge", "softmax"}, optional
        What they are meant to be; by default of both.
    wrong : {"loss", "gradient", "both"}, optional
        What is wrong with them; by default anything.

    Returns
    -------
    tuple of Mutant

    Raises
    ------
    ValueError
        If there are no mutants of that loss or kind.

    Examples
    --------
    >>> len(linclf.mutants.select("hinge")) >= 27, len(linclf.mutants.select("softmax")) >= 20
    (True, True)
    """
    if loss is not None and loss not in _OWN:
        raise ValueError(f"loss is {loss!r}; there are mutants of {' and '.join(_OWN)}")
    if wrong not in (None, "loss", "gradient", "both"):
        raise ValueError(f"wrong is {wrong!r}; it must be 'loss', 'gradient' or 'both'")
    return tuple(
        mutant
        for mutant in MUTANTS
        if loss in (None, mutant.loss) and wrong in (None, mutant.wrong)
    )


def get(id: str) -> Mutant:
    """Return the mutant of that name; mistakes joined by ``+`` are made at once.

    Raises
    ------
    KeyError
        If there is none; the message names the nearest.

    Examples
    --------
    >>> mutant = linclf.mutants.get("hinge/gradient_sum")
    >>> mutant.description
    'The gradient is summed over the samples, not averaged.'
    >>> X, y, W = np.eye(3), np.array([0, 1, 2]), np.zeros((3, 3))
    >>> mutant(W, X, y, 0.0)[1][0]
    array([-2.,  1.,  1.])
    """
    loss, _, names = id.partition("/")
    known = {mistake.id: mistake for mistake in mistakes_of(loss)} if loss in _OWN else {}
    missing = [name for name in names.split("+") if name not in known]
    if missing:
        from difflib import get_close_matches

        near = get_close_matches(id, [mutant.id for mutant in MUTANTS], 1)
        hint = f"did you mean {near[0]!r}?" if near else "linclf.mutants.MUTANTS has them all"
        raise KeyError(f"there is no mutant {id!r}; {hint}")
    return _joined(loss, tuple(known[name] for name in names.split("+")))


def combine(*ids: str) -> Mutant:
    """Return a mutant that makes the mistakes of several mutants of one loss at once.

    Raises
    ------
    KeyError
        If there is no mutant of such a name.
    ValueError
        If they are of different losses, or two of them change the same step.

    Examples
    --------
    >>> linclf.mutants.combine("softmax/log10", "softmax/half_penalty").id
    'softmax/log10+half_penalty'
    """
    if not ids:
        raise ValueError("combine() needs at least one name, such as 'hinge/gradient_sum'")
    mutants = [get(id) for id in ids]
    losses = sorted({mutant.loss for mutant in mutants})
    if len(losses) > 1:
        raise ValueError(
            f"these are mutants of {' and of '.join(losses)}; combine those of one loss"
        )
    return _joined(losses[0], tuple(m for mutant in mutants for m in mutant.mistakes))


def _joined(loss: str, mistakes: tuple[Mistake, ...]) -> Mutant:
    changed: dict[str, str] = {}
    for mistake in mistakes:
        for step in mistake.changes:
            if step in changed:
                raise ValueError(
                    f"{changed[step]} and {mistake.id} both change the step {step!r}: they cannot "
                    "be made at once"
                )
            changed[step] = mistake.id
    return Mutant(loss, mistakes)


def pairs(loss: str | None = None) -> Iterator[Mutant]:
    """Yield mutants with two mistakes that are often made together.

    Parameters
    ----------
    loss : {"hinge", "softmax"}, optional
        Of which loss; by default of both.

    Examples
    --------
    >>> next(linclf.mutants.pairs("hinge")).id
    'hinge/gradient_sum+no_penalty'
    """
    for name in _OWN if loss is None else (select(loss)[0].loss,):
        for data, penalty in product(_OFTEN_DATA[name], _OFTEN_PENALTY):
            yield combine(f"{name}/{data}", f"{name}/{penalty}")
