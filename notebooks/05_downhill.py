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
# # 05 Downhill
#
# You have a loss $L(W)$ and, since notebook 04, a gradient that you trust. What is left is to
# find a $W$ with a low loss. The lectures tell it as a story: you stand on a hillside in thick
# fog, you want to get down to the valley, and all you can feel is the ground under your feet.
#
# After this notebook you can
#
# - compare random search, random local search and following the gradient, by how far they get;
# - write gradient descent on minibatches (SGD), and say what the noise costs and what it saves;
# - read a learning rate off a loss curve, find a good one, and understand why a too large one
#   diverges;
# - say what schedules and momentum are for.
#
# You need notebooks 01 to 04. It takes 45 to 60 minutes.

# %%
import linclf
import matplotlib.pyplot as plt
import numpy as np
from linclf import course

fast = course.fast()  # smaller sizes when the notebook is only tested
rng = np.random.default_rng(0)

X, y, X_test, y_test = linclf.datasets.digits(split="both")
X, X_test = X / 16.0, X_test / 16.0  # pixels from 0 to 1
D, C = X.shape[1], 10


def accuracy(W):
    """Share of test digits that are classified right."""
    return np.mean(linclf.predict(W, X_test) == y_test)


# %% [markdown]
# ## 1. Two bad ideas
#
# **Idea 1: random search.** Try a thousand random $W$, keep the best. On CIFAR-10 the lecture's
# thousand tries begin with losses of 9.401632, 8.959668, … and end with an accuracy of **15.5
# %** (guessing gives 10 %, and the state of the art was 95 %).
#
# **Idea 2: random local search.** Stand somewhere, stretch a foot out in a random direction,
# and step there if it is lower. The lecture's result: **21.4 %**.
#
# **Predict.** We do both for the digits, which have only 64 pixels, with a thousand tries each.
# What accuracies do you expect?

# %%
n_tries = 300 if fast else 1000
W_random, W_local = np.zeros((D, C)), np.zeros((D, C))
searched = linclf.random_search(W_random, X, y, n_tries=n_tries, scale=0.1, rng=0, progress=False)
stepped = linclf.random_local_search(
    W_local, X, y, n_tries=n_tries, step=0.02, rng=0, progress=False
)
print(f"random search:       loss {searched.lowest[-1]:.3f}, accuracy {accuracy(W_random):.1%}")
print(f"random local search: loss {stepped.lowest[-1]:.3f}, accuracy {accuracy(W_local):.1%}")

# %% [markdown]
# Random search is hopeless: 640 numbers have to be right at the same time. Random local search
# gets surprisingly far, because each small success is *kept*. But it wastes most of its tries:

# %%
improved = np.mean(np.diff(stepped.lowest) < 0)
print(f"share of tries that were an improvement: {improved:.0%}")

# %% tags=["test"]
assert accuracy(W_random) < 0.4 < accuracy(W_local)
assert improved < 0.5

# %% [markdown]
# Why try directions at random, if mathematics tells the best one?
#
# ## 2. A good idea: follow the gradient
#
# $$W \leftarrow W - \eta\, \nabla_W L$$
#
# The gradient points to where the loss grows fastest, so we go the other way. $\eta$, the
# **learning rate** or step size, says how far.
#
# ### Exercise 5.1: one step
#
# Change `W` *in place*, so that whoever passed it sees the change: `W -= ...`, not
# `W = W - ...`.


# %% tags=["exercise"]
def sgd_step(W, dW, learning_rate):
    """Take one step downhill, in place."""
    ### BEGIN SOLUTION
    W -= learning_rate * dW
    ### END SOLUTION


# %% tags=["check"]
course.check("sgd_step", sgd_step)

# %% [markdown]
# > **Find the bug in the slide.** Two update slides of one lecture read like the function
# > below; a later slide corrects it. What will the loss do? Say it before you run it.


# %%
def descend_like_the_slide(W, n_steps, eta):
    losses = []
    for _ in range(n_steps):
        loss, grad_W = linclf.softmax_loss(W, X, y)
        losses.append(loss)
        W += eta * grad_W
    return losses


