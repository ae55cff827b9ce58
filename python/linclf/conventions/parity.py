"""Both sides trained or evaluated on the same data, and compared.

A trained row trains theirs at the parameters that `to` gives, and descends from their optimum by
the objective here: were the strength another one, there would be a lower place nearby. An evaluated
row compares values and gradients, or weights after some steps, which agree but for rounding. A
library that is not run is evaluated by its documented formula, and the row says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from linclf.conventions.by_formula import half_rows, keras_rows, mlxtend_rows
from linclf.conventions.comparing import Parity, Row, Setting, setting_of
from linclf.conventions.with_sklearn import sklearn_rows
from linclf.conventions.with_torch import torch_rows
from linclf.sampling import as_generator

if TYPE_CHECKING:
    from linclf.arrays import Rng


def check(
    library: str | None = None,
    *,
    lam: float = 0.1,
    rng: Rng = 0,
) -> Parity:
    """Compare the objective here with those of other libraries, at parameters made by `to`.

    Both sides get 120 random samples of 6 features in 4 classes.

    Parameters
    ----------
    library : {"sklearn", "torch", "keras", "mlxtend", "half"}, optional
        All by default. What is not installed is left out, and the table says so. Keras, mlxtend
        and the half are evaluated by their formulas with NumPy.
    lam : float
        Strength of the penalty ``lam * sum(W**2)``, above 0. Where it is so small that it hardly
        moves the optimum, a wrong strength would not be noticed.
    rng : int, Generator, SeedSequence, RandomState or None
        Draws data and weights.

    Returns
    -------
    Parity
        A table, true if something was compared and everything agrees.

    Raises
    ------
    ValueError
        If the library is unknown or `lam` out of range.

    Examples
    --------
    >>> parity = linclf.conventions.check("half")
    >>> bool(parity), parity.comparisons[0].how
    (True, 'by its formula, with NumPy')
    """
    if library is not None and library not in _CHECKS:
        listed = ", ".join(map(repr, _CHECKS))
        raise ValueError(f"library is {library!r}; it must be one of {listed}, or None for all")
    setting = setting_of(lam, as_generator(rng))
    chosen = _CHECKS if library is None else {library: _CHECKS[library]}
    comparisons: list[Row] = []
    for name, rows in chosen.items():
        try:
            comparisons += rows(setting)
        except ImportError as error:
            if error.name not in ("sklearn", "torch"):
                raise
            comparisons.append(Row(name, None, None, 0.0, f"left out: {error}"))
    N, D = setting.X.shape
    lead = f"lam = {setting.lam:g} on {N:,} samples, {D} features, {setting.n_classes} classes"
    return Parity(comparisons, lead)


_CHECKS: dict[str, Callable[[Setting], Iterator[Row]]] = {
    "sklearn": sklearn_rows,
    "torch": torch_rows,
    "keras": keras_rows,
    "mlxtend": mlxtend_rows,
    "half": half_rows,
}
