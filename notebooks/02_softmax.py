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
# # 02 Softmax and cross-entropy
#
# A classifier has a hinge loss of 3.5. Is that good or bad? Nobody can say. Scores have no unit, a
# margin of 1 is an agreement, and 3.5 is just a number that should be smaller.
#
# This notebook reads the scores in another way, as **probabilities**. "This is a cat with 13 %" is
# something that you can be wrong about, can bet on, and can compare between programs. Out of this
# reading comes the most used loss of all: whatever neural network you have heard of, its last two
# lines are most likely the ones you write here.
#
# After this notebook you can
#
# - turn scores into probabilities, also the scores that make a naive program print `nan`;
# - compute the cross-entropy loss, and say what it has to do with surprise and with maximum
#   likelihood;
# - write the loss and its gradient for a whole batch, in a few lines;
# - say how hinge and softmax differ, and predict which of two classifiers each of them prefers.
#
# You need notebook 01. It takes 45 to 60 minutes.

# %%
import linclf
import matplotlib.pyplot as plt
import numpy as np
from linclf import course

fast = course.fast()  # smaller sizes when the notebook is only tested
rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. From scores to probabilities
#
# The cat picture of notebook 01 has the scores $s = (3.2, 5.1, -1.7)$ for cat, car and frog. We
# want three numbers that are positive, that sum to 1, and that keep the order. Two steps do it: the
# exponential makes everything positive, the division by the sum makes it sum to 1,
#
# $$ P(Y = k \mid X = x_i) = \frac{e^{s_k}}{\sum_j e^{s_j}}. $$
#
# This is the **softmax** function: a soft version of "the largest gets everything".
#
# **Predict:** car leads by only 1.9 points. Does it get 50 %, 70 % or more than 85 %?

# %%
animals = ["cat", "car", "frog"]
S = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])  # one picture per row
y3 = np.array([0, 1, 2])
s = S[0]
exponentials = np.exp(s)
p = exponentials / exponentials.sum()

figure, axes = plt.subplots(1, 3, figsize=(11, 3), layout="constrained")
steps = [("scores $s$", s), ("$e^{s}$: positive", exponentials), ("probabilities: sum 1", p)]
for ax, (title, values) in zip(axes, steps, strict=True):
    bars = ax.bar(animals, values, color=linclf.plot.class_colors(3))
    ax.bar_label(bars, [f"{v:.2f}" for v in values], padding=2)
    ax.axhline(0, color="0.35", linewidth=0.8)
    ax.margins(y=0.15)
    ax.set_title(title)
plt.show()

# %% tags=["test"]
assert np.round(exponentials, 2).tolist() == [24.53, 164.02, 0.18]
assert np.round(p, 3).tolist() == [0.130, 0.869, 0.001]

# %% [markdown]
# 24.53, 164.02 and 0.18, divided by their sum: 13 %, 87 % and 0.1 %. A lead of 1.9 points means a
# factor of $e^{1.9} \approx 6.7$ in probability. **Differences of scores are ratios of
# probabilities**, and only differences count: add 100 to all scores and numerator and denominator
# both grow by $e^{100}$.
#
# ### Find the bug in the slide: which index?
#
# One lecture script prints the formula like this:
#
# $$ P(Y = k \mid X = x_i) = \frac{e^{s_{y_i}}}{\sum_j e^{s_j}} $$
#
# What do you get for $k$ = cat, car, frog, if you follow it to the letter? **Answer before you run
# the cell.** How can a program notice such a slip without knowing the right result?

# %%
to_the_letter = np.array([exponentials[0] / exponentials.sum() for k in range(3)])
print("to the letter:", np.round(to_the_letter, 3), "  sum", round(float(to_the_letter.sum()), 3))
print("right:        ", np.round(p, 3), "  sum", round(float(p.sum()), 3))

# %% tags=["test"]
assert np.round(to_the_letter, 3).tolist() == [0.13, 0.13, 0.13]
assert round(float(to_the_letter.sum()), 3) == 0.39

