# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 Gradients you can trust
#
# To go downhill you need the slope, in every direction, after every step. There are two ways to
# get it: try it out (the *numerical* gradient: slow, approximate, and nearly impossible to get
# wrong) or derive it (the *analytic* gradient: fast, exact, and easy to get wrong). The habit
# of this notebook saves you weeks: **derive it, then check it by trying**.
#
# After this notebook you can
#
# - compute a numerical gradient by hand and in code, and choose its step $h$ for a reason;
# - say why a correct hinge gradient may fail a check, and what to do;
# - read the findings of `check_gradient`, and recognise mistakes by the picture that they make;
# - write a test that catches wrong gradients, and measure how many it catches.
#
# You need notebooks 01 to 03. It takes 45 to 60 minutes.

# %%
import textwrap
import time

import linclf
import matplotlib.pyplot as plt
import numpy as np
from linclf import course

fast = course.fast()  # smaller sizes when the notebook is only tested
rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. By hand: the lecture's table
#
# The definition of the derivative is a recipe:
#
# $$\frac{\mathrm{d}f(x)}{\mathrm{d}x} = \lim_{h\to 0}\frac{f(x+h) - f(x)}{h}$$
#
# The lecture has weights $W = (0.34, -1.11, 0.78, 0.12, \ldots)$ with a loss of 1.25347, and
# takes $h = 0.0001$. It adds $h$ to one weight at a time, and looks at the loss:
#
# | moved | loss after | slope |
# |---|---|---|
# | $W_1 + h = 0.34 + 0.0001$ | 1.25322 | ? |
# | $W_2 + h = -1.11 + 0.0001$ | 1.25353 | ? |
# | $W_3 + h = 0.78 + 0.0001$ | 1.25347 | ? |
#
# **Predict.** Fill in the three question marks by hand. Two of them have a sign to think about.
# Then decide: should $W_1$ become larger or smaller?

# %%
h = 1e-4
before, after = 1.25347, np.array([1.25322, 1.25353, 1.25347])
slopes = (after - before) / h
print(slopes.round(2))

# %% tags=["test"]
assert np.allclose(slopes, [-2.5, 0.6, 0.0], atol=1e-6)

# %% [markdown]
# $-2.5$, 0.6 and 0. A negative slope means that the loss falls when the weight grows, so $W_1$
# should become larger. We step *against* the gradient.
#
# > **A question for the slide.** Is the third slope really 0? The losses are printed with five
# > decimals, so each may be off by $5\cdot10^{-6}$. How far off may the slope be?
#
# <details><summary>Answer</summary>
#
# A difference of two such numbers is off by up to $10^{-5}$; divided by $h = 10^{-4}$ that is
# 0.1. The third slope is something between $-0.1$ and 0.1. **Dividing by a small $h$ magnifies
# every rounding error.** Keep this in mind; it comes back in section 3, where the rounding is
# that of the machine.
# </details>
#
# ## 2. In code: your numerical gradient
#
# Looking to *both* sides is better than looking ahead only:
#
# | | formula | error |
# |---|---|---|
# | forward | $\dfrac{f(w+h) - f(w)}{h}$ | of the order of $h$ |
# | central | $\dfrac{f(w+h) - f(w-h)}{2h}$ | of the order of $h^2$ |
#
# For the reason, write down Taylor's series:
# $f(w \pm h) = f \pm h f' + \frac{h^2}{2} f'' \pm \frac{h^3}{6} f''' + \ldots$ In the central
# difference, the terms with $f''$ cancel.
#
# ### Exercise 4.1: central differences
#
# Walk over all entries of `W` (`np.ndindex` gives their indices), move one by $h$ to both
# sides, and divide. Put every entry back as it was: keep the old value instead of adding and
# subtracting $h$ again, which would leave rounding errors behind.


# %% tags=["exercise"]
def numerical_gradient(f, W, h=1e-5):
    """Return the central differences of the number f(W), an array like W; leave W as it was."""
    ### BEGIN SOLUTION
    gradient = np.zeros(W.shape)
    for entry in np.ndindex(W.shape):
        old = W[entry]
        W[entry] = old + h
        above = f(W)
        W[entry] = old - h
        below = f(W)
        W[entry] = old
        gradient[entry] = (above - below) / (2 * h)
    return gradient
    ### END SOLUTION


