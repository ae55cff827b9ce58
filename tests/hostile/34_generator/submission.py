"""Returns a generator, that has two values if it is asked."""

import kit


def svm_loss_vectorized(W, X, y, reg):
    yield from kit.wrong(W, X, y, reg)
