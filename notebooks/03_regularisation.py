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
# # 03 Is W unique? Regularisation
#
# A loss tells you how well some weights do on the training data. Suppose you found weights with
# a loss of exactly zero: perfect, on the data you have. Are they *the* answer?
#
# After this notebook you can
#
# - show that a $W$ of zero loss is never alone, and say what that breaks;
# - write the full objective, $L = \frac{1}{N}\sum_i L_i + \lambda R(W)$, and its gradient, for
#   L2, L1 and elastic net;
# - say which weights each of them prefers, and recognise it in a picture;
# - translate $\lambda$ between courses and libraries, which disagree by factors of 2 and $N$.
#
# You need notebooks 01 and 02. It takes 45 to 60 minutes.

# %%
import linclf
import matplotlib.pyplot as plt
import numpy as np
from linclf import course

fast = course.fast()  # smaller sizes when the notebook is only tested
rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. Two answers to the same question
#
# Here are the three images of notebook 01 again, with the scores that some $W$ gives them.
#
# | | cat image | car image | frog image |
# |---|---|---|---|
# | cat score | **3.2** | 1.3 | 2.2 |
# | car score | 5.1 | **4.9** | 2.5 |
# | frog score | -1.7 | 2.0 | **-3.1** |
# | hinge loss $L_i$ | 2.9 | 0 | 12.9 |
#
# The car image is satisfied: its loss is 0, because $4.9$ is ahead of both other scores by more
# than $\Delta = 1$. Now replace $W$ by $2W$. All scores double.
#
# **Predict before you run the next cell.** What are the three losses under $2W$? Does the car
# image get a loss? Is the mean (5.2667 before) twice as large?

# %%
S = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])  # one image per row
y3 = np.array([0, 1, 2])
features = np.eye(3)  # with X = I, the scores X @ W are W itself


def losses_one_by_one(W):
    return [linclf.svm_loss(W, features[i : i + 1], y3[i : i + 1])[0] for i in range(3)]


for factor in (1, 2):
    each = losses_one_by_one(factor * S)
    print(f"{factor} W: losses {np.round(each, 4)}, mean {np.mean(each):.4f}")

# %% tags=["test"]
assert np.allclose(losses_one_by_one(S), [2.9, 0, 12.9])
assert np.allclose(losses_one_by_one(2 * S), [4.8, 0, 23.8])
assert round(float(np.mean(losses_one_by_one(S))), 4) == 5.2667
assert round(float(np.mean(losses_one_by_one(2 * S))), 4) == 9.5333

# %% [markdown]
# The losses are 4.8, 0 and 23.8, their mean is 9.5333: not twice as much, since the margin
# $\Delta = 1$ did not double with the scores. And the car image stays at 0. Its margin was
# $4.9 - 2.0 = 2.9 \ge 1$, and doubling makes it 5.8.
#
# That is the point. *If all images are satisfied, $2W$ satisfies them as well*, and so does
# every $aW$ with $a \ge 1$. Zero loss is not a place, it is a whole region.
#
# ### A picture of the region
#
# Three clouds of points, well apart. We train with the hinge loss and no regularisation until
# the loss is zero, and then walk along the ray $aW$.

# %%
X, y = linclf.datasets.blobs(3, n=90, spread=0.15, rng=1)
W = np.zeros((2, 3))
history = linclf.gradient_descent(
    W, X, y, loss="hinge", learning_rate=0.05, max_steps=2000, progress=False
)
print(f"hinge loss {linclf.loss_value('hinge', W, X, y):.6f}")
print(f"and at 2W  {linclf.loss_value('hinge', 2 * W, X, y):.6f}")

# %% tags=["test"]
assert linclf.loss_value("hinge", W, X, y) == 0.0
assert linclf.loss_value("hinge", 2 * W, X, y) == 0.0

# %% [markdown]
# **Predict.** Sketch the loss against $a$, for $a$ from 0 (all scores zero) to 2. Where does
# the curve start, with three classes? Then do the same for softmax: does it reach zero?

