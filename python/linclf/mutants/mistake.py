"""What a mistake is: a name, a sentence, and the steps that it replaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from linclf.mutants.switches import GRADIENT_STEPS, LOSS_STEPS, STEPS, Changes

Needs: TypeAlias = Literal["uint8", "overflow", "spread", "square", "confident"] | None


@dataclass(frozen=True, slots=True)
class Mistake:
    """A slip that people make in a loss function.

    Attributes
    ----------
    id : str
        Its name, such as ``"gradient_sum"``.
    sentence : str
        What is done wrong.
    changes : mapping of str to callable
        The steps of `Switches` that it replaces.
    variants : tuple of such mappings
        Other ways to make the same slip; a mutant makes the first, a diagnosis knows all.
    needs : str or None
        On which data alone it shows: ``"uint8"`` data; scores at which exp would ``"overflow"``;
        rows of scores so far ``"spread"`` that exp underflows in some; ``"square"``: N == C; a
        classifier so ``"confident"`` that probabilities come near 0.
    """

    id: str
    sentence: str
    changes: Changes
    variants: tuple[Changes, ...] = ()
    needs: Needs = None

    def __post_init__(self) -> None:
        for changes in (self.changes, *self.variants):
            if not changes or not STEPS.issuperset(changes):
                raise ValueError(f"{self.id} replaces {sorted(changes)}; steps are {sorted(STEPS)}")

    @property
    def wrong(self) -> str:
        """What it spoils: ``"loss"``, ``"gradient"`` or ``"both"``."""
        spoils_loss = not LOSS_STEPS.isdisjoint(self.changes)
        spoils_gradient = not GRADIENT_STEPS.isdisjoint(self.changes)
        return "both" if spoils_loss and spoils_gradient else "loss" if spoils_loss else "gradient"
