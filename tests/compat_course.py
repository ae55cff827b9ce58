"""What the tests of the courses share: installing one, small data, the loop of the courses."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import numpy as np
from linclf import L2, compat
from reference import WIDE, Answer, assert_close, objective

N, D, C = 60, 7, 4


@contextlib.contextmanager
def installed(*courses: str) -> Iterator[None]:
    """Install courses for the body of a with statement."""
    for course in courses:
        compat.install(course)
    try:
        yield
    finally:
        compat.uninstall()


def samples(seed=0, dtype="float64"):
    """Return (N, D) samples with a column of ones last, and labels of C classes."""
    rng = np.random.default_rng(seed)
    y = np.arange(N) % C
    X = rng.normal(size=(N, D)) + 2 * np.eye(C, D)[y]
    X[:, -1] = 1
    return X.astype(dtype), y


def choice(n_rows: int, batch_size: int, steps: int) -> Iterator[np.ndarray]:
    """Draw the batches of a course that draws with replacement, step by step."""
    for _ in range(steps):
        yield np.random.choice(n_rows, batch_size)


def shuffles(n_rows: int, batch_size: int, epochs: int) -> Iterator[np.ndarray]:
    """Draw the batches of a course that shuffles in every epoch; the last one may be short."""
    for _ in range(epochs):
        order = np.arange(n_rows)
        np.random.shuffle(order)
        yield from np.array_split(order, np.arange(batch_size, n_rows, batch_size))


def numpy_loop(
    loss: str,
    X: np.ndarray,
    y: np.ndarray,
    batches: Callable[[], Iterator[np.ndarray]],
    *,
    learning_rate: float,
    l2: float,
    momentum: float = 0.0,
) -> tuple[np.ndarray, list[Answer], list[np.ndarray]]:
    """Train as the courses do, from NumPy's global random state, in the widest float.

    Returns the last W, what the oracle said of every batch, and W before every step.
    """
    W = (0.001 * np.random.randn(X.shape[1], y.max() + 1)).astype(WIDE)
    velocity = np.zeros_like(W)
    answers, weights = [], []
    for rows in batches():
        answers.append(objective(loss, W, X[rows], y[rows], L2(l2)))
        weights.append(W)
        velocity = momentum * velocity - learning_rate * answers[-1].dW
        W = W + velocity
    return W, answers, weights


def assert_same_run(history, W, expected_W, answers, losses=None):
    """Assert that a history and the trained W are those of `numpy_loop`, to rounding.

    Rounding errors add up over the steps, so the tolerance grows with them.
    """
    assert type(history) is list
    assert all(type(loss) is float for loss in history)
    assert len(history) == len(answers)
    steps = np.arange(1, len(answers) + 1)
    exact = np.array([answer.loss for answer in answers]) if losses is None else np.array(losses)
    sizes = np.array([answer.loss_size for answer in answers]) * steps
    assert_close(history, exact, sizes, "float64", "history")
    size = abs(expected_W) + sum(answer.dW_size for answer in answers)
    assert_close(W, expected_W, size, "float64", "W")
