"""Solvers that know when they are done: what they are given, and how they go on.

Both read all rows at every iteration, through the C core, and stop by a rule that proves
something:

    lbfgs    SciPy's L-BFGS-B, for losses with a gradient everywhere: softmax, squared_hinge
    bundle   cutting planes, for every loss, with an L2 penalty and without a bias

An iteration is a step and an epoch of the history. W and history are at the last finished one,
whatever ends the run.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from linclf.certificate import Bound, Certificate
from linclf.history import History, Stopped
from linclf.losses import loss_and_grad
from linclf.penalties import as_penalty
from linclf.progress import progress_display
from linclf.run import after_epoch, after_step
from linclf.stability import DivergenceError

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Reg
    from linclf.problem import Hooks, Problem
    from linclf.progress import Progress

__all__ = [
    "SOLVERS",
    "Iterates",
    "Method",
    "Objective",
    "Point",
    "check_solver",
    "refuse",
    "solve",
]

SOLVERS = ("sgd", "lbfgs", "bundle")
SMOOTH = ("softmax", "squared_hinge")


def check_solver(solver: Any) -> str:
    """Return `solver` if there is one of that name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if not isinstance(solver, str) or solver not in SOLVERS:
        raise ValueError(f"solver is {solver!r}; it must be {', '.join(map(repr, SOLVERS))}")
    return solver


def refuse(solver: str, loss: str, reg: Reg, bias: bool) -> None:
    """Raise a ValueError if `solver` cannot minimise such an objective; it says which can."""
    penalty = as_penalty(reg)
    if solver == "lbfgs" and loss not in SMOOTH:
        raise ValueError(
            f"solver='lbfgs' needs a gradient everywhere, and loss={loss!r} has kinks; use "
            "solver='bundle' (fit_intercept=False and an L2 penalty), solver='sgd', or "
            "loss='squared_hinge'"
        )
    if solver == "lbfgs" and penalty.l1 > 0.0:
        raise ValueError(
            f"solver='lbfgs' needs a gradient everywhere, and reg={reg!r} has kinks where a weight "
            "is 0; use solver='sgd', or solver='bundle' with ElasticNet or L2"
        )
    if solver == "bundle" and bias:
        raise ValueError(
            "solver='bundle' has no lower bound of the objective if a bias is trained that nothing "
            "penalises; append a column of ones to X and pass fit_intercept=False, or use "
            f"solver={'lbfgs' if loss in SMOOTH else 'sgd'!r}"
        )
    if solver == "bundle" and not penalty.l2 > 0.0:
        raise ValueError(
            f"solver='bundle' needs an L2 penalty, but reg is {reg!r}; pass reg=1e-4, "
            "ElasticNet(lam, beta), or solver='sgd'"
        )


@dataclass(frozen=True, slots=True)
class Point:
    """Weights, W before b in one vector, and what is known of them."""

    x: DoubleArray
    certificate: Certificate


