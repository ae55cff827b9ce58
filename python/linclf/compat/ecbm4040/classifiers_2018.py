"""``ecbm4040.classifiers.basic_classifiers``: the classifiers of 2018."""

from __future__ import annotations

from linclf.compat._shared.objective import Objective
from linclf.compat.ecbm4040.basic import BasicClassifier
from linclf.compat.ecbm4040.linear_svm import svm_loss_naive, svm_loss_vectorized
from linclf.compat.ecbm4040.softmax_2018 import softmax_loss_naive, softmax_loss_vectorized

__all__ = [
    "BasicClassifier",
    "LinearSVM",
    "Softmax",
    "softmax_loss_naive",
    "softmax_loss_vectorized",
    "svm_loss_naive",
    "svm_loss_vectorized",
]


class LinearSVM(BasicClassifier):
    """The multiclass hinge loss with ``reg * sum(W**2)``.

    Examples
    --------
    >>> X, y = np.repeat(np.eye(2, dtype=np.float32), 20, axis=0), np.repeat([0, 1], 20)
    >>> svm = LinearSVM()
    >>> history = svm.train(X, y, learning_rate=0.1, num_iters=100, optim="momentum")
    >>> float((svm.predict(X) == y).mean()), svm.velocity.shape
    (1.0, (2, 2))
    """

    _objective = Objective("hinge")


class Softmax(BasicClassifier):
    """The cross-entropy loss with ``reg * sum(W**2)``."""

    _objective = Objective("softmax")
