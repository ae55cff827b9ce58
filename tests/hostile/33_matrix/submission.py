"""Returns lists of lists for arrays."""

import kit


def svm_loss_vectorized(W, X, y, reg):
    loss, dW = kit.wrong(W, X, y, reg)
    return [loss], dW.tolist()