# %% tags=["check"]
course.check("numerical_gradient", numerical_gradient)

# %% [markdown]
# Try it on a function whose gradient you know: $f(W) = \sum W^2$ has $2W$.

# %% tags=["needs:numerical_gradient"]
numerical_gradient(lambda W: (W**2).sum(), np.array([[1.0, -2.0], [0.5, 3.0]]))

# %% tags=["test"]
W_known = np.array([[1.0, -2.0], [0.5, 3.0]])
assert np.allclose(numerical_gradient(lambda W: (W**2).sum(), W_known), 2 * W_known)

# %% [markdown]
# > **Find the bug in the slide.** One lecture shows a numerical gradient much like this one,
# > and starts it with the weights `np.arange(1, 7).reshape(2, 3)`. The loss here is
# > $0.1\sum W^2$, whose gradient is $0.2\,W$. Run it. What comes out, and why?


# %%
def numerical_gradient_of_the_slide(f, w, delta=1e-5):
    grad = np.zeros_like(w)
    before = f(w)
    for entry in np.ndindex(w.shape):
        old = w[entry]
        w[entry] = old + delta
        grad[entry] = (f(w) - before) / delta
        w[entry] = old
    return grad


w_slide = np.arange(1, 7).reshape(2, 3)
print(numerical_gradient_of_the_slide(lambda w: 0.1 * np.sum(w**2), w_slide))
print("but 0.2 W is\n", 0.2 * w_slide)

# %% tags=["test"]
assert not numerical_gradient_of_the_slide(lambda w: 0.1 * np.sum(w**2), w_slide).any()
in_floats = numerical_gradient_of_the_slide(
    lambda w: 0.1 * np.sum(w**2), w_slide.astype(np.float64)
)
assert np.allclose(in_floats, 0.2 * w_slide, atol=1e-4)

# %% [markdown]
# <details><summary>Answer</summary>
#
# `np.arange` makes an array of *integers*, and `w[entry] = 1.00001` stores the integer 1: the
# weight does not move, so every difference is 0. Even if it did, `np.zeros_like(w)` is an array
# of integers, too, and would cut the slopes. Nothing warns you. The cure is one word:
# `np.arange(1.0, 7.0)`.
# </details>
#
# `linclf` refuses instead of answering zero:

# %%
try:
    linclf.numerical_gradient(lambda w: 0.1 * np.sum(w**2), w_slide)
except TypeError as error:
    print(error)

# %% [markdown]
# ### Why not use it for training?
#
# **Predict.** A CIFAR-10 classifier has $3073 \times 10$ weights. One evaluation of the loss on 500
# images takes about a millisecond. How long does one numerical gradient take? And the analytic
# one?

# %%
X_big, y_big = linclf.datasets.shapes10(500, flatten=True, rng=0)
X_big = X_big / 255.0
W_big = 1e-3 * rng.standard_normal((3072, 10))
start = time.perf_counter()
linclf.loss_value("softmax", W_big, X_big, y_big)
one = time.perf_counter() - start
start = time.perf_counter()
linclf.softmax_loss(W_big, X_big, y_big)
analytic_time = time.perf_counter() - start
print(f"loss {1e3 * one:.1f} ms, so about {2 * one * W_big.size:.0f} s for central differences")
print(f"loss and analytic gradient {1e3 * analytic_time:.1f} ms")

# %% [markdown]
# Two evaluations for every weight, against one and a bit for all of them: the analytic gradient
# wins by a factor of tens of thousands. And you would need it a thousand times in a training.
# So: analytic to work with, numerical to check.
#
# ## 3. How small is h?
#
# "As small as possible", says the definition. The machine disagrees.
#
# **Predict.** Draw the error of the numerical gradient against $h$, both on logarithmic axes,
# for $h$ from 1 down to $10^{-13}$. Where is the best $h$ for forward, where for central
# differences?

# %%
X, y = linclf.datasets.digits(dtype=np.float64)
X, y = X[:40] / 16.0, y[:40]
W = 0.1 * rng.standard_normal((64, 10))
_, exact = linclf.softmax_loss(W, X, y)
block = np.s_[20:28, :]  # 80 of the 640 entries are enough for a picture


