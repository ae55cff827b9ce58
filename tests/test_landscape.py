"""The objective along lines and over planes through W."""

import linclf
import numpy as np
import pytest
from linclf import L2, ElasticNet
from problems import draw

# The notes' three samples of one feature, three classes: the hinge as a function of one weight.
X1, Y1 = np.array([[1.0], [2.0], [-1.5]]), np.array([0, 1, 2])


@pytest.fixture
def problem():
    return draw(3, 12, 5, 4, reg=0.1, b=True)


def test_a_slice_along_an_entry_is_the_loss_with_that_entry_replaced(loss, problem):
    before = problem.W.copy()
    piece = linclf.loss_slice(loss, *problem.operands, along=(2, 1), n_points=11, b=problem.b)
    np.testing.assert_array_equal(problem.W, before)
    assert piece.label == "W[2, 1]"
    assert piece.here == problem.W[2, 1] == piece.at[5]
    for at, value in zip(piece.at, piece.loss, strict=True):
        W = problem.W.copy()
        W[2, 1] = at
        expected = linclf.loss_value(loss, W, *problem.operands[1:], b=problem.b)
        assert value == pytest.approx(expected, rel=1e-12)


def test_a_slice_along_a_direction_is_the_loss_on_that_line(loss, problem):
    V = np.random.default_rng(5).standard_normal(problem.W.shape)
    given = linclf.loss_slice(loss, *problem.operands, along=V, radius=2.0, n_points=5)
    drawn = linclf.loss_slice(loss, *problem.operands, radius=2.0, n_points=5, rng=5)
    expected = [
        linclf.loss_value(loss, problem.W + a * V, *problem.operands[1:]) for a in (-2, -1, 0, 1, 2)
    ]
    np.testing.assert_allclose(given.loss, expected, rtol=1e-12)
    np.testing.assert_array_equal(given.loss, drawn.loss)


def test_the_parts_of_a_slice_add_up(problem):
    reg = ElasticNet(0.1, 2.0)
    piece = linclf.loss_slice("hinge", problem.W, problem.X, problem.y, reg, n_points=3)
    assert piece.penalty[1] == pytest.approx(reg.value(problem.W))
    np.testing.assert_array_equal(piece.loss, piece.data_loss + piece.penalty)


def test_the_hinge_of_one_sample_is_piecewise_linear_with_its_kinks_where_margins_vanish():
    """As the notes derive: L = max(0, w1 x - w0 x + 1) + max(0, w2 x - w0 x + 1)."""
    W = np.array([[0.0, 1.0, -0.5]])
    piece = linclf.loss_slice("hinge", W, X1[:1], Y1[:1], along=(0, 0), radius=4, n_points=81)
    by_hand = np.maximum(0, 1.0 - piece.at + 1) + np.maximum(0, -0.5 - piece.at + 1)
    np.testing.assert_allclose(piece.loss, by_hand, atol=1e-12)
    bends = np.flatnonzero(abs(np.diff(piece.loss, 2)) > 1e-9) + 1
    np.testing.assert_allclose(piece.at[bends], [0.5, 2.0], atol=1e-9)


@pytest.mark.parametrize("name", ["hinge", "crammer_singer", "one_vs_all"])
def test_a_hinge_over_samples_is_convex_and_piecewise_linear(name):
    piece = linclf.loss_slice(name, np.zeros((1, 3)), X1, Y1, radius=5, n_points=401)
    bends = np.diff(piece.loss, 2)
    assert bends.min() > -1e-12
    assert (bends < 1e-12).mean() > 0.9  # straight almost everywhere


def test_softmax_is_convex_and_smooth():
    piece = linclf.loss_slice("softmax", np.zeros((1, 3)), X1, Y1, radius=5, n_points=401)
    bends = np.diff(piece.loss, 2)
    assert bends.min() > 0
    assert abs(np.diff(bends)).max() < 0.05 * bends.max()


def test_float32_weights_stay_float32():
    W = np.zeros((1, 3), np.float32)
    piece = linclf.loss_slice("hinge", W, X1.astype(np.float32), Y1, n_points=3, rng=1)
    assert piece.loss.dtype == np.float64
    assert piece.loss[1] == 2.0


def test_a_plane_holds_the_loss_of_every_pair(loss, problem):
    V = np.random.default_rng(2).standard_normal(problem.W.shape)
    plane = linclf.loss_plane(
        loss, *problem.operands, along=[(0, 0), V], radius=0.5, n_points=4, b=problem.b
    )
    assert plane.loss.shape == (4, 4)
    assert plane.labels == ("W[0, 0]", "b in W + b * V")
    assert plane.here == (problem.W[0, 0], 0.0)
    for j, i in np.ndindex(4, 4):
        W = problem.W + plane.b[j] * V
        W[0, 0] += plane.a[i] - problem.W[0, 0]
        expected = linclf.loss_value(loss, W, *problem.operands[1:], b=problem.b)
        assert plane.loss[j, i] == pytest.approx(expected, rel=1e-12)


def test_the_middle_line_of_a_plane_is_a_slice(problem):
    V1, V2 = np.random.default_rng(4).standard_normal((2, *problem.W.shape))
    plane = linclf.loss_plane("hinge", *problem.operands, n_points=5, rng=4)
    one = linclf.loss_slice("hinge", *problem.operands, along=V1, n_points=5)
    other = linclf.loss_slice("hinge", *problem.operands, along=V2, n_points=5)
    np.testing.assert_allclose(plane.loss[2], one.loss, rtol=1e-12)
    np.testing.assert_allclose(plane.loss[:, 2], other.loss, rtol=1e-12)


def test_both_say_where_the_lowest_point_is():
    piece = linclf.loss_slice("softmax", np.zeros((1, 2)), np.ones((1, 1)), np.array([0]), L2(0.1),
                              along=(0, 0), radius=1)  # fmt: skip
    assert repr(piece).startswith("LossSlice(201 points, W[0, 0] from -1 to 1, lowest ")
    plane = linclf.loss_plane("softmax", np.zeros((1, 2)), X1[:2], Y1[:2], n_points=3)
    assert repr(plane).startswith("LossPlane(3 x 3 points, a in W + a * V and b in W + b * V, ")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"along": (1, 0)}, ValueError, r"along is \(1, 0\), but W has the shape \(1, 3\)"),
        ({"along": (0, -1)}, ValueError, r"along\[1\] is -1"),
        ({"along": np.ones(3)}, ValueError, r"along has the shape \(3,\), but W has \(1, 3\)"),
        ({"n_points": 1}, ValueError, "n_points is 1; it must be 2 or more"),
        ({"radius": np.inf}, ValueError, "radius is inf"),
        ({"rng": "a"}, TypeError, "rng is a str"),
    ],
)
def test_what_does_not_fit_is_said(options, error, message):
    with pytest.raises(error, match=message):
        linclf.loss_slice("hinge", np.zeros((1, 3)), X1, Y1, **options)


def test_a_plane_needs_two_directions_and_a_matrix():
    with pytest.raises(ValueError, match="along has 3 directions"):
        linclf.loss_plane("hinge", np.zeros((1, 3)), X1, Y1, along=[None] * 3)
    with pytest.raises(ValueError, match=r"W has the shape \(3,\)"):
        linclf.loss_plane("hinge", np.zeros(3), X1, Y1)
