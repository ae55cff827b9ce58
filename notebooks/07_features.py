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
# # 07 Features, and beyond
#
# A linear classifier can only draw straight borders. But nobody says in *which space* they have to
# be straight: give it $\phi(x)$ in place of $x$, and the same code, the same losses and the same
# gradients draw circles, or tell corners from edges.
#
# After this notebook you can
#
# - choose a feature that makes a hopeless problem easy, and say why it does;
# - describe an image by its colours, its edges (HOG), and its "visual words";
# - write $k$ nearest neighbours, choose $k$ by cross-validation, and compare honestly;
# - read off learning curves whether more data or better features will help (bias and variance);
# - get the same weights from scikit-learn and PyTorch, to many digits.
#
# You need notebooks 00 to 06. It takes 45 to 60 minutes.

# %%
from time import perf_counter

import linclf
import matplotlib.pyplot as plt
import numpy as np
from linclf import course

fast = course.fast()  # smaller sizes when the notebook is only tested
rng = np.random.default_rng(0)

# Some cells use other libraries. Without them the notebook goes on; it says what is left out.
try:
    import skimage
except ImportError:
    skimage = None
    print('Without scikit-image: no HOG. To get it: pip install "linclf[features]"')
try:
    import sklearn
except ImportError:
    sklearn = None
    print('Without scikit-learn: no comparison with it. To get it: pip install "linclf[sklearn]"')
try:
    import torch
except ImportError:
    torch = None
    print('Without PyTorch: no comparison with it. To get it: pip install "linclf[torch]"')

# %% [markdown]
# ## 1. Rings: the wrong coordinates
#
# One class inside, the other around it. **Predict** the accuracy of a linear classifier in
# $(x_0, x_1)$, and then in polar coordinates, $r = \sqrt{x_0^2 + x_1^2}$ and
# $\theta = \mathrm{atan2}(x_1, x_0)$.

# %%
R, ring = linclf.datasets.donut(400, rng=0)


def polar(X):
    """Return radius and angle of each row."""
    return np.stack([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])], axis=1)


straight = linclf.LinearClassifier("softmax", reg=1e-4, rng=0).fit(R, ring)
bent = linclf.LinearClassifier("softmax", reg=1e-4, rng=0).fit(polar(R), ring)

figure, axes = plt.subplots(1, 3, figsize=(13, 4.2), layout="constrained")
linclf.plot.decision_regions(
    straight, R, ring, ax=axes[0], title=f"linear in x: {straight.score(R, ring):.3f}"
)
linclf.plot.decision_regions(
    bent, polar(R), ring, feature_names=["radius", "angle"], ax=axes[1],
    title=f"linear in (r, θ): {bent.score(polar(R), ring):.3f}",
)  # fmt: skip
linclf.plot.decision_regions(
    lambda X: bent.predict(polar(X)), R, ring, ax=axes[2], title="the same, seen in x"
)
for ax in axes[:2]:
    ax.get_legend().remove()
plt.show()

# %% tags=["test"]
assert straight.score(R, ring) < 0.65
assert bent.score(polar(R), ring) > 0.99

# %% [markdown]
# The classifier in the middle and on the right is the *same*: a straight border $r = \text{const}$
# is a circle. Nothing about the learning changed. $\phi(x) = (x_0^2, x_1^2)$ would have done as
# well: a circle is $x_0^2 + x_1^2 = \text{const}$, which is linear in the squares.
#
# The price: *you* had to know that radius matters. For images, people looked for such $\phi$ for
# decades.
#
# ## 2. What to say about an image
#
# In notebook 06 a linear classifier on raw pixels had one template for each class, which cannot
# move. A good feature for images changes when the *thing* changes, and stays when the thing moves
# or the light changes. Three classics:
#
# | feature | keeps | forgets |
# |---|---|---|
# | colour histogram | which colours | where |
# | HOG: histograms of oriented gradients | edges, roughly where | colours, small shifts, light |
# | bag of visual words | which small patches | where |

