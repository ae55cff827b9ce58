"""Answers with what was expected: do they fit, and what do those that do not have in common?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linclf.diagnosis.answers import Answer, Expected
from linclf.diagnosis.findings import Finding
from linclf.diagnosis.fingerprint import fingerprint, natural
from linclf.diagnosis.localise import localise, statistics
from linclf.diagnosis.messages import message
from linclf.diagnosis.replay import EXACT, explain_gradient, explain_loss
from linclf.diagnosis.told import told_of
from linclf.losses import Loss
from linclf.tolerance import tolerances


def in_single(answers: Sequence[Answer], loss: str) -> bool:
    """Tell whether answers are off, but not farther than float32 explains, and in the gradient too.

    A mistake that is as small spoils the loss alone.
    """
    return Cases(loss, answers).in_single


class Cases:
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

    def joined(self, more: Cases) -> Cases:
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
        return more if all(shown) else Cases(self.loss, [*self.answers, *more.answers])

    def findings(self, given: Cases) -> list[Finding]:
        """Return what is wrong; the evidence is that of the first given problem that shows it."""
        fits = [all(both) for both in zip(given.value_fits, given.gradient_fits, strict=True)]
        shown = fits.index(False) if False in fits else 0
        answer, expected = given.answers[shown], given.expected[shown]
        of_loss = None if self.loss_right else explain_loss(self.answers, self.expected)
        of_gradient = None if self.gradient_right else explain_gradient(self.answers, self.expected)
        told = told_of(self.loss, of_loss, of_gradient, answer, expected)
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
