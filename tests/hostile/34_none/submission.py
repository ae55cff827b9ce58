"""Returns nothing."""


def svm_loss_vectorized(W, X, y, reg):
    reg * (W * W).sum()