print(np.round(descend_like_the_slide(np.zeros((D, C)), 6, 0.5), 3))

# %% tags=["test"]
uphill = descend_like_the_slide(np.zeros((D, C)), 6, 0.5)
assert abs(uphill[0] - np.log(10)) < 1e-9
assert np.all(np.diff(uphill) > 0)

# %% [markdown]
# <details><summary>Answer</summary>
#
# It rises from the first step on: `+=` climbs the hill. Write `W -= eta * grad_W`. Note the
# first loss, $\ln 10 = 2.3026$: with all scores 0 the classifier is at chance. *A loss that
# grows steadily from there usually has a sign wrong; one that jumps about has a learning rate
# too large.*
# </details>
#
# Now the three ideas in one picture. A try or a step costs about the same for each: one pass
# over the data.

# %%
W = np.zeros((D, C))
followed = linclf.gradient_descent(W, X, y, learning_rate=1.0, max_steps=n_tries, progress=False)

fig, ax = plt.subplots(figsize=(7.6, 4.2), layout="constrained")
ax.plot(searched.lowest, label=f"random search: {accuracy(W_random):.1%}")
ax.plot(stepped.lowest, label=f"random local search: {accuracy(W_local):.1%}")
ax.plot(followed.loss, linewidth=2.5, label=f"following the gradient: {accuracy(W):.1%}")
ax.axhline(np.log(10), color="gray", linestyle=":", label="chance: ln 10")
ax.set(
    xlabel="tries or steps", ylabel="lowest softmax loss so far", xscale="symlog", xlim=(0, None)
)
ax.legend()
plt.show()

# %% tags=["test"]
assert accuracy(W) > 0.9
assert followed.loss[20] < stepped.lowest[100]

# %% [markdown]
# ## 3. What a step looks like
#
# 640 dimensions are hard to draw. So let us have two: two classes, two features. The gradients
# of softmax by the two columns of $W$ are opposite (the probabilities sum to 1), so from
# $W = 0$ the columns stay opposite, too: $W = \begin{pmatrix} a & -a\\ b & -b\end{pmatrix}$,
# and we can draw *everything*.
#
# The second feature is on a larger scale than the first. That is what makes it interesting: the
# valley becomes long and narrow.

# %%
features = rng.standard_normal((400, 2)) * np.array([1.0, 4.0])
truth = np.array([0.6, 0.05])  # classes overlap: their probabilities come from these weights
kinds = (rng.random(400) > 1 / (1 + np.exp(-2 * features @ truth))).astype(np.int64)
start, middle = np.array([-1.0, 0.3]), np.array([0.2, 0.0])
columns = np.array([[1.0, -1.0]])  # W = (a, b) as a column, times (1, -1)
directions = [np.array([[1.0], [0.0]]) * columns, np.array([[0.0], [1.0]]) * columns]
landscape = linclf.loss_plane(
    "softmax", middle[:, None] * columns, features, kinds, along=directions, radius=1.5,
    n_points=41 if fast else 121,
)  # fmt: skip


def walk(learning_rate, n_steps=30, **options):
    """Return the places (a, b) of gradient descent, and its history."""
    W = start[:, None] * columns
    places = [W[:, 0].copy()]
    history = linclf.gradient_descent(
        W, features, kinds, learning_rate=learning_rate, max_steps=n_steps, progress=False,
        callback=lambda state: places.append(state.W[:, 0].copy()), **options,
    )  # fmt: skip
    return np.array(places), history


lowest = walk("auto", n_steps=3000)[1].loss[-1]


