"""Of the instructor: run by the grader, never released."""

import linclf
import numpy as np


def test_differences_agree_with_the_penalty(student, cases, grade):
    """Two functions of the same submission, about the same penalty."""
    W = cases.rng.normal(size=(2, 3))
    W += np.sign(W)  # away from the kink at 0
    _, dW = student.elastic_net(W, 0.3, 0.6)
    penalty = linclf.ElasticNet(0.3, 0.6)
    numerical = student.numerical_gradient(penalty.value, W, 1e-5)
    grade.array("the numerical gradient", numerical, dW, majorant=10.0, kappa=1e6)
