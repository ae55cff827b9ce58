"""Of the instructor: run by the grader, never released."""

import numpy as np
import pytest


@pytest.mark.limits(time=60.0)
def test_training_lowers_the_loss(student, cases, reference, grade):
    """The loss is that of the grader: a submission is not called while it is busy."""
    rng = cases.rng
    y = np.arange(40) % 3
    X = rng.normal(size=(40, 4))
    X[:, 0] += 2.0 * y

    def loss(W, X, y):
        return reference.loss_and_grad("softmax", W, X, y, 1e-3)

    W = np.zeros((4, 3))
    student.sgd(W, X, y, loss, 0.1, 10, 60, np.random.default_rng(1))
    grade.case(loss(W, X, y)[0] < 0.9 * loss(np.zeros(W.shape), X, y)[0])
    found, _ = student.softmax_loss(W, X, y, 1e-3)
    grade.scalar("the loss afterwards", found, loss(W, X, y)[0], majorant=100.0)
