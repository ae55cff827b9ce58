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
# # 00 Pixels to scores
#
# You see a cat. The computer sees a few thousand numbers, and if the cat turns its head, nearly all
# of them change. Nobody has managed to write down rules that lead from those numbers to the word
# "cat". So we turn the question around: we fix a simple *form* of answer with many free numbers
# in it, and let data choose the numbers.
#
# The simplest form that works at all is one multiplication and one addition,
#
# $$ f(x, W) = Wx + b, $$
#
# and everything in this course happens inside it. After this notebook you can
#
# - turn pictures into a matrix $X$ and compute the scores of all of them in one line;
# - say what $W$ and $b$ do, in three ways: as sums, as pictures, and as lines in a plane;
# - fold $b$ into $W$ (the bias trick);
# - name data that no linear classifier can get right, and say why.
#
# It takes 45 to 60 minutes. You need Python and NumPy; no calculus yet.

# %%
import linclf
import matplotlib.pyplot as plt
import numpy as np
from linclf import course

fast = course.fast()  # smaller sizes when the notebook is only tested
rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. A picture is a row of numbers
#
# We begin with real data: 1,797 digits that people wrote by hand, scanned to $8 \times 8$ pixels.
# Two thirds are for learning, one third is put away for testing.

# %%
X, y, X_test, y_test = linclf.datasets.digits(split="both")
linclf.plot.sample_grid(X, y, (8, 8), per_class=5, title="Digits: what you see")
plt.show()
print("X", X.shape, X.dtype, "  y", y.shape)
print("what the computer sees of the first one, a", y[0])
print(X[0].reshape(8, 8))

# %% [markdown]
# Each picture became **one row** of $X$: the eight rows of pixels, one after the other. With $N$
# pictures of $D$ pixels, $X$ has the shape $(N, D)$, and $y$ holds $N$ labels, each from $0$ to
# $C - 1$.
#
# | letter | shape | here | meaning |
# |---|---|---|---|
# | $N$, $D$, $C$ | | 1198, 64, 10 | pictures, pixels, classes |
# | $X$ | $(N, D)$ | (1198, 64) | one picture per row |
# | $y$ | $(N,)$ | (1198,) | the right class of each |
# | $W$ | $(D, C)$ | (64, 10) | weights, one class per **column** |
# | $b$ | $(C,)$ | (10,) | one bias per class |
#
# Flattening forgets which pixel lies next to which. A linear classifier never knew: if you shuffled
# the 64 pixels of all pictures in the same way, it would learn exactly as well.
#
# **Predict:** a colour picture of $32 \times 32$ pixels has three numbers for each pixel. What is
# $D$? How many numbers does $W$ then have, for ten classes?

# %%
shapes, shape_labels = linclf.datasets.shapes10(300 if fast else 2000, flatten=True, rng=0)
names = linclf.datasets.SHAPES10_CLASSES
linclf.plot.sample_grid(shapes, shape_labels, (32, 32, 3), per_class=4, class_names=names)
plt.show()
D_colour = shapes.shape[1]
print("D =", D_colour, "  numbers in W:", D_colour * len(names))

# %% tags=["test"]
assert X.shape == (1198, 64)
assert (D_colour, D_colour * len(names)) == (3072, 30720)

# %% [markdown]
# 3,072 pixels, and 30,720 weights. The drawn shapes stand in for CIFAR-10, whose pictures have
# the same size.
#
# ## 2. The algebraic view: one dot product per class
#
# The lectures shrink the picture to four pixels, $x = (56, 231, 24, 2)$, and take three classes:
# cat, dog and ship.
#
# $$
# \underbrace{\begin{pmatrix} 0.2 & -0.5 & 0.1 & 2.0 \\ 1.5 & 1.3 & 2.1 & 0.0 \\
# 0.0 & 0.25 & 0.2 & -0.3 \end{pmatrix}}_{W}
# \underbrace{\begin{pmatrix} 56 \\ 231 \\ 24 \\ 2 \end{pmatrix}}_{x}
# + \underbrace{\begin{pmatrix} 1.1 \\ 3.2 \\ -1.2 \end{pmatrix}}_{b}
# = \begin{pmatrix} \text{cat score} \\ \text{dog score} \\ \text{ship score} \end{pmatrix}
# $$
#
# Each row of this $W$ is multiplied with the picture, number by number, and summed: that is how
# much the class *likes* the picture. Then $b$ is added, which does not look at the picture at all:
# some classes are simply more common than others.
#
# **Predict before you go on**, on paper. The picture shows a cat. Which of the three
# scores is largest? And what exactly is the ship score?

