"""Wrong solutions of the exercises as students write them, each with what must be said of it."""

import linclf
import numpy as np
from course_solutions import hinge_vectorized, softmax_vectorized

MISTAKES = []


def says(name, key):
    """Put a wrong solution of an exercise into the table."""

    def add(function):
        MISTAKES.append((name, function, key))
        return function

    return add


# ------------------------------------------------------------------ what comes before the values


@says("scores", "course.not_callable")
class _Table(list):
    pass


MISTAKES[-1] = ("scores", _Table(), "course.not_callable")
MISTAKES[-1][1].__name__ = "a_list"


@says("scores", "course.signature")
def one_parameter_too_few(X):
    return X


@says("scores", "course.order")
def operands_swapped(X, W):
    return X @ W


@says("scores", "course.raised_at")
def wrong_order(W, X):
    return W @ X


@says("scores", "course.returns_none")
def no_return(W, X):
    X @ W


@says("scores", "course.array")
def a_list(W, X):
    return (X @ W).tolist()


@says("scores", "course.shape_transposed")
def transposed(W, X):
    return (X @ W).T


@says("scores", "course.shape_summed")
def summed(W, X):
    return (X @ W).sum(axis=1)


@says("scores", "course.integers")
def whole_numbers(W, X):
    return (X @ W).astype(int)


@says("scores", "course.changes")
def in_place(W, X):
    X *= 2
    return X @ W / 2


@says("scores", "course.not_deterministic")
def random_numbers(W, X):
    return X @ W + np.random.default_rng().normal(size=(len(X), 1))


@says("scores", "course.differs")
def plus_one(W, X):
    return X @ W + 1.0


@says("scores_bias", "course.bias_missing")
def no_bias(W, X, b):
    return X @ W


@says("scores_bias", "course.bias_subtracted")
def minus_bias(W, X, b):
    return X @ W - b


# --------------------------------------------------------------------------------- accuracy


@says("accuracy", "course.accuracy_error")
def error_rate(W, X, y):
    return np.mean((X @ W).argmax(1) != y)


@says("accuracy", "course.accuracy_count")
def number_right(W, X, y):
    return np.sum((X @ W).argmax(1) == y)


@says("accuracy", "course.accuracy_percent")
def percent(W, X, y):
    return 100 * np.mean((X @ W).argmax(1) == y)


@says("accuracy", "course.accuracy_argmin")
def argmin(W, X, y):
    return np.mean((X @ W).argmin(1) == y)


@says("accuracy", "course.accuracy_whole")
def integer_division(W, X, y):
    return np.sum((X @ W).argmax(1) == y) // len(y)


@says("accuracy", "course.raised_at")
def wrong_axis(W, X, y):
    return np.mean(np.argmax(X @ W, axis=0) == y)


@says("accuracy", "course.number_shape")
def not_averaged(W, X, y):
    return (X @ W).argmax(1) == y


# --------------------------------------------------------------------------------- one sample


@says("hinge_sample", "course.hinge_true_class")
def true_class_in(s, y, delta=1.0):
    return np.maximum(0, s - s[y] + delta).sum()


@says("hinge_sample", "course.hinge_no_delta")
def no_delta(s, y, delta=1.0):
    return np.maximum(0, s - s[y]).sum()


@says("hinge_sample", "course.hinge_delta_ignored")
def delta_one(s, y, delta=1.0):
    return np.maximum(0, s - s[y] + 1).sum() - 1


@says("hinge_sample", "course.hinge_no_maximum")
def no_maximum(s, y, delta=1.0):
    return (s - s[y] + delta).sum() - delta


@says("hinge_sample", "course.hinge_reversed")
def reversed_margin(s, y, delta=1.0):
    return np.maximum(0, s[y] - s + delta).sum() - delta


@says("hinge_sample", "course.hinge_squared")
def squared(s, y, delta=1.0):
    return (np.maximum(0, s - s[y] + delta) ** 2).sum() - delta**2


@says("hinge_sample", "course.hinge_largest")
def largest(s, y, delta=1.0):
    return max(0.0, (np.delete(s, y) - s[y] + delta).max())


@says("hinge_sample", "course.hinge_mean")
def mean_over_classes(s, y, delta=1.0):
    return np.maximum(0, np.delete(s, y) - s[y] + delta).mean()


@says("hinge_sample", "course.changes")
def spoils_scores(s, y, delta=1.0):
    s -= s[y] - delta
    s[y] = 0
    return np.maximum(0, s).sum()


