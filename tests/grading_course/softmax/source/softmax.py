"""Assignment 2: softmax and SGD."""

import numpy as np


def softmax(S):
    """Return probabilities of scores S (N, C), row by row."""
    ### BEGIN SOLUTION
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)
    ### END SOLUTION


def softmax_loss(W, X, y, reg):
    """Return the cross-entropy loss plus reg * sum(W**2), and its gradient."""
    ### BEGIN SOLUTION
    N = len(X)
    rows = np.arange(N)
    S = X @ W
    S = S - S.max(axis=1, keepdims=True)
    total = np.exp(S).sum(axis=1)
    loss = np.mean(np.log(total) - S[rows, y]) + reg * np.sum(W**2)
    P = np.exp(S) / total[:, np.newaxis]
    P[rows, y] -= 1
    return loss, X.T @ P / N + 2 * reg * W
    ### END SOLUTION


def step(W, dW, learning_rate):
    """Return the weights after a step downhill; leave W as it is."""
    ### BEGIN SOLUTION
    return W - learning_rate * dW
    ### END SOLUTION


def sgd(W, X, y, loss, learning_rate, batch_size, n_steps, rng):
    """Train in place; return the loss of every batch. Rows are rng.choice(N, batch_size)."""
    ### BEGIN SOLUTION
    losses = []
    for _ in range(n_steps):
        rows = rng.choice(len(X), batch_size)
        value, dW = loss(W, X[rows], y[rows])
        W -= learning_rate * dW
        losses.append(value)
    return losses
    ### END SOLUTION
