"""Returns a column (1, 1) for a number and an axis too many for a matrix."""

import kit
import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    loss, dW = kit.right(W, X, y, reg)
    return np.full((1, 1), loss), dW[:, :, None]
