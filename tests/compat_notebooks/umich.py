# needs: torch
# %% [markdown]
# # Linear classifiers, in the style of EECS 498/598, assignment 2
# The data is small and made up; the files are those of CIFAR-10.

# %% Set-up: what a student has before the first cell
import os
import warnings

import linclf
from dataset_files import python2_batch

os.makedirs("cifar-10-batches-py")
images, labels = linclf.datasets.shapes10(1200, rng=0)
names = [*("data_batch_%d" % number for number in range(1, 6)), "test_batch"]
for number, name in enumerate(names):
    part = slice(200 * number, 200 * number + 200)
    with open(f"cifar-10-batches-py/{name}", "wb") as file:
        file.write(python2_batch(images[part], labels[part]))

linclf.compat.install("umich")
warnings.filterwarnings("ignore", "linclf computes on the CPU")  # for cuda=True below
warnings.filterwarnings("ignore", "__array__ implementation")  # of PyTorch, when tensors are drawn

# %%
import math
import time

from linear_classifier import hello_linear_classifier

hello_linear_classifier()

# %%
import eecs598
import matplotlib.pyplot as plt
import torch

plt.rcParams["figure.figsize"] = (10.0, 8.0)
plt.rcParams["font.size"] = 16

# %% [markdown]
# ## Data

# %%
help(eecs598.data.preprocess_cifar10)

# %%
eecs598.reset_seed(0)
data_dict = eecs598.data.preprocess_cifar10(bias_trick=True, cuda=True, dtype=torch.float64)
print("Train data shape: ", data_dict["X_train"].shape)
print("Train labels shape: ", data_dict["y_train"].shape)
print("Validation data shape: ", data_dict["X_val"].shape)
print("Validation labels shape: ", data_dict["y_val"].shape)
print("Test data shape: ", data_dict["X_test"].shape)
print("Test labels shape: ", data_dict["y_test"].shape)

# %% [markdown]
# ## SVM: naive loss and gradient check

# %%
from linear_classifier import svm_loss_naive

eecs598.reset_seed(0)
dtype, device = data_dict["X_val"].dtype, data_dict["X_val"].device
W = torch.randn(3073, 10, dtype=dtype, device=device) * 0.0001
loss, _grad_ = svm_loss_naive(W, data_dict["X_val"], data_dict["y_val"], 0.000005)
print("loss: %f" % (loss,))
assert abs(loss - 9.0) < 0.01
assert data_dict["X_train"].shape == (800, 3073)

# %%
W = 0.0001 * torch.randn(3073, 10, dtype=dtype, device=device)
X_batch, y_batch = data_dict["X_val"][:64], data_dict["y_val"][:64]
for reg in (0.0, 1e3):
    _, grad = svm_loss_naive(W, X_batch, y_batch, reg=reg)
    f = lambda w, reg=reg: svm_loss_naive(w, X_batch, y_batch, reg=reg)[0]
    grad_numerical = eecs598.grad.grad_check_sparse(f, W, grad)

# %% [markdown]
# ## SVM: vectorized loss

# %%
from linear_classifier import svm_loss_vectorized

eecs598.reset_seed(0)
W = 0.0001 * torch.randn(3073, 10, dtype=dtype, device=device)
reg = 0.000005

torch.cuda.synchronize()
tic = time.time()
loss_naive, grad_naive = svm_loss_naive(W, X_batch, y_batch, reg)
torch.cuda.synchronize()
ms_naive = 1000.0 * (time.time() - tic)
print("Naive loss: %e computed in %.2fms" % (loss_naive, ms_naive))

torch.cuda.synchronize()
tic = time.time()
loss_vec, grad_vec = svm_loss_vectorized(W, X_batch, y_batch, reg)
torch.cuda.synchronize()
ms_vec = 1000.0 * (time.time() - tic)
print("Vectorized loss: %e computed in %.2fms" % (loss_vec, ms_vec))
print("Difference: %.2e" % (loss_naive - loss_vec))
assert abs(loss_naive - loss_vec) < 1e-6
print("Gradient difference: %.2e" % torch.norm(grad_naive - grad_vec, p="fro"))

# %% [markdown]
# ## Training

# %%
from linear_classifier import predict_linear_classifier, train_linear_classifier

eecs598.reset_seed(0)
W, loss_hist = train_linear_classifier(
    svm_loss_vectorized,
    None,
    data_dict["X_train"],
    data_dict["y_train"],
    learning_rate=3e-11,
    reg=2.5e4,
    num_iters=300,
    verbose=True,
)
assert all(abs(loss - 9.0) < 0.05 for loss in loss_hist), "this rate learns nothing, on purpose"

plt.plot(loss_hist, "o")
plt.xlabel("Iteration number")
plt.ylabel("Loss value")
plt.show()

# %%
y_train_pred = predict_linear_classifier(W, data_dict["X_train"])
train_acc = 100.0 * (data_dict["y_train"] == y_train_pred).double().mean().item()
print("Training accuracy: %.2f%%" % train_acc)

