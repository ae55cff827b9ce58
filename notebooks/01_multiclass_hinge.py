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
# # 01 The multiclass hinge loss
#
# In notebook 00 a $W$ gave a cat picture the scores $-96.8$ for cat, 437.9 for dog and 60.75 for
# ship. We called that "bad". To *search* for a better $W$ we need more than an opinion: we need one
# number that gets smaller when $W$ gets better. That number is the **loss**, and choosing it is
# choosing what "better" means.
#
# Why not simply count the errors? Because the count does not say where to go. Change $W$ a little,
# and nearly always not a single answer changes: the count is flat, and a flat function has no way
# down. We want a loss that notices small steps.
#
# After this notebook you can
#
# - compute the multiclass hinge (SVM) loss by hand, and say in one sentence what it asks for;
# - answer the six questions that every lecture asks about it, and check the answers;
# - write the loss and its gradient with loops, and then without;
# - say why training the classes *together* matters.
#
# You need notebook 00. It takes 45 to 60 minutes.

# %%
import time

import linclf
import matplotlib.pyplot as plt
import numpy as np
from linclf import course

fast = course.fast()  # smaller sizes when the notebook is only tested
rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. Three pictures, three classes
#
# Some $W$ gave these scores to three pictures. The right class of each is in bold.
#
# | | cat picture | car picture | frog picture |
# |---|---|---|---|
# | cat score | **3.2** | 1.3 | 2.2 |
# | car score | 5.1 | **4.9** | 2.5 |
# | frog score | $-1.7$ | 2.0 | **-3.1** |
#
# The car is right, the cat is beaten by "car", and the frog is a disaster.
#
# The multiclass hinge loss (of Weston and Watkins) turns this into a number. For picture $i$ with
# the scores $s$ and the right class $y_i$,
#
# $$ L_i = \sum_{j \ne y_i} \max(0,\; s_j - s_{y_i} + \Delta), \qquad \Delta = 1. $$
#
# In words: **the right score shall be ahead of every other score by at least 1.** For each class
# $j$ that keeps its distance we pay nothing; for each that comes too close we pay as much as it is
# too close by. The loss of the data is the mean, $L = \frac{1}{N} \sum_i L_i$.
#
# **Predict**, on paper, the three losses $L_i$ and their mean.

# %%
S = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])  # one picture per row
y3 = np.array([0, 1, 2])
animals = ["cat", "car", "frog"]

my_losses = [None, None, None]  # cat, car, frog: type your numbers here
my_mean = None

# %% [markdown]
# ### Exercise 1.1: `hinge_sample`
#
# Now let a function do it, for one picture. Mind the class $j = y_i$: it is left out of the sum.


# %% tags=["exercise"]
def hinge_sample(s, y, delta=1.0):
    """Return the hinge loss of one sample, as a float.

    s has shape (C,) and holds the scores; y is the right class.
    """
    ### BEGIN SOLUTION
    margins = np.maximum(0.0, s - s[y] + delta)
    margins[y] = 0.0
    return float(margins.sum())
    ### END SOLUTION


# %% tags=["check"]
course.check("hinge_sample", hinge_sample)

# %% [markdown]
# ### Find the bug in the slide
#
# Two lecture scripts in this course's family show this very example. One prints
#
# > cat 2.9, car 0, frog **12.9**, mean **5.27**
#
# and the other
#
# > cat 2.9, car 0, frog **10.9**, mean **4.6**
#
# They cannot both be right. **Decide which one is, and find the slip in the other**, before you ask
# your function. (Hint: the frog has two terms. By how much is each of them off?)

# %% tags=["needs:hinge_sample"]
losses = [hinge_sample(s, label) for s, label in zip(S, y3, strict=True)]
for row in zip(animals, losses, my_losses, strict=True):
    print("{:5} {:5.1f}   you: {}".format(*row))
print(f"mean  {np.mean(losses):.4f}   you: {my_mean}")

# %% tags=["test"]
assert np.round(losses, 10).tolist() == [2.9, 0.0, 12.9]
assert round(float(np.mean(losses)), 4) == 5.2667

# %% [markdown]
# 12.9 is right. The frog loses $(2.2 + 3.1 + 1) + (2.5 + 3.1 + 1) = 6.3 + 6.6$. Whoever computed
# 10.9 forgot the $+1$ in both terms, got $5.3 + 5.6$, and carried the slip into the mean. A whole
# lecture hall copied it. Here is the arithmetic as a slide should show it:

# %%
linclf.explain(S[2], 2, class_names=animals)

