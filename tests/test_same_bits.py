"""Same bits for any number of threads, any layout and alignment, on every CPU that has FMA."""

import functools

import linclf
import numpy as np
import pytest
from linclf import _linclf
from problems import LAYOUTS, Problem, draw, losses_with_targets, offset_by, small, targets
from reference import assert_close, objective

# Enough work for seven threads (4 N D C is above 7e7), in sizes that divide unevenly.
LARGE = ((8209, 67, 40), (2051, 71, 130))


@functools.cache
def large(dtype, x_dtype=None):
    """Return problems that are worth more than one thread; kinks do not matter to bits."""
    problems = []
    for seed, (N, D, C) in enumerate(LARGE):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(N, D)) * 20
        problems.append(
            Problem(
                W=(rng.normal(size=(D, C)) / 50).astype(dtype),
                X=X.astype(x_dtype or dtype),
                y=rng.integers(0, C, N),
                reg=linclf.ElasticNet(0.1, 0.5),
                b=rng.normal(size=C).astype(dtype),
                center=rng.normal(size=D).astype(dtype),
            )
        )
    return tuple(problems)


def everything(loss, problem, n_threads=1):
    """Every number the library computes for a problem, as bytes."""
    value, *grads = linclf.loss_and_grad(
        loss, *problem.operands, **problem.options, n_threads=n_threads
    )
    common = {"b": problem.b, "center": problem.center, "n_threads": n_threads}
    S = linclf.scores(problem.W, problem.X, **common)
    return {
        "loss": np.float64(value).tobytes(),
        "gradients": [np.ascontiguousarray(grad).tobytes() for grad in grads],
        "scores": S.tobytes(),
        "labels": linclf.predict(problem.W, problem.X, **common).tobytes(),
        "probabilities": linclf.softmax(S, n_threads=n_threads).tobytes(),
    }


@functools.cache
def alone(loss, dtype, x_dtype, isa):
    """Return the bits of one thread for the large problems."""
    assert _linclf.isa() == isa
    return [everything(loss, problem) for problem in large(dtype, x_dtype)]


@pytest.mark.parametrize("x_dtype", [None, "uint8"])
def test_any_number_of_threads_gives_the_bits_of_one(loss, dtype, x_dtype, n_threads):
    expected = alone(loss, dtype, x_dtype, _linclf.isa())
    for problem, bits in zip(large(dtype, x_dtype), expected, strict=True):
        assert everything(loss, problem, n_threads) == bits


def test_threads_give_the_same_bits_on_every_instruction_set(loss, isa):
    problem = large("float64")[0]
    assert everything(loss, problem, 3) == everything(loss, problem, 1)


def test_probabilities_of_many_rows_have_the_same_bits_for_any_number_of_threads(dtype, rng):
    S = rng.normal(size=(90_001, 21)).astype(dtype)
    P = linclf.softmax(S, n_threads=1)
    for n_threads in (2, 3, 7):
        np.testing.assert_array_equal(linclf.softmax(S, n_threads=n_threads), P)


def test_none_means_the_default_number_of_threads(loss):
    problem = large("float32")[0]
    assert everything(loss, problem, None) == everything(loss, problem, 1)
    assert _linclf.default_threads() >= 1


def test_any_layout_of_any_operand_gives_the_same_bits(loss, dtype, layout, isa):
    for problem in small(None, dtype)[::11]:
        bits = everything(loss, problem)
        for name, array in problem.arrays.items():
            relaid = layout(array)
            np.testing.assert_array_equal(relaid, array)
            assert everything(loss, problem.with_(**{name: relaid})) == bits, (name, problem)


@pytest.mark.parametrize("x_dtype", ["uint8", "int16", "int64"])
def test_any_layout_of_integer_data_gives_the_same_bits(loss, x_dtype, layout):
    for problem in small(x_dtype, "float32")[::11]:
        moved = problem.with_(X=layout(problem.X))
        assert everything(loss, moved) == everything(loss, problem), moved


def test_the_layouts_of_large_data_give_the_same_bits(dtype, layout):
    for problem in large(dtype):
        bits = everything("hinge", problem)
        assert everything("hinge", problem.with_(X=layout(problem.X)), 2) == bits


@pytest.mark.parametrize("loss", losses_with_targets())
def test_any_layout_of_target_probabilities_gives_the_same_bits(loss, dtype, layout, isa):
    for problem in small(None, dtype, True)[::11]:
        moved = problem.with_(y=layout(problem.y))
        assert everything(loss, moved) == everything(loss, problem)


