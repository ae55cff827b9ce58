"""ECBM E4040 (Columbia) assignment 1: the basic classifiers, in the forms of 2018 and of 2022.

======================  ===========================  ==============================
\\                       2018                         2022
======================  ===========================  ==============================
modules                 ``ecbm4040.classifiers.*``   ``utils.classifiers.*``
classifiers             LinearSVM, Softmax           LogisticRegression, Softmax
regulariser             ``reg * sum(W**2)``          ``reg / 2 * sum(W**2)``
bias, a column of ones  last                         first
data                    ``ecbm4040.cifar_utils``     Fashion-MNIST, from TensorFlow
======================  ===========================  ==============================

X is (N, D), often float32, and W float64 (D, C), or (D,) in logistic regression. Batches are drawn
with replacement. TensorFlow, which the notebooks of 2022 compare with, is theirs to import.
Multilayer networks and dimension reduction are not covered.
"""

from __future__ import annotations

_HERE = "linclf.compat.ecbm4040"

#: Name in the notebooks -> module that implements it.
MODULES = {
    "ecbm4040": _HERE,
    "ecbm4040.cifar_utils": f"{_HERE}.cifar_utils",
    "ecbm4040.classifiers": f"{_HERE}.classifiers_2018",
    "ecbm4040.classifiers.basic_classifiers": f"{_HERE}.classifiers_2018",
    "ecbm4040.classifiers.linear_svm": f"{_HERE}.linear_svm",
    "ecbm4040.classifiers.softmax": f"{_HERE}.softmax_2018",
    "utils.classifiers": f"{_HERE}.classifiers_2022",
    "utils.classifiers.basic_classifiers": f"{_HERE}.classifiers_2022",
    "utils.classifiers.logistic_regression": f"{_HERE}.logistic_regression",
    "utils.classifiers.softmax": f"{_HERE}.softmax_2022",
}
