"""The drop-in modules for CS236781: names, conventions, histories, tensors."""

import linclf
import linclf.compat
import numpy as np
import processes
import pytest
from compat_runs import wrongly_spelled
from reference import assert_close

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

PARAMETERS = {
    "hw1.losses:SVMHingeLoss": "delta=1.0",
    "hw1.losses:SVMHingeLoss.loss": "x, y, x_scores, y_predicted",
    "hw1.losses:SVMHingeLoss.grad": "",
    "hw1.losses:ClassifierLoss.__call__": "*args, kwargs",
    "hw1.linear_classifier:LinearClassifier": "n_features, n_classes, weight_std=0.001",
    "hw1.linear_classifier:LinearClassifier.predict": "x",
    "hw1.linear_classifier:LinearClassifier.evaluate_accuracy": "y, y_pred",
    "hw1.linear_classifier:LinearClassifier.train": (
        "dl_train, dl_valid, loss_fn, learn_rate=0.1, weight_decay=0.001, max_epochs=100"
    ),
    "hw1.linear_classifier:LinearClassifier.weights_as_images": "img_shape, has_bias=True",
    "hw1.linear_classifier:hyperparams": "",
    "hw1.transforms:TensorView": "*view_dims",
    "hw1.transforms:InvertColors.__call__": "x",
    "hw1.transforms:FlipUpDown.__call__": "x",
    "hw1.transforms:BiasTrick.__call__": "x",
    "hw1.datasets:SubsetDataset": "source_dataset, subset_len, offset=0",
    "hw1.dataloaders:create_train_validation_loaders": (
        "dataset, validation_ratio, batch_size=100, num_workers=2"
    ),
    "cs236781.dataloader_utils:flatten": "dataloader",
    "cs236781.plot:tensors_as_images": (
        "tensors, nrows=1, figsize=(8, 8), titles=(), wspace=0.1, hspace=0.2, cmap=None"
    ),
    "cs236605.dataloader_utils:flatten": "dataloader",
}


@pytest.fixture(autouse=True)
def _installed():
    linclf.compat.install("technion")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small work, which threads that wait for each other only slow down
    yield
    torch.set_num_threads(threads)
    linclf.compat.uninstall("technion")


@pytest.fixture
def samples():
    """x (300, 9) float32 with a 1 in front, y (300,): four classes, nearly separable."""
    generator = torch.Generator().manual_seed(3)
    y = torch.arange(300) % 4
    x = torch.randn(300, 9, generator=generator) + 3 * torch.eye(9)[y + 1]
    x[:, 0] = 1
    return x, y


@pytest.fixture
def loaders(samples):
    """Loaders of the first 200 samples, shuffled, and of the others; the last batch is short."""
    data = torch.utils.data.TensorDataset(*samples)
    train, valid = (torch.utils.data.Subset(data, part) for part in (range(200), range(200, 300)))
    return (
        torch.utils.data.DataLoader(train, batch_size=64, shuffle=True),
        torch.utils.data.DataLoader(valid, batch_size=64),
    )


def mean_hinge(scores, y, delta):
    """The course's formula, for autograd."""
    margins = (scores - scores.gather(1, y[:, None]) + delta).clamp(min=0)
    return (margins.sum(dim=1) - delta).mean()


def test_every_name_is_there_with_its_parameters_and_defaults():
    assert not wrongly_spelled(PARAMETERS)


@pytest.mark.parametrize("delta", [1.0, 0.3])
def test_the_loss_is_the_formula_and_has_no_penalty(samples, delta):
    from hw1.losses import SVMHingeLoss

    x, y = samples
    weights = (100 * torch.randn(9, 4)).requires_grad_()
    scores = x @ weights
    loss_fn = SVMHingeLoss(delta=delta)
    loss = loss_fn(x, y, scores, scores.argmax(dim=1))
    expected = mean_hinge(scores, y, delta)
    (grad,) = torch.autograd.grad(expected, weights)
    size = float(scores.detach().abs().max()) * 4
    assert (loss.shape, loss.dtype) == ((), torch.float32)
    assert_close(loss.detach(), expected.item(), size, "float32")
    assert_close(loss_fn.grad(), grad.numpy(), float(x.abs().max()) * 4, "float32")


