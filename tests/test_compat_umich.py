"""The drop-in modules for EECS 498/598: names, conventions, histories, tensors, files."""

import random

import linclf
import linclf.compat
import numpy as np
import processes
import pytest
from compat_runs import wrongly_spelled
from dataset_files import python2_batch, write_folder
from reference import assert_close

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

PARAMETERS = {
    "linear_classifier:svm_loss_naive": "W, X, y, reg",
    "linear_classifier:svm_loss_vectorized": "W, X, y, reg",
    "linear_classifier:softmax_loss_naive": "W, X, y, reg",
    "linear_classifier:softmax_loss_vectorized": "W, X, y, reg",
    "linear_classifier:sample_batch": "X, y, num_train, batch_size",
    "linear_classifier:train_linear_classifier": (
        "loss_func, W, X, y, learning_rate=0.001, reg=1e-05, num_iters=100, batch_size=200, "
        "verbose=False"
    ),
    "linear_classifier:predict_linear_classifier": "W, X",
    "linear_classifier:svm_get_search_params": "",
    "linear_classifier:softmax_get_search_params": "",
    "linear_classifier:test_one_param_set": "cls, data_dict, lr, reg, num_iters=2000",
    "linear_classifier:LinearClassifier.train": (
        "X_train, y_train, learning_rate=0.001, reg=1e-05, num_iters=100, batch_size=200, "
        "verbose=False"
    ),
    "linear_classifier:LinearClassifier.predict": "X",
    "linear_classifier:LinearClassifier.loss": "W, X_batch, y_batch, reg",
    "linear_classifier:LinearClassifier.save": "path",
    "linear_classifier:LinearClassifier.load": "path",
    "linear_classifier:LinearSVM.loss": "W, X_batch, y_batch, reg",
    "linear_classifier:Softmax.loss": "W, X_batch, y_batch, reg",
    "linear_classifier:hello_linear_classifier": "",
    "a2_helpers:hello_helper": "",
    "a2_helpers:visualize_grid": "Xs, ubound=255.0, padding=1",
    "a2_helpers:plot_stats": "stat_dict",
    "a2_helpers:plot_acc_curves": "stat_dict",
    "eecs598:reset_seed": "number",
    "eecs598:tensor_to_image": "tensor",
    "eecs598.data:cifar10": "num_train=None, num_test=None, x_dtype=torch.float32",
    "eecs598.data:preprocess_cifar10": (
        "cuda=True, show_examples=True, bias_trick=False, validation_ratio=0.2, dtype=torch.float32"
    ),
    "eecs598.grad:grad_check_sparse": "f, x, analytic_grad, num_checks=10, h=1e-07",
    "eecs598.grad:compute_numeric_gradient": "f, x, h=1e-07",
    "eecs598.grad:rel_error": "x, y, eps=1e-10",
    "eecs598.vis:visualize_dataset": "X_data, y_data, samples_per_class, class_list",
}
LOSSES = {"hinge": "svm_loss", "softmax": "softmax_loss"}


@pytest.fixture(autouse=True)
def _installed():
    linclf.compat.install("umich")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small work, which threads that wait for each other only slow down
    yield
    torch.set_num_threads(threads)
    linclf.compat.uninstall("umich")


@pytest.fixture
def module(_installed):
    """The course's `linear_classifier`."""
    import linear_classifier

    return linear_classifier


@pytest.fixture(params=["float64", "float32"])
def problem(request):
    """W, X, y: 300 samples of 7 features, the last one 1, and 4 classes."""
    generator = torch.Generator().manual_seed(5)
    dtype = getattr(torch, request.param)
    X = torch.randn(300, 7, generator=generator, dtype=dtype)
    X[:, -1] = 1
    W = 0.1 * torch.randn(7, 4, generator=generator, dtype=dtype)
    return W, X, torch.randint(4, (300,), generator=generator)


def reference(kind, W, X, y, reg):
    """Loss and gradient by PyTorch's own losses and its automatic differentiation."""
    W = W.detach().clone().requires_grad_()
    if kind == "softmax":
        loss = torch.nn.functional.cross_entropy(X @ W, y)
    else:
        loss = W.shape[1] * torch.nn.functional.multi_margin_loss(X @ W, y)
    loss = loss + reg * (W * W).sum()
    loss.backward()
    return loss.item(), W.grad