def test_zero_strides_give_the_bits_of_the_array_they_stand_for(loss, dtype, isa):
    for N, D, C in ((7, 5, 4), (33, 17, 9), (600, 9, 3)):
        problem = draw(1, N, D, C, dtype, b=True, center=True)
        for stretched in (
            problem.with_(X=np.broadcast_to(problem.X[:1], (N, D))),
            problem.with_(X=np.broadcast_to(problem.X[:, :1], (N, D))),
            problem.with_(y=np.broadcast_to(problem.y[:1], (N,))),
            problem.with_(W=np.broadcast_to(problem.W[:, :1], (D, C))),
            problem.with_(b=np.broadcast_to(problem.b[:1], (C,))),
            problem.with_(center=np.broadcast_to(problem.center[:1], (D,))),
        ):
            copied = stretched.with_(
                **{name: np.array(array) for name, array in stretched.arrays.items()}
            )
            assert everything(loss, stretched) == everything(loss, copied)


def test_every_alignment_gives_the_same_bits(loss, dtype, isa):
    for D in (5, 16, 33):
        problem = draw(2, 9, D, 7, dtype, b=True, center=True)
        bits = everything(loss, problem)
        for items in range(1, 64 // problem.W.itemsize):
            moved = problem.with_(
                **{name: offset_by(array, items) for name, array in problem.arrays.items()}
            )
            assert moved.X.ctypes.data % 64 == items * moved.X.itemsize
            assert everything(loss, moved) == bits


def test_random_views_give_the_same_bits_as_their_copies(loss, dtype, rng):
    """Slices with random starts, stops and steps of either sign, also transposed."""
    for _ in range(60):
        base = rng.normal(size=rng.integers(1, 40, 2)).astype(dtype)
        index = tuple(
            slice(None, None, step) for step in rng.choice([-3, -2, -1, 1, 2, 3], 2).tolist()
        )
        X = base.T[index] if rng.random() < 0.5 else base[index]
        N, D = X.shape
        W = rng.normal(size=(4, 2 * D)).astype(dtype).T[::2]
        problem = Problem(W=W, X=X, y=rng.integers(0, 4, 2 * N)[::-2])
        copied = problem.with_(W=W.copy(), X=X.copy(), y=problem.y.copy())
        assert everything(loss, problem) == everything(loss, copied)


def test_the_layout_of_the_lectures_is_a_transposed_view(loss, dtype):
    """W of shape (C, D) and samples in columns."""
    problem = draw(3, 21, 17, 5, dtype, reg=0.1)
    W, X = problem.W.T.copy(), problem.X.T.copy()
    out = np.empty_like(W)
    value, dW = linclf.loss_and_grad(loss, W.T, X.T, problem.y, problem.reg, out=out.T)
    expected, dW_expected = linclf.loss_and_grad(loss, *problem.operands)
    assert value == expected
    np.testing.assert_array_equal(dW, dW_expected)
    np.testing.assert_array_equal(out, dW_expected.T)


@pytest.mark.parametrize("x_dtype", [None, "uint8", "int64"])
def test_all_instruction_sets_with_fma_give_the_same_bits(
    loss, dtype, x_dtype, fused_isas, using_isa
):
    problems = (*small(x_dtype, dtype), *large(dtype, x_dtype))
    bits = []
    for name in fused_isas:
        with using_isa(name):
            bits.append([everything(loss, problem) for problem in problems])
    assert all(other == bits[0] for other in bits[1:])


@pytest.mark.parametrize("loss", losses_with_targets())
def test_target_probabilities_give_the_same_bits_too(loss, dtype, fused_isas, using_isa):
    problem = large(dtype)[0]
    problem = problem.with_(y=targets(1, problem))
    bits = []
    for name in fused_isas:
        with using_isa(name):
            bits += [everything(loss, problem, n_threads) for n_threads in (1, 2, 7)]
    assert all(other == bits[0] for other in bits[1:])


def test_the_baseline_is_within_tolerance_of_the_others(loss, dtype, isa):
    problem = draw(4, 300, 67, 10, dtype, reg=0.1)
    exact = objective(loss, *problem.operands)
    value, dW = linclf.loss_and_grad(loss, *problem.operands)
    assert_close(value, exact.loss, exact.loss_size, dtype, "loss")
    assert_close(dW, exact.dW, exact.dW_size, dtype, "dW")


@pytest.mark.parametrize("place", LAYOUTS)
def test_sgd_step_gives_the_same_bits_in_any_layout(dtype, place, isa, rng):
    W, dW = rng.normal(size=(2, 19, 7)).astype(dtype)
    expected = W.copy()
    linclf.sgd_step(expected, dW.copy(), 0.1)
    if place != "read_only":
        moved = LAYOUTS[place](W)
        linclf.sgd_step(moved, dW, 0.1)
        np.testing.assert_array_equal(moved, expected)
    moved = W.copy()
    linclf.sgd_step(moved, LAYOUTS[place](dW), 0.1)
    np.testing.assert_array_equal(moved, expected)