# %%
n_train, n_val = (600, 300) if fast else (1500, 500)
images, labels = linclf.datasets.shapes10(n_train + n_val, rng=0)
y, y_val = labels[:n_train], labels[n_train:]
names = linclf.datasets.SHAPES10_CLASSES
short = [name.split()[-1] for name in names]  # "green triangle" is too long over a picture
linclf.plot.sample_grid(images, labels, per_class=3, class_names=short)
plt.show()

# %% [markdown]
# **Predict** the order of the three, and of raw pixels, by accuracy. Which two go well together?
#
# ### Colour histogram
#
# The **hue** says which colour it is, whatever the brightness: of the three channels, take the way
# around the colour circle, $h \in [0, 1)$. Each pixel votes for the bin of its hue, with a weight
# that says how colourful it is; grey pixels have no hue and no vote.


# %%
def hue_histogram(images, bins=12):
    """Return how much of each hue is in the images: (N, H, W, 3) uint8 -> (N, bins)."""
    rgb = images.astype(float) / 255
    high, low = rgb.max(axis=3), rgb.min(axis=3)
    colourful = high - low
    red, green, blue = np.moveaxis(rgb, 3, 0)
    safe = np.where(colourful == 0, 1.0, colourful)
    sector = np.select(  # where on the circle the strongest channel is
        [high == red, high == green],
        [(green - blue) / safe % 6, (blue - red) / safe + 2],
        (red - green) / safe + 4,
    )
    place = np.minimum((sector / 6 * bins).astype(int), bins - 1)
    votes = np.zeros((len(images), bins))
    rows = np.arange(len(images))[:, None, None]
    np.add.at(votes, (rows, place), colourful)
    return votes / (images.shape[1] * images.shape[2])


hue = hue_histogram(images)
figure, axes = plt.subplots(1, 3, figsize=(10, 2.6), layout="constrained")
for ax, c in zip(axes, (0, 1, 2), strict=True):
    colours = plt.get_cmap("hsv")((np.arange(12) + 0.5) / 12)
    ax.bar(range(12), hue[labels == c].mean(axis=0), color=colours, edgecolor="0.5")
    ax.set(title=f"mean of class “{names[c]}”", xlabel="hue", xticks=[])
plt.show()

# %% tags=["test"]
pure = np.zeros((3, 1, 1, 3), np.uint8)
pure[[0, 1, 2], 0, 0, [0, 1, 2]] = 255  # red, green, blue
assert hue_histogram(pure).argmax(axis=1).tolist() == [0, 4, 8]
if skimage is not None:
    from skimage.color import rgb2hsv

    hsv = rgb2hsv(images[:20])
    theirs = [
        np.histogram(im[..., 0], 12, (0, 1), weights=im[..., 1] * im[..., 2])[0] for im in hsv
    ]
    assert np.allclose(np.array(theirs) / 1024, hue[:20], atol=2e-3)

# %% [markdown]
# ### HOG
#
# Where the brightness changes, there is an edge, and its direction is that of the gradient. Divide
# the image into cells of 8 x 8 pixels, let the pixels of each cell vote for one of nine directions,
# and normalise groups of cells, so that dim light does not matter. scikit-image has it.

# %%
if skimage is None:
    hog = None
    print('HOG is left out. To get it: pip install "linclf[features]"')
else:
    from skimage.feature import hog as hog_of

    options = {"orientations": 9, "pixels_per_cell": (8, 8), "cells_per_block": (2, 2)}
    hog = np.array([hog_of(image, channel_axis=-1, **options) for image in images])
    print("HOG:", hog.shape[1], "numbers for each image")
    figure, axes = plt.subplots(2, 5, figsize=(9, 3.9), layout="constrained")
    for column, c in enumerate(range(5)):
        image = images[labels == c][0]
        drawn = hog_of(image, channel_axis=-1, visualize=True, **options)[1]
        axes[0, column].imshow(image)
        axes[1, column].imshow(drawn, cmap="gray")
        axes[0, column].set_title(names[c])
    for ax in axes.flat:
        ax.axis("off")
    plt.show()