def reference_training(kind, W, X, y, learning_rate, reg, num_iters, batch_size):
    """The course's loop."""
    if W is None:
        W = 0.000001 * torch.randn(X.shape[1], int(y.max()) + 1, dtype=X.dtype)
    history = []
    for _ in range(num_iters):
        rows = torch.randint(X.shape[0], (batch_size,))
        loss, grad = reference(kind, W, X[rows], y[rows], reg)
        history.append(loss)
        W = W - learning_rate * grad
    return W, history


def test_every_name_is_there_with_its_parameters_and_defaults():
    assert not wrongly_spelled(PARAMETERS)


@pytest.mark.parametrize("form", ["naive", "vectorized"])
@pytest.mark.parametrize("kind", LOSSES)
def test_losses_are_those_of_pytorch_with_the_penalty_without_a_half(module, kind, form, problem):
    W, X, y = problem
    function = getattr(module, f"{LOSSES[kind]}_{form}")
    for reg in (0.0, 0.7):
        loss, dW = function(W, X, y, reg)
        expected, grad = reference(kind, W, X, y, reg)
        assert (loss.shape, loss.dtype, dW.dtype) == ((), W.dtype, W.dtype)
        size = float(abs(X).max() * abs(W).max() * len(W)) + expected
        assert_close(loss, expected, size, W.numpy().dtype)
        assert_close(dW, grad.numpy(), 1 + float(abs(X).max()), W.numpy().dtype)
    penalty = function(W, X, y, 1.0)[0] - function(W, X, y, 0.0)[0]
    assert_close(penalty, float((W * W).sum()), expected, W.numpy().dtype)


def test_tensors_are_read_where_they_lie(module, problem, monkeypatch):
    from linclf.compat._shared import objective, training

    seen = []

    def spy(of, name):
        function = getattr(of, name)

        def call(loss, W, X, y, *args, **options):
            seen.append([W, X, y])
            return function(loss, W, X, y, *args, **options)

        monkeypatch.setattr(of, name, call)

    spy(objective.losses, "loss_and_grad")
    spy(training._linclf, "sgd_run")
    W, X, y = problem
    batch = X[::2], y[::2]  # strided
    module.softmax_loss_vectorized(W, *batch, 0.1)
    module.train_linear_classifier(module.svm_loss_vectorized, W, *batch, num_iters=1)
    assert len(seen) == 2
    for operands in seen:
        for array, tensor in zip(operands, (W, *batch), strict=True):
            assert np.shares_memory(array, tensor.numpy())
            assert array.ctypes.data == tensor.data_ptr()
            assert array.shape == tuple(tensor.shape)


def test_a_result_is_a_tensor_on_the_array_that_the_core_wrote(module, problem, monkeypatch):
    from linclf.compat._shared import objective

    written = []

    def spy(*args, out, **options):
        written.append(out)
        return linclf.loss_and_grad(*args, out=out, **options)

    monkeypatch.setattr(objective.losses, "loss_and_grad", spy)
    _, dW = module.svm_loss_vectorized(*problem, 0.1)
    assert np.shares_memory(written[0], dW.numpy())


def test_gradients_recorded_by_autograd_are_left_alone(module, problem):
    W, X, y = problem
    leaf = W.clone().requires_grad_()
    loss, dW = module.softmax_loss_vectorized(leaf, X, y, 0.1)
    assert not loss.requires_grad
    assert torch.equal(dW, module.softmax_loss_vectorized(W, X, y, 0.1)[1])