# %%
fig, axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained", sharey=True)
for ax, loss in zip(axes, ("hinge", "softmax"), strict=True):
    for lam in (0.0, 0.02, 0.1):
        ray = linclf.loss_slice(loss, W, X, y, lam, along=W, radius=1.0)
        ax.plot(1 + ray.at, ray.loss, linewidth=2, label=f"$\\lambda$ = {lam:g}")
        lowest = np.argmin(ray.loss)
        if lam:
            ax.plot(1 + ray.at[lowest], ray.loss[lowest], "o", color=ax.lines[-1].get_color())
    ax.set(title=loss, xlabel="$a$: the weights are $a W$")
axes[0].set_ylabel(r"$\frac{1}{N}\sum_i L_i + \lambda \sum W^2$")
axes[0].legend()
plt.show()

# %% tags=["test"]
ray = linclf.loss_slice("hinge", W, X, y, 0.0, along=W, radius=1.0)
assert abs(ray.loss[0] - 2.0) < 1e-12
assert ray.loss[-1] == 0.0
ray = linclf.loss_slice("softmax", W, X, y, 0.0, along=W, radius=1.0)
assert abs(ray.loss[0] - np.log(3)) < 1e-12
assert ray.loss[-1] > 0.0
assert np.all(np.diff(ray.loss) < 0)

# %% [markdown]
# - Both start at their value for equal scores: $C - 1 = 2$ for the hinge,
#   $\ln 3 \approx 1.0986$ for softmax. You met that sanity check before.
# - **Hinge, $\lambda = 0$**: a flat floor. All of it is optimal, nothing singles out a weight.
# - **Softmax, $\lambda = 0$**: no floor, but no minimum either. It creeps towards 0, and the
#   "best" weights are infinitely large. A training run would never stop, and the probabilities
#   would go to 0 and 1 however doubtful the data.
# - **$\lambda > 0$**: a bowl with one lowest point (the dots). The weights now *cost*
#   something.
#
# The decision regions, on the other hand, do not care for $a$ at all, because
# $\arg\max_j a\,s_j = \arg\max_j s_j$ for $a > 0$. What changes is how *sure* the classifier
# claims to be.

# %%
fig, axes = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained")
point = np.array([[0.35, 0.2]])
for ax, factor in zip(axes, (0.5, 1.0, 2.0), strict=True):
    linclf.plot.decision_regions(lambda Z, W=factor * W: linclf.predict(W, Z), X, y, ax=ax)
    p = linclf.softmax(point @ (factor * W))[0]
    ax.plot(*point[0], "k*", markersize=13)
    shown = ", ".join(f"{value:.2f}" for value in p)
    ax.set_title(f"{factor:g} W: p(star) = {shown}", fontsize=10)
plt.show()

# %% [markdown]
# ### A second freedom, for free
#
# Scaling is not the only way to change $W$ without changing what it does. Add the same vector
# $v$ to *every* column of $W$: every score of an image grows by the same number $v^\top x$.
#
# **Predict.** What happens to the hinge loss, to the softmax loss, and to $\sum W^2$?

# %%
v = np.array([[3.0], [-2.0]])
for name, weights in (("W", W), ("W + v", W + v), ("centred", W - W.mean(axis=1, keepdims=True))):
    print(
        f"{name:8} hinge {linclf.loss_value('hinge', weights, X, y):.6f}   "
        f"softmax {linclf.loss_value('softmax', weights, X, y):.6f}   "
        f"sum of squares {(weights**2).sum():.3f}"
    )

# %% tags=["test"]
moved = linclf.loss_value("softmax", W + v, X, y)
assert abs(moved - linclf.loss_value("softmax", W, X, y)) < 1e-12
assert ((W - W.mean(axis=1, keepdims=True)) ** 2).sum() < ((W + v) ** 2).sum()

