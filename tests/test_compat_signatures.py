"""Every function of the courses has the course's arguments, in its order, with its defaults."""

import importlib
import inspect

import numpy as np
import pytest
from compat_course import C, D, N, installed, samples
from linclf.compat._shared.numeric import check_gradient

LOSS = {"W": ..., "X": ..., "y": ..., "reg": ...}
TRAIN = {
    **{"X": ..., "y": ..., "learning_rate": 1e-3, "reg": 1e-5},
    **{"num_iters": 100, "batch_size": 200, "verbose": False},
}
BATCH_LOSS = {"X_batch": ..., "y_batch": ..., "reg": ...}
SPLITS = {"num_training": 49000, "num_validation": 1000, "num_test": 1000, "subtract_mean": True}
CHECK = {"f": ..., "x": ..., "delta": 1e-5, "tol": 1e-4}

#: (course, module, name) -> arguments with their defaults; ... is an argument without one.
SIGNATURES = {
    ("cs231n", "cs231n.classifiers.linear_svm", "svm_loss_naive"): LOSS,
    ("cs231n", "cs231n.classifiers.linear_svm", "svm_loss_vectorized"): LOSS,
    ("cs231n", "cs231n.classifiers.softmax", "softmax_loss_naive"): LOSS,
    ("cs231n", "cs231n.classifiers.softmax", "softmax_loss_vectorized"): LOSS,
    ("cs231n", "cs231n.classifiers.linear_classifier", "LinearClassifier.train"): TRAIN,
    ("cs231n", "cs231n.classifiers.linear_classifier", "LinearSVM.train"): TRAIN,
    ("cs231n", "cs231n.classifiers", "Softmax.train"): TRAIN,
    ("cs231n", "cs231n.classifiers", "LinearSVM.predict"): {"X": ...},
    ("cs231n", "cs231n.classifiers", "LinearSVM.loss"): BATCH_LOSS,
    ("cs231n", "cs231n.classifiers", "Softmax.save"): {"fname": ...},
    ("cs231n", "cs231n.classifiers", "Softmax.load"): {"fname": ...},
    **{
        (
            f"cs231n{year}",
            f"cs231n.classifiers.{module}",
            f"{module.removeprefix('linear_')}_loss_{kind}",
        ): LOSS
        for year in (2015, 2016)
        for module in ("linear_svm", "softmax")
        for kind in ("naive", "vectorized")
    },
    ("cs231n2015", "cs231n.classifiers", "LinearSVM.train"): TRAIN,
    ("cs231n2016", "cs231n.classifiers", "LinearSVM.train"): TRAIN,
    ("cs231n2016", "cs231n.classifiers", "Softmax.train"): TRAIN,
    ("cs231n", "cs231n.gradient_check", "eval_numerical_gradient"): {
        **{"f": ..., "x": ..., "verbose": True, "h": 0.00001},
    },
    ("cs231n", "cs231n.gradient_check", "eval_numerical_gradient_array"): {
        **{"f": ..., "x": ..., "df": ..., "h": 1e-5},
    },
    ("cs231n", "cs231n.gradient_check", "eval_numerical_gradient_blobs"): {
        **{"f": ..., "inputs": ..., "output": ..., "h": 1e-5},
    },
    ("cs231n", "cs231n.gradient_check", "eval_numerical_gradient_net"): {
        **{"net": ..., "inputs": ..., "output": ..., "h": 1e-5},
    },
    ("cs231n", "cs231n.gradient_check", "grad_check_sparse"): {
        **{"f": ..., "x": ..., "analytic_grad": ..., "num_checks": 10, "h": 1e-5},
    },
    ("cs231n", "cs231n.layers", "svm_loss"): {"x": ..., "y": ...},
    ("cs231n", "cs231n.layers", "softmax_loss"): {"x": ..., "y": ...},
    ("cs231n", "cs231n.optim", "sgd"): {"w": ..., "dw": ..., "config": None},
    ("cs231n", "cs231n.data_utils", "load_CIFAR10"): {"ROOT": ...},
    ("cs231n", "cs231n.data_utils", "load_CIFAR_batch"): {"filename": ...},
    ("cs231n", "cs231n.data_utils", "get_CIFAR10_data"): SPLITS,
    ("cs231n", "cs231n.vis_utils", "visualize_grid"): {"Xs": ..., "ubound": 255.0, "padding": 1},
    ("cs231n", "cs231n.vis_utils", "vis_grid"): {"Xs": ...},
    ("cs231n", "cs231n.vis_utils", "vis_nn"): {"rows": ...},
    ("cs231n", "cs231n.features", "extract_features"): {
        **{"imgs": ..., "feature_fns": ..., "verbose": False},
    },
    ("cs231n", "cs231n.features", "hog_feature"): {"im": ...},
    ("cs231n", "cs231n.features", "color_histogram_hsv"): {
        **{"im": ..., "nbin": 10, "xmin": 0, "xmax": 255, "normalized": True},
    },
    ("dlcourse", "linear_classifer", "softmax"): {"predictions": ...},
    ("dlcourse", "linear_classifer", "cross_entropy_loss"): {"probs": ..., "target_index": ...},
    ("dlcourse", "linear_classifer", "softmax_with_cross_entropy"): {
        **{"predictions": ..., "target_index": ...},
    },
    ("dlcourse", "linear_classifer", "l2_regularization"): {"W": ..., "reg_strength": ...},
    ("dlcourse", "linear_classifer", "linear_softmax"): {"X": ..., "W": ..., "target_index": ...},
    ("dlcourse", "linear_classifer", "LinearSoftmaxClassifier.fit"): {
        **{"X": ..., "y": ..., "batch_size": 100, "learning_rate": 1e-7, "reg": 1e-5},
        **{"epochs": 1},
    },
    ("dlcourse", "linear_classifer", "LinearSoftmaxClassifier.predict"): {"X": ...},
    ("dlcourse", "gradient_check", "check_gradient"): CHECK,
    ("dlcourse", "dataset", "load_svhn"): {"folder": ..., "max_train": ..., "max_test": ...},
    ("dlcourse", "dataset", "random_split_train_val"): {
        **{"X": ..., "y": ..., "num_val": ..., "seed": 42},
    },
    ("dlcourse", "metrics", "multiclass_accuracy"): {"prediction": ..., "ground_truth": ...},
    ("dlcourse", "metrics", "binary_classification_metrics"): {
        **{"prediction": ..., "ground_truth": ...},
    },
    ("modern_dl", "lib.classifiers.softmax", "softmax_loss_naive"): LOSS,
    ("modern_dl", "lib.classifiers.softmax", "softmax_loss_vectorized"): LOSS,
    ("modern_dl", "lib.classifiers", "Softmax.train"): TRAIN | {"batch_size": 32, "verbose": True},
    ("modern_dl", "lib.classifiers", "Softmax.predict"): {"X": ...},
    ("modern_dl", "lib.classifiers", "Softmax.loss"): BATCH_LOSS,
    ("modern_dl", "lib.gradient_check", "check_gradient"): CHECK,
    ("modern_dl", "lib.data_utils", "load_CIFAR10"): {"ROOT": ...},
    ("modern_dl", "lib.data_utils", "get_CIFAR10_data"): SPLITS,
    ("ecbm4040", "ecbm4040.classifiers.linear_svm", "svm_loss_naive"): LOSS,
    ("ecbm4040", "ecbm4040.classifiers.linear_svm", "svm_loss_vectorized"): LOSS,
    ("ecbm4040", "ecbm4040.classifiers.softmax", "softmax_loss_naive"): LOSS,
    ("ecbm4040", "ecbm4040.classifiers.softmax", "softmax_loss_vectorized"): LOSS,
    ("ecbm4040", "ecbm4040.cifar_utils", "load_data"): {"mode": "all"},
    ("ecbm4040", "ecbm4040.cifar_utils", "download_data"): {},
    ("ecbm4040", "utils.classifiers.softmax", "softmax_loss_naive"): LOSS,
    ("ecbm4040", "utils.classifiers.softmax", "softmax_loss_vectorized"): LOSS,
    ("ecbm4040", "utils.classifiers.softmax", "softmax"): {"x": ...},
    ("ecbm4040", "utils.classifiers.softmax", "onehot"): {"y": ..., "K": ...},
    ("ecbm4040", "utils.classifiers.softmax", "cross_entropy"): {"p": ..., "q": ...},
    ("ecbm4040", "utils.classifiers.logistic_regression", "sigmoid"): {"x": ...},
    **{
        ("ecbm4040", "utils.classifiers.logistic_regression", f"logistic_regression_loss_{kind}"): {
            **{"w": ..., "X": ..., "y": ..., "reg": ...},
        }
        for kind in ("naive", "vectorized")
    },
    **{
        ("ecbm4040", module, f"{name}.train"): {
            **{"X": ..., "y": ..., "learning_rate": 1e-3, "reg": 1e-5, "num_iters": 100},
            **{"batch_size": 200, "optim": "SGD", "momentum": 0.5, "verbose": False},
        }
        for module, names in {
            "ecbm4040.classifiers.basic_classifiers": ("BasicClassifier", "LinearSVM", "Softmax"),
            "utils.classifiers.basic_classifiers": (
                *("BasicClassifier", "LogisticRegression", "Softmax"),
            ),
        }.items()
        for name in names
    },
}


