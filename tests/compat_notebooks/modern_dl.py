# %% [markdown]
# # Softmax, in the style of balezz/modern_dl
# The data is small and made up; the files are those of CIFAR-10.

# %% Set-up: what a student has before the first cell
import os

import linclf
from dataset_files import python2_batch

folder = "data/cifar-10-batches-py"
os.makedirs(folder)
images, labels = linclf.datasets.shapes10(600, rng=0)
for number in range(5):
    part = slice(100 * number, 100 * number + 100)
    with open(f"{folder}/data_batch_{number + 1}", "wb") as file:
        file.write(python2_batch(images[part], labels[part]))
with open(f"{folder}/test_batch", "wb") as file:
    file.write(python2_batch(images[500:], labels[500:]))
os.makedirs("lib/datasets")
os.symlink(os.path.abspath(folder), "lib/datasets/cifar-10-batches-py")

linclf.compat.install("modern_dl")

# %%
import math
import random
import time

import matplotlib.pyplot as plt
import numpy as np
from lib.data_utils import get_CIFAR10_data as packaged_data
from lib.data_utils import load_CIFAR10

plt.rcParams["figure.figsize"] = (10.0, 8.0)
plt.rcParams["image.interpolation"] = "nearest"
plt.rcParams["image.cmap"] = "gray"


# %% Load and prepare the data
def get_CIFAR10_data(num_training=400, num_validation=100, num_test=100, num_dev=50):
    X_train, y_train, X_test, y_test = load_CIFAR10("data/cifar-10-batches-py")
    mask = list(range(num_training, num_training + num_validation))
    X_val, y_val = X_train[mask], y_train[mask]
    mask = list(range(num_training))
    X_train, y_train = X_train[mask], y_train[mask]
    mask = list(range(num_test))
    X_test, y_test = X_test[mask], y_test[mask]
    mask = np.random.choice(num_training, num_dev, replace=False)
    X_dev, y_dev = X_train[mask], y_train[mask]
    X_train, X_val, X_test, X_dev = (
        np.reshape(X, (X.shape[0], -1)) for X in (X_train, X_val, X_test, X_dev)
    )
    mean_image = np.mean(X_train, axis=0)
    X_train, X_val, X_test, X_dev = (
        np.hstack([X - mean_image, np.ones((X.shape[0], 1))])
        for X in (X_train, X_val, X_test, X_dev)
    )
    return X_train, y_train, X_val, y_val, X_test, y_test, X_dev, y_dev


np.random.seed(0)
X_train, y_train, X_val, y_val, X_test, y_test, X_dev, y_dev = get_CIFAR10_data()
assert X_train.shape == (400, 3073)
data = packaged_data(num_training=400, num_validation=100, num_test=100)
assert data["X_train"].shape == (400, 3, 32, 32)
assert np.allclose(data["X_val"].transpose(0, 2, 3, 1).reshape(100, -1), X_val[:, :-1])

# %% The loss with loops
from lib.classifiers.softmax import softmax_loss_naive

W = np.random.randn(3073, 10) * 0.0001
loss, grad = softmax_loss_naive(W, X_dev, y_dev, 0.0)
print("loss: %f" % loss)
print("expected: %f" % (-np.log(0.1)))
assert abs(loss + np.log(0.1)) < 0.5

# %% The vectorized loss
from lib.classifiers.softmax import softmax_loss_vectorized

tic = time.time()
loss_naive, grad_naive = softmax_loss_naive(W, X_dev, y_dev, 0.000005)
toc = time.time()
print("naive loss: %e computed in %fs" % (loss_naive, toc - tic))
loss_vectorized, grad_vectorized = softmax_loss_vectorized(W, X_dev, y_dev, 0.000005)
grad_difference = np.linalg.norm(grad_naive - grad_vectorized, ord="fro")
assert abs(loss_naive - loss_vectorized) < 1e-9
assert grad_difference < 1e-9

# %% The gradient check, at reg = 0
from lib.gradient_check import check_gradient

small = X_dev[:, -40:]
assert check_gradient(lambda w: softmax_loss_vectorized(w, small, y_dev, 0.0), W[-40:].copy())

# %% Stochastic gradient descent
from lib.classifiers import Softmax

softmax_cls = Softmax()
loss_hist = softmax_cls.train(X_train, y_train, learning_rate=1e-6, reg=1e-2, num_iters=300)
assert len(loss_hist) == 300
assert np.mean(loss_hist[-20:]) < np.mean(loss_hist[:20])
plt.plot(loss_hist)
plt.xlabel("Iteration number")
plt.ylabel("Loss value")
plt.show()
print("training accuracy: %f" % (np.mean(y_train == softmax_cls.predict(X_train)),))

# %% Validation
results = {}
best_val = -1
best_cls = None
for lr in (1e-6, 5e-6):
    for reg in (1e-2, 1e1):
        cls = Softmax()
        cls.train(X_train, y_train, learning_rate=lr, reg=reg, num_iters=300, verbose=False)
        results[(lr, reg)] = (
            np.mean(cls.predict(X_train) == y_train),
            np.mean(cls.predict(X_val) == y_val),
        )
        if results[(lr, reg)][1] > best_val:
            best_val, best_softmax = results[(lr, reg)][1], cls
for lr, reg in sorted(results):
    print("lr %e reg %e train accuracy: %f val accuracy: %f" % (lr, reg, *results[(lr, reg)]))
assert best_val > 0.3
x_scatter = [math.log10(x[0]) for x in results]
y_scatter = [math.log10(x[1]) for x in results]
plt.scatter(x_scatter, y_scatter, 100, c=[results[x][0] for x in results], cmap=plt.cm.coolwarm)
plt.colorbar()
plt.show()

# %% Test, and templates
y_test_pred = best_softmax.predict(X_test)
print("softmax on raw pixels final test set accuracy: %f" % (np.mean(y_test == y_test_pred),))
w = best_softmax.W[:-1, :]
w = w.reshape(32, 32, 3, 10)
w_min, w_max = np.min(w), np.max(w)
for i in range(10):
    plt.subplot(2, 5, i + 1)
    plt.imshow((255.0 * (w[:, :, :, i].squeeze() - w_min) / (w_max - w_min)).astype("uint8"))
    plt.axis("off")

print("This is the end of the notebook.")
