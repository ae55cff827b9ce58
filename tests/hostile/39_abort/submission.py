"""Aborts."""

import os


def svm_loss_vectorized(W, X, y, reg):
    os.abort()
