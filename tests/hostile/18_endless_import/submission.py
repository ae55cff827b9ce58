"""Never finishes its import."""

import kit


def svm_loss_vectorized(W, X, y, reg):
    return kit.wrong(W, X, y, reg)


while True:
    pass
