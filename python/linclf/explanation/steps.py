"""What an explanation consists of: steps of equations, tables and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from linclf.explanation.expressions import Expression, Symbol


@dataclass(frozen=True, slots=True)
class Equation:
    """``left = member = member = ...``, from the formula to the result."""

    left: Expression
    members: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with headings; a cell is text or an expression."""

    header: tuple[Expression | str, ...]
    rows: tuple[tuple[Expression | str, ...], ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence, perhaps about what a lecture prints wrong."""

    text: str
    misprint: bool = False


Part: TypeAlias = Equation | Table | Remark


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation.

    Attributes
    ----------
    title : str
        What is computed: "loss of sample 0".
    parts : tuple of Equation, Table or Remark
        How.
    value : float or None
        Its result, as the core found it, if it is a single number.
    """

    title: str
    parts: tuple[Part, ...]
    value: float | None = None


def loss_symbol(i: int | None) -> Symbol:
    """Return the letter of the loss of sample i, or of the only one."""
    return Symbol("L") if i is None else Symbol("L", (i,))