# %% [markdown]
# Both losses see differences of scores only, so neither moves. $\sum W^2$ does, and among all
# $W + v$ it is smallest where every row of $W$ has the mean zero. A penalty on $W$ settles this
# freedom, too.
#
# ## 2. The full objective
#
# $$
# L = \underbrace{\frac{1}{N}\sum_i L_i}_{\text{data loss}}
# \;+\; \underbrace{\lambda\, R(W)}_{\text{regularisation}}
# $$
#
# | in `linclf` | $R(W)$ | gradient of $\lambda R$ |
# |---|---|---|
# | `L2(lam)`, or `reg=lam` | $\sum W^2$ | $2\lambda W$ |
# | `L1(lam)` | $\sum \lvert W\rvert$ | $\lambda\,\mathrm{sign}\,W$ |
# | `ElasticNet(lam, beta)` | $\sum \beta W^2 + \vert W\vert$ | $2\lambda\beta W$ + that of L1 |
#
# The sums go over all entries of $W$. $\lambda$ (`lam`) says how much small weights are worth, in
# units of the loss. It is a *hyperparameter*: the training data alone cannot choose it, since it
# would always choose 0.
#
# > **Find the bug in the slide.** Two of the lectures print the objective as
# > $\frac1N\sum_i L_i + R(W)$ and, on the gradient slide, $\frac1N\sum_i L_i + \sum_k W_k^2$.
# > What is missing, and what would training do for $3072 \times 10$ weights if you took it
# > literally?
#
# <details><summary>Answer</summary>
#
# The factor $\lambda$ is missing, so that $\lambda = 1$. With pixels between 0 and 1 that is a
# huge strength: the cheapest thing to do is to keep all weights near 0, and the classifier
# stays close to chance. You will see it in the last picture of this notebook.
# </details>
#
# Why is there no bias in $R$? A bias moves all scores of a class up or down, whatever the
# image. Making it small does not make the classifier any smoother; it only forbids classes to
# be more frequent than others. So `linclf` never penalises `b`. If you fold the bias into $W$
# as a row (the bias trick), it is penalised along.
#
# ### Exercise 3.1: the L2 penalty
#
# Return the value $\lambda\sum W^2$ and its gradient, of the shape of `W`. Mind that there is
# no ½.


# %% tags=["exercise"]
def l2_penalty(W, lam):
    """Return lam * sum(W**2) and its gradient with respect to W."""
    ### BEGIN SOLUTION
    return lam * np.sum(W**2), 2 * lam * W
    ### END SOLUTION


# %% tags=["check"]
course.check("l2_penalty", l2_penalty)

# %% [markdown]
# ### Exercise 3.2: the L1 penalty
#
# $\lvert w\rvert$ has a kink at 0: its slope is $-1$ on the left and +1 on the right. At the kink
# itself, every number between is a *subgradient*. Take 0 there, which is what `np.sign`
# returns.


# %% tags=["exercise"]
def l1_penalty(W, lam):
    """Return lam * sum(abs(W)) and a subgradient, which is 0 where W is 0."""
    ### BEGIN SOLUTION
    return lam * np.sum(np.abs(W)), lam * np.sign(W)
    ### END SOLUTION


# %% tags=["check"]
course.check("l1_penalty", l1_penalty)

# %% [markdown]
# ### Exercise 3.3: the elastic net
#
# The compromise, $\lambda\sum(\beta W^2 + \lvert W\rvert)$. Note where $\beta$ stands: with
# $\beta = 0$ it is L1, and a large $\beta$ makes it ever more like L2.


# %% tags=["exercise"]
def elastic_net(W, lam, beta):
    """Return lam * sum(beta * W**2 + abs(W)) and a subgradient, which is 0 where W is 0."""
    ### BEGIN SOLUTION
    return lam * np.sum(beta * W**2 + np.abs(W)), lam * (2 * beta * W + np.sign(W))
    ### END SOLUTION


# %% tags=["check"]
course.check("elastic_net", elastic_net)

