"""A gradient against differences of the function's own loss: as it is, and part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.differences import EPS, Differences, Quotient
from linclf.gradient_report import KINK, OK, UNCHECKED, WRONG
from linclf.penalties import as_penalty
from linclf.tolerance import KAPPA

if TYPE_CHECKING:
    from linclf._checked_function import CheckedFunction
    from linclf.arrays import Data
    from linclf.diagnosis import Answer

SINGLE = float(np.finfo(np.float32).eps)
_SLACK = 1e-6  # relative: what no one would call wrong
_SLACK_SINGLE = 1e-2
_WORK = 1e9  # multiplications that all differences together may cost
_MOST, _ALONE = 1000, 200  # entries compared; of a function of W alone, whose cost is unknown
_PART = 24  # entries in which data and regulariser are compared on their own
_JUDGED = 6  # the same, if the core has judged every entry
_CLOSER = 16.0  # times smaller is the step of a second try
_ENOUGH = 3  # wrong entries after which no other gets a second try
_ZEROS, _LARGE = 6, 6  # of these kinds, at least

Entry = tuple[int, ...]


class Comparison:
    """Differences of a function at a sample of the entries of W.

    Parameters
    ----------
    function : CheckedFunction
    dW : (D, C) float64 array
        Gradient that is compared.
    answers : sequence of Answer
        What the function answers as asked and, if it takes a reg, without a penalty and with one
        that matters.
    loss : str or None
        Which loss it is, as far as that is known.
    eps : float or None
        Rounding unit of the function, if it is not that of float64.
    judged : bool
        Whether the core has judged every entry: then fewer differences will do.
    full : bool
        Compare all entries.
    rng : Generator
    """

    def __init__(
        self,
        function: CheckedFunction,
        dW: Data,
        answers: Sequence[Answer],
        loss: str | None,
        eps: float | None,
        judged: bool,
        full: bool,
        rng: np.random.Generator,
    ) -> None:
        self.function, self.dW, self.answers, self.loss = function, dW, answers, loss
        self.eps, self.slack = (EPS, _SLACK) if eps is None else (eps, _SLACK_SINGLE)
        self.judged, self.full, self.rng = judged, full, rng
        self.parts: dict[str, bool] = {}
        self.kinks = 0
        self.numerical, self.relative_error = np.full((2, *dW.shape), np.nan)
        self.units = np.full(dW.shape, -1.0)
        self.labels = np.full(dW.shape, UNCHECKED, np.int8)
        self._pairs: dict[str, list[tuple[float, float]]] = {}

    @property
    def consistent(self) -> bool:
        """Whether the gradient is the derivative of the function's own loss, in all parts."""
        return bool(self.parts) and all(self.parts.values())

    @property
    def worst(self) -> Entry:
        """Entry that is farthest off in units of its tolerance."""
        if not self.units.size:
            return ()
        return tuple(int(i) for i in np.unravel_index(int(np.argmax(self.units)), self.dW.shape))

    @property
    def largest(self) -> float:
        """The largest relative error beside kinks, NaN if there is none."""
        beside = self.relative_error[(self.labels != KINK) & ~np.isnan(self.relative_error)]
        return float(beside.max()) if beside.size else np.nan

    def acquit(self) -> None:
        """Take back what differences had against a gradient that is known to be right."""
        self.parts = dict.fromkeys(self.parts, True)
        self.labels[self.labels == WRONG] = KINK

    def factor(self, part: str) -> float | None:
        """Return how many times the differences a part of the gradient is, if it is a multiple."""
        pairs = np.array(self._pairs.get(part, []))
        if not len(pairs):
            return None
        a, n = pairs.T
        square = float(n @ n)
        if not square > 0 or not np.isfinite(a).all():
            return None
        factor = float(a @ n) / square
        rest = float(np.linalg.norm(a - factor * n))
        return factor if rest <= 1e-4 * float(np.linalg.norm(a)) else None

    def run(self) -> None:
        """Compare the whole, and the parts as far as they can be told apart."""
        W, function = self.function.W, self.function
        entries = self._entries()
        first = self.answers[0] if self.answers else None
        whole = self._differences(lambda W: function.value(W), W, function.reg, first)
        self.parts["whole"] = self._compare("whole", whole, self.dW, entries, self._record)
        if len(self.answers) < 2:
            return
        wrong = [entry for entry in entries if self.labels[entry] == WRONG][:_ENOUGH]
        some = [*wrong, *(entry for entry in self._some(entries) if entry not in wrong)]
        *_, matters = self.answers
        plain = self.answers[1] if len(self.answers) > 2 else self.answers[0]
        if plain is not self.answers[0]:
            data = self._differences(lambda W: function.value(W, 0.0), W, 0.0, plain)
            gradient = np.asarray(plain.gradient, np.float64)
            self.parts["data"] = self._compare("data", data, gradient, some)
        if as_penalty(matters.reg).value(matters.W) > 0:
            self._regulariser(matters, some)

    def _regulariser(self, matters: Answer, entries: list[Entry]) -> None:
        """Compare what a penalty adds to the loss with what it adds to the gradient."""
        function, W = self.function, np.array(matters.W, np.float64)
        _, without = function.both(W, 0.0)

        def added(W: Any) -> float:
            return function.value(W, matters.reg) - function.value(W, 0.0)

        size = abs(function.value(W, 0.0)) + abs(matters.value)
        differences = Differences(
            added, W, reg=matters.reg, eps=self.eps, noise=2 * KAPPA * self.eps * size
        )
        with np.errstate(invalid="ignore"):
            gradient = np.asarray(matters.gradient, np.float64) - np.asarray(without, np.float64)
        # Both gradients are rounded in units of the data part, which may be the larger one.
        grain = KAPPA * self.eps * float(np.abs(without).max(initial=0.0))
        self.parts["regulariser"] = self._compare(
            "regulariser", differences, gradient, entries, slack=grain
        )

    def _differences(
        self, value_of: Callable[[Any], float], W: Any, reg: Any, answer: Answer | None
    ) -> Differences:
        function, noise = self.function, None
        if answer is not None and self.loss is not None:
            expected = answer.expected(self.loss)
            unit = KAPPA * self.eps * abs(answer.value)  # of a loss that is not the one expected
            noise = max(expected.tol_value, unit)
        return Differences(
            value_of, W, function.X, function.y, reg, loss=self.loss, eps=self.eps, noise=noise
        )

    def _compare(
        self,
        part: str,
        differences: Differences,
        gradient: Data,
        entries: Iterable[Entry],
        record: Callable[[Entry, float, Quotient, float, int], None] | None = None,
        slack: float = 0.0,
    ) -> bool:
        """Return whether a gradient agrees with differences in these entries."""
        wrong, pairs = 0, self._pairs.setdefault(part, [])
        for entry in entries:
            q, a = differences.at(entry), float(gradient[entry])
            tolerance, label = self._judged(a, q, slack)
            if label == WRONG and wrong < _ENOUGH:  # truncation is only known of softmax
                closer = differences.at(entry, _CLOSER)
                rest = 2 * abs(q.slope - closer.slope) / _CLOSER**2  # of a truncation of h**2
                tolerance_closer, label_closer = self._judged(a, closer, slack + rest)
                if label_closer != WRONG:
                    q, tolerance, label = closer, tolerance_closer, label_closer
                elif differences.is_kink(entry, a, tolerance):
                    label = KINK
            distance = abs(a - q.slope)
            wrong += label == WRONG
            if label != KINK:
                pairs.append((a, q.slope))
            if record is not None:
                record(entry, a, q, _ratio(distance, tolerance), label)
        return not wrong

    def _judged(self, a: float, q: Quotient, slack: float) -> tuple[float, int]:
        """Return the tolerance of an entry, and its label."""
        tolerance = q.tolerance + slack + self.slack * max(abs(a), abs(q.slope))
        distance = abs(a - q.slope)
        if distance <= tolerance:
            return tolerance, KINK if q.jump > 0 else OK
        return tolerance, KINK if distance <= tolerance + q.jump else WRONG

    def _record(self, entry: Entry, a: float, q: Quotient, units: float, label: int) -> None:
        self.numerical[entry], self.labels[entry] = q.slope, label
        self.units[entry] = units if label != KINK else min(units, 1.0)
        self.kinks += q.kinks
        distance = abs(a - q.slope)
        # Rounding alone, which may drown an entry altogether, is no relative error to speak of.
        size = max(abs(a) + abs(q.slope), q.tolerance / 1e-5)
        self.relative_error[entry] = _ratio(distance, size)

    # ------------------------------------------------------------------------------ which entries

    def _entries(self) -> list[Entry]:
        """Return what is compared: all, or a sample that leaves out no kind of entry."""
        W, X = self.function.W, self.function.X
        limit = _ALONE if X is None else int(_WORK / max(1, len(X) * W.size))
        if self.full or W.size <= min(_MOST, max(limit, 4 * W.shape[-1] if W.ndim else 1)):
            return list(np.ndindex(W.shape))
        if W.ndim != 2:
            chosen = self.rng.choice(W.size, min(_ALONE, W.size), replace=False)
            return self._sorted(chosen)
        D, C = W.shape
        classes = self.rng.permutation(C)[: _MOST // 4]
        flat = self.dW.ravel()
        zeros = self._drawn(np.flatnonzero(flat == 0), _ZEROS)
        large = np.argsort(-np.abs(np.nan_to_num(flat)), kind="stable")[:_LARGE]
        must = [
            (D - 1) * C + classes,  # the bias stands in the last row, or in the first
            classes if X is None or (X[:, 0] == 1).all() else classes[:1],
            self.rng.integers(D, size=len(classes)) * C + classes,
            zeros,
            large,
            np.flatnonzero(~np.isfinite(flat))[:1],
        ]
        chosen = np.unique(np.concatenate(must))
        more = min(limit, _MOST) - len(chosen)
        if more > 0 and not (self.judged and limit < _MOST):
            others = np.setdiff1d(np.arange(W.size), chosen)
            chosen = np.concatenate([chosen, self._drawn(others, more)])
        return self._sorted(chosen)

    def _drawn(self, candidates: Any, count: int) -> Any:
        return self.rng.choice(candidates, min(count, len(candidates)), replace=False)

    def _sorted(self, flat: Any) -> list[Entry]:
        shape = self.function.W.shape
        axes = np.unravel_index(np.sort(flat), shape)
        return list(zip(*(axis.tolist() for axis in axes), strict=True))

    def _some(self, entries: list[Entry]) -> list[Entry]:
        """Return a part of the entries, the last row's first."""
        part = _JUDGED if self.judged else _PART
        if self.full or len(entries) <= part:
            return entries
        last = [entry for entry in entries if entry[0] == self.dW.shape[0] - 1][: part // 2]
        rest = [entry for entry in entries if entry not in last]
        drawn = self.rng.choice(len(rest), part - len(last), replace=False)
        return last + [rest[i] for i in sorted(drawn)]


def _ratio(distance: float, size: float) -> float:
    """Return the quotient with 0/0 as 0, and anything not finite as inf."""
    if not np.isfinite(distance):
        return np.inf
    return distance / size if size > 0 else np.inf if distance > 0 else 0.0
