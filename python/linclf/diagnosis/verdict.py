"""The way of a diagnosis: shapes first, then rounding, then more problems, then an explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.diagnosis.answers import Answer
from linclf.diagnosis.cases import Cases
from linclf.diagnosis.findings import Diagnosis, Finding
from linclf.diagnosis.messages import message
from linclf.diagnosis.probes import follows_loss, ordinary, stress
from linclf.sampling import as_generator

if TYPE_CHECKING:
    from linclf.arrays import Rng


def diagnose(
    answers: Answer | Iterable[Answer],
    loss: str,
    *,
    function: Callable[..., Any] | None = None,
    consistent: bool | None = None,
    rng: Rng = 0,
) -> Diagnosis:
    """Find out what is wrong with the answers of a loss function.

    Parameters
    ----------
    answers : Answer or iterable of Answer
        Problems and what the function returned. Two or more of different N tell mistakes apart.
    loss : Loss or str
        What it is meant to compute.
    function : callable, optional
        ``function(W, X, y, reg)``: asked for answers to more problems, if these show a mistake.
    consistent : bool, optional
        Whether the gradient is known to be the derivative of the function's own loss.
    rng : int, Generator, SeedSequence, RandomState or None
        Where further problems are drawn from.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ValueError
        If there are no answers, or a problem is none that the core takes.

    Examples
    --------
    >>> from linclf.diagnosis import Answer, diagnose
    >>> sums = linclf.mutants.get("hinge/gradient_sum")
    >>> rng = np.random.default_rng(0)
    >>> problem = rng.normal(size=(7, 5)), rng.normal(size=(11, 7)), rng.integers(5, size=11), 0.1
    >>> print(diagnose(Answer(*problem, *sums(*problem)), "hinge", function=sums))
    The loss is right; the gradient is not its derivative
    Gradient is 11.000 x the expected one, N = 11: divide by N
    """
    given = [answers] if isinstance(answers, Answer) else list(answers)
    if not given:
        raise ValueError("answers is empty; pass at least one Answer")
    loss = str(loss)
    given, findings = _upright(given)
    cases = Cases(loss, given)
    if any(finding.id == "shape" for finding in findings):
        return Diagnosis(loss, cases.loss_right, False, consistent, tuple(findings))
    if not findings and cases.right:
        return Diagnosis(loss, True, True, consistent)
    if not findings and cases.in_single:
        told = Finding("float32", "both", message("float32", {"digits": 7}))
        return Diagnosis(loss, True, True, consistent, (told,))
    loss_right, gradient_right = cases.loss_right, cases.gradient_right and not findings
    if function is not None:
        generator = np.random.default_rng(int(as_generator(rng).choice(1 << 31)))
        turned = any(finding.id == "transposed" for finding in findings)
        more = _upright(_more(function, loss, given[0], turned, generator))[0]
        if consistent is None and np.isfinite(given[0].value):
            consistent = follows_loss(function, (*more[:1], given[0])[0], generator)
        cases = cases.joined(Cases(loss, more))
        loss_right = loss_right and cases.loss_right
        gradient_right = gradient_right and cases.gradient_right
    findings += cases.findings(Cases(loss, given))
    return Diagnosis(loss, loss_right, gradient_right, consistent, tuple(findings))


def _more(
    function: Callable[..., Any],
    loss: str,
    problem: Answer,
    turned: bool,
    rng: np.random.Generator,
) -> list[Answer]:
    """Return answers to more problems: large scores as well, if the first answer is not finite.

    Their gradients must be of the shape of W, or of its transpose if `turned`.
    """
    more = ordinary(function, loss, problem, rng)
    if not (np.isfinite(problem.value) and np.isfinite(problem.gradient).all()):
        more += stress(function, problem, rng)
    way = -1 if turned else 1
    return [answer for answer in more if np.shape(answer.gradient) == answer.W.shape[::way]]


def _upright(answers: list[Answer]) -> tuple[list[Answer], list[Finding]]:
    """Return the answers with transposed gradients turned, and what is wrong with the shapes."""
    shapes = [(np.shape(a.gradient), a.W.shape) for a in answers]
    if all(found == shape for found, shape in shapes):
        return answers, []
    if all(found == shape[::-1] for found, shape in shapes):
        turned = [replace(answer, gradient=np.asarray(answer.gradient).T) for answer in answers]
        return turned, [Finding("transposed", "gradient", message("transposed", {}))]
    found, (D, C) = next(pair for pair in shapes if pair[0] != pair[1])
    told = message("shape", {"shape": found, "D": D, "C": C})
    return answers, [Finding("shape", "gradient", told)]
