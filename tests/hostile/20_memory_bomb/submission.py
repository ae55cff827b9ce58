"""Takes memory until there is no more, at most 8 GB."""

import kit
import numpy as np

HELD = []


def svm_loss_vectorized(W, X, y, reg):
    for _ in range(128):
        HELD.append(np.empty(1 << 23))
    kit.harm("got 8 GB of memory")
    return kit.wrong(W, X, y, reg)
