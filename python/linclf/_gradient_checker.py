"""One gradient check: asks the function, compares its answers, and collects what is found."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from linclf._by_differences import SINGLE, Comparison
from linclf.diagnosis import Answer, Diagnosis, Expected, diagnose, message
from linclf.diagnosis.cases import in_single
from linclf.diagnosis.fingerprint import natural
from linclf.diagnosis.probes import ask, stress, strong, weights
from linclf.gradient_report import KINK, OK, WRONG, GradientCheck
from linclf.losses import Loss
from linclf.penalties import as_penalty

if TYPE_CHECKING:
    from linclf._checked_function import CheckedFunction
    from linclf.arrays import Data, Reg

_SHARE = 0.5  # of the penalty in the objective, where the regulariser is checked


class GradientChecker:
    """One check: asks the function, compares, and collects what is found."""

    def __init__(
        self,
        function: CheckedFunction,
        loss: str | None,
        full: bool,
        rng: np.random.Generator,
        notes: list[str],
    ) -> None:
        self.function, self.full, self.rng, self.notes = function, full, rng, notes
        self.W, self.X, self.y, self.reg = function.W, function.X, function.y, function.reg
        self.named = self.sure = loss is not None
        self.loss = loss
        self.answers: list[Answer] = []

    def run(self) -> GradientCheck:
        value, dW = self.function.first()
        self.value, self.dW = float(value), np.asarray(dW, np.float64)
        self.single = dW.dtype == np.float32 or isinstance(value, np.float32)
        if self.X is not None:
            self.answers = self._answers()
            if self.loss is None:
                self.loss, self.sure = self._guessed()
        if not np.isfinite(self.value) and not self._should_be_finite():
            raise ValueError(f"the loss is {self.value} at this W; check W and X with np.isfinite")
        wrong, agrees = self._against_the_core()
        if self.single:
            self.notes.append("f computes in float32: differences, and you, see 7 digits at most")
        comparison = Comparison(
            self.function,
            self.dW,
            self.answers,
            self.loss,
            eps=SINGLE if self.single else None,
            judged=self.compared,
            full=self.full,
            rng=self.rng,
        )
        if np.isfinite(self.value):
            comparison.run()
        if agrees:  # in every entry, to rounding: differences have nothing to add
            comparison.acquit()
        consistent = comparison.consistent if np.isfinite(self.value) else None
        right = not wrong and (agrees or consistent is True)
        diagnosis = self._diagnosis(consistent)
        findings: tuple[str, ...] = ()
        if not right:
            findings = self._findings(diagnosis, comparison)
        else:
            self._note(diagnosis)
        return self._result(right, findings, diagnosis, comparison)

    def _should_be_finite(self) -> bool:
        """Whether it is known that the loss is finite here, and only the function's is not."""
        if self.loss is None or not self.answers:
            return False
        return bool(np.isfinite(self.answers[0].expected(self.loss).value))

    # ---------------------------------------------------------------- what the function answers

    def _answers(self) -> list[Answer]:
        """Return the answer as asked, without a penalty, and with one that matters.

        The last is left out if the function does not depend on `reg`, and none is asked for.
        """
        W, X, y = self.W, self.X, self.y
        asked = Answer(W, X, y, self.reg, self.value, self.dW)  # type: ignore[arg-type]
        answers = [_in_single(asked) if self.single else asked]
        given = _penalised(self.reg)
        plain = self._asked(W, 0.0) if given else answers[0]
        if plain is None:
            return answers
        if given:
            answers.append(plain)
        there = W if W.any() else weights(X, W, self.rng)  # type: ignore[arg-type]
        at_zero = plain if there is W else self._asked(there, 0.0)
        if at_zero is None:
            return answers
        reg = strong(self.reg, there, at_zero.value, _SHARE)
        matters = self._asked(there, reg)
        if matters is not None and (given or not _same(matters, at_zero)):
            answers.append(matters)
        elif matters is not None:
            self.notes.append("f does not depend on reg, so that no regulariser was checked")
        return answers

    def _asked(self, W: Data, reg: Reg) -> Answer | None:
        answer = ask(self.function.f, W, self.X, self.y, reg)  # type: ignore[arg-type]
        if answer is None or answer.gradient.shape != W.shape:
            return None
        return _in_single(answer) if self.single else answer

    def _guessed(self) -> tuple[str | None, bool]:
        """Return which loss it is, and whether its values leave no doubt of that.

        The data part tells; conventions of the regulariser are many.
        """
        plain = next((a for a in self.answers if not _penalised(a.reg)), self.answers[0])
        if not np.isfinite(plain.value):
            return self._guessed_by_mistakes(), False
        known = {name: _expected(name, plain) for name in Loss}
        fitting = {name: e for name, e in known.items() if e and e.value_fits(plain.value)}
        # At W = 0 the values of several agree; their gradients do not.
        both = [name for name, e in fitting.items() if e.gradient_fits(plain.gradient)]
        if both or fitting:
            return (both or list(fitting))[0], bool(both) or len(fitting) == 1
        if None in known.values():
            return None, False
        return self._guessed_by_mistakes(), False

    def _guessed_by_mistakes(self) -> str | None:
        """Return the loss of which a known mistake explains the answers, else what it is called."""
        for name in (Loss.HINGE, Loss.SOFTMAX):
            diagnosis = self._diagnosed(name, None)
            if diagnosis.findings and all(finding.exact for finding in diagnosis.findings):
                return name
        called = str(getattr(self.function.f, "__name__", "")).lower()
        if "softmax" in called or "cross_entropy" in called:
            return Loss.SOFTMAX
        return Loss.HINGE if "svm" in called or "hinge" in called else None

    # ------------------------------------------------------------------------- the comparisons

    def _against_the_core(self) -> tuple[bool, bool]:
        """Return whether the core proves an answer wrong, and whether it confirms all of them."""
        self.expected_loss: float | None = None
        self.mismatch = np.zeros(self.W.shape, bool)
        self.compared = self.sure and self.X is not None
        if not self.compared:
            return False, False
        assert self.loss is not None
        expected = [answer.expected(self.loss) for answer in self.answers]
        self.expected_loss = expected[0].value if self.named else None
        fits = self._fits(expected)
        if not all(map(all, fits)) and not self.single:
            self.single = in_single(self.answers, self.loss)
            if self.single:
                self.answers = [_in_single(answer) for answer in self.answers]
                expected = [answer.expected(self.loss) for answer in self.answers]
                fits = self._fits(expected)
        with np.errstate(invalid="ignore"):
            near = np.abs(self.dW - expected[0].gradient) <= expected[0].tol_gradient
        meant = self.named or fits[0][0]
        self.mismatch = ~near if meant else self.mismatch
        wrong = any(
            (value and not gradient) or (self.named and not value) for value, gradient in fits
        )
        return wrong, all(map(all, fits))

    def _fits(self, expected: list[Expected]) -> list[tuple[bool, bool]]:
        return [
            (e.value_fits(answer.value), e.gradient_fits(answer.gradient))
            for answer, e in zip(self.answers, expected, strict=True)
        ]

    # ------------------------------------------------------------------------ what is said of it

    def _diagnosis(self, consistent: bool | None) -> Diagnosis | None:
        """Return what is known of the mistake, or of the loss that is right in its own way."""
        if self.loss is None or self.X is None:
            return None
        return self._diagnosed(self.loss, consistent)

    def _diagnosed(self, loss: str, consistent: bool | None) -> Diagnosis:
        f = self.function.f
        return diagnose(self.answers, loss, function=f, consistent=consistent, rng=self.rng)

    def _findings(self, diagnosis: Diagnosis | None, comparison: Comparison) -> tuple[str, ...]:
        if diagnosis is not None and not diagnosis and diagnosis.findings:
            told = diagnosis.findings
            if not self.named and comparison.consistent is False and not self.sure:
                exact = [finding for finding in told if finding.exact]
                return tuple(map(str, exact)) if exact else self._of_own_loss(comparison)
            return tuple(map(str, told))
        return self._of_own_loss(comparison)

    def _of_own_loss(self, comparison: Comparison) -> tuple[str, ...]:
        """Return how the gradient differs from the derivative of the function's own loss."""
        sizes = [] if self.X is None else [(*self.X.shape, self.W.shape[1])]
        for part, id in (("data", "own_data"), ("regulariser", "own_penalty"), ("whole", "")):
            if comparison.parts.get(part, True):
                continue
            factor = comparison.factor(part)
            others = [p for p, right in comparison.parts.items() if p != "whole" and not right]
            if factor is None or (id and len(others) > 1):
                continue
            if id:
                return (message(id, {"data": factor, "penalty": factor}),)
            near = float(f"{factor:.7g}")
            name = natural([near], sizes) if sizes else None
            text = f" ({name})" if name and not name.lstrip("-").isdigit() else ""
            return (message("own_scale", {"data": factor, "natural": text}),)
        entry = comparison.worst
        return (
            message(
                "own_differs",
                {
                    "where": ", ".join(map(str, entry)),
                    "found": self.dW[entry],
                    "right": comparison.numerical[entry],
                },
            ),
        )

    def _note(self, diagnosis: Diagnosis | None) -> None:
        """Say what is worth knowing of a gradient that is right."""
        if diagnosis is not None and not diagnosis:
            exact = [str(finding) for finding in diagnosis.findings if finding.exact]
            if exact:
                self.notes.append(f"the loss is not the {self.loss} of the lectures: {exact[0]}")
        elif self.sure and self.loss == Loss.SOFTMAX and not self._built_in():
            problem = self.answers[0]
            # An infinite logarithm is honest; what becomes NaN at large scores is not stable.
            shaken = stress(self.function.f, problem, self.rng)
            if any(np.isnan(answer.value) for answer in shaken):
                found = diagnose(shaken, self.loss)
                if not found.loss_right and found.findings:
                    self.notes.append(f"not stable at large scores: {found.findings[0].sentence}")

    def _built_in(self) -> bool:
        return isinstance(self.function.f, partial)

    def _result(
        self,
        right: bool,
        findings: tuple[str, ...],
        diagnosis: Diagnosis | None,
        comparison: Comparison,
    ) -> GradientCheck:
        labels = comparison.labels
        if self.compared:
            labels[(labels == 0) & ~self.mismatch] = OK
            labels[self.mismatch & (labels != KINK)] = WRONG
        worst, wrong = comparison.worst, np.argwhere(labels == WRONG)
        if len(wrong) and labels[worst] != WRONG:
            worst = tuple(int(i) for i in wrong[0])
        return GradientCheck(
            passed=right,
            findings=findings,
            notes=tuple(self.notes),
            diagnosis=diagnosis,
            loss_name=None if self.loss is None else str(self.loss),
            consistent=comparison.consistent,
            loss=self.value,
            expected_loss=self.expected_loss,
            analytic=self.dW,
            numerical=comparison.numerical,
            relative_error=comparison.relative_error,
            labels=labels,
            worst=worst,
            max_relative_error=comparison.largest,
            checked=int(np.count_nonzero(~np.isnan(comparison.numerical))),
            kinks=comparison.kinks,
            parts=comparison.parts,
        )


def _penalised(reg: Reg) -> bool:
    penalty = as_penalty(reg)
    return penalty.l2 > 0 or penalty.l1 > 0


def _expected(loss: str, answer: Answer) -> Expected | None:
    """Return what the core answers, or None if the problem is none for it."""
    try:
        return answer.expected(loss)
    except (TypeError, ValueError):
        return None


def _same(first: Answer, second: Answer) -> bool:
    return first.value == second.value and np.array_equal(first.gradient, second.gradient)


def _in_single(answer: Answer) -> Answer:
    gradient = np.asarray(answer.gradient, np.float32)
    return Answer(answer.W, answer.X, answer.y, answer.reg, answer.value, gradient)