def test_a_tensor_elsewhere_than_on_the_cpu_is_refused(module, problem):
    W, X, y = problem
    elsewhere = torch.empty(7, 4, device="meta")
    message = r"W is on the device meta, and linclf computes on the CPU; pass W\.cpu\(\)"
    with pytest.raises(ValueError, match=message):
        module.svm_loss_vectorized(elsewhere, X, y, 0.0)
    with pytest.raises(ValueError, match="X is on the device meta"):
        module.predict_linear_classifier(W, torch.empty(2, 7, device="meta"))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"W": np.ones((7, 4))}, TypeError, r"W is a ndarray; pass torch.as_tensor\(W\)"),
        (
            {"X": torch.ones(3, 7, dtype=torch.bfloat16)},
            TypeError,
            r"X is of dtype torch.bfloat16, which NumPy has not; pass X.double\(\)",
        ),
        ({"y": torch.tensor([0, 4, 1])}, ValueError, r"y\[1\] is 4, but W has 4 classes"),
        ({"X": torch.ones(3, 6).double()}, ValueError, "6"),
    ],
)
def test_operands_that_do_not_fit_are_named(module, change, error, message):
    operands = {"W": torch.zeros(7, 4).double(), "X": torch.ones(3, 7).double()}
    operands |= {"y": torch.tensor([0, 1, 2]), "reg": 0.0} | change
    with pytest.raises(error, match=message):
        module.svm_loss_vectorized(**operands)


def test_the_values_that_the_course_names(module):
    """9.0 for the SVM at weights of almost zero, log 10 for softmax, no overflow at ones."""
    X, y = torch.rand(50, 3073).double() - 0.5, torch.randint(10, (50,))
    tiny = 1e-6 * torch.randn(3073, 10).double()
    assert module.svm_loss_vectorized(tiny, X, y, 0.0)[0].item() == pytest.approx(9, abs=1e-3)
    assert module.softmax_loss_vectorized(tiny, X, y, 0.0)[0].item() == pytest.approx(
        np.log(10), abs=1e-4
    )
    ones = torch.ones(3073, 10).double()
    for function in (module.softmax_loss_naive, module.softmax_loss_vectorized):
        _, history = module.train_linear_classifier(
            function, ones.clone(), X, y, learning_rate=1e-8, reg=2.5e4, num_iters=1
        )
        assert round(history[0], 6) == 768250002.302585


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("kind", LOSSES)
def test_a_seed_gives_the_history_of_the_courses_loop(module, kind, given, problem):
    W, X, y = problem
    function = getattr(module, f"{LOSSES[kind]}_vectorized")
    arguments = X, y, 0.05, 0.01, 130, 40
    torch.manual_seed(11)
    expected_W, expected = reference_training(kind, W if given else None, *arguments)
    after = torch.get_rng_state()
    for form in (function, lambda *operands: function(*operands)):  # in C, and in Python
        torch.manual_seed(11)
        start = W.clone() if given else None
        trained, history = module.train_linear_classifier(form, start, *arguments)
        assert torch.equal(torch.get_rng_state(), after), "the generator is where the loop left it"
        assert type(history) is list
        assert all(type(loss) is float for loss in history)
        assert trained.dtype == X.dtype
        assert (trained is start) == given
        dtype = X.numpy().dtype
        assert_close(history, np.array(expected), 10 * 130, dtype)
        assert_close(trained, expected_W.numpy(), 130, dtype)


def test_batches_are_those_of_sample_batch(module, problem):
    W, X, y = problem
    seen = []

    def loss(W, X_batch, y_batch, reg):
        seen.append((X_batch, y_batch))
        return torch.tensor(0.0), torch.zeros_like(W)

    torch.manual_seed(2)
    module.train_linear_classifier(loss, W, X, y, num_iters=3, batch_size=500)
    torch.manual_seed(2)
    for X_batch, y_batch in seen:
        expected = module.sample_batch(X, y, len(X), 500)
        assert torch.equal(X_batch, expected[0])
        assert torch.equal(y_batch, expected[1])


def test_a_run_that_diverges_goes_on_and_says_so(module, problem):
    W, X, y = problem
    with pytest.warns(RuntimeWarning, match="the learning rate is too high"):
        _, history = module.train_linear_classifier(
            module.svm_loss_vectorized, W, X, y, learning_rate=1e6, reg=10.0, num_iters=60
        )
    assert len(history) == 60
    assert not np.isfinite(history[-1])


