"""Downhill: stochastic and full-batch gradient descent, and random search.

All three change W (and b) in place and return a `History`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from linclf import _linclf
from linclf.checks import count, number
from linclf.history import FitState, History
from linclf.problem import Hooks, Problem, make_rule, manifest_of, step_size
from linclf.run import run
from linclf.sampling import Batches, as_generator, seed_of
from linclf.schedules import Schedule
from linclf.search import random_local_search, random_search
from linclf.stability import DivergenceError, stable_learning_rate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linclf.arrays import Data, Float, Labels, Reg, Rng

__all__ = [
    "DivergenceError",
    "gradient_descent",
    "random_local_search",
    "random_search",
    "sgd",
    "sgd_step",
    "stable_learning_rate",
]

DEFAULT_EPOCHS = 10

_sgd_step = _linclf.sgd_step


def sgd_step(W: NDArray[Float], dW: NDArray[Float], learning_rate: float) -> None:
    """Take one step downhill, ``W -= learning_rate * dW``, in place.

    Parameters
    ----------
    W : (D, C) float64 or float32 array
        Weights. Any strides: a transposed or sliced view is changed, never a copy of it.
    dW : (D, C) array
        Gradient, of the dtype of `W`.
    learning_rate : float
        Size of the step.

    Raises
    ------
    TypeError
        If one is not an array or the dtypes differ.
    ValueError
        If the shapes differ or `W` is read-only.

    Examples
    --------
    >>> W = np.ones((2, 2))
    >>> linclf.sgd_step(W, np.array([[1.0, 2.0], [3.0, 4.0]]), 0.5)
    >>> W
    array([[ 0.5,  0. ],
           [-0.5, -1. ]])
    """
    _sgd_step(W, dW, learning_rate)


def sgd(
    W: NDArray[Float],
    X: Data,
    y: Labels,
    *,
    loss: str = "softmax",
    reg: Reg = 0.0,
    b: NDArray[Float] | None = None,
    delta: float = 1.0,
    center: NDArray[Float] | None = None,
    learning_rate: float | str = 1e-3,
    batch_size: int = 200,
    max_steps: int | None = None,
    epochs: int | None = None,
    rng: Rng = None,
    sampling: str = "shuffle",
    schedule: str | Schedule | None = None,
    momentum: float = 0.0,
    nesterov: bool = False,
    callback: Callable[[FitState], Any] | None = None,
    progress: Any = None,
    validation: tuple[Data, Labels] | None = None,
    n_threads: int | None = None,
) -> History:
    """Train by stochastic gradient descent on minibatches; change `W` and `b` in place.

    Step k takes the gradient g of the objective on a batch of rows and does
    ``W -= rate_k * g``; with momentum ``v = momentum * v - rate_k * g; W += v``.

    Parameters
    ----------
    W, X, y, reg, b, delta, center, n_threads
        As for `loss_and_grad`.
    loss : Loss or str
        Which loss.
    learning_rate : float or "auto"
        Size of the steps; "auto" takes `stable_learning_rate` of the data.
    batch_size : int
        Rows of a batch; clipped to N.
    max_steps, epochs : int, optional
        Where to stop, whichever comes first; 10 epochs if both are left out. An epoch is
        ``ceil(N / batch_size)`` steps, whatever the sampling.
    rng : int, Generator, SeedSequence, RandomState or None
        Where batches are drawn from; None for a fresh start.
    sampling : {"shuffle", "replacement"}
        "shuffle": each epoch goes through ``rng.permutation(N)``, its last batch may be short.
        "replacement": each step takes ``rng.integers(N, size=batch_size)``. NumPy code with
        the same seed sees the same batches.
    schedule : str or callable, optional
        Multiplies the learning rate: "constant", "step", "exp", "invscaling", "cosine", an
        object of `linclf.schedules`, or a function of (step, total), step counted from 0.
    momentum : float
        At least 0, below 1.
    nesterov : bool
        Use Nesterov's momentum: ``W += momentum * v - rate_k * g`` with the new v.
    callback : callable, optional
        Called with a `FitState` after every step; a true answer stops the run.
    progress : bool, callable or None
        None shows a line on a terminal and in a notebook; True and False force it; ``tqdm`` is
        accepted.
    validation : (X, y), optional
        Objective and accuracy on these are taken into the history after every epoch.

    Returns
    -------
    History
        Loss, learning rate and gradient norm of every step.

    Raises
    ------
    TypeError, ValueError
        As for `loss_and_grad`; also for parameters out of range. A label out of range is found
        when it is first drawn: W and the history hold the steps of the calls before.
    DivergenceError
        If a loss is not finite or has blown up; it names a learning rate that is stable. W
        holds the last finished step.
    KeyboardInterrupt
        Within 0.1 s of Ctrl-C. W holds the last finished step, and the exception carries the
        history so far: ``except KeyboardInterrupt as stop: stop.history``.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.standard_normal((100, 2)), np.arange(100) % 2
    >>> X[:, 0] += 4 * y
    >>> W, b = np.zeros((2, 2)), np.zeros(2)
    >>> history = linclf.sgd(W, X, y, b=b, learning_rate=0.1, batch_size=20, epochs=30, rng=0)
    >>> len(history), bool((linclf.predict(W, X, b=b) == y).mean() > 0.9)
    (150, True)
    """
    problem = Problem(loss, W, X, y, reg, b, delta, center, n_threads)
    problem.check()
    generator = as_generator(rng)
    batches = Batches(X.shape[0], batch_size, sampling, generator)
    steps = _planned_steps(max_steps, epochs, batches.steps_per_epoch)
    rate = step_size(learning_rate, problem, batches.batch_size)
    rule = make_rule(rate, schedule, steps, momentum, nesterov)
    manifest = manifest_of(problem, rule, rng=seed_of(rng, generator))
    manifest |= {"batch_size": batches.batch_size, "sampling": sampling, "steps": steps}
    hooks = Hooks(callback=callback, validation=validation)
    history = History(manifest)
    return run(problem, rule, batches, history, steps=steps, hooks=hooks, progress=progress)


def gradient_descent(
    W: NDArray[Float],
    X: Data,
    y: Labels,
    *,
    loss: str = "softmax",
    reg: Reg = 0.0,
    b: NDArray[Float] | None = None,
    delta: float = 1.0,
    center: NDArray[Float] | None = None,
    learning_rate: float | str = 1e-3,
    max_steps: int = 100,
    schedule: str | Schedule | None = None,
    momentum: float = 0.0,
    nesterov: bool = False,
    tol: float | None = None,
    callback: Callable[[FitState], Any] | None = None,
    progress: Any = None,
    n_threads: int | None = None,
) -> History:
    """Train by gradient descent on all rows at once; change `W` and `b` in place.

    Parameters
    ----------
    W, X, y, loss, reg, b, delta, center, learning_rate, schedule, momentum, nesterov, \