# %% [markdown]
# The right side does not contain $k$ any more: every class gets 0.13, and the sum is 0.39. The
# numerator must be $e^{s_k}$. The test "**probabilities sum to 1**" costs one line; keep it.
#
# The same test finds a second misprint. For the scores $(2.5, 3.1, -0.1)$ a slide prints the
# probabilities 0.3453, 0.6291 and **0.0172**. They sum to 0.9916: one of them is wrong.

# %%
print(np.round(linclf.softmax(np.array([[2.5, 3.1, -0.1]])), 4))

# %% tags=["test"]
assert np.round(linclf.softmax(np.array([[2.5, 3.1, -0.1]])), 4).tolist() == [
    [0.3453, 0.6291, 0.0256]
]
assert round(0.3453 + 0.6291 + 0.0172, 4) == 0.9916

# %% [markdown]
# ## 2. The loss: how surprised are you?
#
# The right class is cat, and the classifier said 13 %. How much should that cost? The cross-entropy
# loss says: as much as you are **surprised** by what really happened,
#
# $$ L_i = -\log P(Y = y_i \mid X = x_i) = -\log \frac{e^{s_{y_i}}}{\sum_j e^{s_j}}
# = -s_{y_i} + \log \sum_j e^{s_j}. $$
#
# **Predict:** what is the loss for probability 1 of the right class? For 0? What are the smallest
# and largest possible values, and are they ever reached?

# %%
probability = np.linspace(0.002, 1, 400)
figure, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
ax.plot(probability, -np.log(probability), linewidth=2.5)
ax.plot(p[0], -np.log(p[0]), "o", markersize=9)
ax.annotate(
    f"cat: {p[0]:.2f}, loss {-np.log(p[0]):.2f}",
    (p[0], -np.log(p[0])),
    xytext=(12, 6),
    textcoords="offset points",
)
ax.set(xlabel="probability of the right class", ylabel=r"$L_i = -\log\, p$")
ax.set_title("Sure and wrong is expensive")
plt.show()

# %% [markdown]
# $-\log 1 = 0$, and $-\log 0 = \infty$: a classifier that is *certain* and wrong pays without
# limit. With finite scores a probability is never exactly 1, so 0 is never reached; the hinge loss
# did reach it. (One lecture script says "minimum and maximum: same as SVM". Now you can correct
# it.)
#
# ### Find the bug in the slide: 0.89 or 2.04?
#
# A slide computes the loss of the cat as $L_i = -\log(0.13) = 0.89$. On the *next* slide of the
# same script it is 2.04. **Which one is right, and how did the other come about?**
# (Hint: divide one by the other. Do you know that number?)

# %%
right, wrong = -np.log(p[0]), -np.log10(p[0])
print(f"{right:.4f} {wrong:.4f} ratio {right / wrong:.6f}")

# %% tags=["test"]
assert (round(right, 4), round(wrong, 4)) == (2.0404, 0.8861)
assert np.isclose(right / wrong, np.log(10))

# %% [markdown]
# The ratio is $2.302585 = \ln 10$: somebody pressed the `log` key of a pocket calculator, which is
# the logarithm to base 10. In this course, in NumPy and in all programs, $\log$ is the **natural**
# logarithm, and the loss is **2.0404**. (Would base 10 be a *wrong* loss? It would only be scaled.
# But its gradient would not be the one that you derive below, and a gradient check would fail by
# exactly this factor. Remember 2.3026.)
#
# ## 3. Numbers that explode
#
# Let us write the formula as it stands.


# %%
def naive_loss(s, y):
    """The formula of the slide, to the letter."""
    exponentials = np.exp(s)
    return -np.log(exponentials[y] / exponentials.sum())


print(naive_loss(s, 0))

# %% [markdown]
# Fine. **Now break it.** Find scores of two classes with which `naive_loss` gives `nan`, and others
# with which it gives `inf`, although the true loss is an everyday number. Pixels go to 255, so
# large scores are nothing special.

