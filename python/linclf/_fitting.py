"""What a fit needs beside its loop: rows held out, a length, and somebody who watches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.checks import count, number
from linclf.sampling import Batches

if TYPE_CHECKING:
    from linclf.arrays import Data, IndexArray
    from linclf.history import History, Stopped
    from linclf.problem import Problem

ENDLESS = 1 << 53  # planned steps of a run without an end: no schedule moves towards it
_AUTO_STEPS, _AUTO_EPOCHS = 4000, 10
_AUTO_ITERATIONS = 1000


def planned_epochs(epochs: Any, steps_per_epoch: int) -> int:
    """Return `epochs`, or for ``"auto"`` what makes 4,000 steps, and 10 at least."""
    if isinstance(epochs, str) and epochs == "auto":
        return max(_AUTO_EPOCHS, math.ceil(_AUTO_STEPS / steps_per_epoch))
    return count("epochs", epochs, least=1)


def planned_iterations(epochs: Any) -> int:
    """Return `epochs` for a solver whose every iteration is one, and 1,000 for ``"auto"``."""
    if isinstance(epochs, str) and epochs == "auto":
        return _AUTO_ITERATIONS
    return count("epochs", epochs, least=1)


def split_rows(n_rows: int, fraction: Any, rng: Any) -> tuple[IndexArray, IndexArray]:
    """Return the rows to train on and those to hold out, drawn at random, both sorted.

    Raises
    ------
    ValueError
        If nothing would be left on one side.
    """
    share = number("validation_fraction", fraction, below=1.0)
    held_out = math.ceil(share * n_rows)
    if not 0 < held_out < n_rows:
        raise ValueError(
            f"validation_fraction={fraction} of {n_rows} samples holds out {held_out}; at least "
            "one row must be held out and one be left. Pass eval_set, or early_stopping=False"
        )
    order = rng.permutation(n_rows)
    return np.sort(order[held_out:]), np.sort(order[:held_out])


class SomeRows(Batches):
    """Batches of a part of the rows, so that the rest can be held out without a copy of X."""

    def __init__(self, rows: IndexArray, batch_size: int, rng: Any) -> None:
        super().__init__(len(rows), batch_size, "shuffle", rng)
        self._rows = rows

    def take(self, steps: int, ahead: int) -> IndexArray:
        """Return the rows of the next batches."""
        taken: IndexArray = self._rows[super().take(steps, ahead)]
        return taken


class Watch:
    """Follow a fit epoch by epoch: print it, keep the best weights, stop when they stay the best.

    Parameters
    ----------
    problem : Problem
        The weights that are being trained.
    patience : int or None
        Stop after so many epochs without a validation loss lower by `tol`; None: never stop.
    tol : float
        The least decrease that counts.
    lines : int or None
        Number of planned epochs if a line is to be printed after each.
    """

    def __init__(self, problem: Problem, patience: int | None, tol: float, lines: int | None):
        self.problem, self.patience, self.tol, self.lines = problem, patience, tol, lines
        self._lowest = self._goal = math.inf
        self._waited = 0
        self._best: tuple[Data, Data | None] | None = None

    def __call__(self, history: History) -> Stopped | None:
        """Look at the epoch just finished; return why to stop, or None."""
        if self.lines is not None:
            print(_epoch_line(history, self.lines), flush=True)
        if self.patience is None:
            return None
        loss = float(history.validation["loss"][-1])
        if loss < self._lowest:
            self._lowest, b = loss, self.problem.b
            self._best = self.problem.W.copy(), None if b is None else b.copy()
        if loss < self._goal:
            self._goal, self._waited = loss - self.tol, 0
            return None
        self._waited += 1
        return "early stopping" if self._waited >= self.patience else None

    def restore_best(self) -> None:
        """Put the weights of the lowest validation loss back, if there was one."""
        if self._best is not None:
            W, b = self._best
            self.problem.W[...] = W
            if self.problem.b is not None:
                self.problem.b[...] = b


def _epoch_line(history: History, epochs: int) -> str:
    epoch = int(history.epoch[-1])
    loss = float(history.loss[history.epoch == epoch].mean())
    line = f"epoch {epoch:{len(str(epochs))}d}/{epochs}: loss {loss:.6f}"
    validation = history.validation
    if len(validation["step"]):
        line += f", validation loss {validation['loss'][-1]:.6f}"
        line += f", accuracy {validation['accuracy'][-1]:.4f}"
    return line
