"""Right loss functions in the ways in which people write them: none of these may be blamed.

They are the answers to exercises, which is why they stand here and not in the package.
"""

import numpy as np


def hinge_loops(W, X, y, reg):
    """Two loops, as in the naive half of an exercise."""
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(len(X)):
        s = X[i].dot(W)
        for j in range(W.shape[1]):
            if j == y[i]:
                continue
            margin = s[j] - s[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i].astype(float)
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def hinge_vectorised(W, X, y, reg):
    """Matrix products and a mask."""
    rows = np.arange(len(X))
    S = X @ W
    margins = np.maximum(0, S - S[rows, y][:, None] + 1)
    margins[rows, y] = 0
    mask = (margins > 0).astype(float)
    mask[rows, y] = -mask.sum(axis=1)
    return margins.sum() / len(X) + reg * np.sum(W * W), X.T.dot(mask) / len(X) + 2 * reg * W


def hinge_einsum(W, X, y, reg):
    """Sums by their indices."""
    S = np.einsum("nd,dc->nc", X, W)
    Y = np.eye(W.shape[1])[y]
    margins = (S - np.einsum("nc,nc->n", S, Y)[:, None] + 1) * (1 - Y)
    B = np.where(margins > 0, 1.0, 0.0)
    B = B - np.einsum("nc,nk->nk", B, Y)
    loss = np.einsum("nc->", np.where(margins > 0, margins, 0)) / len(X)
    dW = np.einsum("nd,nc->dc", X, B) / len(X)
    return loss + reg * np.einsum("dc,dc->", W, W), dW + 2 * reg * W


def hinge_at_kinks(W, X, y, reg):
    """The other subgradient: a margin of exactly 0 counts, too."""
    rows = np.arange(len(X))
    S = X @ W
    margins = S - S[rows, y].reshape(-1, 1) + 1
    violated = margins >= 0
    violated[rows, y] = False
    coefficients = violated * 1.0
    coefficients[rows, y] = -violated.sum(axis=1)
    loss = np.mean(np.sum(margins * violated, axis=1))
    return loss + reg * np.linalg.norm(W) ** 2, np.dot(X.T, coefficients) / len(X) + 2 * reg * W


def softmax_loops(W, X, y, reg):
    """A loop over the samples, one over the classes."""
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(len(X)):
        s = X[i].dot(W)
        s = s - np.max(s)
        p = np.exp(s) / np.sum(np.exp(s))
        loss += -s[y[i]] + np.log(np.sum(np.exp(s)))
        for j in range(W.shape[1]):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    return loss / len(X) + reg * np.sum(W**2), dW / len(X) + 2 * reg * W


def softmax_vectorised(W, X, y, reg):
    """Row-wise shift and keepdims."""
    rows = np.arange(len(X))
    S = X.dot(W)
    S -= S.max(axis=1, keepdims=True)
    E = np.exp(S)
    total = E.sum(axis=1, keepdims=True)
    P = E / total
    loss = np.mean(np.log(total[:, 0]) - S[rows, y])
    P[rows, y] -= 1
    return loss + reg * np.sum(W * W), X.T.dot(P) / len(X) + reg * 2 * W


def softmax_einsum(W, X, y, reg):
    """One-hot targets and sums by their indices."""
    S = np.einsum("nd,dc->nc", X, W)
    Y = np.eye(W.shape[1])[y]
    top = S.max(axis=1)
    log_total = top + np.log(np.einsum("nc->n", np.exp(S - top[:, None])))
    P = np.exp(S - log_total[:, None])
    loss = np.einsum("n->", log_total - np.einsum("nc,nc->n", S, Y)) / len(X)
    dW = np.einsum("nd,nc->dc", X, (P - Y) / len(X))
    return loss + reg * np.einsum("dc,dc", W, W), dW + 2 * reg * W


def softmax_log(W, X, y, reg):
    """The logarithm of the probability, as most people write it; fine while none underflows."""
    N = X.shape[0]
    S = X @ W
    E = np.exp(S - np.max(S, axis=1).reshape(-1, 1))
    P = E / np.sum(E, axis=1)[:, np.newaxis]
    loss = np.sum(-np.log(P[range(N), y])) / N
    D = P.copy()
    D[range(N), y] -= 1
    return loss + reg * (W**2).sum(), (X.T @ D) / N + 2 * reg * W


def in_single(f):
    """Return a function that computes in float32 throughout."""

    def single(W, X, y, reg):
        return f(W.astype(np.float32), X.astype(np.float32), y, np.float32(reg))

    single.__name__ = f"{f.__name__}_in_float32"
    return single


STYLES = {
    "hinge": (hinge_loops, hinge_vectorised, hinge_einsum, hinge_at_kinks),
    "softmax": (softmax_loops, softmax_vectorised, softmax_einsum, softmax_log),
}
SINGLE = {
    "hinge": tuple(map(in_single, (hinge_vectorised, hinge_loops))),
    "softmax": tuple(map(in_single, (softmax_vectorised, softmax_log))),
}