@says("softmax_sample", "course.not_finite")
def no_shift(s, y):
    return -np.log(np.exp(s[y]) / np.exp(s).sum())


@says("softmax_sample", "course.not_finite")
def log_of_quotient(s, y):
    p = np.exp(s - s.max())
    return -np.log(p[y] / p.sum())


@says("softmax_sample", "course.log_of_zero")
def small_number_added(s, y):
    p = np.exp(s - s.max())
    p = p / p.sum()
    return -np.log(np.maximum(p[y], 1e-12))


@says("softmax_sample", "course.log_base")
def base_ten(s, y):
    p = np.exp(s - s.max())
    return -np.log10(p[y] / p.sum())


@says("softmax_sample", "course.loss_sign")
def plus_log(s, y):
    p = np.exp(s - s.max())
    return np.log(p[y] / p.sum())


@says("softmax_sample", "course.no_log")
def probability(s, y):
    p = np.exp(s - s.max())
    return p[y] / p.sum()


@says("softmax_sample", "course.sum_without_true")
def slide_sum(s, y):
    return np.log(np.exp(np.delete(s, y)).sum()) - s[y]


@says("softmax_sample", "course.true_score_missing")
def log_sum_alone(s, y):
    return np.log(np.exp(s).sum())


# --------------------------------------------------------------------------------- probabilities


@says("softmax_probabilities", "course.probability_axis")
def over_the_samples(S):
    P = np.exp(S - S.max())
    return P / P.sum(axis=0)


@says("softmax_probabilities", "course.probability_all")
def over_everything(S):
    P = np.exp(S - S.max())
    return P / P.sum()


@says("softmax_probabilities", "course.probability_unnormalised")
def exponentials(S):
    return np.exp(S - S.max(axis=1, keepdims=True))


@says("softmax_probabilities", "course.not_finite")
def overflows(S):
    P = np.exp(S)
    return P / P.sum(axis=1, keepdims=True)


@says("softmax_probabilities", "course.not_finite")
def shift_of_the_batch(S):
    P = np.exp(S - S.max())
    return P / P.sum(axis=1, keepdims=True)


@says("softmax_probabilities", "course.global_maximum")
def shift_of_the_batch_with_epsilon(S):
    P = np.exp(S - S.max())
    return P / np.maximum(P.sum(axis=1, keepdims=True), 1e-300)


# --------------------------------------------------------------------------------- loss, gradient


def _of_mutant(name, mutant):
    """Put one of the mutants of the package into the table, as a function of its own."""
    wrong = linclf.mutants.get(f"{mutant[0]}/{mutant[1]}")

    def function(W, X, y, reg):
        return wrong(W, X, y, reg)

    function.__name__ = mutant[1]
    MISTAKES.append((name, function, f"diagnosis.{mutant[1]}"))


for _name, _loss in (
    ("hinge_loops", "hinge"),
    ("hinge_vectorized", "hinge"),
    ("softmax_vectorized", "softmax"),
):
    for _mistake in ("gradient_sum", "no_penalty_gradient", "half_penalty_gradient", "sign"):
        _of_mutant(_name, (_loss, _mistake))
for _mistake in ("no_correct_class", "correct_once", "delta_zero", "true_class_in_loss"):
    _of_mutant("hinge_vectorized", ("hinge", _mistake))
for _mistake in ("no_minus_one", "log10"):
    _of_mutant("softmax_vectorized", ("softmax", _mistake))


@says("hinge_vectorized", "course.pair")
def loss_alone(W, X, y, reg):
    return hinge_vectorized(W, X, y, reg)[0]


@says("hinge_vectorized", "course.pair_swapped")
def gradient_first(W, X, y, reg):
    return hinge_vectorized(W, X, y, reg)[::-1]


@says("hinge_vectorized", "course.shape_transposed")
def gradient_transposed(W, X, y, reg):
    loss, dW = hinge_vectorized(W, X, y, reg)
    return loss, dW.T


@says("hinge_vectorized", "course.number_shape")
def losses_of_samples(W, X, y, reg):
    return np.maximum(0, X @ W).sum(axis=1), np.zeros(W.shape)


@says("hinge_loops", "course.integers")
def integer_gradient(W, X, y, reg):
    loss, dW = hinge_vectorized(W, X, y, reg)
    return loss, dW.astype(int)


