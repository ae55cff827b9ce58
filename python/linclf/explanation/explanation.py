"""The finding of `linclf.explain`: steps, and how they look."""

from __future__ import annotations

from dataclasses import dataclass, field

from linclf.explanation.html import HtmlRenderer
from linclf.explanation.latex import LatexRenderer
from linclf.explanation.misprints import Misprint
from linclf.explanation.rounding import Rounding
from linclf.explanation.steps import Step
from linclf.explanation.text import TextRenderer


@dataclass(frozen=True, repr=False)
class Explanation:
    """The arithmetic of a loss, term by term; the result of `linclf.explain`.

    Printed it is text; a notebook shows it as HTML.

    Attributes
    ----------
    value : float
        The result, as the C core computes it: the objective, or the mean loss of given scores.
    losses : dict of int to float
        Loss of every sample that is written out.
    gradient : float or None
        The entry of the gradient, if one was asked for.
    steps : tuple of Step
        Scores, losses, mean, regulariser, objective and gradient, each with `title`, `parts` and
        `value`.
    misprints : tuple of Misprint
        What lectures are known to print wrong of this very example.
    title : str
        What is explained.
    text, latex, html : str
        The explanation in the three formats.
    """

    title: str
    value: float
    losses: dict[int, float]
    steps: tuple[Step, ...]
    gradient: float | None = None
    misprints: tuple[Misprint, ...] = ()
    rounding: Rounding = field(default_factory=Rounding)

    @property
    def text(self) -> str:
        """Plain text, at most 100 characters wide but for tables."""
        return TextRenderer(self.rounding).explanation(self.title, self.steps)

    @property
    def latex(self) -> str:
        r"""An ``aligned`` environment, to be put between ``\[`` and ``\]``."""
        return LatexRenderer(self.rounding).explanation(self.title, self.steps)

    @property
    def html(self) -> str:
        """One ``<div>`` that needs nothing from outside."""
        return HtmlRenderer(self.rounding).explanation(self.title, self.steps)

    def __repr__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"

    def _repr_html_(self) -> str:
        return self.html
