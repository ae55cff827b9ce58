"""All conventions at once, with numbers in place of letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linclf.conventions.converting import to
from linclf.conventions.entries import CONVENTIONS, Convention
from linclf.display.tables import Table
from linclf.penalties import as_penalty

if TYPE_CHECKING:
    from linclf.arrays import Reg


def table(
    reg: Reg = 0.01,
    n_samples: int = 1000,
    n_classes: int = 10,
    *,
    batch_size: int | None = None,
) -> Table:
    """Return what a strength is called elsewhere, as a table for the eye.

    Parameters
    ----------
    reg : float or penalty
        The ``lam`` of ``lam * sum(W**2)``, or a penalty.
    n_samples, n_classes : int
        N and C.
    batch_size : int, optional
        Rows of a minibatch; N by default.

    Returns
    -------
    Table
        Prints as text, and as HTML in a notebook. Its `rows` are lists.

    Examples
    --------
    >>> for row in linclf.conventions.table(0.01, 1000, 10).rows[:2]: print(row[:4])
    ['half', 'reg = 0.02', 'reg = 2 * lam', 'any']
    ['sum', 'reg = 10', 'reg = lam * N', 'any']
    """
    batch = n_samples if batch_size is None else batch_size
    rows = [_row(entry, reg, n_samples, n_classes, batch) for entry in CONVENTIONS]
    penalty = as_penalty(reg)
    parts = [f"{penalty.l2:g} * sum(W**2)"] * (penalty.l2 > 0 or not penalty.l1)
    parts += [f"{penalty.l1:g} * sum(abs(W))"] * (penalty.l1 > 0)
    return Table(
        ["elsewhere", "the same strength", "formula", "loss here", "bias there"],
        rows,
        lead=f"(1/N) * sum_i L_i + {' + '.join(parts)}, bias free, "
        f"N = {n_samples:,}, {n_classes} classes",
        note="\n".join(f"{entry.name}: {entry.note}" for entry in CONVENTIONS if entry.note),
    )


def _row(
    entry: Convention, reg: Reg, n_samples: int, n_classes: int, batch_size: int
) -> list[object]:
    try:
        found = to(entry.name, reg, n_samples=n_samples, n_classes=n_classes, batch_size=batch_size)
        said = ", ".join(
            f"{name} = {value:.4g}" if isinstance(value, float) else f"{name} = {value!r}"
            for name, value in found.items()
        )
    except ValueError:
        said = "two classes only" if entry.two_classes and n_classes != 2 else "none"
    return [entry.name, said, entry.formula, entry.loss or "any", entry.bias]
