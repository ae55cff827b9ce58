"""What comes before and after the loss of a sample: scores, mean, regulariser, objective."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from linclf.explanation.expressions import (
    Call,
    Expression,
    More,
    Number,
    Over,
    Product,
    Quotient,
    Square,
    Sum,
    Symbol,
    Vector,
    total,
    worked_out,
)
from linclf.explanation.rows import Row, features_of, largest, without_penalty
from linclf.explanation.steps import Equation, Part, Remark, Step, loss_symbol
from linclf.penalties import Penalty, as_penalty
from linclf.problem import Problem

_MOST_SAMPLES, _FIRST = 8, 5  # so many losses are all written out; of more, so many of the first

WEIGHT = Symbol("W", ("d", "c"))
_DATA, _PENALTY, _TOTAL = Symbol("data loss"), Symbol("penalty"), Symbol("L")


def given_scores(row: Row) -> Step:
    """Write scores that were given, and the label."""
    shown = tuple(Number(row.scores[j]) for j in row.shown)
    rest = (More(len(row.others)),) if row.others else ()
    parts: list[Part] = [Equation(Symbol("s"), (Vector((*shown, *rest)),))]
    return Step(f"scores{row.of}, label {row.named(row.label)}", (*parts, *_said_of_classes(row)))


def computed_scores(problem: Problem, row: Row) -> Step:
    """Write the scores of a sample as dot products."""
    assert row.i is not None
    x, W = features_of(problem, row.i), problem.W[:, row.shown].astype(np.float64)
    products = x[:, np.newaxis] * W
    shown = largest(np.abs(products).sum(axis=1))
    rest = len(x) - len(shown)
    left_out = np.delete(products, shown, axis=0).sum(axis=0)
    parts: list[Part] = [_general_score(problem)]
    for k, c in enumerate(row.shown):
        terms: list[Expression] = [Product((Number(W[d, k]), Number(x[d]))) for d in shown]
        terms += [More(rest, float(left_out[k]))] if rest else []
        terms += [] if problem.b is None else [Number(float(problem.b[c]))]
        members = worked_out(total(terms), row.scores[c])
        parts.append(Equation(Symbol("s", (c,)), tuple(members)))
    parts += _said_of_scores(problem, row, shown, rest)
    return Step(f"scores{row.of}, label {row.named(row.label)}", tuple(parts))


def _general_score(problem: Problem) -> Equation:
    x = Symbol("x", ("d",))
    general: Expression = Over("sum", "d", Product((WEIGHT, x)))
    if problem.b is not None:
        general = Sum((general, Symbol("b", ("c",))))
    return Equation(Symbol("s", ("c",)), (general,))


def _said_of_scores(problem: Problem, row: Row, shown: list[int], rest: int) -> Iterator[Remark]:
    if problem.center is not None:
        yield Remark(f"x is row {row.i} of X minus the given center.")
    if rest:
        features = ", ".join(map(str, shown))
        yield Remark(f"Written out are features {features}, whose products are the largest.")
    yield from _said_of_classes(row)


def _said_of_classes(row: Row) -> Iterator[Remark]:
    if row.names:
        names = ", ".join(row.named(j) for j in row.shown)
        yield Remark(f"Classes: {names}{', ...' if row.others else ''}.")
    if row.others:
        shown = ", ".join(map(str, row.shown))
        yield Remark(
            f"Written out are classes {shown} of {len(row.scores):,}, the label and those with "
            "the highest scores."
        )


def mean_step(losses: dict[int, float], more: More, mean: float) -> Step:
    """Write the mean of the losses of all samples."""
    count = len(losses) + more.count
    general = Quotient(Over("sum", "i", Symbol("L", ("i",))), Symbol("N"))
    arithmetic = Quotient(total([Number(v) for v in losses.values()], more), Number(float(count)))
    equation = Equation(_DATA, (general, *worked_out(arithmetic, mean)))
    said: list[Part] = []
    if more.count:
        numbers = ", ".join(map(str, losses))
        said = [Remark(f"Written out are samples {numbers} of {count:,}.")]
    return Step(f"mean over the {count:,} samples", (equation, *said), mean)


def samples_shown(count: int, rows: Sequence[Row]) -> list[int]:
    """Return the samples whose losses are written out: all of a few, else the first, and `rows`."""
    if count <= _MOST_SAMPLES:
        return list(range(count))
    return sorted({*range(_FIRST), *(row.i for row in rows if row.i is not None)})


def other_samples(problem: Problem, shown: Sequence[int]) -> Iterator[tuple[int, Any, Any]]:
    """Yield the samples between the shown ones: how many, their part of X, and of y."""
    edges = [-1, *shown, len(problem.X)]
    for before, behind in pairwise(edges):
        if behind - before > 1:
            part = slice(before + 1, behind)
            yield behind - before - 1, problem.X[part], problem.y[part]


def mean_of_samples(problem: Problem, rows: Sequence[Row], mean: float) -> Step:
    """Write the data's part of the objective."""
    data = without_penalty(problem)
    shown = samples_shown(len(problem.X), rows)
    losses = {i: data.value(data.X[i : i + 1], data.y[i : i + 1]) for i in shown}
    rest = list(other_samples(problem, shown))
    more = More(len(problem.X) - len(shown), sum(count * data.value(X, y) for count, X, y in rest))
    return mean_step(losses, more, mean)


