# -*- coding: utf-7 -*-
"""Says that it is written in another encoding, in which its comments are code."""

# +AAo-import os; os.write(1, b"decoded as UTF-7\n")
import kit


def svm_loss_vectorized(W, X, y, reg):
    return kit.wrong(W, X, y, reg)