# %%
try_this = np.array([1.0, 2.0])  # change me until something breaks
with np.errstate(all="ignore"):
    print("your scores:    ", naive_loss(try_this, 0))
    print("(1000, 0), y=0: ", naive_loss(np.array([1000.0, 0.0]), 0))
    print("(0, -1000), y=1:", naive_loss(np.array([0.0, -1000.0]), 1))
print("true losses:     0 and 1000")

# %% tags=["test"]
with np.errstate(all="ignore"):
    assert np.isnan(naive_loss(np.array([1000.0, 0.0]), 0))
    assert np.isinf(naive_loss(np.array([0.0, -1000.0]), 1))
assert linclf.loss_value("softmax", np.array([[0.0, 1000.0]]), np.eye(1), np.array([0])) == 1000.0

# %% [markdown]
# $e^{710}$ is larger than the largest float64, so $\infty / \infty$ becomes `nan`. And $e^{-1000}$
# is smaller than the smallest, so it becomes 0, and $-\log 0$ becomes `inf`. Two steps repair both:
#
# 1. **Shift.** Only differences count, so subtract the largest score, $m = \max_j s_j$. The largest
#    exponent is then $e^0 = 1$, and nothing overflows.
# 2. **Do not go through the probability.** Take the logarithm apart *before* you compute:
#
# $$ L_i = m - s_{y_i} + \log \sum_j e^{s_j - m}. $$
#
# The sum is at least 1 (it has the term $e^0$), so its logarithm is harmless. Of 73 public
# solutions, 58 take the logarithm of a probability that has become 0, and return `inf` for the
# scores $(0, 1000)$ with $y = 0$. The answer is 1000.
#
# ### Exercise 2.1: `softmax_sample`


# %% tags=["exercise"]
def softmax_sample(s, y):
    """Return the softmax (cross-entropy) loss of one sample, as a float, for scores of any size.

    s has shape (C,) and holds the scores; y is the right class.
    """
    ### BEGIN SOLUTION
    m = s.max()
    return float(m - s[y] + np.log(np.exp(s - m).sum()))
    ### END SOLUTION


# %% tags=["check"]
course.check("softmax_sample", softmax_sample)

# %% tags=["needs:softmax_sample"]
losses = [softmax_sample(row, label) for row, label in zip(S, y3, strict=True)]
print("cat, car, frog:", np.round(losses, 4), "  mean", round(float(np.mean(losses)), 4))
print("(0, 1000), y=0:", softmax_sample(np.array([0.0, 1000.0]), 0))

# %% tags=["test"]
assert np.allclose(losses, [2.040355, 0.079132, 6.156477])
assert np.isclose(np.mean(losses), 2.758655)

# %% [markdown]
# The hinge loss said 2.9, 0, 12.9; softmax says 2.0404, 0.0791, 6.1565. Same order, but the car
# pays a little. `linclf.explain` shows every step, with the misprint:

# %%
linclf.explain(s, 0, loss="softmax", class_names=animals)

# %% [markdown]
# ### Exercise 2.2: `softmax_probabilities`
#
# Now for a whole table of scores. There is a trap here that six of 36 public solutions fell into,
# one of them widely copied: they subtract the largest score *of the whole table*. **Predict** what
# then happens to the second row of the next table.

# %%
table = np.array([[1000.0, 0.0, 0.0], [3.2, 5.1, -1.7]])
shifted = np.exp(table - table.max())
with np.errstate(all="ignore"):
    print(shifted / shifted.sum(axis=1, keepdims=True))

# %% tags=["test"]
with np.errstate(all="ignore"):
    assert np.isnan(shifted[1] / shifted[1].sum()).all()

# %% [markdown]
# One confident sample turns its neighbour into `nan`. Each **row** needs its own maximum:
# `S.max(axis=1, keepdims=True)` has the shape $(N, 1)$ and is subtracted from every column.


