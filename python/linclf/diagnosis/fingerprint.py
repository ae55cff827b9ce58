"""A gradient taken apart by least squares on the terms that it is made of.

    hinge      a * X^T (B of the other classes) / N + b * X^T (B of the true class) / N + c * R'
    softmax    a * X^T P / N - b * X^T Y / N + c * R'

with B the derivatives by the scores, P the probabilities, Y the one-hot labels, R' the gradient of
the regulariser. The right gradient
has a = b = c = 1. A missing division by N gives (N, N, 1), a forgotten factor 2 gives (1, 1, 1/2),
and several slips at once show as several coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from linclf.arrays import DoubleArray
    from linclf.diagnosis.answers import Answer, Expected

NEAR = 1e-8
"""Relative distance up to which a coefficient is taken for a natural number such as N."""


@dataclass(frozen=True)
class Fingerprint:
    """The coefficients of one gradient, 1 where it is right.

    Attributes
    ----------
    others, correct, penalty : float
        Of the other classes, of the true class, of the regulariser (NaN if there is none).
    residual : float
        Norm of what the terms do not explain over the norm of the gradient.
    """

    others: float
    correct: float
    penalty: float
    residual: float

    @property
    def coefficients(self) -> tuple[float, float, float]:
        """All three."""
        return self.others, self.correct, self.penalty


def fingerprint(answer: Answer, expected: Expected) -> Fingerprint | None:
    """Return the coefficients of a gradient, or None where they are not determined.

    Parameters
    ----------
    answer : Answer
    expected : Expected
        Of the same problem.

    Returns
    -------
    Fingerprint or None
    """
    gradient = np.asarray(answer.gradient, np.float64)
    if gradient.shape != expected.W.shape or not np.isfinite(gradient).all():
        return None
    terms = _terms(expected)
    norms = [float(np.linalg.norm(term)) for term in terms]
    with_penalty = norms[2] > 0
    if not min(norms[:2]) > 0:
        return None
    count = 3 if with_penalty else 2
    A = np.stack([term.ravel() / norm for term, norm in zip(terms[:count], norms, strict=False)], 1)
    found, _, rank, _ = np.linalg.lstsq(A, gradient.ravel(), rcond=1e-12)
    if rank < count:
        return None
    rest = float(np.linalg.norm(gradient.ravel() - A @ found))
    a, b, *c = (float(x / norm) for x, norm in zip(found, norms, strict=False))
    return Fingerprint(a, b, c[0] if c else np.nan, rest / (float(np.linalg.norm(gradient)) or 1.0))


def _terms(expected: Expected) -> list[DoubleArray]:
    """Return the terms whose sum is the gradient, each (D, C)."""
    N, C = expected.scores.shape
    slopes = expected.slopes
    if expected.y.ndim == 2:
        target = np.asarray(expected.y, np.float64)
    else:
        target = np.eye(C)[expected.y.astype(np.intp)]
    if expected.loss == "softmax":
        parts = [slopes + target, -target]
    else:
        parts = [np.where(target == 0, slopes, 0), np.where(target == 0, 0, slopes)]
    return [expected.X.T @ part / N for part in parts] + [expected.penalty_gradient]


def natural(values: Sequence[float], sizes: Sequence[tuple[int, int, int]]) -> str | None:
    """Return the name of a coefficient that several problems share, such as ``"N"``.

    Parameters
    ----------
    values : sequence of float
        The coefficient in each problem.
    sizes : sequence of (N, D, C)
        Of each problem.

    Returns
    -------
    str or None
        None if no name fits all of them.

    Examples
    --------
    >>> natural([11.0, 8.0], [(11, 7, 5), (8, 7, 5)]), natural([0.5], [(11, 7, 5)])
    ('N', '1/2')
    """
    for name, number in _NATURAL.items():
        pairs = zip(values, sizes, strict=True)
        if all(abs(v - number(*size)) <= NEAR * max(1.0, abs(v)) for v, size in pairs):
            return name
    return None


_NATURAL: dict[str, Callable[[int, int, int], float]] = {
    "1": lambda N, D, C: 1.0,
    "0": lambda N, D, C: 0.0,
    "-1": lambda N, D, C: -1.0,
    "2": lambda N, D, C: 2.0,
    "1/2": lambda N, D, C: 0.5,
    "1/4": lambda N, D, C: 0.25,
    "-2": lambda N, D, C: -2.0,
    "N": lambda N, D, C: float(N),
    "1/N": lambda N, D, C: 1 / N,
    "C": lambda N, D, C: float(C),
    "1/C": lambda N, D, C: 1 / C,
    "N*C": lambda N, D, C: float(N * C),
    "1/(N*C)": lambda N, D, C: 1 / (N * C),
    "N/C": lambda N, D, C: N / C,
    "C/N": lambda N, D, C: C / N,
    "-N": lambda N, D, C: -float(N),
    "2*N": lambda N, D, C: 2.0 * N,
    "1/2*N": lambda N, D, C: 0.5 * N,
    "C-1": lambda N, D, C: C - 1.0,
    "1/(C-1)": lambda N, D, C: 1 / (C - 1) if C > 1 else np.nan,
}
