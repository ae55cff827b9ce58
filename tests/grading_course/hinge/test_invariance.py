"""Of the instructor: run by the grader, never released."""

import numpy as np


def test_a_constant_added_to_all_scores_changes_nothing(student, cases, grade):
    """A feature that is 1, with equal weights for all classes, moves all scores alike."""
    for case in cases("hinge", ["plain", "two_classes"]):
        W, X, y, _ = case.operands
        ones, weights = np.ones((len(X), 1)), np.full((1, W.shape[1]), 3.0)
        plain, _ = student.svm_loss_vectorized(W, X, y, 0.0)
        moved, _ = student.svm_loss_vectorized(
            np.vstack([W, weights]), np.hstack([X, ones]), y, 0.0
        )
        grade.scalar("the loss", moved, plain, majorant=10.0 * (1.0 + abs(plain)))
