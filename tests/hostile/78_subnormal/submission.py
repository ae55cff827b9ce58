"""Returns negative zeros, subnormal numbers and a NaN with a message in it."""

import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    dW = np.full(W.shape, 5e-324)
    dW[0] = -0.0
    dW.view(np.uint64)[1:] = 0x7FF8DEADBEEF0000
    return -0.0, dW
