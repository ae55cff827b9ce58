"""Assignment 1: the multiclass hinge loss."""

import numpy as np


def svm_loss_naive(W, X, y, reg):
    """Return the hinge loss of samples X (N, D) with labels y, and its gradient; with loops."""
    ### BEGIN SOLUTION
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(X.shape[0]):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            margin = scores[j] - scores[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / X.shape[0] + reg * np.sum(W * W)
    dW = dW / X.shape[0] + 2 * reg * W
    return loss, dW
    ### END SOLUTION


def svm_loss_vectorized(W, X, y, reg):
    """Return the same without a loop."""
    ### BEGIN SOLUTION
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = margins.sum() / N + reg * np.sum(W * W)
    mask = (margins > 0).astype(float)
    mask[rows, y] = -mask.sum(axis=1)
    dW = X.T.dot(mask) / N + 2 * reg * W
    return loss, dW
    ### END SOLUTION


def predict(W, X):
    """Return the class of the highest score for each sample."""
    ### BEGIN SOLUTION
    return np.argmax(X.dot(W), axis=1)
    ### END SOLUTION