def in_double(part):
    moved = W.copy()
    moved[block] = part
    return linclf.loss_value("softmax", moved, X, y)


def in_single(part):
    moved = W.astype(np.float32)
    moved[block] = part
    return float(np.float32(linclf.loss_value("softmax", moved, X.astype(np.float32), y)))


def error_of(f, h, scheme):
    found = linclf.numerical_gradient(f, W[block].copy(), h=h, scheme=scheme)
    return np.linalg.norm(found - exact[block]) / np.linalg.norm(exact[block])


hs = 10.0 ** np.arange(-13, 0.1, 0.5)
curves = {
    "forward": [error_of(in_double, h, "forward") for h in hs],
    "central": [error_of(in_double, h, "central") for h in hs],
    "central, float32": [error_of(in_single, h, "central") for h in hs],
}

fig, ax = plt.subplots(figsize=(7.6, 4.6), layout="constrained")
for (name, errors), style in zip(curves.items(), ("o-", "s-", "^:"), strict=True):
    ax.loglog(hs, np.maximum(errors, 1e-13), style, markersize=4, label=name)
eps = np.finfo(float).eps
ax.axvline(eps ** (1 / 2), color="C0", linestyle="--", linewidth=1)
ax.axvline(eps ** (1 / 3), color="C1", linestyle="--", linewidth=1)
ax.text(1e-12, 3e-10, "rounding", fontsize=11)
ax.text(2e-2, 3e-8, "truncation", fontsize=11)
ax.set(xlabel="h", ylabel="relative error", title="Numerical gradient of softmax", ylim=(1e-12, 10))
ax.legend()
plt.show()
for name, errors in curves.items():
    i = int(np.argmin(errors))
    print(f"{name:17} best at h = {hs[i]:.0e}, relative error {errors[i]:.0e}")

# %% tags=["test"]
best = {name: (hs[int(np.argmin(errors))], min(errors)) for name, errors in curves.items()}
assert 1e-9 <= best["forward"][0] <= 1e-6
assert 1e-7 <= best["central"][0] <= 1e-3
assert best["central"][1] < best["forward"][1] / 10
assert best["central, float32"][1] > 1e-5

# %% [markdown]
# Two errors fight each other:
#
# - **Truncation** (right branch): the function is not a straight line. It shrinks with $h$ for
#   forward and with $h^2$ for central differences; look at the slopes of the branches.
# - **Rounding** (left branch): the machine knows $f$ to about 16 digits,
#   $\varepsilon \approx 2.2\cdot10^{-16}$. The difference is wrong by about $\varepsilon f$,
#   and division by $h$ magnifies it to $\varepsilon f/h$. It is the slide's "third slope", with
#   more digits.
#
# The best $h$ balances both: $\sqrt\varepsilon \approx 1.5\cdot10^{-8}$ for forward,
# $\sqrt[3]\varepsilon \approx 6\cdot10^{-6}$ for central differences (dashed). So the $10^{-5}$
# of the courses is sensible, and half of all digits is all a forward difference can give. With
# **float32** even the best step leaves hardly three or four digits: *check gradients in
# float64*.
#
# ## 4. Kinks: when the right gradient fails
#
# Softmax is smooth. The hinge has kinks, where the slope jumps. A difference whose two ends lie
# on different sides of a kink measures neither slope, but something between.

# %%
piece = linclf.loss_slice(
    "hinge", np.array([[0.0, 0.5]]), np.ones((1, 1)), np.array([0]), along=(0, 0), radius=2.5
)
fig, ax = plt.subplots(figsize=(7.2, 4.2), layout="constrained")
ax.plot(piece.at, piece.loss, linewidth=2.5, label="hinge loss, one image, one weight")


def hinge_1d(w):
    return max(0.0, 0.5 - w + 1.0)


for w, reach, color in ((0.0, 0.6, "#009e73"), (1.3, 0.6, "#d55e00")):
    low, high = hinge_1d(w - reach), hinge_1d(w + reach)
    slope = (high - low) / (2 * reach)
    ax.plot(
        [w - reach, w + reach],
        [low, high],
        "o--",
        color=color,
        label=f"at w = {w:g}: slope {slope:.2f}",
    )
    ax.plot([w], [hinge_1d(w)], "k.", markersize=9)
