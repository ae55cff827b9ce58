"""Calls itself until the stack ends, with the limit of Python removed."""

import sys

sys.setrecursionlimit(10**9)


def svm_loss_vectorized(W, X, y, reg):
    return max(W, key=lambda row: svm_loss_vectorized(W, X, y, reg))