# %% [markdown]
# ## 3. The lecture's two weights
#
# One image, $x = (1, 1, 1, 1)$, and two candidates for the weights of a class:
#
# $$w_1 = (1, 0, 0, 0) \qquad w_2 = (\tfrac14, \tfrac14, \tfrac14, \tfrac14)$$
#
# Both give the score $w^\top x = 1$, so the data loss cannot tell them apart.
#
# **Predict.** Which does L2 prefer? Which does L1 prefer? And the elastic net with
# $\beta = \frac{1}{2}$? Work it out on paper: it is one line for each.

# %%
x = np.ones(4)
w1, w2 = np.array([1.0, 0, 0, 0]), np.full(4, 0.25)
print(f"scores: {w1 @ x:g} and {w2 @ x:g}")
print(f"{'':30}{'w1':>8}{'w2':>8}")
for penalty in (linclf.L2(1.0), linclf.L1(1.0), linclf.ElasticNet(1.0, beta=0.5)):
    print(f"{penalty!s:30}{penalty.value(w1):8.3f}{penalty.value(w2):8.3f}")

# %% tags=["test"]
assert (linclf.L2(1.0).value(w1), linclf.L2(1.0).value(w2)) == (1.0, 0.25)
assert (linclf.L1(1.0).value(w1), linclf.L1(1.0).value(w2)) == (1.0, 1.0)
net = linclf.ElasticNet(1.0, 0.5)
assert (net.value(w1), net.value(w2)) == (1.5, 1.125)

# %% [markdown]
# - **L2** prefers $w_2$: 0.25 against 1. Squares punish one large weight more than four small
#   ones. It spreads the evidence over all pixels that carry any.
# - **L1** does not mind: 1 against 1. One lecture leaves the question open, many students
#   answer "$w_1$", and the truth is a tie.
# - **Elastic net** prefers $w_2$, 1.125 against 1.5, because of its square part.
#
# But everybody says that L1 likes sparse weights! It does, as soon as the features are *not*
# all alike. The tie is an accident of $x = (1,1,1,1)$. The picture shows why, with two weights
# instead of four: every point on the line has the same score $w^\top x = 1$. Blow up the set of
# weights of equal penalty until it touches the line, and you have found the cheapest weights.


# %%
def cheapest(x, penalty):
    """Return the weights on the line w @ x = 1 with the smallest penalty, by looking at many."""
    t = np.linspace(-1, 2, 9001)  # steps of 1/3000
    line = np.stack([t, (1 - t * x[0]) / x[1]], axis=1)
    values = np.array([penalty.value(w) for w in line])
    return line[np.isclose(values, values.min(), rtol=0, atol=1e-9)], values.min()


w_grid = np.linspace(-1.25, 1.25, 201)
A, B = np.meshgrid(w_grid, w_grid)
penalties = {
    "L2": linclf.L2(1.0),
    "L1": linclf.L1(1.0),
    r"elastic net, $\beta$ = ½": linclf.ElasticNet(1.0, 0.5),
}
fig, axes = plt.subplots(2, 3, figsize=(10, 6.6), layout="constrained", sharex=True, sharey=True)
for row, x2 in zip(axes, (np.array([1.0, 1.0]), np.array([1.5, 1.0])), strict=True):
    for ax, (name, penalty) in zip(row, penalties.items(), strict=True):
        R = penalty.l2 * (A**2 + B**2) + penalty.l1 * (abs(A) + abs(B))
        best, value = cheapest(x2, penalty)
        ax.contour(A, B, R, levels=[value / 4, value / 2], colors="gray", linewidths=0.7)
        ax.contour(A, B, R, levels=[value], colors="#0072b2", linewidths=2)
        ax.plot(w_grid, (1 - w_grid * x2[0]) / x2[1], color="#d55e00", linewidth=1.5)
        ax.plot(best[:, 0], best[:, 1], "o-", color="#d55e00", linewidth=5, markersize=8)
        ax.set(xlim=(-1.25, 1.25), ylim=(-1.25, 1.25), aspect="equal")
        ax.set_title(f"{name}, x = ({x2[0]:g}, {x2[1]:g})", fontsize=10)
