# %% [markdown]
# # Linear classifier, in the style of dlcourse.ai
# The data is small and made up; the files are those of SVHN.
# needs: scipy.io

# %% Set-up: what a student has before the first cell
import os

import linclf
from scipy.io import savemat

os.makedirs("data")
images, labels = linclf.datasets.shapes10(800, rng=0)
for name, part in (("train", slice(600)), ("test", slice(600, None))):
    digits = [[label or 10] for label in labels[part]]  # SVHN calls the digit 0 ten
    content = {"X": images[part].transpose(1, 2, 3, 0), "y": digits}
    savemat(f"data/{name}_32x32.mat", content)

linclf.compat.install("dlcourse")

# %%
import matplotlib.pyplot as plt
import numpy as np

# %%
from dataset import load_svhn, random_split_train_val
from gradient_check import check_gradient
from metrics import multiclass_accuracy
import linear_classifer


# %% Load the data
def prepare_for_linear_classifier(train_X, test_X):
    train_flat = train_X.reshape(train_X.shape[0], -1).astype(np.float) / 255.0
    test_flat = test_X.reshape(test_X.shape[0], -1).astype(np.float) / 255.0
    mean_image = np.mean(train_flat, axis=0)
    train_flat -= mean_image
    test_flat -= mean_image
    ones = [np.ones((X.shape[0], 1)) for X in (train_X, test_X)]
    return np.hstack([train_flat, ones[0]]), np.hstack([test_flat, ones[1]])


np.random.seed(0)
train_X, train_y, test_X, test_y = load_svhn("data", max_train=500, max_test=150)
assert train_X.dtype == np.float32
assert train_X.shape == (500, 32, 32, 3)
assert set(train_y) == set(range(10))
train_X, test_X = prepare_for_linear_classifier(train_X, test_X)
train_X, train_y, val_X, val_y = random_split_train_val(train_X, train_y, num_val=100)
assert train_X.shape == (400, 3073)


# %% The check of gradients
def square(x):
    return float(x * x), 2 * x


assert check_gradient(square, np.array([3.0]))


def array_sum(x):
    assert x.shape == (2,), x.shape
    return np.sum(x), np.ones_like(x)


assert check_gradient(array_sum, np.array([3.0, 2.0]))


def array_2d_sum(x):
    assert x.shape == (2, 2)
    return np.sum(x), np.ones_like(x)


assert check_gradient(array_2d_sum, np.array([[3.0, 2.0], [1.0, 0.0]]))
assert not check_gradient(lambda x: (np.sum(x), 2 * np.ones_like(x)), np.array([3.0, 2.0]))

# %% Softmax of one sample
probs = linear_classifer.softmax(np.array([-10, 0, 10]))
assert probs.shape == (3,)
probs = linear_classifer.softmax(np.array([1000, 0, 0]))
assert np.isclose(probs[0], 1.0)

# %% Cross-entropy
probs = linear_classifer.softmax(np.array([-5, 0, 5]))
assert np.isclose(linear_classifer.cross_entropy_loss(probs, 1), 5.00676)

# %% Both together
loss, grad = linear_classifer.softmax_with_cross_entropy(np.array([1, 0, 0]), 1)
assert check_gradient(
    lambda x: linear_classifer.softmax_with_cross_entropy(x, 1), np.array([1, 0, 0], np.float)
)

# %% Batches, with labels in a column
np.random.seed(42)
num_classes = 4
for batch_size in (1, 3):
    predictions = np.random.randint(-1, 3, size=(batch_size, num_classes)).astype(np.float)
    target_index = np.random.randint(0, num_classes, size=(batch_size, 1)).astype(np.int)
    assert check_gradient(
        lambda x: linear_classifer.softmax_with_cross_entropy(x, target_index), predictions
    )
probs = linear_classifer.softmax(np.array([[20, 0, 0], [1000, 0, 0]]))
assert np.all(np.isclose(probs[:, 0], 1.0))

# %% The linear classifier
batch_size = 2
num_classes = 2
num_features = 3
np.random.seed(42)
W = np.random.randint(-1, 3, size=(num_features, num_classes)).astype(np.float)
X = np.random.randint(-1, 3, size=(batch_size, num_features)).astype(np.float)
target_index = np.ones(batch_size, dtype=np.int)
loss, dW = linear_classifer.linear_softmax(X, W, target_index)
assert check_gradient(lambda w: linear_classifer.linear_softmax(X, w, target_index), W)

# %% The regulariser
linear_classifer.l2_regularization(W, 0.01)
assert check_gradient(lambda w: linear_classifer.l2_regularization(w, 0.01), W)

# %% Training
classifier = linear_classifer.LinearSoftmaxClassifier()
loss_history = classifier.fit(
    train_X, train_y, epochs=10, learning_rate=1e-3, batch_size=300, reg=1e1
)
assert len(loss_history) == 20
assert 2.2 < loss_history[0] < 2.8
plt.plot(loss_history)
plt.show()

# %%
pred = classifier.predict(val_X)
accuracy = multiclass_accuracy(pred, val_y)
print("Accuracy: ", accuracy)
classifier.fit(train_X, train_y, epochs=20, learning_rate=1e-2, batch_size=300, reg=1e-3)
print("Accuracy after more epochs: ", multiclass_accuracy(classifier.predict(val_X), val_y))

# %% Validation
best_classifier = None
best_val_accuracy = None
for learning_rate in (1e-2, 1e-3):
    for reg in (1e-2, 1e-4):
        classifier = linear_classifer.LinearSoftmaxClassifier()
        classifier.fit(
            train_X, train_y, epochs=15, learning_rate=learning_rate, batch_size=50, reg=reg
        )
        accuracy = multiclass_accuracy(classifier.predict(val_X), val_y)
        if best_val_accuracy is None or accuracy > best_val_accuracy:
            best_val_accuracy, best_classifier = accuracy, classifier
print("best validation accuracy achieved: %f" % best_val_accuracy)
assert best_val_accuracy > 0.2

# %% Test
test_pred = best_classifier.predict(test_X)
test_accuracy = multiclass_accuracy(test_pred, test_y)
print("Linear softmax classifier test set accuracy: %f" % (test_accuracy,))

print("This is the end of the notebook.")
