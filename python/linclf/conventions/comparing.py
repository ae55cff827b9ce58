"""What parity is made of: the data that both sides get, and the rows that compare them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.checks import number
from linclf.display.tables import Table

if TYPE_CHECKING:
    from linclf.arrays import Data, DoubleArray, IndexArray

ROUNDING = 1e-10  # relative; what the order of float64 sums can make on small data
SOLVED = 1e-4  # relative; a solver has stopped so near to the optimum
STOCHASTIC = 2e-3  # scikit-learn's SGDClassifier ends about so near


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes
    ----------
    name : str
        The convention, and what was done with it.
    ours, theirs : float or None
        None if nothing was compared.
    tolerance : float
        Relative to the larger of both.
    how : str
        "trained", "evaluated", "by its formula, with NumPy", or why nothing was compared.
    """

    name: str
    ours: float | None
    theirs: float | None
    tolerance: float
    how: str

    @property
    def difference(self) -> float | None:
        """Difference relative to the larger of both; None if nothing was compared."""
        if self.ours is None or self.theirs is None:
            return None
        size = max(abs(self.ours), abs(self.theirs))
        return abs(self.ours - self.theirs) / size if size else 0.0

    @property
    def agrees(self) -> bool | None:
        """Whether both sides agree; None if nothing was compared."""
        difference = self.difference
        return None if difference is None else bool(difference <= self.tolerance)


class Parity(Table):
    """The comparisons of `check`; true if something was compared and all of it agrees.

    Attributes
    ----------
    comparisons : tuple of Row
    """

    comparisons: tuple[Row, ...]

    def __init__(self, comparisons: list[Row], lead: str) -> None:
        rows = [[row.name, row.ours, row.theirs, row.difference, _verdict(row)]
                for row in comparisons]  # fmt: skip
        super().__init__(["comparison", "here", "there", "difference", "verdict"], rows, lead)
        object.__setattr__(self, "comparisons", tuple(comparisons))

    def __bool__(self) -> bool:
        verdicts = [row.agrees for row in self.comparisons if row.agrees is not None]
        return bool(verdicts) and all(verdicts)


def _verdict(row: Row) -> str:
    return row.how if row.agrees is None else f"{'equal' if row.agrees else 'DIFFERENT'}, {row.how}"


@dataclass(frozen=True)
class Setting:
    """The data that both sides get."""

    X: Data
    y: IndexArray
    n_classes: int
    lam: float
    rng: Any

    @property
    def sizes(self) -> dict[str, int]:
        """N and C, as `to` takes them."""
        return {"n_samples": len(self.X), "n_classes": self.n_classes}

    def weights(self) -> tuple[DoubleArray, DoubleArray]:
        """Return weights and bias that are not zero."""
        D = self.X.shape[1]
        W = self.rng.standard_normal((D, self.n_classes)) / np.sqrt(D)
        return W, self.rng.standard_normal(self.n_classes)

    def two_classes(self) -> Setting:
        """Return the rows of the first two classes alone."""
        rows = self.y < 2
        return Setting(self.X[rows], self.y[rows], 2, self.lam, self.rng)


def setting_of(lam: float, rng: Any) -> Setting:
    """Return random samples of four classes that overlap."""
    strength = number("lam", lam)
    if not strength:
        raise ValueError("lam is 0; without a penalty there is no strength to compare")
    labels = np.arange(120) % 4
    data = rng.standard_normal((120, 6)) + np.eye(4, 6)[labels]
    return Setting(data, labels, 4, strength, rng)


def row_size(X: Data) -> float:
    """Return the mean squared length of the rows, or 1 if they are shorter."""
    return max(1.0, float(np.einsum("ij,ij->", X, X)) / len(X))


def same_arrays(name: str, ours: Data, theirs: Data, how: str) -> Row:
    """Compare arrays: the norm of ours is shown, and that plus the norm of the difference."""
    size = float(np.linalg.norm(ours))
    apart = float(np.linalg.norm(ours - theirs))
    return Row(name, size, size + apart, ROUNDING, how)
