"""What every loss looks like on a slide: the formula, and its arithmetic for one sample.

The formulas of this file are shown, not used: losses and probabilities are those of the C core.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from linclf.explanation.expressions import (
    ONE,
    ZERO,
    Call,
    Expression,
    Minus,
    More,
    Number,
    Over,
    Quotient,
    Square,
    Sum,
    Symbol,
    exp,
    total,
    value_of,
    worked_out,
)
from linclf.explanation.rows import Row
from linclf.explanation.steps import Equation, Part, Remark, Table, loss_symbol
from linclf.losses import softmax

Score = Callable[[int], Expression]
Term = Callable[[Row, int, Score], Expression]

_DELTA = Symbol("delta")


@dataclass(frozen=True, slots=True)
class Formula:
    """How one loss is explained.

    Attributes
    ----------
    name : str
        How it is called.
    parts : callable
        ``parts(row)`` writes the arithmetic of one sample.
    slope : str
        The rule of the derivative by a score, as a sentence.
    """

    name: str
    parts: Callable[[Row], list[Part]]
    slope: str


def _s(index: int | str) -> Symbol:
    return Symbol("s", (index,))


def _positive(*terms: Expression) -> Expression:
    return Call("max", (ZERO, Sum(terms)))


# --------------------------------------------------------------------------- sums over classes


def _margin(row: Row, j: int, s: Score) -> Expression:
    return _positive(s(j), Minus(s(row.label)), Number(row.delta))


def _squared_margin(row: Row, j: int, s: Score) -> Expression:
    return Square(_margin(row, j, s))


def _binary(row: Row, j: int, s: Score) -> Expression:
    return _positive(Number(row.delta), Minus(s(j)) if j == row.label else s(j))


_MARGIN = _positive(_s("j"), Minus(_s("y")), _DELTA)


def _summed(row: Row, general: Expression, term: Term, *, with_label: bool) -> list[Part]:
    """Write a loss that is a sum over classes: formula, letters, numbers, result."""

    def wanted(classes: list[int]) -> list[int]:
        return [j for j in classes if with_label or j != row.label]

    def numbers(j: int) -> Expression:
        return Number(row.scores[j])

    shown, others = wanted(row.shown), wanted(row.others)
    rest = sum(value_of(term(row, j, numbers)) for j in others)
    letters = total([term(row, j, _s) for j in shown], More(len(others)))
    arithmetic = total([term(row, j, numbers) for j in shown], More(len(others), rest))
    members = (general, letters, *worked_out(arithmetic, row.value))
    return [Equation(loss_symbol(row.i), members), *_said_of(row)]


def _said_of(row: Row) -> list[Part]:
    if len(row.scores) == 1:
        return [Remark("There is no class but the label, so none can violate the margin.")]
    return []


def _hinge(row: Row) -> list[Part]:
    return _summed(row, Over("sum", "j", _MARGIN, "y"), _margin, with_label=False)


def _squared_hinge(row: Row) -> list[Part]:
    return _summed(row, Over("sum", "j", Square(_MARGIN), "y"), _squared_margin, with_label=False)


def _one_vs_all(row: Row) -> list[Part]:
    wrong = Over("sum", "j", _positive(_DELTA, _s("j")), "y")
    general = Sum((_positive(_DELTA, Minus(_s("y"))), wrong))
    return _summed(row, general, _binary, with_label=True)


# --------------------------------------------------------------------------- the runner-up alone


def _crammer_singer(row: Row) -> list[Part]:
    general = _positive(Over("max", "j", _s("j"), "y"), Minus(_s("y")), _DELTA)
    rivals = [j for j in row.shown if j != row.label]
    if not rivals:
        return [Equation(loss_symbol(row.i), (general, Number(row.value))), *_said_of(row)]
    others = [row.scores[j] for j in row.others]
    best = float(np.max(others)) if others else None  # np.max does not pass over a NaN
    rest = (More(len(others), best),) if others else ()
    runner_up = Call("max", (*(Number(row.scores[j]) for j in rivals), *rest))
    arithmetic = _positive(runner_up, Minus(Number(row.scores[row.label])), Number(row.delta))
    members = (general, *worked_out(arithmetic, row.value))
    return [Equation(loss_symbol(row.i), members), *_said_of(row)]


# --------------------------------------------------------------------------- softmax


def _softmax(row: Row) -> list[Part]:
    """Write exponentials, probabilities and logarithm, as slides do; then without overflow."""
    top = float(np.max(row.scores))
    p = softmax(np.array([row.scores]))[0].tolist()
    exps = [exp(s) for s in row.scores]
    plain = np.isfinite(np.sum(exps)) and sum(exps) > 0
    if not plain:  # the shifted ones have the same ratios
        exps = [exp(s - top) for s in row.scores]
    slide = [_normalised(row, p, exps, shifted=not plain), *_logarithm(row, p[row.label])]
    return [
        *_exponentials(row, p, top),
        *(slide if np.isfinite(top) else []),
        *_shifted_logarithm(row, top),
    ]


def _exponentials(row: Row, p: list[float], top: float) -> list[Part]:
    """Write the table of the slide, with the shift that it leaves out beside it."""
    s = _s("j")
    shift: Expression = Sum((s, Minus(Symbol("m"))))
    header = ("class", s, Call("exp", (s,)), shift, Call("exp", (shift,)), Symbol("p", ("j",)))
    columns = [
        row.scores,
        [exp(x) for x in row.scores],
        [x - top for x in row.scores],
        [exp(x - top) for x in row.scores],
        p,
    ]
    rows: list[tuple[Expression | str, ...]] = [
        (row.named(j), *(Number(column[j]) for column in columns)) for j in row.shown
    ]
    if row.others:
        sums = [sum(column[j] for j in row.others) for column in columns]
        cells = [Number(sums[k]) if k in (1, 3, 4) else "" for k in range(len(columns))]
        rows.append((f"{len(row.others):,} more", *cells))
    parts: list[Part] = [Equation(Symbol("m"), (Over("max", "j", s), Number(top)))]
    parts.append(Table(header, tuple(rows)))
    parts.append(
        Remark(
            "The exponentials of the scores are the unnormalised probabilities; divided by their "
            "sum they are the probabilities. Shifting all scores by m changes none of these."
        )
    )
    if np.isinf(columns[1]).any() and np.isfinite(row.scores).all():
        parts.append(
            Remark(
                "An exponential of the scores themselves is beyond the largest float64, about "
                "1.8e308; after the largest score m is subtracted, none is above 1."
            )
        )
    return parts


def _normalised(row: Row, p: list[float], exps: list[float], *, shifted: bool) -> Equation:
    def power(index: int | str) -> Expression:
        s = _s(index)
        return Call("exp", (Sum((s, Minus(Symbol("m")))) if shifted else s,))

    y = row.label
    rest = More(len(row.others), sum(exps[j] for j in row.others))
    below = total([Number(exps[j]) for j in row.shown], rest)
    general = Quotient(power(y), Over("sum", "j", power("j")))
    arithmetic = Quotient(Number(exps[y]), below)
    return Equation(Symbol("p", (y,)), (general, *worked_out(arithmetic, p[y])))


def _logarithm(row: Row, p: float) -> list[Part]:
    """Write -log p, if p has kept what is needed for it."""
    name = Symbol("p", (row.label,))
    kept = np.isclose(value_of(Minus(Call("log", (Number(p),)))), row.value, rtol=1e-6, atol=0)
    if p < 1 - 1e-4 and kept:
        arithmetic = Minus(Call("log", (Number(p),)))
        members = (Minus(Call("log", (name,))), *worked_out(arithmetic, row.value))
        return [
            Equation(loss_symbol(row.i), members),
            Remark("log is the natural logarithm. The same without overflow, as it is computed:"),
        ]
    close = "0" if p < 0.5 else "1"
    return [
        Remark(
            f"The probability of the label is so close to {close} that too few of its digits are "
            "left for minus its natural logarithm. This is how the loss is computed:"
        )
    ]


def _shifted_logarithm(row: Row, top: float) -> list[Part]:
    y, m = row.label, Symbol("m")
    first = int(np.argmax(row.scores))  # its exponential is the 1
    rest = sum(exp(s - top) for j, s in enumerate(row.scores) if j != first)
    general = Over("sum", "j", Call("exp", (Sum((_s("j"), Minus(m))),)))
    log_sum = Call("log", (Sum((ONE, Number(rest))),))
    arithmetic = Sum((Number(top), Minus(Number(row.scores[y])), log_sum))
    members = (Sum((m, Minus(_s(y)), Call("log", (general,)))), *worked_out(arithmetic, row.value))
    return [Equation(loss_symbol(row.i), members)]


FORMULAS = {
    "hinge": Formula(
        "hinge loss",
        _hinge,
        "By the score of a wrong class the loss has the derivative 1 where its margin is positive "
        "and 0 elsewhere; by the score of the label, minus the number of positive margins.",
    ),
    "squared_hinge": Formula(
        "squared hinge loss",
        _squared_hinge,
        "By the score of a wrong class the loss has twice its margin as derivative where that is "
        "positive and 0 elsewhere; by the score of the label, minus the sum of these.",
    ),
    "crammer_singer": Formula(
        "Crammer-Singer loss",
        _crammer_singer,
        "If the margin of the best wrong class is positive, the loss has the derivative 1 by its "
        "score and -1 by that of the label; all others are 0.",
    ),
    "one_vs_all": Formula(
        "one-vs-all loss",
        _one_vs_all,
        "By the score of a class the loss has the derivative 1 (of the label: -1) where the "
        "class's own margin is positive, and 0 elsewhere.",
    ),
    "softmax": Formula(
        "softmax loss",
        _softmax,
        "By the score of a class the loss has its probability as derivative; by the score of the "
        "label, the probability minus 1.",
    ),
}


def formula_of(loss: str) -> Formula:
    """Return how a loss is explained; of one without a formula here, its value alone is told."""
    return FORMULAS.get(loss) or Formula(f"{loss} loss", _value_alone, "")


def _value_alone(row: Row) -> list[Part]:
    arithmetic = Equation(loss_symbol(row.i), (Number(row.value),))
    return [arithmetic, Remark("How it comes about is not written out for this loss.")]
