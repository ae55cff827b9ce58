# %% [markdown]
# # Linear classifiers, in the style of CS231n
# The data is small and made up; the files are those of CIFAR-10.

# %% Set-up: what a student has before the first cell
import os

import linclf
from dataset_files import python2_batch

folder = "cs231n/datasets/cifar-10-batches-py"
os.makedirs(folder)
images, labels = linclf.datasets.shapes10(1200, rng=0)
for number in range(5):
    part = slice(200 * number, 200 * number + 200)
    with open(f"{folder}/data_batch_{number + 1}", "wb") as file:
        file.write(python2_batch(images[part], labels[part]))
with open(f"{folder}/test_batch", "wb") as file:
    file.write(python2_batch(images[1000:], labels[1000:]))

linclf.compat.install("cs231n")

# %%
import random
import time

import matplotlib.pyplot as plt
import numpy as np
from cs231n.data_utils import load_CIFAR10
from past.builtins import xrange

# %matplotlib inline
plt.rcParams["figure.figsize"] = (10.0, 8.0)
plt.rcParams["image.interpolation"] = "nearest"
plt.rcParams["image.cmap"] = "gray"


def rel_error(x, y):
    return np.max(np.abs(x - y) / (np.maximum(1e-8, np.abs(x) + np.abs(y))))


# %% Load the data
random.seed(0)
np.random.seed(231)
X_train, y_train, X_test, y_test = load_CIFAR10("cs231n/datasets/cifar-10-batches-py")
print("Training data shape: ", X_train.shape, X_train.dtype)
assert X_train.shape == (1000, 32, 32, 3)
assert X_train.dtype == np.float64
assert y_test.shape == (200,)

# %% Some examples of every class
classes = ["class %d" % number for number in range(10)]
samples_per_class = 3
for y, cls in enumerate(classes):
    idxs = np.flatnonzero(y_train == y)
    idxs = np.random.choice(idxs, samples_per_class, replace=False)
    for i, idx in enumerate(idxs):
        plt.subplot(samples_per_class, len(classes), i * len(classes) + y + 1)
        plt.imshow(X_train[idx].astype("uint8"))
        plt.axis("off")
        if i == 0:
            plt.title(cls)
plt.show()

# %% Split, flatten, subtract the mean, append the ones
num_training, num_validation, num_test, num_dev = 900, 100, 100, 80
X_raw, X_raw_val = X_train[:num_training], X_train[num_training:]
mask = range(num_training, num_training + num_validation)
X_val, y_val = X_train[mask], y_train[mask]
mask = range(num_training)
X_train, y_train = X_train[mask], y_train[mask]
mask = np.random.choice(num_training, num_dev, replace=False)
X_dev, y_dev = X_train[mask], y_train[mask]
mask = range(num_test)
X_test, y_test = X_test[mask], y_test[mask]

X_train, X_val, X_test, X_dev = (
    np.reshape(X, (X.shape[0], -1)) for X in (X_train, X_val, X_test, X_dev)
)
mean_image = np.mean(X_train, axis=0)
X_train, X_val, X_test, X_dev = (
    np.hstack([X - mean_image, np.ones((X.shape[0], 1))]) for X in (X_train, X_val, X_test, X_dev)
)
assert X_train.shape == (900, 3073)

# %% SVM: loss and gradient
from cs231n.classifiers.linear_svm import svm_loss_naive
from cs231n.gradient_check import grad_check_sparse

W = np.random.randn(3073, 10) * 0.0001
loss, grad = svm_loss_naive(W, X_dev, y_dev, 0.000005)
print("loss: %f" % (loss,))
assert 7 < loss < 12

for reg in 0.0, 5e1:
    loss, grad = svm_loss_naive(W, X_dev, y_dev, reg)
    f = lambda w: svm_loss_naive(w, X_dev, y_dev, reg)[0]
    grad_numerical = grad_check_sparse(f, W, grad)

# %% Naive and vectorized
from cs231n.classifiers.linear_svm import svm_loss_vectorized

tic = time.time()
loss_naive, grad_naive = svm_loss_naive(W, X_dev, y_dev, 0.000005)
toc = time.time()
print("Naive loss: %e computed in %fs" % (loss_naive, toc - tic))
loss_vectorized, grad_vectorized = svm_loss_vectorized(W, X_dev, y_dev, 0.000005)
difference = np.linalg.norm(grad_naive - grad_vectorized, ord="fro")
print("difference: %f %f" % (loss_naive - loss_vectorized, difference))
assert difference < 1e-9

# %% Stochastic gradient descent
from cs231n.classifiers import LinearSVM

svm = LinearSVM()
loss_hist = svm.train(X_train, y_train, learning_rate=1e-7, reg=2.5e4, num_iters=301, verbose=True)
assert isinstance(loss_hist, list)
assert 700 < loss_hist[0] < 850, "the regulariser of the first W is about 768"
assert loss_hist[-1] < loss_hist[0] / 10
plt.plot(loss_hist)
plt.xlabel("Iteration number")
plt.ylabel("Loss value")
plt.show()