# %% [markdown]
# As a picture: each bar starts at the right score and says how far another class lies from it. What
# reaches over the dashed line at $-\Delta$ costs, as much as it reaches over.

# %%
colors = linclf.plot.class_colors(3)
figure, axes = plt.subplots(1, 3, figsize=(11, 2.9), layout="constrained", sharex=True)
for ax, s, label in zip(axes, S, y3, strict=True):
    others = [j for j in range(3) if j != label]
    ahead = s[others] - s[label]
    ax.barh([animals[j] for j in others], ahead, color=[colors[j] for j in others], height=0.5)
    cost = np.maximum(0, ahead + 1)
    left = np.full(2, -1.0)
    ax.barh(range(2), cost, left=left, height=0.75, fill=False, hatch="//", edgecolor="0.35")
    ax.axvline(-1, color="0.35", linestyle="--")
    ax.axvline(0, color="0.35", linewidth=0.8)
    ax.set_title(f"{animals[label]} picture: loss {cost.sum():.1f}")
    ax.set_xlabel(r"$s_j - s_y$")
plt.show()

# %% [markdown]
# The hatched length is the loss. The car's rivals stay to the left of the dashed line, and the loss
# is exactly 0.
#
# A second example, from a lecture in Mannheim: two pictures of a cat with the scores
# $s_1 = (1.0, 0.2, -0.5)$ and $s_2 = (2.5, 3.1, -0.1)$, cat first. **Predict:** the first picture
# is classified correctly. Is its loss 0?

# %% tags=["needs:hinge_sample"]
mannheim = [
    hinge_sample(np.array([1.0, 0.2, -0.5]), 0),
    hinge_sample(np.array([2.5, 3.1, -0.1]), 0),
]
print(np.round(mannheim, 4), "mean", round(float(np.mean(mannheim)), 4))

# %% tags=["test"]
assert np.allclose(mannheim, [0.2, 1.6])
assert np.isclose(np.mean(mannheim), 0.9)

# %% [markdown]
# 0.2: right, but with a lead of only 0.8. The hinge loss does not ask for the right answer; it asks
# for the right answer **with a margin**.
#
# ## 2. Six questions
#
# Every lecture stops here to ask these. For each: answer first (write it down!), then run the cell.
# The cells call linclf's kernels, so they run whether or not you have solved the exercises.
#
# A small trick saves work: with $X = I$ the scores $XW$ are $W$ itself. So we can pass any table of
# scores as `W`.


# %%
def hinge_mean(S, y, loss="hinge"):
    """Return the mean loss of a table of scores, one sample per row."""
    return linclf.loss_value(loss, S, np.eye(len(S)), y)


print(hinge_mean(S, y3))

# %% [markdown]
# **Q1.** The car score of the car picture wiggles a little: 4.9 becomes 4.8 or 5.3. What happens to
# the loss? How far may it fall before anything happens?

# %%
car_scores = np.linspace(1, 7, 241)
curve = []
for value in car_scores:
    wiggled = S.copy()
    wiggled[1, 1] = value
    curve.append(hinge_mean(wiggled, y3) * 3 - 2.9 - 12.9)  # the part of the car picture
figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
ax.plot(car_scores, curve, linewidth=2.5)
ax.axvline(4.9, color="0.5", linestyle="--")
ax.text(4.95, 2.0, "4.9, as given")
ax.set(xlabel="car score of the car picture", ylabel="$L_i$ of the car picture")
ax.set_title("Flat while the margin holds, then a kink, then a slope")
plt.show()
slack = 4.9 - (2.0 + 1)
print("slack", round(slack, 4))

# %% tags=["test"]
assert round(slack, 4) == 1.9
assert max(value for s, value in zip(car_scores, curve, strict=True) if s > 3.001) < 1e-9

# %% [markdown]
# Nothing happens: the car score may fall by 1.9, down to 3.0, one ahead of the frog score of 2.0.
# The hinge loss does not care about how far you are beyond the margin. (Softmax does. Notebook 02.)
# At 2.3 the slope gets steeper: from there on the cat score of 1.3 comes too close as well.
#
# **Q2.** What is the smallest possible $L_i$, and the largest?
#
# Each term is a maximum with 0, so the smallest is 0, and it is really reached, by the car. There
# is no largest: a right score can be as far behind as you like.
#
# **Q3.** At the start of training $W$ is small, and all scores are about 0. What is the loss? For
# three classes? For ten?

# %%
X, y, X_test, y_test = linclf.datasets.digits(split="both")
start = 1e-4 * rng.standard_normal((64, 10))
at_start = linclf.loss_value("hinge", start, X, y)
print("three classes:", hinge_mean(np.zeros((3, 3)), y3), "  digits, small W:", round(at_start, 2))

