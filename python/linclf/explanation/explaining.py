"""`explain`: checks what is asked, has it computed by the C core, and puts the steps in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from linclf.checks import count
from linclf.explanation.explanation import Explanation
from linclf.explanation.expressions import More
from linclf.explanation.formulas import formula_of
from linclf.explanation.gradient import gradient_step, slopes_step
from linclf.explanation.misprints import Misprint, misprints_of
from linclf.explanation.objective import (
    computed_scores,
    given_scores,
    mean_of_samples,
    mean_step,
    objective_step,
    penalty_step,
    samples_shown,
)
from linclf.explanation.operands import (
    as_entry,
    as_labels,
    as_names,
    as_scores,
    refuse_operands,
    samples_written,
)
from linclf.explanation.rounding import Rounding
from linclf.explanation.rows import Row, row_of_sample, row_of_scores, without_penalty
from linclf.explanation.steps import Remark, Step
from linclf.losses import loss_and_grad
from linclf.penalties import as_penalty
from linclf.problem import Problem

if TYPE_CHECKING:
    import numpy.typing as npt
    from numpy.typing import NDArray

    from linclf.arrays import Data, Float, Labels, Reg


@overload
def explain(
    loss: str,
    /,
    W: NDArray[Float],
    X: Data,
    y: Labels,
    reg: Reg = ...,
    *,
    i: int | None = ...,
    b: NDArray[Float] | None = ...,
    delta: float = ...,
    center: NDArray[Float] | None = ...,
    entry: tuple[int, int] | None = ...,
    class_names: Sequence[object] | None = ...,
    digits: int = ...,
) -> Explanation: ...
@overload
def explain(
    scores: npt.ArrayLike,
    label: npt.ArrayLike,
    /,
    *,
    loss: str = ...,
    delta: float = ...,
    class_names: Sequence[object] | None = ...,
    digits: int = ...,
) -> Explanation: ...
@overload
def explain(
    scores: npt.ArrayLike,
    /,
    *,
    label: npt.ArrayLike,
    loss: str = ...,
    delta: float = ...,
    class_names: Sequence[object] | None = ...,
    digits: int = ...,
) -> Explanation: ...
def explain(
    loss_or_scores: Any,
    /,
    W: Any = None,
    X: Any = None,
    y: Any = None,
    reg: Any = 0.0,
    *,
    label: Any = None,
    loss: str = "hinge",
    i: int | None = None,
    b: Any = None,
    delta: float = 1.0,
    center: Any = None,
    entry: tuple[int, int] | None = None,
    class_names: Sequence[object] | None = None,
    digits: int = 4,
) -> Explanation:
    """Write out the arithmetic of a loss as a slide would, with your numbers.

    ``explain(loss, W, X, y, reg)`` explains an objective: the scores of a sample as dot products,
    its loss term by term, the mean over the batch, the regulariser and the total.
    ``explain(scores, label, loss="hinge")`` begins with scores, as most slides do.

    Parameters
    ----------
    loss : Loss or str
        Which loss; see `Loss`. With given scores a keyword, "hinge" by default.
    W, X, y, reg, b, delta, center
        As for `loss_and_grad`, whose errors it shares; `y` holds labels.
    scores : (C,) array-like
        Scores of one sample; or (N, C) of several, of which the mean is explained, too.
    label : int
        The right class, 0 to C - 1; for several samples (N,) integers.
    i : int, optional
        The sample that is written out in full. By default all are, of more than four the first.
    entry : (d, c), optional
        Also explain ``dW[d, c]``, as a sum over samples and the part of the regulariser.
    class_names : sequence, optional
        Names of the classes.
    digits : int
        Decimals that are shown.

    Returns
    -------
    Explanation
        Text when printed, LaTeX and HTML in notebooks. Its `value` is that of the C core.

    Raises
    ------
    TypeError
        If an operand is of the wrong kind or missing.
    ValueError
        If shapes disagree, or a label, `i` or `entry` is out of range.

    Notes
    -----
    Of many classes, features, samples or weights, a few are written out and the others are summed:
    ``[59 more: 1.25]``. Where lectures are known to print a wrong number for the very example, the
    text says so.

    Examples
    --------
    The cat of the lectures:

    >>> linclf.explain([3.2, 5.1, -1.7], 0)
    hinge loss, delta = 1
    <BLANKLINE>
    scores, label 0
      s = (3.2, 5.1, -1.7)
    <BLANKLINE>
    loss
      L = sum over j != y of max(0, s_j - s_y + delta)
        = max(0, s_1 - s_0 + 1) + max(0, s_2 - s_0 + 1)
        = max(0, 5.1 - 3.2 + 1) + max(0, -1.7 - 3.2 + 1) = 2.9 + 0 = 2.9
    <BLANKLINE>
    derivative by the scores
      dL/ds = (-1, 1, 0)
      By the score of a wrong class the loss has the derivative 1 where its margin is positive and 0
      elsewhere; by the score of the label, minus the number of positive margins.
    """
    digits = count("digits", digits, least=1)
    if isinstance(loss_or_scores, str):
        if label is not None or X is None or y is None:
            raise TypeError(
                f"explain({str(loss_or_scores)!r}, ...) needs W, X and y; "
                "for scores write explain(scores, label, loss=...)"
            )
        problem = Problem(loss_or_scores, W, X, y, reg, b, delta, center)
        with np.errstate(all="ignore"):  # NaN and infinity are shown
            return _of_objective(problem, i, entry, class_names, digits)
    refuse_operands({"X": X, "y": y, "b": b, "center": center, "i": i, "entry": entry}, reg)
    labels = W if label is None else label
    with np.errstate(all="ignore"):
        return _of_scores(loss_or_scores, labels, loss, delta, class_names, digits)


def _of_objective(
    problem: Problem, i: int | None, entry: Any, class_names: Any, digits: int
) -> Explanation:
    """Explain checked operands; it is the C core that checks them, here."""
    value, dW = _loss_and_grad(problem)
    if problem.y.ndim != 1:
        raise ValueError(
            f"y is of shape {problem.y.shape}; explain writes out labels, so pass y of shape (N,), "
            "for one-hot rows y.argmax(axis=1)"
        )
    n_samples, (features, classes) = len(problem.X), problem.W.shape
    names, place = as_names(class_names, classes), as_entry(entry, features, classes)
    rows = [row_of_sample(problem, k, names) for k in samples_written(i, n_samples)]
    story = _Story(problem.loss, rows, Rounding(digits, float(np.finfo(problem.W.dtype).eps)))
    for row in rows:
        story.add(computed_scores(problem, row))
        story.add_loss(row)
    data_loss, _ = _loss_and_grad(without_penalty(problem))
    if n_samples > 1:
        story.add_mean(mean_of_samples(problem, rows, data_loss), whole=len(rows) == n_samples)
    penalty = as_penalty(problem.reg)
    if penalty.l2 or penalty.l1:
        story.add(penalty_step(problem))
        story.add(objective_step(problem, rows[0], data_loss, value))
    gradient = None
    if place is not None:
        gradient = float(dW[place])
        story.add(gradient_step(problem, rows, *place, gradient))
    return story.told(value, problem.delta, gradient)


def _of_scores(
    scores: Any, labels: Any, loss: str, delta: float, class_names: Any, digits: int
) -> Explanation:
    """Explain scores that were given, of one sample or of several."""
    S = as_scores(scores)
    single, S = S.ndim == 1, np.atleast_2d(S)
    numbers = as_labels(labels, None if single else len(S), S.shape[1])
    names = as_names(class_names, S.shape[1])
    rows = [
        row_of_scores(loss, s, y, delta, names, None if single else i)
        for i, (s, y) in enumerate(zip(S, numbers, strict=True))
    ]
    mean = float(np.mean([row.value for row in rows]))
    written = [rows[i] for i in samples_written(None, len(rows))]
    story = _Story(loss, written, Rounding(digits, float(np.finfo(S.dtype).eps)))
    for row in written:
        story.add(given_scores(row))
        story.add_loss(row)
        story.add(slopes_step(loss, row))
    if len(rows) > 1:
        shown = samples_shown(len(rows), written)
        more = More(len(rows) - len(shown), sum(row.value for row in rows[len(shown) :]))
        losses = {i: rows[i].value for i in shown}
        story.add_mean(mean_step(losses, more, mean), whole=len(written) == len(rows))
    return story.told(mean, delta, None)


class _Story:
    """Collects the steps, and says where a lecture prints something else."""

    def __init__(self, loss: str, rows: Sequence[Row], rounding: Rounding) -> None:
        self.loss, self.rows, self.rounding = loss, rows, rounding
        self.steps: list[Step] = []
        self.misprints: list[Misprint] = []

    def add(self, step: Step) -> None:
        self.steps.append(step)

    def add_loss(self, row: Row) -> None:
        parts = tuple(formula_of(self.loss).parts(row))
        self._add_corrected(Step(f"loss{row.of}", parts, row.value), [row])

    def add_mean(self, step: Step, *, whole: bool) -> None:
        self._add_corrected(step, self.rows if whole else [])

    def _add_corrected(self, step: Step, rows: Sequence[Row]) -> None:
        known = misprints_of(self.loss, rows) if rows else []
        said = (Remark(found.sentence(self.rounding), misprint=True) for found in known)
        self.steps.append(replace(step, parts=(*step.parts, *said)))
        self.misprints += known

    def told(self, value: float, delta: float, gradient: float | None) -> Explanation:
        """Return the explanation."""
        margin = "" if self.loss == "softmax" else f", delta = {self.rounding.text(float(delta))}"
        return Explanation(
            title=formula_of(self.loss).name + margin,
            value=value,
            losses={row.i or 0: row.value for row in self.rows},
            steps=tuple(self.steps),
            gradient=gradient,
            misprints=tuple(self.misprints),
            rounding=self.rounding,
        )


def _loss_and_grad(problem: Problem) -> tuple[float, Any]:
    options: Any = {} if problem.b is None else {"b": problem.b}
    found = loss_and_grad(
        problem.loss, problem.W, problem.X, problem.y, problem.reg,
        delta=problem.delta, center=problem.center, **options,
    )  # fmt: skip
    return found[0], found[1]
