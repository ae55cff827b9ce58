"""Returns a list of a million strings, and a dictionary of as many."""


def svm_loss_vectorized(W, X, y, reg):
    return ["x" * 100] * 1000000, dict.fromkeys(range(100000), "\x1b[2J")
