"""Never returns."""


def svm_loss_vectorized(W, X, y, reg):
    while True:
        pass
