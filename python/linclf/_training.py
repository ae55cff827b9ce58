"""The parts of a fit: operands, rows, rates, and the state that it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._fitting import SomeRows, Watch, split_rows
from linclf._inputs import as_features
from linclf._labels import as_labels, encode
from linclf._model import LinearModel
from linclf.checks import count, number
from linclf.history import FitState, History
from linclf.problem import Hooks, Problem, Rule, make_rule, step_size
from linclf.run import run
from linclf.sampling import Batches
from linclf.schedules import Schedule

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from linclf.arrays import Data, IndexArray, Labels


class TrainableModel(LinearModel):
    """What `LinearClassifier` builds its two ways of training from."""

    learning_rate: float | str
    batch_size: int | None
    schedule: str | Schedule | None
    momentum: float
    nesterov: bool
    fit_intercept: bool
    center: ArrayLike | str | None
    early_stopping: bool
    patience: int
    validation_fraction: float
    tol: float
    verbose: int
    progress: Any
    callback: Callable[[FitState], Any] | None
    interrupted_: bool

    _velocity: Any
    _auto: tuple[int, float]  # of a stream: batches seen, and the lowest rate they bear

    def _problem(self, X: Data, y: IndexArray, classes: Labels, go_on: bool) -> Problem:
        """Return what to minimise, from weights of zero or from a copy of the present ones."""
        D, C = X.shape[1], len(classes)
        W: Any = self.W_ if go_on else np.zeros((D, C))
        center: Any = self.center_ if go_on else self._center(X)
        b: Any = self.b_ if go_on else None
        if b is None and self.fit_intercept:
            b = np.zeros(C)
        dtype = X.dtype if X.dtype.kind == "f" else W.dtype
        W, b, center = (v if v is None else v.astype(dtype) for v in (W, b, center))
        delta, n_threads = self.delta, self.n_threads
        problem = Problem(str(self.loss), W, X, y, self.reg, b, delta, center, n_threads)
        problem.check()
        return problem

    def _center(self, X: Data) -> Data | None:
        if self.center is None:
            return None
        if isinstance(self.center, str):
            if self.center != "mean":
                raise ValueError(f"center is {self.center!r}; pass 'mean', an array or None")
            mean: Data = X.mean(axis=0, dtype=np.float64)
            return mean
        return np.asarray(self.center, dtype=np.float64)

    def _rows(
        self, problem: Problem, classes: Labels, eval_set: Any, rng: Any
    ) -> tuple[Batches, tuple[Data, IndexArray] | None]:
        """Return where batches come from, and the validation data."""
        X, y = problem.X, problem.y
        size = len(X) if self.batch_size is None else self.batch_size
        if eval_set is None and self.early_stopping:
            kept, held_out = split_rows(len(X), self.validation_fraction, rng)
            return SomeRows(kept, size, rng), (X[held_out], y[held_out])
        validation = None
        if eval_set is not None:
            X_val, labels = read(*_pair(eval_set), "eval_set")
            if X_val.shape[1] != X.shape[1]:
                raise ValueError(
                    f"eval_set X has {X_val.shape[1]} features, but X has {X.shape[1]}"
                )
            validation = in_dtype(X_val, problem.W), encode(labels, classes, "eval_set y")
        return Batches(len(X), size, "shuffle", rng), validation

    def _watch(self, problem: Problem, epochs: int) -> Watch | None:
        if not self.early_stopping and self.verbose < 2:
            return None
        return Watch(
            problem,
            patience=count("patience", self.patience, least=1) if self.early_stopping else None,
            tol=number("tol", self.tol),
            lines=epochs if self.verbose >= 2 else None,
        )

    def _rule(self, rate: float, steps: int) -> Rule:
        return make_rule(rate, self.schedule, steps, self.momentum, self.nesterov)

    def _stream_rate(self, problem: Problem) -> float:
        """Return the learning rate for one more batch of a stream."""
        if not isinstance(self.learning_rate, str):
            return step_size(self.learning_rate, problem, None)
        seen, lowest = self._auto
        if seen & (seen + 1) == 0:  # now comes batch 1, 2, 4, 8, ...
            lowest = min(lowest, step_size(self.learning_rate, problem, None))
        self._auto = seen + 1, lowest
        return lowest

    @contextmanager
    def _undone_if_nothing_happens(self) -> Iterator[None]:
        """Forget what was changed if an error comes before the first update."""
        former = vars(self).copy()
        past = former.get("history_")
        steps_before = 0 if past is None else len(past)
        try:
            yield
        except Exception:
            history = vars(self).get("history_")
            steps = 0 if history is None else len(history)
            if steps == (steps_before if history is past else 0):
                vars(self).clear()
                vars(self).update(former)
            raise

    def _become(
        self,
        problem: Problem,
        classes: Labels,
        names: NDArray[np.object_] | None,
        history: History,
    ) -> None:
        """Take the state of a classifier that is about to be trained."""
        self.classes_ = classes
        self.W_, self.b_, self.center_ = problem.W, problem.b, problem.center
        self.n_features_in_ = problem.X.shape[1]
        if names is not None:
            self.feature_names_in_ = names
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        self.history_ = history
        self._velocity, self._auto = None, (0, np.inf)

    def _train(
        self, problem: Problem, rule: Rule, batches: Batches | None, steps: int, hooks: Hooks
    ) -> None:
        progress = self.progress
        if progress is None and self.verbose:
            progress = self.verbose == 1
        self.interrupted_ = True  # until the end is reached
        run(problem, rule, batches, self.history_, steps=steps, hooks=hooks, progress=progress)
        self.interrupted_ = False


def read(X: Any, y: Any, of: str = "") -> tuple[Data, Labels]:
    """Return X and y as arrays."""
    data = as_features(X, f"{of} X".lstrip())
    return data, as_labels(y, len(data), f"{of} y".lstrip())


def _pair(eval_set: Any) -> tuple[Any, Any]:
    if isinstance(eval_set, list) and len(eval_set) == 1:  # as other libraries want it
        eval_set = eval_set[0]
    if not isinstance(eval_set, tuple | list) or len(eval_set) != 2:
        raise ValueError("eval_set must be a pair: eval_set=(X_val, y_val)")
    X, y = eval_set
    return X, y


def in_dtype(X: Data, W: Data) -> Data:
    """Return X as it is, or copied if it holds floats of another dtype than W."""
    return X.astype(W.dtype) if X.dtype.kind == "f" and X.dtype != W.dtype else X
