"""From answers to findings: what is wrong with a loss function, in sentences with evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.diagnosis.answers import Answer, Expected
from linclf.diagnosis.evidence import evidence_of
from linclf.diagnosis.fingerprint import fingerprint, natural
from linclf.diagnosis.localise import localise, statistics
from linclf.diagnosis.messages import MESSAGES, message
from linclf.diagnosis.probes import follows_loss, ordinary, stress
from linclf.diagnosis.replay import EXACT, Explanation, Ids, explain_gradient, explain_loss
from linclf.losses import Loss
from linclf.mutants.catalogue import mistakes_of
from linclf.sampling import as_generator
from linclf.tolerance import tolerances

if TYPE_CHECKING:
    from linclf.arrays import Rng


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    id : str
        Key of the sentence in `linclf.diagnosis.messages.MESSAGES`; of a known mistake also its
        name in `linclf.mutants`.
    part : str
        What it spoils: ``"loss"``, ``"gradient"`` or ``"both"``.
    sentence : str
        What is wrong, with the evidence.
    exact : bool
        Whether it explains the answers to rounding, in two or more problems, and nothing else
        that is known comes near. If not, the text says "looks like".
    misfit : float
        Share of the deviation that it leaves unexplained; NaN if it only says what is seen.
    runner_up : float
        The same of the next best explanation.
    alternatives : tuple of str
        Sentences that fit these problems as well.
    """

    id: str
    part: str
    sentence: str
    exact: bool = True
    misfit: float = 0.0
    runner_up: float = np.inf
    alternatives: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = self.sentence
        if self.alternatives:
            others = "; or: ".join(self.alternatives)
            text = message("ambiguous", {"sentence": text, "others": others})
        if self.exact or np.isnan(self.misfit):
            return text
        return message("looks_like", {"sentence": text})


@dataclass(frozen=True)
class Diagnosis:
    """What was found out about a loss function; true if it is right.

    Attributes
    ----------
    loss : str
        What it is meant to compute.
    loss_right, gradient_right : bool
        Whether value and gradient agree with the C core's.
    consistent : bool or None
        Whether the gradient is the derivative of the function's own loss; None if that is
        unknown.
    findings : tuple of Finding
        What is wrong, the data part first.
    """

    loss: str
    loss_right: bool
    gradient_right: bool
    consistent: bool | None
    findings: tuple[Finding, ...] = ()

    def __bool__(self) -> bool:
        return self.loss_right and self.gradient_right

    @property
    def ids(self) -> Ids:
        """Ids of the findings."""
        return tuple(finding.id for finding in self.findings)

    @property
    def verdict(self) -> str:
        """One sentence: is the loss right, and is the gradient its derivative?"""
        if self:
            return MESSAGES["verdict_right"]
        if self.loss_right:
            own = "verdict_gradient" if self.consistent is False else "verdict_gradient_wrong"
            return MESSAGES[own]
        if self.consistent is not None:
            return MESSAGES["verdict_consistent" if self.consistent else "verdict_both"]
        return MESSAGES["verdict_loss_only" if self.gradient_right else "verdict_both_wrong"]

    def __str__(self) -> str:
        return "\n".join([_capital(self.verdict), *(_capital(str(f)) for f in self.findings)])


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


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
    cases = _Cases(loss, given)
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
        more = _upright(_more(function, loss, given[0], generator))[0]
        if consistent is None and np.isfinite(given[0].value):
            consistent = follows_loss(function, (*more[:1], given[0])[0], generator)
        cases = cases.joined(_Cases(loss, more))
        loss_right = loss_right and cases.loss_right
        gradient_right = gradient_right and cases.gradient_right
    findings += cases.findings(_Cases(loss, given[:1]))
    return Diagnosis(loss, loss_right, gradient_right, consistent, tuple(findings))


def _more(
    function: Callable[..., Any], loss: str, problem: Answer, rng: np.random.Generator
) -> list[Answer]:
    """Return answers to more problems: large scores as well, if the first answer is not finite."""
    more = ordinary(function, loss, problem, rng)
    finite = np.isfinite(problem.value) and np.isfinite(problem.gradient).all()
    return more if finite else more + stress(function, problem, rng)


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


