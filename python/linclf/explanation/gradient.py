"""The gradient of one weight as a sum over samples, and the derivative by the scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linclf.explanation.expressions import (
    TWO,
    Call,
    Derivative,
    Expression,
    More,
    Number,
    Over,
    Product,
    Quotient,
    Symbol,
    Vector,
    total,
    worked_out,
)
from linclf.explanation.formulas import formula_of
from linclf.explanation.objective import other_samples, samples_shown
from linclf.explanation.rows import Row, features_of, row_of_sample, without_penalty
from linclf.explanation.steps import Equation, Part, Remark, Step, Table, loss_symbol
from linclf.losses import loss_and_grad
from linclf.penalties import Penalty, as_penalty
from linclf.problem import Problem


def slopes_step(loss: str, row: Row) -> Step:
    """Write the derivative of the loss of a sample by its scores; the rule beside the first."""
    shown = tuple(Number(row.slopes[j]) for j in row.shown)
    rest = (More(len(row.others)),) if row.others else ()
    left = Derivative(loss_symbol(row.i), Symbol("s"))
    parts: list[Part] = [Equation(left, (Vector((*shown, *rest)),))]
    parts += _rule(loss) if row.i in (None, 0) else []
    return Step(f"derivative by the scores{row.of}", tuple(parts))


def gradient_step(problem: Problem, rows: Sequence[Row], d: int, c: int, value: float) -> Step:
    """Write dW[d, c]: what every sample gives to it, and what the regulariser does."""
    shown = samples_shown(len(problem.X), rows)
    written = [row_of_sample(problem, i, rows[0].names) for i in shown]
    x = [float(features_of(problem, i)[d]) for i in shown]
    terms = [Product((Number(a), Number(row.slopes[c]))) for a, row in zip(x, written, strict=True)]
    more = More(len(problem.X) - len(shown), _rest(problem, shown, d, c))
    data = total(terms, more)
    if len(problem.X) > 1:
        data = Quotient(data, Number(float(len(problem.X))))
    weight, penalty = float(problem.W[d, c]), as_penalty(problem.reg)
    arithmetic = total([data, *_penalty_terms(penalty, Number(weight))])
    equation = Equation(
        Symbol("dW", (d, c)), (_general(penalty, d, c), *worked_out(arithmetic, value))
    )
    parts: list[Part] = [*_rule(problem.loss), _table(written, x, d, c)]
    if more.count:
        parts.append(Remark(f"Written out are {len(shown)} of {len(problem.X):,} samples."))
    return Step(f"gradient by W[{d}, {c}]", (*parts, equation), value)


def _rule(loss: str) -> list[Part]:
    slope = formula_of(loss).slope
    return [Remark(slope)] if slope else []


def _slope(c: int, i: int | str = "i") -> Derivative:
    return Derivative(Symbol("L", (i,)), Symbol("s", (c,)))


def _general(penalty: Penalty, d: int, c: int) -> Expression:
    of_samples = Over("sum", "i", Product((Symbol("X", ("i", d)), _slope(c))))
    weight = Symbol("W", (d, c))
    terms: list[Expression] = [Quotient(of_samples, Symbol("N"))]
    both = bool(penalty.l2 and penalty.l1)
    if penalty.l2:
        terms.append(Product((TWO, Symbol("l2" if both else "lam"), weight)))
    if penalty.l1:
        terms.append(Product((Symbol("l1" if both else "lam"), Call("sign", (weight,)))))
    return total(terms)


def _penalty_terms(penalty: Penalty, weight: Number) -> list[Expression]:
    terms: list[Expression] = []
    if penalty.l2:
        terms.append(Product((TWO, Number(penalty.l2), weight)))
    if penalty.l1:
        terms.append(Product((Number(penalty.l1), Call("sign", (weight,)))))
    return terms


def _table(rows: Sequence[Row], x: Sequence[float], d: int, c: int) -> Table:
    feature, slope = Symbol("X", ("i", d)), _slope(c)
    header = ("sample i", "label", feature, slope, Product((feature, slope)))
    cells: list[tuple[Expression | str, ...]] = [
        (str(row.i), row.named(row.label), *map(Number, (a, row.slopes[c], a * row.slopes[c])))
        for a, row in zip(x, rows, strict=True)
    ]
    return Table(header, tuple(cells))


def _rest(problem: Problem, shown: Sequence[int], d: int, c: int) -> float:
    """Return what the samples give that are not written out."""
    data, gradient = without_penalty(problem), 0.0
    for count, X, y in other_samples(problem, shown):
        found = loss_and_grad(
            data.loss, data.W, X, y, delta=data.delta, center=data.center,
            b=np.zeros(data.W.shape[1], data.W.dtype) if data.b is None else data.b,
        )  # fmt: skip
        gradient += count * float(found[1][d, c])
    return gradient