@says("softmax_vectorized", "course.not_finite")
def unstable(W, X, y, reg):
    S = np.exp(X @ W)
    P = S / S.sum(axis=1, keepdims=True)
    rows = np.arange(len(X))
    loss = -np.log(P[rows, y]).mean() + reg * (W**2).sum()
    P[rows, y] -= 1
    return loss, X.T @ P / len(X) + 2 * reg * W


@says("softmax_vectorized", "course.changes")
def spoils_weights(W, X, y, reg):
    result = softmax_vectorized(W, X, y, reg)
    if W.flags.writeable:
        W -= 0.1 * result[1]
    return result


# --------------------------------------------------------------------------------- penalties


@says("l2_penalty", "course.factor_half")
def gradient_half(W, lam):
    return lam * (W**2).sum(), lam * W


@says("l2_penalty", "course.factor_half")
def half_convention(W, lam):
    return 0.5 * lam * (W**2).sum(), lam * W


@says("l2_penalty", "course.lam_missing")
def no_lam(W, lam):
    return (W**2).sum(), 2 * lam * W


@says("l2_penalty", "course.penalty_norm")
def norm(W, lam):
    return lam * np.linalg.norm(W), 2 * lam * W


@says("l2_penalty", "course.factor_sign")
def minus(W, lam):
    return lam * (W**2).sum(), -2 * lam * W


@says("l2_penalty", "course.gradient_no_factor")
def weights(W, lam):
    return lam * (W**2).sum(), W.copy()


@says("l1_penalty", "course.penalty_signed")
def sum_of_weights(W, lam):
    return lam * W.sum(), lam * np.sign(W)


@says("l1_penalty", "course.subgradient_zero")
def one_at_zero(W, lam):
    return lam * np.abs(W).sum(), lam * np.where(W >= 0, 1.0, -1.0)


@says("l1_penalty", "course.subgradient_zero")
def minus_one_at_zero(W, lam):
    return lam * np.abs(W).sum(), lam * np.where(W > 0, 1.0, -1.0)


@says("l1_penalty", "course.not_finite")
def quotient(W, lam):
    return lam * np.abs(W).sum(), lam * W / np.abs(W)


@says("l1_penalty", "course.not_sign")
def ones(W, lam):
    return lam * np.abs(W).sum(), lam * np.ones(W.shape)


@says("l1_penalty", "course.is_l2")
def squares(W, lam):
    return lam * (W**2).sum(), lam * np.sign(W)


@says("elastic_net", "course.beta_on_magnitudes")
def beta_elsewhere(W, lam, beta):
    return lam * (W**2 + beta * np.abs(W)).sum(), lam * (2 * W + beta * np.sign(W))


@says("elastic_net", "course.beta_missing")
def no_beta(W, lam, beta):
    return lam * (W**2 + np.abs(W)).sum(), lam * (2 * W + np.sign(W))


@says("elastic_net", "course.squares_factor")
def no_factor_two(W, lam, beta):
    return lam * (beta * W**2 + np.abs(W)).sum(), lam * (beta * W + np.sign(W))


@says("elastic_net", "course.lam_part")
def no_parentheses(W, lam, beta):
    return (lam * beta * W**2 + np.abs(W)).sum(), lam * (2 * beta * W + np.sign(W))


@says("elastic_net", "course.squares_only")
def no_magnitudes(W, lam, beta):
    return lam * beta * (W**2).sum(), 2 * lam * beta * W


@says("elastic_net", "course.magnitudes_only")
def gradient_of_magnitudes_alone(W, lam, beta):
    return lam * (beta * W**2 + np.abs(W)).sum(), lam * np.sign(W)


# --------------------------------------------------------------------------------- differences


def _each_entry(f, W, h, quotient):
    dW = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        step = np.zeros(W.shape)
        step[index] = h
        dW[index] = quotient(f, W, step)
    return dW


@says("numerical_gradient", "course.forward")
def forward(f, W, h=1e-5):
    return _each_entry(f, W, h, lambda f, W, step: (f(W + step) - f(W)) / h)


@says("numerical_gradient", "course.backward")
def backward(f, W, h=1e-5):
    return _each_entry(f, W, h, lambda f, W, step: (f(W) - f(W - step)) / h)


@says("numerical_gradient", "course.not_halved")
def divided_by_h(f, W, h=1e-5):
    return _each_entry(f, W, h, lambda f, W, step: (f(W + step) - f(W - step)) / h)


