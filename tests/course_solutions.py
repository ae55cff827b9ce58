"""Right solutions of the exercises, in several styles. They never ship: the wheel has no tests."""

import itertools

import numpy as np


def scores(W, X):
    return X @ W


def scores_dot(W, X):
    return np.array([[x.dot(w) for w in W.T] for x in X])


def scores_bias(W, X, b):
    return X @ W + b


def scores_bias_trick(W, X, b):
    return np.hstack([X, np.ones((len(X), 1))]) @ np.vstack([W, b])


def accuracy(W, X, y):
    return np.mean(np.argmax(X @ W, axis=1) == y)


def accuracy_counted(W, X, y):
    return sum(int(row.argmax() == label) for row, label in zip(X @ W, y, strict=True)) / len(y)


def hinge_sample(s, y, delta=1.0):
    margins = np.maximum(0, s - s[y] + delta)
    margins[y] = 0
    return margins.sum()


def hinge_sample_loop(s, y, delta=1.0):
    loss = 0.0
    for j in range(len(s)):
        if j != y:
            loss += max(0, s[j] - s[y] + delta)
    return loss


def hinge_sample_minus_delta(s, y, delta=1.0):
    return np.maximum(0, s - s[y] + delta).sum() - delta


def hinge_loops(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(X.shape[0]):
        s = X[i].dot(W)
        for j in range(W.shape[1]):
            margin = s[j] - s[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def hinge_vectorized(W, X, y, reg):
    N = len(X)
    S = X @ W
    margins = np.maximum(0, S - S[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    B = (margins > 0).astype(float)
    B[np.arange(N), y] = -B.sum(axis=1)
    return margins.sum() / N + reg * (W**2).sum(), X.T @ B / N + 2 * reg * W


def hinge_one_hot(W, X, y, reg):
    truth = np.eye(W.shape[1])[y]
    S = np.einsum("nd,dc->nc", X, W)
    margins = np.clip(S - (S * truth).sum(1, keepdims=True) + 1, 0, None) * (1 - truth)
    active = (margins >= 1e-12) * 1.0
    B = active - truth * active.sum(1, keepdims=True)
    dW = np.einsum("nd,nc->dc", X, B) / X.shape[0] + reg * 2 * W
    return margins.sum(1).mean() + reg * np.linalg.norm(W) ** 2, dW


def softmax_sample(s, y):
    shifted = s - s.max()
    return np.log(np.exp(shifted).sum()) - shifted[y]


def softmax_sample_logaddexp(s, y):
    return np.logaddexp.reduce(s) - s[y]


def softmax_probabilities(S):
    P = np.exp(S - S.max(axis=1, keepdims=True))
    return P / P.sum(axis=1, keepdims=True)


def softmax_probabilities_rows(S):
    P = np.zeros(S.shape)
    for i, s in enumerate(S):
        weights = np.exp(s - np.max(s))
        P[i] = weights / sum(weights)
    return P


def softmax_vectorized(W, X, y, reg):
    N = len(X)
    S = X @ W
    S = S - S.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(S).sum(axis=1))
    P = np.exp(S - log_sum[:, None])
    loss = np.mean(log_sum - S[np.arange(N), y]) + reg * (W**2).sum()
    P[np.arange(N), y] -= 1
    return loss, X.T @ P / N + 2 * reg * W


def l2_penalty(W, lam):
    return lam * np.sum(W**2), 2 * lam * W


def l1_penalty(W, lam):
    return lam * np.abs(W).sum(), lam * np.sign(W)


def l1_penalty_where(W, lam):
    value = lam * np.linalg.norm(W.ravel(), 1)
    return value, lam * np.where(W > 0, 1.0, np.where(W < 0, -1.0, 0.0))


def elastic_net(W, lam, beta):
    value = lam * np.sum(beta * W**2 + np.abs(W))
    return value, lam * (2 * beta * W + np.sign(W))


def numerical_gradient(f, W, h=1e-5):
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


def numerical_gradient_copies(f, W, h=1e-5):
    dW = np.zeros_like(W)
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            step = np.zeros_like(W)
            step[i, j] = h
            dW[i, j] = (f(W + step) - f(W - step)) / (2 * h)
    return dW


def sgd_step(W, dW, learning_rate):
    W -= learning_rate * dW


def sgd_step_slice(W, dW, learning_rate):
    W[...] = W - learning_rate * dW


def sgd(W, X, y, loss, learning_rate, batch_size, n_steps, rng):
    losses = []
    for _ in range(n_steps):
        rows = rng.choice(len(X), batch_size)
        value, dW = loss(W, X[rows], y[rows])
        W -= learning_rate * dW
        losses.append(value)
    return losses


def sgd_two_calls(W, X, y, loss, learning_rate, batch_size, n_steps, rng):
    losses = np.zeros(n_steps)
    for t in range(n_steps):
        rows = rng.choice(X.shape[0], batch_size, replace=True)
        losses[t] = loss(W, X[rows], y[rows])[0]
        dW = loss(W, X[rows], y[rows])[1]
        dW *= learning_rate
        W[:] = W - dW
    return losses


def random_search(X, y, n_classes, loss, n_tries, rng):
    best_W, best_loss = None, np.inf
    for _ in range(n_tries):
        W = 0.0001 * rng.standard_normal((X.shape[1], n_classes))
        value, _ = loss(W, X, y)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


def random_search_min(X, y, n_classes, loss, n_tries, rng):
    tried = [rng.standard_normal((X.shape[1], n_classes)) * 1e-4 for _ in range(n_tries)]
    return min(((W, loss(W, X, y)[0]) for W in tried), key=lambda pair: pair[1])


def tune(train, learning_rates, regs):
    results = {}
    for lr in learning_rates:
        for reg in regs:
            results[lr, reg] = train(lr, reg)
    return results


def tune_product(train, learning_rates, regs):
    return {(lr, reg): list(train(lr, reg)) for reg, lr in itertools.product(regs, learning_rates)}


def k_nearest(X_train, y_train, X, k):
    labels = np.zeros(len(X), dtype=y_train.dtype)
    for i, x in enumerate(X):
        distances = ((X_train - x) ** 2).sum(axis=1)
        nearest = y_train[np.argsort(distances)[:k]]
        labels[i] = np.bincount(nearest).argmax()
    return labels


def k_nearest_vectorized(X_train, y_train, X, k):
    D = np.linalg.norm(X[:, None, :] - X_train, axis=2)
    votes = y_train[np.argpartition(D, k - 1, axis=1)[:, :k]]
    counts = (votes[:, :, None] == np.arange(y_train.max() + 1)).sum(axis=1)
    return counts.argmax(axis=1)


SOLUTIONS = {
    "scores": (scores, scores_dot),
    "scores_bias": (scores_bias, scores_bias_trick),
    "accuracy": (accuracy, accuracy_counted),
    "hinge_sample": (hinge_sample, hinge_sample_loop, hinge_sample_minus_delta),
    "hinge_loops": (hinge_loops,),
    "hinge_vectorized": (hinge_vectorized, hinge_one_hot),
    "softmax_sample": (softmax_sample, softmax_sample_logaddexp),
    "softmax_probabilities": (softmax_probabilities, softmax_probabilities_rows),
    "softmax_vectorized": (softmax_vectorized,),
    "l2_penalty": (l2_penalty,),
    "l1_penalty": (l1_penalty, l1_penalty_where),
    "elastic_net": (elastic_net,),
    "numerical_gradient": (numerical_gradient, numerical_gradient_copies),
    "sgd_step": (sgd_step, sgd_step_slice),
    "sgd": (sgd, sgd_two_calls),
    "random_search": (random_search, random_search_min),
    "tune": (tune, tune_product),
    "k_nearest": (k_nearest, k_nearest_vectorized),
}