ax.annotate("kink", (1.5, 0.0), (1.7, 0.9), arrowprops={"arrowstyle": "->"}, fontsize=11)
ax.set(xlabel="w", ylabel="loss", title="A central difference across a kink")
ax.legend()
plt.show()

# %% tags=["test"]
assert hinge_1d(1.9) == 0.0
assert np.isclose((hinge_1d(1.9) - hinge_1d(0.7)) / 1.2, -2 / 3)

# %% [markdown]
# At $w = 1.3$ the true slope is $-1$, but the difference says $-0.67$. Nothing is wrong with your
# gradient: the difference has a foot on the flat floor.
#
# And what is the gradient *exactly at* a kink? The lecture has such a row: scores $(10, 9, 9)$,
# true class 0. Both margins are $9 - 10 + 1 = 0$.
#
# **Predict.** The loss is 0. Is the derivative by the first score 0, $-1$ or $-2$? What would a
# central difference say?

# %%
row, one_feature, label = np.array([[10.0, 9.0, 9.0]]), np.ones((1, 1)), np.array([0])
loss, dW = linclf.svm_loss(row, one_feature, label)
print("analytic :", dW[0], "  loss", loss)
print(
    "numerical:",
    linclf.numerical_gradient(lambda W: linclf.loss_value("hinge", W, one_feature, label), row)[0],
)
linclf.check_gradient("hinge", row, one_feature, label)

# %% tags=["test"]
assert loss == 0.0
assert not dW.any()
found = linclf.numerical_gradient(
    lambda W: linclf.loss_value("hinge", W, one_feature, label), row, h=1e-5
)
assert np.allclose(found, [[-1.0, 0.5, 0.5]])
assert linclf.check_gradient("hinge", row, one_feature, label)

# %% [markdown]
# Slope $-2$ to the left, 0 to the right: every number between is a subgradient. The convention
# counts a class only if its margin is *strictly* positive, which makes it 0. The difference
# takes the mean of both sides, $-1$. `check_gradient` sees the kinks and does not call them
# mistakes.
#
# How often does one meet a kink? That depends on how far the *scores* move, that is, on $h$
# times the pixel values. With raw pixels of ±127, $h = 10^{-5}$ moves scores by $10^{-3}$:

# %%
X_raw = np.ascontiguousarray(X_big[:100] * 255.0 - 127.5)
y_raw, W_raw = y_big[:100], 1e-4 * rng.standard_normal((3072, 10))
_, dW_raw = linclf.svm_loss(W_raw, X_raw, y_raw)
print("      h   worst relative error   entries off by more than 1e-6")
for h in (1e-3, 1e-4, 1e-5, 1e-6):
    found = linclf.numerical_gradient("hinge", W_raw, X_raw, y_raw, h=h)
    error = np.abs(found - dW_raw) / np.maximum(np.abs(found) + np.abs(dW_raw), 1e-6)
    print(f"{h:7.0e} {error.max():22.1e} {np.mean(error > 1e-6):30.2%}")

# %% tags=["test"]
coarse, fine = (
    np.abs(linclf.numerical_gradient("hinge", W_raw, X_raw, y_raw, h=h) - dW_raw).max()
    for h in (1e-4, 1e-6)
)
assert fine < coarse / 100

# %% [markdown]
# That is the answer to the homework question "why may a coordinate fail the gradient check of
# an SVM?", and to the numbers of $10^{-3}$ that correct code prints in so many public
# notebooks. A smaller step, or data of unit size, and the errors vanish.
#
# ## 5. check_gradient, and how to read it
#
# `linclf.check_gradient` does all of this for you: a step for every entry, kinks, the data part
# and the regulariser separately. It wants *your* function, `f(W, X, y, reg)`, which returns
# `(loss, dW)`. First a function without a fault:


# %%
def right(W, X, y, reg):
    loss, dW = linclf.svm_loss(W, X, y)
    return loss + reg * np.sum(W**2), dW + 2 * reg * W


N, D, C = 11, 7, 5
X, y = rng.standard_normal((N, D)), rng.integers(C, size=N)
W = rng.standard_normal((D, C))
linclf.check_gradient(right, W, X, y, 0.1, loss="hinge")

# %% tags=["test"]
assert linclf.check_gradient(right, W, X, y, 0.1, loss="hinge")