for ax in axes[-1]:
    ax.set_xlabel("$w_1$")
for ax in axes[:, 0]:
    ax.set_ylabel("$w_2$")
plt.show()

# %% tags=["test"]
assert len(cheapest(np.array([1.0, 1.0]), linclf.L1(1.0))[0]) > 2900
corner, _ = cheapest(np.array([1.5, 1.0]), linclf.L1(1.0))
assert np.allclose(corner, [[2 / 3, 0]], atol=1e-3)
round_one, _ = cheapest(np.array([1.5, 1.0]), linclf.L2(1.0))
assert round_one.min() > 0.2

# %% [markdown]
# Blue: weights of the same penalty. Orange line: weights of the same score. Thick orange: the
# cheapest of them.
#
# In the upper row the line runs along a whole side of the L1 diamond: that is the tie. In the
# lower row the first feature is a little stronger, and L1 puts *everything* on it: it touches
# at a corner, where the other weight is exactly 0. L2 touches a circle, which has no corners;
# it merely gives the stronger feature the larger weight.
#
# ## 4. Half a factor, and other disagreements
#
# Some courses and libraries write $\frac{1}{2}\lambda\sum W^2$, so that the gradient is the pretty
# $\lambda W$. Both are fine. Mixing them is not: a loss with one and a gradient with the other
# is the most frequent mistake that we found in public homework solutions, 13 functions out of
# 144. It even passes many a check, because the error is tiny if $\lambda$ is.
#
# **Predict.** CS231n asked for `reg = 5e4` in 2016, when its code had the ½, and for
# `reg = 2.5e4` since 2017, without. Did the homework change?

# %%
W_start = 0.001 * rng.standard_normal((3073, 10))
half = 0.5 * 5e4 * np.sum(W_start**2)
whole = linclf.L2(2.5e4)
print(f"with the half, 5e4: {half:.4f}; without, 2.5e4: {whole.value(W_start):.4f}")
print("gradients alike:", np.allclose(5e4 * W_start, whole.gradient(W_start), rtol=1e-12))

# %% tags=["test"]
assert np.isclose(half, whole.value(W_start), rtol=1e-12)
assert 730 < half < 810
decay = linclf.sanity.penalty_decay(1e-7, 2.5e4)
expected = 2.5e4 * 0.001**2 * 30730
assert round(expected, 2) == 768.25
assert [round(expected * decay.penalty(k)) for k in (100, 200, 300)] == [282, 103, 38]
assert round(expected * linclf.sanity.penalty_decay(1e-7, 1.25e4).penalty(100)) == 466

# %% [markdown]
# It did not: the same function, under another name.
#
# This start also tells a story that you can check in your own training. With weights
# $0.001\cdot\mathcal N(0,1)$, the penalty is about
# $2.5\cdot10^4 \cdot 30730 \cdot 10^{-6} = 768.25$, while the data loss is around 9 to 24: the
# first loss of that famous homework is almost all penalty, and its curve falls so nicely at
# first because the penalty decays. Each step multiplies $W$ by $1 - 2\eta\lambda$:

# %%
decay = linclf.sanity.penalty_decay(1e-7, 2.5e4)
print(decay)
steps = np.arange(0, 501)
fig, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
wrong = linclf.sanity.penalty_decay(1e-7, 1.25e4)
ax.plot(steps, 768.25 * decay.factor ** (2 * steps), linewidth=2, label=r"gradient $2\lambda W$")
ax.plot(steps, 768.25 * wrong.factor ** (2 * steps), "--", label=r"forgot the 2: $\lambda W$")
ax.plot([100, 200, 300], [286, 107, 42], "o", label="printed in a public notebook")
ax.set(xlabel="step", ylabel="penalty (dots: whole loss)", title="The first 500 steps need no data")
ax.legend()
plt.show()

