"""Cannot be called with four operands."""

import kit


def svm_loss_vectorized(W, X):
    return kit.wrong(W, X, [0], 0.0)