# %% tags=["test"]
assert hinge_mean(np.zeros((3, 3)), y3) == 2.0
assert round(at_start, 1) == 9.0

# %% [markdown]
# All $C - 1$ wrong classes are too close by $\Delta = 1$: the loss is $C - 1$, so 2 and 9.
# **Remember this one.** It is the cheapest test of a program: if your loss does not start at
# $C - 1$, do not train, debug.
#
# **Q4.** What if the sum includes $j = y_i$?
#
# **Q5.** What if we take the mean over the wrong classes instead of the sum?
#
# **Q6.** What if we square the terms, $\sum_{j \ne y_i} \max(0, s_j - s_{y_i} + 1)^2$?
#
# For each: which of the numbers 2.9, 0, 12.9 change, and would the *best $W$* change?

# %%
terms = np.maximum(0, S - S[np.arange(3), y3][:, None] + 1)  # with j = y: max(0, 0 + 1) = 1
q4 = terms.sum(axis=1)
q5 = (q4 - 1) / 2
q6 = np.array([linclf.loss_value("squared_hinge", s[None, :], np.eye(1), np.array([label]))
               for s, label in zip(S, y3, strict=True)])  # fmt: skip
for name, values in [("Q4, all j", q4), ("Q5, mean", q5), ("Q6, squared", q6)]:
    print(f"{name:12}", np.round(values, 4), "  mean", round(float(values.mean()), 4))

# %% tags=["test"]
assert np.allclose(q4, [3.9, 1, 13.9])
assert np.isclose(q4.mean(), 6.266667)
assert np.isclose(q5.mean(), 2.633333)
assert np.allclose(q6, [8.41, 0, 83.25])
assert np.isclose(q6.mean(), 30.553333)

# %% [markdown]
# - **Q4**: every sample gains exactly 1: 3.9, 1, 13.9, with the mean 6.2667. A constant shifts the
#   valley up, not sideways: the same best $W$. But a perfect classifier would then have the loss 1,
#   and we prefer that perfect means 0.
# - **Q5**: everything is divided by $C - 1 = 2$; the mean is 2.6333. Only the scale changes and the
#   best $W$ stays, *unless* a penalty is added, which does not shrink with it (notebook 03).
# - **Q6**: 8.41, 0, 83.25. Not just another scale: one large error now outweighs many small ones.
#   This is a different loss with a different best $W$. Neither is right; the data decide.
#
# There is a seventh question: is the $W$ with loss 0 unique? Think about $2W$, and take the
# question along to notebook 03.
#
# ## 3. Which way is down?
#
# To improve $W$ we need the gradient: how does the loss change with each score, and then with each
# weight? Look at one term, $\max(0, s_j - s_{y_i} + 1)$.
#
# - If it is 0, small changes do nothing: the derivative is 0.
# - If it is positive, it rises with $s_j$ one to one, and falls with $s_{y_i}$ one to one.
#
# So each class that is too close gets $+1$, and the right class gets $-1$ *for each of them*.
#
# **Predict** the three numbers $\partial L_i / \partial s$ for the cat, the car and the frog
# picture.

# %%
for name, s, label in zip(animals, S, y3, strict=True):
    _, ds = linclf.svm_loss(s[None, :], np.eye(1), np.array([label]))
    print(f"{name:5}", ds[0])

# %% tags=["test"]
assert (linclf.svm_loss(S, np.eye(3), y3)[1] * 3).round(9).tolist() == [
    [-1, 1, 0],
    [0, 0, 0],
    [1, 1, -2],
]

# %% [markdown]
# $(-1, 1, 0)$, $(0, 0, 0)$ and $(1, 1, -2)$. The car asks for nothing. The frog asks for twice as
# much, since two classes are too close.
#
# The scores are $s = xW$, so score $j$ depends on column $j$ of $W$ alone, with the factor $x$:
#
# $$ \frac{\partial L_i}{\partial W_{\cdot j}} = \frac{\partial L_i}{\partial s_j}\, x_i. $$
#
# Read this as a recipe: **add the picture to the template of every class that is too close, and
# subtract it from the template of the right class once for each of them.** (A step *down* then does
# the opposite.) At last we divide by $N$ and add the gradient of the penalty: for
# $\lambda \sum W^2$ that is $2 \lambda W$.
#
# ### Exercise 1.2: `hinge_loops`
#
# Write the loss and its gradient with plain loops, exactly as the formula reads: over the samples,
# and inside over the classes. The objective is
#
# $$ L = \frac{1}{N} \sum_i L_i + \lambda \sum_{d,c} W_{dc}^2, $$
#
# with $\lambda$ = `reg`. Of 38 public solutions that were looked at, 23 have a mistake somewhere.
# Three that occur: the gradient lacks the factor 2 of the penalty (13 functions), the right class
# does not get its $-x$, the penalty is added *before* the division by $N$.