# %% [markdown]
# At steps 100, 200 and 300 the penalty alone is 282, 103 and 38; a public notebook prints
# losses of 286, 107 and 42. If your curve stands at 466 after 100 steps, your gradient lacks
# the factor 2. *One look at a loss curve can be a gradient check.*
#
# > **Find the bug in the slide.** One lecture, and the reference solution of its homework, has
# > the loss below. The notebook of that course never runs a gradient check. What would one have
# > said?


# %%
def loss_of_the_slide(W, X, y, reg):
    data_loss, dW = linclf.softmax_loss(W, X, y)
    return data_loss + reg * np.linalg.norm(W), dW + 2 * reg * W


W_try = rng.standard_normal(W.shape)
linclf.check_gradient(loss_of_the_slide, W_try, X, y, 0.1, loss="softmax")

# %% tags=["test"]
assert not linclf.check_gradient(loss_of_the_slide, W_try, X, y, 0.1, loss="softmax")

# %% [markdown]
# <details><summary>Answer</summary>
#
# `np.linalg.norm(W)` is $\lVert W\rVert = \sqrt{\sum W^2}$: the square is missing in the loss,
# while the gradient is that of $\lambda\sum W^2$. So loss and gradient belong to two different
# functions. Write `reg * np.sum(W**2)`. (The gradient of $\lambda\lVert W\rVert$ would be
# $\lambda W / \lVert W\rVert$.)
# </details>
#
# Other tools count differently still: scikit-learn multiplies the *losses* by $C$ and sums
# them, PyTorch adds `weight_decay * W` to the gradient. `linclf.conventions` translates; the
# table is for $\lambda = 0.01$ and $N = 1000$.

# %%
linclf.conventions.table(0.01, n_samples=1000)

# %% [markdown]
# **Exercise (on paper).** scikit-learn's `LogisticRegression` minimises
# $C\sum_i L_i + \frac{1}{2}\sum W^2$. Divide by $CN$ and read off $\lambda$. Then compare:

# %%
print(linclf.conventions.to("sklearn.LogisticRegression", 0.01, n_samples=1000))
print(linclf.conventions.to("torch.CrossEntropyLoss", 0.01))

# %% tags=["test"]
assert linclf.conventions.to("sklearn.LogisticRegression", 0.01, n_samples=1000) == {"C": 0.05}
assert linclf.conventions.to("torch.CrossEntropyLoss", 0.01) == {"weight_decay": 0.02}

# %% [markdown]
# $\lambda = 1/(2CN)$, so $C = 0.05$ here; and since the gradient of $\lambda\sum W^2$ is
# $2\lambda W$, PyTorch's `weight_decay` is $2\lambda = 0.02$.
#
# ## 5. What they do to templates
#
# Time for pictures. We put each $8 \times 8$ digit into the middle of a $16 \times 16$ field
# of noise. Only the middle can help. A classifier with 256 weights per class and 150 images has
# every opportunity to learn the noise by heart.


# %%
def framed(images):
    """Put every digit into the middle of a field of noise; return rows of 256 pixels."""
    field = 0.5 * rng.standard_normal((len(images), 16, 16))
    field[:, 4:12, 4:12] = images.reshape(-1, 8, 8) / 16.0
    return field.reshape(len(images), 256)


images, labels, more_images, y_test = linclf.datasets.digits(split="both")
X_train, y_train, X_test = framed(images[:150]), labels[:150], framed(more_images)
linclf.plot.sample_grid(X_train, y_train, per_class=2, title="digits in a field of noise")
plt.show()

# %% [markdown]
# ### How to reach exactly zero
#
# L1 wants weights of exactly 0, but a subgradient step cannot get there: at $w = 0.001$ it
# subtracts $\eta\lambda$, lands at a small negative number, adds $\eta\lambda$, and so on. It
# dances around 0. The cure is one line: step by the gradient of the smooth part, then *shrink*
# every weight towards 0 by $\eta\lambda$, and stop at 0 if it would cross it. This is called
# soft thresholding, or the proximal step of L1.


