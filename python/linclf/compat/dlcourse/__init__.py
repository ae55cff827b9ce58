"""dlcourse.ai, assignment 1: the linear classifier, with the names as they are spelled there.

``linear_classifer`` (without the second i), ``gradient_check``, ``metrics`` and ``dataset`` are
plain modules beside the notebook. The loss is softmax with ``reg * sum(W**2)``, X (N, D) comes
before W (D, C), the column of ones is the last, and labels may be (N, 1). Training goes through a
new shuffle in every epoch. Nearest neighbours are not covered.
"""

from __future__ import annotations

_HERE = "linclf.compat.dlcourse"

#: Name in the notebooks -> module that implements it.
MODULES = {
    "dataset": f"{_HERE}.dataset",
    "gradient_check": f"{_HERE}.gradient_check",
    "linear_classifer": f"{_HERE}.linear_classifer",
    "metrics": f"{_HERE}.metrics",
}