# %% tags=["exercise"]
def hinge_loops(W, X, y, reg):
    """Return (loss, dW) of the multiclass hinge loss, computed with loops.

    W has shape (D, C), X has shape (N, D), y has shape (N,); dW has the shape of W.
    """
    ### BEGIN SOLUTION
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        x = X[i].astype(float)  # raw uint8 pixels would wrap around below
        s = x @ W
        for j in range(C):
            margin = s[j] - s[y[i]] + 1.0
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += x
                dW[:, y[i]] -= x
    return float(loss / N + reg * np.sum(W * W)), dW / N + 2 * reg * W
    ### END SOLUTION


# %% tags=["check"]
course.check("hinge_loops", hinge_loops)

# %% [markdown]
# At a margin of *exactly* 0 there is a kink, and no derivative: the slope is 0 on one side and 1 on
# the other. Everyone takes 0 there, which is why the condition is `> 0` and not `>= 0`. It sounds
# like hair-splitting, but the scores $(10, 9, 9)$ of the next notebook sit exactly on that kink,
# twice.
#
# ### Exercise 1.3: `hinge_vectorized`
#
# Loops are slow in Python. The same computation in matrices, one step at a time:
#
# 1. all scores: $S = XW$, with the shape $(N, C)$;
# 2. the right score of every row as a column, of shape $(N, 1)$: `S[np.arange(N), y][:, None]`;
# 3. all margins at once, and 0 in the places $(i, y_i)$;
# 4. the table $\partial L_i / \partial s$: 1 where a margin is positive, and in the places
#    $(i, y_i)$ minus the number of ones in the row;
# 5. one matrix product for the gradient. **Predict** its form from the shapes alone: from $X$
#    $(N, D)$ and the table $(N, C)$ we want $(D, C)$.


# %% tags=["exercise"]
def hinge_vectorized(W, X, y, reg):
    """Return (loss, dW) of the multiclass hinge loss, without loops.

    W has shape (D, C), X has shape (N, D), y has shape (N,); dW has the shape of W.
    """
    ### BEGIN SOLUTION
    N = X.shape[0]
    rows = np.arange(N)
    S = X @ W
    margins = S - S[rows, y][:, None] + 1.0
    margins[rows, y] = 0.0
    dS = (margins > 0).astype(float)
    dS[rows, y] = -dS.sum(axis=1)
    loss = np.maximum(0.0, margins).sum() / N + reg * np.sum(W * W)
    return float(loss), X.T @ dS / N + 2 * reg * W
    ### END SOLUTION


# %% tags=["check"]
course.check("hinge_vectorized", hinge_vectorized)

# %% [markdown]
# Both of your functions should now agree with each other and with linclf. Courses test this
# with a tiny `reg` such as 0.000005, and a forgotten penalty then prints a difference of 0.000000.
# We take `reg=0.5`, where nothing can hide.
#
# **Predict** how many times faster the version without loops is.

# %% tags=["needs:hinge_loops", "needs:hinge_vectorized"]
W = 0.01 * rng.standard_normal((64, 10))
n = 200 if fast else 1000
results, seconds = {}, {}
for name, function in [
    ("loops", hinge_loops),
    ("vectorized", hinge_vectorized),
    ("linclf", linclf.svm_loss),
]:
    best = np.inf
    for _ in range(3):
        begin = time.perf_counter()
        results[name] = function(W, X[:n], y[:n], 0.5)
        best = min(best, time.perf_counter() - begin)
    seconds[name] = best
for name, (loss, dW) in results.items():
    difference = np.abs(dW - results["linclf"][1]).max()
    print(
        f"{name:11} loss {loss:.6f}  |dW - linclf| {difference:.1e}  {1e3 * seconds[name]:7.2f} ms"
    )

# %% tags=["test"]
for value, gradient in results.values():
    assert np.isclose(value, results["linclf"][0])
    assert np.allclose(gradient, results["linclf"][1])