def test_the_loss_of_weights_of_zero_is_the_number_of_wrong_classes(samples):
    from hw1.losses import SVMHingeLoss

    x, y = samples
    assert SVMHingeLoss()(x, y, torch.zeros(300, 4), y).item() == 3.0
    assert SVMHingeLoss(delta=2.0)(x, y, torch.zeros(300, 4), y).item() == 6.0


def test_autograd_goes_through_the_loss_as_in_the_notebook(samples):
    from hw1.linear_classifier import LinearClassifier
    from hw1.losses import SVMHingeLoss

    x, y = samples
    lin_cls, loss_fn = LinearClassifier(9, 4), SVMHingeLoss(delta=1)
    lin_cls.weights.requires_grad = True
    y_pred, x_scores = lin_cls.predict(x)
    loss = loss_fn(x, y, x_scores, y_pred)
    grad = loss_fn.grad()
    (autograd_grad,) = torch.autograd.grad(3 * loss, lin_cls.weights)
    assert torch.norm(3 * grad - autograd_grad).item() < 1e-3, "the threshold of the course"
    assert not grad.requires_grad


def test_tensors_are_read_where_they_lie(samples, monkeypatch):
    from hw1.linear_classifier import LinearClassifier
    from linclf.compat.technion import linear_classifier, losses

    seen = {}

    def scores(W, X):
        seen["weights"], seen["x"] = W, X
        return linclf.scores(W, X)

    def loss_of_scores(loss, S, y, delta):
        seen["x_scores"], seen["y"] = S, y
        return original(loss, S, y, delta)

    original = losses.loss_of_scores
    monkeypatch.setattr(linear_classifier.losses, "scores", scores)
    monkeypatch.setattr(losses, "loss_of_scores", loss_of_scores)
    x, y = samples[0][::2], samples[1][::2]  # strided
    lin_cls = LinearClassifier(9, 4)
    y_pred, x_scores = lin_cls.predict(x)
    losses.SVMHingeLoss()(x, y, x_scores, y_pred)
    tensors = {"weights": lin_cls.weights, "x": x, "x_scores": x_scores, "y": y}
    assert set(seen) == set(tensors)
    for name, tensor in tensors.items():
        assert np.shares_memory(seen[name], tensor.numpy()), name
        assert seen[name].ctypes.data == tensor.data_ptr(), name


def test_a_tensor_elsewhere_than_on_the_cpu_is_refused():
    from hw1.linear_classifier import LinearClassifier
    from hw1.losses import SVMHingeLoss

    with pytest.raises(ValueError, match=r"x is on the device meta.*; pass x\.cpu\(\)"):
        LinearClassifier(9, 4).predict(torch.empty(2, 9, device="meta"))
    scores = torch.empty(2, 4, device="meta")
    with pytest.raises(ValueError, match="x_scores is on the device meta"):
        SVMHingeLoss()(torch.zeros(2, 9), torch.tensor([0, 1]), scores, None)


def test_a_gradient_needs_a_loss():
    from hw1.losses import ClassifierLoss, SVMHingeLoss

    assert isinstance(SVMHingeLoss(), ClassifierLoss)
    with pytest.raises(RuntimeError, match="there is no loss yet"):
        SVMHingeLoss().grad()


def test_weights_and_predictions_are_those_of_the_course(samples):
    from hw1.linear_classifier import LinearClassifier

    torch.manual_seed(4)
    lin_cls = LinearClassifier(9, 4, weight_std=0.5)
    torch.manual_seed(4)
    assert torch.equal(lin_cls.weights, torch.normal(mean=0, std=0.5, size=(9, 4)))
    x, y = samples
    y_pred, scores = lin_cls.predict(x)
    expected = x @ lin_cls.weights
    assert_close(scores, expected.numpy(), 9 * float(x.abs().max()), "float32")
    assert torch.equal(y_pred, scores.argmax(dim=1))
    assert lin_cls.evaluate_accuracy(y, y_pred) == pytest.approx(
        100 * (y == y_pred).sum().item() / 300
    )


