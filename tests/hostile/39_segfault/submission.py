"""Reads address zero."""

import ctypes


def svm_loss_vectorized(W, X, y, reg):
    return ctypes.string_at(0)
