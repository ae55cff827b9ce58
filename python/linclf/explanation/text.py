"""Explanations as plain text; the arithmetic in it is what Python would read, too."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from linclf.explanation.expressions import Derivative, Expression, Over, Symbol
from linclf.explanation.rendering import ATOM, POWER, PRODUCT, Piece, Renderer, is_general
from linclf.explanation.steps import Equation, Remark, Step, Table

_WIDTH = 98
_SHORT = 60  # an equation of so many characters stays on one line
_INDENT = "  "
_GLUE = "\u00a0"  # a space at which no line may end; an ordinary one when all is done


class TextRenderer(Renderer):
    """Plain text. Lines end between terms, never within one."""

    plus, minus = f" +{_GLUE}", f" -{_GLUE}"

    def explanation(self, title: str, steps: Sequence[Step]) -> str:
        lines = [title]
        for step in steps:
            lines += ["", step.title]
            for part in step.parts:
                lines += [_INDENT + line for line in self._lines(part)]
        note = self.footnote()
        lines += ["", *textwrap.wrap(note, _WIDTH)] if note else []
        return "\n".join(lines).replace(_GLUE, " ")

    def _lines(self, part: Equation | Table | Remark) -> list[str]:
        if isinstance(part, Remark):
            return textwrap.wrap(part.text, _WIDTH)
        return self._table(part) if isinstance(part, Table) else self._equation(part)

    def _equation(self, equation: Equation) -> list[str]:
        """Fill lines with members; those that speak of letters have one each, if it is long."""
        left = self.expression(equation.left)
        short = " = ".join([left, *self.members(equation)])
        if len(short) <= _SHORT:
            return [short]
        lines, general = [left], False
        letters = {self.expression(m) for m in equation.members if is_general(m)}
        for k, member in enumerate(self.members(equation)):
            fits = len(lines[-1]) + 3 + len(member) <= _WIDTH
            if k == 0 or (fits and not general):
                lines[-1] += f" = {member}"
            else:
                lines.append(f"{' ' * len(left)} = {member}")
            general = member in letters
        hanging = " " * (len(left) + 3)
        return [
            piece
            for line in lines
            for piece in textwrap.wrap(
                line,
                _WIDTH,
                subsequent_indent=hanging,
                break_long_words=False,
                break_on_hyphens=False,
                drop_whitespace=True,
            )
        ]

    def _table(self, table: Table) -> list[str]:
        rows = [[self._cell(cell) for cell in row] for row in (table.header, *table.rows)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return [
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        ]

    def _cell(self, cell: Expression | str) -> str:
        return cell if isinstance(cell, str) else self.expression(cell)

    def number(self, text: str) -> Piece:
        return text, ATOM

    def symbol(self, symbol: Symbol) -> str:
        if not symbol.indices:
            return symbol.name
        inside = f",{_GLUE}".join(map(str, symbol.indices))
        return f"{symbol.name}_{inside}" if len(symbol.indices) == 1 else f"{symbol.name}[{inside}]"

    def derivative(self, derivative: Derivative) -> Piece:
        return f"d{self.symbol(derivative.of)}/d{self.symbol(derivative.by)}", POWER

    def more(self, count: int, value: str | None) -> str:
        tail = "" if value is None else f":{_GLUE}{value}"
        return f"[{count:,}{_GLUE}more{tail}]"

    def quotient(self, above: Expression, below: Expression) -> Piece:
        return f"{self.inside(above, PRODUCT)}{_GLUE}/{_GLUE}{self.inside(below, POWER)}", PRODUCT

    def square(self, base: str) -> str:
        return f"{base}**2"

    def call(self, function: str, arguments: list[str]) -> str:
        return f"{function}({f',{_GLUE}'.join(arguments)})".replace(" ", _GLUE)

    def over(self, over: Over, body: str) -> str:
        unlike = f" != {over.unlike}" if over.unlike else ""
        return f"{over.operation} over {over.index}{unlike} of {body}"

    def parenthesised(self, text: str) -> str:
        return f"({text})"
