"""Explanations as HTML for notebooks: light and dark, no script, no network."""

from __future__ import annotations

import re
from collections.abc import Sequence

from linclf.display import note_html
from linclf.display.escape import escape
from linclf.display.page import STYLE
from linclf.explanation.expressions import Derivative, Expression, Over, Symbol
from linclf.explanation.rendering import ATOM, POWER, PRODUCT, Piece, Renderer, is_general
from linclf.explanation.steps import Equation, Remark, Step, Table

_STYLE = """
.linclf .linclf-step{margin:10px 0;padding:0}
.linclf .linclf-step>h4{font-size:inherit;font-weight:600;margin:0 0 2px}
.linclf .linclf-equation{margin:3px 0 3px 1.2em;padding-left:2em;text-indent:-2em;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.linclf .linclf-equation>span{display:inline-block;text-indent:0;margin-right:.3em}
.linclf .linclf-step table{margin-left:1.2em}
.linclf .linclf-step sub,.linclf .linclf-step sup{font-size:.75em;line-height:0}
.linclf .linclf-step p{margin:3px 0 3px 1.2em;max-width:52em}
.linclf .linclf-more{opacity:.75}
.linclf .linclf-misprint{border-left:3px solid var(--linclf-dot);padding-left:.7em}
""".strip()

_MINUS = "\u2212"
_GREEK = {"delta": "Δ", "lam": "λ"}
_SHORT = 50  # characters of an equation that stays on one line
_SIGNS = {"sum": "∑", "max": "max"}


class HtmlRenderer(Renderer):
    """HTML within one ``<div>``."""

    minus, negative, times = f" {_MINUS} ", _MINUS, "·"

    def explanation(self, title: str, steps: Sequence[Step]) -> str:
        body = "".join(
            f'<section class="linclf-step"><h4>{escape(step.title)}</h4>'
            f"{''.join(map(self._part, step.parts))}</section>"
            for step in steps
        )
        note = self.footnote()
        return (
            f'<div class="linclf"><style>{STYLE}\n{_STYLE}</style><div><b>{escape(title)}</b></div>'
            f"{body}{note_html(note) if note else ''}</div>"
        )

    def _part(self, part: Equation | Table | Remark) -> str:
        if isinstance(part, Remark):
            kind = ' class="linclf-misprint"' if part.misprint else ""
            return f"<p{kind}>{escape(part.text)}</p>"
        return self._table(part) if isinstance(part, Table) else self._equation(part)

    def _equation(self, equation: Equation) -> str:
        """Write members one behind the other; behind letters a new line begins, if it is long."""
        letters = {self.expression(m) for m in equation.members if is_general(m)}
        written = [f"<span>{self.expression(equation.left)}</span>"]
        members = self.members(equation)
        short = len(re.sub("<.*?>", "", "".join(members))) <= _SHORT
        for member in members:
            new_line = "<br/>" if member in letters and not short else ""
            written.append(f"<span>= {member}</span>{new_line}")
        return f'<div class="linclf-equation">{" ".join(written)}</div>'

    def _table(self, table: Table) -> str:
        head = "".join(
            f'<th scope="col" class="linclf-number">{self._cell(c)}</th>' for c in table.header
        )
        rows = "".join(
            "<tr>"
            + "".join(f'<td class="linclf-number">{self._cell(cell)}</td>' for cell in row)
            + "</tr>"
            for row in table.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _cell(self, cell: Expression | str) -> str:
        return escape(cell) if isinstance(cell, str) else self.expression(cell)

    def number(self, text: str) -> Piece:
        if text in ("nan", "inf"):
            return ("NaN" if text == "nan" else "∞"), ATOM
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return text, ATOM
        return f"{mantissa}·10<sup>{exponent.replace('-', _MINUS)}</sup>", PRODUCT

    def symbol(self, symbol: Symbol) -> str:
        name = f"<var>{escape(_GREEK.get(symbol.name, symbol.name))}</var>"
        inside = ",".join(
            f"<var>{escape(index)}</var>" if isinstance(index, str) else str(index)
            for index in symbol.indices
        )
        return f"{name}<sub>{inside}</sub>" if inside else name

    def derivative(self, derivative: Derivative) -> Piece:
        return f"∂{self.symbol(derivative.of)}/∂{self.symbol(derivative.by)}", POWER

    def more(self, count: int, value: str | None) -> str:
        tail = "" if value is None else f": {value}"
        return f'<span class="linclf-more">[{count:,} more{tail}]</span>'

    def quotient(self, above: Expression, below: Expression) -> Piece:
        return f"{self.inside(above, PRODUCT)} / {self.inside(below, POWER)}", PRODUCT

    def square(self, base: str) -> str:
        return f"{base}<sup>2</sup>"

    def call(self, function: str, arguments: list[str]) -> str:
        inside = ", ".join(arguments)
        return f"|{inside}|" if function == "abs" else f"{function}({inside})"

    def over(self, over: Over, body: str) -> str:
        unlike = f"≠<var>{over.unlike}</var>" if over.unlike else ""
        return f"{_SIGNS[over.operation]}<sub><var>{over.index}</var>{unlike}</sub> {body}"

    def parenthesised(self, text: str) -> str:
        return f"({text})"