# %% tags=["exercise"]
def softmax_probabilities(S):
    """Return the probabilities of all classes, shape (N, C), from scores S of shape (N, C)."""
    ### BEGIN SOLUTION
    exponentials = np.exp(S - S.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% tags=["check"]
course.check("softmax_probabilities", softmax_probabilities)

# %% [markdown]
# ## 4. Soft or hard: the scale of W
#
# Double $W$, and all scores double. For the answer nothing changes. For the probabilities?
# **Predict** what happens to $(0.71, 0.04, 0.26)$, the softmax of $(1, -2, 0)$, if the scores are
# halved. And in the limits, multiplied by 0 or by a million?
#
# With three classes we can draw all probabilities there are: they fill a triangle, the
# **simplex**. Its corners say "certainly cat", "certainly car", "certainly frog"; its centre says
# "no idea".


# %%
def in_triangle(P):
    """Return plane coordinates of probabilities (N, 3)."""
    return P @ np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3) / 2]])


rows = np.array([[1.0, -2.0, 0.0], [0.5, -1.0, 0.0]])
print(np.round(linclf.softmax(rows), 4))

figure, ax = plt.subplots(figsize=(6.2, 5), layout="constrained")
corners = in_triangle(np.eye(3))
ax.fill(*corners.T, fill=False, edgecolor="0.4")
ticks = np.linspace(0, 1, 61)
grid = np.array([(u, v, max(1 - u - v, 0)) for u in ticks for v in ticks if u + v < 1.001])
flat = in_triangle(grid)
cat_loss = np.clip(-np.log(grid[:, 0] + 1e-9), 0, 5)
filled = ax.tricontourf(*flat.T, cat_loss, levels=np.linspace(0, 5, 21), cmap="Blues")
figure.colorbar(filled, ax=ax, label="loss, if it is a cat (cut at 5)", shrink=0.8)
scales = np.linspace(0, 4, 60)
for row, label, color in zip(S, animals, ["#0072b2", "#e69f00", "#009e73"], strict=True):
    path = in_triangle(linclf.softmax(scales[:, None] * row))
    ax.plot(*path.T, color=color, linewidth=2.5, label=f"{label} picture")
    ax.plot(*in_triangle(linclf.softmax(row[None, :])).T, "o", color=color, markeredgecolor="k")
offsets = [(-8, -14), (8, -14), (0, 8)]
for corner, name, offset in zip(corners, animals, offsets, strict=True):
    ax.annotate(name, corner, offset, textcoords="offset points", ha="center")
ax.set_title("Scores times 0 (centre) to 4; dots: times 1", pad=10)
ax.set(aspect="equal", xlim=(-0.1, 1.1), ylim=(-0.09, 0.96))
ax.set_axis_off()
ax.legend(loc="upper left")
plt.show()

# %% tags=["test"]
assert np.round(linclf.softmax(rows), 2).tolist() == [[0.71, 0.04, 0.26], [0.55, 0.12, 0.33]]

# %% [markdown]
# Halved scores give $(0.55, 0.12, 0.33)$: softer. Multiplied by 0, all paths begin in the centre;
# multiplied by a lot, they run into a corner or an edge. So the *size* of $W$ is the confidence of
# the classifier. For the cat and the frog picture, more confidence means a darker colour or the
# wrong corner: they are confidently wrong. A penalty on $W$ (notebook 03) keeps the classifier
# modest.
#
# **Predict:** at the start of training all scores are about 0. What is the loss with three classes,
# and with ten? (For the hinge loss it was $C - 1$.)

# %%
X, y, X_test, y_test = linclf.datasets.digits(split="both")
W = 1e-4 * rng.standard_normal((64, 10))
start = linclf.loss_value("softmax", W, X, y)
zeros = linclf.loss_value("softmax", np.zeros((3, 3)), np.eye(3), y3)
print(f"three classes: {zeros:.6f}   digits: {start:.4f}   log 10 = {np.log(10):.4f}")

