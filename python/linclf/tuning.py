"""Search for the learning rate and the strength of regularisation that validate best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._inputs import as_features, warn_of_constant_one
from linclf._labels import as_labels, encode, require_kind
from linclf._start import one_seed, problem_at_zero, read_classes
from linclf._training import in_dtype
from linclf.checks import count, number
from linclf.history import History
from linclf.optimize import sgd
from linclf.progress import progress_display
from linclf.sampling import as_generator
from linclf.search_results import ValidationSearch
from linclf.stability import DivergenceError

if TYPE_CHECKING:
    from linclf.arrays import Data, IndexArray, Labels, Rng

_AROUND = (0.1, 0.3, 1.0, 3.0)  # times what the data bears, where no learning rates are given
_REGS = (0.0, 1e-4, 1e-3, 1e-2)


def validation_search(
    X: Any,
    y: Any,
    X_val: Any,
    y_val: Any,
    *,
    learning_rates: Iterable[float] | None = None,
    regs: Iterable[float] = _REGS,
    n_random: int | None = None,
    loss: str = "softmax",
    train: Callable[[float, float], Any] | None = None,
    max_steps: int = 1500,
    batch_size: int = 200,
    scale: float = 1e-3,
    sampling: str = "replacement",
    fit_intercept: bool = True,
    delta: float = 1.0,
    center: Data | None = None,
    rng: Rng = 0,
    progress: Any = None,
    n_threads: int | None = None,
) -> ValidationSearch:
    """Train at every pair of learning rate and reg; return the accuracies as the courses do.

    Every run begins at ``W = scale * rng.standard_normal((D, C))`` and takes `max_steps` steps on
    batches drawn with replacement, all from the same seed. A run that diverges counts as NaN.

    Parameters
    ----------
    X, X_val : (N, D) and (M, D) array-like
        Training and validation data.
    y, y_val : (N,) and (M,) array-like
        Their labels, of any kind.
    learning_rates : iterable of float, optional
        By default 0.1, 0.3, 1 and 3 times what `stable_learning_rate` says.
    regs : iterable of float
        Strengths of the penalty ``reg * sum(W**2)``.
    n_random : int, optional
        Instead of all pairs, draw so many between the least and the largest of both, uniformly in
        the logarithm; a reg of 0 is left out then, unless there is no other.
    loss : Loss or str
        Which loss.
    train : callable, optional
        Your own training: called with (learning_rate, reg), returns a classifier with
        ``predict(X)``. It does not get X and y; `loss` and what follows are not used.
    max_steps, batch_size, sampling, delta, center, n_threads
        As for `sgd`.
    scale : float
        Standard deviation of the first weights.
    fit_intercept : bool
        Train a bias, which is not penalised. Say False if X has a column of ones.
    rng : int, Generator, SeedSequence, RandomState or None
        Where weights, batches and random pairs are drawn from.
    progress : bool, callable or None
        As for `sgd`.

    Returns
    -------
    ValidationSearch
        ``{(learning_rate, reg): (train, val)}``, with ``best``, ``W``, ``b``, ``plot()``.

    Raises
    ------
    TypeError, ValueError
        If the operands make no sense.

    Examples
    --------
    >>> X, y, X_val, y_val = linclf.datasets.digits(split="both")
    >>> results = linclf.validation_search(
    ...     X, y, X_val, y_val, learning_rates=[1e-6, 1e-3], regs=[0.0, 1e-3], max_steps=300
    ... )
    >>> sorted(results), results.best[0], bool(results.best_accuracy > 0.9)
    ([(1e-06, 0.0), (1e-06, 0.001), (0.001, 0.0), (0.001, 0.001)], 0.001, True)
    """
    data, codes, classes = read_classes(X, y)
    if fit_intercept and train is None:
        warn_of_constant_one(data)
    held = _held_out(X_val, y_val, data, classes)
    start = problem_at_zero(
        loss, data, codes, len(classes), fit_intercept=fit_intercept, delta=delta, center=center,
        n_threads=n_threads,
    )  # fmt: skip
    held = in_dtype(held[0], start.W), held[1]
    start.check_validation(held)
    if learning_rates is None:
        stable = start.stable_rate(min(count("batch_size", batch_size, least=1), len(data)))
        learning_rates = [float(f"{factor * stable:.2g}") for factor in _AROUND]
    seed, size = one_seed(rng), number("scale", scale)
    pairs = _pairs(learning_rates, regs, n_random, seed)
    options: dict[str, Any] = {"loss": str(loss), "batch_size": batch_size, "delta": delta}
    options |= {"max_steps": max_steps, "sampling": sampling, "n_threads": n_threads}
    options |= {"center": start.center, "progress": False}

    def trained(rate: float, reg: float) -> _Run:
        if train is not None:
            return _judged(train(rate, reg), data, classes[codes], held[0], classes[held[1]])
        W: Any = np.empty_like(start.W)
        b = None if start.b is None else np.zeros_like(start.b)
        generator: Any = as_generator(seed)
        W[...] = size * generator.standard_normal(W.shape)
        history = sgd(
            W, data, codes, b=b, learning_rate=rate, reg=reg, rng=generator, **options
        )  # fmt: skip
        problem = replace(start, W=W, b=b)
        return _Run(problem.accuracy(data, codes), problem.accuracy(*held), history, W, b)

    results = ValidationSearch()
    results.classes = classes
    with progress_display(progress, len(pairs), "validation search", 1) as line:
        for done, pair in enumerate(pairs, 1):
            try:
                run = trained(*pair)
            except DivergenceError as error:
                run = _Run(np.nan, np.nan, error.history)
            if not np.isnan(run.val) and not run.val <= results.best_accuracy:
                results.W, results.b, results.classifier = run.W, run.b, run.classifier
            results[pair] = run.train, run.val
            if isinstance(run.history, History) and len(run.history):
                results.histories[pair] = run.history
                line.update(done, run.history.rows(len(run.history) - 1))
    return results


@dataclass(frozen=True)
class _Run:
    """What came of one pair."""

    train: float
    val: float
    history: History | None
    W: Data | None = None
    b: Data | None = None
    classifier: Any = None


def _judged(classifier: Any, X: Data, y: Labels, X_val: Data, y_val: Labels) -> _Run:
    """Return the accuracies of somebody's classifier."""
    if not callable(getattr(classifier, "predict", None)):
        raise TypeError(
            f"train returned a {type(classifier).__name__}; it must return a classifier with "
            "predict(X)"
        )
    hits = [np.asarray(classifier.predict(rows)) == labels
            for rows, labels in ((X, y), (X_val, y_val))]  # fmt: skip
    history = getattr(classifier, "history_", None)
    return _Run(float(hits[0].mean()), float(hits[1].mean()), history, classifier=classifier)