@says("numerical_gradient", "course.not_divided")
def not_divided(f, W, h=1e-5):
    return _each_entry(f, W, h, lambda f, W, step: f(W + step) - f(W - step))


@says("numerical_gradient", "course.gradient_sign")
def reversed_difference(f, W, h=1e-5):
    return _each_entry(f, W, h, lambda f, W, step: (f(W - step) - f(W + step)) / (2 * h))


@says("numerical_gradient", "course.step_ignored")
def fixed_step(f, W, h=1e-5):
    return _each_entry(f, W, 1e-5, lambda f, W, step: (f(W + step) - f(W - step)) / 2e-5)


@says("numerical_gradient", "course.not_restored")
def not_restored(f, W, h=1e-5):
    dW = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        W[index] += h
        above = f(W)
        W[index] -= 2 * h
        dW[index] = (above - f(W)) / (2 * h)
    return dW


@says("numerical_gradient", "course.several_moved")
def copy_not_restored(f, W, h=1e-5):
    dW, W = np.zeros(W.shape), W.copy()
    for index in np.ndindex(W.shape):
        W[index] += h
        above = f(W)
        W[index] -= 2 * h
        dW[index] = (above - f(W)) / (2 * h)
    return dW


@says("numerical_gradient", "course.several_moved")
def all_at_once(f, W, h=1e-5):
    return np.full(W.shape, (f(W + h) - f(W - h)) / (2 * h))


@says("numerical_gradient", "course.f_shape")
def one_entry_alone(f, W, h=1e-5):
    return np.array([[(f(w + h) - f(w - h)) / (2 * h) for w in row] for row in W])


# --------------------------------------------------------------------------------- downhill


@says("sgd_step", "course.step_local")
def new_array(W, dW, learning_rate):
    W = W - learning_rate * dW
    return W


@says("sgd_step", "course.step_none")
def new_array_forgotten(W, dW, learning_rate):
    W = W - learning_rate * dW


@says("sgd_step", "course.ascent")
def uphill(W, dW, learning_rate):
    W += learning_rate * dW


@says("sgd_step", "course.rate_missing")
def no_rate(W, dW, learning_rate):
    W -= dW


@says("sgd_step", "course.changes")
def gradient_scaled(W, dW, learning_rate):
    dW *= learning_rate
    W -= dW


def _sgd(draw, update=None, *, take=lambda X, y, rows: (X[rows], y[rows]), copy=False):
    """Return a run that draws rows and steps as it is told."""

    def sgd(W, X, y, loss, learning_rate, batch_size, n_steps, rng):
        losses, state = [], {}
        W = W.copy() if copy else W
        for _ in range(n_steps):
            rows = draw(rng, len(X), batch_size, state)
            value, dW = loss(W, *take(X, y, rows))
            if update is None:
                W -= learning_rate * dW
            else:
                update(W, learning_rate, dW)
            losses.append(value)
        return losses

    return sgd


def _choice(rng, N, size, state):
    return rng.choice(N, size)


def _once(rng, N, size, state):
    return state.setdefault("rows", rng.choice(N, size) if not state else None)


def _up(W, rate, dW):
    W += rate * dW


def _plain(W, rate, dW):
    W -= dW


def _nothing(W, rate, dW):
    pass


for _key, _function in {
    "course.ascent": _sgd(_choice, _up),
    "course.rate_missing": _sgd(_choice, _plain),
    "course.never_updated": _sgd(_choice, _nothing),
    "course.not_in_place": _sgd(_choice, copy=True),
    "course.same_batch": _sgd(_once),
    "course.rng_unused": _sgd(lambda rng, N, size, _: np.random.default_rng().choice(N, size)),
    "course.other_rows": _sgd(lambda rng, N, size, _: rng.permutation(N)[:size]),
    "course.whole_data": _sgd(lambda rng, N, size, _: np.arange(N)),
    "course.batch_lengths": _sgd(_choice, take=lambda X, y, rows: (X[rows], y)),
    "course.labels_not_aligned": _sgd(_choice, take=lambda X, y, rows: (X[rows], y[: len(rows)])),
}.items():
    _function.__name__ = _key.partition(".")[2]
    MISTAKES.append(("sgd", _function, _key))


@says("sgd", "course.step_count")
def one_step_short(W, X, y, loss, learning_rate, batch_size, n_steps, rng):
    run = _sgd(_choice)
    return run(W, X, y, loss, learning_rate, batch_size, n_steps - 1, rng)


