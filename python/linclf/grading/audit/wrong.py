"""Wrong functions for the exercises that ask for something else than a whole loss.

They are to `linclf.course` what `linclf.mutants` are to the losses: each makes one mistake that
students make. Where there is something right in them, it comes from the C core, or from the
penalties of this package, and is then spoilt; nothing here solves an exercise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from linclf.grading.audit.right import RIGHT
from linclf.losses import loss_and_grad, predict, scores, softmax
from linclf.numerical import numerical_gradient
from linclf.optimize import sgd_step
from linclf.penalties import L1, L2

_ONE = np.ones((1, 1))


@dataclass(frozen=True)
class Wrong:
    """A wrong function.

    Attributes
    ----------
    exercise : str
        What it is meant to solve.
    id : str
        Name of the mistake, unique for the exercise.
    function : callable
    """

    exercise: str
    id: str
    function: Callable[..., Any]


def wrong_functions(exercise: str) -> tuple[Wrong, ...]:
    """Return the known wrong functions for an exercise; none for one that asks for a whole loss.

    Examples
    --------
    >>> [wrong.id for wrong in wrong_functions("scores_bias")]
    ['bias_missing', 'bias_subtracted', 'bias_twice']
    """
    table = _TABLES.get(exercise, {})
    return tuple(Wrong(exercise, id, function) for id, function in table.items())


def _after(exercise: str, change: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that changes the right result: ``change(result, *operands)``."""
    right = RIGHT[exercise]
    return lambda *operands: change(right(*operands), *operands)


def _row(loss: str, s: Any, y: int, delta: float = 1.0) -> float:
    """Return the loss of one row of scores."""
    s = np.asarray(s, np.float64)[None]
    return float(loss_and_grad(loss, s, _ONE, np.array([y]), delta=delta)[0])


# --------------------------------------------------------------------------- scores

_SCORES: dict[str, Callable[..., Any]] = {
    "transposed": _after("scores", lambda S, W, X: S.T),
    "summed": _after("scores", lambda S, W, X: S.sum(axis=1)),
    "whole_numbers": _after("scores", lambda S, W, X: S.astype(int)),
    "averaged": _after("scores", lambda S, W, X: S / len(X)),
    "magnitudes": _after("scores", lambda S, W, X: np.abs(S)),
    "last_feature_missing": lambda W, X: scores(W[:-1], X[:, :-1]),
}
_SCORES_BIAS: dict[str, Callable[..., Any]] = {
    "bias_missing": lambda W, X, b: scores(W, X),
    "bias_subtracted": lambda W, X, b: scores(W, X, b=-b),
    "bias_twice": lambda W, X, b: scores(W, X, b=2 * b),
}


def _of_the_lowest(W: Any, X: Any, y: Any) -> float:
    return np.count_nonzero(predict(-W, X) == y) / len(y)


