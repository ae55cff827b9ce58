"""Problems to try a loss function on, drawn so that its mistakes show and right code is not blamed.

Sizes are pairwise distinct, so that a division by the wrong one and a transposed array are seen;
one case has N == C, where broadcasting along the wrong axis raises nothing. Weights are of
order 1, and the penalty makes up 10 to 90 % of the loss and of its gradient, so that neither
hides the other. No margin is nearer to a kink than `GAP`, so that ``>`` and ``>=``, and any
subgradient, are equally right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.losses import Loss, loss_and_grad
from linclf.sampling import as_generator
from linclf.tolerance import swing

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Labels, Rng

GAP = 1e-3
"""Least distance of a score from a kink."""

_SHARES = (0.5, 0.35, 0.65, 0.2, 0.8)  # of the penalty in the loss, the first that suits
_DRAWS = 500


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """One problem.

    Attributes
    ----------
    name : str
        Key in `KINDS`.
    about : str
        What is special about it, to be put after "with": "uint8 labels".
    W : (D, C) array
        Weights.
    X : (N, D) array
        Data.
    y : (N,) integer array
        Labels.
    reg : float
        Strength of the penalty ``reg * sum(W**2)``.
    """

    name: str
    about: str
    W: Data
    X: Data
    y: Labels
    reg: float

    @property
    def operands(self) -> tuple[Data, Data, Labels, float]:
        """What a loss function is called with."""
        return self.W, self.X, self.y, self.reg

    def copies(self) -> tuple[Data, Data, Labels, float]:
        """Return the operands as copies of the same layout, to give to code that may spoil them."""
        W, X, y = (copy_like(array) for array in (self.W, self.X, self.y))
        return W, X, y, self.reg

    def __repr__(self) -> str:
        N, D, C = (*self.X.shape, self.W.shape[1])
        return f"Case({self.name!r}: N={N}, D={D}, C={C}, reg={self.reg:g})"


@dataclass(frozen=True)
class _Kind:
    """How a case differs from the plain one."""

    about: str
    sizes: tuple[int, int, int] = (11, 7, 5)  # N, D, C
    scale: float = 1.0  # of X
    share: float | None = None  # of the penalty; None: whatever suits
    change: Callable[[Case], Case] | None = None  # of dtype or layout, never of values


def _labels(dtype: str) -> Callable[[Case], Case]:
    return lambda case: replace(case, y=case.y.astype(dtype))


def _fortran(case: Case) -> Case:
    return replace(case, W=np.asfortranarray(case.W), X=np.asfortranarray(case.X))


def _strided(case: Case) -> Case:
    return replace(case, W=_spaced(case.W), X=_spaced(case.X), y=_spaced(case.y))


def _spaced(array: Any) -> Any:
    """Return a copy that lies in every other place of a larger array, from the back."""
    larger = np.zeros((2 * len(array), *array.shape[1:]), array.dtype)
    view = larger[::-2]
    view[...] = array
    return view


def copy_like(array: Any) -> Any:
    """Return a copy with strides of the same kind, writable or not as the array is."""
    regular = array.flags.c_contiguous or array.flags.f_contiguous
    copy = array.copy(order="K") if regular else _spaced(array)
    copy.flags.writeable = array.flags.writeable
    return copy


def _read_only(case: Case) -> Case:
    for array in (case.W, case.X, case.y):
        array.flags.writeable = False
    return case


def _single(case: Case) -> Case:
    return replace(case, W=case.W.astype(np.float32), X=case.X.astype(np.float32))


def _pixels(case: Case) -> Case:
    return replace(case, X=case.X.astype(np.uint8))


KINDS: dict[str, _Kind] = {
    "plain": _Kind("nothing special"),
    "n_equals_c": _Kind("as many samples as classes", (6, 4, 6)),
    "one_sample": _Kind("a single sample", (1, 7, 5)),
    "two_classes": _Kind("two classes", (11, 7, 2)),
    "no_penalty": _Kind("reg=0", share=0.0),
    "large_penalty": _Kind("a penalty larger than the loss", share=0.9),
    "large_scores": _Kind("scores of +-1000", scale=400.0),
    "integer_values": _Kind("whole numbers from 0 to 255 in X", scale=255.0),
    "fortran": _Kind("arrays in Fortran order", change=_fortran),
    "strided": _Kind("arrays that are not contiguous", change=_strided),
    "read_only": _Kind("read-only arrays", change=_read_only),
    "int32_labels": _Kind("int32 labels", change=_labels("int32")),
    "uint8_labels": _Kind("uint8 labels", change=_labels("uint8")),
    "float32": _Kind("W and X in float32", change=_single),
    "uint8_pixels": _Kind("uint8 pixels in X", scale=255.0, change=_pixels),
}
"""What there is, by name. All are fair to any loss function; "uint8_pixels" alone asks of it
that it takes integers in X, where ``-X[i]`` wraps."""

FLOATS = tuple(name for name in KINDS if name != "uint8_pixels")


def generate(loss: str, rng: Rng = 0, *, names: Iterable[str] = tuple(KINDS)) -> Iterator[Case]:
    """Yield problems for a loss.

    Parameters
    ----------
    loss : Loss or str
        Which loss the function to try is meant to compute.
    rng : int, Generator, SeedSequence, RandomState or None
        Where they are drawn from. One number is drawn of a generator; a case depends on it and
        on its name, not on which others are asked for.
    names : iterable of str
        Which, out of `KINDS`; all by default.

    Yields
    ------
    Case

    Raises
    ------
    KeyError
        If a name is unknown.
    ValueError
        If the loss is unknown.

    Examples
    --------
    >>> [case] = generate("hinge", names=["plain"])
    >>> case
    Case('plain': N=11, D=7, C=5, reg=0.12)
    >>> value, dW = linclf.svm_loss(*case.operands)
    """
    generator = as_generator(rng)
    seed = int(generator.choice(1 << 31))
    order = list(KINDS)
    for name in names:
        kind = KINDS[name]
        case = _draw(Loss(loss), name, kind, np.random.default_rng([seed, order.index(name)]))
        yield kind.change(case) if kind.change else case


def _draw(loss: Loss, name: str, kind: _Kind, rng: np.random.Generator) -> Case:
    """Return the first problem drawn that keeps the promises."""
    N, D, C = kind.sizes
    whole = kind.scale == 255.0
    for _ in range(_DRAWS):
        W = rng.normal(size=(D, C))
        X = kind.scale * (rng.random((N, D)) if whole else rng.normal(size=(N, D)))
        # What float32 holds exactly, so that a change of dtype changes no value.
        W, X = _rounded(W), X.round() if whole else _rounded(X)
        S = X @ W
        y = rng.integers(C, size=N)
        if N > 1:  # a sample that is right by far, and one that is as wrong as can be
            ahead = np.diff(np.sort(S, axis=1)[:, -2:], axis=1)[:, 0]
            best = int(ahead.argmax())
            y[best], y[best - 1] = S[best].argmax(), S[best - 1].argmin()
            if ahead[best] < 1.0 + GAP:
                continue
        reg = _strength(loss, W, X, y, kind.share)
        if reg is not None and _is_clear(loss, S, y):
            return Case(name, kind.about, W, X, y, reg)
    raise RuntimeError(f"no problem {name!r} found for the loss {loss}")


def _rounded(array: DoubleArray) -> DoubleArray:
    return array.astype(np.float32).astype(np.float64)


def _is_clear(loss: Loss, S: DoubleArray, y: Labels) -> bool:
    """Tell whether no derivative by a score jumps within `GAP`.

    Smooth losses pass: theirs change by a few times `GAP`, while a kink makes a jump of 1.
    """
    return bool(swing(loss, S, y, GAP).max() < 0.5)


def _strength(
    loss: Loss, W: DoubleArray, X: DoubleArray, y: Labels, share: float | None
) -> float | None:
    """Return a round strength that gives the penalty its share, or None if there is none."""
    if share == 0.0:
        return 0.0
    data, dW = loss_and_grad(loss, W, X, y)
    if data == 0.0:
        return None
    squares, slope, steepness = float((W**2).sum()), float(np.linalg.norm(W)), np.linalg.norm(dW)
    for part in _SHARES if share is None else (share,):
        reg = float(f"{part / (1.0 - part) * data / squares:.2g}")
        of_slope = 2.0 * reg * slope / (2.0 * reg * slope + steepness)
        # A share that was asked for is one of the loss.
        if share is not None or 0.1 <= of_slope <= 0.9:
            return reg
    return None
