"""Problems drawn for the tests, clear of kinks, and the memory layouts they are laid out in."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from linclf import L1, L2, ElasticNet
from numpy.typing import NDArray
from reference import ORACLES, WIDE

Array = NDArray[np.generic]

LANE_EDGES = (1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 65)
GAP = 1e-3  # no margin is nearer to zero, so rounding never changes which classes count
PENALTIES = (0.0, 0.1, L2(0.02), L1(0.05), ElasticNet(0.03, 0.7))
DELTAS = (1.0, 0.5, 0.0, 3.0)
INTEGERS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")


@dataclass(frozen=True, repr=False)
class Problem:
    """The operands of one call, in the letters of the library."""

    W: Array
    X: Array
    y: Array
    reg: object = 0.0
    b: Array | None = None
    center: Array | None = None
    delta: float = 1.0

    @property
    def operands(self) -> tuple[Array, Array, Array, object]:
        """What is passed by position."""
        return self.W, self.X, self.y, self.reg

    @property
    def options(self) -> dict[str, object]:
        """What is passed by keyword."""
        return {"b": self.b, "center": self.center, "delta": self.delta}

    @property
    def arrays(self) -> dict[str, Array]:
        """The arrays that are there, by name."""
        named = {name: getattr(self, name) for name in ("W", "X", "y", "b", "center")}
        return {name: array for name, array in named.items() if array is not None}

    def __repr__(self) -> str:
        """Return what tells it from its neighbours; the arrays are drawn from it."""
        shape = "x".join(map(str, (*self.X.shape, self.W.shape[1])))
        there = ", ".join(self.arrays)
        return f"Problem({shape}, {self.X.dtype}, {there}, {self.reg}, delta={self.delta})"

    def with_(self, **changes: object) -> Problem:
        """Return a copy with some operands replaced."""
        return replace(self, **changes)


def shapes() -> Iterator[tuple[int, int, int]]:
    """(N, D, C) around the edges of lanes: every pair (D, C), every pair (N, D)."""
    sizes = itertools.cycle(LANE_EDGES)
    for D, C in itertools.product(LANE_EDGES, LANE_EDGES):
        yield next(sizes), D, C
    for N, D in itertools.product(LANE_EDGES, LANE_EDGES):
        yield N, D, (D + N) % 11 + 1
        next(sizes)


def draw(seed, N, D, C, dtype="float64", x_dtype=None, **options: object) -> Problem:
    """Draw a problem whose margins all keep `GAP` from every kink of every loss.

    `options` are those of `Problem`; ``b=True`` and ``center=True`` draw them.
    """
    rng = np.random.default_rng([seed, N, D, C])
    center = _features(rng, (1, D), dtype, x_dtype).mean(axis=0).astype(dtype) / 3
    b = rng.normal(size=C).astype(dtype)
    problem = Problem(
        W=_weights(rng, D, C, dtype, x_dtype),
        X=_features(rng, (N, D), dtype, x_dtype),
        y=rng.integers(0, C, N),
        reg=options.get("reg", 0.0),
        b=b if options.get("b") else None,
        center=center if options.get("center") else None,
        delta=options.get("delta", 1.0),
    )
    for _ in range(200):
        clear = is_clear(problem)
        if clear.all():
            return problem
        problem.X[~clear] = _features(rng, (int((~clear).sum()), D), dtype, x_dtype)
        problem.W[:] = _weights(rng, D, C, dtype, x_dtype) if clear.mean() < 0.5 else problem.W
    raise AssertionError(f"no kink-free problem for seed {seed}, {N}x{D}x{C} {x_dtype}")


@functools.cache
def small(x_dtype: str | None, dtype: str, takes_targets: bool = False) -> tuple[Problem, ...]:
    """All `shapes`, with penalties, deltas, bias and center in turn. Shared, so read-only."""
    drawn = []
    for seed, (N, D, C) in enumerate(shapes()):
        problem = draw(
            seed, N, D, C, dtype, x_dtype,
            reg=PENALTIES[seed % len(PENALTIES)], delta=DELTAS[seed % len(DELTAS)],
            b=seed % 3 == 1, center=seed % 7 > 3,
        )  # fmt: skip
        if takes_targets and C > 1:
            problem = problem.with_(y=targets(seed, problem))
        for array in problem.arrays.values():
            array.flags.writeable = False
        drawn.append(problem)
    return tuple(drawn)


def targets(seed: int, problem: Problem) -> Array:
    """Draw target probabilities: most rows sum to 1, some have zeros, one in five sums to 2."""
    rng = np.random.default_rng(seed)
    N, C = len(problem.X), problem.W.shape[1]
    t = rng.dirichlet(np.full(C, 0.5), N) if C > 1 else np.ones((N, 1))
    t[::5] *= 2
    return t.astype(problem.W.dtype)


def is_clear(problem: Problem) -> NDArray[np.bool_]:
    """Tell for each row whether all its margins keep `GAP` from the kinks of every loss."""
    S, row, y = scores(problem), np.arange(len(problem.X)), problem.y
    gaps = [abs(abs(S) - problem.delta)]
    rivals = S - S[row, y][:, None] + problem.delta
    rivals[row, y] = np.inf
    gaps.append(abs(rivals))
    if S.shape[1] > 2:
        rivals[row, y] = -np.inf
        runner_up, best = np.sort(rivals, axis=1).T[-2:]
        gaps.append((best - runner_up)[:, None])
    return np.concatenate(gaps, axis=1).min(axis=1) >= GAP


def scores(problem: Problem) -> NDArray[np.longdouble]:
    """The exact scores, without the oracle's majorants."""
    x = problem.X.astype(WIDE)
    x = x if problem.center is None else x - problem.center
    S = x @ problem.W.astype(WIDE)
    return S if problem.b is None else S + problem.b


