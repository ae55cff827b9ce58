# %% [markdown]
# # Softmax classification, in the style of I2DL, exercise 1
# The data is small and made up; the file is the course's pickle of CIFAR-10.

# %% Set-up: what a student has before the first cell
import os

import linclf
from dataset_files import python2_batch

os.makedirs("datasets/cifar10")
os.makedirs("exercise_1")
images, labels = linclf.datasets.shapes10(1200, rng=0)
with open("datasets/cifar10/cifar10_train.p", "wb") as file:
    file.write(python2_batch(images, labels))
os.chdir("exercise_1")

linclf.compat.install("i2dl")

# %%
import math
import random
import time

import matplotlib.pyplot as plt
import numpy as np
from exercise_code.model_savers import save_softmax_classifier

plt.rcParams["figure.figsize"] = (10.0, 8.0)
plt.rcParams["image.interpolation"] = "nearest"
plt.rcParams["image.cmap"] = "gray"
random.seed(0)
np.random.seed(0)

# %% [markdown]
# ## Data

# %%
from exercise_code.data_utils import load_CIFAR10

cifar10_dir = "../datasets/cifar10"
X, y = load_CIFAR10(cifar10_dir)

# %%
classes = ["plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
samples_per_class = 3
for class_index, class_name in enumerate(classes):
    indices = np.flatnonzero(y == class_index)
    indices = np.random.choice(indices, samples_per_class, replace=False)
    for sample_i, index in enumerate(indices):
        plt.subplot(samples_per_class, len(classes), sample_i * len(classes) + class_index + 1)
        plt.imshow(X[index].astype("uint8"))
        plt.axis("off")
        if sample_i == 0:
            plt.title(class_name)
plt.show()

# %%
num_training, num_validation, num_test, num_dev = 800, 200, 200, 100
assert (num_training + num_validation + num_test) == len(X)

mask = range(num_training)
X_train, y_train = X[mask], y[mask]
mask = range(num_training, num_training + num_validation)
X_val, y_val = X[mask], y[mask]
mask = range(num_training + num_validation, num_training + num_validation + num_test)
X_test, y_test = X[mask], y[mask]
mask = np.random.choice(num_training, num_dev, replace=False)
X_dev, y_dev = X_train[mask], y_train[mask]

# %%
X_train = np.reshape(X_train, (X_train.shape[0], -1))
X_val = np.reshape(X_val, (X_val.shape[0], -1))
X_test = np.reshape(X_test, (X_test.shape[0], -1))
X_dev = np.reshape(X_dev, (X_dev.shape[0], -1))

mean_image = np.mean(X_train, axis=0)
print(mean_image[:10])
plt.figure(figsize=(4, 4))
plt.imshow(mean_image.reshape((32, 32, 3)).astype("uint8"))
plt.show()

X_train -= mean_image
X_val -= mean_image
X_test -= mean_image
X_dev -= mean_image

X_train = np.hstack([X_train, np.ones((X_train.shape[0], 1))])
X_val = np.hstack([X_val, np.ones((X_val.shape[0], 1))])
X_test = np.hstack([X_test, np.ones((X_test.shape[0], 1))])
X_dev = np.hstack([X_dev, np.ones((X_dev.shape[0], 1))])
print(X_train.shape, X_val.shape, X_test.shape, X_dev.shape)
assert X_train.shape == (800, 3073)

# %% [markdown]
# ## Loss and gradient

# %%
from exercise_code.classifiers.softmax import cross_entropy_loss_naive

W = np.random.randn(3073, 10) * 0.0001
loss, grad = cross_entropy_loss_naive(W, X_dev, y_dev, 0.0)
print("loss: %f" % loss)
print("sanity check: %f" % (-np.log(0.1)))
assert abs(loss + np.log(0.1)) < 0.3

# %%
from exercise_code.gradient_check import grad_check_sparse

X_dev_small, y_dev_small = X_dev[:10], y_dev[:10]
loss, grad = cross_entropy_loss_naive(W, X_dev_small, y_dev_small, 0.0)
f = lambda w: cross_entropy_loss_naive(w, X_dev_small, y_dev_small, 0.0)[0]
grad_numerical = grad_check_sparse(f, W, grad, num_checks=3)

loss, grad = cross_entropy_loss_naive(W, X_dev_small, y_dev_small, 1e2)
f = lambda w: cross_entropy_loss_naive(w, X_dev_small, y_dev_small, 1e2)[0]
grad_numerical = grad_check_sparse(f, W, grad, num_checks=3)

# %%
from exercise_code.classifiers.softmax import cross_entropy_loss_vectorized

tic = time.time()
loss_naive, grad_naive = cross_entropy_loss_naive(W, X_dev, y_dev, 0.00001)
toc = time.time()
print("naive loss: %e computed in %fs" % (loss_naive, toc - tic))
tic = time.time()
loss_vectorized, grad_vectorized = cross_entropy_loss_vectorized(W, X_dev, y_dev, 0.00001)
toc = time.time()
print("vectorized loss: %e computed in %fs" % (loss_vectorized, toc - tic))
grad_difference = np.linalg.norm(grad_naive - grad_vectorized, ord="fro")
print("Loss difference: %f" % np.abs(loss_naive - loss_vectorized))
print("Gradient difference: %f" % grad_difference)
assert grad_difference < 1e-6

# %% [markdown]
# ## Training

# %%
from exercise_code.classifiers.softmax import SoftmaxClassifier

softmax = SoftmaxClassifier()
tic = time.time()
loss_hist = softmax.train(
    X_train, y_train, learning_rate=1e-7, reg=5e4, num_iters=300, verbose=True
)
toc = time.time()
print("That took %fs" % (toc - tic))
assert loss_hist[-1] < loss_hist[0] / 100, "reg decays the weights"

plt.figure(figsize=(6, 5))
plt.plot(loss_hist)
plt.xlabel("Iterations")
plt.ylabel("Loss value")
plt.show()

# %%
y_train_pred = softmax.predict(X_train)
print("training accuracy: %f" % (np.mean(y_train == y_train_pred),))
y_val_pred = softmax.predict(X_val)
print("validation accuracy: %f" % (np.mean(y_val == y_val_pred),))

# %% [markdown]
# ## Tuning

# %%
from exercise_code.classifiers.softmax import softmax_hyperparameter_tuning

best_softmax, results, all_classifiers = softmax_hyperparameter_tuning(
    X_train, y_train, X_val, y_val
)

# %%
x_scatter = [math.log10(x[0]) for x in results]
y_scatter = [math.log10(x[1]) for x in results]
for place, title in enumerate(("training", "validation")):
    colors = [results[x][place] for x in results]
    plt.subplot(2, 1, place + 1)
    plt.scatter(x_scatter, y_scatter, 100, c=colors)
    plt.colorbar()
    plt.xlabel("log learning rate")
    plt.ylabel("log regularization strength")
    plt.title("CIFAR-10 %s accuracy" % title)
plt.tight_layout()
plt.show()

# %%
sorted_classifiers = sorted(all_classifiers, key=lambda x: x[1])
best_softmax = sorted_classifiers[-1][0]
y_test_pred = best_softmax.predict(X_test)
test_accuracy = np.mean(y_test == y_test_pred)
print("softmax on raw pixels final test set accuracy: %f" % (test_accuracy,))
assert test_accuracy > 0.35

# %%
w = best_softmax.W[:-1, :]  # strip out the bias
w = w.reshape(32, 32, 3, 10)
w_min, w_max = np.min(w), np.max(w)
for i in range(len(classes)):
    plt.subplot(2, 5, i + 1)
    wimg = 255.0 * (w[:, :, :, i].squeeze() - w_min) / (w_max - w_min)
    plt.imshow(wimg.astype("uint8"))
    plt.axis("off")
    plt.title(classes[i])

# %% [markdown]
# ## Save the model

# %%
save_softmax_classifier(best_softmax)
assert os.path.exists("models/softmax_classifier.p")

print("This is the end of the notebook.")
