"""What the fixtures of the plugin return: `student`, `cases`, `reference` and `grade`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from linclf.cases import FLOATS, Case, generate
from linclf.losses import loss_and_grad
from linclf.tolerance import tolerances

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, Labels
    from linclf.grading.ledger import Ledger
    from linclf.grading.plugin.hooks import GradingPlugin

__all__ = ["Cases", "Reference", "limits_of", "open_ledger", "open_student"]


def session_of(config: pytest.Config) -> GradingPlugin | None:
    """Return the plugin that grades in this run, None if nothing is graded."""
    found: GradingPlugin | None = config.pluginmanager.get_plugin("linclf_grading_session")
    return found


def open_student(request: pytest.FixtureRequest) -> Any:
    """Return the submission for a test.

    Raises
    ------
    pytest.UsageError
        If no submission was named.
    """
    session = session_of(request.config)
    if session is None:
        raise pytest.UsageError(
            "the fixture student needs a submission; name one: pytest --linclf-submission hw1.py"
        )
    return session.student_for(request.node)


def limits_of(test: pytest.Item, limits: Any) -> Any:
    """Return limits with what the marker ``limits`` of a test changes.

    Raises
    ------
    pytest.UsageError
        If the marker says what is no limit.
    """
    names = {"time": "seconds", "memory": "memory"}
    mark = test.get_closest_marker("limits")
    if mark is None:
        return limits
    if mark.args or mark.kwargs.keys() - names.keys():
        raise pytest.UsageError(
            f"{test.nodeid}: limits takes time= in seconds and memory= in bytes, not {mark}"
        )
    for name, value in mark.kwargs.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise pytest.UsageError(f"{test.nodeid}: limits has {name}={value!r}; it must be > 0")
    changes: dict[str, Any] = {names[name]: value for name, value in mark.kwargs.items()}
    if "memory" in changes:
        changes["memory"] = int(changes["memory"])
    return replace(limits, **changes)


@dataclass(frozen=True)
class Cases:
    """Problems to try a submission on.

    Called with a loss, it yields cases of `linclf.cases`. What else a test needs is drawn from
    `rng`.

    Attributes
    ----------
    seed : int
        Where they are drawn from: follows from the secret, the assignment, the item and what was
        handed in; without a secret the same for everybody.

    Examples
    --------
    >>> [case.name for case in Cases(0)("hinge", ["plain", "one_sample"])]
    ['plain', 'one_sample']
    """

    seed: int

    @classmethod
    def of(cls, request: pytest.FixtureRequest) -> Cases:
        """Return the cases of a test."""
        mark = request.node.get_closest_marker("public_case")
        if mark is not None:
            seed = mark.kwargs.get("seed", mark.args[0] if mark.args else 0)
            if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
                raise pytest.UsageError(
                    f"{request.node.nodeid}: public_case has seed={seed!r}; it must be an integer, "
                    "not negative"
                )
            return cls(seed)
        session = session_of(request.config)
        return cls(0 if session is None else session.seed_of(request.node))

    def __call__(self, loss: str, names: Iterable[str] = FLOATS) -> Iterator[Case]:
        """Yield a case of each name."""
        return generate(loss, self.seed, names=names)

    @property
    def rng(self) -> np.random.Generator:
        """A generator, in the same state whenever it is asked for."""
        return np.random.default_rng(self.seed)


class Reference:
    """Losses and gradients of the C core; plain NumPy must say the same.

    Examples
    --------
    >>> value, dW = Reference().hinge(np.zeros((2, 3)), np.eye(2), np.array([0, 1]))
    >>> value
    2.0
    """

    def loss_and_grad(
        self, loss: str, W: Data, X: Data, y: Labels, reg: float = 0.0
    ) -> tuple[float, DoubleArray]:
        """Return what `linclf.loss_and_grad` returns, in float64.

        Raises
        ------
        RuntimeError
            If core and NumPy do not agree: nothing may be graded by either then.
        """
        from linclf.grading.checks.reference import formula

        W, X = np.asarray(W, np.float64), np.asarray(X, np.float64)
        value, dW = loss_and_grad(loss, W, X, y, reg)
        tol_loss, tol_dW = tolerances(loss, W, X, y, reg)
        again, gradient = formula(loss, W, X, y, reg)
        with np.errstate(invalid="ignore"):
            near = np.all((np.abs(gradient - dW) <= tol_dW) | (gradient == dW))
        if not (near and (abs(again - value) <= tol_loss or again == value)):
            raise RuntimeError(
                f"the C core and NumPy do not agree about the loss {loss}: {value!r} and "
                f"{again!r}; nothing can be graded by them, run linclf doctor"
            )
        return float(value), np.asarray(dW)

    def hinge(self, W: Data, X: Data, y: Labels, reg: float = 0.0) -> tuple[float, DoubleArray]:
        """Return the multiclass hinge loss and its gradient."""
        return self.loss_and_grad("hinge", W, X, y, reg)

    def softmax(self, W: Data, X: Data, y: Labels, reg: float = 0.0) -> tuple[float, DoubleArray]:
        """Return the softmax loss and its gradient."""
        return self.loss_and_grad("softmax", W, X, y, reg)

    def scores(self, W: Data, X: Data) -> DoubleArray:
        """Return the scores of samples, class by class."""
        return np.asarray(X, np.float64) @ np.asarray(W, np.float64)


def open_ledger(request: pytest.FixtureRequest) -> Ledger:
    """Return the ledger of the item that a test is evidence for.

    A test that is worth nothing keeps one, too, so that it runs without this plugin's options.
    """
    from linclf.grading.ledger import Ledger

    session = session_of(request.config)
    running = None if session is None else session.running(request.node)
    return Ledger(0) if running is None else running.ledger
