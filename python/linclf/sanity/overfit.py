"""Twenty samples learned by heart: what does not manage that is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._start import problem_at_zero, read_classes
from linclf.checks import count
from linclf.history import FitState, History
from linclf.losses import predict
from linclf.optimize import gradient_descent
from linclf.sampling import as_generator
from linclf.stability import DivergenceError

if TYPE_CHECKING:
    from linclf.arrays import Data, IndexArray, Rng
    from linclf.problem import Problem

_LOOK = 25  # steps between two looks at the accuracy


@dataclass(frozen=True, repr=False)
class OverfitCheck:
    """What `overfit_small` found; true if every sample was learned.

    Attributes
    ----------
    accuracy : float
        On the samples that were trained on.
    rows : (n,) int64 array
        Which rows of X these were.
    wrong : int64 array
        Those of them that are still classified wrongly.
    history : History or None
        The training, if it is known.
    finding : str
        The sentence that is printed.
    """

    accuracy: float
    rows: IndexArray
    wrong: IndexArray
    history: History | None
    finding: str

    def __bool__(self) -> bool:
        return len(self.wrong) == 0

    def __repr__(self) -> str:
        return self.finding


def overfit_small(
    model: Any,
    X: Any,
    y: Any,
    *,
    n_samples: int = 20,
    max_steps: int = 5000,
    learning_rate: float | str = "auto",
    fit_intercept: bool = True,
    rng: Rng = 0,
    n_threads: int | None = None,
) -> OverfitCheck:
    """Check that a few samples can be learned by heart, without a penalty.

    Parameters
    ----------
    model : str or classifier
        The name of a loss, which is then minimised by gradient descent with ``reg=0``; or a
        classifier with ``fit(X, y)`` or ``train(X, y)``, and ``predict(X)``. That one is trained
        as it is, so set its penalty to zero before.
    X : (N, D) array-like
        Data.
    y : (N,) array-like
        Labels of any kind.
    n_samples : int
        How many samples to draw, of all classes in turn; all if there are fewer.
    max_steps, learning_rate, fit_intercept, n_threads
        For the name of a loss: as for `gradient_descent`, and whether there is a bias.
    rng : int, Generator, SeedSequence, RandomState or None
        Draws the samples.

    Returns
    -------
    OverfitCheck

    Raises
    ------
    TypeError, ValueError
        If the operands make no sense.

    Examples
    --------
    >>> X, y = linclf.datasets.digits()
    >>> linclf.sanity.overfit_small("hinge", X, y)
    all 20 samples are learned by heart, after 25 steps
    """
    data, codes, classes = read_classes(X, y)
    rows = _drawn(codes, count("n_samples", n_samples, least=1), as_generator(rng))
    few, labels = data[rows], codes[rows]
    history: History | None
    trouble = ""
    if isinstance(model, str):
        mean = few.mean(axis=0, dtype=np.float64) if fit_intercept else None
        problem = problem_at_zero(
            model, few, labels, len(classes),
            fit_intercept=fit_intercept, center=mean, n_threads=n_threads,
        )  # fmt: skip
        history, trouble = _minimised(problem, max_steps, learning_rate)
        predicted = predict(problem.W, few, b=problem.b, center=problem.center)
        hit = predicted == labels
    else:
        history = _trained(model, few, classes[labels])
        hit = np.asarray(model.predict(few)) == classes[labels]
    wrong = rows[~hit]
    if not len(wrong):
        steps = f", after {len(history):,} steps" if history is not None else ""
        said = f"all {len(rows)} samples are learned by heart{steps}"
    else:
        reason = trouble or _obstacle(few, labels, rows, classes, fit_intercept, history)
        said = f"{len(wrong)} of {len(rows)} samples are not learned: {reason}"
    return OverfitCheck(float(hit.mean()), rows, wrong, history, said)


def _minimised(problem: Problem, max_steps: int, learning_rate: float | str) -> tuple[History, str]:
    """Descend until every sample is right; return the history, and what went wrong."""

    def learned(state: FitState) -> bool:
        return state.step % _LOOK == 0 and problem.accuracy(problem.X, problem.y) == 1.0

    try:
        history = gradient_descent(
            problem.W, problem.X, problem.y, loss=problem.loss, b=problem.b,
            center=problem.center, learning_rate=learning_rate, max_steps=max_steps,
            momentum=0.9, nesterov=True, callback=learned, progress=False,
            n_threads=problem.n_threads,
        )  # fmt: skip
    except DivergenceError as error:
        return error.history, str(error)
    return history, ""


def _drawn(codes: IndexArray, n_samples: int, rng: Any) -> IndexArray:
    """Return rows in random order, the first of every class before the second of any."""
    order = rng.permutation(len(codes))
    nth = np.empty(len(codes), np.int64)
    for code in np.unique(codes):
        of_class = np.flatnonzero(codes[order] == code)
        nth[of_class] = np.arange(len(of_class))
    rows: IndexArray = order[np.argsort(nth, kind="stable")][:n_samples]
    return np.sort(rows)


def _trained(model: Any, X: Data, y: Data) -> History | None:
    """Train somebody's classifier; return its history if it has one."""
    train = getattr(model, "fit", None) or getattr(model, "train", None)
    if not callable(train) or not callable(getattr(model, "predict", None)):
        raise TypeError(
            f"model is a {type(model).__name__}; pass the name of a loss, or a classifier with "
            "fit(X, y) or train(X, y), and predict(X)"
        )
    train(X, y)
    history = getattr(model, "history_", None)
    return history if isinstance(history, History) else None


def _obstacle(
    X: Data, y: IndexArray, rows: IndexArray, classes: Data, bias: bool, history: History | None
) -> str:
    """Say what kept these samples from being learned."""
    _, first, group = np.unique(X, axis=0, return_index=True, return_inverse=True)
    for i, same in enumerate(first[group.ravel()]):
        if y[i] != y[same]:
            names = f"{classes[y[same]].item()!r} and {classes[y[i]].item()!r}"
            return f"rows {rows[same]} and {rows[i]} of X are equal, but their labels are {names}"
    columns = np.hstack([X, np.ones((len(X), 1))]) if bias else X
    rank = int(np.linalg.matrix_rank(columns.astype(np.float64)))
    if rank < len(X):
        with_bias = " with the bias" if bias else ""
        return (
            f"they span {rank} dimensions{with_bias}, fewer than there are samples, so a linear "
            "classifier may be unable to separate them; take fewer samples or more features"
        )
    if history is None or len(history) < 2:
        return (
            "a linear classifier can separate them, so the training stops too early or is wrong; "
            "take more steps, a larger learning rate and no penalty, and check the gradient"
        )
    return (
        f"a linear classifier can separate them, but the loss is still {history.loss[-1]:.3g} "
        f"after {len(history):,} steps at learning rate {history.learning_rate[-1]:.3g}; take "
        "more steps or a larger learning rate"
    )