# %% tags=["test"]
# (4 - 1)**2 groups of 2 x 2 cells with 9 directions each
assert hog is None or hog.shape == (len(images), 3 * 3 * 2 * 2 * 9)

# %% [markdown]
# ### A bag of visual words
#
# Texts are sorted by the words in them, in whatever order. An image has no words, so make some:
#
# 1. cut many small patches out of the **training** images;
# 2. find typical ones: $k$-means finds `n_words` centres, each patch belongs to the nearest, and
#    each centre is the mean of its patches;
# 3. describe an image by how often each word occurs in it.


# %%
def patches(images, size=8, step=4):
    """Return all patches, of mean 0 and like contrast: (N, patches, size * size * 3)."""
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(1, 2))
    windows = windows[:, ::step, ::step].transpose(0, 1, 2, 4, 5, 3)
    flat = windows.reshape(len(images), -1, size * size * 3).astype(np.float32)
    flat = flat - flat.mean(axis=2, keepdims=True)
    return flat / (flat.std(axis=2, keepdims=True) + 10)  # 10: do not blow up flat patches


def nearest(P, centres):
    """Return the index of the nearest centre; |p|^2 is the same for all centres and left out."""
    return ((centres**2).sum(axis=1) - 2 * (P @ centres.T)).argmin(axis=-1)


def k_means(P, n_words, rng, n_rounds=8):
    """Return the centres of n_words groups of the rows of P."""
    centres = P[rng.choice(len(P), n_words, replace=False)]
    for _ in range(n_rounds):
        group = nearest(P, centres)
        for j in range(n_words):
            if (group == j).any():
                centres[j] = P[group == j].mean(axis=0)
    return centres


n_words = 80
all_patches = patches(images)
pool = all_patches[:n_train].reshape(-1, all_patches.shape[2])
words = k_means(pool[rng.choice(len(pool), 4000, replace=False)], n_words, rng)
counts = [np.bincount(which, minlength=n_words) for which in nearest(all_patches, words)]
bag = np.array(counts) / all_patches.shape[1]

often = bag[:n_train].mean(axis=0).argsort()[::-1][:30]
linclf.plot.templates(
    words[often].T, (8, 8, 3), class_names=[""] * 30, columns=10, scale="class",
    title="the 30 most frequent visual words",
)  # fmt: skip
plt.show()

# %% tags=["test"]
assert bag.shape == (n_train + n_val, n_words)
assert np.allclose(bag.sum(axis=1), 1)

# %% [markdown]
# The words are patches of one colour, edges in several directions, and corners. Nobody put them in:
# they are what the images are made of. (The first layer of a neural network finds much the same.)
#
# ### Which one is best?
#
# The same classifier on each. Features have different units, so each is standardised: minus its
# mean, divided by its standard deviation **on the training part**.


# %%
def standardised(features):
    """Return the features with mean 0 and deviation 1 on the training rows."""
    mean, deviation = features[:n_train].mean(axis=0), features[:n_train].std(axis=0)
    return (features - mean) / np.where(deviation == 0, 1.0, deviation)


blocks = {
    "raw pixels": images.reshape(len(images), -1) / 255.0,
    "hue": standardised(hue),
    "words": standardised(bag),
}
if hog is not None:
    blocks["HOG"] = standardised(hog)
    blocks["HOG + hue"] = np.hstack([blocks["HOG"], blocks["hue"]])
    blocks["HOG + hue + words"] = np.hstack([blocks["HOG + hue"], blocks["words"]])
else:
    blocks["hue + words"] = np.hstack([blocks["hue"], blocks["words"]])

validated = {}
for title, features in blocks.items():
    clf = linclf.LinearClassifier("softmax", reg=0.01, epochs=40, center="mean", rng=0)
    clf.fit(features[:n_train], y)
    validated[title] = clf.score(features[n_train:], y_val)

figure, ax = plt.subplots(figsize=(7.5, 3.4), layout="constrained")
order = sorted(validated, key=validated.get)
bars = ax.barh(order, [validated[title] for title in order], color="#0072b2")
ax.bar_label(bars, [f"{validated[title]:.3f}  ({blocks[title].shape[1]:,})" for title in order],
             padding=4)  # fmt: skip
