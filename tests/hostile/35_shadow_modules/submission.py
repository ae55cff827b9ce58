"""Comes with modules of the names of others: random, json, numpy, wire, worker."""

import kit


def svm_loss_vectorized(W, X, y, reg):
    return kit.wrong(W, X, y, reg)