# %% [markdown]
# ## 4. What the landscape looks like
#
# Walk from a random $W$ along a straight line, and watch the loss. With one sample it is made of
# straight pieces and kinks; with many samples the kinks get so small that it looks smooth.
# **Predict:** can such a curve have two separate valleys?

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
pixels = X / 16.0  # from 0 to 1
W0 = rng.standard_normal((64, 10))
for ax, count in zip(axes, (1, 200), strict=True):
    piece = linclf.loss_slice("hinge", W0, pixels[:count], y[:count], radius=4.0, rng=2)
    linclf.plot.loss_slice(piece, ax=ax, title=f"hinge loss of {count} sample{'s' * (count > 1)}")
plt.show()

# %% [markdown]
# No. Each term is a maximum of two functions that are linear in $W$, so it is convex, and a sum of
# convex functions is convex: **one valley, on every line, however you cut.** Whoever walks down
# arrives. With neural networks this ends.
#
# ## 5. Together or one against the rest?
#
# Two relatives of our loss are in wide use, and you may have met them under the same name:
#
# - **one-vs-rest**: each class gets its own binary hinge, "me against everybody else"
#   (scikit-learn's `LinearSVC` and `SGDClassifier`);
# - **Crammer and Singer**: $\max_{j \ne y_i}$ in place of $\sum_{j \ne y_i}$: only the strongest
#   rival counts.
#
# On the three pictures they say something quite different. Our loss says 2.9, 0, 12.9.
# **Predict** the three numbers of Crammer and Singer: you only need to drop something.

# %%
for loss in ("hinge", "crammer_singer", "one_vs_all"):
    parts = [
        linclf.loss_value(loss, s[None, :], np.eye(1), np.array([label]))
        for s, label in zip(S, y3, strict=True)
    ]
    print(f"{loss:15}", np.round(parts, 4), "  mean", round(hinge_mean(S, y3, loss), 4))

# %% tags=["test"]
assert np.isclose(hinge_mean(S, y3, "crammer_singer"), 3.166667)
assert np.isclose(hinge_mean(S, y3, "one_vs_all"), 7.4)

# %% [markdown]
# Does the choice matter? On digits hardly. But here are six stripes, one class each. **Predict**
# for both: can one-vs-rest get them right? Can the hinge loss, which trains the classes together?
# (Think of an inner stripe: which line has it alone on one side?)

# %%
P, q = linclf.datasets.stripes(6, 600 if fast else 1200, rng=0)
figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
share = {}
for ax, (loss, name) in zip(
    axes, [("one_vs_all", "one against the rest"), ("hinge", "together")], strict=True
):
    clf = linclf.LinearClassifier(loss=loss, reg=0.0, rng=0, progress=False).fit(P, q)
    share[loss] = clf.score(P, q)
    title = f"{name}: {share[loss]:.3f} right"
    linclf.plot.decision_regions(clf, P, q, ax=ax, title=title)
plt.show()

# %% tags=["test"]
assert share["one_vs_all"] < 0.7
assert share["hinge"] > 0.99

# %% [markdown]
# About half against nearly all, with the same number of weights, on the same data. No line has an
# inner stripe alone on one side, so "me against the rest" is hopeless for it. But together the
# classes only need to be the *largest* in their own stripe: let the weights grow steadily from
# class to class and the biases do the rest. If somebody tells you that the choice of loss is a
# detail, show them this picture.
#
# ## What you know now
#
# - $L_i = \sum_{j \ne y_i} \max(0, s_j - s_{y_i} + 1)$: ahead of every other score by 1, or pay.
# - At the start it is $C - 1$. If it is not: debug.
# - Gradient: $+x$ for every class that is too close, $-x$ for the right one for each of them; then
#   $/N$, then $+2\lambda W$.
# - The frog loses 12.9.
#
# **Questions to take home**
#
# 1. Why is $\Delta = 1$ as good as $\Delta = 100$? (What could $W$ do about it?)
# 2. Can the loss go *up* although one more picture is classified correctly?
# 3. The scores of the picture from notebook 00 were ($-96.8$, 437.9, 60.75) and the right class was
#    cat. What is its loss, and what would it be with the misprint 61.95?

# %% [markdown] tags=["solution"]
# **Answers.** 1: Scaling $W$ by 100 scales all differences of scores by 100, so without a penalty
# every margin can be reached; only the product $\lambda\Delta$ matters. 2: Yes: a picture
# that has just become right saves little, while another that is already wrong may get worse by a
# lot. 3: 694.25, and 695.45 with the misprint.

# %% tags=["test"]
cat = np.array([[-96.8, 437.9, 60.75]])
assert np.isclose(linclf.loss_value("hinge", cat, np.eye(1), np.array([0])), 694.25)
cat[0, 2] = 61.95
assert np.isclose(linclf.loss_value("hinge", cat, np.eye(1), np.array([0])), 695.45)