# %%
my_ship_score = None  # type your number here

# %% [markdown]
# ### The two layouts
#
# On the slide a picture is a *column* and a class is a *row* of $W$. In a program a picture is a
# *row* of $X$, and then a class is a *column* of $W$. Both say the same:
#
# $$ \underbrace{(Wx)^\top}_{\text{slide}} = \underbrace{x^\top W^\top}_{\text{program}}. $$
#
# This course keeps rows of $X$ and columns of $W$, so that the scores of all pictures are
# $S = XW + b$ with the shape $(N, C)$: one row of scores per picture. A $W$ from a slide has to be
# transposed once, and that costs nothing: `W.T` is a view of the same memory.
#
# ### Exercise 0.1: `scores`
#
# Write the first half, $S = XW$, for all pictures at once. One line is enough, and no loop: what
# you leave to NumPy runs a hundred times faster than what you write as a Python loop.


# %% tags=["exercise"]
def scores(W, X):
    """Return the scores of all samples.

    W has shape (D, C), X has shape (N, D); the result has shape (N, C).
    """
    ### BEGIN SOLUTION
    return X @ W
    ### END SOLUTION


# %% tags=["check"]
course.check("scores", scores)

# %% [markdown]
# Now the example of the slide. Your function does not know $b$ yet, so we expect the three scores
# without it.

# %% tags=["needs:scores"]
W = np.array([[0.2, -0.5, 0.1, 2.0], [1.5, 1.3, 2.1, 0.0], [0.0, 0.25, 0.2, -0.3]]).T
b = np.array([1.1, 3.2, -1.2])
x = np.array([[56.0, 231.0, 24.0, 2.0]])  # one picture: shape (1, 4)

without_b = scores(W, x)[0]
for animal, score in zip(["cat", "dog", "ship"], without_b, strict=True):
    print(f"{animal:5}{score:8.2f}")

# %% tags=["test"]
assert np.round(without_b, 2).tolist() == [-97.9, 434.7, 61.95]

# %% [markdown]
# ### Find the bug in the slide
#
# This is how the result is printed on a slide that is shown all over the world, and in two of the
# five lecture scripts behind this course:
#
# | | cat score | dog score | ship score |
# |---|---|---|---|
# | printed | $-96.8$ | 437.9 | 61.95 |
#
# **One of the three numbers is wrong.** You have everything to find it. Which one, and what did the
# person who computed it forget?
#
# ### Exercise 0.2: `scores_bias`
#
# Add the bias. NumPy stretches $b$ of shape $(C,)$ over the $N$ rows (it *broadcasts*); you
# do not need to repeat it yourself.


# %% tags=["exercise"]
def scores_bias(W, X, b):
    """Return the scores X @ W + b.

    W has shape (D, C), X has shape (N, D), b has shape (C,); the result has shape (N, C).
    """
    ### BEGIN SOLUTION
    return X @ W + b
    ### END SOLUTION


# %% tags=["check"]
course.check("scores_bias", scores_bias)

# %% tags=["needs:scores_bias"]
with_b = scores_bias(W, x, b)[0]
printed = np.array([-96.8, 437.9, 61.95])
for row in zip(["cat", "dog", "ship"], without_b, b, with_b, printed, strict=True):
    print("{:5}{:8.2f} {:+5.1f} = {:7.2f}    printed {:7.2f}".format(*row))
print("your ship score:", my_ship_score)

# %% tags=["test"]
assert np.round(with_b, 2).tolist() == [-96.8, 437.9, 60.75]

# %% [markdown]
# The ship score is **60.75**: 61.95 is the score *without* the bias of $-1.2$. The slip has been
# reported since 2016 and is still copied. The moral is not that lecturers are careless. It is that
# arithmetic on a slide is never run, and code is.
#
# Second observation: the picture shows a cat, and the cat has by far the *lowest* score. This $W$
# is bad. To say *how* bad is the job of a loss, in notebook 01.
#
# If you want the whole arithmetic on paper, `linclf.explain` writes it out as a slide would, and
# knows the misprints. (It shows a loss as well; you will meet it soon.)

