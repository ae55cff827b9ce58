"""Has a function of nearly the right name."""

import kit


def svm_loss_vectorised(W, X, y, reg):
    return kit.wrong(W, X, y, reg)
