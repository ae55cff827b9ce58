"""Problems with known answers, and the mistakes that explain wrong ones.

A trial is a problem of which every part of the answer is known, with the rounding error that right
code may have. A suspicion is a key of the catalogue with what a certain mistake answers: it is
named if it explains a part in all trials, and is wrong in one of them at least.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from linclf.course.student import Student, Wrong, check_array, check_number, check_pair, same
from linclf.messages import Sentence, say
from linclf.tolerance import KAPPA


@dataclass(frozen=True, eq=False)
class Trial:
    """A problem and its answer.

    Attributes
    ----------
    operands : tuple
        What the function is called with.
    expected : tuple
        Numbers and arrays, part by part.
    size : tuple
        Of each part, the sum of the sizes of its terms: rounding is proportional to it.
    hint : str
        Key of what to say if the answer is not finite.
    """

    operands: tuple[Any, ...]
    expected: tuple[Any, ...]
    size: tuple[Any, ...]
    hint: str = ""


Suspicion = tuple[str, Callable[[Trial], Any]]


@dataclass
class Examination:
    """A student's function on a list of trials.

    Parameters
    ----------
    student : Student
    parts : sequence of str
        What the parts of its answer are called.
    """

    student: Student
    parts: Sequence[str]
    suspicions: dict[int, list[Suspicion]] = field(default_factory=dict)
    notes: list[Sentence] = field(default_factory=list)
    tried: int = 0

    def run(self, trials: Sequence[Trial]) -> None:
        """Try them all.

        Raises
        ------
        Wrong
            If an answer is wrong.
        """
        answers = [self._answer(trial) for trial in trials]
        self._check_memory(trials[0], answers[0])
        wrong = []
        for part in range(len(self.parts)):
            pairs = [(trial, answer[part]) for trial, answer in zip(trials, answers, strict=True)]
            if not all(self._fits(a, t.expected[part], t.size[part]) for t, a in pairs):
                wrong.append(self._explained(part, pairs))
        if wrong:
            raise Wrong(*wrong)
        self.tried += len(trials)
        if any(np.asarray(part).dtype == np.float32 for answer in answers for part in answer):
            self.notes = [say("course.single")]

    def _answer(self, trial: Trial) -> tuple[Any, ...]:
        result, _ = self.student.call(*trial.operands)
        parts = check_pair(result, *self.parts) if len(self.parts) == 2 else (result,)
        return tuple(
            (check_array if isinstance(expected, np.ndarray) else check_number)(
                part, expected, name, trial.hint
            )
            for part, expected, name in zip(parts, trial.expected, self.parts, strict=True)
        )

    def _check_memory(self, trial: Trial, answer: tuple[Any, ...]) -> None:
        """Ask the first question again, after others were asked."""
        if not same(self._answer(trial), answer):
            raise Wrong(say("course.not_deterministic"))

    def _fits(self, found: Any, expected: Any, size: Any) -> bool:
        single = np.asarray(found).dtype == np.float32
        eps = float(np.finfo(np.float32 if single else np.float64).eps)
        with np.errstate(invalid="ignore"):
            near = np.abs(np.asarray(found, np.float64) - expected) <= KAPPA * eps * size
        return bool(np.all(near | (found == expected)))

    def _explained(self, part: int, pairs: list[tuple[Trial, Any]]) -> Sentence:
        what = self.parts[part]
        for key, mistake in self.suspicions.get(part, []):
            with np.errstate(all="ignore"):
                guesses = [np.asarray(mistake(trial)) for trial, _ in pairs]
            fits = all(
                guess.shape == np.shape(found)
                and self._fits(found, guess, np.abs(guess) + np.abs(trial.size[part]))
                for guess, (trial, found) in zip(guesses, pairs, strict=True)
            )
            if fits:
                return say(key, what=what)
        trial, found = next(
            (t, a) for t, a in pairs if not self._fits(a, t.expected[part], t.size[part])
        )
        return differs(what, found, trial.expected[part], trial.operands)


def differs(what: str, found: Any, expected: Any, operands: tuple[Any, ...] = ()) -> Sentence:
    """Return where an answer that nothing explains is farthest off."""
    if np.ndim(found) == 0:
        small = [o for o in operands if np.size(o) <= 4]
        if operands and len(small) == len(operands):
            problem = ", ".join(np.array2string(np.asarray(o), separator=", ") for o in operands)
            values = {"what": what, "found": float(found), "right": float(expected)}
            return say("course.differs_for", problem=problem, **values)
        return say("course.differs", what=what, found=float(found), right=float(expected))
    error = np.nan_to_num(np.abs(np.asarray(found, np.float64) - expected), nan=np.inf)
    at = np.unravel_index(int(error.argmax()), error.shape)
    where = f"{what}[{', '.join(map(str, at))}]"
    return say("course.differs", what=where, found=float(found[at]), right=float(expected[at]))
