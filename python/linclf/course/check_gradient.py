"""Check of the exercise of notebook 04: a numerical gradient.

The functions to differentiate are quadratic, so that central differences are exact at any step
while one-sided ones are off by a known multiple of it; a cubic one shows which step was taken.
They note where they are asked, which tells more than the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.course.student import Student, Wrong, check_array, same
from linclf.course.trials import differs
from linclf.messages import say

if TYPE_CHECKING:
    from linclf.messages import Sentence

_STEPS = (0.5, 0.125, 0.001)  # large ones: what a one-sided difference neglects shows


class _Asked:
    """A polynomial that notes where it is asked.

    Parameters
    ----------
    slope, curve, cube : arrays
        Of each entry.
    """

    def __init__(self, slope: Any, curve: Any, cube: float = 0.0) -> None:
        self.slope, self.curve, self.cube = slope, curve, cube
        self.points: list[Any] = []

    def __call__(self, W: Any) -> float:
        W = np.array(W, np.float64)
        if W.shape != self.slope.shape:
            raise Wrong(say("course.f_shape", found=W.shape, wanted=self.slope.shape))
        self.points.append(W)
        powers = self.slope * W + self.curve * W**2 + self.cube * W**3
        return float(powers.sum() + 0.1 * W.sum() ** 2)

    def gradient(self, W: Any) -> Any:
        """Return the exact derivative."""
        return self.slope + 2.0 * self.curve * W + 3.0 * self.cube * W**2 + 0.2 * W.sum()


def check_numerical_gradient(
    student: Student, rng: np.random.Generator
) -> tuple[int, list[Sentence]]:
    """Check ``numerical_gradient(f, W, h=1e-5)``."""
    tried = 0
    for size in ((3, 4), (4, 2), (1, 1)):
        for h in (None, *_STEPS):
            f = _Asked(rng.normal(size=size), 1.0 + rng.random(size))
            W = rng.normal(size=size)
            gradient = _gradient(student, f, W, h)
            step = 1e-5 if h is None else h
            if not _near(gradient, f.gradient(W), step):
                raise Wrong(_explained(f, W, gradient, step))
            tried += 1
    f = _Asked(rng.normal(size=(3, 4)), 1.0 + rng.random((3, 4)), 1.0)
    W = rng.normal(size=(3, 4))
    gradient = _gradient(student, f, W, 0.25)
    if not _near(gradient, f.gradient(W) + f.cube * 0.25**2, 0.25):
        raise Wrong(say("course.step_ignored"))
    if not same(_gradient(student, f, W, 0.25), gradient):
        raise Wrong(say("course.not_deterministic"))
    return tried + 1, []


def _gradient(student: Student, f: _Asked, W: Any, h: float | None) -> Any:
    result, _ = student.call(f, W, *(() if h is None else (h,)))
    return check_array(result, f.gradient(W), "dW")


def _near(gradient: Any, right: Any, h: float) -> bool:
    """Tell whether rounding of f, of some tens of units, over h explains the difference."""
    return bool((np.abs(gradient - right) <= 1e-13 / h + 1e-9 * (1.0 + np.abs(right))).all())


def _explained(f: _Asked, W: Any, gradient: Any, h: float) -> Sentence:
    """Return why a gradient is wrong: where f was asked, else by which factor it is off."""
    right = f.gradient(W)
    moved = [point - W for point in f.points]
    if any(np.count_nonzero(np.abs(step) > 1e-12) > 1 for step in moved):
        return say("course.several_moved")
    bend = h * (f.curve + 0.1)  # what a one-sided difference is off by
    guesses = {
        "course.forward": right + bend,
        "course.backward": right - bend,
        "course.not_halved": 2.0 * right,
        "course.gradient_sign": -right,
        "course.not_divided": 2.0 * h * right,
    }
    for key, guess in guesses.items():
        if _near(gradient, guess, h):
            return say(key)
    if not np.any([np.abs(step).max() > 0 for step in moved]):
        return say("course.never_moved")
    return differs("dW", gradient, right)