def _features(rng, shape, dtype, x_dtype):
    """Normal numbers, or integers of up to 100 in magnitude."""
    if x_dtype is None:
        return rng.normal(size=shape).astype(dtype)
    low = 0 if x_dtype.startswith("u") else -100
    return rng.integers(low, 101, shape).astype(x_dtype)


def _weights(rng, D, C, dtype, x_dtype):
    """Weights that make scores of order one."""
    return (rng.normal(size=(D, C)) / np.sqrt(D) / (1 if x_dtype is None else 50)).astype(dtype)


# --------------------------------------------------------------------------- layouts

LAYOUTS: dict[str, Callable[[Array], Array]] = {}


def layout(relay: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Register a function that copies an array into memory laid out in a certain way."""
    LAYOUTS[relay.__name__] = relay
    return relay


def _copied_into(view: Array, values: Array) -> Array:
    view[...] = values
    return view


def _sliced(values: Array, step: int, axis: int) -> Array:
    """Copy `values` into every `step`-th place along `axis` of a larger array of garbage."""
    axis = axis % values.ndim
    shape = list(values.shape)
    shape[axis] = shape[axis] * abs(step) + 3
    larger = np.full(shape, 77, values.dtype)
    start = 1 if step > 0 else shape[axis] - 2
    stop = start + step * values.shape[axis]
    index = [slice(None)] * values.ndim
    index[axis] = slice(start, stop if stop >= 0 else None, step)
    return _copied_into(larger[tuple(index)], values)


@layout
def c_order(values):
    """One row after the other."""
    return _copied_into(np.empty(values.shape, values.dtype), values)


@layout
def fortran(values):
    """One column after the other, the layout of a transposed array."""
    return np.asfortranarray(values)


@layout
def every_other_row(values):
    """A row stride of two rows."""
    return _sliced(values, 2, 0)


@layout
def every_other_column(values):
    """An inner stride of two elements."""
    return _sliced(values, 2, -1)


@layout
def reversed_rows(values):
    """A negative row stride."""
    return _sliced(values, -1, 0)


@layout
def reversed_columns(values):
    """A negative inner stride."""
    return _sliced(values, -1, -1)


@layout
def read_only(values):
    """An array that may not be written to."""
    copy = values.copy()
    copy.flags.writeable = False
    return copy


@layout
def padded_rows(values):
    """Rows that start anywhere within a cache line."""
    larger = np.full((*values.shape[:-1], values.shape[-1] + 3), 77, values.dtype)
    return _copied_into(larger[..., 1:-2], values)


def offset_by(values: Array, items: int) -> Array:
    """Copy `values` to an address that is `items` elements past a multiple of 64 bytes."""
    room = np.full(values.nbytes + 256, 77, np.uint8)
    start = -room.ctypes.data % 64 + items * values.itemsize
    flat = room[start : start + values.nbytes].view(values.dtype)
    return _copied_into(flat.reshape(values.shape), values)


def losses_with_targets() -> tuple[str, ...]:
    """The losses that take target probabilities."""
    return tuple(name for name, facts in ORACLES.items() if facts.takes_targets)
