"""shapes10: images of CIFAR-10's format, as hard for a linear classifier as one asks for."""

import time

import numpy as np
import pytest
from linclf.datasets import SHAPES10_CLASSES, shapes10

NUISANCES = ["illumination", "occlusion", "clutter", "deformation"]
NOTHING = dict.fromkeys(NUISANCES, 0.0)


def accuracy_of_ridge_regression(n_train=600, n_test=300, **options):
    """Fit a linear classifier in closed form, and return its accuracy on new images."""
    X, y = shapes10(n_train + n_test, flatten=True, rng=0, **options)
    X = X / 255.0
    X -= X[:n_train].mean(axis=0)
    train, test = X[:n_train], X[n_train:]
    coefficients = np.linalg.solve(
        train @ train.T + 100 * np.eye(n_train), np.eye(10)[y[:n_train]] - 0.1
    )
    return ((test @ train.T @ coefficients).argmax(axis=1) == y[n_train:]).mean()


def test_images_have_the_format_of_cifar_10():
    X, y = shapes10(103, rng=0)
    assert X.shape == (103, 32, 32, 3)
    assert X.dtype == np.uint8
    assert X.flags.c_contiguous
    assert y.dtype == np.int64
    assert len(SHAPES10_CLASSES) == 10
    assert sorted(np.bincount(y)) == [10] * 7 + [11] * 3
    assert (np.diff(y) < 0).any()
    flat, _ = shapes10(103, flatten=True, rng=0)
    np.testing.assert_array_equal(flat, X.reshape(103, -1))


def test_there_may_be_no_images_or_fewer_than_classes():
    assert shapes10(0)[0].shape == (0, 32, 32, 3)
    assert shapes10(0, flatten=True)[0].shape == (0, 3072)
    assert shapes10(3)[1].shape == (3,)
    with pytest.raises(ValueError, match="n is -1"):
        shapes10(-1)


def test_the_same_seed_draws_the_same_images():
    X, y = shapes10(50, rng=1)
    X_again, y_again = shapes10(50, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(X, X_again)
    np.testing.assert_array_equal(y, y_again)
    assert not np.array_equal(X, shapes10(50, rng=2)[0])


@pytest.mark.parametrize("nuisance", NUISANCES)
def test_each_nuisance_changes_the_images_and_must_be_between_0_and_1(nuisance):
    plain, _ = shapes10(50, rng=0, **NOTHING)
    changed, _ = shapes10(50, rng=0, **{**NOTHING, nuisance: 1.0})
    assert abs(changed.astype(int) - plain).mean() > 2
    for wrong in (-0.1, 1.5, float("nan")):
        with pytest.raises(ValueError, match=f"{nuisance} is {wrong}: pass a number from 0 to 1"):
            shapes10(10, **{nuisance: wrong})


def test_without_nuisances_images_of_a_class_differ_only_by_noise():
    X, y = shapes10(200, rng=0, **NOTHING)
    for k in range(10):
        assert X[y == k].std(axis=0).max() < 12


def test_every_class_has_the_colour_in_its_name():
    X, y = shapes10(500, rng=0, **NOTHING)
    rgb = {name: X[y == k].mean(axis=0) / 255 for k, name in enumerate(SHAPES10_CLASSES)}
    red, green, blue = np.moveaxis(rgb["red disc"][16, 16], -1, 0)
    assert red > 2 * max(green, blue)
    assert rgb["green triangle"][16, 16].argmax() == 1
    assert rgb["blue square"][16, 16].argmax() == 2
    assert rgb["white moon"][16, 7].min() > 0.8
    assert rgb["black x"][16, 16].max() < 0.2
    # A ring has a hole, through which the grey background shows.
    assert abs(rgb["cyan ring"][16, 16] - 0.5).max() < 0.05


def test_a_linear_classifier_is_above_chance_and_far_from_perfect():
    assert 0.5 < accuracy_of_ridge_regression() < 0.9


def test_difficulty_goes_from_trivial_to_hard():
    assert accuracy_of_ridge_regression(**NOTHING) == 1
    hardest = accuracy_of_ridge_regression(**dict.fromkeys(NUISANCES, 1.0))
    assert 0.12 < hardest < 0.4


def test_a_thousand_images_take_well_under_a_second():
    start = time.process_time()
    shapes10(1000, rng=0)
    assert time.process_time() - start < 1.5
