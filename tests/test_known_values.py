"""Numbers that can be checked by hand: the worked examples of the lectures."""

import linclf
import numpy as np
import pytest
from linclf import _linclf
from problems import losses_with_targets
from reference import KAPPA, assert_close, objective

CAT_CAR_FROG = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])

# loss: the losses of the three images, and 3 times the derivative by the scores.
LECTURE = {
    "hinge": ([2.9, 0, 12.9], [[-1, 1, 0], [0, 0, 0], [1, 1, -2]]),
    "squared_hinge": ([8.41, 0, 83.25], [[-5.8, 5.8, 0], [0, 0, 0], [12.6, 13.2, -25.8]]),
    "crammer_singer": ([2.9, 0, 6.6], [[-1, 1, 0], [0, 0, 0], [0, 1, -1]]),
    "one_vs_all": ([6.1, 5.3, 10.8], [[0, 1, 0], [1, 0, 1], [1, 1, -1]]),
    "softmax": (
        [2.040355, 0.079132, 6.156477],
        [
            [-0.870017, 0.869050, 0.000968],
            [0.025245, -0.076082, 0.050837],
            [0.424655, 0.573225, -0.997880],
        ],
    ),
}


def by_scores(loss, S, y, **options):
    """Return the loss of scores and its derivative by them: X is the identity."""
    S = np.array(S, float)
    return linclf.loss_and_grad(loss, S, np.eye(len(S)), np.array(y), **options)


def printed(value, places=6):
    """Round as the lecture prints."""
    return np.round(value, places) + 0.0


@pytest.mark.parametrize("loss", LECTURE)
def test_the_cat_car_frog_scores_give_the_values_of_the_lecture(loss, isa):
    rows, derivative = LECTURE[loss]
    value, dS = by_scores(loss, CAT_CAR_FROG, [0, 1, 2])
    assert printed(value) == printed(np.mean(rows))
    for i, expected in enumerate(rows):
        one, _ = linclf.loss_and_grad(loss, CAT_CAR_FROG, np.eye(3)[i : i + 1], np.array([i]))
        assert printed(one) == expected
    np.testing.assert_array_equal(printed(3 * dS), np.array(derivative, float))


def test_the_mean_of_the_lecture_is_five_and_four_fifteenths(isa):
    value, dW = linclf.svm_loss(CAT_CAR_FROG, np.eye(3), np.array([0, 1, 2]))
    assert printed(value) == 5.266667
    np.testing.assert_array_equal(dW, np.array(LECTURE["hinge"][1]) / 3)


def test_doubled_weights_double_only_what_was_not_zero(isa):
    value, _ = by_scores("hinge", 2 * CAT_CAR_FROG, [0, 1, 2])
    assert printed(value) == printed((4.8 + 0 + 23.8) / 3)


def test_the_car_score_has_a_slack_of_1_9(isa):
    for fall, expected in ((1.8, 0.0), (2.0, 0.1)):
        value, _ = by_scores("hinge", [[1.3, 4.9 - fall, 2.0]], [1])
        assert printed(value) == expected


@pytest.mark.parametrize("C", [1, 2, 3, 10, 17, 1000])
def test_zero_weights_lose_what_chance_loses(isa, dtype, C):
    W, X, y = np.zeros((4, C), dtype), np.ones((6, 4), dtype), np.arange(6) % C
    log_C = np.log(np.longdouble(C))
    assert_close(linclf.softmax_loss(W, X, y)[0], log_C, log_C, dtype)
    assert linclf.svm_loss(W, X, y)[0] == C - 1
    assert linclf.svm_loss(W, X, y, squared=True)[0] == C - 1
    assert linclf.loss_and_grad("crammer_singer", W, X, y)[0] == (C > 1)
    assert linclf.loss_and_grad("one_vs_all", W, X, y)[0] == C


def test_one_class_loses_nothing(isa, dtype):
    W, X, y = np.full((3, 1), 2.5, dtype), np.ones((5, 3), dtype), np.zeros(5, int)
    for loss in ("hinge", "squared_hinge", "crammer_singer", "softmax"):
        value, dW = linclf.loss_and_grad(loss, W, X, y)
        assert value == 0
        assert not dW.any()


@pytest.mark.parametrize(
    ("scores", "delta", "expected"),
    [
        ([13, -7, 11], 10, 8),
        ([13, -7, 11], 1, 0),
        ([10, -2, 3], 1, 0),
        ([10, 9, 9], 1, 0),  # exactly on the kink
        ([10, -100, -100], 1, 0),
        ([1.0, 0.2, -0.5], 1, 0.2),
        ([2.5, 3.1, -0.1], 1, 1.6),
    ],
)
def test_hinge_of_the_lectures_for_one_image(isa, scores, delta, expected):
    value, _ = by_scores("hinge", [scores], [0], delta=float(delta))
    assert printed(value) == expected
    squared, _ = by_scores("squared_hinge", [scores], [0], delta=float(delta))
    assert printed(squared) == printed(expected**2)


def test_a_margin_of_exactly_zero_does_not_count(isa):
    for loss in ("hinge", "squared_hinge", "crammer_singer"):
        _, dS = by_scores(loss, [[10, 9, 9]], [0])
        assert not dS.any()
    _, dS = by_scores("one_vs_all", [[1, -1, -1]], [0])
    assert not dS.any()