@pytest.mark.parametrize("kind", ["LinearSVM", "Softmax"])
def test_a_classifier_is_seeded_trains_and_goes_on(module, kind, problem, capsys):
    _, X, y = problem
    once, twice = getattr(module, kind)(), None
    assert once.W is None
    assert torch.initial_seed() == 0
    number = random.random()
    random.seed(0)
    assert number == random.random()
    torch.manual_seed(0)
    losses = once.train(X, y, 0.05, num_iters=201, batch_size=20, verbose=True)
    assert capsys.readouterr().out.splitlines() == [
        f"iteration {it} / 201: loss {losses[it]:f}" for it in (0, 100, 200)
    ]
    twice = getattr(module, kind)()
    parts = twice.train(X, y, 0.05, num_iters=50, batch_size=20)
    assert parts + twice.train(X, y, 0.05, num_iters=151, batch_size=20) == losses
    assert torch.equal(once.W, twice.W)
    predicted = once.predict(X)
    assert predicted.dtype == torch.int64
    assert torch.equal(predicted, torch.argmax(X @ once.W, dim=1))


def test_a_subclass_may_bring_its_own_loss(module, problem):
    _, X, y = problem

    class Doubled(module.LinearClassifier):
        def loss(self, W, X_batch, y_batch, reg):
            W = W.clone().requires_grad_()
            loss = 2 * torch.nn.functional.cross_entropy(X_batch @ W, y_batch)
            return loss, torch.autograd.grad(loss, W)[0]

    doubled, plain = Doubled(), module.Softmax()
    torch.manual_seed(0)
    losses = doubled.train(X, y, 0.01, reg=0.0, num_iters=5)
    torch.manual_seed(0)
    assert_close(losses, 2 * np.array(plain.train(X, y, 0.02, 0.0, 5)), 50, X.numpy().dtype)
    with pytest.raises(NotImplementedError, match="must define loss"):
        module.LinearClassifier().train(X, y)


def test_predicting_before_training_says_what_to_do(module, problem):
    with pytest.raises(ValueError, match="call train before predict"):
        module.Softmax().predict(problem[1])


def test_weights_are_saved_as_the_course_saves_them(module, problem, tmp_path, capsys):
    svm, path = module.LinearSVM(), tmp_path / "svm_best_model.pt"
    svm.W = problem[0]
    svm.save(path)
    content = torch.load(path)
    assert list(content) == ["W"]
    assert torch.equal(content["W"], problem[0])
    other = module.LinearSVM()
    other.load(path)
    assert torch.equal(other.W, problem[0])
    assert capsys.readouterr().out == f"Saved in {path}\nload checkpoint file: {path}\n"


def test_a_search_reports_shares_of_right_predictions(module, problem):
    _, X, y = problem
    data = {"X_train": X[:200], "y_train": y[:200], "X_val": X[200:], "y_val": y[200:]}
    clf, train_acc, val_acc = module.test_one_param_set(
        module.Softmax(), data, 0.1, 1e-3, num_iters=20
    )
    assert train_acc == (clf.predict(X[:200]) == y[:200]).double().mean().item()
    assert val_acc == (clf.predict(X[200:]) == y[200:]).double().mean().item()
    for params in (module.svm_get_search_params(), module.softmax_get_search_params()):
        rates, strengths = params
        assert 5 <= len(rates) * len(strengths) <= 25, "what the notebook accepts"


def test_the_sparse_check_prints_what_the_course_prints(module, capsys):
    import eecs598

    x = torch.linspace(-2, 2, 12, dtype=torch.float64).view(3, 4)
    before = x.clone()
    eecs598.grad.grad_check_sparse(lambda x: (x**3).sum(), x, 3 * x**2, num_checks=4)
    assert torch.equal(x, before)
    random.seed(0)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    for line in lines:
        index = tuple(random.randrange(length) for length in (3, 4))
        slope = f"{3 * x[index].item() ** 2:f}"
        assert line.startswith(f"numerical: {slope} analytic: {slope}, relative error: ")
        assert float(line.rpartition(" ")[2]) < 1e-5