ax.axvline(0.1, color="#d55e00", linestyle="--", label="chance")
ax.set(xlim=(0, 1.15), xlabel="validation accuracy (number of features)")
ax.legend(loc="lower right")
plt.show()

# %% tags=["test"]
assert validated["hue"] < validated["words"] < validated["raw pixels"]
assert 0.2 < validated["hue"] < 0.5
if hog is not None:
    assert validated["raw pixels"] < validated["HOG"] < validated["HOG + hue"]
    assert validated["HOG + hue + words"] > 0.85

# %% [markdown]
# HOG has a tenth of the numbers of the raw pixels and does better. The hues alone are weak: red,
# orange and yellow run into each other in this light, and black and white have no hue. But
# *together* with edges they help: features that know different things add up. For linear
# classifiers on CIFAR-10 the courses report the same: from about 0.38 with raw pixels to about 0.44
# with HOG and a hue histogram.
#
# ## 3. The baseline that learns nothing: $k$ nearest neighbours
#
# Remember all training samples. For a new one find the $k$ nearest and let them vote. There is no
# training, no loss, no gradient. A method that does not beat it should be ashamed.
#
# ### Exercise 7.1: k_nearest
#
# The squared Euclidean distances of all pairs need no loop:
# $|x - t|^2 = |x|^2 - 2\, x \cdot t + |t|^2$, and $|x|^2$ does not matter for the order. Of labels
# with equally many votes take the smaller. (`np.bincount(votes).argmax()` does that. Beware of
# `uint8`: convert first.)


# %% tags=["exercise"]
def k_nearest(X_train, y_train, X, k):
    """Return for each row of X the label that most of its k nearest training rows have."""
    ### BEGIN SOLUTION
    X_train, X = np.asarray(X_train, dtype=float), np.asarray(X, dtype=float)
    distances = (X_train**2).sum(axis=1) - 2 * (X @ X_train.T)
    neighbours = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return np.array([np.bincount(votes).argmax() for votes in np.asarray(y_train)[neighbours]])
    ### END SOLUTION


# %% tags=["check"]
course.check("k_nearest", k_nearest)

# %% [markdown]
# ### Cross-validation: when data is scarce
#
# $k$ has to be chosen, but not on the test part, and cutting a validation part out of 1,198 digits
# costs data. So take turns: cut the training part into five folds, and let each fold validate what
# the other four trained. Five numbers for each $k$ give a mean **and** an idea of its uncertainty.
#
# **Predict:** what is the accuracy *on the training part itself* for $k = 1$?

# %%
D_train, d_train, D_test, d_test = linclf.datasets.digits(split="both", dtype=float)
folds = np.array_split(rng.permutation(len(D_train)), 5)


def cross_validate(accuracy):
    """Return accuracy(X, y, X_val, y_val) for each of the five folds."""
    return np.array(
        [
            accuracy(D_train[rest], d_train[rest], D_train[fold], d_train[fold])
            for i, fold in enumerate(folds)
            for rest in [np.concatenate(folds[:i] + folds[i + 1 :])]
        ]
    )


# %% tags=["needs:k_nearest"]
ks = [1, 5, 50] if fast else [1, 3, 5, 10, 20, 50]
best_k = 1  # until the cross-validation has chosen
by_k = {
    k: cross_validate(lambda X, y, X_val, y_val, k=k: (k_nearest(X, y, X_val, k) == y_val).mean())
    for k in ks
}
means = [by_k[k].mean() for k in ks]
figure, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
for k in ks:
    ax.plot([k] * 5, by_k[k], "o", color="0.6", markersize=4)
ax.errorbar(ks, means, [by_k[k].std() for k in ks], color="#0072b2", capsize=4, linewidth=2)
ax.set(xscale="log", xlabel="k", ylabel="accuracy", title="five-fold cross-validation on digits")
ax.set_xticks(ks, [str(k) for k in ks])
plt.show()
best_k = ks[int(np.argmax(means))]
print("best k:", best_k)