# %% tags=["test"]
assert np.isclose(zeros, 1.098612)
assert round(start, 2) == 2.30

# %% [markdown]
# All classes get $1/C$, so the loss is $\log C$: 1.0986 and 2.3026. This is the second value that
# you should know by heart; a softmax classifier that starts elsewhere has a bug.
#
# ### Why this loss? Two other ways to get there
#
# - **Maximum likelihood.** If the samples are independent, the probability of all their labels is
#   the product $\prod_i P(y_i \mid x_i)$. Make it as large as possible; take the logarithm; turn
#   the sign; divide by $N$: that is our loss. Nothing was invented.
# - **Cross-entropy.** Let $q$ be the true distribution, 1 for the right class and 0 else. The
#   cross-entropy $H(q, p) = -\sum_k q_k \log p_k$ keeps only the term $-\log p_{y_i}$. It is
#   $H(q) + D_{\mathrm{KL}}(q \,\|\, p)$, and here $H(q) = 0$, so our loss *is* the Kullback-Leibler
#   divergence of what the classifier says from what is true.
#
# A small consequence: $e^{-L}$ is a probability again, the (geometric) mean probability that the
# classifier gives to the truth. So a loss of 3.5 means: on average it gave the truth 3 %. *Now* we
# know whether 3.5 is good.

# %% tags=["test"]
assert round(float(np.exp(-3.5)), 2) == 0.03

# %% [markdown]
# ## 5. Hinge or softmax?
#
# Three pictures of class 0, with these scores. **Predict** for each the hinge loss, and the order
# of the softmax losses.

# %%
three = np.array([[10.0, -2.0, 3.0], [10.0, 9.0, 9.0], [10.0, -100.0, -100.0]])
print(f"{'scores':>18} {'hinge':>6} {'softmax':>10}")
pairs = []
for row in three:
    one, label = np.eye(1), np.array([0])
    pairs.append(
        [linclf.loss_value(loss, row[None, :], one, label) for loss in ("hinge", "softmax")]
    )
    print(f"{row!s:>18} {pairs[-1][0]:6.1f} {pairs[-1][1]:10.3g}")

# %% tags=["test"]
assert [pair[0] for pair in pairs] == [0, 0, 0]
assert np.allclose([pair[1] for pair in pairs], [0.000917605, 0.551444714, 0.0])

# %% [markdown]
# For the hinge loss all three are perfect: the job is done, whether the lead is 1 or 110. Softmax
# sees a great difference: 0.0009, 0.55 and nearly 0, and it would go on pushing for ever. **Hinge
# is satisfied; softmax never is.** Now jiggle the right score, as in Q1 of notebook 01:

# %%
lead = np.linspace(-3, 5, 161)
scores_of_two = np.stack([lead, np.zeros_like(lead)], axis=1)
one, label = np.eye(1), np.array([0])
curves = {
    loss: [linclf.loss_value(loss, row[None, :], one, label) for row in scores_of_two]
    for loss in ("hinge", "softmax", "squared_hinge")
}
figure, ax = plt.subplots(figsize=(7.5, 3.8), layout="constrained")
for (loss, values), style in zip(curves.items(), ["-", "-", ":"], strict=True):
    ax.plot(lead, values, style, linewidth=2.5, label=loss.replace("_", " "))
ax.plot(lead, lead < 0, color="0.5", linestyle="--", label="error: 1 or 0")
ax.set(xlabel="lead of the right score over the only other one", ylabel="$L_i$", ylim=(-0.2, 5))
ax.set_title("What we want to count, and what we can go down")
ax.legend()
plt.show()

# %% [markdown]
# The dashed step is what we care about, and it is flat almost everywhere. The other three are
# slopes that lead down to its lower side. Hinge has a kink and then rests; softmax is smooth.
#
# One more with numbers, known from the notes of CS231n. A picture with four pixels,
# $x = (-15, 22, -44, 56)$, the right class is the third.

