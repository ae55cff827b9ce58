"""Checks of the exercises of notebooks 01 and 02: losses of one sample and of many, softmax."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.cases import FLOATS, Case, generate
from linclf.course.problems import LOSSES
from linclf.course.student import Student, Wrong, check_array, check_number, check_pair, same
from linclf.course.trials import Examination, Suspicion, Trial
from linclf.diagnosis import Answer, diagnose
from linclf.losses import loss_and_grad, softmax
from linclf.messages import Sentence, read, say

if TYPE_CHECKING:
    from collections.abc import Callable

_ONE = np.ones((1, 1))
_BASES = (np.log(10.0), np.log(2.0))


def check_hinge_sample(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``hinge_sample(s, y, delta=1.0)``."""
    problems: list[tuple[Any, ...]] = [
        (np.array([3.2, 5.1, -1.7]), 0),  # the cat, the car and the frog of the lectures
        (np.array([1.3, 4.9, 2.0]), 1),
        (np.array([2.2, 2.5, -3.1]), 2),
    ]
    problems += [(_far_from_kinks(rng, C, 1.0), int(rng.integers(C))) for C in (2, 4, 5, 7)]
    problems += [(_far_from_kinks(rng, 5, d), int(rng.integers(5)), d) for d in (0.5, 3.0, 10.0)]
    trials = []
    for s, y, *delta in problems:
        value = _of_row("hinge", s, y, *delta)
        trials.append(Trial((s, y, *delta), (value,), (np.abs(s).sum() + len(s),)))

    def delta_of(trial: Trial) -> float:
        return float(trial.operands[2]) if len(trial.operands) > 2 else 1.0

    def other(loss: str) -> Callable[[Trial], float]:
        return lambda t: _of_row(loss, t.operands[0], t.operands[1], delta_of(t))

    def without_maximum(trial: Trial) -> float:
        s, y = trial.operands[:2]
        return float(s.sum() - len(s) * s[y] + (len(s) - 1) * delta_of(trial))

    suspicions: list[Suspicion] = [
        ("course.hinge_true_class", lambda t: t.expected[0] + delta_of(t)),
        ("course.hinge_no_delta", lambda t: _of_row("hinge", t.operands[0], t.operands[1], 0.0)),
        (
            "course.hinge_delta_ignored",
            lambda t: _of_row("hinge", t.operands[0], t.operands[1], 1.0),
        ),
        ("course.hinge_no_maximum", without_maximum),
        ("course.hinge_no_maximum", lambda t: without_maximum(t) + delta_of(t)),
        ("course.hinge_reversed", lambda t: _of_row("hinge", -t.operands[0], *t.operands[1:])),
        ("course.hinge_squared", other("squared_hinge")),
        ("course.hinge_largest", other("crammer_singer")),
        ("course.hinge_mean", lambda t: t.expected[0] / len(t.operands[0])),
        ("course.hinge_mean", lambda t: t.expected[0] / (len(t.operands[0]) - 1)),
    ]
    return _run(student, trials, suspicions, "the loss")


