"""Toy sets: shapes, seeds, and that each shows what it is there to show."""

import numpy as np
import pytest
from linclf.datasets import blobs, demo9, donut, spiral, stripes, xor

WITH_K = [stripes, spiral, blobs]
BINARY = [xor, donut]


@pytest.mark.parametrize("k", [2, 3, 7])
@pytest.mark.parametrize("draw", WITH_K)
def test_k_classes_are_as_equal_in_number_as_n_allows(draw, k):
    X, y = draw(k, n=101, rng=0)
    assert X.shape == (101, 2)
    assert X.dtype == np.float64
    assert y.dtype == np.int64
    counts = np.bincount(y)
    assert len(counts) == k
    assert counts.max() - counts.min() <= 1
    assert (np.diff(y) != 0).any()
    assert (np.diff(y) < 0).any()


@pytest.mark.parametrize("draw", BINARY)
def test_binary_sets_have_two_classes_of_equal_number(draw):
    X, y = draw(n=100, rng=0)
    assert X.shape == (100, 2)
    assert np.bincount(y).tolist() == [50, 50]


@pytest.mark.parametrize("draw", WITH_K + BINARY)
def test_the_same_seed_gives_the_same_points_in_every_spelling(draw):
    X, y = draw(n=30, rng=7)
    for rng in (np.random.default_rng(7), np.random.SeedSequence(7), np.int64(7)):
        X_again, y_again = draw(n=30, rng=rng)
        np.testing.assert_array_equal(X_again, X)
        np.testing.assert_array_equal(y_again, y)
    assert not np.array_equal(draw(n=30, rng=8)[0], X)
    assert not np.array_equal(draw(n=30)[0], draw(n=30)[0])


@pytest.mark.parametrize("draw", WITH_K)
def test_sizes_that_leave_a_class_empty_are_refused(draw):
    with pytest.raises(ValueError, match="k is 1: pass at least 2 classes"):
        draw(1)
    with pytest.raises(ValueError, match="n is 4, but there are 5 classes"):
        draw(5, n=4)


@pytest.mark.parametrize(
    ("draw", "option"), [(spiral, "noise"), (blobs, "spread"), (xor, "noise"), (donut, "noise")]
)
def test_a_negative_spread_is_refused(draw, option):
    with pytest.raises(ValueError, match=f"{option} is -1: pass a standard deviation"):
        draw(**{option: -1})


def test_stripes_refuse_a_gap_that_leaves_nothing():
    for gap in (1, -0.1, float("nan")):
        with pytest.raises(ValueError, match="gap is"):
            stripes(gap=gap)


@pytest.mark.parametrize("k", [3, 6, 10])
def test_stripes_are_separated_by_one_linear_score_per_class(k):
    X, y = stripes(k, n=2000, angle=30, rng=0)
    # s_j = 2 m_j t - m_j**2 is largest for the stripe whose middle m_j is nearest to t.
    direction = np.array([np.cos(np.pi / 6), np.sin(np.pi / 6)])
    t = (X @ direction)[:, None] + k / 2
    middle = np.arange(k) + 0.5
    assert ((2 * t * middle - middle**2).argmax(axis=1) == y).all()


def test_one_against_the_rest_fails_on_stripes_where_classes_trained_together_do_not():
    svm = pytest.importorskip("sklearn.svm")
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y = stripes(6, rng=0)
    X_test, y_test = stripes(6, rng=1)
    softmax = linear_model.LogisticRegression(C=100, max_iter=1000).fit(X, y)
    hinge = svm.LinearSVC(multi_class="crammer_singer", max_iter=20_000, random_state=0).fit(X, y)
    one_vs_rest = linear_model.SGDClassifier(random_state=0).fit(X, y)
    assert softmax.score(X_test, y_test) > 0.99
    assert hinge.score(X_test, y_test) > 0.99
    assert one_vs_rest.score(X_test, y_test) < 0.75


@pytest.mark.parametrize(("draw", "at_most"), [(xor, 0.65), (donut, 0.7), (spiral, 0.7)])
def test_no_line_separates_the_sets_that_need_features(draw, at_most):
    X, y = draw(n=600, rng=0)
    ones = np.column_stack([X, np.ones(len(X))])
    W, *_ = np.linalg.lstsq(ones, np.eye(y.max() + 1)[y], rcond=None)
    assert ((ones @ W).argmax(axis=1) == y).mean() < at_most


def test_the_radius_separates_the_donut_and_the_product_separates_xor():
    X, y = donut(rng=0, noise=0.02)
    assert ((np.hypot(*X.T) > 0.625) == y).mean() > 0.99
    X, y = xor(rng=0, noise=0)
    assert ((X[:, 0] * X[:, 1] < 0) == y).all()


def test_blobs_lie_on_the_unit_circle():
    X, y = blobs(5, n=5000, spread=0.1, rng=0)
    centres = np.array([X[y == j].mean(axis=0) for j in range(5)])
    np.testing.assert_allclose(np.hypot(*centres.T), 1, atol=0.02)


def test_demo9_gives_the_loss_that_the_demo_shows():
    X, y = demo9()
    W = np.array([[1.0, 2.0], [2.0, -4.0], [3.0, -1.0]]).T
    S = X @ W + [0.0, 0.5, -0.5]
    margins = np.maximum(0, S - S[np.arange(9), y][:, None] + 1)
    margins[np.arange(9), y] = 0
    assert round(margins.sum() / 9, 4) == 2.7667