# %% [markdown]
# ## Search of learning rate and penalty

# %%
from linear_classifier import LinearSVM, svm_get_search_params, test_one_param_set


def search(make, params, num_iters):
    learning_rates, regularization_strengths = params
    num_models = len(learning_rates) * len(regularization_strengths)
    if num_models > 25:
        raise Exception("Please do not test/submit more than 25 items at once")
    elif num_models < 5:
        raise Exception("Please present at least 5 parameter sets in your final ipynb")
    results, best_val, best_model = {}, -1.0, None
    for lr in learning_rates:
        for reg in regularization_strengths:
            eecs598.reset_seed(0)
            model, train_acc, val_acc = test_one_param_set(make(), data_dict, lr, reg, num_iters)
            if val_acc > best_val:
                best_val, best_model = val_acc, model
            results[(lr, reg)] = (train_acc, val_acc)
    for lr, reg in sorted(results):
        train_acc, val_acc = results[(lr, reg)]
        print("lr %e reg %e train accuracy: %f val accuracy: %f" % (lr, reg, train_acc, val_acc))
    print("best validation accuracy achieved during cross-validation: %f" % best_val)
    assert best_val > 0.2, "twice as good as chance"
    return results, best_model


results, best_svm_model = search(LinearSVM, svm_get_search_params(), 100)

path = os.path.join(".", "svm_best_model.pt")
best_svm_model.save(path)

# %%
x_scatter = [math.log10(x[0]) for x in results]
y_scatter = [math.log10(x[1]) for x in results]
for which, title in enumerate(("training", "validation")):
    colors = [results[x][which] for x in results]
    plt.scatter(x_scatter, y_scatter, 100, c=colors, cmap="viridis")
    plt.colorbar()
    plt.title("CIFAR-10 %s accuracy" % title)
    plt.gcf().set_size_inches(8, 5)
    plt.show()

# %%
y_test_pred = best_svm_model.predict(data_dict["X_test"])
test_accuracy = torch.mean((data_dict["y_test"] == y_test_pred).double())
print("linear SVM on raw pixels final test set accuracy: %f" % test_accuracy)

# %%
w = best_svm_model.W[:-1, :]  # strip out the bias
w = w.reshape(3, 32, 32, 10)
w = w.transpose(0, 2).transpose(1, 0)
w_min, w_max = torch.min(w), torch.max(w)
for i in range(10):
    plt.subplot(2, 5, i + 1)
    wimg = 255.0 * (w[:, :, :, i].squeeze() - w_min) / (w_max - w_min)
    plt.imshow(wimg.type(torch.uint8).cpu())
    plt.axis("off")
plt.show()

# %% [markdown]
# ## Softmax

# %%
from linear_classifier import softmax_loss_naive, softmax_loss_vectorized

eecs598.reset_seed(0)
W = 0.0001 * torch.randn(3073, 10, dtype=dtype, device=device)
loss, _ = softmax_loss_naive(W, X_batch, y_batch, reg=0.0)
print("loss: %f" % loss)
print("sanity check: %f" % (math.log(10.0)))
f = lambda w: softmax_loss_naive(w, X_batch, y_batch, reg=10.0)[0]
_, grad = softmax_loss_naive(W, X_batch, y_batch, reg=10.0)
eecs598.grad.grad_check_sparse(f, W, grad, 10)

loss_naive, grad_naive = softmax_loss_naive(W, X_batch, y_batch, 0.05)
loss_vec, grad_vec = softmax_loss_vectorized(W, X_batch, y_batch, 0.05)
print("Loss difference: %.2e" % (loss_naive - loss_vec).abs().item())

# %% [markdown]
# Stability: with weights of one the scores are large, and the loss must not be nan.

# %%
for loss_func in (softmax_loss_naive, softmax_loss_vectorized):
    W_ones = torch.ones(3073, 10, device=device, dtype=dtype)
    W, loss_hist = train_linear_classifier(
        loss_func,
        W_ones,
        data_dict["X_train"],
        data_dict["y_train"],
        learning_rate=1e-8,
        reg=2.5e4,
        num_iters=1,
        verbose=True,
    )
    assert round(loss_hist[0], 6) == 768250002.302585

# %%
from linear_classifier import Softmax, softmax_get_search_params

results, best_softmax_model = search(Softmax, softmax_get_search_params(), 100)
best_softmax_model.save(os.path.join(".", "softmax_best_model.pt"))
loaded = Softmax()
loaded.load("softmax_best_model.pt")
assert torch.equal(loaded.W, best_softmax_model.W)

# %%
from a2_helpers import visualize_grid

templates = best_softmax_model.W[:-1].reshape(3, 32, 32, -1).transpose(0, 3)
plt.imshow(visualize_grid(templates, padding=3).type(torch.uint8).cpu())
plt.gca().axis("off")
plt.show()

print("This is the end of the notebook.")
