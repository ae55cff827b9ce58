"""How large a learning rate the data bears, and what is said when a run was over it.

With X centred (and a column of ones if there is a bias), ``H = X.T @ X / N`` and ``lmax(H)``
its largest eigenvalue, the objective bends along no direction more than

    L = kappa * lmax(H) + 2 * l2

and gradient descent is stable below 2 / L; 1 / L is what is recommended. ``kappa`` bounds the
second derivative of the loss of one row in its scores:

    softmax         1/2             diag(p) - p p^T has no larger eigenvalue
    squared_hinge   2 C             all classes in violation
    hinge           sqrt(C (C-1))   no second derivative, so the norm of the subgradient: one
    crammer_singer  sqrt(2)         step then moves the scores of the rows, in root mean
    one_vs_all      sqrt(C)         square, by at most the margin 1
    others          |dL/ds|         at scores of zero; of the hinges above it is the number given

Batches of B rows bend more than the whole: ``lmax(H)`` becomes
``(1 - 1/B) * lmax(H) + max_i |x_i|^2 / B`` (expected smoothness, Gower et al. 2019).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.losses import loss_and_grad
from linclf.penalties import as_penalty

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, IndexArray, Reg
    from linclf.history import History
    from linclf.problem import Problem

_SAMPLE = 1 << 20  # entries of X looked at: 8 MiB as float64
_ITERATIONS = 50


def stable_learning_rate(
    loss: str,
    X: Data,
    reg: Reg = 0.0,
    center: Data | None = None,
    *,
    n_classes: int = 10,
    bias: bool = False,
    batch_size: int | None = None,
) -> float:
    """Return a learning rate at which this data does not diverge.

    It is ``1 / L`` of the bound ``L = kappa * lmax(X.T @ X / N) + 2 * l2``, half of what is
    just stable, rounded down to two digits; `linclf.stability` lists ``kappa``. The eigenvalue
    comes from a power iteration on a fixed sample of rows, so the result is always the same and
    X is never copied whole.

    Parameters
    ----------
    loss : Loss or str
        Which loss.
    X : (N, D) array
        Data, floating or integer, one sample per row.
    reg : float or penalty
        As for `loss_and_grad`.
    center : (D,) array, optional
        Mean that is subtracted from every row.
    n_classes : int
        C; only the hinge losses depend on it.
    bias : bool
        Whether a bias is trained along with W.
    batch_size : int, optional
        Rows of a minibatch; all by default.

    Returns
    -------
    float
        1.0 if X and `reg` are all zeros, when any rate is stable.

    Raises
    ------
    ValueError
        If `loss` is unknown, or the square of a sampled row of X is not finite.

    Examples
    --------
    >>> X = 10 * np.eye(4)
    >>> linclf.stable_learning_rate("softmax", X)
    0.08
    """
    curvature = _kappa(str(loss), n_classes)
    rows = _sample(X, center, bias)
    with np.errstate(over="ignore", invalid="ignore"):
        norms = np.einsum("ij,ij->i", rows, rows)
    if not np.isfinite(norms).all():
        raise ValueError(
            "X has rows that are not finite, or whose squares overflow; "
            "drop them, X = X[np.isfinite(X).all(axis=1)], or scale X"
        )
    largest = _largest_eigenvalue(rows)
    if batch_size is not None and batch_size < len(X):
        largest += (float(norms.max()) - largest) / batch_size
    bound = curvature * largest + 2.0 * as_penalty(reg).l2
    return _rounded_down(1.0 / bound) if bound > 0.0 else 1.0


class DivergenceError(ValueError):
    """Training left the finite numbers, or its loss grew beyond all reason.

    W is readable and holds the last finished step.

    Attributes
    ----------
    step, epoch : int
        The step that could not be finished, and its epoch, both counted from 1.
    learning_rate : float
        Rate of that step.
    stable_learning_rate : float or None
        One that this data bears; None if the data or W are not finite.
    history : History
        The run up to there.
    """

    def __init__(
        self,
        message: str,
        *,
        step: int,
        epoch: int,
        learning_rate: float,
        stable_learning_rate: float | None,
        history: History,
    ) -> None:
        super().__init__(message)
        self.step = step
        self.epoch = epoch
        self.learning_rate = learning_rate
        self.stable_learning_rate = stable_learning_rate
        self.history = history


def divergence_error(
    problem: Problem,
    history: History,
    *,
    step: int,
    epoch: int,
    first_loss: float,
    loss: float,
    rate: float,
    batch: IndexArray | None,
    untrained: bool,
) -> DivergenceError:
    """Return the error for the `loss` that step number `step`, from 0, met on its `batch`.

    `untrained` says that W is still what the caller gave.
    """
    rows = np.arange(problem.X.shape[0]) if batch is None else batch
    stable = None
    reason = _spoilt_operand(problem, rows, untrained)
    if reason is not None:
        reason = f"the loss is {loss} because {reason}"
    else:
        reason = f"the loss went from {first_loss:.4g} to {loss:.4g}"
        try:
            stable = problem.stable_rate(None if batch is None else len(batch))
        except ValueError as error:
            reason += f". {error}"
        else:
            ratio = f"{rate / stable:.2g} times" if stable < rate else "already below"
            reason += (
                f". The learning rate {rate:.3g} is {ratio} the {stable:.2g} that this data is "
                "stable at"
            )
            stable = stable if stable < rate else _rounded_down(rate / 10.0)
            reason += f". Use learning_rate={stable:g}, or scale X to about unit size"
    message = f"training stopped at step {step + 1}, in epoch {epoch}: {reason}"
    return DivergenceError(
        message,
        step=step + 1,
        epoch=epoch,
        learning_rate=rate,
        stable_learning_rate=stable,
        history=history,
    )


def _spoilt_operand(problem: Problem, rows: IndexArray, untrained: bool) -> str | None:
    """Return a clause on the first entry that is not finite and how to mend it, if any."""
    drop = "drop such rows: X = X[np.isfinite(X).all(axis=1)], and those of y"
    suspects: list[tuple[str, Data | None, IndexArray | None, str]] = [
        ("X", problem.X, rows, drop),
        ("y", problem.y, rows, "mend the target probabilities"),
        ("center", problem.center, None, "use np.nanmean, or mend X first"),
    ]
    if untrained:
        start = "start from finite weights"
        suspects += [("W", problem.W, None, start), ("b", problem.b, None, start)]
    for name, array, part, remedy in suspects:
        if array is None or array.dtype.kind != "f":
            continue
        entries = array if part is None else array[part]
        bad = np.argwhere(~np.isfinite(entries))
        if len(bad):
            value = entries[tuple(bad[0])]
            row = bad[0][0] if part is None else part[bad[0][0]]
            place = ", ".join(map(str, [row, *bad[0][1:]]))
            return f"{name}[{place}] is {value}; {remedy}"
    return None


def _kappa(loss: str, n_classes: int) -> float:
    C = n_classes
    table = {
        "softmax": 0.5,
        "squared_hinge": 2.0 * C,
        "hinge": math.sqrt(C * max(C - 1, 1)),
        "crammer_singer": math.sqrt(2.0),
        "one_vs_all": math.sqrt(C),
    }
    return table[loss] if loss in table else _slope_at_zero(loss, C)


def _slope_at_zero(loss: str, n_classes: int) -> float:
    """Return the norm of the derivative by the scores, where all of these are zero."""
    label = np.zeros(1, np.int64)
    slope = loss_and_grad(loss, np.zeros((1, n_classes)), np.ones((1, 1)), label)[1]
    return float(np.linalg.norm(slope))


def _sample(X: Data, center: Data | None, bias: bool) -> DoubleArray:
    """Return some rows of X in float64: centred, and with a 1 in front if there is a bias."""
    N, D = X.shape
    size = min(N, max(1, _SAMPLE // max(D, 1)))
    chosen: Any = slice(None)
    if size < N:
        chosen = np.sort(np.random.default_rng(0).choice(N, size, replace=False))
    rows = np.ones((size, D + bias))
    rows[:, bias:] = X[chosen]
    if center is not None:
        rows[:, bias:] -= center
    return rows


def _largest_eigenvalue(rows: DoubleArray) -> float:
    """Return that of ``rows.T @ rows / len(rows)``, to about one per cent."""
    v: Any = np.random.default_rng(0).standard_normal(rows.shape[1])
    v /= float(np.linalg.norm(v))
    value = 0.0
    for _ in range(_ITERATIONS):
        v = rows.T @ (rows @ v) / len(rows)
        previous = value
        value = float(np.linalg.norm(v))
        if value <= previous * 1.001 or not np.isfinite(value):
            break
        v /= value
    return value


def _rounded_down(rate: float) -> float:
    """Return `rate` with two digits, so that the last bits of a BLAS do not show."""
    unit = 10.0 ** (math.floor(math.log10(rate)) - 1)
    return float(f"{math.floor(rate / unit * (1 + 1e-9)) * unit:.1e}")