def in_single(answers: Sequence[Answer], loss: str) -> bool:
    """Tell whether answers are off, but not farther than float32 explains, and in the gradient too.

    A mistake that is as small spoils the loss alone.
    """
    return _Cases(loss, answers).in_single


class _Cases:
    """Answers with what was expected."""

    def __init__(self, loss: str, answers: Sequence[Answer]) -> None:
        self.loss, self.answers = loss, list(answers)
        self.expected = [answer.expected(loss) for answer in answers]
        pairs = list(zip(self.answers, self.expected, strict=True))
        self.value_fits = [e.value_fits(a.value) for a, e in pairs]
        self.gradient_fits = [e.gradient_fits(a.gradient) for a, e in pairs]

    @property
    def loss_right(self) -> bool:
        return all(self.value_fits)

    @property
    def gradient_right(self) -> bool:
        return all(self.gradient_fits)

    @property
    def right(self) -> bool:
        return self.loss_right and self.gradient_right

    @property
    def in_single(self) -> bool:
        """Whether all deviations are those of float32, and of the gradient as well."""
        if self.gradient_right:
            return False
        for answer, e in zip(self.answers, self.expected, strict=True):
            tol_value, tol_gradient = tolerances(
                self.loss, e.W, np.asarray(e.X, np.float64), e.y, answer.reg, dtype=np.float32
            )
            near = np.abs(answer.gradient - e.gradient) <= tol_gradient
            if not (near.all() and abs(answer.value - e.value) <= tol_value):
                return False
        return True

    def joined(self, more: _Cases) -> _Cases:
        """Return what a search runs on: the new cases if they show the mistake, as they are small.

        Only if fewer than two of them show it do the old ones count as well.
        """
        shown = [
            fits.count(False) >= min(2, len(fits)) and len(fits) > 1
            for mine, fits in (
                (self.value_fits, more.value_fits), (self.gradient_fits, more.gradient_fits)
            )
            if not all(mine)
        ]  # fmt: skip
        return more if all(shown) else _Cases(self.loss, [*self.answers, *more.answers])

    def findings(self, first: _Cases) -> list[Finding]:
        """Return what is wrong; the evidence is that of the first problem."""
        answer, expected = first.answers[0], first.expected[0]
        of_loss = None if self.loss_right else explain_loss(self.answers, self.expected)
        of_gradient = None if self.gradient_right else explain_gradient(self.answers, self.expected)
        told = _told(self.loss, of_loss, of_gradient, answer, expected)
        if of_loss is None and not self.loss_right:
            told.append(self._unknown_loss(answer, expected))
        if of_gradient is None and not self.gradient_right:
            told.append(self._unknown_gradient(answer, expected))
        return told

    def _unknown_loss(self, answer: Answer, expected: Expected) -> Finding:
        evidence = {"loss": answer.value, "expected": expected.value}
        if not np.isfinite(answer.value):
            told = message("loss_not_finite", evidence)
            return Finding("loss_not_finite", "loss", told, exact=False, misfit=np.nan)
        other = self._another(lambda e, a: e.value_fits(a.value))
        if other is not None:
            told = message("loss_of_another", {"other": other, "meant": self.loss})
            return Finding("loss_of_another", "loss", told, exact=len(self.answers) > 1)
        A = np.array([[e.data_value, e.penalty_value] for e in self.expected])
        values = np.array([a.value for a in self.answers])
        if len(values) > 2 and np.isfinite(values).all():
            factors, _, rank, _ = np.linalg.lstsq(A, values, rcond=1e-12)
            rest = float(np.abs(A @ factors - values).max() / np.abs(values).max())
            if rank == 2 and rest <= EXACT:
                both = {"loss_data": float(factors[0]), "loss_penalty": float(factors[1])}
                return Finding("loss_factors", "loss", message("loss_factors", both), misfit=rest)
        return Finding(
            "loss_differs", "loss", message("loss_differs", evidence), exact=False, misfit=np.nan
        )

    def _another(self, fits: Callable[[Expected, Answer], bool]) -> str | None:
        """Return another loss that fits all answers."""
        others = [name for name in Loss if name != self.loss]
        return (
            next(
                (name for name in others if all(fits(a.expected(name), a) for a in self.answers)),
                None,
            )
            if self.answers[0].y.ndim == 1
            else None
        )

    def _unknown_gradient(self, answer: Answer, expected: Expected) -> Finding:
        prints = [fingerprint(a, e) for a, e in zip(self.answers, self.expected, strict=True)]
        known = [p for p in prints if p is not None]
        if len(known) == len(prints) and all(p.residual <= EXACT for p in known):
            sizes = [a.sizes for a in self.answers]
            columns = list(zip(*(p.coefficients for p in known), strict=True))
            names = [natural(column, sizes) for column in columns]
            texts = [_factor(*both) for both in zip(columns, names, strict=True)]
            evidence: dict[str, Any] = dict(zip(("others", "correct", "l2"), texts, strict=True))
            exact = len(known) > 1
            residual = max(p.residual for p in known)
            id = "terms_softmax" if self.loss == "softmax" else "terms"
            if names[:2] == ["1", "1"]:
                id = "penalty_factor"
            elif names[2] == "1" and np.allclose(columns[0], columns[1], rtol=1e-9):
                id = "data_factor"
            told = message(id, evidence)
            return Finding(id, "gradient", told, exact=exact, misfit=residual)
        other = self._another(lambda e, a: e.gradient_fits(a.gradient))
        if other is not None:
            told = message("gradient_of_another", {"other": other, "meant": self.loss})
            return Finding("gradient_of_another", "gradient", told, exact=len(self.answers) > 1)
        pairs = list(zip(self.answers, self.expected, strict=True))
        if not expected.gradient_fits(answer.gradient):
            pairs.insert(0, (answer, expected))
        where = localise(
            *next(pair for pair in pairs if not pair[1].gradient_fits(pair[0].gradient))
        )
        if where is not None:
            return Finding(where[0], "gradient", message(*where), exact=False, misfit=np.nan)
        answer, expected = next(p for p in pairs if not p[1].gradient_fits(p[0].gradient))
        told = message("gradient_differs", statistics(answer, expected))
        return Finding("gradient_differs", "gradient", told, exact=False, misfit=np.nan)