# %% [markdown]
# Now three functions from homework. Each of them trains, after a fashion, and each is wrong.
# **Find the bug** in each *before* you run the check below it.


# %%
def homework_a(W, X, y, reg):
    loss, dW = linclf.svm_loss(W, X, y)
    return loss + reg * np.sum(W * W), dW + reg * W


def homework_b(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(len(y)):
        s = X[i] @ W
        for j in range(W.shape[1]):
            margin = s[j] - s[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    return loss / len(y) + reg * np.sum(W * W), dW + 2 * reg * W


def homework_c(W, X, y, reg):
    S = X @ W
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P = P / P.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log10(P[np.arange(len(y)), y]))
    P[np.arange(len(y)), y] -= 1
    return loss + reg * np.sum(W * W), X.T @ P / len(y) + 2 * reg * W


# %%
checks = {
    "a": linclf.check_gradient(homework_a, W, X, y, 0.1, loss="hinge"),
    "b": linclf.check_gradient(homework_b, W, X, y, 0.1, loss="hinge"),
    "c": linclf.check_gradient(homework_c, W, X, y, 0.1, loss="softmax"),
}
for name, check in checks.items():
    print(f"homework {name}: {'; '.join(check.findings)}")

# %% tags=["test"]
assert not any(checks.values())
assert "factor 2" in checks["a"].findings[0]
assert "N = 11" in checks["b"].findings[0]
assert "log10" in " ".join(checks["c"].findings)

# %% [markdown]
# The findings name the mistake; the rest of the report is the evidence. Look at one in full,
# and note three things: the loss against the *expected* loss, the entry that is farthest off,
# and which *part* fails (whole, data, regulariser).

# %%
checks["b"]

# %% [markdown]
# Why separately? In homework **a** the loss is fine and the data gradient is fine; only the
# regulariser lacks its 2. With the $\lambda = 5\cdot10^{-6}$ that courses use in their
# comparison, the error is far behind the sixth decimal, and the printed difference is
# `0.000000`:

# %%
W_small = 0.001 * W  # as at the start of a training
loss_a, dW_a = homework_a(W_small, X, y, 5e-6)
loss_r, dW_r = right(W_small, X, y, 5e-6)
difference = np.linalg.norm(dW_a - dW_r)
print(f"difference of the losses {loss_a - loss_r:f}, of the gradients {difference:f}")

# %% tags=["test"]
assert f"{difference:f}" == "0.000000"
assert difference > 0

# %% [markdown]
# ### Mistakes have a picture
#
# Plot the gradient that a function returns against the numerical one, a dot for every weight.
# Right code is on the diagonal. **Before you read the titles**, guess which line belongs to
# which mistake: a factor of $N$, a wrong sign, a lost factor 2, a lost term.

# %%
zoo = (
    "gradient_sum",
    "sign",
    "half_penalty_gradient",
    "no_correct_class",
    "delta_zero",
    "last_sample",
)
fig, axes = plt.subplots(2, 3, figsize=(10, 6.6), layout="constrained")
for ax, name in zip(axes.flat, zoo, strict=True):
    mutant = linclf.mutants.get(f"hinge/{name}")
    found = mutant(W, X, y, 0.1)[1]
    truth = linclf.numerical_gradient("hinge", W, X, y, 0.1)
    limit = 1.1 * max(np.abs(truth).max(), min(np.abs(found).max(), 4 * np.abs(truth).max()))
    ax.axline((0, 0), slope=1, color="gray", linestyle=":")
    ax.plot(truth.ravel(), found.ravel(), "o", markersize=5, alpha=0.8)
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit))
    ax.set_title(textwrap.fill(mutant.description, 36), fontsize=9)
for ax in axes[-1]:
    ax.set_xlabel("numerical gradient")
for ax in axes[:, 0]:
    ax.set_ylabel("returned gradient")
plt.show()

# %% [markdown]
# A steeper line: a factor. A falling line: a sign. A cloud around the diagonal: one term is
# wrong. *Look before you compute.*
#
# ### Gradient-check a famous demo
#
# The interactive demo of CS231n starts with nine points, three classes, and with the weights
# below (the bias is the last row, and it is regularised). It shows a total loss of 6.3167, of
# which 3.55 is the penalty $0.1\sum W^2$. The red numbers under its weights are $-0.38$, 0.07,
# 0.51, $-0.58$, 0.17, 0.36. **Is its gradient right?**