def test_a_seed_gives_the_history_of_the_courses_loop(samples, loaders, capsys):
    from hw1.linear_classifier import LinearClassifier
    from hw1.losses import SVMHingeLoss

    def epoch(loader, weights, rate):
        """One pass as the course describes it, with half the weight decay on the squares."""
        right, total, n = 0, 0.0, 0
        for x, y in loader:
            W = weights.clone().requires_grad_()
            loss = mean_hinge(x @ W, y, 1.0) + 0.2 / 2 * (W**2).sum()
            loss.backward()
            right += ((x @ W).argmax(dim=1) == y).sum().item()
            total, n = total + loss.item() * len(y), n + len(y)
            if rate:
                weights = weights - rate * W.grad
        return weights, 100 * right / n, total / n

    dl_train, dl_valid = loaders
    torch.manual_seed(9)
    weights = torch.normal(mean=0, std=0.01, size=(9, 4))
    expected = []
    for _ in range(5):
        weights, *of_train = epoch(dl_train, weights, 0.05)
        expected.append((*of_train, *epoch(dl_valid, weights, 0)[1:]))
    after = torch.get_rng_state()

    torch.manual_seed(9)
    lin_cls = LinearClassifier(9, 4, weight_std=0.01)
    train_res, valid_res = lin_cls.train(
        dl_train, dl_valid, SVMHingeLoss(), learn_rate=0.05, weight_decay=0.2, max_epochs=5
    )
    assert torch.equal(torch.get_rng_state(), after), "the loaders drew the same batches"
    assert capsys.readouterr().out == "Training.....\n"
    assert train_res._fields == valid_res._fields == ("accuracy", "loss")
    for name, column in (("accuracy", 0), ("loss", 1)):
        for result, first in ((train_res, 0), (valid_res, 2)):
            history = [row[first + column] for row in expected]
            assert all(type(value) is float for value in getattr(result, name))
            assert_close(getattr(result, name), np.array(history), 100, "float32", name)
    assert_close(lin_cls.weights, weights.numpy(), 20, "float32")
    assert valid_res.accuracy[-1] > 85


def test_the_gradient_of_the_penalty_is_weight_decay_times_the_weights(samples):
    """Without a data loss, a step multiplies the weights by 1 - rate * decay."""
    from hw1.linear_classifier import LinearClassifier
    from hw1.losses import ClassifierLoss

    class Nothing(ClassifierLoss):
        def loss(self, x, y, x_scores, y_predicted):
            return torch.tensor(0.0)

        def grad(self):
            return torch.zeros(9, 4)

    lin_cls = LinearClassifier(9, 4, weight_std=1.0)
    before = lin_cls.weights.clone()
    batch = [samples]
    train_res, _ = lin_cls.train(batch, batch, Nothing(), 0.5, weight_decay=0.5, max_epochs=1)
    assert_close(lin_cls.weights, 0.75 * before.numpy(), 4, "float32")
    assert_close(train_res.loss[0], 0.25 * float((before**2).sum()), 40, "float32")


@pytest.mark.parametrize("has_bias", [True, False])
def test_weights_become_images_without_the_first_row(has_bias):
    from hw1.linear_classifier import LinearClassifier

    lin_cls = LinearClassifier(2 * 3 * 4 + has_bias, 5)
    images = lin_cls.weights_as_images((2, 3, 4), **({} if has_bias else {"has_bias": False}))
    assert images.shape == (5, 2, 3, 4)
    for k in range(5):
        assert torch.equal(images[k].reshape(-1), lin_cls.weights[int(has_bias) :, k])


@pytest.mark.parametrize(
    "x",
    [
        torch.randn(64, 512),
        torch.randn(2, 3, 4, 5, 6, 7),
        torch.randint(low=0, high=10, size=(1, 12)),
        torch.tensor([10, 11, 12]),
    ],
    ids=lambda x: f"{tuple(x.shape)}",
)
def test_the_bias_trick_puts_a_one_first_and_keeps_the_dtype(x):
    from hw1.transforms import BiasTrick

    xb = BiasTrick()(x)
    assert xb.dtype == x.dtype
    assert xb.shape == (*x.shape[:-1], x.shape[-1] + 1)
    assert torch.equal(xb[..., 1:], x)
    assert bool((xb[..., 0] == 1).all())
    with pytest.raises(ValueError, match="a scalar has no features"):
        BiasTrick()(torch.tensor(1.0))


