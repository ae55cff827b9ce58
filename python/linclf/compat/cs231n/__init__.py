"""CS231n (Stanford) assignment 1: svm, softmax and features, as of 2017 to 2026.

Covered are the linear classifiers and what their notebooks import: data_utils, gradient_check,
vis_utils, features, the two losses of `layers` and the plain update of `optim`. The objective is
``mean loss + reg * sum(W**2)``, W is (D, C), X (N, D) with the column of ones last. The hinge is
there for the years without it, too. Nearest neighbours and the networks are not covered: those
modules are taken from a folder of the course, where there is one.

In 2015 and 2016 the regulariser was ``0.5 * reg * sum(W**2)``, and in 2015 samples were columns:
see the courses ``cs231n2016`` and ``cs231n2015``.
"""

from __future__ import annotations

_HERE = "linclf.compat.cs231n"

#: Name in the notebooks -> module that implements it.
MODULES = {
    "cs231n": _HERE,
    "cs231n.classifiers": f"{_HERE}.classifiers",
    "cs231n.classifiers.linear_classifier": f"{_HERE}.linear_classifier",
    "cs231n.classifiers.linear_svm": f"{_HERE}.linear_svm",
    "cs231n.classifiers.softmax": f"{_HERE}.softmax",
    "cs231n.data_utils": f"{_HERE}.data_utils",
    "cs231n.features": f"{_HERE}.features",
    "cs231n.gradient_check": f"{_HERE}.gradient_check",
    "cs231n.layers": f"{_HERE}.layers",
    "cs231n.optim": f"{_HERE}.optim",
    "cs231n.vis_utils": f"{_HERE}.vis_utils",
}