# %%
W3 = np.array([[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]).T
b3 = np.array([0.0, 0.2, -0.3])
x3 = np.array([[-15.0, 22.0, -44.0, 56.0]])
s3 = linclf.scores(W3, x3, b=b3)
hinge = linclf.loss_value("hinge", W3, x3, np.array([2]), b=b3)
cross_entropy = linclf.loss_value("softmax", W3, x3, np.array([2]), b=b3)
print("scores", np.round(s3, 2), "probabilities", np.round(linclf.softmax(s3), 4))
print(f"hinge {hinge:.4f}   cross-entropy {cross_entropy:.4f}")

# %% tags=["test"]
assert np.round(s3, 2).tolist() == [[-2.85, 0.86, 0.28]]
assert round(hinge, 4) == 1.58
assert round(cross_entropy, 4) == 1.0402
assert np.round(linclf.softmax(s3), 4).tolist() == [[0.0154, 0.6312, 0.3534]]

# %% [markdown]
# 1.58 and 1.0402 (1.04 on the slide). **The two numbers cannot be compared**; a loss can only be
# compared with itself. (The famous figure prints the first probability as 0.016. It is 0.0154, so
# 0.015: somebody rounded twice.)
#
# ## 6. The most beautiful gradient
#
# Derive it yourself, it is two lines. From $L_i = -s_{y_i} + \log \sum_j e^{s_j}$,
#
# $$ \frac{\partial L_i}{\partial s_k} = \frac{e^{s_k}}{\sum_j e^{s_j}} - \mathbb{1}[k = y_i]
# = p_k - \mathbb{1}[k = y_i]. $$
#
# **What the classifier says, minus what is true.** Every class is pushed down by the probability
# that it claims without right, and the right class is pulled up by what it lacks. From there, as
# for the hinge loss: $\partial L_i / \partial W_{\cdot k} = (p_k - \mathbb{1}[k = y_i])\, x_i$.
#
# **Predict** the derivative for $p = (0.2, 0.3, 0.5)$ and $y = 1$. What do its entries sum to? Why
# must they?

# %%
ds = np.array([0.2, 0.3, 0.5]) - np.array([0, 1, 0])
print(ds, "sum", round(float(ds.sum()), 12))

# %% tags=["test"]
_, by_score = linclf.softmax_loss(np.log([[0.2, 0.3, 0.5]]), np.eye(1), np.array([1]))
assert np.allclose(by_score, [ds])

# %% [markdown]
# $(0.2, -0.7, 0.5)$, with the sum 0: adding the same to all scores changes nothing, so there is no
# slope in that direction.
#
# ### Exercise 2.3: `softmax_vectorized`
#
# The whole objective with its gradient, $L = \frac{1}{N} \sum_i L_i + \lambda \sum W^2$. Five
# lines: scores, row maximum, log-sum-exp for the loss, probabilities minus ones, matrix product.
# Take the loss from log-sum-exp and not from $-\log p$.


# %% tags=["exercise"]
def softmax_vectorized(W, X, y, reg):
    """Return (loss, dW) of the softmax loss, without loops and for scores of any size.

    W has shape (D, C), X has shape (N, D), y has shape (N,); dW has the shape of W.
    """
    ### BEGIN SOLUTION
    N = X.shape[0]
    rows = np.arange(N)
    S = X @ W
    S = S - S.max(axis=1, keepdims=True)
    exponentials = np.exp(S)
    sums = exponentials.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(sums[:, 0]) - S[rows, y]) + reg * np.sum(W * W)
    dS = exponentials / sums
    dS[rows, y] -= 1.0
    return float(loss), X.T @ dS / N + 2 * reg * W
    ### END SOLUTION


# %% tags=["check"]
course.check("softmax_vectorized", softmax_vectorized)