def find(module, name):
    """Return a function or method of a module by its dotted name."""
    found = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("where", SIGNATURES, ids="-".join)
def test_arguments_and_defaults_are_those_of_the_course(where):
    course, module, name = where
    with installed(course):
        parameters = inspect.signature(find(module, name)).parameters
    found = {
        key: ... if parameter.default is parameter.empty else parameter.default
        for key, parameter in parameters.items()
        if key != "self"
    }
    assert list(found.items()) == list(SIGNATURES[where].items())
    assert {key: type(value) for key, value in found.items()} == {
        key: type(value) for key, value in SIGNATURES[where].items()
    }


# In 2015 samples were columns; that has tests of its own.
ROWS = [where for where in SIGNATURES if where[0] != "cs231n2015"]
LOSSES = [where for where in ROWS if list(SIGNATURES[where]) == list(LOSS)]


@pytest.mark.parametrize("where", LOSSES, ids="-".join)
def test_loss_functions_return_a_float_and_a_gradient_of_the_shape_of_w(where):
    course, module, name = where
    X, y = samples()
    W = np.asfortranarray(0.1 * np.random.default_rng(1).normal(size=(D, C)))
    before = W.copy(), X.copy(), y.copy()
    with installed(course):
        loss, dW = find(module, name)(W, X, y, 0.0)
        again, _ = find(module, name)(W=W, X=X, y=y, reg=0.0)
    assert type(loss) is float
    assert loss == again
    assert type(dW) is np.ndarray
    assert (dW.shape, dW.dtype) == (W.shape, W.dtype)
    for array, old in zip((W, X, y), before, strict=True):
        np.testing.assert_array_equal(array, old)
    with installed(course):
        assert check_gradient(lambda W: find(module, name)(W, X, y, 0.0), W)


