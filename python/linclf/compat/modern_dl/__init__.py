"""balezz/modern_dl, assignment A2: softmax on CIFAR-10, from its folder ``lib``.

Covered are ``lib.data_utils``, ``lib.gradient_check`` and ``lib.classifiers``, where the earlier
form of the notebook has the loss and the classifier that the later one writes into a cell. X is
(N, D) with the column of ones last, W (D, C), batches of 32 are drawn with replacement.

The regulariser is the course's own: ``reg * norm(W)``, not squared, in the loss, and
``2 * reg * W`` in the gradient. That is not its derivative, so that a gradient check fails unless
reg is 0.
"""

from __future__ import annotations

_HERE = "linclf.compat.modern_dl"

#: Name in the notebooks -> module that implements it.
MODULES = {
    "lib": _HERE,
    "lib.classifiers": f"{_HERE}.softmax",
    "lib.classifiers.softmax": f"{_HERE}.softmax",
    "lib.data_utils": f"{_HERE}.data_utils",
    "lib.gradient_check": f"{_HERE}.gradient_check",
}
