"""The accuracies of a search over learning rate and regularisation, as a dict that shows itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linclf.display.escape import escape
from linclf.display.page import STYLE
from linclf.display.tables import Table
from linclf.history import History

if TYPE_CHECKING:
    from linclf.arrays import Data, Labels

_LISTED = 15  # results of a random search that are shown
_MOST_CELLS = 400  # beyond, a grid is listed as well


class ValidationSearch(dict[tuple[float, float], tuple[float, float]]):
    """Accuracies ``{(learning_rate, reg): (train, val)}``, NaN where a run diverged.

    A dict, as the courses collect it, that also knows the best weights and how to show itself.

    Attributes
    ----------
    W, b : (D, C) and (C,) array or None
        Weights of the best run; None if a function trained.
    classes : (C,) array
        Labels, in the order of the columns of W.
    classifier : object or None
        What your function returned for the best run.
    histories : dict of History
        The runs, under the same keys.
    """

    W: Data | None
    b: Data | None
    classes: Labels
    classifier: Any
    histories: dict[tuple[float, float], History]

    def __init__(self, results: Any = ()) -> None:
        super().__init__(results)
        self.W = self.b = self.classifier = None
        self.classes = np.empty(0, np.int64)
        self.histories = {}

    @property
    def best(self) -> tuple[float, float] | None:
        """The (learning_rate, reg) that validates best; None if every run diverged."""
        finite = [key for key, (_, val) in self.items() if not np.isnan(val)]
        return max(finite, key=lambda key: self[key][1]) if finite else None

    @property
    def best_accuracy(self) -> float:
        """Validation accuracy of the best run; NaN if there is none."""
        return np.nan if self.best is None else self[self.best][1]

    @property
    def finding(self) -> str:
        """The sentence that is printed first."""
        if self.best is None:
            return "every run diverged; try smaller learning rates" if self else "no run yet"
        rate, reg = self.best
        train, val = self[self.best]
        return (
            f"best validation accuracy {val:.3f} (training {train:.3f}) at "
            f"learning_rate={rate:g}, reg={reg:g}{self._beyond()}"
        )

    def _beyond(self) -> str:
        """Say where to go on if the best lies on the edge of the grid."""
        sides = []
        for axis, name in enumerate(("learning rates", "regs")):
            tried = sorted({key[axis] for key in self})
            here = 0.0 if self.best is None else self.best[axis]
            if len(tried) > 2 and here in (tried[0], tried[-1]) and here:
                sides.append(f"{'smaller' if here == tried[0] else 'larger'} {name}")
        return f"; it lies on the edge, so try {' and '.join(sides)}" if sides else ""

    def _axes(self) -> tuple[list[float], list[float]] | None:
        """Return learning rates and regs if all pairs of them were tried."""
        rates, regs = (sorted({key[axis] for key in self}) for axis in (0, 1))
        whole = len(rates) * len(regs) == len(self) <= _MOST_CELLS
        return (rates, regs) if whole else None

    def __repr__(self) -> str:
        axes = self._axes()
        if axes is None:
            return repr(self._listing())
        rates, regs = axes
        rows = [[f"{reg:g}", *(_said(self[rate, reg][1]) for rate in rates)] for reg in regs]
        header = ["reg \\ learning rate", *(f"{rate:g}" for rate in rates)]
        return repr(Table(header, rows, lead=self.finding)) if self else self.finding

    def _listing(self) -> Table:
        """Return the best results as a table."""
        order = sorted(self, key=lambda key: np.nan_to_num(self[key][1], nan=-1.0), reverse=True)
        rows = [
            [f"{key[0]:.3g}", f"{key[1]:.3g}", *map(_said, self[key])] for key in order[:_LISTED]
        ]
        more = f"and {len(order) - _LISTED:,} more" if len(order) > _LISTED else ""
        header = ["learning rate", "reg", "training accuracy", "validation accuracy"]
        return Table(header, rows, lead=self.finding, note=more)

    def _repr_html_(self) -> str:
        """Return a heat map of the validation accuracy for a notebook."""
        axes = self._axes()
        if axes is None:
            return self._listing()._repr_html_()
        rates, regs = axes
        values = [val for _, val in self.values() if not np.isnan(val)]
        low, high = (min(values), max(values)) if values else (0.0, 0.0)
        head = "".join(f'<th scope="col">{escape(f"{rate:g}")}</th>' for rate in rates)
        body = "".join(
            f'<tr><th scope="row">{escape(f"{reg:g}")}</th>'
            + "".join(self._cell((rate, reg), low, high) for rate in rates)
            + "</tr>"
            for reg in regs
        )
        return (
            f'<div class="linclf"><style>{STYLE}</style><div>{escape(self.finding)}</div><table>'
            f'<thead><tr><th scope="col">reg \\ learning rate</th>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )

    def _cell(self, key: tuple[float, float], low: float, high: float) -> str:
        train, val = self[key]
        share = 0.0 if np.isnan(val) else 0.05 + 0.6 * (val - low) / ((high - low) or 1.0)
        text = f"<b>{val:.3f}</b>" if key == self.best else _said(val)
        return (
            f'<td class="linclf-number" style="background:rgba(0,114,178,{share:.2f})" '
            f'title="training {escape(_said(train))}">{text}</td>'
        )

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the heat map with matplotlib, by `linclf.plot.heatmap`; return the axes."""
        from linclf import plot

        return plot.heatmap(self, ax=ax, **options)


def _said(accuracy: float) -> str:
    return "diverged" if np.isnan(accuracy) else f"{accuracy:.3f}"
