"""What a training run is given: an objective, a rule of movement, and who watches."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf import _linclf
from linclf.checks import number
from linclf.history import FitState, History, Stopped
from linclf.losses import loss_value, predict
from linclf.penalties import as_penalty
from linclf.schedules import Constant, Schedule, as_schedule
from linclf.stability import stable_learning_rate

if TYPE_CHECKING:
    from linclf.arrays import Data, Labels, Reg


@dataclass(slots=True)
class Problem:
    """What is minimised: the operands of one objective, under their usual letters."""

    loss: str
    W: Data
    X: Data
    y: Labels
    reg: Reg = 0.0
    b: Data | None = None
    delta: float = 1.0
    center: Data | None = None
    n_threads: int | None = None

    def check(self) -> None:
        """Let the C core check the operands, by a run of no steps.

        Labels are checked later, where they are used.
        """
        _linclf.sgd_run(
            self.loss, self.W, self.X, self.y, self.reg, self.b, self.delta, self.center,
            np.empty(0, np.int64), 1, np.empty(0), 0.0, False, None, np.empty((0, 3)),
            np.zeros(1, np.int64), self.n_threads, None,
        )  # fmt: skip

    def check_validation(self, validation: Any) -> None:
        """Let the C core check the pair that a run is to be validated on."""
        if not isinstance(validation, tuple | list) or len(validation) != 2:
            raise TypeError(f"validation is a {type(validation).__name__}; pass a pair (X, y)")
        try:
            replace(self, X=validation[0], y=validation[1]).check()
        except (TypeError, ValueError) as error:
            error.add_note("X and y are those of validation=(X, y).")
            raise

    def value(self, X: Data, y: Labels) -> float:
        """Return the objective of the present W on other data."""
        return loss_value(
            self.loss, self.W, X, y, self.reg,
            b=self.b, delta=self.delta, center=self.center, n_threads=self.n_threads,
        )  # fmt: skip

    def accuracy(self, X: Data, y: Labels) -> float:
        """Return the share of rows that the present W classifies right."""
        predicted = predict(self.W, X, b=self.b, center=self.center, n_threads=self.n_threads)
        return float(np.mean(predicted == (y if y.ndim == 1 else y.argmax(axis=1))))

    def stable_rate(self, batch_size: int | None) -> float:
        """Return a learning rate that this data bears."""
        return stable_learning_rate(
            self.loss,
            self.X,
            self.reg,
            self.center,
            n_classes=self.W.shape[1],
            bias=self.b is not None,
            batch_size=batch_size,
        )

    def manifest(self) -> dict[str, Any]:
        """Return what is needed to repeat a run on these operands, in what JSON can hold."""
        penalty = as_penalty(self.reg)
        return {
            "linclf": _linclf.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
            "isa": _linclf.isa(),
            "loss": str(self.loss),
            "shape": [*self.X.shape, self.W.shape[1]],
            "dtype": [str(self.W.dtype), str(self.X.dtype)],
            "l2": penalty.l2,
            "l1": penalty.l1,
            "delta": float(self.delta),
        }


@dataclass(slots=True)
class Rule:
    """How W moves along the gradient g in step k of `total`.

        v = momentum * v - rate_k * g ;  W += v
        nesterov:                        W += momentum * v - rate_k * g   (with the new v)

    The velocity starts at zero and stays here: another run with the same rule goes on with it.
    """

    learning_rate: float = 1e-3
    schedule: Schedule = field(default_factory=Constant)
    total: int = 0
    momentum: float = 0.0
    nesterov: bool = False
    velocity: Any = None

    def prepare(self, problem: Problem) -> None:
        """Make room for the velocity, if there is a momentum."""
        if self.momentum and self.velocity is None:
            vW = np.zeros_like(problem.W)
            self.velocity = vW if problem.b is None else (vW, np.zeros_like(problem.b))


@dataclass(slots=True)
class Hooks:
    """What happens beside the steps; all of it may be left out.

    Attributes
    ----------
    callback : callable, optional
        Called with a `FitState` after every step; a true answer stops the run.
    on_epoch : callable, optional
        Called with the history after every epoch and at the end of the run, behind the
        validation. Its answer, if it is not None, stops the run and becomes ``stopped``.
    validation : (X, y), optional
        Measured after every epoch and at the end of the run.
    tol : float, optional
        The run has converged at the first step whose gradient norm is not above it.
    """

    callback: Callable[[FitState], Any] | None = None
    on_epoch: Callable[[History], Stopped | None] | None = None
    validation: tuple[Data, Labels] | None = None
    tol: float | None = None

    @property
    def each_step(self) -> bool:
        """Whether steps must be run one at a time."""
        return self.callback is not None or self.tol is not None

    @property
    def each_epoch(self) -> bool:
        """Whether steps must not be run across the end of an epoch."""
        return self.on_epoch is not None or self.validation is not None


def step_size(learning_rate: float | str, problem: Problem, batch_size: int | None) -> float:
    """Return the learning rate: a checked number, or for "auto" what the data bears."""
    if isinstance(learning_rate, str):
        if learning_rate != "auto":
            raise ValueError(f"learning_rate is {learning_rate!r}; pass a number or 'auto'")
        return problem.stable_rate(batch_size)
    return number("learning_rate", learning_rate)


def make_rule(
    rate: float, schedule: str | Schedule | None, steps: int, momentum: float, nesterov: bool
) -> Rule:
    """Return the checked rule of `steps` updates."""
    return Rule(
        learning_rate=rate,
        schedule=as_schedule(schedule),
        total=steps,
        momentum=number("momentum", momentum, below=1.0),
        nesterov=bool(nesterov),
    )


def manifest_of(problem: Problem, rule: Rule, **more: Any) -> dict[str, Any]:
    """Return what a history notes of its run."""
    return problem.manifest() | {
        "learning_rate": rule.learning_rate,
        "schedule": repr(rule.schedule),
        "momentum": rule.momentum,
        "nesterov": rule.nesterov,
        **more,
    }