def draw_walk(ax, learning_rate, name=None, **options):
    """Draw thirty steps over the landscape; return how far above the minimum they end."""
    places, _ = walk(learning_rate, **options)
    end = linclf.loss_value("softmax", places[-1][:, None] * columns, features, kinds) - lowest
    levels = lowest + np.linspace(0, 1, 21) ** 2 * 1.5
    a, b = middle[0] + landscape.a, middle[1] + landscape.b
    ax.contourf(a, b, landscape.loss, levels=levels, cmap="cividis", extend="max")
    ax.plot(*places.T, "o-", color="#d55e00", markersize=4, linewidth=1.3)
    ax.plot(*places[0], "o", color="white", markersize=8)
    ax.set(xlim=(-1.25, 1.25), ylim=(-0.6, 0.6), xlabel="a")
    name = name or f"learning rate {learning_rate:g}"
    ax.set_title(f"{name}: {end:.4f} above the minimum", fontsize=10)
    return end


# %% [markdown]
# **Predict.** Four learning rates, thirty steps each: 0.01, 0.1, 0.3 and 0.6. Which one
# arrives? What will the path of the largest look like?

# %%
fig, axes = plt.subplots(2, 2, figsize=(10, 7), layout="constrained", sharex=True, sharey=True)
rates = (0.01, 0.1, 0.3, 0.6)
ends = [draw_walk(ax, rate) for ax, rate in zip(axes.flat, rates, strict=True)]
for ax in axes[:, 0]:
    ax.set_ylabel("b")
plt.show()
print("surely stable at", linclf.stable_learning_rate("softmax", features))

# %% tags=["test"]
assert ends[0] > ends[1] > ends[2]
assert ends[3] > ends[2]

# %% [markdown]
# The gradient is perpendicular to the contour lines, which is *not* the direction of the
# minimum. In a long valley it points to the other side. A small rate creeps along the floor; a
# large one jumps from wall to wall, or higher up than before.
#
# The bound is set by the *steepest* direction: if the loss curves like $\frac{\kappa}{2} w^2$,
# a step maps $w$ to $(1 - \eta\kappa)\,w$, which shrinks only if $\eta < 2/\kappa$. The
# *flattest* direction then needs many steps. Therefore features of a similar scale (subtract
# the mean, divide) make training faster: notebook 06 does it.
#
# ## 4. Which learning rate? Ask the loss curve
#
# Back to the digits. The learning rate is the first thing to tune, and the loss curve tells
# which way.
#
# **Predict.** Below are four curves, with a penalty of $\lambda = 0.01$. Which of the rates
# 0.01, 0.1, 1 and 10 belongs to a slow descent, which to spikes?

# %%
ax, last = None, {}
for learning_rate in (0.01, 0.1, 1.0, 10.0):
    history = linclf.gradient_descent(
        np.zeros((D, C)), X, y, reg=0.01, learning_rate=learning_rate, max_steps=60, progress=False
    )
    last[learning_rate] = history.loss[-1]
    ax = linclf.plot.loss_curve(history, label=f"learning rate {learning_rate:g}", log=True, ax=ax)
ax.set_title("Too small, small, good, too large")
plt.show()

# %% tags=["test"]
assert last[1.0] == min(last.values())
assert last[10.0] > last[0.1]

# %% [markdown]
# The lecture does this with ten step sizes from $10^{-10}$ to $10^{-1}$, from a loss of
# 2.200718 on CIFAR-10: the best, $10^{-6}$, leads to 1.647802 in one step, and the largest to
# 25392. Far too small does nothing, far too large explodes, and between them is a window of one
# or two powers of ten. That the window is at $10^{-6}$ there and near 1 here is no
# contradiction: pixels of ±127 make gradients 100 times larger, and the curvature $100^2$
# times.

# %%
sweep = linclf.sanity.learning_rate_sweep(
    "softmax", X, y, reg=1e-3, max_steps=40 if fast else 100, rng=0
)
linclf.plot.learning_rates(sweep)
plt.show()

# %% tags=["test"]
assert sweep.suggested is not None
assert 0.1 < sweep.suggested < 100

# %% [markdown]
# ### When it explodes
#
# With a penalty one can say exactly when: each step multiplies $W$ by $1 - 2\eta\lambda$
# (notebook 03). For $\eta = 20$ and $\lambda = 0.1$ that is $-3$.
#
# **Predict.** What happens to the weights, and to the loss, in ten steps?