class Objective:
    """The objective as a function of one vector that holds W, row by row, and then a bias.

    With a bias nothing penalises the mean of X: the objective is the same function of W and
    ``b + mean @ W`` when that mean is subtracted from every row, only that it is much rounder. So
    this is what the vector holds then.

    Parameters
    ----------
    problem : Problem
        Its W and b are not looked at.
    reg : float or penalty, optional
        In place of that of the problem.
    """

    def __init__(self, problem: Problem, reg: Reg | None = None) -> None:
        D, C = problem.W.shape
        dtype = problem.W.dtype
        self._shift: Any = None  # from the center of the problem to that of this objective
        if problem.b is not None:
            mean = problem.X.mean(axis=0, dtype=np.float64).astype(dtype)
            former = 0.0 if problem.center is None else problem.center
            self._shift = mean.astype(np.float64) - former
            problem = replace(problem, center=mean)
        self.problem = problem
        self.reg = problem.reg if reg is None else reg
        self.size = D * C + (0 if problem.b is None else C)
        self._at: Any = np.empty(self.size, dtype)
        self._slope: Any = np.empty(self.size, dtype)
        dW, db = self.parts(self._slope)
        self._out = dW if db is None else (dW, db)

    def parts(self, x: Any) -> tuple[Any, Any]:
        """Return W and its bias as views of `x`; the bias is None if there is none."""
        D, C = self.problem.W.shape
        b = None if self.problem.b is None else x[D * C :]
        return x[: D * C].reshape(D, C), b

    def __call__(self, x: DoubleArray) -> tuple[float, DoubleArray]:
        """Return value and gradient at `x`, rounded to the dtype of W."""
        self._at[:] = x
        W, b = self.parts(self._at)
        problem = self.problem
        value = loss_and_grad(
            problem.loss, W, problem.X, problem.y, self.reg, b=b, delta=problem.delta,
            center=problem.center, out=self._out, n_threads=problem.n_threads,
        )[0]  # fmt: skip
        return float(value), np.array(self._slope, np.float64)

    def at(self) -> DoubleArray:
        """Return where the latest value was measured: that point in the dtype of W."""
        return np.array(self._at, np.float64)

    def vector(self, W: Data, b: Data | None) -> DoubleArray:
        """Return the vector that stands for W and b of the problem."""
        x = np.empty(self.size)
        x_W, x_b = self.parts(x)
        x_W[...] = W
        if b is not None:
            x_b[...] = b + self._shift @ x_W
        return x

    def weights(self, x: DoubleArray) -> tuple[Data, Data | None]:
        """Return the W and b of the problem that `x` stands for."""
        W, b = self.parts(x)
        return W, None if b is None else b - self._shift @ W

    def gradient_norm(self, gradient: DoubleArray) -> float:
        """Return the norm of the gradient by W and b of the problem."""
        dW, db = self.parts(gradient)
        if db is None:
            return float(np.linalg.norm(gradient))
        return math.hypot(np.linalg.norm(dW + np.outer(self._shift, db)), np.linalg.norm(db))


