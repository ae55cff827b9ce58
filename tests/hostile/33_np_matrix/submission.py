"""Returns a gradient of the class matrix, whose product is another one."""

import kit
import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    loss, dW = kit.wrong(W, X, y, reg)
    return loss, np.asmatrix(dW)