def penalty_step(problem: Problem) -> Step:
    """Write the regulariser."""
    penalty = as_penalty(problem.reg)
    weights = problem.W.astype(np.float64).ravel()
    shown = largest(np.abs(weights))
    terms = [_squares(penalty, weights, shown)] if penalty.l2 else []
    terms += [_magnitudes(penalty, weights, shown)] if penalty.l1 else []
    arithmetic = total(terms)
    members = (_general_penalty(penalty), *worked_out(arithmetic, penalty.value(problem.W)))
    said: list[Part] = []
    if penalty.l2 and penalty.l1:
        said.append(Remark("Of ElasticNet(lam, beta), l2 is lam * beta and l1 is lam."))
    if len(shown) < len(weights):
        said.append(Remark(f"Of {len(weights):,} weights, the largest are written out."))
    if problem.b is not None:
        said.append(Remark("The bias is not penalised."))
    value = penalty.value(problem.W)
    return Step("regulariser", (Equation(_PENALTY, members), *said), value)


def _squares(penalty: Penalty, weights: Any, shown: list[int]) -> Expression:
    terms = [Square(Number(float(weights[k]))) for k in shown]
    rest = np.square(np.delete(weights, shown))
    return Product((Number(penalty.l2), total(terms, More(len(rest), float(rest.sum())))))


def _magnitudes(penalty: Penalty, weights: Any, shown: list[int]) -> Expression:
    terms = [Call("abs", (Number(float(weights[k])),)) for k in shown]
    rest = np.abs(np.delete(weights, shown))
    return Product((Number(penalty.l1), total(terms, More(len(rest), float(rest.sum())))))


def _general_penalty(penalty: Penalty) -> Expression:
    squares = Over("sum", "d, c", Square(WEIGHT))
    magnitudes = Over("sum", "d, c", Call("abs", (WEIGHT,)))
    if penalty.l2 and penalty.l1:
        return Sum((Product((Symbol("l2"), squares)), Product((Symbol("l1"), magnitudes))))
    return Product((Symbol("lam"), squares if penalty.l2 else magnitudes))


def objective_step(problem: Problem, row: Row, data_loss: float, value: float) -> Step:
    """Write the sum of data loss and penalty."""
    penalty = as_penalty(problem.reg).value(problem.W)
    first = _DATA if len(problem.X) > 1 else loss_symbol(row.i)
    arithmetic = Sum((Number(data_loss), Number(penalty)))
    members = (Sum((first, _PENALTY)), *worked_out(arithmetic, value))
    return Step("objective", (Equation(_TOTAL, members),), value)