def test_a_zero_over_a_zero_is_no_error(capsys):
    import eecs598

    x = torch.zeros(3, dtype=torch.float64)
    eecs598.grad.grad_check_sparse(lambda x: torch.tensor(1.0), x, x.clone(), num_checks=1)
    assert capsys.readouterr().out.endswith("relative error: 0.000000e+00\n")


def test_a_numeric_gradient_restores_the_tensor_and_refuses_integers():
    import eecs598

    x = torch.tensor([[1.0, -2.0], [0.1, 3.0]], dtype=torch.float64)
    before = x.clone()
    grad = eecs598.grad.compute_numeric_gradient(lambda x: (x**2).sum(), x)
    assert eecs598.grad.rel_error(grad, 2 * x) < 1e-6
    calls = []

    def fails(x):
        calls.append(x.clone())
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        eecs598.grad.compute_numeric_gradient(fails, x)
    assert not torch.equal(calls[0], before)
    assert torch.equal(x, before)
    with pytest.raises(TypeError, match="every difference"):
        eecs598.grad.compute_numeric_gradient(lambda x: x.sum(), torch.arange(6))


@pytest.fixture
def cifar_folder(tmp_path, monkeypatch):
    """A working folder with 100 + 20 images in the files of CIFAR-10; returns the images."""
    X, y = linclf.datasets.shapes10(120, rng=0)
    names = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    parts = {name: python2_batch(X[k::6], y[k::6]) for k, name in enumerate(names)}
    write_folder(tmp_path / "cifar-10-batches-py", parts)
    monkeypatch.chdir(tmp_path)
    train = [np.concatenate([part[k::6] for k in range(5)]) for part in (X, y)]
    return *train, X[5::6], y[5::6]


def test_cifar10_comes_as_tensors_channels_first(cifar_folder):
    import eecs598

    X_train, y_train, _, y_test = cifar_folder
    found = eecs598.data.cifar10(x_dtype=torch.float64)
    assert [tuple(part.shape) for part in found] == [
        (100, 3, 32, 32),
        (100,),
        (20, 3, 32, 32),
        (20,),
    ]
    np.testing.assert_array_equal(found[0], X_train.transpose(0, 3, 1, 2) / 255)
    np.testing.assert_array_equal(found[1], y_train)
    np.testing.assert_array_equal(found[3], y_test)
    assert found[2].dtype == torch.float64
    assert found[3].dtype == torch.int64
    few = eecs598.data.cifar10(num_train=7, num_test=3)
    assert [len(part) for part in few] == [7, 7, 3, 3]
    assert few[0].dtype == torch.float32
    with pytest.raises(ValueError, match="num_train is 101; it must be from 1 to 100"):
        eecs598.data.cifar10(num_train=101)


@pytest.mark.parametrize("bias", [False, True])
def test_preprocessing_is_that_of_the_course(cifar_folder, bias):
    import eecs598

    X_train, y_train, X_test, y_test = cifar_folder
    data = eecs598.data.preprocess_cifar10(
        cuda=False, show_examples=False, bias_trick=bias, dtype=torch.float64
    )
    mean = X_train.mean(axis=(0, 1, 2)) / 255
    rows = [(X / 255 - mean).transpose(0, 3, 1, 2).reshape(len(X), -1) for X in (X_train, X_test)]
    if bias:
        rows = [np.hstack([part, np.ones((len(part), 1))]) for part in rows]
    expected = {
        "X_train": rows[0][:80],
        "X_val": rows[0][80:],
        "X_test": rows[1],
        "y_train": y_train[:80],
        "y_val": y_train[80:],
        "y_test": y_test,
    }
    assert set(data) == set(expected)
    for name, array in expected.items():
        assert_close(data[name], array, 1, "float64", name)


def test_asking_for_a_gpu_keeps_the_data_on_the_cpu_and_says_so(cifar_folder):
    import eecs598

    with pytest.warns(UserWarning, match="linclf computes on the CPU"):
        data = eecs598.data.preprocess_cifar10(show_examples=False)
    assert {tensor.device.type for tensor in data.values()} == {"cpu"}