# %% Validation
results = {}
best_val = -1
best_svm = None
for lr in 1e-7, 5e-7:
    for reg in 2.5e3, 1e4:
        svm = LinearSVM()
        svm.train(X_train, y_train, learning_rate=lr, reg=reg, num_iters=200)
        accuracies = tuple(
            np.mean(svm.predict(X) == y) for X, y in ((X_train, y_train), (X_val, y_val))
        )
        results[(lr, reg)] = accuracies
        if accuracies[1] > best_val:
            best_val, best_svm = accuracies[1], svm
for lr, reg in sorted(results):
    print("lr %e reg %e train accuracy: %f val accuracy: %f" % (lr, reg, *results[(lr, reg)]))
assert best_val > 0.3

x_scatter = [np.log10(x[0]) for x in results]
y_scatter = [np.log10(x[1]) for x in results]
colors = [results[x][1] for x in results]
plt.subplot(2, 1, 2)
plt.scatter(x_scatter, y_scatter, 100, c=colors, cmap=plt.cm.coolwarm)
plt.colorbar()
plt.show()

# %% Test, and templates
print("final test set accuracy: %f" % np.mean(y_test == best_svm.predict(X_test)))
w = best_svm.W[:-1, :]
w = w.reshape(32, 32, 3, 10)
w_min, w_max = np.min(w), np.max(w)
for i in xrange(10):
    plt.subplot(2, 5, i + 1)
    wimg = 255.0 * (w[:, :, :, i].squeeze() - w_min) / (w_max - w_min)
    plt.imshow(wimg.astype("uint8"))
    plt.axis("off")
    plt.title(classes[i])
from cs231n.vis_utils import visualize_grid

plt.imshow(visualize_grid(w.transpose(3, 0, 1, 2), padding=3).astype("uint8"))
plt.gca().axis("off")
plt.show()

# %% Softmax
from cs231n.classifiers.softmax import softmax_loss_naive, softmax_loss_vectorized
from cs231n.classifiers import Softmax

W = np.random.randn(3073, 10) * 0.0001
loss, grad = softmax_loss_naive(W, X_dev, y_dev, 0.0)
print("loss: %f" % loss)
print("sanity check: %f" % (-np.log(0.1)))
assert abs(loss + np.log(0.1)) < 0.5
f = lambda w: softmax_loss_naive(w, X_dev, y_dev, 5e1)[0]
grad_check_sparse(f, W, softmax_loss_vectorized(W, X_dev, y_dev, 5e1)[1], 10)

softmax = Softmax()
softmax.train(X_train, y_train, learning_rate=5e-7, reg=1e4, num_iters=200, verbose=True)
softmax.save("softmax.npy")
again = Softmax()
assert again.load("softmax.npy")
assert not again.load("best_softmax.npy")
assert os.path.exists("cs231n/saved/softmax.npy")
assert np.array_equal(again.predict(X_val), softmax.predict(X_val))
assert np.mean(softmax.predict(X_val) == y_val) > 0.3


# %% A loss of one's own
class Halved(Softmax):
    def loss(self, X_batch, y_batch, reg):
        loss, grad = softmax_loss_vectorized(self.W, X_batch, y_batch, reg)
        return loss / 2, grad / 2


np.random.seed(1)
plain = Softmax().train(X_train, y_train, learning_rate=1e-8, num_iters=3)
np.random.seed(1)
halved = Halved().train(X_train, y_train, learning_rate=2e-8, num_iters=3)
assert np.allclose(plain, 2 * np.array(halved))

# %% Features
from cs231n.features import color_histogram_hsv, extract_features, hog_feature

num_color_bins = 10
feature_fns = [hog_feature, lambda img: color_histogram_hsv(img, nbin=num_color_bins)]
F_train = extract_features(X_raw, feature_fns, verbose=True)
F_val = extract_features(X_raw_val, feature_fns)
mean_feat = np.mean(F_train, axis=0, keepdims=True)
std_feat = np.std(F_train, axis=0, keepdims=True) + 1e-8
F_train, F_val = ((F - mean_feat) / std_feat for F in (F_train, F_val))
F_train, F_val = (np.hstack([F, np.ones((F.shape[0], 1))]) for F in (F_train, F_val))
assert F_train.shape == (900, 155)
svm = LinearSVM()
svm.train(F_train, y_train, learning_rate=1e-3, reg=1e-1, num_iters=500)
print("validation accuracy: %f" % np.mean(svm.predict(F_val) == y_val))
assert np.mean(svm.predict(F_val) == y_val) > 0.4

# %% The losses of scores, as the two-layer net tests them
from cs231n.gradient_check import eval_numerical_gradient
from cs231n.layers import softmax_loss, svm_loss

np.random.seed(231)
num_classes, num_inputs = 10, 50
x = 0.001 * np.random.randn(num_inputs, num_classes)
y = np.random.randint(num_classes, size=num_inputs)
for loss_of, expected in ((svm_loss, 9), (softmax_loss, 2.3)):
    dx_num = eval_numerical_gradient(lambda x: loss_of(x, y)[0], x, verbose=False)
    loss, dx = loss_of(x, y)
    print("loss: ", loss, "dx error: ", rel_error(dx_num, dx))
    assert abs(loss - expected) < 0.1
    assert rel_error(dx_num, dx) < 1e-7

print("This is the end of the notebook.")
