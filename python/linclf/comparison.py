"""A loss function of somebody's own beside the C kernels: are the numbers right, and how fast.

Numbers are judged on the problems of `linclf.cases` by the rounding error of `linclf.tolerance`,
so that correct code passes however it is written. Only what is right is raced.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.cases import FLOATS, Case, generate
from linclf.checks import count
from linclf.cli.text import duration
from linclf.cli.timing import Contender, Pace, as_vector, measure
from linclf.display.escape import escape
from linclf.display.page import STYLE, note_html, table_html
from linclf.losses import Loss, loss_and_grad
from linclf.numerical import value_of
from linclf.sampling import as_generator
from linclf.tolerance import tolerances

if TYPE_CHECKING:
    from linclf.arrays import Rng

_LossFunction = Callable[..., Any]

_RACE_REG = 1e-3
_AGREEMENT = 1e-9  # of gradients as wholes; float32 results get more room
_SINGLE_AGREEMENT = 1e-4
_SINGLE_UNITS = float(np.finfo(np.float32).eps / np.finfo(np.float64).eps)
_ALIKE = 0.9  # cosine between gradients that tells what a wrong one is meant to be
_HINTS = {"softmax": Loss.SOFTMAX, "cross_entropy": Loss.SOFTMAX, "svm": Loss.HINGE}


@dataclass(frozen=True)
class Outcome:
    """What became of one case.

    Attributes
    ----------
    case : Case
        The problem.
    loss_error, gradient_error : float
        How far from the right results, in units of what rounding error explains: up to 1 is
        right. The gradient's is that of its worst entry. NaN where there is nothing to compare.
    mistake : str
        What is wrong, empty if nothing is.
    single : bool
        Whether it was judged by the rounding of float32, in which its results are.
    """

    case: Case
    loss_error: float
    gradient_error: float
    mistake: str
    single: bool = False

    def __bool__(self) -> bool:
        return not self.mistake


@dataclass(frozen=True)
class Sprint:
    """How long both take for one loss with its gradient.

    Attributes
    ----------
    size : tuple of int
        N, D and C.
    seconds, linclf_seconds : float
        Medians of rounds in which both took turns.
    rounds : int
        How many.
    difference : float
        Between the results, relative to their size.
    agree : bool
        Whether that is rounding error.
    """

    size: tuple[int, int, int]
    seconds: float
    linclf_seconds: float
    rounds: int
    difference: float
    agree: bool

    @property
    def ratio(self) -> float:
        """How many times as long the function takes."""
        return self.seconds / self.linclf_seconds

    def __str__(self) -> str:
        size = "x".join(map(str, self.size))
        if not self.agree:
            return f"{size}: the results differ by {self.difference:.2g} of their size; not raced"
        faster, factor = ("linclf", self.ratio) if self.ratio >= 1 else ("it", 1 / self.ratio)
        return (
            f"{size}: {duration(self.seconds)}, linclf {duration(self.linclf_seconds)}; "
            f"{faster} is {factor:.3g} times as fast (medians of {self.rounds} rounds in turn)"
        )


@dataclass(frozen=True, repr=False)
class Comparison:
    """The finding of `compare`; true if the function is right.

    Attributes
    ----------
    function : str
        Its name.
    loss : Loss
        What it was compared with.
    outcomes : tuple of Outcome
        One for each case.
    sprint : Sprint or None
        The race; None if none was asked for, or if a case is wrong.
    remarks : tuple of str
        What is no mistake, but good to know.
    """

    function: str
    loss: Loss
    outcomes: tuple[Outcome, ...]
    sprint: Sprint | None
    remarks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return all(self.outcomes) and (self.sprint is None or self.sprint.agree)

    @property
    def mistakes(self) -> tuple[Outcome, ...]:
        """The cases in which it is wrong."""
        return tuple(outcome for outcome in self.outcomes if not outcome)

    def _title(self) -> str:
        wrong, of = len(self.mistakes), len(self.outcomes)
        verdict = "agrees" if self else "does NOT agree"
        cases = f"wrong in {wrong} of {of} cases" if wrong else f"right in all {of} cases"
        return f"{self.function} {verdict} with the {self.loss} loss: {cases}"

    def __repr__(self) -> str:
        wrong = self.mistakes
        lines = [self._title()]
        lines += [f"  with {one.case.about}: {one.mistake}" for one in wrong]
        if not wrong:
            worst = max(max(one.loss_error, one.gradient_error) for one in self.outcomes)
            lines.append(f"  largest error: {worst:.2g} of what rounding may explain")
        if self.sprint is not None:
            lines.append(f"  {self.sprint}")
        return "\n".join([*lines, *(f"  note: {remark}" for remark in self.remarks)])

    def _repr_html_(self) -> str:
        header = ["case", "N x D x C", "error of loss", "error of gradient", "mistake"]
        rows = [
            [
                one.case.about,
                "x".join(map(str, (*one.case.X.shape, one.case.W.shape[1]))),
                one.loss_error,
                one.gradient_error,
                one.mistake or "none",
            ]
            for one in self.outcomes
        ]
        notes = [] if self.sprint is None else [str(self.sprint)]
        notes += ["Errors are in units of what rounding may explain: up to 1 is right."]
        notes += self.remarks
        return (
            f'<div class="linclf"><style>{STYLE}</style><div><b>{escape(self._title())}</b></div>'
            f"{table_html(header, rows)}{''.join(map(note_html, notes))}</div>"
        )


def compare(
    f: _LossFunction,
    *,
    loss: str | None = None,
    size: tuple[int, int, int] | None = (500, 3073, 10),
    rng: Rng = 0,
    n_threads: int | None = None,
    seconds: float = 2.0,
) -> Comparison:
    """Check a loss function against the C kernels, and race both.

    Parameters
    ----------
    f : callable
        ``f(W, X, y, reg)`` returning ``(loss, dW)``: the mean loss of the rows of X plus
        ``reg * sum(W**2)``, and its gradient of the shape of W.
    loss : Loss or str, optional
        What it is meant to compute; by default the loss that its results are most like.
    size : tuple of int or None
        N, D and C of the race; None for no race.
    rng : int, Generator, SeedSequence, RandomState or None
        Draws the problems.
    n_threads : int, optional
        Of linclf, as for `loss_and_grad`.
    seconds : float
        To spend on the race; it has three rounds in any case.

    Returns
    -------
    Comparison
        True if all results are right. Printed, it says what is wrong in which case, and who is
        how many times as fast.

    Raises
    ------
    TypeError
        If `f` cannot be called.
    ValueError
        If `loss` is left out and `f` is like no loss of this package, or if it is unknown.

    Examples
    --------
    >>> def svm(W, X, y, reg):
    ...     rows, S = np.arange(len(X)), X @ W
    ...     margins = np.maximum(0, S - S[rows, y][:, None] + 1)
    ...     margins[rows, y] = 0
    ...     B = (margins > 0).astype(float)
    ...     B[rows, y] = -B.sum(axis=1)
    ...     return margins.sum() / len(X) + reg * (W**2).sum(), X.T @ B / len(X) + reg * W
    >>> found = linclf.compare(svm, size=None)
    >>> bool(found), found.loss
    (False, <Loss.HINGE: 'hinge'>)
    >>> [outcome.case.name for outcome in found.outcomes if outcome]
    ['no_penalty']
    """
    if not callable(f):
        raise TypeError(f"f is a {type(f).__name__}; it must be a function of W, X, y and reg")
    if size is not None:
        size = _checked(size)
    name = str(getattr(f, "__name__", type(f).__name__))
    seed = _seed(rng)
    meant = _guess(f, name, seed) if loss is None else Loss(loss)
    outcomes = tuple(_judge(f, meant, case) for case in generate(meant, seed, names=FLOATS))
    right = all(outcomes)
    remarks = []
    if any(one.single and one.case.W.dtype == np.float64 for one in outcomes):
        remarks.append("it computes in float32 although W and X are float64")
    if right:
        [pixels] = generate(meant, seed, names=["uint8_pixels"])
        if not _judge(f, meant, pixels):
            remarks.append("uint8 pixels in X give wrong results, since -X wraps: convert X first")
    elif all(max(one.loss_error, one.gradient_error) < _SINGLE_UNITS for one in outcomes):
        remarks.append("errors so small come from float32 somewhere inside, or from a clipped log")
    sprint = _race(f, meant, size, seed, n_threads, seconds) if right and size else None
    return Comparison(name, meant, outcomes, sprint, tuple(remarks))


# --------------------------------------------------------------------------- numbers


class _Wrong(Exception):
    """What a function returned is not a loss with a gradient."""


def _call(f: _LossFunction, case: Case) -> tuple[Any, Any]:
    """Return the loss and the gradient as arrays, of the right shapes."""
    operands = case.copies()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = f(*operands)
    except Exception as error:
        raise _Wrong(f"raises {type(error).__name__}: {error}") from error
    for name, mine, given in zip("WXy", case.operands[:3], operands[:3], strict=True):
        if not np.array_equal(mine, given):
            raise _Wrong(f"changes {name}; work on a copy: {name} = {name}.copy()")
    if not isinstance(result, tuple | list) or len(result) != 2:
        found = len(result) if isinstance(result, tuple | list) else type(result).__name__
        raise _Wrong(f"returns {found} values" if isinstance(found, int) else f"returns {found}")
    try:
        value_of((result[0],))
        value, dW = np.asarray(result[0]), np.asarray(result[1])
    except TypeError as error:
        raise _Wrong(str(error)) from error
    if dW.shape != case.W.shape:
        raise _Wrong(f"dW has shape {dW.shape}, but W has {case.W.shape}")
    for what, array in (("the loss", value), ("dW", dW)):
        if array.dtype.kind not in "fiu":
            raise _Wrong(f"{what} is of dtype {array.dtype}; it must be float64")
    return value, dW


def _judge(f: _LossFunction, loss: Loss, case: Case) -> Outcome:
    """Compare the function with the core on one case."""
    nothing = float("nan")
    try:
        value, dW = _call(f, case)
    except _Wrong as wrong:
        return Outcome(case, nothing, nothing, str(wrong))
    expected, exact = loss_and_grad(loss, *_in_double(case))
    single = np.float32 in (case.W.dtype, dW.dtype, value.dtype)
    tol_loss, tol_dW = tolerances(loss, *case.operands, dtype=np.float32 if single else np.float64)
    with np.errstate(invalid="ignore"):
        errors = np.abs(dW - exact) / tol_dW
    worst = np.unravel_index(int(np.nan_to_num(errors, nan=np.inf).argmax()), errors.shape)
    loss_error = abs(float(value) - expected) / tol_loss
    gradient_error = float(errors[worst])
    mistakes = []
    if not loss_error <= 1.0:
        mistakes.append(f"the loss is {float(value):.8g}, not {expected:.8g}")
    if not gradient_error <= 1.0:
        where = ", ".join(map(str, worst))
        mistakes.append(f"dW[{where}] is {dW[worst]:.8g}, not {exact[worst]:.8g}")
    return Outcome(case, loss_error, gradient_error, "; ".join(mistakes), single)


def _in_double(case: Case) -> tuple[Any, Any, Any, float]:
    X = case.X.astype(np.float64) if case.X.dtype.kind == "f" else case.X
    return case.W.astype(np.float64), X, case.y, case.reg


def _guess(f: _LossFunction, name: str, seed: int) -> Loss:
    """Return the loss whose value a function has; else whose direction; else of its name."""
    [case] = generate(Loss.HINGE, seed, names=["no_penalty"])
    trouble = "computes no loss of this package on a problem without penalty"
    try:
        value, dW = _call(f, case)
    except _Wrong as wrong:
        trouble = str(wrong)
        value, dW = np.array(np.nan), np.zeros_like(case.W)
    likeness = {}
    for loss in Loss:
        expected, exact = loss_and_grad(loss, *case.operands)
        if abs(value - expected) <= 1e-6 * expected:
            return loss
        size = float(np.linalg.norm(dW) * np.linalg.norm(exact))
        likeness[loss] = abs(float((dW * exact).sum())) / size if size > 0 else 0.0
    nearest = max(likeness, key=lambda loss: likeness[loss])
    if likeness[nearest] >= _ALIKE:
        return nearest
    for hint, loss in {**{str(loss): loss for loss in Loss}, **_HINTS}.items():
        if hint in name.lower():
            return loss
    raise ValueError(f"{name} {trouble}; say what it is meant to be, such as loss={str(nearest)!r}")


# --------------------------------------------------------------------------- race


def _race(
    f: _LossFunction,
    loss: Loss,
    size: tuple[int, int, int],
    seed: int,
    n_threads: int | None,
    seconds: float,
) -> Sprint:
    """Time both in turn on one problem."""
    N, D, C = size
    rng = np.random.default_rng(seed)
    X, W = rng.normal(size=(N, D)), rng.normal(size=(D, C)) / np.sqrt(D)
    operands = (W, X, rng.integers(C, size=N), _RACE_REG)
    expected = as_vector(loss_and_grad(loss, *operands, n_threads=n_threads))
    single = any(np.asarray(part).dtype == np.float32 for part in f(*operands))
    contenders = (
        Contender("yours", "", 0, f, operands),
        Contender("linclf", "", 0, partial(loss_and_grad, loss, n_threads=n_threads), operands),
    )
    tolerance = _SINGLE_AGREEMENT if single else _AGREEMENT
    mine, core = measure(contenders, expected, tolerance, Pace(3, 15, seconds))
    return Sprint(size, mine.seconds, core.seconds, len(mine.rounds), mine.difference, mine.agrees)


def _checked(size: Any) -> tuple[int, int, int]:
    if not isinstance(size, tuple | list) or len(size) != 3:
        raise ValueError(f"size is {size!r}; it must be three numbers, N, D and C")
    N, D, C = (count(f"size[{i}]", number, least=1) for i, number in enumerate(size))
    return N, D, C


def _seed(rng: Rng) -> int:
    """Return one number for all that is drawn, so that each part is drawn alike."""
    return int(as_generator(rng).choice(1 << 31))