# %% tags=["test"]
assert best_k in (1, 3, 5)
assert by_k[50].mean() < by_k[best_k].mean()
assert (k_nearest(D_train, d_train, D_train, 1) == d_train).all()

# %% [markdown]
# For $k = 1$ every training sample is its own neighbour: 100 % on the training part, and it says
# nothing.
#
# Now the comparison, on two data sets. **Predict** who wins where.

# %% tags=["needs:k_nearest"]
pixels = blocks["raw pixels"]
contests = {
    "digits": (D_train, d_train, D_test, d_test),
    "shapes10": (pixels[:n_train], y, pixels[n_train:], y_val),
}
results = {}
for title, (X_a, y_a, X_b, y_b) in contests.items():
    clf = linclf.LinearClassifier("softmax", reg=1e-3, center="mean", epochs=50, rng=0)
    clf.fit(X_a, y_a)
    start = perf_counter()
    linear = clf.score(X_b, y_b)
    middle = perf_counter()
    neighbours = float((k_nearest(X_a, y_a, X_b, best_k) == y_b).mean())
    end = perf_counter()
    results[title] = linear, neighbours
    print(f"{title:9} linear {linear:.3f} ({1e3 * (middle - start):.1f} ms, keeps {clf.W_.size:,}"
          f" numbers)   {best_k}-nearest {neighbours:.3f} ({1e3 * (end - middle):.0f} ms, keeps"
          f" {X_a.size:,} numbers)")  # fmt: skip

# %% tags=["test"]
assert results["digits"][1] > results["digits"][0] > 0.93
assert results["digits"][1] > 0.97
assert results["shapes10"][0] > results["shapes10"][1] + 0.1

# %% [markdown]
# On digits the neighbours win: there are 1,198 examples of ten tidy things, and near in pixels
# means alike. On the images they lose badly: two pictures are near when their *backgrounds* are
# alike. And they pay when it hurts: the linear classifier keeps ten templates, the neighbours keep
# all the data and search it for every answer.
#
# ## 4. Bias and variance
#
# Two ways to be wrong. **Bias**: the model is too stiff to follow the truth, however much data it
# gets. **Variance**: it follows every accident of the sample, and would be another one on another
# sample. A learning curve shows which one you have: errors on the training and the validation part
# over the number of samples.
#
# With 64 pixels, both methods know all their training digits by heart. So make it harder, and the
# bias visible: average the digits to 4 x 4 pixels.
#
# **Predict** for linear and for 1-nearest: where does each of the two curves start, and do they
# meet?

# %% tags=["needs:k_nearest"]
sizes = [20, 50, 100, 200, 400, 800, 1198]
n_repeats = 1 if fast else 5


def four_by_four(X):
    """Return digits of 4 x 4 pixels, each the mean of 2 x 2: (N, 64) -> (N, 16)."""
    return X.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16)


small_train, small_test = four_by_four(D_train), four_by_four(D_test)


def errors(which, rows):
    """Return the errors on the training rows and on the held-out digits."""
    X_part, y_part = small_train[rows], d_train[rows]
    if which == "linear":
        clf = linclf.LinearClassifier("softmax", reg=1e-3, center="mean", epochs=100, rng=0)
        clf.fit(X_part, y_part)
        return 1 - clf.score(X_part, y_part), 1 - clf.score(small_test, d_test)
    at_training = k_nearest(X_part, y_part, X_part, 1) != y_part
    return at_training.mean(), (k_nearest(X_part, y_part, small_test, 1) != d_test).mean()


figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True, layout="constrained")
curves = {}
for ax, which in zip(axes, ("linear", "1-nearest"), strict=True):
    measured = np.array(
        [[errors(which, rng.permutation(1198)[:size]) for _ in range(n_repeats)] for size in sizes]
    )  # (sizes, repeats, 2)
    curves[which] = measured.mean(axis=1)
    for part, (label, color) in enumerate([("training", "#0072b2"), ("held out", "#d55e00")]):
        middle, spread = measured[..., part].mean(axis=1), measured[..., part].std(axis=1)
        ax.plot(sizes, middle, "o-", color=color, label=label)
        ax.fill_between(sizes, middle - spread, middle + spread, color=color, alpha=0.25)
    ax.set(xscale="log", xlabel="training samples N", title=which)