TRAINS = [where for where in ROWS if where[2].endswith(".train")]


@pytest.mark.parametrize("where", TRAINS, ids="-".join)
def test_train_returns_a_list_and_goes_on_from_the_present_w(where, capsys):
    course, module, name = where
    kind = name.removesuffix(".train")
    if kind in ("LinearClassifier", "BasicClassifier"):
        with installed(course), pytest.raises(NotImplementedError, match=f"{kind} must define"):
            find(module, kind)().train(*samples())
        return
    X, y = samples()
    if kind == "LogisticRegression":
        y = (y > 1).astype(int)
    with installed(course):
        classifier = find(module, kind)()
        assert classifier.W is None
        with pytest.raises(ValueError, match="has no W yet; call train"):
            classifier.predict(X)
        history = classifier.train(X, y, learning_rate=0.1, num_iters=201, verbose=True)
        more = classifier.train(X, y, 0.1, 1e-5, 3, verbose=False)
        predicted = classifier.predict(X)
    lines = [f"iteration {step} / 201: loss {history[step]:f}" for step in (0, 100, 200)]
    assert capsys.readouterr().out.splitlines() == lines
    assert type(history) is list
    assert len(history) == 201
    assert all(type(loss) is float for loss in history)
    assert len(more) == 3
    assert np.mean(more) < history[0] / 2
    assert predicted.shape == (N,)
    assert predicted.dtype.kind == "i"
    assert (predicted == y).mean() > 0.7
    assert classifier.W.shape == ((D,) if kind == "LogisticRegression" else (D, C))
    assert classifier.W.dtype == np.float64