# %%
def shrink(W, amount):
    return np.sign(W) * np.maximum(np.abs(W) - amount, 0.0)


def fit(penalty, X=X_train, y=y_train, n_steps=300 if fast else 1000, sparse=True):
    """Minimise softmax loss plus penalty by (proximal) gradient descent with momentum."""
    learning_rate = linclf.stable_learning_rate("softmax", X, linclf.L2(penalty.l2))
    W = ahead = np.zeros((X.shape[1], 10))
    for k in range(n_steps):
        if sparse:
            _, dW = linclf.softmax_loss(ahead, X, y, linclf.L2(penalty.l2))
            new = shrink(ahead - learning_rate * dW, learning_rate * penalty.l1)
        else:
            new = ahead - learning_rate * linclf.softmax_loss(ahead, X, y, penalty)[1]
        ahead = new + k / (k + 3) * (new - W)
        W = new
    return W


def accuracy(W, X, y):
    return np.mean(linclf.predict(W, X) == y)


penalties = {
    "no penalty": linclf.L2(0.0),
    "L2, λ = 0.03": linclf.L2(0.03),
    "L1, λ = 0.01": linclf.L1(0.01),
    "elastic net, λ = 0.005, β = 1": linclf.ElasticNet(0.005, 1.0),
}
fitted = {name: fit(penalty) for name, penalty in penalties.items()}
danced = fit(linclf.L1(0.01), sparse=False)
print(f"zeros after soft thresholding: {np.mean(fitted['L1, λ = 0.01'] == 0):.2f}")
print(f"zeros after subgradient steps: {np.mean(danced == 0):.2f}")

# %% tags=["test"]
assert np.mean(fitted["L1, λ = 0.01"] == 0) > 0.9
assert np.mean(danced == 0) < 0.05

# %% [markdown]
# **Predict.** Which of the four will have a border of exactly zero? Which gets the best
# accuracy on the test images, and which on the training images?

# %%
fig, axes = plt.subplots(4, 1, figsize=(9, 7.4), layout="constrained")
for ax, (name, weights) in zip(axes, fitted.items(), strict=True):
    linclf.plot.templates(weights, (16, 16), columns=10, ax=ax)
    ax.set_title(
        f"{name}: training accuracy {accuracy(weights, X_train, y_train):.2f}, "
        f"test accuracy {accuracy(weights, X_test, y_test):.2f}, "
        f"zeros {np.mean(weights == 0):.0%}",
        fontsize=10,
    )
plt.show()

# %% tags=["test"]
results = {name: accuracy(weights, X_test, y_test) for name, weights in fitted.items()}
assert accuracy(fitted["no penalty"], X_train, y_train) == 1.0
assert results["L1, λ = 0.01"] > results["no penalty"] + 0.1
assert abs(results["L2, λ = 0.03"] - results["no penalty"]) < 0.05
assert results["no penalty"] < results["elastic net, λ = 0.005, β = 1"] < results["L1, λ = 0.01"]

# %% [markdown]
# - **No penalty** is perfect on the training images, and it uses the noise for it: the border
#   is as loud as the digits.
# - **L2** makes all weights smaller, and changes little else. It spreads, also over the noise.
#   On this data it does not help, and honesty demands to say so.
# - **L1** finds out by itself where the digits are. Nearly all of the weights are exactly 0, it
#   is no longer perfect on the training images, and it is more than ten points better on the
#   test images.
# - **Elastic net** lies between.
#
# That is no victory of L1 over L2: we built data in which most features are useless, and a
# penalty that believes in useless features wins there. A penalty is a *belief about W* put into
# a formula.

# %%
fig, ax = plt.subplots(figsize=(6.8, 3.8), layout="constrained")
for (name, weights), style in zip(fitted.items(), ("-", "--", "-.", ":"), strict=True):
    ax.plot(np.sort(np.abs(weights).ravel())[::-1], style, linewidth=2, label=name)