def _factor(values: Sequence[float], name: str | None) -> str:
    text = f"{values[0]:.6g}"
    return text if name in (None, text) else f"{text} (= {name})"


def _told(
    loss: str,
    of_loss: Explanation | None,
    of_gradient: Explanation | None,
    answer: Answer,
    expected: Expected,
) -> list[Finding]:
    """Return a finding for each mistake; one that explains loss and gradient is told once."""
    spoils = {mistake.id: mistake.wrong for mistake in mistakes_of(loss)}
    choices = list(product(_options(of_loss), _options(of_gradient)))

    def cost(choice: tuple[Ids, Ids]) -> int:
        in_loss, in_gradient = map(set, choice)
        halves = [id for id in in_loss ^ in_gradient if spoils[id] == "both"]
        return len(in_loss | in_gradient) + len(halves)

    least = min(map(cost, choices))
    chosen, *others = [choice for choice in choices if cost(choice) == least]
    evidence = evidence_of(answer, expected, tuple(dict.fromkeys((*chosen[0], *chosen[1]))))
    findings = []
    for id in dict.fromkeys((*chosen[1], *chosen[0])):
        concerned = [e for e, ids in zip((of_loss, of_gradient), chosen, strict=True) if id in ids]
        explained = [e for e in concerned if e is not None]
        rest = {i for other in others for i in {*other[0], *other[1]}} - {*chosen[0], *chosen[1]}
        findings.append(
            Finding(
                id=id,
                part="both" if len(explained) > 1 else "loss" if id in chosen[0] else "gradient",
                sentence=message(id, evidence),
                exact=all(e.exact for e in explained) and not rest,
                misfit=max(e.misfit for e in explained),
                runner_up=min(e.runner_up for e in explained),
                alternatives=tuple(message(i, evidence) for i in sorted(rest)),
            )
        )
    return findings


def _options(explanation: Explanation | None) -> list[Ids]:
    return [()] if explanation is None else [explanation.ids, *explanation.equals]