@says("sgd", "course.loss_list")
def last_loss(W, X, y, loss, learning_rate, batch_size, n_steps, rng):
    return _sgd(_choice)(W, X, y, loss, learning_rate, batch_size, n_steps, rng)[-1]


@says("sgd", "course.loss_count")
def no_first_loss(W, X, y, loss, learning_rate, batch_size, n_steps, rng):
    return _sgd(_choice)(W, X, y, loss, learning_rate, batch_size, n_steps, rng)[1:]


def _search(keep, scale=0.0001):
    """Return a search that keeps what it is told."""

    def random_search(X, y, n_classes, loss, n_tries, rng):
        tried = [scale * rng.standard_normal((X.shape[1], n_classes)) for _ in range(n_tries)]
        return keep(tried, [loss(W, X, y)[0] for W in tried])

    return random_search


for _key, _function in {
    "course.keeps_worst": _search(lambda W, values: (W[int(np.argmax(values))], max(values))),
    "course.keeps_last": _search(lambda W, values: (W[-1], min(values))),
    "course.loss_of_last": _search(lambda W, values: (W[int(np.argmin(values))], values[-1])),
    "course.pair_swapped": _search(lambda W, values: (min(values), W[int(np.argmin(values))])),
    "course.scale_missing": _search(lambda W, v: (W[int(np.argmin(v))], min(v)), scale=1.0),
    "course.other_weights": _search(lambda W, v: (W[int(np.argmin(v))], min(v)), scale=0.01),
    "course.pair": _search(lambda W, values: W[int(np.argmin(values))]),
}.items():
    _function.__name__ = _key.partition(".")[2]
    MISTAKES.append(("random_search", _function, _key))


# --------------------------------------------------------------------------------- selection


@says("tune", "course.train_swapped")
def train_swapped(train, learning_rates, regs):
    return {(lr, reg): train(reg, lr) for lr in learning_rates for reg in regs}


@says("tune", "course.tune_keys_swapped")
def keys_swapped(train, learning_rates, regs):
    return {(reg, lr): train(lr, reg) for lr in learning_rates for reg in regs}


@says("tune", "course.tune_missing")
def zipped(train, learning_rates, regs):
    return {(lr, reg): train(lr, reg) for lr, reg in zip(learning_rates, regs, strict=False)}


@says("tune", "course.tune_other")
def validation_alone(train, learning_rates, regs):
    return {(lr, reg): train(lr, reg)[1] for lr in learning_rates for reg in regs}


@says("tune", "course.tune_values_swapped")
def values_swapped(train, learning_rates, regs):
    return {(lr, reg): train(lr, reg)[::-1] for lr in learning_rates for reg in regs}


@says("tune", "course.tune_dict")
def best_pair(train, learning_rates, regs):
    pairs = [(lr, reg) for lr in learning_rates for reg in regs]
    return max(pairs, key=lambda pair: train(*pair)[1])


def _neighbours(distance, vote, order=1):
    """Return a classifier by some distance and some vote."""

    def k_nearest(X_train, y_train, X, k):
        found = []
        for x in X:
            rows = np.argsort(order * distance(X_train - x))[:k]
            found.append(vote(y_train, rows))
        return np.array(found)

    return k_nearest


def _euclid(difference):
    return np.sqrt((difference**2).sum(axis=1))


def _majority(y, rows):
    return np.bincount(y[rows]).argmax()


def _larger(y, rows):
    counts = np.bincount(y[rows])
    return len(counts) - 1 - counts[::-1].argmax()


for _key, _function in {
    "course.neighbour_one": _neighbours(_euclid, lambda y, rows: y[rows[0]]),
    "course.neighbour_far": _neighbours(_euclid, _majority, order=-1),
    "course.neighbour_tie": _neighbours(_euclid, _larger),
    "course.neighbour_rows": _neighbours(_euclid, lambda y, rows: rows[0]),
    "course.neighbour_mean": _neighbours(_euclid, lambda y, rows: y[rows].mean()),
    "course.neighbour_magnitudes": _neighbours(lambda d: np.abs(d).sum(axis=1), _majority),
    "course.neighbour_differs": _neighbours(lambda d: np.abs(d).max(axis=1), _majority),
}.items():
    _function.__name__ = _key.partition(".")[2]
    MISTAKES.append(("k_nearest", _function, _key))