ax.set(xlabel="weights, largest first", ylabel="|w|", title="Who has large weights, and how many")
ax.set_yscale("symlog", linthresh=0.01)
ax.legend()
plt.show()

# %% [markdown]
# ## 6. When L2 helps, and how to choose λ
#
# Now the plain digits, without the noise field, but with **wrong labels**: of 300 training
# images, one in five got a random one. A model that is free to believe them all will. We sweep
# $\lambda$ over six decades and look at images that took no part in the training.
#
# **Predict.** Sketch both accuracies against $\lambda$. Where does the training accuracy have
# its maximum? And the other?

# %%
X_small, y_small = images[:300] / 16.0, labels[:300].copy()
X_val = more_images / 16.0
spoilt = rng.choice(300, 60, replace=False)
y_small[spoilt] = rng.integers(0, 10, 60)

lams = 10.0 ** np.arange(-5, 1.1, 0.5)
sweep = [fit(linclf.L2(lam), X_small, y_small, n_steps=1000 if fast else 3000) for lam in lams]
train_accuracy = [accuracy(weights, X_small, y_small) for weights in sweep]
val_accuracy = [accuracy(weights, X_val, y_test) for weights in sweep]

fig, (ax, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
ax.semilogx(lams, train_accuracy, "o--", label="training (with wrong labels)")
ax.semilogx(lams, val_accuracy, "o-", linewidth=2, label="validation")
ax.axvline(1.0, color="gray", linestyle=":", label=r"the slide without $\lambda$")
ax.set(xlabel=r"$\lambda$", ylabel="accuracy", ylim=(0, 1.02))
ax.legend(loc="lower left")
right.loglog(lams, [np.sqrt((weights**2).sum()) for weights in sweep], "o-", color="#009e73")
right.set(xlabel=r"$\lambda$", ylabel=r"$\sqrt{\sum W^2}$")
plt.show()
best = int(np.argmax(val_accuracy))
print(f"best λ = {lams[best]:.2g}: validation accuracy {val_accuracy[best]:.3f}")
print(f"smallest λ = {lams[0]:.0e}: validation accuracy {val_accuracy[0]:.3f}")

# %% tags=["test"]
assert train_accuracy[0] > train_accuracy[best]
assert val_accuracy[best] > val_accuracy[0] + 0.05
assert 1e-3 < lams[best] < 0.3
assert np.all(np.diff([(weights**2).sum() for weights in sweep]) < 0)

# %% [markdown]
# The training accuracy is highest where $\lambda$ is smallest, always: more freedom, better
# fit. The validation accuracy has its maximum in between. To the left of it the model believes
# the wrong labels (*overfitting*), to the right it is not allowed to believe anything
# (*underfitting*). At $\lambda = 1$, the slide without $\lambda$, only about half of the images
# are still right.
#
# You cannot see the best $\lambda$ in the training data. This is why notebook 06 splits off a
# validation set and searches.
#
# ## What to remember
#
# 1. A $W$ of zero hinge loss is not unique: $aW$ for $a \ge 1$, and $W + v\mathbf 1^\top$, do
#    as well. Softmax without a penalty has no minimum at all if the data are separable.
# 2. $L = \frac1N\sum_i L_i + \lambda R(W)$, with the $\lambda$, and without the bias in $R$.
# 3. L2 spreads, L1 makes exact zeros, elastic net does some of both. On $w_1$ and $w_2$ of the
#    lecture, L1 ties.
# 4. Loss and gradient must use the same convention: $\lambda\sum W^2$ goes with $2\lambda W$.
# 5. $\lambda$ is chosen on validation data.
#
# **To go further.** (a) Repeat section 5 with `noise` of 0.1 instead of 0.5. Does L1 still win?
# (b) Prove that among all $W + v\mathbf 1^\top$ the one whose rows have the mean zero has the
# smallest $\sum W^2$. (c) In section 6, replace L2 by L1. Which $\lambda$ is best, and how many
# weights does it keep?