def test_crammer_singer_gives_a_tie_to_the_lowest_class(isa):
    _, dS = by_scores("crammer_singer", [[5, 1, 5, 5]], [1])
    np.testing.assert_array_equal(dS, [[1, -1, 0, 0]])
    _, dS = by_scores("crammer_singer", [[5, 1, 5, 5]], [0])
    np.testing.assert_array_equal(dS, [[-1, 0, 1, 0]])


@pytest.mark.parametrize(
    ("scores", "places", "expected"),
    [
        ([10, -2, 3], 9, 0.000917605),
        ([10, 9, 9], 9, 0.551444714),
        ([10, -100, -100], 40, 0),
        ([2.5, 3.1, -0.1], 6, 1.063466),
        ([0, 1000], 40, 1000),
        ([1000, 0], 40, 0),
        ([123, 456, 789], 40, 666),
    ],
)
def test_softmax_of_the_lectures_for_one_image(isa, scores, places, expected):
    value, _ = by_scores("softmax", [scores], [0])
    assert printed(value, places) == expected


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([3.2, 5.1, -1.7], [0.129983, 0.869050, 0.000968]),
        ([2.5, 3.1, -0.1], [0.345257, 0.629099, 0.025643]),
        ([1, -2, 0], [0.705385, 0.035119, 0.259496]),
        ([0.5, -1, 0], [0.546549, 0.121952, 0.331499]),
        ([123, 456, 789], [0, 0, 1]),
    ],
)
def test_softmax_probabilities_of_the_lectures(isa, scores, expected):
    np.testing.assert_array_equal(printed(linclf.softmax(np.array([scores], float))[0]), expected)


def test_softmax_derivative_is_p_minus_one_at_the_label(isa):
    p = np.array([0.2, 0.3, 0.5])
    _, dS = by_scores("softmax", [np.log(p)], [1])
    np.testing.assert_array_equal(printed(dS[0]), [0.2, -0.7, 0.5])


def test_the_image_of_four_pixels(isa):
    """Three classes, a bias, and the score 60.75 that slides print as 61.95."""
    W = np.array([[0.2, -0.5, 0.1, 2.0], [1.5, 1.3, 2.1, 0.0], [0, 0.25, 0.2, -0.3]]).T
    X, y, b = np.array([[56.0, 231, 24, 2]]), np.array([0]), np.array([1.1, 3.2, -1.2])
    np.testing.assert_array_equal(printed(linclf.scores(W, X, b=b)[0]), [-96.8, 437.9, 60.75])
    assert printed(linclf.svm_loss(W, X, y, b=b)[0]) == 694.25
    assert printed(linclf.softmax_loss(W, X, y, b=b)[0], 1) == 534.7
    assert linclf.predict(W, X, b=b).tolist() == [1]


def test_the_figure_of_the_notes_that_compares_svm_and_softmax(isa):
    W = np.array([[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]).T
    X, y, b = np.array([[-15.0, 22, -44, 56]]), np.array([2]), np.array([0, 0.2, -0.3])
    np.testing.assert_array_equal(printed(linclf.scores(W, X, b=b)[0]), [-2.85, 0.86, 0.28])
    value, dW, db = linclf.svm_loss(W, X, y, b=b)
    assert printed(value) == 1.58
    np.testing.assert_array_equal(dW.T, [0 * X[0], X[0], -X[0]])
    np.testing.assert_array_equal(db, [0, 1, -1])
    value, dW, db = linclf.softmax_loss(W, X, y, b=b)
    assert printed(value) == 1.040191
    np.testing.assert_array_equal(printed(db), [0.015449, 0.631163, -0.646613])
    np.testing.assert_array_equal(printed(dW[:, 2]), [9.699190, -14.225479, 28.450957, -36.210309])


def test_the_penalties_of_the_lecture(isa):
    X, y = np.zeros((1, 4)), np.array([0])
    for w, l2, l1, elastic in (([1, 0, 0, 0], 1, 1, 1.5), ([0.25] * 4, 0.25, 1, 1.125)):
        W = np.array([w], float).T
        for reg, expected in (
            (1.0, l2),
            (linclf.L2(1.0), l2),
            (linclf.L1(1.0), l1),
            (linclf.ElasticNet(1.0, 0.5), elastic),
        ):
            assert linclf.svm_loss(W, X, y, reg)[0] == expected
    _, dW = linclf.svm_loss(np.array([[2.0], [-3.0], [0.0], [-0.0]]), X, y, linclf.L1(0.5))
    np.testing.assert_array_equal(dW[:, 0], [0.5, -0.5, 0, 0])


@pytest.mark.parametrize("loss", losses_with_targets())
def test_one_hot_targets_give_what_labels_give(loss, isa, dtype):
    W, X, y = CAT_CAR_FROG.astype(dtype), np.eye(3, dtype=dtype), np.array([2, 0, 1])
    value, dW = linclf.loss_and_grad(loss, W, X, y)
    value_t, dW_t = linclf.loss_and_grad(loss, W, X, np.eye(3, dtype=dtype)[y])
    exact = objective(loss, W, X, y)
    assert_close(value_t, exact.loss, exact.loss_size, dtype)
    np.testing.assert_allclose(dW_t, dW, atol=KAPPA * np.finfo(dtype).eps)
    assert abs(value - value_t) <= KAPPA * np.finfo(dtype).eps * value


def test_the_enum_of_losses_is_the_registry_of_the_core():
    assert tuple(loss.value for loss in linclf.Loss) == _linclf.losses()
    assert set(LECTURE) <= set(_linclf.losses())
