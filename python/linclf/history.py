"""What a training run leaves behind: a row for every step, a row for every validation.

Everything is counted in finished steps: ``loss[k]`` was measured at W after k steps, on the
batch of the step that followed; a validation with ``step`` s was measured at W after s steps.
So both go on one axis. Epochs are counted from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linclf.arrays import Data, DoubleArray, IndexArray

    Scalar = TypeVar("Scalar", np.float64, np.int64)

Stopped: TypeAlias = Literal[
    "finished", "callback", "converged", "early stopping", "interrupted", "diverged"
]


class History:
    """The record of a training run, step by step.

    Parameters
    ----------
    manifest : dict, optional
        What is needed to repeat the run: versions, seed, parameters.

    Attributes
    ----------
    stopped : str
        Why the run ended: ``"finished"``, ``"callback"``, ``"converged"``,
        ``"early stopping"``, ``"interrupted"`` or ``"diverged"``.
    manifest : dict
        As given; holds only what JSON can hold. After a run of a solver that proves how near the
        minimum it is, "certificate" says so: objective, gradient_norm, gap.

    Examples
    --------
    >>> X, y, W = np.eye(3), np.array([0, 1, 2]), np.zeros((3, 3))
    >>> history = linclf.sgd(W, X, y, learning_rate=1.0, batch_size=3, epochs=5, rng=0)
    >>> len(history), history.stopped
    (5, 'finished')
    >>> history.loss.round(4)
    array([1.0986, 0.8892, 0.7263, 0.6014, 0.5055])
    """

    def __init__(self, manifest: dict[str, Any] | None = None) -> None:
        self.manifest: dict[str, Any] = dict(manifest or {})
        self.stopped: Stopped = "finished"
        self._size = 0
        self._table = np.empty((0, 3))  # data loss, penalty, gradient norm: the C core's layout
        self._rates = np.empty(0)
        self._epochs = np.empty(0, np.int64)
        self._validation: list[tuple[int, float, float]] = []

    def __len__(self) -> int:
        return self._size

    def __repr__(self) -> str:
        if not self._size:
            return f"History(no steps, {self.stopped})"
        loss = self.loss
        parts = [
            f"{self._size} steps, {self.epoch[-1]} epochs",
            f"loss {loss[0]:.4g} -> {loss[-1]:.4g}",
        ]
        if self._validation:
            parts.append(f"validation accuracy {self._validation[-1][2]:.4g}")
        parts.append(self.stopped)
        known = self.manifest.get("certificate")
        if known:
            gap = known["gap"]
            proved = f"gradient norm {known['gradient_norm']:.2g}"
            parts.append(proved if gap is None else f"at most {gap:.2g} above the minimum")
        return f"History({', '.join(parts)})"

    @property
    def loss(self) -> DoubleArray:
        """Value of the objective on each step's batch, before the step."""
        return self.data_loss + self.penalty

    @property
    def lowest(self) -> DoubleArray:
        """Lowest loss up to each step: of a random search, that of the best weights so far."""
        return np.fmin.accumulate(self.loss)

    @property
    def data_loss(self) -> DoubleArray:
        """Mean loss of each step's batch, without the penalty."""
        return _frozen(self._table[: self._size, 0])

    @property
    def penalty(self) -> DoubleArray:
        """Penalty at each step."""
        return _frozen(self._table[: self._size, 1])

    @property
    def grad_norm(self) -> DoubleArray:
        """Euclidean norm of each step's whole gradient (dW, and db if there is a bias)."""
        return _frozen(self._table[: self._size, 2])

    @property
    def learning_rate(self) -> DoubleArray:
        """Learning rate of each step, schedule included."""
        return _frozen(self._rates[: self._size])

    @property
    def epoch(self) -> IndexArray:
        """Epoch of each step, the first being 1."""
        return _frozen(self._epochs[: self._size])

    @property
    def validation(self) -> dict[str, Data]:
        """Arrays ``"step"``, ``"loss"`` and ``"accuracy"``, one entry per validation."""
        rows = np.array(self._validation, dtype=np.float64).reshape(-1, 3)
        return {"step": rows[:, 0].astype(np.int64), "loss": rows[:, 1], "accuracy": rows[:, 2]}

    @property
    def best_step(self) -> int | None:
        """Finished steps at the lowest validation loss; None without a finite one."""
        finite = [row for row in self._validation if np.isfinite(row[1])]
        return min(finite, key=lambda row: row[1])[0] if finite else None

    def as_dict(self) -> dict[str, Data]:
        """Return the columns by name, ready for ``pandas.DataFrame(history.as_dict())``."""
        names = ("epoch", "loss", "data_loss", "penalty", "learning_rate", "grad_norm")
        return {name: getattr(self, name) for name in names}

    def plot(self, ax: Any = None) -> Any:
        """Draw the loss curve with matplotlib; return the axes."""
        from linclf import plot

        return plot.loss_curve(self, ax=ax)

    def append(
        self,
        data_loss: float,
        penalty: float = 0.0,
        learning_rate: float = np.nan,
        grad_norm: float = np.nan,
        epoch: int = 1,
    ) -> None:
        """Add one step, for training loops written in Python."""
        rows, rates = self.reserve(1)
        rows[0] = data_loss, penalty, grad_norm
        rates[0] = learning_rate
        self.commit(1, epoch)

    def append_validation(self, loss: float, accuracy: float) -> None:
        """Add a validation at the present step."""
        self._validation.append((self._size, float(loss), float(accuracy)))

    def extend(self, other: History) -> None:
        """Append a run that continued this one: its steps and epochs are counted on."""
        steps, epochs = self._size, int(self._epochs[self._size - 1]) if self._size else 0
        rows, rates = self.reserve(len(other))
        rows[:] = other._table[: len(other)]
        rates[:] = other.learning_rate
        self.commit(len(other), other.epoch + epochs)
        self._validation += [
            (steps + step, loss, accuracy) for step, loss, accuracy in other._validation
        ]
        self.stopped = other.stopped
        self.manifest.pop("certificate", None)  # it was of the weights before
        self.manifest |= {k: v for k, v in other.manifest.items() if k == "certificate"}

    def reserve(self, steps: int) -> tuple[DoubleArray, DoubleArray]:
        """Return writable room for the next steps: rows (steps, 3) and rates (steps,).

        A row is data loss, penalty, gradient norm. `commit` makes them part of the history.
        """
        end = self._size + steps
        if end > len(self._rates):
            capacity = max(end, 2 * self._size)  # doubling: appending n steps costs O(n)
            self._table = _grown(self._table, self._size, (capacity, 3))
            self._rates = _grown(self._rates, self._size, (capacity,))
            self._epochs = _grown(self._epochs, self._size, (capacity,))
        return self._table[self._size : end], self._rates[self._size : end]

    def rows(self, first: int) -> DoubleArray:
        """Return the rows (data loss, penalty, gradient norm) from step `first` on."""
        return self._table[first : self._size]

    def commit(self, steps: int, epoch: int | IndexArray) -> None:
        """Take the first `steps` reserved rows into the history; `epoch` is theirs."""
        self._epochs[self._size : self._size + steps] = epoch
        self._size += steps

    def __getstate__(self) -> dict[str, Any]:
        """Leave reserved but unused room out of pickles and copies."""
        state = self.__dict__.copy()
        for name in ("_table", "_rates", "_epochs"):
            state[name] = state[name][: self._size].copy()
        return state


@dataclass(frozen=True, slots=True)
class FitState:
    """What a callback is told after every step.

    Attributes
    ----------
    step : int
        Finished steps of the history, this one included: 1 at the first call.
    epoch : int
        Epoch of the step, the first being 1.
    loss, data_loss, penalty : float
        Objective on the step's batch at W before the step, and its two parts.
    learning_rate, grad_norm : float
        Of the step.
    W : (D, C) array
        Weights after the step, as a read-only view; copy it to keep it.
    b : (C,) array or None
        Bias after the step, likewise.
    history : History
        The run so far.
    """

    step: int
    epoch: int
    loss: float
    data_loss: float
    penalty: float
    learning_rate: float
    grad_norm: float
    W: Data
    b: Data | None
    history: History


def _frozen(view: NDArray[Scalar]) -> NDArray[Scalar]:
    view.flags.writeable = False
    return view


def _grown(array: NDArray[Scalar], used: int, shape: tuple[int, ...]) -> NDArray[Scalar]:
    grown = np.empty(shape, array.dtype)
    grown[:used] = array[:used]
    return grown
