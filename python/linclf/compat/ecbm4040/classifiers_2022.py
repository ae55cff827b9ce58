"""``utils.classifiers.basic_classifiers``: the classifiers of 2022."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.compat._shared.objective import Objective
from linclf.compat.ecbm4040.basic import BasicClassifier as _BasicClassifier
from linclf.compat.ecbm4040.logistic_regression import logistic_regression_loss_vectorized

if TYPE_CHECKING:
    from linclf.arrays import Data, IndexArray, Labels

__all__ = ["BasicClassifier", "LogisticRegression", "Softmax"]


class BasicClassifier(_BasicClassifier):
    """A classifier that is trained with SGD; subclasses define `w_init`, `loss` and `predict`.

    Attributes
    ----------
    W : array or None
        Weights; None before training.
    velocity : array of the shape of W, or None
        Of the momentum.
    """

    def w_init(self, dim: int, num_classes: int) -> Data:
        """Return random numbers in the shape of W; training starts from 0.001 times these."""
        raise NotImplementedError(
            f"{type(self).__name__} must define w_init(self, dim, num_classes)"
        )

    def first_W(self, n_features: int, y: Labels) -> Data:
        """Return the W that training starts from."""
        return 0.001 * self.w_init(n_features, int(np.max(y)) + 1)


class LogisticRegression(BasicClassifier):
    """The binary cross-entropy with ``reg / 2 * sum(W**2)``; W is (D,).

    Examples
    --------
    >>> X = np.array([[1.0, -2.0], [1.0, -1.0], [1.0, 1.0], [1.0, 2.0]])  # bias: ones, first
    >>> classifier = LogisticRegression()
    >>> history = classifier.train(X, np.array([0, 0, 1, 1]), learning_rate=0.5, num_iters=100)
    >>> classifier.predict(X), classifier.W.shape
    (array([0, 0, 1, 1]), (2,))
    """

    def loss(self, X_batch: Any, y_batch: Any, reg: float) -> tuple[float, Any]:
        """Return the objective on a batch and its gradient."""
        return logistic_regression_loss_vectorized(self.W, X_batch, y_batch, reg)

    def w_init(self, dim: int, num_classes: int) -> Data:
        """Return ``np.random.randn(dim)``."""
        return np.random.randn(dim)

    def predict(self, X: Any) -> IndexArray:
        """Return 1 for the samples whose probability is above a half, 0 for the others, (N,)."""
        if self.W is None:
            raise ValueError("This LogisticRegression has no W yet; call train(X, y) before")
        scores: Any = np.asarray(X) @ self.W
        positive: IndexArray = (scores > 0).astype(np.int64)
        return positive


class Softmax(BasicClassifier):
    """The cross-entropy loss with ``reg / 2 * sum(W**2)``; W is (D, C)."""

    _objective = Objective("softmax", half=True)

    def w_init(self, dim: int, num_classes: int) -> Data:
        """Return ``np.random.randn(dim, num_classes)``."""
        return np.random.randn(dim, num_classes)