class Iterates:
    """The way of a solver: notes each point that it reaches, and says when to stop.

    Parameters
    ----------
    problem : Problem
        Its W and b follow the points.
    history : History
        Grows by a row for every iteration.
    hooks : Hooks
        Callbacks and validation.
    line : Progress
        Display.
    tol : float
        See `solve`.
    """

    def __init__(
        self, problem: Problem, history: History, hooks: Hooks, line: Progress, tol: float
    ) -> None:
        self.problem, self.history, self.hooks, self.line = problem, history, hooks, line
        self.tol = tol
        self.objective = Objective(problem)
        self.bound = Bound(self.objective.problem)
        self.penalty = as_penalty(problem.reg)
        self.enough = math.inf  # norm of a gradient that counts as zero where no gap is known
        # Where the latest iteration began, where it ended, how many there were: one assignment,
        # so that a signal handler that raises cannot come between them.
        self._state: tuple[Point, Point, int] | None = None

    @property
    def point(self) -> Point:
        """Where the solver is."""
        assert self._state is not None
        return self._state[1]

    def certified(self, x: DoubleArray, objective: float, gradient: DoubleArray) -> Point:
        """Return the point `x` with what its gradient proves.

        Raises
        ------
        DivergenceError
            If the objective or its gradient is not finite.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            norm = self.objective.gradient_norm(gradient)
        if not (math.isfinite(objective) and math.isfinite(norm)):
            steps = len(self.history) + 1
            what = (
                "has a gradient that overflows" if math.isfinite(objective) else f"is {objective}"
            )
            raise DivergenceError(
                f"training stopped at iteration {steps}: the loss {what}. Scale X to about unit "
                "size, X / np.abs(X).max() for instance",
                step=steps,
                epoch=steps,
                learning_rate=math.nan,
                stable_learning_rate=None,
                history=self.history,
            )
        (W, b), (dW, db) = self.objective.parts(x), self.objective.parts(gradient)
        known = self.bound(objective, W, dW, b, db)
        return Point(x.copy(), replace(known, gradient_norm=norm))

    def begin(self) -> Stopped | None:
        """Look at the weights as they are; return why to stop, if they are good enough."""
        x = self.objective.vector(self.problem.W, self.problem.b)
        start = self.certified(x, *self.objective(x))
        at_zero = start if not x.any() else self.certified(x, *self.objective(np.zeros_like(x)))
        self.enough = self.tol * at_zero.certificate.gradient_norm
        self._state = start, start, 0
        return "converged" if self.good_enough() else None

    def advance(self, point: Point) -> Stopped | None:
        """Take an iteration to `point`; return why to stop, if so."""
        _, former, count = self._state or (point, point, 0)
        self._state = former, point, count + 1
        self.settle()
        self.line.update(count + 1, self.history.rows(len(self.history) - 1))
        stop = after_step(self.problem, self.history, self.hooks)
        if self.hooks.each_epoch:
            stop = after_epoch(self.problem, self.history, self.hooks) or stop
        return "converged" if self.good_enough() else stop

    def improve(self, point: Point) -> Stopped | None:
        """Take `point`, the present one with a better certificate; return why to stop, if so."""
        assert self._state is not None
        self._state = self._state[0], point, self._state[2]
        return "converged" if self.good_enough() else None

    def good_enough(self) -> bool:
        """Tell whether the present point meets the tolerance."""
        known = self.point.certificate
        if math.isinf(known.gap):
            return known.gradient_norm <= self.enough
        return known.gap <= self.tol * known.objective

    def settle(self) -> None:
        """Bring weights and history to the latest iteration."""
        if self._state is None:
            return
        former, point, count = self._state
        known = asdict(point.certificate)
        known["gap"] = known["gap"] if math.isfinite(known["gap"]) else None  # JSON has no inf
        self.history.manifest["certificate"] = known
        if count == 0:
            return
        W, b = self.objective.weights(point.x)
        self.problem.W[...] = W
        if b is not None and self.problem.b is not None:
            self.problem.b[...] = b
        if len(self.history) < count:
            penalty = self.penalty.value(self.objective.parts(former.x)[0])
            value, norm = former.certificate.objective, former.certificate.gradient_norm
            self.history.append(value - penalty, penalty, grad_norm=norm, epoch=count)


class Method(Protocol):
    """A solver: goes on from where the iterates begin, for so many iterations at most."""

    def __call__(self, iterates: Iterates, iterations: int, /) -> Stopped:
        """Return why it stopped; "finished" if it could or might not go on."""
        ...


def solve(
    solver: str,
    problem: Problem,
    history: History,
    *,
    iterations: int,
    tol: float,
    hooks: Hooks,
    progress: Any = None,
) -> None:
    """Minimise an objective until it is proved to be near its minimum.

    Parameters
    ----------
    solver : {"lbfgs", "bundle"}
        See `linclf.lbfgs` and `linclf.bundle`.
    problem : Problem
        Its `W` and `b` are updated in place.
    history : History
        Must be empty. Gets a row for every iteration, ``stopped``, and in its manifest under
        "certificate" what is known of the weights at the end, however that came.
    iterations : int
        At most so many.
    tol : float
        Converged is where ``gap <= tol * objective`` is certain; where no gap is known, as
        without an L2 penalty, where the norm of the gradient is at most `tol` times that at
        weights of zero.
    hooks : Hooks
        Callbacks and validation, after every iteration.
    progress : bool, callable or None
        See `progress_display`.

    Raises
    ------
    ValueError
        If the solver cannot minimise such an objective.
    ImportError
        If it needs SciPy and that is not installed.
    DivergenceError
        If the objective or its gradient is not finite.
    BaseException
        What a callback or a signal handler raises; it carries the history, as with `run`.
    """
    refuse(solver, problem.loss, problem.reg, problem.b is not None)
    method = _method(solver)
    if hooks.validation is not None:
        problem.check_validation(hooks.validation)
    history.stopped = "interrupted"  # until the end is reached
    iterates = None
    try:
        with progress_display(progress, iterations, problem.loss, 1) as line:
            iterates = Iterates(problem, history, hooks, line, tol)
            history.stopped = iterates.begin() or method(iterates, iterations)
    except BaseException as error:
        if isinstance(error, DivergenceError):
            history.stopped = "diverged"
        with suppress(AttributeError):
            error.history = history  # type: ignore[attr-defined]
        raise
    finally:
        if iterates is not None:
            iterates.settle()


def _method(solver: str) -> Method:
    if solver == "lbfgs":
        from linclf.lbfgs import lbfgs

        return lbfgs()
    from linclf.bundle import bundle

    return bundle