# %%
X9, y9 = linclf.datasets.demo9()
X9 = np.hstack([X9, np.ones((9, 1))])  # the bias trick
W9 = np.array([[1.0, 2.0, 3.0], [2.0, -4.0, -1.0], [0.0, 0.5, -0.5]])
loss9 = linclf.loss_value("hinge", W9, X9, y9, 0.1)
shown = np.array([-0.3833, 0.0667, 0.5111, -0.5778, 0.1722, 0.3611])
ours = linclf.numerical_gradient("hinge", W9, X9, y9, 0.1)[:2].T.ravel()
print(f"loss {loss9:.4f}, penalty {0.1 * np.sum(W9**2):.2f}")
print("the demo :", shown)
print("numerical:", ours.round(4))
print("distance :", (ours - shown).round(4))
print("W        :", W9[:2].T.ravel())

# %% tags=["test"]
assert round(loss9, 4) == 6.3167
assert np.isclose(0.1 * np.sum(W9**2), 3.55)
data_gradient = linclf.svm_loss(W9, X9, y9)[1]
assert np.allclose((data_gradient + 0.5 * 0.1 * W9)[:2].T.ravel(), shown, atol=1e-4)
assert np.allclose(ours - shown, 1.5 * 0.1 * W9[:2].T.ravel(), atol=1e-4)

# %% [markdown]
# <details><summary>Answer</summary>
#
# No. The distance is exactly $0.15\,W = (2 - 0.5)\,\lambda\,W$ with $\lambda = 0.1$: the loss
# shows $\lambda\sum W^2$, whose gradient is $2\lambda W$, but the demo steps with
# $0.5\,\lambda W$. A single gradient check would have told.
# </details>
#
# ## 6. How good is your test?
#
# A test that never fails proves nothing. `linclf.mutants` has dozens of wrong losses, each with
# one mistake that students really make. A mutant that your test rejects is *killed*; those that
# pass are blind spots of your test. Here are four tests that courses use, and `check_gradient`.

# %%
names = [
    "gradient_sum",
    "sum",
    "mean_over_classes",
    "sign",
    "data_sign",
    "no_correct_class",
    "correct_once",
    "last_sample",
    "first_sample_missing",
    "integer_gradient",
    "no_penalty",
    "no_penalty_loss",
    "no_penalty_gradient",
    "half_penalty",
    "half_penalty_gradient",
    "penalty_over_n",
    "norm_penalty_loss",
    "delta_zero",
    "true_class_in_loss",
    "squared",
    "one_vs_all",
    "crammer_singer",
    "no_max_gradient",
]
mutants = [linclf.mutants.get(f"hinge/{name}") for name in names]
X_pixels = 0.01 * X  # small scores, as at the start of a training


def chance(f):
    """At W = 0, the loss is C - 1."""
    return abs(f(np.zeros((D, C)), X, y, 0.0)[0] - (C - 1)) < 0.1


def six_decimals(f):
    """Loss and gradient agree with a right version at reg = 5e-6, as printed with %f."""
    loss, dW = f(1e-4 * W, X_pixels, y, 5e-6)
    expected, gradient = right(1e-4 * W, X_pixels, y, 5e-6)
    return f"{abs(loss - expected):f}" == f"{np.linalg.norm(dW - gradient):f}" == "0.000000"


def differences(f, reg):
    """The gradient is the derivative of the function's own loss."""
    found = linclf.numerical_gradient(lambda W: f(W, X, y, reg)[0], W.copy(), h=1e-6)
    return np.allclose(f(W, X, y, reg)[1], found, rtol=1e-4, atol=1e-6)


tests = {
    "loss at chance": chance,
    "six decimals, reg = 5e-6": six_decimals,
    "differences, reg = 0": lambda f: differences(f, 0.0),
    "differences, reg = 0.1": lambda f: differences(f, 0.1),
    "check_gradient": lambda f: bool(linclf.check_gradient(f, W, X, y, 0.1, loss="hinge")),
}
print(
    "the right function passes", sum(bool(test(right)) for test in tests.values()), "of", len(tests)
)
killed = np.array([[not test(mutant) for mutant in mutants] for test in tests.values()])

