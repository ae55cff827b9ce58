# needs: torch
# %% [markdown]
# # Multiclass linear classification, in the style of CS236781, homework 1, part 3
# The data is small and made up; the files are those of MNIST.

# %% Set-up: what a student has before the first cell, and torchvision's part of it
import os

import linclf
import numpy as np
import torch
from dataset_files import idx_bytes

rng = np.random.default_rng(0)
prototypes = rng.random((10, 28, 28)) < 0.2
os.makedirs("data/MNIST/raw")
for stem, n in (("train", 1000), ("t10k", 300)):
    labels = (np.arange(n) % 10).astype(np.uint8)
    flipped = rng.random((n, 28, 28)) < 0.15
    images = np.where(prototypes[labels] ^ flipped, 255, 0).astype(np.uint8)
    for array, kind in ((images, "images-idx3"), (labels, "labels-idx1")):
        with open(f"data/MNIST/raw/{stem}-{kind}-ubyte", "wb") as file:
            file.write(idx_bytes(array))


class MNIST(torch.utils.data.Dataset):
    """torchvision.datasets.MNIST, on linclf's reader."""

    def __init__(self, root, train, transform):
        split = "train" if train else "test"
        self.images, self.labels = linclf.datasets.read_mnist(root, split=split)
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(self.images[index]), int(self.labels[index])


class Compose:
    """torchvision.transforms.Compose."""

    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, image):
        for transform in self.transforms:
            image = transform(image)
        return image


def to_tensor(image):
    return torch.from_numpy(image).reshape(1, 28, 28) / 255


def normalize(image):
    return (image - 0.1307) / 0.3081


linclf.compat.install("technion")

# %%
import unittest

import matplotlib.pyplot as plt

plt.rcParams.update({"font.size": 12})
torch.random.manual_seed(1904)
test = unittest.TestCase()

# %% [markdown]
# ### The bias trick

# %%
import hw1.transforms as hw1tf

tf_btrick = hw1tf.BiasTrick()

test_cases = [
    torch.randn(64, 512),
    torch.randn(2, 3, 4, 5, 6, 7),
    torch.randint(low=0, high=10, size=(1, 12)),
    torch.tensor([10, 11, 12]),
]

for x_test in test_cases:
    xb = tf_btrick(x_test)
    print("shape =", xb.shape)
    test.assertEqual(x_test.dtype, xb.dtype, "Wrong dtype")
    test.assertTrue(torch.all(xb[..., 1:] == x_test), "Original features destroyed")
    ones = torch.ones(*xb.shape[:-1], 1)
    test.assertTrue(torch.all(xb[..., [0]] == ones), "First feature is not equal to 1")

# %% [markdown]
# ### Data

# %%
import hw1.dataloaders as hw1dataloaders
import hw1.datasets as hw1datasets

tf_ds = Compose([to_tensor, normalize, hw1tf.TensorView(-1), hw1tf.BiasTrick()])

num_train, num_test, batch_size = 900, 200, 100
data_root = os.path.expanduser("data")
ds_train = hw1datasets.SubsetDataset(MNIST(data_root, train=True, transform=tf_ds), num_train)
dl_train, dl_valid = hw1dataloaders.create_train_validation_loaders(
    ds_train, validation_ratio=0.2, batch_size=batch_size, num_workers=0
)
ds_test = hw1datasets.SubsetDataset(MNIST(data_root, train=False, transform=tf_ds), num_test)
dl_test = torch.utils.data.DataLoader(ds_test, batch_size)

x0, y0 = ds_train[0]
n_features = torch.numel(x0)
n_classes = 10
test.assertEqual(n_features, 28 * 28 * 1 + 1, "Incorrect sample dimension")

# %%
import hw1.linear_classifier as hw1linear

lin_cls = hw1linear.LinearClassifier(n_features, n_classes)

mean_acc = 0
for x, y in dl_test:
    y_pred, _ = lin_cls.predict(x)
    mean_acc += lin_cls.evaluate_accuracy(y, y_pred)
mean_acc /= len(dl_test)
print(f"Accuracy: {mean_acc:.1f}%")
test.assertLess(mean_acc, 40)

# %% [markdown]
# ### The loss

