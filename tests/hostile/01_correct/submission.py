"""Control: a correct answer."""

import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(y))
    scores = X @ W
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    slopes = (margins > 0).astype(float)
    slopes[rows, y] = -slopes.sum(axis=1)
    loss = margins.sum() / len(y) + reg * np.sum(W**2)
    return loss, X.T @ slopes / len(y) + 2 * reg * W