# %%
print(linclf.explain("hinge", W, x, np.array([0]), b=b, class_names=["cat", "dog", "ship"]))

# %% [markdown]
# ### The bias trick
#
# Two parameters, $W$ and $b$, mean that every formula has two cases. There is a well-known way out:
# give every picture one more pixel that is always 1, and let $b$ be the weights of that pixel,
#
# $$ \begin{pmatrix} X & \mathbf{1} \end{pmatrix} \begin{pmatrix} W \\ b^\top \end{pmatrix}
# = XW + \mathbf{1} b^\top. $$
#
# **Predict:** what are the shapes of the two matrices on the left, for the picture with four pixels
# and three classes?

# %%
x_one = np.hstack([x, np.ones((1, 1))])
W_b = np.vstack([W, b])
print("shapes", x_one.shape, W_b.shape)
print("scores", np.round(x_one @ W_b, 2))

# %% tags=["test"]
assert (x_one.shape, W_b.shape) == ((1, 5), (5, 3))
assert np.allclose(x_one @ W_b, [[-96.8, 437.9, 60.75]])

# %% [markdown]
# The trick has a price that hardly any course mentions: `hstack` copies all of $X$, and a penalty
# on $W$ (notebook 03) now also punishes $b$, which nobody wanted. So linclf takes `b=` as an
# argument of its own. But you will read the trick in every assignment; some put the ones first
# (Columbia, Technion) and some last (Stanford, Michigan).
#
# ## 3. The visual view: every class has a template
#
# A column of $W$ has as many numbers as a picture has pixels. So it *is* a picture: the
# **template** of the class. The dot product is large where bright pixels meet large weights, so the
# score says how well the picture matches the template.
#
# You do not need to learn anything to try this out. Take as template of a class the **mean of its
# training pictures**, $\mu_c$. A bright template would win all the time, since it has large
# products with everything; the bias can make up for that. With
#
# $$ W_{\cdot c} = \mu_c, \qquad b_c = -\tfrac{1}{2} \lVert \mu_c \rVert^2 $$
#
# the largest score belongs to the mean that is *nearest* to $x$. For multiply out the distance:
#
# $$ \lVert x - \mu_c \rVert^2
# = \lVert x \rVert^2 - 2\,\bigl(x \cdot \mu_c - \tfrac{1}{2} \lVert \mu_c \rVert^2\bigr) $$
#
# The first term is the same for all classes, and the bracket is the score.

# %%
W_mean = np.stack([X[y == c].mean(axis=0) for c in range(10)], axis=1)
b_mean = -0.5 * (W_mean**2).sum(axis=0)
linclf.plot.templates(W_mean, (8, 8), cmap="gray", columns=10, title="Mean digits as templates")
plt.show()
print("W", W_mean.shape, "  b", b_mean.shape)

# %% [markdown]
# ### Exercise 0.3: `accuracy`
#
# A linear classifier answers with the class of the largest score, $\arg\max_c S_{ic}$. Its accuracy
# is the share of samples for which that is the label. Take care with the axis: the classes are
# the *columns* of $S$. (A public homework takes the argmax along the other axis and reports an
# accuracy of 0.000000.)


# %% tags=["exercise"]
def accuracy(W, X, y):
    """Return the share of the samples whose largest score is that of their label, as a float."""
    ### BEGIN SOLUTION
    return float(np.mean((X @ W).argmax(axis=1) == y))
    ### END SOLUTION


# %% tags=["check"]
course.check("accuracy", accuracy)

# %% [markdown]
# **Predict before you run the next cell.** Someone who guesses is right in 10 % of the cases. How
# often are mean digits right, on pictures that they have never seen? 20 %? 50 %? 90 %?

# %% tags=["needs:accuracy"]
ones = np.ones((len(X_test), 1))
with_bias = accuracy(np.vstack([W_mean, b_mean]), np.hstack([X_test, ones]), y_test)
print(f"nearest mean digit: {with_bias:.3f}")

