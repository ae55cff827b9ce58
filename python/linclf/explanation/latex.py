r"""Explanations as LaTeX, in the part of it that MathJax and KaTeX know.

A display of one ``aligned``; text stands in ``\text``.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from linclf.explanation.expressions import Derivative, Expression, Over, Symbol
from linclf.explanation.rendering import ATOM, POWER, PRODUCT, Piece, Renderer
from linclf.explanation.steps import Equation, Remark, Step, Table

_GREEK = {"delta": r"\Delta", "lam": r"\lambda"}
_FUNCTIONS = {"max": r"\max", "exp": r"\exp", "log": r"\log", "sign": r"\operatorname{sign}"}
_ESCAPED = {
    "\\": r"\backslash ", "~": r"\sim ", "^": r"\hat{}",
    **{c: "\\" + c for c in "{}$&#_%"},
}  # fmt: skip
_LINE = 100  # characters of a sentence on one line


class LatexRenderer(Renderer):
    """LaTeX for a formula display."""

    times = r" \cdot "

    def explanation(self, title: str, steps: Sequence[Step]) -> str:
        lines = [rf"&\textbf{{{escaped(title)}}}"]
        for step in steps:
            lines.append(rf"&\text{{{escaped(step.title)}}}")
            for part in step.parts:
                lines += self._lines(part)
        note = self.footnote()
        lines += self._lines(Remark(note)) if note else []
        body = " \\\\\n".join(lines)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def _lines(self, part: Equation | Table | Remark) -> list[str]:
        if isinstance(part, Remark):
            return [rf"&\quad\text{{{escaped(line)}}}" for line in _wrapped(part.text)]
        if isinstance(part, Table):
            return [rf"&\quad {self._table(part)}"]
        first, *others = self.members(part)
        left = self.expression(part.left)
        return [
            rf"&\quad {left} = {first}",
            *(rf"&\quad \phantom{{{left}}} = {member}" for member in others),
        ]

    def _table(self, table: Table) -> str:
        head, *rows = (
            " & ".join(self._cell(cell) for cell in row) for row in (table.header, *table.rows)
        )
        body = r" \\ ".join(rows)
        columns = "r" * len(table.header)
        return rf"\begin{{array}}{{{columns}}} {head} \\ \hline {body} \end{{array}}"

    def _cell(self, cell: Expression | str) -> str:
        return rf"\text{{{escaped(cell)}}}" if isinstance(cell, str) else self.expression(cell)

    def number(self, text: str) -> Piece:
        if text in ("nan", "inf"):
            return (r"\mathrm{nan}" if text == "nan" else r"\infty"), ATOM
        mantissa, _, exponent = text.partition("e")
        return (rf"{mantissa} \cdot 10^{{{exponent}}}", PRODUCT) if exponent else (text, ATOM)

    def symbol(self, symbol: Symbol) -> str:
        name = _GREEK.get(symbol.name, symbol.name)
        if name.isalpha() and len(name) > 1:
            name = rf"\mathrm{{{name}}}"
        elif " " in name:
            name = rf"\text{{{escaped(name)}}}"
        return f"{name}_{{{', '.join(map(str, symbol.indices))}}}" if symbol.indices else name

    def derivative(self, derivative: Derivative) -> Piece:
        of, by = self.symbol(derivative.of), self.symbol(derivative.by)
        return rf"\frac{{\partial {of}}}{{\partial {by}}}", POWER

    def more(self, count: int, value: str | None) -> str:
        said = "more" if value is None else "more: "
        return rf"\underbrace{{\cdots}}_{{\text{{{count:,} {said}}}{value or ''}}}"

    def quotient(self, above: Expression, below: Expression) -> Piece:
        return rf"\frac{{{self.expression(above)}}}{{{self.expression(below)}}}", PRODUCT

    def square(self, base: str) -> str:
        return f"{base}^2"

    def call(self, function: str, arguments: list[str]) -> str:
        inside = ", ".join(arguments)
        if function == "abs":
            return rf"\left|{inside}\right|"
        return rf"{_FUNCTIONS[function]}\left({inside}\right)"

    def over(self, over: Over, body: str) -> str:
        condition = over.index + (rf" \ne {over.unlike}" if over.unlike else "")
        return rf"\{over.operation}_{{{condition}}} {body}"

    def parenthesised(self, text: str) -> str:
        return rf"\left({text}\right)"


def escaped(text: str) -> str:
    r"""Return plain text for the inside of ``\text``.

    Examples
    --------
    >>> print(escaped("50% of {cats}"))
    50\% of \{cats\}
    """
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", text)
    return "".join(rf"${_ESCAPED[c]}$" if c in "\\~^" else _ESCAPED.get(c, c) for c in plain)


def _wrapped(text: str) -> list[str]:

    return textwrap.wrap(text, _LINE)
