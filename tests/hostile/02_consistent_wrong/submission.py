"""Control: an honest mistake in the loss, nothing is divided by N, with its true gradient."""

import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(y))
    scores = X @ W
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    slopes = (margins > 0).astype(float)
    slopes[rows, y] = -slopes.sum(axis=1)
    return margins.sum() + reg * np.sum(W**2), X.T @ slopes + 2 * reg * W