axes[0].set_ylabel("error")
axes[0].legend()
plt.show()

# %% tags=["test"]
assert (curves["1-nearest"][:, 0] == 0).all()
assert curves["1-nearest"][-1, 1] < curves["linear"][-1, 1]
for curve in curves.values():
    assert curve[-1, 1] < curve[0, 1] / 2
assert curves["linear"][0, 0] < 0.01 < curves["linear"][-1, 0]
linear_end = curves["linear"][-1]
assert linear_end[1] - linear_end[0] < 0.07  # the curves meet, nearly

# %% [markdown]
# 1-nearest never errs on its training part; all its error is variance, and it falls for as long as
# there is new data. The linear classifier begins there, too: twenty samples are easily separated.
# Then its two curves approach each other and flatten. What remains is bias, which no data mends,
# but better features do (64 pixels, for example). That is the lecture's answer: *linear has the
# higher bias, neighbours the higher variance.*
#
# | you see | it is | do |
# |---|---|---|
# | training error high, held-out close to it | bias | better features, smaller $\lambda$ |
# | training error low, held-out far above | variance | more data, larger $\lambda$ |
#
# ## 5. The same in other libraries
#
# Somebody gets 0.958 with scikit-learn, you get 0.953, both "softmax with L2 at 0.01". Whose is
# wrong? Perhaps nobody's: $\lambda$ is written in many ways. This is what $\lambda = 0.01$ is
# called elsewhere:

# %%
linclf.conventions.table(0.01, n_samples=len(D_train), n_classes=10)

# %% [markdown]
# **Work it out once by hand.** scikit-learn's `LogisticRegression` minimises
# $C \sum_i L_i + \frac{1}{2} \sum W^2$; we minimise $\frac{1}{N} \sum_i L_i + \lambda \sum W^2$.
# Divide the first by $C N$. Which $C$ makes both the same? ($C = 1 / (2 \lambda N)$.)

# %%
lam = 0.01
translated = linclf.conventions.to("sklearn.LogisticRegression", lam, n_samples=len(D_train))
print("LogisticRegression(", translated, ")")
small = D_train / 16  # both solvers like small numbers
if sklearn is not None:
    from sklearn.linear_model import LogisticRegression

    theirs = LogisticRegression(tol=1e-8, max_iter=5000, **translated).fit(small, d_train)
    W_sk, b_sk = theirs.coef_.T, theirs.intercept_
    value, dW, db = linclf.loss_and_grad("softmax", W_sk, small, d_train, lam, b=b_sk)
    print(f"our objective at their weights {value:.10f}")
    print(f"our gradient there, largest entry {max(abs(dW).max(), abs(db).max()):.1e}")
    wrong = 1 / (lam * len(D_train))  # without the 2
    other = LogisticRegression(C=wrong, tol=1e-8, max_iter=5000).fit(small, d_train)
    _, dW, _ = linclf.loss_and_grad(
        "softmax", other.coef_.T, small, d_train, lam, b=other.intercept_
    )
    print(f"with a forgotten factor of 2:     {abs(dW).max():.1e}")

# %% tags=["test"]
assert np.isclose(translated["C"], 1 / (2 * lam * len(D_train)))
if sklearn is not None:
    _, right, _ = linclf.loss_and_grad("softmax", W_sk, small, d_train, lam, b=b_sk)
    assert abs(right).max() < 1e-6
    assert abs(dW).max() > 1e-4

# %% [markdown]
# Our gradient vanishes at *their* solution: both minimise the same function. It is the strictest
# test of equality that there is, stricter than equal accuracies.
#
# PyTorch: `weight_decay` adds $\text{wd} \cdot W$ to the gradient. Ours is $2 \lambda W$. And it
# decays the bias, too, unless you put the bias into a group of its own.

