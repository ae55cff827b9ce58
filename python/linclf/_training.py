"""The parts of a fit: operands, rows, rates, and the state that it leaves behind."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf._estimator import ConvergenceWarning, sklearn_class, warn_caller
from linclf._fitting import SomeRows, Watch, planned_epochs, planned_iterations, split_rows
from linclf._inputs import as_features
from linclf._labels import as_labels, encode
from linclf._model import LinearModel
from linclf.certificate import Certificate, certificate_of
from linclf.checks import count, number
from linclf.history import FitState, History
from linclf.problem import Hooks, Problem, Rule, make_rule, manifest_of, step_size
from linclf.run import run
from linclf.sampling import Batches, as_generator, seed_of
from linclf.schedules import Schedule
from linclf.solvers import check_solver, refuse, solve

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from linclf.arrays import Data, IndexArray, Labels, Rng


#: Attributes of a fit that are there only if its solver proves something.
CERTIFICATE = ("converged_", "objective_", "gradient_norm_", "gap_")


@dataclass(frozen=True, slots=True)
class Plan:
    """A fit about to happen.

    Attributes
    ----------
    manifest : dict
        For its history.
    watch : Watch or None
        Who follows it.
    train : callable
        Does it, into ``history_``.
    """

    manifest: dict[str, Any]
    watch: Watch | None
    train: Callable[[], None]


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
    epochs: int | str
    solver: str
    rng: Rng
    verbose: int
    progress: Any
    callback: Callable[[FitState], Any] | None
    interrupted_: bool
    converged_: bool
    objective_: float
    gradient_norm_: float
    gap_: float

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

    def _plan(self, problem: Problem, classes: Labels, eval_set: Any) -> Plan:
        """Return how W is going to be trained, all parameters checked."""
        if check_solver(self.solver) == "sgd":
            return self._sgd_plan(problem, classes, eval_set)
        return self._solver_plan(problem, classes, eval_set)

    def _sgd_plan(self, problem: Problem, classes: Labels, eval_set: Any) -> Plan:
        rng = as_generator(self.rng)
        batches, validation = self._rows(problem, classes, eval_set, rng)
        epochs = planned_epochs(self.epochs, batches.steps_per_epoch)
        steps = epochs * batches.steps_per_epoch
        rule = self._rule(step_size(self.learning_rate, problem, batches.batch_size), steps)
        watch = self._watch(problem, epochs)
        facts = {"epochs": epochs, "batch_size": batches.batch_size}
        manifest = manifest_of(problem, rule, rng=seed_of(self.rng, rng), **facts)
        hooks = Hooks(self.callback, watch, validation)
        return Plan(manifest, watch, partial(self._train, problem, rule, batches, steps, hooks))

    def _solver_plan(self, problem: Problem, classes: Labels, eval_set: Any) -> Plan:
        solver = self.solver
        refuse(solver, str(self.loss), self.reg, problem.b is not None)
        if self.early_stopping and eval_set is None:
            raise ValueError(
                f"solver={solver!r} reads all rows of X at every iteration, so that none are held "
                "out for early_stopping=True; pass fit(X, y, eval_set=(X_val, y_val))"
            )
        validation = self._validation(problem, classes, eval_set)
        iterations = planned_iterations(self.epochs)
        tol = number("tol", self.tol)
        watch = self._watch(problem, iterations)
        manifest = problem.manifest() | {"solver": solver, "epochs": iterations, "tol": tol}
        hooks = Hooks(self.callback, watch, validation)
        train = partial(self._train_to_the_end, problem, iterations, tol, hooks)
        return Plan(manifest, watch, train)

    def _rows(
        self, problem: Problem, classes: Labels, eval_set: Any, rng: Any
    ) -> tuple[Batches, tuple[Data, IndexArray] | None]:
        """Return where batches come from, and the validation data."""
        X, y = problem.X, problem.y
        size = len(X) if self.batch_size is None else self.batch_size
        if eval_set is None and self.early_stopping:
            kept, held_out = split_rows(len(X), self.validation_fraction, rng)
            return SomeRows(kept, size, rng), (X[held_out], y[held_out])
        validation = self._validation(problem, classes, eval_set)
        return Batches(len(X), size, "shuffle", rng), validation

    def _validation(
        self, problem: Problem, classes: Labels, eval_set: Any
    ) -> tuple[Data, IndexArray] | None:
        """Return the validation data, if any is given."""
        if eval_set is None:
            return None
        X, labels = read(*_pair(eval_set), "eval_set")
        D = problem.X.shape[1]
        if X.shape[1] != D:
            raise ValueError(f"eval_set X has {X.shape[1]} features, but X has {D}")
        return in_dtype(X, problem.W), encode(labels, classes, "eval_set y")

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
        self._forget_certificate()
        self._velocity, self._auto = None, (0, np.inf)

    def _forget_certificate(self) -> None:
        """Forget what was proved of other weights."""
        for name in CERTIFICATE:
            vars(self).pop(name, None)
        self.history_.manifest.pop("certificate", None)

    def _train(
        self, problem: Problem, rule: Rule, batches: Batches | None, steps: int, hooks: Hooks
    ) -> None:
        self.interrupted_ = True  # until the end is reached
        history, progress = self.history_, self._progress()
        run(problem, rule, batches, history, steps=steps, hooks=hooks, progress=progress)
        self.interrupted_ = False

    def _train_to_the_end(
        self, problem: Problem, iterations: int, tol: float, hooks: Hooks
    ) -> None:
        """Let a solver train that proves what it has reached."""
        self.interrupted_ = True  # until the end is reached
        history, progress = self.history_, self._progress()
        try:
            solve(
                self.solver, problem, history,
                iterations=iterations, tol=tol, hooks=hooks, progress=progress,
            )  # fmt: skip
        finally:
            known = history.manifest.get("certificate")
            if known is not None:
                self.converged_ = history.stopped == "converged"
                self.objective_, self.gradient_norm_ = known["objective"], known["gradient_norm"]
                self.gap_ = math.inf if known["gap"] is None else known["gap"]
        self.interrupted_ = False

    def _progress(self) -> Any:
        if self.progress is None and self.verbose:
            return self.verbose == 1
        return self.progress

    def _conclude(self, problem: Problem, history: History) -> None:
        """Say what is known of the weights at the end of a fit by a solver that proves it."""
        if self.early_stopping:  # then they are not the last ones
            known = certificate_of(problem)
            self.converged_ = self.converged_ and known.objective == self.objective_
            self.objective_, self.gradient_norm_ = known.objective, known.gradient_norm
            self.gap_ = known.gap
        if history.stopped != "finished":
            return
        known = Certificate(self.objective_, self.gradient_norm_, self.gap_)
        if len(history) < history.manifest["epochs"]:
            remedy = "rounding hides any lower point; raise tol, or scale X"
            if self.W_.dtype == np.float32:
                remedy += ", or pass X as float64"
        else:
            remedy = (
                f"raise epochs={history.manifest['epochs']} or tol={self.tol:g}, or bring the "
                "columns of X to one scale"
            )
        warn_caller(
            f"solver={self.solver!r} has not converged in {len(history)} iterations: {known}. "
            f"{remedy[0].upper()}{remedy[1:]}",
            sklearn_class(ConvergenceWarning),
        )


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