# %% tags=["test"]
assert round(with_bias, 2) == 0.88

# %% [markdown]
# 88 %, without any learning to speak of. That is the strength of a template, and its
# weakness is the next picture: the same recipe for coloured shapes.

# %% tags=["needs:accuracy"]
half = len(shapes) // 2
W_shapes = np.stack(
    [shapes[:half][shape_labels[:half] == c].mean(axis=0) for c in range(10)], axis=1
)
b_shapes = -0.5 * (W_shapes**2).sum(axis=0)
linclf.plot.templates(W_shapes, (32, 32, 3), class_names=names, title="Mean pictures of ten shapes")
plt.show()
pixels = np.hstack([shapes[half:], np.ones((len(shapes) - half, 1))])
shape_accuracy = accuracy(np.vstack([W_shapes, b_shapes]), pixels, shape_labels[half:])
print(f"nearest mean picture: {shape_accuracy:.3f}")

# %% tags=["test"]
assert 0.45 < shape_accuracy < 0.65

# %% [markdown]
# You recognise most of the ten at once, and yet only about half of the answers are right. **One
# template per class** has to be an average over all positions, sizes and lights; whatever varies
# becomes blur. On CIFAR-10 this gives the famous horse with two heads: some horses look to the left
# and some to the right, and there is only one column of $W$ for both.
#
# *Learned* templates do better than means, because learning looks for what tells the classes apart,
# and not for what they look like. A preview, with everything that the next notebooks explain:

# %%
clf = linclf.LinearClassifier(loss="hinge", reg=1e-3, rng=0, progress=False).fit(X, y)
linclf.plot.templates(clf, (8, 8), columns=10, title="Learned templates: orange for, blue against")
plt.show()
learned = clf.score(X_test, y_test)
print(f"learned: {learned:.3f}   mean digits: 0.880")

# %% tags=["test"]
assert learned > 0.95

# %% [markdown]
# More than 95 %. Look at the learned 0: the strongest weights are the *negative* ones (blue) in the
# middle. Ink there says "not a 0" more clearly than ink on the ring says "0".
#
# ## 4. The geometric view: every class has a line
#
# A picture of $D$ pixels is a point in a space with $D$ dimensions. We cannot draw 64 of them, so
# we take 2. In the plane, all points where the score of a class is zero,
# $W_{0c}\,x_0 + W_{1c}\,x_1 + b_c = 0$, form a line. The column of $W$ is the arrow at a right
# angle to it: along the arrow the score grows. $b$ shifts the line without turning it.
#
# **Predict:** what happens to the dashed lines if all of $b$ is set to 0?

# %%
P, q = linclf.datasets.blobs(3, 240, rng=0)
P = P + np.array([1.5, 0.5])  # not around the origin, so that b has something to do
plane = linclf.LinearClassifier(loss="hinge", reg=1e-3, rng=0, progress=False).fit(P, q)


class NoBias:
    """The same weights, but no bias."""

    classes_ = np.arange(3)

    def decision_function(self, points):
        return points @ plane.W_

    def predict(self, points):
        return self.decision_function(points).argmax(axis=1)


figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
linclf.plot.decision_regions(plane, P, q, zero_lines=True, ax=axes[0], title="W and b")
linclf.plot.decision_regions(NoBias(), P, q, zero_lines=True, ax=axes[1], title="W alone: b = 0")
plt.show()
shares = plane.score(P, q), float(np.mean(NoBias().predict(P) == q))
print("right with b: {:.3f}, without: {:.3f}".format(*shares))

# %% tags=["test"]
assert shares[0] > 0.99 > shares[1] + 0.2

# %% [markdown]
# Without $b$ all the lines go through the origin, wherever the data may lie.
#
# Notice which lines separate the colours: not the dashed ones where *one* score is zero, but those
# where *two scores are equal*. Only differences of scores count. You can add the same number to all
# scores of a picture, and the answer stays the same. Keep this in mind; it comes back twice.
#
# ## 5. What no line can do
#
# So a linear classifier cuts its space with straight lines. What kind of data beats it?
# Three are in every lecture:
#
# - **XOR**: class 1 where exactly one of the two coordinates is positive (a parity question);
# - **donut**: class 1 at a distance between two radii (inside and outside is class 0);
# - **three modes**: class 1 in three separate places.
#
# **Predict** the best accuracy for each of them. Guessing gives 0.5. No calculation: imagine the
# best single line.
#
# To be fair to the line, we do not train here. We try lines in 180 directions, at every position
# between two points, and keep the one with the most right answers.