def test_the_other_transforms():
    from hw1.transforms import FlipUpDown, InvertColors, TensorView

    image = torch.rand(3, 4, 5)
    assert TensorView(-1)(image).data_ptr() == image.data_ptr()
    assert TensorView(3, -1)(image).shape == (3, 20)
    assert torch.equal(InvertColors()(image), 1 - image)
    assert torch.equal(FlipUpDown()(image), image[:, [3, 2, 1, 0]])


def test_a_subset_is_a_window_on_its_source():
    from hw1.datasets import SubsetDataset

    subset = SubsetDataset(list(range(10)), 3, offset=5)
    assert [subset[i] for i in range(len(subset))] == [5, 6, 7]
    for index in (3, -1):
        with pytest.raises(IndexError, match=f"index is {index}, but this part has 3 samples"):
            subset[index]
    with pytest.raises(ValueError, match="the source has 10 samples"):
        SubsetDataset(list(range(10)), 6, offset=5)


def test_a_split_has_the_asked_for_shares_and_no_sample_twice():
    from hw1.dataloaders import create_train_validation_loaders

    dl_train, dl_valid = create_train_validation_loaders(
        range(50), validation_ratio=0.2, batch_size=7, num_workers=0
    )
    train, valid = (torch.cat(list(loader)).tolist() for loader in (dl_train, dl_valid))
    assert (len(train), len(valid)) == (40, 10)
    assert sorted(train + valid) == list(range(50))
    assert train != torch.cat(list(dl_train)).tolist(), "shuffled anew in every epoch"
    assert {len(batch) for batch in dl_train} == {7, 5}
    for ratio in (0.0, 1.0):
        with pytest.raises(ValueError, match="it must be between 0 and 1"):
            create_train_validation_loaders(range(50), ratio)


def test_flatten_joins_batches_of_every_kind(loaders, samples):
    from cs236781.dataloader_utils import flatten

    x, y = flatten(loaders[1])
    assert torch.equal(x, samples[0][200:])
    assert torch.equal(y, samples[1][200:])
    (alone,) = flatten(iter(x.split(30)))
    assert torch.equal(alone, x)
    b, a = flatten([{"z": y, "a": x}])[::-1]
    assert torch.equal(a, x)
    assert torch.equal(b, y)
    with pytest.raises(TypeError, match="a batch is a str"):
        flatten(["x"])


def test_images_are_drawn_at_full_contrast():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    from cs236781.plot import tensors_as_images

    images = [torch.rand(1, 4, 4), torch.rand(3, 4, 4), torch.zeros(1, 4, 4)]
    fig, axes = tensors_as_images(images, nrows=2, titles=["a", None], cmap="gray")
    assert axes.shape == (2, 2)
    assert [ax.get_title() for ax in axes.ravel()] == ["a", "", "", ""]
    assert axes[0, 0].images[0].get_array().shape == (4, 4)
    drawn = axes[0, 1].images[0].get_array()
    assert (drawn.shape, drawn.min(), drawn.max()) == ((4, 4, 3), 0, 1)
    assert not axes[1, 1].axison
    pyplot.close(fig)
    fig, axes = tensors_as_images(images)
    assert axes.shape == (3,)
    pyplot.close(fig)
    with pytest.raises(ValueError, match=r"it must be \(C, H, W\)"):
        tensors_as_images([torch.rand(4, 4)])
    pyplot.close("all")


def test_without_pytorch_the_import_says_what_to_install():
    out = processes.run(
        """
        import sys
        sys.modules["torch"] = None  # as if it were not installed
        import linclf.compat
        linclf.compat.install("technion")
        try:
            import hw1.losses
        except ImportError as error:
            print(error)
        """
    )
    assert out == 'This course needs torch. Install with: pip install "linclf[torch]"\n'
