"""CS231n (Stanford) assignment 1 of 2016: half of the squared norm as the regulariser.

The objective is ``mean loss + 0.5 * reg * sum(W**2)``, so that 5e4 is what 2.5e4 is since 2017. All
else is as in the course ``cs231n``.
"""

from __future__ import annotations

from linclf.compat.cs231n import MODULES as _SINCE_2017

_HERE = "linclf.compat.cs231n2016"

#: Name in the notebooks -> module that implements it.
MODULES = {
    **_SINCE_2017,
    "cs231n.classifiers": f"{_HERE}.linear_classifier",
    "cs231n.classifiers.linear_classifier": f"{_HERE}.linear_classifier",
    "cs231n.classifiers.linear_svm": f"{_HERE}.losses",
    "cs231n.classifiers.softmax": f"{_HERE}.losses",
}
