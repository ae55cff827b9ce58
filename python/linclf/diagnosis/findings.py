"""What a diagnosis says: one finding for each thing that is wrong, and a verdict on the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from linclf.diagnosis.messages import MESSAGES, message

if TYPE_CHECKING:
    from linclf.diagnosis.replay import Ids


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    id : str
        Key of the sentence in `linclf.diagnosis.messages.MESSAGES`; of a known mistake also its
        name in `linclf.mutants`.
    part : str
        What it spoils: ``"loss"``, ``"gradient"`` or ``"both"``.
    sentence : str
        What is wrong, with the evidence.
    exact : bool
        Whether it explains the answers to rounding, in two or more problems, and nothing else
        that is known comes near. If not, the text says "looks like".
    misfit : float
        Share of the deviation that it leaves unexplained; NaN if it only says what is seen.
    runner_up : float
        The same of the next best explanation.
    alternatives : tuple of str
        Sentences that fit these problems as well.
    """

    id: str
    part: str
    sentence: str
    exact: bool = True
    misfit: float = 0.0
    runner_up: float = np.inf
    alternatives: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = self.sentence
        if self.alternatives:
            others = "; or: ".join(self.alternatives)
            text = message("ambiguous", {"sentence": text, "others": others})
        if self.exact or np.isnan(self.misfit):
            return text
        return message("looks_like", {"sentence": text})


@dataclass(frozen=True)
class Diagnosis:
    """What was found out about a loss function; true if it is right.

    Attributes
    ----------
    loss : str
        What it is meant to compute.
    loss_right, gradient_right : bool
        Whether value and gradient agree with the C core's.
    consistent : bool or None
        Whether the gradient is the derivative of the function's own loss; None if that is
        unknown.
    findings : tuple of Finding
        What is wrong, the data part first.
    """

    loss: str
    loss_right: bool
    gradient_right: bool
    consistent: bool | None
    findings: tuple[Finding, ...] = ()

    def __bool__(self) -> bool:
        return self.loss_right and self.gradient_right

    @property
    def ids(self) -> Ids:
        """Ids of the findings."""
        return tuple(finding.id for finding in self.findings)

    @property
    def verdict(self) -> str:
        """One sentence: is the loss right, and is the gradient its derivative?"""
        if self:
            return MESSAGES["verdict_right"]
        if self.loss_right:
            own = "verdict_gradient" if self.consistent is False else "verdict_gradient_wrong"
            return MESSAGES[own]
        if self.consistent is not None:
            return MESSAGES["verdict_consistent" if self.consistent else "verdict_both"]
        return MESSAGES["verdict_loss_only" if self.gradient_right else "verdict_both_wrong"]

    def __str__(self) -> str:
        return "\n".join([_capital(self.verdict), *(_capital(str(f)) for f in self.findings)])


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
