"""Returns integers, as large as they come."""

import kit


def svm_loss_vectorized(W, X, y, reg):
    loss, dW = kit.wrong(W, X, y, reg)
    return 10**5000, 10**400
