# %% [markdown]
# # Basic classifiers, in the style of ECBM E4040, both years
# The data is small and made up; the files are those of CIFAR-10 and Fashion-MNIST.

# %% Set-up: what a student has before the first cell
import os

import linclf
import numpy as np
from dataset_files import idx_bytes, python2_batch

folder = "data/cifar-10-batches-py"
os.makedirs(folder)
images, labels = linclf.datasets.shapes10(600, rng=0)
for number in range(5):
    part = slice(100 * number, 100 * number + 100)
    with open(f"{folder}/data_batch_{number + 1}", "wb") as file:
        file.write(python2_batch(images[part], labels[part]))
with open(f"{folder}/test_batch", "wb") as file:
    file.write(python2_batch(images[500:], labels[500:]))

linclf.compat.install("ecbm4040")

# %% 2018
import time

import matplotlib.pyplot as plt
from ecbm4040.cifar_utils import load_data

X_train, y_train, X_test, y_test = load_data()
print("Training data shape: ", X_train.shape)
assert X_train.dtype == np.uint8
assert X_train.shape == (500, 3072)
picture = X_train.reshape(X_train.shape[0], 3, 32, 32).transpose(0, 2, 3, 1)[7]
assert np.array_equal(picture, images[7])
plt.imshow(picture)
plt.show()

# %% Split, subtract the mean, append the ones
num_training, num_validation, num_dev = 400, 100, 50
X_val, y_val = X_train[-num_validation:], y_train[-num_validation:]
X_train, y_train = X_train[:num_training], y_train[:num_training]
X_dev, y_dev = X_train[:num_dev], y_train[:num_dev]
mean_image = np.mean(X_train, axis=0).astype(np.float32)
X_train, X_val, X_test, X_dev = (
    np.hstack([X.astype(np.float32) - mean_image, np.ones((X.shape[0], 1), dtype=np.float32)])
    for X in (X_train, X_val, X_test, X_dev)
)
assert X_train.dtype == np.float32

# %% Linear SVM
from ecbm4040.classifiers.linear_svm import svm_loss_naive, svm_loss_vectorized

np.random.seed(1)
W = np.random.randn(3073, 10) * 0.0001
tic = time.time()
loss_naive, grad_naive = svm_loss_naive(W, X_dev, y_dev, 0.000005)
toc = time.time()
print("naive numpy loss: {}, takes {} seconds".format(loss_naive, toc - tic))
loss_vec, grad_vec = svm_loss_vectorized(W, X_dev, y_dev, 0.000005)
assert np.allclose(loss_naive, loss_vec)
assert np.allclose(grad_naive, grad_vec)

from ecbm4040.classifiers.basic_classifiers import LinearSVM, Softmax

for kind, rate in ((LinearSVM, 1e-7), (Softmax, 1e-6)):
    for optim in ("SGD", "momentum"):
        classifier = kind()
        loss_hist = classifier.train(
            X_train,
            y_train,
            learning_rate=rate,
            reg=1e-5,
            num_iters=201,
            optim=optim,
            verbose=True,
        )
        assert classifier.velocity.shape == classifier.W.shape
        assert np.mean(loss_hist[-20:]) < np.mean(loss_hist[:20])
        accuracy = np.mean(classifier.predict(X_val) == y_val)
        print("validation accuracy: %f" % accuracy)
        assert accuracy > 0.2

# %% 2022: Fashion-MNIST comes as two pairs, (N, 28, 28) uint8 and labels
grey = images[:, 2:30, 2:30].mean(axis=3).astype(np.uint8)
labels_small = labels.astype(np.uint8)
for name, array in (
    ("train-images-idx3-ubyte", grey[:500]),
    ("train-labels-idx1-ubyte", labels_small[:500]),
    ("t10k-images-idx3-ubyte", grey[500:]),
    ("t10k-labels-idx1-ubyte", labels_small[500:]),
):
    with open(name, "wb") as file:
        file.write(idx_bytes(array))
X_train_raw, y_train, X_test_raw, y_test = linclf.datasets.read_mnist(".")
y_train, y_test = y_train.astype(np.uint8), y_test.astype(np.uint8)

# %% The ones come first
X_train = X_train_raw.reshape((X_train_raw.shape[0], X_train_raw.shape[1] ** 2))
X_test = X_test_raw.reshape((X_test_raw.shape[0], X_test_raw.shape[1] ** 2))
X_train, X_test = X_train.astype(np.float32), X_test.astype(np.float32)
mean_image = np.mean(X_train, axis=0)
X_train = np.hstack([np.ones((len(X_train), 1), np.float32), (X_train - mean_image) / 255])
X_test = np.hstack([np.ones((len(X_test), 1), np.float32), (X_test - mean_image) / 255])
assert X_train.shape == (500, 785)
binary = y_train < 2
X_train_binary, y_train_binary = X_train[binary], y_train[binary]

# %% Logistic regression
from utils.classifiers.logistic_regression import (
    logistic_regression_loss_naive,
    logistic_regression_loss_vectorized,
    sigmoid,
)

w = np.random.randn(785) * 0.0001
reg = 5e-6
loss_naive, grad_naive = logistic_regression_loss_naive(w, X_train_binary, y_train_binary, reg)
loss_vec, grad_vec = logistic_regression_loss_vectorized(w, X_train_binary, y_train_binary, reg)
assert np.allclose(loss_naive, loss_vec)
p = sigmoid(X_train_binary @ w)
y = y_train_binary.astype(np.float64)
truth = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + reg / 2 * np.sum(w**2)
truth_grad = X_train_binary.T @ (p - y) / len(y) + reg * w
print("Is loss_naive correct?", np.allclose(truth, loss_naive))
assert np.allclose(truth, loss_naive)
assert np.allclose(truth_grad, grad_naive)

# %% Softmax
from utils.classifiers.softmax import (
    cross_entropy,
    onehot,
    softmax,
    softmax_loss_naive,
    softmax_loss_vectorized,
)

W = np.random.randn(785, 10) * 0.0001
reg = 5.0
loss_naive, grad_naive = softmax_loss_naive(W, X_train, y_train, reg)
loss_vec, grad_vec = softmax_loss_vectorized(W, X_train, y_train, reg)
h = softmax(X_train @ W)
truth = np.mean(cross_entropy(onehot(y_train, 10), h)) + reg * np.sum(W**2) / 2
truth_grad = X_train.T @ (h - onehot(y_train, 10)) / len(y_train) + reg * W
assert np.allclose(truth, loss_vec)
assert np.allclose(truth_grad, grad_vec, rtol=1e-2)
assert np.allclose(grad_naive, grad_vec)

# %% Training
from utils.classifiers.basic_classifiers import LogisticRegression, Softmax

classifier = LogisticRegression()
loss_hist = classifier.train(
    X_train_binary, y_train_binary, learning_rate=2e-1, reg=1e-3, num_iters=300, verbose=True
)
plt.plot(loss_hist)
plt.xlabel("Iteration number")
plt.ylabel("Loss value")
plt.show()
accuracy = np.mean(classifier.predict(X_train_binary) == y_train_binary)
print("training accuracy: %f" % accuracy)
assert accuracy > 0.8

classifier = Softmax()
classifier.train(X_train, y_train, learning_rate=5e-2, reg=1e-3, num_iters=300, verbose=True)
accuracy = np.mean(classifier.predict(X_test) == y_test)
print("test accuracy: %f" % accuracy)
assert accuracy > 0.2
templates = classifier.W[1:].T.reshape(10, 28, 28)
plt.imshow(templates[0])

print("This is the end of the notebook.")
