"""Results have the bits on record, which tests/c/test_golden.c makes and compares without Python.

Here the same operands, drawn from the same integers, come as NumPy arrays: every dtype and every
layout goes through the binding, and other code than ours computes SHA-256.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

import linclf
import numpy as np
import pytest
from linclf import _linclf
from problems import Problem, offset_by

GOLDEN = Path(__file__).parent / "golden_bits.txt"
RATES = np.array([2.0**-10, 2.0**-11])
LARGE = 2e7  # operations: what is worth a second thread


@functools.cache
def golden() -> dict[tuple[str, str, str, str], str]:
    """Return the digests by (what, dtype of W, dtype of X, size)."""
    lines = [line.split() for line in GOLDEN.read_text().splitlines() if not line.startswith("#")]
    return {(what, dtype, x_dtype, size): digest for what, dtype, x_dtype, size, digest in lines}


KINDS = sorted({name[1:3] for name in golden()})
SIZES = {tuple(map(int, name[3].split("x"))) for name in golden()}


def integers(seed: int, count: int) -> np.ndarray:
    """Return the first states of the linear congruential generator of tests/c/problem.h."""
    factor, summand = np.uint64(6364136223846793005), np.uint64(1442695040888963407)
    powers = np.multiply.accumulate(np.full(count, factor))
    sums = np.add.accumulate(np.concatenate([np.ones(1, np.uint64), powers[:-1]]))
    return powers * np.uint64(seed) + sums * summand


class Drawer:
    """Gives the numbers of draw(), in [-1, 1) with 24 bits, in turn."""

    def __init__(self, seed: int, count: int) -> None:
        self.numbers = (integers(seed, count) >> np.uint64(40)).astype(np.float64) / 2**23 - 1

    def take(self, *shape: int) -> np.ndarray:
        """Return the next numbers as an array."""
        count = int(np.prod(shape))
        taken, self.numbers = np.split(self.numbers, [count])
        return taken.reshape(shape)


@functools.cache
def drawn(dtype: str, x_dtype: str, N: int, D: int, C: int) -> tuple[Problem, np.ndarray]:
    """Return the operands of tests/c/test_golden.c, and the target probabilities."""
    first = Drawer(N * 1000003 + D * 1009 + C, D * C + N * D + N + C)
    W, X, y, b = first.take(D, C), first.take(N, D), first.take(N), first.take(C)
    second = Drawer(N + D + C, N * C + D)
    targets, center = (second.take(N, C) + 1) / 2, 100 * second.take(D)
    raw = x_dtype == "uint8"
    problem = Problem(
        W=W.astype(dtype),
        X=(100 + 100 * X if raw else X).astype(x_dtype),
        y=((y + 1) / 2 * C).astype(np.int64),
        reg=linclf.ElasticNet(0.0625, 2.0),  # 0.125 sum W^2 + 0.0625 sum |W|
        b=b.astype(dtype),
        center=center.astype(dtype) if raw else None,
    )
    return problem, targets.astype(dtype)


def digest(*results: object) -> str:
    """Return the SHA-256 of arrays and float64 numbers, row after row."""
    joined = b"".join(np.ascontiguousarray(result).tobytes() for result in results)
    return hashlib.sha256(joined).hexdigest()


def of_loss(loss: str, problem: Problem, n_threads: int) -> str:
    """Return the digest of the data loss, the objective, dW and db."""
    options = {**problem.options, "n_threads": n_threads}
    data = linclf.loss_value(loss, problem.W, problem.X, problem.y, 0.0, **options)
    return digest(data, *linclf.loss_and_grad(loss, *problem.operands, **options))


def of_run(loss: str, problem: Problem, n_threads: int) -> str:
    """Return the digest of all that two steps of Nesterov's momentum leave behind."""
    N = len(problem.X)
    index = (7 * np.arange(N + N // 2) + 3) % N
    steps = -(-len(index) // N)
    W, b = problem.W.copy(), problem.b.copy()
    velocity, history = (np.zeros_like(W), np.zeros_like(b)), np.zeros((steps, 3))
    _linclf.sgd_run(
        loss, W, problem.X, problem.y, problem.reg, b, problem.delta, problem.center, index, N,
        RATES[:steps], 0.5, True, velocity, history, np.zeros(1, np.int64), n_threads, None,
    )  # fmt: skip
    return digest(W, b, *velocity, history)


def of_scores(problem: Problem, n_threads: int) -> str:
    """Return the digest of the scores, the labels and the probabilities."""
    options = {"b": problem.b, "center": problem.center, "n_threads": n_threads}
    S = linclf.scores(problem.W, problem.X, **options)
    labels = linclf.predict(problem.W, problem.X, **options)
    return digest(S, labels, linclf.softmax(S, n_threads=n_threads))


def assert_golden(kind, size, relay=np.copy, n_threads=7):
    """Assert that all results of a problem, with its arrays laid out by `relay`, are on record."""
    problem, targets = drawn(*kind, *size)
    problem = problem.with_(**{name: relay(array) for name, array in problem.arrays.items()})
    results = {"scores": of_scores(problem, n_threads)}
    for loss in _linclf.losses():
        results[loss] = of_loss(loss, problem, n_threads)
        results[f"{loss}-run"] = of_run(loss, problem, n_threads)
    if size[-1] > 1:  # a single column would be taken for labels
        soft = problem.with_(y=relay(targets))
        results["softmax-targets"] = of_loss("softmax", soft, n_threads)
    expected = {name: golden()[name, *kind, "x".join(map(str, size))] for name in results}
    assert results == expected, "see the top of tests/c/test_golden.c"


@pytest.fixture(params=[name for name in _linclf.isas() if name != "baseline"])
def fused(request, using_isa):
    """Every instruction set with a fused multiply-add; the baseline rounds otherwise."""
    with using_isa(request.param):
        yield request.param


@pytest.fixture(params=KINDS, ids="-".join)
def kind(request) -> tuple[str, str]:
    """The dtypes of W and X."""
    return request.param


def is_large(size):
    """Tell whether several threads work on a problem of that size."""
    return 4 * np.prod(size) >= LARGE


def test_the_generator_is_that_of_the_c_tests():
    state, states = 42, []
    for _ in range(5):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        states.append(state)
    assert integers(42, 5).tolist() == states


def test_every_result_is_on_record_for_every_size_and_dtype():
    names = [*_linclf.losses(), *(f"{loss}-run" for loss in _linclf.losses())]
    expected = {
        (name, *kind, "x".join(map(str, size)))
        for name in (*names, "softmax-targets", "scores")
        for kind in KINDS
        for size in SIZES
    }
    assert set(golden()) == expected
    assert len(KINDS) == 3
    assert any(map(is_large, SIZES))


def test_any_layout_gives_the_bits_on_record(fused, kind, layout):
    for size in SIZES:
        if not is_large(size):
            assert_golden(kind, size, layout)


def test_any_alignment_gives_the_bits_on_record(fused, kind):
    for items in (1, 2, 3, 5, 7):
        for size in ((7, 7, 5), (16, 65, 10)):
            assert_golden(kind, size, lambda array, items=items: offset_by(array, items))


def test_any_number_of_threads_gives_the_bits_on_record(fused, kind, n_threads):
    for size in filter(is_large, SIZES):
        assert_golden(kind, size, n_threads=n_threads)
