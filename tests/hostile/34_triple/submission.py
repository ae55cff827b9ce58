"""Returns three things where two are wanted."""

import kit


def svm_loss_vectorized(W, X, y, reg):
    return (*kit.wrong(W, X, y, reg), True)
