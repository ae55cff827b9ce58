"""Formulas as trees, from which text, LaTeX and HTML are made, and which know their value.

A tree without symbols is arithmetic with numbers: `value_of` carries it out, `reduced` carries out
one step of it, as the next line on a slide would.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A number; how many digits of it are shown is decided when it is shown."""

    value: float


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter with indices: ``s_0``, ``W[2, 0]``."""

    name: str
    indices: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivative:
    """``dL/ds``."""

    of: Symbol
    by: Symbol


@dataclass(frozen=True, slots=True)
class More:
    """Operands that are not written out: how many, and what they come to if that is known."""

    count: int
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Minus:
    """What is subtracted in a sum."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms with plus signs between them, or minus signs before what is negative."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    """One expression over another."""

    above: Expression
    below: Expression


@dataclass(frozen=True, slots=True)
class Square:
    """An expression times itself."""

    base: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments: max, exp, log, abs or sign."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Over:
    """``sum over j of ...`` or ``max over j of ...``, perhaps for j other than `unlike`."""

    operation: str
    index: str
    body: Expression
    unlike: str | None = None


@dataclass(frozen=True, slots=True)
class Vector:
    """Expressions side by side in parentheses."""

    items: tuple[Expression, ...]


Expression: TypeAlias = (
    Number | Symbol | Derivative | More | Minus | Sum | Product | Quotient | Square | Call | Over
    | Vector
)  # fmt: skip

ZERO, ONE, TWO = Number(0.0), Number(1.0), Number(2.0)


def value_of(expression: Expression) -> float:
    """Return the value of a tree without symbols. NaN is never hidden.

    Examples
    --------
    >>> value_of(Call("max", (ZERO, Sum((Number(5.0), Minus(Number(3.0)), ONE)))))
    3.0
    """
    match expression:
        case Number(value):
            return value
        case More(_, float(value)):
            return value
        case Minus(operand):
            return -value_of(operand)
        case Sum(terms):
            return sum(map(value_of, terms))
        case Product(factors):
            return math.prod(map(value_of, factors))
        case Quotient(above, below):
            return _quotient(value_of(above), value_of(below))
        case Square(base):
            return value_of(base) * value_of(base)
        case Call(function, arguments):
            return _called(function, arguments)
    raise TypeError(f"{expression} has no value")


def reduced(expression: Expression) -> Expression:
    """Return a tree without symbols after one step of arithmetic.

    Examples
    --------
    >>> reduced(Sum((Square(Number(3.0)), Number(1.0)))).terms
    (Number(value=9.0), Number(value=1.0))
    """
    match expression:
        case Number() | More():
            return expression
        case Minus(Call()):
            return Number(value_of(expression))
        case Minus(operand):
            return _step(expression, Minus(reduced(operand)), (operand,))
        case Sum(terms):
            return _step(expression, Sum(tuple(map(reduced, terms))), terms)
        case Product(factors):
            return _step(expression, Product(tuple(map(reduced, factors))), factors)
        case Quotient(above, below):
            return _step(expression, Quotient(reduced(above), reduced(below)), (above, below))
        case Square(base):
            return _step(expression, Square(reduced(base)), (base,))
        case Call(function, arguments) if any(map(_calls, arguments)):
            return Call(function, tuple(map(_without_calls, arguments)))
    return Number(value_of(expression))


def worked_out(expression: Expression, result: float) -> list[Expression]:
    """Return a tree without symbols, every step of its arithmetic, and at last `result`.

    `result` is what the core found; it takes the place of the value of the tree, from which it
    differs by rounding.
    """
    steps = [expression]
    while not isinstance(steps[-1], Number):
        steps.append(reduced(steps[-1]))
    return [*steps[:-1], Number(result)]


def total(terms: Sequence[Expression], more: More | None = None) -> Expression:
    """Return the sum of the terms and of those not written out; of one alone itself, of none 0."""
    found = (*terms, *([more] if more is not None and more.count else []))
    return Sum(found) if len(found) > 1 else found[0] if found else ZERO


def _step(whole: Expression, parts_reduced: Expression, parts: Sequence[Expression]) -> Expression:
    """Reduce the parts as long as there is one that is not yet a number, then the whole."""
    ready = all(isinstance(part, Number | More) for part in parts)
    return Number(value_of(whole)) if ready else parts_reduced


def _calls(expression: Expression) -> bool:
    match expression:
        case Call():
            return True
        case Sum(terms):
            return any(map(_calls, terms))
    return False


def _without_calls(expression: Expression) -> Expression:
    match expression:
        case Call():
            return Number(value_of(expression))
        case Sum(terms):
            return Sum(tuple(map(_without_calls, terms)))
    return expression


def _called(function: str, arguments: tuple[Expression, ...]) -> float:
    if function == "log":
        return _log(arguments[0])
    values = [value_of(argument) for argument in arguments]
    if function == "max":
        return math.nan if any(map(math.isnan, values)) else max(values)
    (x,) = values
    if function == "exp":
        return exp(x)
    if function == "abs":
        return abs(x)
    if function == "sign":
        return x if math.isnan(x) else float((x > 0) - (x < 0))
    raise TypeError(f"{function} is no function that can be explained")


def exp(x: float) -> float:
    """Return the exponential, infinity where it is too large to be held."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _log(argument: Expression) -> float:
    """Return the natural logarithm; of 1 + x without losing a small x."""
    match argument:
        case Sum((Number(1.0), rest)):
            return math.log1p(value_of(rest))
    x = value_of(argument)
    return math.log(x) if x > 0 or math.isnan(x) else -math.inf if x == 0 else math.nan


def _quotient(above: float, below: float) -> float:
    if below == 0:
        return math.nan if above == 0 or math.isnan(above) else math.copysign(math.inf, above)
    return above / below
