"""Right answers to exercises, asked of the C core: to compare wrong ones with, not to copy.

Exercises that have no counterpart in the core, or of which any right function would be a solution,
are not here: `sgd`, `random_search`, `tune` and `k_nearest`. Whoever has solutions hands them to
`linclf.grading.audit.auditing.audit`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linclf.losses import loss_and_grad, predict, scores, softmax
from linclf.numerical import numerical_gradient
from linclf.optimize import sgd_step
from linclf.penalties import L1, L2, ElasticNet

_ONE = np.ones((1, 1))


def _of_sample(loss: str) -> Callable[..., float]:
    """Return the loss of one row of scores: they are the weights of a sample that is 1."""

    def sample(s: Any, y: int, delta: float = 1.0) -> float:
        row = np.asarray(s, np.float64)[None]
        return float(loss_and_grad(loss, row, _ONE, np.array([y]), delta=delta)[0])

    return sample


def _softmax_sample(s: Any, y: int) -> float:
    return _of_sample("softmax")(s, y)


RIGHT: dict[str, Callable[..., Any]] = {
    "scores": lambda W, X: scores(W, X),
    "scores_bias": lambda W, X, b: scores(W, X, b=b),
    "accuracy": lambda W, X, y: np.count_nonzero(predict(W, X) == y) / len(y),
    "hinge_sample": _of_sample("hinge"),
    "hinge_loops": lambda W, X, y, reg: loss_and_grad("hinge", W, X, y, reg),
    "hinge_vectorized": lambda W, X, y, reg: loss_and_grad("hinge", W, X, y, reg),
    "softmax_sample": _softmax_sample,
    "softmax_probabilities": lambda S: softmax(S),
    "softmax_vectorized": lambda W, X, y, reg: loss_and_grad("softmax", W, X, y, reg),
    "l2_penalty": lambda W, lam: (L2(lam).value(W), L2(lam).gradient(W)),
    "l1_penalty": lambda W, lam: (L1(lam).value(W), L1(lam).gradient(W)),
    "elastic_net": lambda W, lam, beta: (
        ElasticNet(lam, beta).value(W),
        ElasticNet(lam, beta).gradient(W),
    ),
    "numerical_gradient": lambda f, W, h=1e-5: numerical_gradient(f, W, h=h),
    "sgd_step": lambda W, dW, learning_rate: sgd_step(W, dW, learning_rate),
}
"""By the name of the exercise."""