# %% [markdown]
# **Predict.** Which of the first four tests kills most? Which mutant survives *every*
# comparison of a gradient with differences of its own loss, and must do so?

# %%
fig, ax = plt.subplots(figsize=(10, 4.4), layout="constrained")
ax.imshow(killed, cmap="cividis", aspect="auto", vmin=0, vmax=1)
ax.set_yticks(
    range(len(tests)), [f"{name} ({row.sum()})" for name, row in zip(tests, killed, strict=True)]
)
ax.set_xticks(
    range(len(names)), [name.replace("_", " ") for name in names], rotation=60, ha="right"
)
for i, j in np.argwhere(~killed):
    ax.text(j, i, "lives", ha="center", va="center", color="white", fontsize=7)
ax.set_title(f"Which test kills which of {len(names)} mutants (yellow: killed)")
plt.show()

# %% tags=["test"]
assert all(test(right) for test in tests.values())
assert killed[-1].all()
table = {name: dict(zip(names, row, strict=True)) for name, row in zip(tests, killed, strict=True)}
assert not table["differences, reg = 0.1"]["sum"]
assert not table["differences, reg = 0.1"]["squared"]
assert not table["six decimals, reg = 5e-6"]["no_penalty"]
assert table["differences, reg = 0.1"]["half_penalty_gradient"]
assert not table["differences, reg = 0"]["half_penalty_gradient"]

# %% [markdown]
# - The comparison with six decimals at `reg = 5e-6` lets every mistake of the regulariser live.
#   Public solutions carry them to this day.
# - Differences find every gradient that is not the derivative of its loss, but only where `reg`
#   matters.
# - They *cannot* find a wrong loss with its right gradient: `sum`, `squared`, `crammer singer`.
#   Each is a fine loss, just not the one that you were asked for. For those you need a known
#   value, such as $C - 1$ at chance or the 5.2667 of cat, car and frog.
#
# Only together do they cover all.
#
# **Exercise.** Write a test of your own from what you know by now (no `check_gradient`, no
# `svm_loss`), and kill as many as you can. Start from the weak one below.


# %%
def my_test(f):
    """Return True if f seems right: make this better."""
    loss, dW = f(np.zeros((D, C)), X, y, 0.0)
    return dW.shape == (D, C) and abs(loss - (C - 1)) < 1e-6


survivors = [mutant.id for mutant in mutants if my_test(mutant)]
print(f"killed {len(mutants) - len(survivors)} of {len(mutants)}; alive: {', '.join(survivors)}")

# %% tags=["solution"]
S_known = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])


def a_better_test(f):
    """Known values with and without the regulariser, then differences where it matters."""
    known = f(S_known, np.eye(3), np.arange(3), 0.0)[0]  # X = I: the scores are W
    penalised = f(S_known, np.eye(3), np.arange(3), 0.1)[0]
    right_values = np.allclose([known, penalised], [15.8 / 3, 15.8 / 3 + 0.1 * np.sum(S_known**2)])
    return right_values and differences(f, 0.1)


survivors = [mutant.id for mutant in mutants if a_better_test(mutant)]
print(f"killed {len(mutants) - len(survivors)} of {len(mutants)}; alive: {', '.join(survivors)}")

# %% tags=["test"]
assert a_better_test(right)
assert not survivors

# %% [markdown]
# ## What to remember
#
# 1. Numerical gradient: $\frac{f(w+h)-f(w-h)}{2h}$, in float64, $h$ around $10^{-5}$ for data
#    of unit size. Never on integers.
# 2. Its error is a V: truncation on the right, rounding on the left.
# 3. At kinks, differences and subgradients may disagree with neither being wrong. Use a smaller
#    $h$.
# 4. Check with `reg = 0` *and* with a `reg` that matters.
# 5. A gradient check tells whether `dW` belongs to your loss. A known value tells whether it is
#    the right loss. You need both.
#
# **To go further.** (a) Add a line for `scheme="central"` with $h$ proportional to
# $\lvert w\rvert$ to the V plot. (b) Show that the *complex step* $\mathrm{Im} f(w + ih)/h$ has
# no rounding branch, and say why the hinge cannot use it. (c) `linclf.mutants.pairs("hinge")`
# has two mistakes at once. How many does your test kill?