def _held_out(X_val: Any, y_val: Any, data: Data, classes: Labels) -> tuple[Data, IndexArray]:
    held = as_features(X_val, "X_val")
    if held.shape[1] != data.shape[1]:
        raise ValueError(f"X_val has {held.shape[1]} features, but X has {data.shape[1]}")
    labels = as_labels(y_val, len(held), "y_val")
    require_kind(labels, classes, "y_val")
    unknown = ~np.isin(labels, classes)
    if unknown.any():
        row = int(np.argmax(unknown))
        raise ValueError(
            f"y_val[{row}] is {labels[row].item()!r}, a label that y does not have; "
            "validate on classes that are trained, or split the data again"
        )
    return held, encode(labels, classes, "y_val")


def _pairs(
    learning_rates: Iterable[float], regs: Iterable[float], n_random: int | None, seed: Any
) -> list[tuple[float, float]]:
    """Return the pairs to try: all, or some drawn uniformly in the logarithm."""
    rates = _positive("learning_rates", list(learning_rates))
    strengths = [number(f"regs[{i}]", reg) for i, reg in enumerate(regs)]
    if not strengths:
        raise ValueError("regs is empty; pass at least one, such as regs=[0.0]")
    if n_random is None:
        return [(rate, reg) for rate in rates for reg in strengths]
    tries = count("n_random", n_random, least=1)
    positive = [reg for reg in strengths if reg]
    draw = as_generator(seed)
    drawn_rates = _between(rates, draw.uniform(size=tries))
    drawn_regs = _between(positive, draw.uniform(size=tries)) if positive else np.zeros(tries)
    return list(zip(drawn_rates.tolist(), drawn_regs.tolist(), strict=True))


def _positive(name: str, values: Sequence[float]) -> list[float]:
    checked = [number(f"{name}[{i}]", value) for i, value in enumerate(values)]
    if not checked or not all(checked):
        raise ValueError(f"{name} must hold at least one number, all above 0; found {values}")
    return checked


def _between(values: Sequence[float], share: Any) -> Any:
    """Return numbers between the least and the largest, `share` of the way in the logarithm."""
    low, high = np.log(min(values)), np.log(max(values))
    return np.array([float(f"{np.exp(low + part * (high - low)):.3g}") for part in share])