# %%
import cs236781.dataloader_utils as dl_utils
from hw1.losses import SVMHingeLoss

torch.random.manual_seed(42)
x, y = dl_utils.flatten(dl_test)
lin_cls = hw1linear.LinearClassifier(n_features, n_classes)
y_pred, x_scores = lin_cls.predict(x)

loss_fn = SVMHingeLoss(delta=1.0)
loss = loss_fn(x, y, x_scores, y_pred)
print("loss =", loss.item())
test.assertAlmostEqual(loss.item(), 9.0, delta=0.2)

# %%
loss_fn = SVMHingeLoss(delta=1)
loss = loss_fn(x, y, x_scores, y_pred)
grad = loss_fn.grad()
test.assertEqual(grad.shape, lin_cls.weights.shape)

# %% [markdown]
# The gradient against that of autograd

# %%
lin_cls = hw1linear.LinearClassifier(n_features, n_classes)
loss_fn = SVMHingeLoss(delta=1)
lin_cls.weights.requires_grad = True
y_pred, x_scores = lin_cls.predict(x)
loss = loss_fn(x, y, x_scores, y_pred)
grad = loss_fn.grad()
autograd_grad = torch.autograd.grad(loss, lin_cls.weights)[0]
diff = torch.norm(grad - autograd_grad).item()
print("loss =", loss.item())
print("grad =\n", grad)
print("autograd =\n", autograd_grad)
print("diff =", diff)
test.assertLess(diff, 1e-3, "Gradient diff was too large")

# %% [markdown]
# ### Training

# %%
hp = hw1linear.hyperparams()
print("hyperparams =", hp)
lin_cls = hw1linear.LinearClassifier(n_features, n_classes, weight_std=hp["weight_std"])

x_test, y_test = dl_utils.flatten(dl_test)
y_test_pred, _ = lin_cls.predict(x_test)
test_acc_before = lin_cls.evaluate_accuracy(y_test, y_test_pred)

svm_loss_fn = SVMHingeLoss()
train_res, valid_res = lin_cls.train(
    dl_train,
    dl_valid,
    svm_loss_fn,
    learn_rate=hp["learn_rate"],
    weight_decay=hp["weight_decay"],
    max_epochs=30,
)

y_test_pred, _ = lin_cls.predict(x_test)
test_acc_after = lin_cls.evaluate_accuracy(y_test, y_test_pred)

fig, axes = plt.subplots(nrows=1, ncols=2, figsize=(12, 5))
for i, loss_acc in enumerate(("loss", "accuracy")):
    axes[i].plot(getattr(train_res, loss_acc))
    axes[i].plot(getattr(valid_res, loss_acc))
    axes[i].set_title(loss_acc.capitalize(), fontweight="bold")
    axes[i].set_xlabel("Epoch")
    axes[i].legend(("train", "valid"))
    axes[i].grid(which="both", axis="y")

print(f"Test-set accuracy before training: {test_acc_before:.1f}%")
print(f"Test-set accuracy after training: {test_acc_after:.1f}%")
test.assertGreaterEqual(test_acc_after, 85.0)

# %% [markdown]
# ### Weights and mistakes as images

# %%
import cs236781.plot as plot

w_images = lin_cls.weights_as_images(img_shape=(1, 28, 28))
fig, axes = plot.tensors_as_images(list(w_images))
test.assertEqual(axes.shape, (10,))

# %%
n_plot = 104
x_test, y_test = next(iter(dl_test))
x_test = x_test[0:n_plot]
y_test = y_test[0:n_plot]
n_plot = len(x_test)
y_test_pred, _ = lin_cls.predict(x_test)
x_test_img = torch.reshape(x_test[:, :-1], (n_plot, 1, 28, 28))

fig, axes = plot.tensors_as_images(
    list(x_test_img),
    titles=y_test_pred.numpy(),
    nrows=8,
    hspace=0.5,
    figsize=(10, 8),
    cmap="gray",
)

wrong_pred = y_test_pred != y_test
wrong_pred_axes = axes.ravel()[: len(wrong_pred)][wrong_pred.numpy().astype(np.bool)]
for ax in wrong_pred_axes:
    ax.title.set_color("red")
    ax.title.set_fontweight("bold")

print("This is the end of the notebook.")