# %%
def best_line(points, labels):
    """Return accuracy and predictor of the best line among 180 directions and all positions."""
    best = (0.0, None)
    for angle in np.deg2rad(np.arange(0, 360, 2)):
        direction = np.array([np.cos(angle), np.sin(angle)])
        along = points @ direction
        order = np.argsort(along)
        ahead = labels[order] == 1  # class 1 is to lie ahead of the cut, class 0 behind it
        behind_right = np.concatenate([[0], np.cumsum(~ahead)])
        ahead_right = ahead.sum() - np.concatenate([[0], np.cumsum(ahead)])
        right = behind_right + ahead_right
        cut = int(right.argmax())
        if right[cut] / len(labels) > best[0]:
            middle = along[order][max(cut - 1, 0) : cut + 1].mean()
            best = (right[cut] / len(labels), (direction, middle))
    accuracy, (direction, middle) = best
    return accuracy, lambda p: (p @ direction > middle).astype(int)


six, mode = linclf.datasets.blobs(6, 400, rng=0)
hard = {
    "XOR": linclf.datasets.xor(rng=0),
    "donut": linclf.datasets.donut(rng=0),
    "three modes": (six, mode % 2),
}
figure, axes = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
reached = {}
for ax, (name, (points, labels)) in zip(axes, hard.items(), strict=True):
    reached[name], predict = best_line(points, labels)
    title = f"{name}: {reached[name]:.2f} right"
    linclf.plot.decision_regions(predict, points, labels, ax=ax, title=title)
plt.show()

# %% tags=["test"]
assert [round(float(share), 2) for share in reached.values()] == [0.70, 0.69, 0.66]

# %% [markdown]
# 0.70, 0.69 and 0.66: the *best* of all lines, and this is all. No amount of training, data or
# computing time will help, because a better line does not exist. For XOR you can prove it in two
# sentences. Take the four corners $(\pm1, \pm1)$ and any $w$, $b$: the scores of two opposite
# corners add up to $(w \cdot x + b) + (-w \cdot x + b) = 2b$, for either pair. Class 1 needs a
# positive sum and class 0 a negative one, but $2b$ is the same number. $\square$
#
# So what do people do? They do not give up the line; they change the **space**. Measured in polar
# coordinates, with the angle replaced by the radius, the donut becomes a stripe:

# %%
points, labels = hard["donut"]
radius = np.hypot(points[:, 0], points[:, 1])
polar = np.stack([radius, radius**2], axis=1)
bent = linclf.LinearClassifier("softmax", reg=0.0, epochs=100, rng=0, progress=False)
bent.fit(polar, labels)
print(f"donut with the features r and r squared: {bent.score(polar, labels):.3f}")

# %% tags=["test"]
assert bent.score(polar, labels) > 0.97

# %% [markdown]
# The same linear classifier, another two features. Notebook 07 is about such features; a neural
# network *learns* them, and its last layer is the linear classifier that you have just met.
#
# ## What you know now
#
# - $S = XW + b$: pictures are rows of $X$, classes are columns of $W$.
# - Three views of one formula: sums, templates, lines.
# - The bias shifts; forgetting it made a famous slide wrong (61.95 for 60.75).
# - One template per class and straight cuts only: that is where the linear classifier ends.
#
# **Questions to take home**
#
# 1. You multiply $W$ and $b$ by 10. Which answers change? Which scores?
# 2. All training pictures become twice as bright. Which weights give the same answers as before?
# 3. Ten classes, no bias, and an all-black picture. What does the classifier answer?
#
# What is missing is the way to *find* $W$. For that we first need a number that says how bad a $W$
# is. It is called the loss, and it is the subject of notebook 01.

# %% [markdown] tags=["solution"]
# **Answers.** 1: No answer changes, all scores become ten times as large. 2: Half of $W$, the same
# $b$. 3: All scores are 0, a tie; `argmax` then says class 0, for no good reason.