callback, progress, n_threads
        As for `sgd`, and so are the errors.
    max_steps : int
        Where to stop. Every step is an epoch.
    tol : float, optional
        Stop at the first step whose gradient has at most this Euclidean norm; that step is
        still taken.

    Returns
    -------
    History
        ``stopped`` is "converged" if `tol` was reached.

    Examples
    --------
    >>> X, y, W = np.eye(3), np.array([0, 1, 2]), np.zeros((3, 3))
    >>> history = linclf.gradient_descent(W, X, y, learning_rate=1.0, max_steps=500, tol=0.02)
    >>> history.stopped, bool(history.loss[-1] < 0.03)
    ('converged', True)
    """
    problem = Problem(loss, W, X, y, reg, b, delta, center, n_threads)
    problem.check()
    steps = count("max_steps", max_steps, least=0)
    rule = make_rule(step_size(learning_rate, problem, None), schedule, steps, momentum, nesterov)
    tol = None if tol is None else number("tol", tol)
    history = History(manifest_of(problem, rule, tol=tol, steps=steps))
    hooks = Hooks(callback=callback, tol=tol)
    return run(problem, rule, None, history, steps=steps, hooks=hooks, progress=progress)


def _planned_steps(max_steps: int | None, epochs: int | None, steps_per_epoch: int) -> int:
    if max_steps is None and epochs is None:
        epochs = DEFAULT_EPOCHS
    limits = []
    if max_steps is not None:
        limits.append(count("max_steps", max_steps, least=0))
    if epochs is not None:
        limits.append(count("epochs", epochs, least=0) * steps_per_epoch)
    return min(limits)
