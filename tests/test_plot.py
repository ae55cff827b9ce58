"""Figures: what is drawn is compared with the data, and every figure is rendered once."""

from __future__ import annotations

import dataclasses
import itertools
import subprocess
import sys
import warnings

import linclf
import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
from linclf import display, plot  # noqa: E402
from linclf.history import History  # noqa: E402
from matplotlib.collections import PathCollection  # noqa: E402
from matplotlib.colors import to_rgb  # noqa: E402
from matplotlib.text import Text  # noqa: E402

STYLES = ["default", "dark_background"]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(params=STYLES)
def style(request):
    """A light and a dark style."""
    with plt.style.context(request.param):
        yield request.param


def rendered(ax) -> np.ndarray:
    """Draw the figure, let every warning be an error, and return its pixels."""
    ax.figure.canvas.draw()
    return np.asarray(ax.figure.canvas.buffer_rgba())[..., :3]


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def legend(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def line_named(ax, label):
    (line,) = (line for line in ax.lines if line.get_label() == label)
    return line


def light(color) -> float:
    """Relative luminance by WCAG 2."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot([0.2126, 0.7152, 0.0722], parts))


def contrast(a, b) -> float:
    low, high = sorted([light(a), light(b)])
    return (high + 0.05) / (low + 0.05)


class Nearest:
    """A classifier with string labels: the nearest of some centres, C of them on a circle."""

    def __init__(self, count, names=None):
        angle = 2 * np.pi * np.arange(count) / count
        self.centers = 4 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        self.classes_ = np.array(names or [f"class {i:02d}" for i in range(count)])

    def decision_function(self, X):
        return X @ self.centers.T - (self.centers**2).sum(axis=1) / 2

    def predict(self, X):
        return self.classes_[self.decision_function(X).argmax(axis=1)]


def around(clf, per_class=5):
    """Return samples near the centres of a Nearest, and their labels."""
    noise = np.random.default_rng(0).normal(scale=0.05, size=(len(clf.centers), per_class, 2))
    return (clf.centers[:, None] + noise).reshape(-1, 2), np.repeat(clf.classes_, per_class)


@pytest.fixture
def history():
    history = History()
    for step in range(400):
        history.append(2.0 / (step + 1), 0.001 * step, learning_rate=0.1, grad_norm=1.0)
        if step % 100 == 99:
            history.append_validation(2.5 / (step + 1), 1 - 0.5 / (step + 1))
    return history


# Colours -----------------------------------------------------------------------------------------


def test_the_first_colours_are_those_of_okabe_and_ito():
    known = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#f0e442"]
    assert plot.class_colors(7) == known
    assert plot.class_colors(7, dark=True) == known


@pytest.mark.parametrize("dark", [False, True])
def test_every_class_looks_different(dark):
    colors = plot.class_colors(260, dark=dark)
    assert len(set(colors[:20])) == 20
    assert len(set(zip(colors, plot.class_markers(260), strict=True))) == 260


# Templates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 20])
def test_templates_draws_one_named_picture_per_class(count, style):
    W = np.random.default_rng(0).normal(size=(64, count))
    ax = plot.templates(W, title="templates")
    assert len(ax.images) == count
    assert texts(ax) == [str(c) for c in range(count)]
    assert ax.get_title() == "templates"
    rendered(ax)


def test_the_drawn_templates_are_the_template_images():
    W = np.random.default_rng(1).normal(size=(3 * 64 + 1, 4))
    for shape in [(8, 8, 3), (3, 8, 8)]:
        for bias in ["first", "last"]:
            ax = plot.templates(W, shape, bias=bias, scale="class")
            expected = display.template_images(W, shape, bias=bias, scale="class")
            drawn = [image.get_array() for image in ax.images]
            np.testing.assert_array_equal(drawn, expected)


def test_grey_templates_are_coloured_around_zero_or_by_the_given_map():
    W = np.random.default_rng(2).normal(size=(64, 2))
    W[0] = 0
    ax = plot.templates(W)
    middle = display.diverging_palette(256)[128]
    for image in ax.images:
        np.testing.assert_array_equal(image.get_array()[0, 0], middle)
    ax = plot.templates(W, cmap="gray")
    np.testing.assert_array_equal(ax.images[1].get_array(), display.template_images(W)[1])
    assert ax.images[1].get_cmap().name == "gray"
    assert ax.images[1].get_clim() == (0, 255)


def test_templates_are_upright_and_do_not_overlap():
    ax = plot.templates(np.eye(64)[:, :7], columns=3)
    rendered(ax)
    boxes = [image.get_window_extent() for image in ax.images]
    for a, b in itertools.combinations(boxes, 2):
        assert not a.overlaps(b)
    assert boxes[0].y0 > boxes[3].y1  # rows go down
    assert boxes[0].x1 < boxes[1].x0  # columns go right
    np.testing.assert_allclose(boxes[0].width, boxes[0].height, rtol=1e-6)
    pixels = rendered(plot.templates(np.eye(64)[:, :1], cmap="gray"))
    assert (pixels[..., 0] > 128).any()


def test_names_are_taken_from_the_classifier_or_from_the_caller():
    class Fitted:
        coef_, classes_ = np.eye(64)[:2], np.array(["cat", "dog"])

    assert texts(plot.templates(Fitted())) == ["cat", "dog"]
    assert texts(plot.templates(Fitted(), class_names=["a", 2])) == ["a", "2"]
    with pytest.raises(ValueError, match="3 names for 2 classes"):
        plot.templates(Fitted(), class_names=["a", "b", "c"])


def test_names_are_no_mathematics():
    ax = plot.templates(np.eye(64)[:, :2], class_names=[r"$\frac{$", "a$b"], title="$x_$")
    rendered(ax)


def test_long_names_stay_inside_their_column():
    ax = plot.templates(np.eye(64)[:, :10], class_names=["a rather long class name"] * 10)
    rendered(ax)
    boxes = [text.get_window_extent() for text in ax.texts]
    for a, b in itertools.pairwise(boxes[:5]):
        assert a.x1 < b.x0


def test_every_figure_can_share_a_figure(history):
    _, axs = plt.subplots(2, 3, layout="constrained")
    a, b, c, d, e, f = axs.flat
    clf = Nearest(3)
    X, y = np.random.default_rng(0).random((12, 64)), np.arange(12) % 3
    assert plot.templates(np.eye(64)[:, :4], ax=a) is a
    assert plot.loss_curve(history, ax=b) is b
    assert plot.decision_regions(clf, *around(clf), ax=c) is c
    assert plot.heatmap({(0.1, 0.0): 0.5}, ax=d) is d
    assert plot.sample_grid(X, y, ax=e) is e
    assert plot.error_grid(X, y, y[::-1], ax=f) is f
    assert len(plt.get_fignums()) == 1
    rendered(a)


# Loss curve --------------------------------------------------------------------------------------


def test_the_loss_curve_shows_the_losses(history, style):
    ax = plot.loss_curve(history, smoothing=None)
    np.testing.assert_array_equal(line_named(ax, "loss").get_ydata(), history.loss)
    points = line_named(ax, "validation loss")
    np.testing.assert_array_equal(points.get_xdata(), history.validation["step"])
    np.testing.assert_array_equal(points.get_ydata(), history.validation["loss"])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "loss")
    rendered(ax)


def test_smoothing_draws_the_mean_over_the_losses(history):
    for smoothing, window in (("auto", 8), (21, 21)):
        ax = plot.loss_curve(history, smoothing=smoothing)
        raw, smooth = ax.lines[:2]
        np.testing.assert_array_equal(raw.get_ydata(), history.loss)
        expected = display.moving_average(history.loss, window)
        np.testing.assert_array_equal(smooth.get_ydata(), expected)
    short = plot.loss_curve([3.0, 2.0, 1.0])
    assert [line.get_ydata().tolist() for line in short.lines] == [[3.0, 2.0, 1.0]]
    with pytest.raises(ValueError, match="a number of steps"):
        plot.loss_curve(history, smoothing="much")


def test_parts_add_up_to_the_loss(history):
    ax = plot.loss_curve(history, parts=True, smoothing=None)
    data, penalty = (line_named(ax, name).get_ydata() for name in ("data loss", "penalty"))
    np.testing.assert_allclose(data + penalty, history.loss, rtol=1e-12)
    assert legend(ax) == ["loss", "data loss", "penalty", "validation loss"]


def test_validation_points_may_be_given_or_left_out(history):
    given = {"step": [0, 399], "loss": [2.0, 0.1]}
    ax = plot.loss_curve(history.loss, validation=given)
    assert line_named(ax, "validation loss").get_ydata().tolist() == [2.0, 0.1]
    assert plot.loss_curve(history, validation=False).get_legend() is None


def test_the_accuracy_has_an_axis_of_its_own(history):
    ax = plot.loss_curve(history, accuracy=True)
    (right,) = (other for other in ax.figure.axes if other is not ax)
    np.testing.assert_array_equal(right.lines[0].get_ydata(), history.validation["accuracy"])
    rendered(ax)
    with pytest.raises(ValueError, match="no validation accuracy"):
        plot.loss_curve([1.0, 0.5], accuracy=True)


def test_many_validation_points_have_no_markers():
    for count, marker in ((20, "o"), (200, "None")):
        points = {"step": np.arange(count), "loss": np.ones(count)}
        ax = plot.loss_curve(np.ones(count), validation=points)
        assert line_named(ax, "validation loss").get_marker() == marker


def test_trainings_can_be_compared(history):
    ax = plot.loss_curve(history, label="first")
    plot.loss_curve([3.0, 2.0], label="$second_", ax=ax)
    plot.loss_curve([1.0, np.nan, np.nan], label="third", ax=ax)
    assert legend(ax)[:2] == ["first", "first, validation"]
    assert legend(ax)[-1] == "third: not finite from step 1"
    colors = {line.get_color() for line in ax.lines if line.get_label() in ("first", "third")}
    assert len(colors) == 2
    rendered(ax)


@pytest.mark.parametrize("losses", [[], [np.nan], [1.0], [1.0, np.inf], [1e308, 1.0]])
def test_short_and_diverged_trainings_can_be_drawn(losses):
    rendered(plot.loss_curve(losses))


# Decision regions --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 8, 20])
def test_regions_of_many_classes_have_their_own_colour_and_marker(count, style):
    clf = Nearest(count)
    ax = plot.decision_regions(clf, *around(clf), resolution=100)
    assert legend(ax) == clf.classes_.tolist()
    (image,) = ax.images
    shown = {tuple(color) for color in image.get_array().reshape(-1, 4)}
    assert len(shown) == count
    clouds = [c for c in ax.collections if isinstance(c, PathCollection)]
    looks = {(*c.get_facecolor()[0], len(c.get_paths()[0].vertices)) for c in clouds}
    assert len(looks) == count
    assert "accuracy 1.000 on" in ax.get_title()
    rendered(ax)


def test_every_point_lies_in_the_colour_of_its_class():
    clf = Nearest(7)
    ax = plot.decision_regions(clf, *around(clf), borders=False)
    for cloud in ax.collections:
        cloud.remove()
    pixels = rendered(ax)
    points = np.random.default_rng(1).uniform([-4, -4], [4, 4], (300, 2))
    scores = np.sort(clf.decision_function(points), axis=1)
    points = points[scores[:, -1] - scores[:, -2] > 0.5]  # the pixels on a border are mixed
    column, row = ax.transData.transform(points).astype(int).T
    colors = np.array([to_rgb(color) for color in plot.class_colors(7)])
    opacity = ax.images[0].get_array()[0, 0, 3]
    expected = 1 - opacity * (1 - colors[clf.decision_function(points).argmax(axis=1)])
    assert len(points) > 200
    np.testing.assert_allclose(pixels[-1 - row, column] / 255, expected, atol=0.01)


def test_anything_that_predicts_can_be_drawn():
    X = np.random.default_rng(2).normal(size=(20, 2))
    y = np.where(X[:, 0] > 0, "right", "left")

    class Tree:
        def predict(self, points):
            return np.where(points[:, 0] > 0, "right", "left")

    for clf in (Tree(), Tree().predict):
        ax = plot.decision_regions(clf, X, y)
        assert legend(ax) == ["left", "right"]
        rendered(ax)
    assert legend(plot.decision_regions(Tree(), X)) == ["left", "right"]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([0, 5, -2], ["-2", "0", "5"]),
        ([True, False, True], ["False", "True"]),
        (["b", "a", "_c"], [" _c", "a", "b"]),
        ([1.5, 0.5, 1.5], ["0.5", "1.5"]),
    ],
)
def test_labels_of_any_kind_are_named(labels, names):
    X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])

    def constant(points):
        return np.full(len(points), labels[0])

    assert legend(plot.decision_regions(constant, X, np.array(labels))) == names


def test_a_label_that_the_classifier_does_not_know_gets_a_name_too():
    clf = Nearest(2)
    X, _ = around(clf, 1)
    assert legend(plot.decision_regions(clf, X, ["class 00", "other"]))[-1] == "other"


def test_class_names_stand_for_the_columns_of_W():
    clf = Nearest(3)
    X, _ = around(clf)

    def column(points):
        return clf.decision_function(points).argmax(axis=1)

    names = ["cat", "car", "frog"]
    ax = plot.decision_regions(column, X, column(X), class_names=names)
    assert legend(ax) == names
    with pytest.raises(ValueError, match="2 names for 3 classes"):
        plot.decision_regions(column, X, class_names=["cat", "car"])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_classifier_is_asked_in_the_dtype_of_X(dtype):
    asked = set()

    def side(points):
        asked.add(points.dtype)
        return points[:, 0] > 0

    plot.decision_regions(side, np.array([[-1, 0], [1, 1]], dtype), [False, True])
    assert asked == {np.dtype(dtype)}


def test_zero_lines_lie_where_a_score_is_zero_and_point_uphill():
    clf = Nearest(3)
    ax = plot.decision_regions(clf, *around(clf), borders=False, zero_lines=True)
    lines = [c for c in ax.collections if not isinstance(c, PathCollection)]
    assert len(lines) == 3
    for k, line in enumerate(lines):
        along = np.concatenate([path.vertices for path in line.get_paths()])
        np.testing.assert_allclose(clf.decision_function(along)[:, k], 0, atol=1e-9)
    for k, arrow in enumerate(ax.texts):
        start, end = clf.decision_function(np.array([arrow.xyann, arrow.xy]))[:, k]
        assert end > start
    rendered(ax)
    with pytest.raises(ValueError, match="has no decision_function"):
        plot.decision_regions(clf.predict, *around(clf), zero_lines=True)


def test_borders_are_straight_for_linear_scores():
    clf = Nearest(2)
    ax = plot.decision_regions(clf, *around(clf), resolution=50)
    borders = [c for c in ax.collections if not isinstance(c, PathCollection)]
    assert len(borders) == 2  # that of each class
    for border in borders:
        along = np.concatenate([path.vertices for path in border.get_paths()])
        scores = clf.decision_function(along)
        np.testing.assert_allclose(scores[:, 0], scores[:, 1], atol=1e-9)


def test_scikit_learn_classifiers_can_be_drawn():
    svm = pytest.importorskip("sklearn.svm")
    clf = Nearest(4)
    X, y = around(clf)
    for shape in ("ovr", "ovo"):
        ax = plot.decision_regions(svm.SVC(decision_function_shape=shape).fit(X, y), X, y)
        assert legend(ax) == clf.classes_.tolist()
        rendered(ax)
    two = y < "class 02"
    plot.decision_regions(svm.LinearSVC().fit(X[two], y[two]), X[two], y[two], zero_lines=True)


def test_columns_of_a_frame_name_the_axes():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"height": [0.0, 1.0], "width": [1.0, 0.0]})
    ax = plot.decision_regions(lambda points: points[:, 0] > 0.5, frame, [False, True])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("height", "width")
    assert plot.decision_regions(Nearest(2), [[0, 0], [1, 1]]).get_xlabel() == "x0"


def test_samples_on_one_line_still_span_a_plane():
    ax = plot.decision_regions(Nearest(3), [[1.0, 2.0]], ["class 00"])
    assert ax.get_xlim() == (0.0, 2.0)
    assert ax.get_ylim() == (1.0, 3.0)
    rendered(ax)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.zeros((5, 64)), None, r"X has shape \(5, 64\): fit on two of them"),
        (np.zeros(2), None, r"X has shape \(2,\)"),
        (np.zeros((0, 2)), None, "finite samples"),
        (np.full((3, 2), np.nan), None, "finite samples"),
        (np.zeros((3, 2)), np.zeros((3, 3)), r"y must have shape \(N,\) = \(3,\).*found \(3, 3\)"),
    ],
)
def test_decision_regions_says_what_does_not_fit(X, y, message):
    with pytest.raises(ValueError, match=message):
        plot.decision_regions(lambda points: points[:, 0] > 0, X, y)


# Heat map ----------------------------------------------------------------------------------------

GRID = {(lr, reg): (0.5, lr + reg) for lr in (0.1, 0.2, 0.3) for reg in (0.0, 0.01)}


def test_the_heat_map_holds_every_result_where_it_belongs(style):
    ax = plot.heatmap(GRID)
    np.testing.assert_allclose(ax.images[0].get_array(), [[0.1, 0.2, 0.3], [0.11, 0.21, 0.31]])
    assert sorted(texts(ax)) == sorted(f"{val:.3f}" for _, val in GRID.values())
    assert [t.get_text() for t in ax.get_xticklabels()] == ["0.1", "0.2", "0.3"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["0", "0.01"]
    assert "best 0.310 at learning rate 0.3, reg 0.01" in ax.get_title()
    np.testing.assert_allclose(np.mean(ax.lines[0].get_xydata()[:4], axis=0), [2, 1])
    rendered(ax)


def test_the_heat_map_shows_train_or_val_or_single_numbers():
    assert set(texts(plot.heatmap(GRID, which="train", fmt=".0%"))) == {"50%"}
    single = {key: pair[1] for key, pair in GRID.items()}
    assert sorted(texts(plot.heatmap(single))) == sorted(texts(plot.heatmap(GRID)))


def test_values_can_be_read_on_their_cells(style):
    ax = plot.heatmap(GRID)
    image = ax.images[0]
    for text in ax.texts:
        assert contrast(image.cmap(image.norm(float(text.get_text()))), text.get_color()) > 4


def test_missing_and_diverged_runs_stay_empty():
    results = {**GRID, (0.3, 0.01): (np.nan, np.nan)}
    del results[0.1, 0.0]
    ax = plot.heatmap(results)
    cells = ax.images[0].get_array()
    assert np.ma.getmaskarray(np.ma.masked_invalid(cells)).tolist() == [
        [True, False, False],
        [False, False, True],
    ]
    assert "nan" in texts(ax)
    assert "best 0.300" in ax.get_title()
    rendered(ax)
    for kind in ("grid", "scatter"):
        ax = plot.heatmap({(0.1, 0.0): (np.nan, np.nan)}, kind=kind)
        assert "every run diverged" in ax.get_title()
        rendered(ax)


def test_a_random_search_becomes_points_on_log_axes():
    rng = np.random.default_rng(3)
    results = {tuple(10 ** rng.uniform(-5, 0, 2)): (0.0, rng.random()) for _ in range(20)}
    results[0.5, 0.5] = (np.nan, np.nan)
    ax = plot.heatmap(results)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    offsets = ax.collections[0].get_offsets()
    np.testing.assert_allclose(offsets, list(results)[:20])
    assert "(x diverged)" in ax.get_title()
    rendered(ax)
    assert plot.heatmap(GRID, kind="scatter").get_yscale() == "linear"  # reg 0 has no logarithm


@pytest.mark.parametrize(
    ("results", "keywords", "message"),
    [
        ({}, {}, "nothing to show"),
        ({(1.0,): 0.5}, {}, "must be a dict"),
        (GRID, {"which": "test"}, 'say "train" or "val"'),
        (GRID, {"kind": "map"}, '"grid" or "scatter"'),
    ],
)
def test_heatmap_says_what_does_not_fit(results, keywords, message):
    with pytest.raises(ValueError, match=message):
        plot.heatmap(results, **keywords)


# Confusion matrix --------------------------------------------------------------------------------


def cells(ax) -> dict[tuple[float, float], str]:
    """Return the numbers by (row, column)."""
    return {text.get_position()[::-1]: text.get_text() for text in ax.texts}


def test_confusion_matrix_counts_truth_by_row_and_prediction_by_column(style):
    ax = plot.confusion_matrix(list("aaabbc"), list("aabbba"), class_names="XYZ")
    assert cells(ax) == {(0, 0): "2", (0, 1): "1", (1, 1): "2", (2, 0): "1"}
    assert [label.get_text() for label in ax.get_xticklabels()] == list("XYZ")
    (image,) = ax.images
    shares = np.ma.filled(image.get_array(), 0.0)
    assert np.allclose(shares, [[2 / 3, 1 / 3, 0], [0, 1, 0], [1, 0, 0]])
    assert ax.get_title().splitlines() == [
        "4 of 6 samples right (66.7%)",
        "most frequent mistake: X → Y, 1 of 3",
    ]
    rendered(ax)


def test_confusion_matrix_has_a_row_for_a_class_that_is_only_predicted():
    ax = plot.confusion_matrix([1, 1], [1, 7])
    assert cells(ax) == {(0, 0): "1", (0, 1): "1"}
    assert ax.images[0].get_array().shape == (2, 2)


def test_confusion_matrix_without_mistakes_names_none():
    assert plot.confusion_matrix([0, 1], [0, 1]).get_title() == "2 of 2 samples right (100.0%)"


def test_confusion_matrix_of_many_classes_shows_colours_only():
    assert not plot.confusion_matrix(range(40), range(40)).texts


@pytest.mark.parametrize(("y_true", "y_pred"), [([], []), ([0, 1], [0]), ([[0]], [[0]])])
def test_confusion_matrix_says_what_does_not_fit(y_true, y_pred):
    with pytest.raises(ValueError, match="y_true and y_pred must both have shape"):
        plot.confusion_matrix(y_true, y_pred)


# Samples and mistakes ----------------------------------------------------------------------------


@pytest.fixture
def pictures():
    """30 samples of 8 x 8 pixels, each of one brightness that tells its row; labels a, b, c."""
    X = np.repeat(np.arange(30)[:, None], 64, axis=1).astype(np.uint8)
    return X, np.array(list("abc"))[np.arange(30) % 3]


def rows_drawn(ax, X) -> list[int]:
    """Return which rows of `X` of the fixture were drawn."""
    return [round(float(image.get_array()[0, 0]) * 29 / 255) for image in ax.images]


def test_sample_grid_draws_samples_of_the_class_over_the_column(pictures, style):
    X, y = pictures
    ax = plot.sample_grid(X, y, per_class=4)
    drawn = rows_drawn(ax, X)
    assert len(set(drawn)) == 12
    assert y[drawn].tolist() == ["a", "b", "c"] * 4
    assert texts(ax) == ["a", "b", "c"]
    assert rows_drawn(plot.sample_grid(X, y, per_class=4), X) == drawn
    assert rows_drawn(plot.sample_grid(X, y, per_class=4, rng=1), X) != drawn
    rendered(ax)


def test_a_small_class_leaves_its_column_short(pictures):
    X, y = pictures
    keep = [*np.flatnonzero(y != "b").tolist(), 1]
    ax = plot.sample_grid(X[keep], y[keep], per_class=3, class_names=["A", "B", "C"])
    assert y[rows_drawn(ax, X)].tolist() == list("abc") + list("ac") + list("ac")
    rendered(ax)
    boxes = [image.get_extent()[0] for image in ax.images]
    np.testing.assert_allclose(boxes[3:5], [boxes[0], boxes[2]])


def test_error_grid_draws_the_mistakes_with_truth_and_prediction(pictures, style):
    X, y = pictures
    pred = y.copy()
    pred[[4, 9, 20]] = "c", "b", "a"
    ax = plot.error_grid(X, y, pred)
    assert rows_drawn(ax, X) == [4, 9, 20]
    assert texts(ax) == ["b → c", "a → b", "c → a"]
    assert ax.get_title() == "3 of 30 samples wrong (10.0%)"
    assert texts(plot.error_grid(X, y, pred, max_images=1, class_names="XYZ")) == ["Y → Z"]
    rendered(ax)


def test_no_mistakes_are_an_empty_board(pictures):
    X, y = pictures
    ax = plot.error_grid(X, y, y)
    assert (len(ax.images), ax.get_title()) == (0, "0 of 30 samples wrong (0.0%)")
    rendered(ax)
    rendered(plot.error_grid(X[:0], y[:0], y[:0]))


def test_colour_samples_keep_their_colours():
    X = np.random.default_rng(4).integers(0, 256, (4, 3 * 64)).astype(np.uint8)
    X[0, :2] = 0, 255
    drawn = [image.get_array() for image in plot.sample_grid(X, [0, 1, 2, 3], (8, 8, 3)).images]
    np.testing.assert_array_equal(drawn, X.reshape(4, 8, 8, 3))


def test_labels_must_fit_the_samples(pictures):
    X, y = pictures
    with pytest.raises(ValueError, match=r"y must have shape \(N,\) = \(30,\).*found \(29,\)"):
        plot.sample_grid(X, y[1:])
    with pytest.raises(ValueError, match="y_pred must have shape"):
        plot.error_grid(X, y, np.zeros((30, 3)))


# Style and imports -------------------------------------------------------------------------------


def test_all_text_stands_out_from_its_background(history, style):
    clf = Nearest(5)
    X, y = np.random.default_rng(0).random((12, 64)), np.arange(12) % 3
    figures = [
        plot.templates(np.eye(64)[:, :4], title="t"),
        plot.loss_curve(history, parts=True, title="t"),
        plot.decision_regions(clf, *around(clf)),
        plot.sample_grid(X, y, title="t"),
        plot.error_grid(X, y, y[::-1]),
    ]
    for ax in figures:
        ground = ax.figure.get_facecolor()
        for text in ax.findobj(Text):
            if text.get_text().strip():
                assert contrast(text.get_color(), ground) > 4.5, text


def test_the_callers_style_and_figures_are_left_alone(history):
    before = matplotlib.rcParams.copy()
    plot.loss_curve(history)
    plot.templates(np.eye(64)[:, :3])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matplotlib.MatplotlibDeprecationWarning)
        assert dict(matplotlib.rcParams) == dict(before)


def test_a_history_plots_itself(history):
    ax = history.plot()
    assert line_named(ax, "validation loss").get_xdata().tolist() == [100, 200, 300, 400]


def test_matplotlib_is_imported_by_the_first_figure_only():
    code = "import sys; from linclf import plot; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_without_matplotlib_every_figure_says_what_to_install():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import numpy as np\n"
        "from linclf import plot\n"
        "X, y = np.zeros((4, 64)), np.array([0, 1, 0, 1])\n"
        "for draw in (\n"
        "    lambda: plot.templates(np.eye(64)),\n"
        "    lambda: plot.loss_curve([1.0]),\n"
        "    lambda: plot.decision_regions(lambda p: p[:, 0] > 0, np.eye(2)),\n"
        "    lambda: plot.heatmap({(1.0, 0.0): 0.5}),\n"
        "    lambda: plot.sample_grid(X, y),\n"
        "    lambda: plot.error_grid(X, y, y),\n"
        "):\n"
        "    try:\n"
        "        draw()\n"
        "    except ImportError as error:\n"
        "        print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True
    )
    line = 'linclf.plot needs matplotlib. Install with: pip install "linclf[plot]"'
    assert run.stdout.splitlines() == [line] * 6


# The loss along a line, over a plane, by learning rate -------------------------------------------


@pytest.fixture
def hinge_of_three():
    """The three samples of the notes: one feature, three classes."""
    return np.zeros((1, 3)), np.array([[1.0], [2.0], [-1.5]]), np.array([0, 1, 2])


def test_a_slice_is_drawn_with_a_mark_where_the_weights_are(hinge_of_three, style):
    piece = linclf.loss_slice("hinge", *hinge_of_three, reg=0.1, along=(0, 0), radius=3)
    ax = piece.plot(parts=True)
    np.testing.assert_array_equal(line_named(ax, "loss").get_xdata(), piece.at)
    np.testing.assert_array_equal(line_named(ax, "loss").get_ydata(), piece.loss)
    np.testing.assert_array_equal(line_named(ax, "penalty").get_ydata(), piece.penalty)
    assert legend(ax) == ["loss", "data loss", "penalty"]
    assert len({line.get_color() for line in ax.lines}) == 3
    (mark,) = (part for part in ax.collections if isinstance(part, PathCollection))
    np.testing.assert_allclose(mark.get_offsets(), [[0.0, 2.0]])
    assert ax.get_xlabel() == "W[0, 0]"
    rendered(ax)


def test_slices_can_be_compared(hinge_of_three):
    ax = None
    for name in ("hinge", "softmax"):
        ax = plot.loss_slice(linclf.loss_slice(name, *hinge_of_three), label=name, ax=ax)
    assert legend(ax) == ["hinge", "softmax"]
    assert len({line.get_color() for line in ax.lines}) == 2
    rendered(ax)


def test_a_plane_is_drawn_as_contours(hinge_of_three, style):
    plane = linclf.loss_plane("hinge", *hinge_of_three, along=[(0, 0), (0, 2)], n_points=15)
    ax = plane.plot(title="hinge")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("W[0, 0]", "W[0, 2]")
    marks = [part for part in ax.collections if isinstance(part, PathCollection)]
    np.testing.assert_allclose(marks[-1].get_offsets(), [[0.0, 0.0]])
    rendered(ax)
    broken = dataclasses.replace(plane, loss=np.full_like(plane.loss, np.inf))
    with pytest.raises(ValueError, match="not finite everywhere"):
        plot.loss_plane(broken)


def test_a_flat_plane_can_be_drawn():
    y = np.array([0, 1])
    plane = linclf.loss_plane("hinge", np.zeros((2, 2)), np.zeros((2, 2)), y, n_points=3)
    rendered(plot.loss_plane(plane))


def test_a_sweep_shows_losses_divergence_and_the_suggestion(style):
    X, y = linclf.datasets.digits()
    sweep = linclf.sanity.learning_rate_sweep("squared_hinge", X, y, n_rates=9)
    ax = sweep.plot()
    lost = np.isnan(sweep.loss)
    assert lost.any()
    np.testing.assert_array_equal(line_named(ax, "after the run").get_xdata(), sweep.rates[~lost])
    np.testing.assert_array_equal(line_named(ax, "diverged").get_xdata(), sweep.rates[lost])
    assert line_named(ax, "suggested").get_xdata()[0] == sweep.suggested
    assert ax.get_title() == f"suggested learning rate {sweep.suggested:.3g}"
    assert ax.get_xscale() == "log"
    rendered(ax)


def test_a_sweep_without_a_good_rate_can_be_drawn():
    X, y = linclf.datasets.digits()
    sweep = linclf.sanity.learning_rate_sweep("hinge", X, y, rates=[0.0, 1e9], max_steps=3)
    ax = plot.learning_rates(sweep)
    assert "no learning rate" in ax.get_title()
    rendered(ax)


def test_a_validation_search_draws_its_heat_map():
    X, y, X_val, y_val = linclf.datasets.digits(split="both")
    results = linclf.validation_search(
        X, y, X_val, y_val, learning_rates=[1e-3, 1e-2], regs=[0.0, 0.1], max_steps=20
    )
    ax = results.plot()
    assert sorted(texts(ax)) == sorted(f"{val:.3f}" for _, val in results.values())
    rendered(ax)