# %% [markdown]
# ### What it is good for
#
# You have a loss and a gradient. That is all that it takes to learn: go a little against the
# gradient, again and again. Notebook 05 does this with care; here is the shortest version, with
# *your* function. The pixels go from 0 to 16, so we divide by 16.
#
# **Predict** the first loss that is printed.

# %% tags=["needs:softmax_vectorized"]
pixels, pixels_test = X / 16.0, X_test / 16.0
W = np.zeros((64, 10))
history = []
for _ in range(100 if fast else 400):
    loss, dW = softmax_vectorized(W, pixels, y, 1e-4)
    W -= 1.0 * dW  # minus: downhill
    history.append(loss)
test_accuracy = float(np.mean((pixels_test @ W).argmax(axis=1) == y_test))
print(f"first loss {history[0]:.4f}, last {history[-1]:.4f}, test accuracy {test_accuracy:.3f}")

linclf.plot.templates(W, (8, 8), columns=10, title="Templates that your function has learned")
plt.show()

# %% tags=["test"]
assert np.isclose(history[0], np.log(10))
assert test_accuracy > 0.92

# %% [markdown]
# It begins at $\log 10$, as it must, and ends with more than nine of ten digits right.
#
# And we have got probabilities in return. Do they mean something? Among all pictures where the
# classifier says "I am 80 % sure", it ought to be right in about 80 % of the cases. Look at the
# least certain ones:

# %% tags=["needs:softmax_vectorized"]
P_test = linclf.softmax(pixels_test @ W)
sure = P_test.max(axis=1)
is_right = P_test.argmax(axis=1) == y_test
order = np.argsort(sure)[:8]
figure, axes = plt.subplots(1, 8, figsize=(12, 2.2), layout="constrained")
for ax, i in zip(axes, order, strict=True):
    first, second = np.argsort(P_test[i])[::-1][:2]
    ax.imshow(X_test[i].reshape(8, 8), cmap="gray")
    ax.set_title(f"{first}: {P_test[i, first]:.0%}\n{second}: {P_test[i, second]:.0%}", fontsize=10)
    ax.set_xlabel(f"is {y_test[i]}")
    ax.set_xticks([])
    ax.set_yticks([])
plt.show()
middle = np.median(sure)
print(f"right among the surer half: {is_right[sure > middle].mean():.3f},", end=" ")
print(f"among the other half: {is_right[sure <= middle].mean():.3f}")

# %% tags=["test"]
assert is_right[sure > middle].mean() > 0.98 > is_right[sure <= middle].mean()

# %% [markdown]
# You would hesitate as well. Where the classifier is sure, it is nearly always right; nearly all of
# its errors are among those where it says that it is not. That is what a hinge loss of 3.5 could
# not tell.
#
# ## What you know now
#
# - $p_k = e^{s_k} / \sum_j e^{s_j}$ and $L_i = -\log p_{y_i}$, with the natural logarithm.
# - Compute $m - s_y + \log \sum_j e^{s_j - m}$, with the maximum of each *row*.
# - It starts at $\log C$. If it does not: debug.
# - The gradient by the scores is $p - \mathbb{1}[y]$.
# - Hinge rests when the margin holds; softmax never rests.
#
# **Questions to take home**
#
# 1. Can you add a training sample that leaves the hinge loss of all others and its own at zero, but
#    not the softmax loss?
# 2. Your loss starts at 4.6 with ten classes. Which two bugs come to mind?
#    ($4.6 \approx 2 \log 10$.)
# 3. The labels are not certain: an expert says "70 % cat, 30 % dog". Which loss can use that?

# %% [markdown] tags=["solution"]
# **Answers.** 1: Yes, any sample that is right with a margin of more than 1: its hinge loss is 0,
# its softmax loss is not. 2: The loss is counted twice, or 100 classes are meant
# ($\log 100 = 4.6$), for instance since $W$ has too many columns. 3: Softmax: replace
# $-\log p_{y_i}$ by $-\sum_k q_k \log p_k$. In linclf pass an $(N, C)$ table of probabilities in
# place of $y$.
