"""Checks of the exercises of notebook 03: the penalties and their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course.student import Student
from linclf.course.trials import Examination, Suspicion, Trial
from linclf.penalties import L1, L2, ElasticNet

if TYPE_CHECKING:
    from linclf.messages import Sentence
    from linclf.penalties import Penalty

_SIZES = ((7, 5), (4, 4), (3, 1), (2, 6))
_LAMS = (0.3, 2.5, 0.07, 1.7)
_BETAS = (0.6, 0.15, 2.2, 1.4)


def check_l2(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``l2_penalty(W, lam)``."""
    trials = [_trial(L2(lam), _weights(rng, size), lam) for size, lam in _grid()]
    values: list[Suspicion] = [
        *_factors(0),
        ("course.penalty_norm", lambda t: t.operands[1] * np.linalg.norm(t.operands[0])),
        ("course.is_l1", _of(0, lambda W, lam: L1(lam))),
    ]
    gradients: list[Suspicion] = [
        *_factors(1),
        ("course.gradient_no_factor", lambda t: t.expected[1] / (2.0 * t.operands[1])),
        ("course.is_l1", _of(1, lambda W, lam: L1(lam))),
    ]
    return _run(student, trials, values, gradients)


def check_l1(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``l1_penalty(W, lam)``."""
    trials = [_trial(L1(lam), _weights(rng, size), lam) for size, lam in _grid()]
    values: list[Suspicion] = [
        *_factors(0),
        ("course.penalty_signed", lambda t: t.operands[1] * t.operands[0].sum()),
        ("course.is_l2", _of(0, lambda W, lam: L2(lam))),
    ]

    def at_zero(sign: float) -> Callable[[Trial], Any]:
        return lambda t: t.expected[1] + sign * t.operands[1] * (t.operands[0] == 0)

    gradients: list[Suspicion] = [
        *_factors(1),
        ("course.subgradient_zero", at_zero(1.0)),
        ("course.subgradient_zero", at_zero(-1.0)),
        ("course.not_sign", lambda t: np.full(t.operands[0].shape, t.operands[1])),
        ("course.not_sign", lambda t: t.operands[1] * np.abs(t.operands[0])),
        ("course.not_sign", lambda t: t.operands[1] * t.operands[0]),
        ("course.is_l2", _of(1, lambda W, lam: L2(lam))),
    ]
    return _run(student, trials, values, gradients)


def check_elastic_net(student: Student, rng: np.random.Generator) -> tuple[int, list[Sentence]]:
    """Check ``elastic_net(W, lam, beta)``."""
    trials = [
        _trial(ElasticNet(lam, beta), _weights(rng, size), lam, beta)
        for (size, lam), beta in zip(_grid(), _BETAS, strict=True)
    ]

    def mixed(part: int, squares: Callable[..., float], magnitudes: Callable[..., float]) -> Any:
        def mistake(trial: Trial) -> Any:
            W, lam, beta = trial.operands
            both = (L2(squares(lam, beta)), L1(magnitudes(lam, beta)))
            answers = [(penalty.value(W), penalty.gradient(W))[part] for penalty in both]
            return answers[0] + answers[1]

        return mistake

    def suspicions(part: int) -> list[Suspicion]:
        other_way = mixed(part, lambda lam, _: lam, lambda lam, beta: lam * beta)
        return [
            *_factors(part),
            ("course.beta_on_magnitudes", other_way),
            ("course.beta_missing", mixed(part, lambda lam, _: lam, lambda lam, _: lam)),
            ("course.beta_shared", mixed(part, lambda lam, b: lam * b, _rest)),
            ("course.lam_part", mixed(part, lambda lam, b: lam * b, lambda lam, b: 1.0)),
            ("course.lam_part", mixed(part, lambda lam, b: b, lambda lam, b: lam)),
            ("course.squares_only", mixed(part, lambda lam, b: lam * b, lambda lam, b: 0.0)),
            ("course.magnitudes_only", mixed(part, lambda lam, b: 0.0, lambda lam, b: lam)),
        ]

    half = mixed(1, lambda lam, b: lam * b / 2.0, lambda lam, b: lam)
    gradients: list[Suspicion] = [*suspicions(1), ("course.squares_factor", half)]
    return _run(student, trials, suspicions(0), gradients)


def _rest(lam: float, beta: float) -> float:
    return abs(lam * (1.0 - beta))


def _grid() -> list[tuple[tuple[int, int], float]]:
    return list(zip(_SIZES, _LAMS, strict=True))


def _weights(rng: np.random.Generator, size: tuple[int, int]) -> Any:
    """Return weights two of which are 0."""
    W = rng.normal(size=size)
    W[0, 0] = W[-1, -1] = 0.0
    return W


def _trial(penalty: Penalty, W: Any, *numbers: float) -> Trial:
    value, gradient = penalty.value(W), penalty.gradient(W)
    hint = "course.subgradient_nan"
    return Trial((W, *numbers), (value, gradient), (value, np.abs(gradient) + 1.0), hint)


def _factors(part: int) -> list[Suspicion]:
    """Return the mistakes that multiply a part."""
    of_lam = ("course.lam_missing", lambda t: t.expected[part] / t.operands[1])
    names = ("half", "double", "sign", "zero")
    numbers = (0.5, 2.0, -1.0, 0.0)
    keys = [f"course.factor_{name}" for name in names]
    return [
        of_lam,
        *((key, _scaled(part, factor)) for key, factor in zip(keys, numbers, strict=True)),
    ]


def _scaled(part: int, factor: float) -> Callable[[Trial], Any]:
    return lambda t: factor * t.expected[part]


def _of(part: int, penalty: Callable[..., Penalty]) -> Callable[[Trial], Any]:
    """Return what another penalty gives."""

    def mistake(trial: Trial) -> Any:
        other = penalty(*trial.operands)
        return (other.value, other.gradient)[part](trial.operands[0])

    return mistake


def _run(
    student: Student, trials: list[Trial], values: list[Suspicion], gradients: list[Suspicion]
) -> tuple[int, list[Sentence]]:
    examination = Examination(student, ("the value", "the gradient"), {0: values, 1: gradients})
    examination.run(trials)
    return examination.tried, examination.notes
