"""Signs and parentheses, the same in every format; the formats fill in how things are written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from linclf.explanation.expressions import (
    Call,
    Derivative,
    Expression,
    Minus,
    More,
    Number,
    Over,
    Product,
    Quotient,
    Square,
    Sum,
    Symbol,
    Vector,
)
from linclf.explanation.rounding import Rounding
from linclf.explanation.steps import Equation, Step

# How tightly a piece holds together; it gets parentheses where something tighter is needed.
OVER, SUM, PRODUCT, POWER, ATOM = range(5)

Piece = tuple[str, int]


class Renderer(ABC):
    """Turns trees into a format. `rounded` tells whether a number had to be rounded for it."""

    def __init__(self, rounding: Rounding) -> None:
        self.rounding = rounding
        self.rounded = False

    def expression(self, expression: Expression) -> str:
        """Return a tree in this format."""
        return self._piece(expression)[0]

    def members(self, equation: Equation) -> list[str]:
        """Return what stands between the equals signs; what would only be repeated is left out."""
        written = [self.expression(member) for member in equation.members]
        return [text for k, text in enumerate(written) if k == 0 or text != written[k - 1]]

    def footnote(self) -> str:
        """Return what is to be said of the numbers that were written so far."""
        if not self.rounded:
            return ""
        return (
            f"Numbers are shown with {self.rounding.digits} decimals, small ones with "
            f"{self.rounding.digits} significant digits; what is computed is not rounded."
        )

    @abstractmethod
    def explanation(self, title: str, steps: Sequence[Step]) -> str:
        """Return all steps in this format."""

    # ------------------------------------------------------------------ what formats differ in

    @abstractmethod
    def number(self, text: str) -> Piece:
        """Write a number that is not negative."""

    @abstractmethod
    def symbol(self, symbol: Symbol) -> str: ...

    @abstractmethod
    def derivative(self, derivative: Derivative) -> Piece: ...

    @abstractmethod
    def more(self, count: int, value: str | None) -> str: ...

    @abstractmethod
    def quotient(self, above: Expression, below: Expression) -> Piece: ...

    @abstractmethod
    def square(self, base: str) -> str: ...

    @abstractmethod
    def call(self, function: str, arguments: list[str]) -> str: ...

    @abstractmethod
    def over(self, over: Over, body: str) -> str: ...

    @abstractmethod
    def parenthesised(self, text: str) -> str: ...

    plus, minus, negative, times, comma = " + ", " - ", "-", "*", ", "

    # ------------------------------------------------------------------ what they share

    def inside(self, expression: Expression, least: int) -> str:
        """Write a part of something that holds its parts together as tightly as `least`."""
        text, tightness = self._piece(expression)
        return text if tightness >= least else self.parenthesised(text)

    def _piece(self, expression: Expression) -> Piece:
        match expression:
            case Number(value):
                return self._number(value)
            case Symbol():
                return self.symbol(expression), ATOM
            case Derivative():
                return self.derivative(expression)
            case More(count, value):
                text = None if value is None else self._number(value)[0]
                return self.more(count, text), ATOM
            case Minus() | Sum():
                return self._sum(expression.terms if isinstance(expression, Sum) else [expression])
            case Product(factors):
                return self._product(factors)
            case Quotient(above, below):
                return self.quotient(above, below)
            case Square(base):
                return self.square(self.inside(base, ATOM)), POWER
            case Call(function, arguments):
                return self.call(function, [self.expression(a) for a in arguments]), ATOM
            case Over(body=body):
                return self.over(expression, self.inside(body, PRODUCT)), OVER
            case Vector(items):
                return self.parenthesised(self.comma.join(map(self.expression, items))), ATOM

    def _number(self, value: float) -> Piece:
        self.rounded |= self.rounding.hides(value)
        text = self.rounding.text(value)
        if text.startswith("-"):
            return self.negative + self.number(text[1:])[0], SUM
        return self.number(text)

    def _sum(self, terms: Sequence[Expression]) -> Piece:
        written: list[str] = []
        for term in terms:
            negative, rest = _without_sign(term)
            # Of what is subtracted, a minus of its own stays: 2.2 - (-3.1).
            text = self.inside(rest, PRODUCT)
            if written:
                written.append(self.minus if negative else self.plus)
            elif negative:
                written.append(self.negative)
            written.append(text)
        return "".join(written), SUM

    def _product(self, factors: Sequence[Expression]) -> Piece:
        first, *others = factors
        negative, _ = _without_sign(first)
        head = self.expression(first) if negative else self.inside(first, PRODUCT)
        text = self.times.join([head, *(self.inside(factor, POWER) for factor in others)])
        return text, SUM if negative else PRODUCT


def _without_sign(term: Expression) -> tuple[bool, Expression]:
    """Return whether a term of a sum is subtracted, and what is."""
    match term:
        case Minus(operand):
            return True, operand
        case Number(value) if value < 0:
            return True, Number(-value)
        case Product((Number(value), *others)) if value < 0:
            return True, Product((Number(-value), *others))
        case Quotient(Number(value), below) if value < 0:
            return True, Quotient(Number(-value), below)
    return False, term


def is_general(expression: Expression) -> bool:
    """Return whether a tree speaks of letters, not of numbers alone."""
    match expression:
        case Symbol() | Derivative() | Over():
            return True
        case Minus(part) | Square(part):
            return is_general(part)
        case Quotient(above, below):
            return is_general(above) or is_general(below)
        case Sum(parts) | Product(parts) | Vector(parts) | Call(_, parts):
            return any(map(is_general, parts))
    return False
