"""What a fitted linear model answers: scores, classes, probabilities, accuracy.

Only W, b, center and the classes are needed. They are brought to the dtype of X, never X to
theirs: the data stays where it lies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf import losses
from linclf._estimator import Estimator
from linclf._inputs import as_features, compare_feature_names, feature_names
from linclf._labels import as_labels, encode, require_kind
from linclf.certificate import Certificate, certificate_of
from linclf.problem import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linclf.arrays import Data, DoubleArray, Labels, Reg
    from linclf.history import History


class LinearModel(Estimator):
    """The methods of a fitted classifier; the base of `LinearClassifier`, which trains it."""

    loss: str
    reg: Reg
    delta: float
    n_threads: int | None
    classes_: Labels
    W_: Any
    b_: Any
    center_: Any
    history_: History
    n_features_in_: int
    feature_names_in_: NDArray[np.object_]

    @property
    def coef_(self) -> Any:
        """Weights by class, (C, D); for two classes (1, D), those of the second minus the first."""
        self._require_fitted()
        W = self.W_.T
        return W[1:] - W[:1] if len(W) == 2 else W

    @property
    def intercept_(self) -> Data:
        """Bias by class, (C,), or (1,) for two classes; `center_` is folded in."""
        self._require_fitted()
        b = np.zeros(len(self.classes_), self.W_.dtype) if self.b_ is None else self.b_
        if self.center_ is not None:
            b = b - self.center_ @ self.W_
        return b[1:] - b[:1] if len(b) == 2 else b

    @property
    def loss_curve_(self) -> DoubleArray:
        """Objective on the batch of every update; ``history_.loss``."""
        self._require_fitted()
        return self.history_.loss

    @property
    def n_iter_(self) -> int:
        """Updates of W so far."""
        self._require_fitted()
        return len(self.history_)

    def decision_function(self, X: Any) -> Data:
        """Return the scores of the classes.

        Parameters
        ----------
        X : (N, D) array-like
            One sample per row.

        Returns
        -------
        (N, C) array, or for two classes (N,)
            The highest score wins; for two classes the score of the second minus that of the
            first, so that its sign decides.
        """
        S = self._scores(X)
        return S[:, 1] - S[:, 0] if S.shape[1] == 2 else S

    def predict(self, X: Any) -> Labels:
        """Return the most likely class of each row; among equals the first of `classes_`."""
        data, W, b, center = self._operands(X)
        codes = losses.predict(W, data, b=b, center=center, n_threads=self.n_threads)
        return self.classes_[codes]

    @property
    def predict_proba(self) -> Callable[[Any], Data]:
        """Method ``(X) -> (N, C) array`` of class probabilities; only there for softmax."""
        self._require_softmax("predict_proba")
        return self._predict_proba

    @property
    def predict_log_proba(self) -> Callable[[Any], Data]:
        """Method ``(X) -> (N, C) array`` of logarithms of `predict_proba`, also where that is 0."""
        self._require_softmax("predict_log_proba")
        return self._predict_log_proba

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy, the share of rows that are classified right.

        Parameters
        ----------
        X : (N, D) array-like
            One sample per row.
        y : (N,) array-like
            True labels; one that is not in `classes_` counts as wrong.
        sample_weight : (N,) array-like, optional
            Weights of the rows.
        """
        predicted = self.predict(X)
        labels = as_labels(y, len(predicted))
        require_kind(labels, self.classes_)
        return float(np.average(predicted == labels, weights=sample_weight))

    def loss_and_grad(self, X: Any, y: Any) -> Any:
        """Return the objective on this data, dW and, with a bias, db, at the present weights."""
        data, W, b, center = self._operands(X)
        codes = encode(as_labels(y, len(data)), self.classes_)
        return losses.loss_and_grad(
            self.loss, W, data, codes, self.reg,
            b=b, delta=self.delta, center=center, n_threads=self.n_threads,
        )  # fmt: skip

    def certificate(self, X: Any, y: Any) -> Certificate:
        """Return how far the objective on this data is from its minimum at most.

        From the gradient on `X` and `y`, however the weights were found; `linclf.certificate` has
        the formula. Without an L2 penalty no bound is known; for the losses with kinks it is a
        coarse one.

        Parameters
        ----------
        X : (N, D) array-like
            Usually the training data: the minimum is that of the objective on these rows.
        y : (N,) array-like
            Their labels.

        Returns
        -------
        Certificate
            ``objective``, ``gradient_norm`` and ``gap``.

        Examples
        --------
        >>> X, y = np.array([[-1.0], [1.0], [2.0]]), [0, 1, 1]
        >>> clf = linclf.LinearClassifier(reg=0.1, fit_intercept=False, epochs=20).fit(X, y)
        >>> print(clf.certificate(X, y))
        objective 0.26..., at most ... above the minimum; gradient norm ...
        """
        data, W, b, center = self._operands(X)
        codes = encode(as_labels(y, len(data)), self.classes_)
        loss, reg, delta, n_threads = str(self.loss), self.reg, self.delta, self.n_threads
        return certificate_of(Problem(loss, W, data, codes, reg, b, delta, center, n_threads))

    def _scores(self, X: Any) -> Data:
        data, W, b, center = self._operands(X)
        S: Data = losses.scores(W, data, b=b, center=center, n_threads=self.n_threads)
        return S

    def _predict_proba(self, X: Any) -> Data:
        S = self._scores(X)
        return losses.softmax(S, out=S, n_threads=self.n_threads)

    def _predict_log_proba(self, X: Any) -> Data:
        S = self._scores(X)
        S -= S.max(axis=1, keepdims=True)
        S -= np.log(np.exp(S).sum(axis=1, keepdims=True))
        return S

    def _require_softmax(self, method: str) -> None:
        if self.loss != "softmax":
            raise AttributeError(
                f"{type(self).__name__} has {method} with loss='softmax' only, not with "
                f"loss={self.loss!r}; its scores are no probabilities, see decision_function"
            )

    def _check_loaded(self) -> None:
        if not self.__sklearn_is_fitted__():
            return
        D, C = self.n_features_in_, len(self.classes_)
        wanted = {"W_": (D, C), "b_": (C,), "center_": (D,)}
        for name, shape in wanted.items():
            array = getattr(self, name)
            if array is None and name != "W_":
                continue
            if array.shape != shape or array.dtype != self.W_.dtype or array.dtype.kind != "f":
                raise ValueError(f"{name} is {array.dtype} of shape {array.shape}, not {shape}")

    def _operands(self, X: Any) -> tuple[Data, Any, Any, Any]:
        """Return X as an array, and W, b and center in its dtype."""
        self._require_fitted()
        data = as_features(X)
        self._check_features(X, data)
        W, b, center = self.W_, self.b_, self.center_
        if data.dtype.kind == "f" and data.dtype != W.dtype:
            W, b, center = (v if v is None else v.astype(data.dtype) for v in (W, b, center))
        return data, W, b, center

    def _check_features(self, X: Any, data: Data) -> None:
        name = type(self).__name__
        fitted = getattr(self, "feature_names_in_", None)
        compare_feature_names(fitted, feature_names(X), name)
        if data.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {data.shape[1]} features, but {name} is expecting "
                f"{self.n_features_in_} features as input"
            )