_ACCURACY: dict[str, Callable[..., Any]] = {
    "error": _after("accuracy", lambda share, W, X, y: 1 - share),
    "count": _after("accuracy", lambda share, W, X, y: round(share * len(y))),
    "percent": _after("accuracy", lambda share, W, X, y: 100 * share),
    "argmin": _of_the_lowest,
    "whole": _after("accuracy", lambda share, W, X, y: share // 1),
    "over_classes": _after("accuracy", lambda share, W, X, y: share * len(y) / W.shape[1]),
}

# --------------------------------------------------------------------------- one sample


def _no_maximum(s: Any, y: int, delta: float = 1.0) -> float:
    return float(s.sum() - len(s) * s[y] + (len(s) - 1) * delta)


_HINGE_SAMPLE: dict[str, Callable[..., Any]] = {
    "true_class": lambda s, y, delta=1.0: _row("hinge", s, y, delta) + delta,
    "no_delta": lambda s, y, delta=1.0: _row("hinge", s, y, 0.0),
    "delta_ignored": lambda s, y, delta=1.0: _row("hinge", s, y),
    "no_maximum": _no_maximum,
    "reversed": lambda s, y, delta=1.0: _row("hinge", -s, y, delta),
    "squared": lambda s, y, delta=1.0: _row("squared_hinge", s, y, delta),
    "largest": lambda s, y, delta=1.0: _row("crammer_singer", s, y, delta),
    "one_vs_all": lambda s, y, delta=1.0: _row("one_vs_all", s, y, delta),
    "mean": lambda s, y, delta=1.0: _row("hinge", s, y, delta) / len(s),
    "mean_over_wrong": lambda s, y, delta=1.0: _row("hinge", s, y, delta) / (len(s) - 1),
}


def _p(s: Any, y: int) -> float:
    return float(np.exp(-_row("softmax", s, y)))


def _unless_large(value: Any, S: Any) -> Any:
    """Return what is left of a result when exp of these scores overflows."""
    return np.where(np.max(S, axis=-1, keepdims=np.ndim(value) > 0) > 709, np.nan, value)


_SOFTMAX_SAMPLE: dict[str, Callable[..., Any]] = {
    "log10": lambda s, y: _row("softmax", s, y) / np.log(10),
    "log2": lambda s, y: _row("softmax", s, y) / np.log(2),
    "loss_sign": lambda s, y: -_row("softmax", s, y),
    "no_log": _p,
    "no_log_minus": lambda s, y: -_p(s, y),
    "one_minus": lambda s, y: 1 - _p(s, y),
    "true_score_missing": lambda s, y: _row("softmax", s, y) + s[y],
    "sum_without_true": lambda s, y: _row("softmax", s, y) + np.log1p(-min(_p(s, y), 1 - 1e-16)),
    "log_clip": lambda s, y: -np.log(max(_p(s, y), 1e-12)),
    "log_epsilon": lambda s, y: -np.log(_p(s, y) + 1e-8),
    "no_shift": lambda s, y: float(_unless_large(_row("softmax", s, y), s)),
    "mean": lambda s, y: _row("softmax", s, y) / len(s),
}


def _common_shift(S: Any) -> Any:
    """Return probabilities of rows that underflow when they are shifted by the largest score."""
    lost = S.max(axis=1, keepdims=True) < S.max() - 745
    return np.where(lost, np.nan, softmax(S))


_SOFTMAX_PROBABILITIES: dict[str, Callable[..., Any]] = {
    "wrong_axis": lambda S: softmax(np.ascontiguousarray(S.T)).T,
    "over_all": lambda S: softmax(S.reshape(1, -1)).reshape(S.shape),
    "unnormalised": _after("softmax_probabilities", lambda P, S: P / P.max(axis=1, keepdims=True)),
    "logarithms": _after("softmax_probabilities", lambda P, S: np.log(np.maximum(P, 1e-300))),
    "no_shift": _after("softmax_probabilities", _unless_large),
    "global_max": _common_shift,
}

# --------------------------------------------------------------------------- penalties


def _times(exercise: str, value: float, gradient: float) -> Callable[..., Any]:
    """Return a penalty and a gradient that are too large by factors."""
    return _after(exercise, lambda pair, *_: (value * pair[0], gradient * pair[1]))


def _factors(exercise: str) -> dict[str, Callable[..., Any]]:
    """Return the mistakes in factors, which every penalty can have."""
    return {
        "half": _times(exercise, 0.5, 0.5),
        "half_value": _times(exercise, 0.5, 1.0),
        "half_gradient": _times(exercise, 1.0, 0.5),
        "double_gradient": _times(exercise, 1.0, 2.0),
        "sign_gradient": _times(exercise, 1.0, -1.0),
        "zero_gradient": _times(exercise, 1.0, 0.0),
        "lam_missing_value": _after(exercise, lambda pair, W, lam, *_: (pair[0] / lam, pair[1])),
        "lam_missing_gradient": _after(exercise, lambda pair, W, lam, *_: (pair[0], pair[1] / lam)),
        "lam_missing": _after(exercise, lambda pair, W, lam, *_: (pair[0] / lam, pair[1] / lam)),
    }


def _with_value(exercise: str, value: Callable[..., Any]) -> Callable[..., Any]:
    return _after(exercise, lambda pair, *operands: (value(*operands), pair[1]))


def _with_gradient(exercise: str, gradient: Callable[..., Any]) -> Callable[..., Any]:
    return _after(exercise, lambda pair, *operands: (pair[0], gradient(pair[1], *operands)))


_L2: dict[str, Callable[..., Any]] = _factors("l2_penalty") | {
    "norm": _with_value("l2_penalty", lambda W, lam: lam * np.linalg.norm(W)),
    "is_l1": lambda W, lam: (L1(lam).value(W), L1(lam).gradient(W)),
    "mean": _after("l2_penalty", lambda pair, W, lam: (pair[0] / W.size, pair[1])),
    "first_row_missing": lambda W, lam: (L2(lam).value(W[1:]), RIGHT["l2_penalty"](W, lam)[1]),
}
_L1: dict[str, Callable[..., Any]] = _factors("l1_penalty") | {
    "signed": _with_value("l1_penalty", lambda W, lam: lam * W.sum()),
    "one_at_zero": _with_gradient("l1_penalty", lambda dW, W, lam: dW + lam * (W == 0)),
    "minus_one_at_zero": _with_gradient("l1_penalty", lambda dW, W, lam: dW - lam * (W == 0)),
    "nan_at_zero": _with_gradient("l1_penalty", lambda dW, W, lam: np.where(W == 0, np.nan, dW)),
    "not_sign": _with_gradient("l1_penalty", lambda dW, W, lam: np.full(W.shape, lam)),
    "is_l2": lambda W, lam: (L2(lam).value(W), L2(lam).gradient(W)),
}


def _mixed(squares: Callable[..., float], magnitudes: Callable[..., float]) -> Callable[..., Any]:
    """Return an elastic net with other strengths, which depend on lam and beta."""

    def net(W: Any, lam: float, beta: float) -> Any:
        parts = (L2(squares(lam, beta)), L1(magnitudes(lam, beta)))
        return sum(p.value(W) for p in parts), sum(p.gradient(W) for p in parts)

    return net


_ELASTIC_NET: dict[str, Callable[..., Any]] = _factors("elastic_net") | {
    "beta_on_magnitudes": _mixed(lambda lam, beta: lam, lambda lam, beta: lam * beta),
    "beta_missing": _mixed(lambda lam, beta: lam, lambda lam, beta: lam),
    "beta_shared": _mixed(lambda lam, beta: lam * beta, lambda lam, beta: abs(lam * (1 - beta))),
    "lam_on_squares": _mixed(lambda lam, beta: lam * beta, lambda lam, beta: 1.0),
    "lam_on_magnitudes": _mixed(lambda lam, beta: beta, lambda lam, beta: lam),
    "squares_only": _mixed(lambda lam, beta: lam * beta, lambda lam, beta: 0.0),
    "magnitudes_only": _mixed(lambda lam, beta: 0.0, lambda lam, beta: lam),
}

# --------------------------------------------------------------------------- differences


def _central(change: Callable[[Any, float], Any]) -> Callable[..., Any]:
    return lambda f, W, h=1e-5: change(numerical_gradient(f, W, h=h), h)


def _forward(f: Any, W: Any, h: float = 1e-5) -> Any:
    return numerical_gradient(f, W, h=h, scheme="forward")


def _not_restored(f: Any, W: Any, h: float = 1e-5) -> Any:
    dW = numerical_gradient(f, W, h=h)
    W -= h
    return dW


def _all_at_once(f: Any, W: Any, h: float = 1e-5) -> Any:
    return np.full(W.shape, (f(W + h) - f(W - h)) / (2 * h))


_NUMERICAL_GRADIENT: dict[str, Callable[..., Any]] = {
    "forward": _forward,
    "backward": lambda f, W, h=1e-5: 2 * numerical_gradient(f, W, h=h) - _forward(f, W, h),
    "not_halved": _central(lambda dW, h: 2 * dW),
    "not_divided": _central(lambda dW, h: 2 * h * dW),
    "gradient_sign": _central(lambda dW, h: -dW),
    "step_ignored": lambda f, W, h=1e-5: numerical_gradient(f, W, h=1e-5),
    "not_restored": _not_restored,
    "several_moved": _all_at_once,
    "transposed": _central(lambda dW, h: dW.T),
}

# --------------------------------------------------------------------------- downhill


def _elsewhere(W: Any, dW: Any, learning_rate: float) -> Any:
    W = W.copy()
    sgd_step(W, dW, learning_rate)
    return W


def _scaled_gradient(W: Any, dW: Any, learning_rate: float) -> None:
    dW *= learning_rate
    sgd_step(W, dW, 1.0)


_SGD_STEP: dict[str, Callable[..., Any]] = {
    "ascent": lambda W, dW, learning_rate: sgd_step(W, -dW, learning_rate),
    "rate_missing": lambda W, dW, learning_rate: sgd_step(W, dW, 1.0),
    "rate_twice": lambda W, dW, learning_rate: sgd_step(W, dW, learning_rate**2),
    "half_step": lambda W, dW, learning_rate: sgd_step(W, dW, learning_rate / 2),
    "nothing": lambda W, dW, learning_rate: None,
    "step_local": _elsewhere,
    "changes": _scaled_gradient,
}


def _run(
    rows: Callable[..., Any],
    step: Callable[[Any, Any, float], Any],
    told: Callable[[list[float]], Any] = list,
    labels: Callable[[Any, Any], Any] = lambda y, rows: y[rows],
    start: Callable[[Any], Any] = lambda W: W,
) -> Callable[..., Any]:
    """Return a training of which one part at least is to be wrong."""

    def sgd(
        W: Any, X: Any, y: Any, loss: Any, rate: float, size: int, n_steps: int, rng: Any
    ) -> Any:
        losses: list[float] = []
        W = start(W)
        while len(losses) < n_steps:
            batch = rows(rng, len(X), size, len(losses))
            value, dW = loss(W, X[batch], labels(y, batch))
            step(W, dW, rate)
            losses.append(value)
        return told(losses)

    return sgd


def _drawn(rng: Any, N: int, size: int, _: int) -> Any:
    return rng.choice(N, size)


_SGD: dict[str, Callable[..., Any]] = {
    "ascent": _run(_drawn, lambda W, dW, rate: sgd_step(W, -dW, rate)),
    "rate_missing": _run(_drawn, lambda W, dW, rate: sgd_step(W, dW, 1.0)),
    "rate_twice": _run(_drawn, lambda W, dW, rate: sgd_step(W, dW, rate**2)),
    "never_updated": _run(_drawn, lambda W, dW, rate: None),
    "not_in_place": _run(_drawn, sgd_step, start=np.copy),
    "whole_data": _run(lambda rng, N, size, k: np.arange(N), sgd_step),
    "in_order": _run(lambda rng, N, size, k: np.arange(k * size, (k + 1) * size) % N, sgd_step),
    "same_batch": _run(lambda rng, N, size, k: np.arange(size), sgd_step),
    "rng_unused": _run(lambda rng, N, size, k: np.random.default_rng(k).choice(N, size), sgd_step),
    "without_replacement": _run(lambda rng, N, size, k: rng.permutation(N)[:size], sgd_step),
    "labels_not_aligned": _run(_drawn, sgd_step, labels=lambda y, rows: y[: len(rows)]),
    "last_loss": _run(_drawn, sgd_step, lambda losses: losses[-1]),
    "first_loss_missing": _run(_drawn, sgd_step, lambda losses: losses[1:]),
}


def _search(
    keep: Callable[[list[Any], list[float]], Any], scale: float = 1e-4
) -> Callable[..., Any]:
    """Return a search that keeps the wrong thing, or draws from the wrong numbers."""

    def random_search(X: Any, y: Any, n_classes: int, loss: Any, n_tries: int, rng: Any) -> Any:
        tried = [scale * rng.standard_normal((X.shape[1], n_classes)) for _ in range(n_tries)]
        return keep(tried, [loss(W, X, y)[0] for W in tried])

    return random_search


_RANDOM_SEARCH: dict[str, Callable[..., Any]] = {
    "keeps_worst": _search(lambda W, values: (W[int(np.argmax(values))], max(values))),
    "keeps_first": _search(lambda W, values: (W[0], values[0])),
    "keeps_last": _search(lambda W, values: (W[-1], values[-1])),
    "loss_of_last": _search(lambda W, values: (W[int(np.argmin(values))], values[-1])),
    "pair_swapped": _search(lambda W, values: (min(values), W[int(np.argmin(values))])),
    "weights_alone": _search(lambda W, values: W[int(np.argmin(values))]),
    "scale_missing": _search(lambda W, values: (W[int(np.argmin(values))], min(values)), 1.0),
}

# --------------------------------------------------------------------------- selection

_TUNE: dict[str, Callable[..., Any]] = {
    "train_swapped": lambda train, rates, regs: {(a, b): train(b, a) for a in rates for b in regs},
    "keys_swapped": lambda train, rates, regs: {(b, a): train(a, b) for a in rates for b in regs},
    "zipped": lambda train, rates, regs: {
        pair: train(*pair) for pair in zip(rates, regs, strict=False)
    },
    "validation_alone": lambda train, rates, regs: {
        (a, b): train(a, b)[1] for a in rates for b in regs
    },
    "values_swapped": lambda train, rates, regs: {
        (a, b): train(a, b)[::-1] for a in rates for b in regs
    },
    "best_pair": lambda train, rates, regs: max(
        ((a, b) for a in rates for b in regs), key=lambda pair: train(*pair)[1]
    ),
}


def _neighbours(
    distance: Callable[[Any], Any], vote: Callable[[Any, Any], Any], order: int = 1
) -> Callable[..., Any]:
    """Return a classifier by the wrong distance, the wrong vote or the wrong end."""

    def k_nearest(X_train: Any, y_train: Any, X: Any, k: int) -> Any:
        ranked = [np.argsort(order * distance(X_train - x))[:k] for x in X]
        return np.array([vote(y_train, rows) for rows in ranked])

    return k_nearest


def _square(difference: Any) -> Any:
    return np.einsum("nd,nd->n", difference, difference)


def _most(y: Any, rows: Any) -> Any:
    return np.bincount(y[rows]).argmax()


def _larger(y: Any, rows: Any) -> Any:
    counts = np.bincount(y[rows])
    return len(counts) - 1 - counts[::-1].argmax()


_K_NEAREST: dict[str, Callable[..., Any]] = {
    "neighbour_one": _neighbours(_square, lambda y, rows: y[rows[0]]),
    "neighbour_far": _neighbours(_square, _most, -1),
    "neighbour_tie": _neighbours(_square, _larger),
    "neighbour_rows": _neighbours(_square, lambda y, rows: rows[0]),
    "neighbour_mean": _neighbours(_square, lambda y, rows: y[rows].mean()),
    "neighbour_magnitudes": _neighbours(lambda d: np.abs(d).sum(axis=1), _most),
    "neighbour_largest_component": _neighbours(lambda d: np.abs(d).max(axis=1), _most),
}

_TABLES: dict[str, dict[str, Callable[..., Any]]] = {
    "scores": _SCORES,
    "scores_bias": _SCORES_BIAS,
    "accuracy": _ACCURACY,
    "hinge_sample": _HINGE_SAMPLE,
    "softmax_sample": _SOFTMAX_SAMPLE,
    "softmax_probabilities": _SOFTMAX_PROBABILITIES,
    "l2_penalty": _L2,
    "l1_penalty": _L1,
    "elastic_net": _ELASTIC_NET,
    "numerical_gradient": _NUMERICAL_GRADIENT,
    "sgd_step": _SGD_STEP,
    "sgd": _SGD,
    "random_search": _RANDOM_SEARCH,
    "tune": _TUNE,
    "k_nearest": _K_NEAREST,
}
