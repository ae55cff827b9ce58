"""Assignment 3: penalties and the gradient check."""

import numpy as np


def l2_penalty(W, lam):
    """Return lam * sum(W**2) and its gradient."""
    ### BEGIN SOLUTION
    return lam * np.sum(W**2), 2 * lam * W
    ### END SOLUTION


def l1_penalty(W, lam):
    """Return lam * sum(abs(W)) and its subgradient, 0 where a weight is 0."""
    ### BEGIN SOLUTION
    return lam * np.sum(np.abs(W)), lam * np.sign(W)
    ### END SOLUTION


def elastic_net(W, lam, beta):
    """Return lam * sum(beta * W**2 + abs(W)) and its subgradient."""
    ### BEGIN SOLUTION
    value = lam * np.sum(beta * W**2 + np.abs(W))
    return value, lam * (2 * beta * W + np.sign(W))
    ### END SOLUTION


def numerical_gradient(f, W, h=1e-5):
    """Return the gradient of f at W by central differences."""
    ### BEGIN SOLUTION
    dW = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        old = W[index]
        W[index] = old + h
        above = f(W)
        W[index] = old - h
        below = f(W)
        W[index] = old
        dW[index] = (above - below) / (2 * h)
    return dW
    ### END SOLUTION