# %%
if torch is not None:
    decay = linclf.conventions.to("torch.CrossEntropyLoss", lam)
    weights = torch.zeros((64, 10), dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(10, dtype=torch.float64, requires_grad=True)
    groups = [{"params": [weights], **decay}, {"params": [bias], "weight_decay": 0.0}]
    optimizer = torch.optim.SGD(groups, lr=0.5)
    tensors = torch.from_numpy(small), torch.from_numpy(d_train)
    for _ in range(50):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(tensors[0] @ weights + bias, tensors[1]).backward()
        optimizer.step()
    W, b = np.zeros((64, 10)), np.zeros(10)
    linclf.gradient_descent(W, small, d_train, b=b, loss="softmax", reg=lam, learning_rate=0.5,
                            max_steps=50, progress=False)  # fmt: skip
    apart = abs(W - weights.detach().numpy()).max()
    print(
        f"{decay}: after 50 steps, weights up to {abs(W).max():.2f} differ by {apart:.0e} at most"
    )

# %% tags=["test"]
assert torch is None or (decay == {"weight_decay": 0.02} and apart < 1e-12)

# %% [markdown]
# The package checks all of its translations in this way, against whatever is installed:

# %%
linclf.conventions.check("half" if fast or sklearn is None else "sklearn")

# %% [markdown]
# ## 6. Beyond: features at random, features that are learned
#
# Polar coordinates came from looking, HOG from years of research. Could we just take *random*
# features, $\phi(x) = \max(0, x V + c)$ with random $V$ and $c$? The spiral is the hardest toy of
# this course. **Predict** the accuracy with 2 features, and with 300 random ones.

# %%
P, arm = linclf.datasets.spiral(3, 300, rng=0)
V, c = 4 * rng.standard_normal((2, 300)), 2 * rng.standard_normal(300)


def bend(X):
    """Return 300 random features: each is zero on one side of a random line."""
    return np.maximum(0.0, X @ V + c)


plain_clf = linclf.LinearClassifier("softmax", reg=1e-3, rng=0).fit(P, arm)
random_clf = linclf.LinearClassifier("softmax", reg=1e-4, epochs=1500, rng=0).fit(bend(P), arm)
figure, axes = plt.subplots(1, 2, figsize=(9.4, 4.3), layout="constrained")
linclf.plot.decision_regions(
    plain_clf, P, arm, ax=axes[0], title=f"2 features: {plain_clf.score(P, arm):.3f}"
)
linclf.plot.decision_regions(
    lambda X: random_clf.predict(bend(X)), P, arm, ax=axes[1],
    title=f"300 random features: {random_clf.score(bend(P), arm):.3f}",
)  # fmt: skip
axes[0].get_legend().remove()
plt.show()

# %% tags=["test"]
assert plain_clf.score(P, arm) < 0.65
assert random_clf.score(bend(P), arm) > 0.95

# %% [markdown]
# That *is* a neural network of two layers, of which only the last one was trained: a linear
# classifier, by the loss and the gradient that you wrote. Train $V$ and $c$ as well, by the chain
# rule, and you have the next lecture. All that you learned stays: the losses, the checks of the
# gradient, learning rates, regularisation, splitting and tuning. Only $\phi$ is learned now.
#
# **Think on.**
#
# 1. Which feature makes XOR linearly separable? One number is enough.
# 2. Why must words, means and deviations come from the training part alone?
# 3. HOG with cells of 32 x 32 pixels, one for the whole image: what does it forget then? And of 1 x
#    1?
# 4. Your classifier's training error is 0.30, held-out error 0.31. A colleague offers ten times as
#    much data. Do you pay for it?

# %% [markdown] tags=["solution"]
# **Answers.** 1. The product $x_0 x_1$: its sign is the class. 2. Otherwise the validation part
# takes part in the training, and its number is too good. 3. With one cell, all places: only how
# many edges of each direction there are. With 1 x 1, nothing is forgotten about the place, so every
# shift matters again. 4. No: this is bias. Spend it on features.