# %%
W = np.zeros((D, C))
try:
    linclf.gradient_descent(W, X, y, reg=0.1, learning_rate=20.0, max_steps=1000, progress=False)
except linclf.DivergenceError as error:
    stopped = error
    print(error)
    print("\nthe losses before:", np.array2string(error.history.loss[:8], precision=3))

# %% tags=["test"]
assert linclf.sanity.penalty_decay(20.0, 0.1).factor == -3.0
assert stopped.stable_learning_rate < 1.0
assert 5 < stopped.history.loss[5] / stopped.history.loss[4] < 11

# %% [markdown]
# $W$ changes its sign and triples with every step, so the penalty grows by a factor of 9: look
# at the ratios of the losses (a little more at first, while the data loss adds to it). NumPy
# code would go on to `inf` and `nan` and print warnings; `linclf` stops, keeps the last finite
# weights, and computes from the data a rate that is stable. The error is an object that you can
# use:

# %%
history = linclf.gradient_descent(
    np.zeros((D, C)), X, y, reg=0.1, learning_rate=stopped.stable_learning_rate, max_steps=200,
    progress=False,
)  # fmt: skip
history

# %% [markdown]
# ## 5. Minibatches: a noisy compass
#
# The gradient is a *mean* over all $N$ samples. With a million of them it is a waste to look at
# all before every small step. A **minibatch** of 32, 64 or 128 samples, drawn at random, gives
# a rough idea of the direction for a fraction of the work:
#
# $$\nabla L \approx \frac1B\sum_{i \in \text{batch}} \nabla L_i + \lambda\nabla R(W)$$
#
# This is **stochastic gradient descent**, SGD. How good is the compass?
#
# **Predict.** By how much does the error of the gradient fall if you take four times as many
# samples?