def test_without_a_gpu_there_is_nothing_to_synchronize():
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    torch.cuda.synchronize()
    linclf.compat.uninstall("umich")
    with pytest.raises((AssertionError, RuntimeError)):
        torch.cuda.synchronize()


def test_a_fetched_copy_is_found_and_else_one_is_fetched(tmp_path, monkeypatch, cifar_folder):
    from linclf.compat.umich import data

    there = tmp_path / "downloaded"
    (tmp_path / "cifar-10-batches-py").rename(there)
    monkeypatch.setenv("LINCLF_DATA", str(tmp_path / "data"))
    asked = []
    monkeypatch.setattr(data, "fetch", lambda name: asked.append(name) or there)
    assert len(data.cifar10()[1]) == 100
    assert asked == ["cifar10"]
    (tmp_path / "data").mkdir()
    there.rename(tmp_path / "data" / "cifar10")
    assert len(data.cifar10()[1]) == 100
    assert asked == ["cifar10"]


def test_samples_of_every_class_are_drawn_as_one_picture(cifar_folder):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    import eecs598

    X, y, _, _ = eecs598.data.cifar10()
    random.seed(4)
    picture = eecs598.vis.visualize_dataset(X, y, 3, ["plane", "car"])
    assert [text.get_text() for text in pyplot.gca().texts] == ["plane", "car"]
    pyplot.close("all")
    assert (picture.shape, picture.dtype) == ((2 * 34 + 2, 3 * 34 + 2, 3), np.uint8)
    random.seed(4)
    for row in range(2):
        of_class = (y == row).nonzero().view(-1)
        for column in range(3):
            image = X[of_class[random.randrange(len(of_class))]]
            top, left = 2 + 34 * row, 2 + 34 * column
            found = picture[top : top + 32, left : left + 32]
            np.testing.assert_array_equal(found, eecs598.tensor_to_image(image))
    assert picture[:2].max() == 0
    with pytest.raises(ValueError, match=r"there is no sample of class 10 \(ship\) to draw"):
        eecs598.vis.visualize_dataset(X, y, 3, [*"0123456789", "ship"])
    pyplot.close("all")


def test_the_imports_say_that_they_work(module, capsys):
    import a2_helpers

    module.hello_linear_classifier()
    a2_helpers.hello_helper()
    assert (
        capsys.readouterr().out == "Hello from linear_classifier.py!\nHello from a2_helpers.py!\n"
    )


def test_a_grid_stretches_every_image_and_pads():
    from a2_helpers import visualize_grid

    images = torch.arange(2 * 2 * 3 * 3.0).view(2, 2, 3, 3)
    grid = visualize_grid(images, ubound=10.0, padding=2)
    assert grid.shape == (6, 8, 3)
    assert grid[:2, :3].min() == 0
    assert grid[:2, :3].max() == 10
    assert grid[:2, 3:5].max() == 0, "padding"
    assert torch.equal(grid[:2, 5:], grid[:2, :3]), "each image to its own contrast"
    flat = visualize_grid(torch.ones(1, 2, 2, 3))
    assert not torch.isnan(flat).any()


def test_the_helpers_draw_curves(monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    import a2_helpers

    shown = []
    monkeypatch.setattr(
        pyplot, "show", lambda: shown.append([ax.get_title() for ax in pyplot.gcf().axes])
    )
    pyplot.switch_backend("agg")
    stats = {"loss_history": [2, 1], "train_acc_history": [0.1, 0.5], "val_acc_history": [0.1, 0.4]}
    a2_helpers.plot_stats(stats)
    pyplot.close("all")
    a2_helpers.plot_acc_curves({"run": stats})
    pyplot.close("all")
    assert shown == [
        ["Loss history", "Classification accuracy history"],
        ["Train accuracy history", "Validation accuracy history"],
    ]


def test_without_pytorch_the_import_says_what_to_install():
    out = processes.run(
        """
        import sys
        sys.modules["torch"] = None  # as if it were not installed
        import linclf.compat
        linclf.compat.install("umich")
        try:
            import linear_classifier
        except ImportError as error:
            print(error)
        """
    )
    assert out == 'This course needs torch. Install with: pip install "linclf[torch]"\n'