def check_softmax_sample(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``softmax_sample(s, y)``."""
    problems: list[tuple[Any, int]] = [(np.array([3.2, 5.1, -1.7]), 0), (np.zeros(10), 3)]
    problems += [
        (rng.normal(scale=2.0, size=C), int(rng.integers(C))) for C in (2, 4, 5, 7) for _ in "ab"
    ]
    trials = [_softmax_trial(s, y) for s, y in problems]

    def p(trial: Trial) -> float:
        return float(np.exp(-trial.expected[0]))

    suspicions: list[Suspicion] = [
        *(("course.log_base", partial(_divided, factor)) for factor in _BASES),
        ("course.loss_sign", lambda t: -t.expected[0]),
        ("course.no_log", p),
        ("course.no_log", lambda t: -p(t)),
        ("course.no_log", lambda t: 1.0 - p(t)),
        ("course.true_score_missing", lambda t: t.expected[0] + t.operands[0][t.operands[1]]),
        ("course.sum_without_true", lambda t: t.expected[0] + np.log1p(-p(t))),
    ]
    tried, notes = _run(student, trials, suspicions, "the loss")
    far = [
        _softmax_trial(np.array(s), y, hint)
        for s, y, hint in (
            ([1000.0, 0.0, 0.0], 0, "course.overflow"),
            ([1000.0, 1001.0, 1002.0], 2, "course.overflow"),
            ([-1000.0, -1001.0, -1002.0], 1, "course.underflow"),
            ([0.0, 1000.0], 0, "course.log_of_zero"),
        )
    ]
    clipped: list[Suspicion] = [
        ("course.log_of_zero", partial(_clipped, small)) for small in _SMALL
    ]
    more, _ = _run(student, far, clipped, "the loss")
    return tried + more, notes


_SMALL = tuple(float(f"1e-{n}") for n in range(6, 21))  # that codes add to a probability


def _clipped(small: float, trial: Trial) -> float:
    """Return the loss with a probability that is not let fall below `small`."""
    return float(min(trial.expected[0], -np.log(small)))


def _divided(factor: float, trial: Trial) -> float:
    return float(trial.expected[0] / factor)


def _softmax_trial(s: Any, y: int, hint: str = "") -> Trial:
    return Trial((s, y), (_of_row("softmax", s, y),), (np.abs(s).max() + 1.0,), hint)


def check_probabilities(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``softmax_probabilities(S)``."""
    ordinary = [rng.normal(scale=2.0, size=size) for size in ((11, 5), (4, 4), (1, 3), (6, 2))]
    trials = [_probability_trial(S) for S in ordinary]

    suspicions: list[Suspicion] = [
        ("course.probability_axis", lambda t: softmax(np.ascontiguousarray(t.operands[0].T)).T),
        ("course.probability_all", lambda t: _over_all(t.operands[0])),
        ("course.probability_unnormalised", lambda t: np.exp(t.operands[0])),
        ("course.probability_unnormalised", _of_the_largest),
    ]
    tried, notes = _run(student, trials, suspicions, "P")
    # All rows large: only a missing shift fails. Rows far apart: a common one fails as well.
    alike = [np.array([[1000.0, 999.0, 0.0], [1001.0, 998.0, 0.0]]), -1000.0 + ordinary[0]]
    apart = [np.array([[20.0, 0.0, 0.0], [1000.0, 0.0, 0.0]]), np.array([[0.0, 1.0], [900.0, 0.0]])]
    more, _ = _run(student, [_probability_trial(S, "course.overflow") for S in alike], [], "P")
    zeros: list[Suspicion] = [("course.global_maximum", _underflown)]
    last, _ = _run(
        student, [_probability_trial(S, "course.global_maximum") for S in apart], zeros, "P"
    )
    return tried + more + last, notes


def _over_all(S: Any) -> Any:
    return softmax(S.reshape(1, -1)).reshape(S.shape)


def _of_the_largest(trial: Trial) -> Any:
    """Return probabilities in units of the largest of each sample."""
    [P] = trial.expected
    return P / P.max(axis=1, keepdims=True)


def _underflown(trial: Trial) -> Any:
    """Return probabilities that are 0 in rows far below the largest score of all."""
    [S] = trial.operands
    return np.where(S.max() - S > 745.0, 0.0, trial.expected[0])


def _probability_trial(S: Any, hint: str = "") -> Trial:
    S = np.asarray(S, np.float64)
    # exp turns the rounding of a score into a relative error.
    return Trial((S,), (softmax(S),), (softmax(S) * (2.0 + np.abs(S).max()),), hint)


# --------------------------------------------------------------------------- loss and gradient


def check_objective(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``(W, X, y, reg) -> (loss, dW)``, and have `linclf.diagnosis` explain what is wrong."""
    loss = LOSSES[student.exercise.name]
    cases = list(generate(loss, rng, names=FLOATS))
    answers = [_answer(student, case) for case in cases]
    if not same(_parts(_answer(student, cases[0])), _parts(answers[0])):
        raise Wrong(say("course.not_deterministic"))
    wrong = [answer for answer in answers if not _right(answer, loss)]
    if wrong:
        raise Wrong(*_diagnosed(student, loss, answers, wrong, rng))
    notes = []
    if student.exercise.name.endswith("vectorized"):
        line = _loop(student.function)
        notes += [] if line is None else [say("course.loop", source=line)]
    if any(a.single for a in answers if a.W.dtype == np.float64):
        notes.append(say("course.single"))
    return len(cases), notes


def _answer(student: Student, case: Case) -> Answer:
    result, _ = student.call(*case.operands)
    value, gradient = check_pair(result, "loss", "dW")
    expected = Answer(case.W, case.X, case.y, case.reg, 0.0, case.W).expected(
        LOSSES[student.exercise.name]
    )
    large = case.name in ("large_scores", "integer_values")
    hint = "course.overflow_or_log" if large and expected.loss == "softmax" else ""
    value = check_number(value, expected.value, "the loss", hint)
    gradient = check_array(gradient, expected.gradient, "dW", hint)
    return Answer(case.W, case.X, case.y, case.reg, float(value), gradient)


def _parts(answer: Answer) -> tuple[float, Any]:
    return answer.value, answer.gradient


def _right(answer: Answer, loss: str) -> bool:
    expected = answer.expected(loss)
    return expected.value_fits(answer.value) and expected.gradient_fits(answer.gradient)


def _diagnosed(
    student: Student,
    loss: str,
    answers: list[Answer],
    wrong: list[Answer],
    rng: np.random.Generator,
) -> list[Sentence]:
    """Return the findings of `linclf.diagnosis` as sentences, and the verdict behind them."""

    def quiet(*operands: Any) -> Any:
        return student.call(*operands)[0]

    chosen = [wrong[0], *(a for a in answers if a is not wrong[0] and a.W.dtype == np.float64)]
    found = diagnose(chosen, loss, function=quiet, rng=rng)
    texts = [str(finding) for finding in found.findings]
    if not found:
        texts.append(found.verdict)
    return [read(text) or say("course.other", text=text) for text in texts]


def _loop(function: Any) -> str | None:
    """Return the first line of a function that begins a loop, if its source is at hand."""
    if hasattr(function, "first_loop"):  # of a function that runs elsewhere
        return str(function.first_loop) if function.first_loop else None
    try:
        source = textwrap.dedent(inspect.getsource(function))
        tree = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        return None
    loops = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp)
    lines = [node.lineno for node in ast.walk(tree) if isinstance(node, loops)]
    return source.splitlines()[min(lines) - 1].strip() if lines else None


# --------------------------------------------------------------------------- shared


def _run(
    student: Student, trials: list[Trial], suspicions: list[Suspicion], what: str
) -> tuple[int, list[Sentence]]:
    examination = Examination(student, (what,), {0: suspicions})
    examination.run(trials)
    return examination.tried, examination.notes


def _of_row(loss: str, s: Any, y: int, delta: float = 1.0) -> float:
    """Return what the core says of one row of scores: the weights of a sample that is 1."""
    s = np.asarray(s, np.float64)[None]
    label = np.array([y])
    return float(loss_and_grad(loss, np.ascontiguousarray(s), _ONE, label, delta=delta)[0])


def _far_from_kinks(rng: np.random.Generator, C: int, delta: float) -> Any:
    """Return scores no two of which are nearly `delta` apart."""
    while True:
        s = rng.normal(scale=1.5 * max(1.0, delta / 2), size=C)
        if np.abs(np.abs(s[:, None] - s) - delta).min() > 1e-3:
            return s