# %%
sizes = 2 ** np.arange(0, 11)
n_draws = 40 if fast else 200
fig, (ax, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
for n_steps, name in ((0, "at the start"), (20, "after 20 steps")):
    W = np.zeros((D, C))
    linclf.gradient_descent(W, X, y, learning_rate=1.0, max_steps=n_steps, progress=False)
    _, whole = linclf.softmax_loss(W, X, y)
    errors, angles = [], []
    for size in sizes:
        drawn = [rng.choice(len(y), size) for _ in range(n_draws)]
        guesses = np.array([linclf.softmax_loss(W, X[rows], y[rows])[1] for rows in drawn])
        norms = np.sqrt(np.sum(guesses**2, axis=(1, 2)))
        cosines = np.sum(guesses * whole, axis=(1, 2)) / norms / np.linalg.norm(whole)
        distances = np.sqrt(np.sum((guesses - whole) ** 2, axis=(1, 2)))
        errors.append(np.mean(distances) / np.linalg.norm(whole))
        angles.append(np.degrees(np.mean(np.arccos(cosines))))
    ax.loglog(sizes, errors, "o-", linewidth=2, label=name)
    ax.loglog(sizes, errors[0] / np.sqrt(sizes), "--", color="gray")
    right.semilogx(sizes, angles, "o-", linewidth=2, label=name)
ax.text(2, 0.25, r"dashed: $1/\sqrt{B}$", color="gray")
ax.set(xlabel="batch size B", ylabel="relative error of the gradient")
ax.legend()
right.set(xlabel="batch size B", ylabel="angle to the whole gradient, degrees", ylim=(0, 90))
plt.show()

# %% tags=["test"]
slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
assert abs(slope + 0.5) < 0.08
assert max(angles) < 90

# %% [markdown]
# The error falls with $1/\sqrt B$: four times the samples, half the error. That is a bad
# bargain for a large batch, and a good one for a small: a batch of 32 is less than 3 % of the
# work here. Its direction is rather wrong, but every angle below 90° leads downhill, and the
# next batch is wrong in another way. Near the minimum the compass gets worse: the whole
# gradient goes to 0, the noise does not.
#
# ### Exercise 5.2: SGD
#
# Draw the rows of each batch by `rng.choice(N, batch_size)` (with replacement, as the courses
# do), compute loss and gradient on them, remember the loss, and step. `loss(W, X, y)` returns
# `(loss, dW)`; `W` is changed in place.


# %% tags=["exercise"]
def sgd(W, X, y, loss, learning_rate, batch_size, n_steps, rng):
    """Train W in place by minibatch steps; return the list of the batches' losses."""
    ### BEGIN SOLUTION
    losses = []
    for _ in range(n_steps):
        rows = rng.choice(len(y), batch_size)
        value, dW = loss(W, X[rows], y[rows])
        W -= learning_rate * dW
        losses.append(value)
    return losses
    ### END SOLUTION


# %% tags=["check"]
course.check("sgd", sgd)

# %% tags=["needs:sgd"]
W = 0.0001 * rng.standard_normal((D, C))
losses = sgd(W, X, y, linclf.softmax_loss, 0.5, 64, 400, np.random.default_rng(0))
linclf.plot.loss_curve(losses, title=f"My own SGD: accuracy {accuracy(W):.1%}")
plt.show()

# %% tags=["test"]
assert accuracy(W) > 0.9
assert len(losses) == 400

# %% [markdown]
# ### How large should a batch be?
#
# `linclf.sgd` does the same in C, and keeps a `History`. We give every batch size the same
# number of *epochs*, that is, of looks at the data.
#
# **Predict.** Draw the loss of batch sizes 8, 64 and all 1198, first against steps, then
# against epochs. Which is best in which?

# %%
epochs = 5 if fast else 20
runs = {}
for batch_size in (8, 64, len(y)):
    W = np.zeros((D, C))
    runs[batch_size] = linclf.sgd(
        W, X, y, learning_rate=0.5, batch_size=batch_size, epochs=epochs, rng=0,
        validation=(X_test, y_test), progress=False,
    )  # fmt: skip

fig, (ax, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained", sharey=True)
for batch_size, history in runs.items():
    name = f"batch size {batch_size}" if batch_size < len(y) else "all samples"
    ax.plot(history.loss, alpha=0.8, linewidth=0.8, label=name)
    per_epoch = len(history) / epochs
    right.plot(
        history.validation["step"] / per_epoch,
        history.validation["loss"],
        "o-",
        markersize=4,
        label=name,
    )
ax.set(xlabel="steps", ylabel="loss of the batch", xscale="symlog", ylim=(0, 2.6))
right.set(xlabel="epochs: looks at all data", title="validation loss")
ax.legend()
plt.show()
for history in runs.values():
    print(history)

# %% tags=["test"]
final = {size: history.validation["loss"][-1] for size, history in runs.items()}
assert final[8] < final[64] < final[len(y)]

# %% [markdown]
# Against *steps*, the whole batch is smoothest. Against *epochs*, what you pay for, small
# batches win by far at the start: eight samples at a time, 150 steps are taken in the time of
# one. But their losses never come to rest (left); the next section is about that. Large batches
# use vector units and threads better, therefore the usual compromise of 32 to 256.
#
# ## 6. Settling down: schedules
#
# Noise is proportional to the learning rate. So start with large steps, and make them smaller:
# a *schedule*.

# %%
fig, (ax, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
total = 600 if fast else 1500
for name in ("constant", "step", "invscaling", "cosine"):
    W = np.zeros((D, C))
    history = linclf.sgd(
        W, X, y, reg=1e-3, learning_rate=2.0, batch_size=8, max_steps=total, schedule=name, rng=0,
        progress=False,
    )  # fmt: skip
    end = linclf.loss_value("softmax", W, X, y, 1e-3)
    ax.plot(history.learning_rate, linewidth=2, label=name)
    window = np.ones(50) / 50
    right.plot(np.convolve(history.loss, window, mode="valid"), label=f"{name}: ends at {end:.3f}")
    runs[name] = end
ax.set(xlabel="step", ylabel="learning rate", title="schedules")
right.set(xlabel="step", ylabel="loss, mean of 50 batches", yscale="log", title="batches of 8")
ax.legend()
right.legend()
plt.show()

# %% tags=["test"]
assert runs["cosine"] < runs["constant"]
assert runs["step"] < runs["constant"]

# %% [markdown]
# All begin alike; those whose steps shrink end lower. (The legend tells the loss on *all*
# training data at the end, batches being too noisy to compare.)
#
# ## 7. Momentum: a heavy ball
#
# In the narrow valley of section 3, the gradient swings from wall to wall, while its component
# along the valley always has the same sign. Average the last gradients, and the swinging
# cancels:
#
# $$v \leftarrow \mu v - \eta\,\nabla L, \qquad W \leftarrow W + v$$
#
# with $\mu$ around 0.9. A ball rolls instead of a hiker walking.
#
# **Predict.** Does the ball overshoot? (Thirty steps again, all with a learning rate of 0.06.)

# %%
fig, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained", sharey=True)
settings = {"gradient descent": {}, "momentum 0.8": {"momentum": 0.8}}
settings["Nesterov, 0.8"] = {"momentum": 0.8, "nesterov": True}
after = {}
for ax, (name, options) in zip(axes, settings.items(), strict=True):
    after[name] = draw_walk(ax, 0.06, name, **options)
axes[0].set_ylabel("b")
plt.show()

# %% tags=["test"]
assert after["momentum 0.8"] < after["gradient descent"] / 2
assert after["Nesterov, 0.8"] < after["gradient descent"] / 2

# %% [markdown]
# It does overshoot, and still arrives much earlier. Nesterov's variant computes the gradient
# where the ball is *about to be*, and swings less.
#
# ## 8. Back to chance: your own random search
#
# You have seen what a gradient is worth. As a last exercise, write the loser of the race, to
# know it from inside (and because random search has a comeback in notebook 06, for
# hyperparameters, where nobody has a gradient).
#
# ### Exercise 5.3: random search
#
# Try `n_tries` times `W = 0.0001 * rng.standard_normal((D, n_classes))`, and return the best
# `W` with its loss. `loss(W, X, y)` returns `(loss, dW)`, of which you need the first only.


# %% tags=["exercise"]
def random_search(X, y, n_classes, loss, n_tries, rng):
    """Return the best of n_tries random weights, and its loss."""
    ### BEGIN SOLUTION
    best_W, best_loss = None, np.inf
    for _ in range(n_tries):
        W = 0.0001 * rng.standard_normal((X.shape[1], n_classes))
        value, _ = loss(W, X, y)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss
    ### END SOLUTION


# %% tags=["check"]
course.check("random_search", random_search)

# %% tags=["needs:random_search"]
best_W, best_loss = random_search(X, y, C, linclf.svm_loss, 100, np.random.default_rng(0))
print(f"hinge loss {best_loss:.6f} (chance: {C - 1}), accuracy {accuracy(best_W):.1%}")

# %% tags=["test"]
assert 8.9 < best_loss < 9.0

# %% [markdown]
# With weights as small as 0.0001 the loss hardly leaves $C - 1 = 9$; the *accuracy* does not
# depend on the scale of $W$, as you know from notebook 03.
#
# ## What to remember
#
# 1. $W \leftarrow W - \eta\nabla L$, with a minus.
# 2. The learning rate is the first thing to tune, in powers of ten. A flat curve: larger.
#    Spikes or `nan`: smaller.
# 3. The steepest direction bounds the rate, the flattest one the patience. Scale the features.
# 4. A minibatch of $B$ samples is wrong by $1/\sqrt B$, for $B/N$ of the work. Shrink the steps
#    to settle.
# 5. Momentum averages the zigzag away.
#
# **To go further.** (a) Repeat section 3 with `features / features.std(axis=0)`. How many steps
# does it take now? (b) Find by experiment the largest learning rate that does not diverge in
# section 3, and compare it with $2/\kappa$. (c) Replace softmax by the hinge in section 4: its
# gradient does not vanish near the minimum. What does the loss curve look like at a constant
# rate, and what does a schedule change?
