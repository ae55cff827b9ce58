"""Pictures and HTML without matplotlib: decoded again, parsed again, measured."""

from __future__ import annotations

import base64
import itertools
import re
import struct
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from linclf import display
from linclf._extras import require
from linclf.display.escape import escape
from linclf.display.svg import _ticks
from linclf.history import History

HOSTILE = "</style><script>alert('x')</script>&\"\x00\ud800"
MOST_BYTES = 60_000


def decoded(png: bytes) -> np.ndarray:
    """Read a PNG of 8 bits per value without interlacing, filters 0 to 2."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (crc,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert crc == zlib.crc32(name + content)
        chunks[name] = content
        at += 12 + length
    width, height, depth, kind, *rest = struct.unpack(">2I5B", chunks[b"IHDR"])
    assert (depth, rest) == (8, [0, 0, 0])
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)
    rows = lines[:, 1:].reshape(height, width, channels).copy()
    for i, line_filter in enumerate(lines[:, 0]):
        if line_filter == 1:
            rows[i] = np.cumsum(rows[i], axis=0, dtype=np.uint8)
        elif line_filter == 2 and i:
            rows[i] += rows[i - 1]
    if kind == 3:
        return np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)[rows[..., 0]]
    return rows[..., 0] if channels == 1 else rows


def pictures_in(html: str) -> list[np.ndarray]:
    packed = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    return [decoded(base64.b64decode(text)) for text in packed]


class Outline(HTMLParser):
    """Checks that tags are closed in order, and keeps the tags and the visible text."""

    VOID = frozenset({"img", "meta", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(html)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


class Classifier:
    """What the display asks of a classifier, and nothing more."""

    def __init__(self, loss="softmax", reg=0.0, callback=None):
        self.loss, self.reg, self.callback = loss, reg, callback

    def get_params(self, deep=True):
        return {"loss": self.loss, "reg": self.reg, "callback": self.callback}

    def predict(self, X):
        return self.classes_[(X @ self.coef_.T + self.intercept_).argmax(axis=1)]


def fitted(n_features=64, names=("zero", "one", "two"), seed=0, **params):
    rng = np.random.default_rng(seed)
    clf = Classifier(**params)
    clf.classes_ = np.array(names)
    clf.coef_ = rng.normal(size=(len(names), n_features))
    clf.intercept_ = rng.normal(size=len(names))
    clf.history_ = History()
    for step in range(50):
        clf.history_.append(2.0 / (step + 1), 0.1, learning_rate=0.1, grad_norm=1.0)
    clf.history_.append_validation(0.3, 0.875)
    return clf


# PNG ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (8, 8, 3), (1, 7, 4), (9, 1, 2), (64, 64)])
@pytest.mark.parametrize("kind", ["noise", "ramp", "flat"])
def test_a_png_decodes_to_the_same_pixels(shape, kind):
    image = {
        "noise": np.random.default_rng(0).integers(0, 256, shape),
        "ramp": np.add.outer(np.arange(shape[0]), np.ones(shape[1:], int)).cumsum(axis=1) % 256,
        "flat": np.full(shape, 200),
    }[kind].astype(np.uint8)
    np.testing.assert_array_equal(decoded(display.png_bytes(image)), image)


def test_a_png_decodes_in_matplotlib_too(tmp_path):
    pyplot_image = pytest.importorskip("matplotlib.image")
    image = np.random.default_rng(1).integers(0, 256, (12, 7, 3)).astype(np.uint8)
    path = tmp_path / "image.png"
    path.write_bytes(display.png_bytes(image))
    np.testing.assert_array_equal(np.rint(pyplot_image.imread(path) * 255), image)


def test_a_palette_png_decodes_to_its_colours():
    palette = display.diverging_palette(65)
    image = np.random.default_rng(2).integers(0, 65, (8, 6)).astype(np.uint8)
    np.testing.assert_array_equal(
        decoded(display.png_bytes(image, palette=palette)), palette[image]
    )


def test_a_png_of_a_strided_view_is_that_of_its_copy():
    image = np.random.default_rng(3).integers(0, 256, (16, 20, 3)).astype(np.uint8)
    view = image[::-2, ::3]
    assert display.png_bytes(view) == display.png_bytes(view.copy())


def test_smooth_pictures_are_packed_by_differences():
    y, x = np.mgrid[0:64, 0:64]
    assert len(display.png_bytes((x * y // 16).astype(np.uint8))) < 64 * 64 / 3


@pytest.mark.parametrize(
    ("image", "palette", "error", "message"),
    [
        (np.zeros((2, 2)), None, TypeError, "float64; a PNG takes uint8"),
        (np.zeros(4, np.uint8), None, ValueError, r"found \(4,\)"),
        (np.zeros((0, 4), np.uint8), None, ValueError, r"found \(0, 4\)"),
        (np.zeros((2, 2, 5), np.uint8), None, ValueError, r"found \(2, 2, 5\)"),
        (np.full((2, 2), 3, np.uint8), np.zeros((3, 3)), ValueError, "index 3, the palette 3"),
        (np.zeros((2, 2, 3), np.uint8), np.zeros((3, 3)), ValueError, "a palette has shape"),
    ],
)
def test_png_refuses_what_it_cannot_write(image, palette, error, message):
    with pytest.raises(error, match=message):
        display.png_bytes(image, palette=palette)


# Templates and samples as images -----------------------------------------------------------------


@pytest.fixture
def colour():
    """Three 4 x 5 colour pictures, shape (3, 4, 5, 3), with the extremes 0 and 255."""
    pictures = np.random.default_rng(4).integers(0, 256, (3, 4, 5, 3)).astype(np.uint8)
    pictures[0, 0, 0] = 0, 255, 128
    return pictures


def test_templates_are_the_columns_of_W_in_either_layout(colour):
    hwc = colour.reshape(3, -1).T
    chw = colour.transpose(0, 3, 1, 2).reshape(3, -1).T
    np.testing.assert_array_equal(display.template_images(hwc, (4, 5, 3)), colour)
    np.testing.assert_array_equal(display.template_images(chw, (3, 4, 5)), colour)
    grey = colour[..., 0].reshape(3, -1).T
    by_shape = [display.template_images(grey, shape) for shape in [(4, 5), (4, 5, 1), (1, 4, 5)]]
    assert by_shape[0].shape == (3, 4, 5)
    np.testing.assert_array_equal(by_shape[0], by_shape[1])
    np.testing.assert_array_equal(by_shape[0], by_shape[2])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_the_bias_row_does_not_change_the_templates(colour, dtype):
    W = colour.reshape(3, -1).T.astype(dtype)
    bias = np.full((1, 3), 1000, dtype)
    for name, stacked in (("first", [bias, W]), ("last", [W, bias])):
        images = display.template_images(np.vstack(stacked), (4, 5, 3), bias=name)
        np.testing.assert_array_equal(images, colour)


def test_global_scale_compares_classes_and_class_scale_stretches_each():
    W = np.array([[0.0, 10.0], [1.0, 30.0], [2.0, 20.0], [3.0, 40.0]])
    together = display.template_images(W, (2, 2))
    assert together.min() == 0
    assert together[0].max() == round(255 * 3 / 40)
    assert together[1].max() == 255
    each = display.template_images(W, (2, 2), scale="class")
    assert [(image.min(), image.max()) for image in each] == [(0, 255), (0, 255)]


@pytest.mark.parametrize("scale", ["global", "class"])
def test_symmetric_templates_show_zero_in_the_middle(scale):
    W = np.array([[0.0, 0.0], [-4.0, 1.0], [2.0, -0.5], [0.0, 0.0]])
    images = display.template_images(W, (2, 2), scale=scale, symmetric=True)
    np.testing.assert_array_equal(images[:, 0, 0], 128)
    assert images[0, 0, 1] == 0
    assert images[1, 0, 1] == (255 if scale == "class" else 159)


@pytest.mark.parametrize("value", [0.0, -3.0, 1e308, 5e-324])
def test_equal_weights_are_grey(value):
    images = display.template_images(np.full((4, 2), value), (2, 2))
    np.testing.assert_array_equal(images, 128)


def test_the_largest_floats_do_not_overflow():
    W = np.array([[-1.7e308], [1.7e308], [0.0], [0.0]])
    np.testing.assert_array_equal(display.template_images(W, (2, 2)), [[[0, 255], [128, 128]]])


@pytest.mark.parametrize(
    ("W", "keywords", "message"),
    [
        (np.zeros((3073, 10)), {"shape": (32, 32, 3)}, 'if that is the bias, say bias="last"'),
        (np.zeros((60, 10)), {"shape": (8, 8)}, r"60 features, but shape \(8, 8\) means 64"),
        (np.zeros((64, 10)), {"shape": (8, 8), "bias": "last"}, "64 pixels and one bias"),
        (np.zeros((64, 10)), {"shape": (64,)}, r"say \(H, W\) for grey"),
        (np.zeros((64, 10)), {"shape": (4, 4, 4)}, r"say \(H, W\) for grey"),
        (np.zeros((64, 10)), {"shape": (-8, -8)}, r"say \(H, W\) for grey"),
        (np.zeros((63, 10)), {}, "no square image"),
        (np.zeros((64, 10)), {"bias": "middle"}, 'say "first", "last" or None'),
        (np.zeros((64, 10)), {"scale": "row"}, 'say "global" or "class"'),
        (np.zeros(64), {}, "one class per column"),
        (np.zeros((64, 0)), {}, "nothing to show"),
        (np.full((64, 2), np.nan), {}, r"W\[0, 0\] is nan"),
        (Classifier(), {}, "Classifier has no weights yet"),
    ],
)
def test_template_images_says_what_does_not_fit(W, keywords, message):
    with pytest.raises(ValueError, match=message):
        display.template_images(W, **keywords)


@pytest.mark.parametrize(
    ("features", "layout"),
    [
        (64, ((8, 8), None)),
        (65, ((8, 8), "last")),
        (784, ((28, 28), None)),
        (3072, ((32, 32, 3), None)),
        (3073, ((32, 32, 3), "last")),
        (2, None),
        (30, None),
        (49, None),
        (1000, None),
        (0, None),
    ],
)
def test_square_images_are_recognised_by_their_number_of_features(features, layout):
    assert display.guess_layout(np.zeros((features, 3))) == layout


def test_the_smoother_colour_layout_is_recognised():
    y, x = np.mgrid[0:32, 0:32]
    picture = np.stack([x, 31 - y, 0 * x + 60], axis=-1)
    assert display.guess_layout(picture.reshape(-1, 1)) == ((32, 32, 3), None)
    planes = picture.transpose(2, 0, 1)
    assert display.guess_layout(planes.reshape(-1, 1)) == ((3, 32, 32), None)


def test_weights_come_from_arrays_and_from_both_kinds_of_classifier():
    clf = fitted()
    W, names = display.weights_of(clf)
    np.testing.assert_array_equal(W, clf.coef_.T)
    assert names == ["zero", "one", "two"]
    W, names = display.weights_of(SimpleNamespace(W=clf.coef_.T))
    np.testing.assert_array_equal(W, clf.coef_.T)
    assert names is None


def test_a_binary_classifier_of_one_row_has_two_templates():
    binary = SimpleNamespace(coef_=np.arange(64.0)[None], classes_=["no", "yes"])
    W, names = display.weights_of(binary)
    np.testing.assert_array_equal(W, np.stack([-np.arange(64.0), np.arange(64.0)], axis=1))
    assert names == ["no", "yes"]


def test_samples_span_black_to_white_from_zero_or_a_negative_minimum():
    X = np.array([[0, 8, 16, 4], [16, 0, 2, 2]], dtype=np.uint8)
    assert display.as_images(X, (2, 2))[0].tolist() == [[0, 128], [255, 64]]
    assert display.as_images(X - 8.0, (2, 2))[0].tolist() == [[0, 128], [255, 64]]
    assert display.as_images(X + 8.0, (2, 2))[0].tolist() == [[85, 170], [255, 128]]
    full = np.array([[0, 100, 255, 7]], dtype=np.uint8)
    np.testing.assert_array_equal(display.as_images(full, (2, 2)).ravel(), full.ravel())
    assert display.as_images(X, (2, 2), value_range=(0, 8))[0, 1].tolist() == [255, 128]


def test_samples_may_come_as_images(colour):
    np.testing.assert_array_equal(display.as_images(colour, value_range=(0, 255)), colour)
    planes = colour.transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(display.as_images(planes, value_range=(0, 255)), colour)


def test_samples_with_nan_are_refused():
    with pytest.raises(ValueError, match="NaN or infinity"):
        display.as_images(np.full((1, 4), np.nan), (2, 2))


def test_a_mosaic_holds_every_image_on_a_transparent_ground(colour):
    board = display.mosaic(colour, columns=2, pad=1)
    assert board.shape == (4 + 1 + 4, 5 + 1 + 5, 4)
    np.testing.assert_array_equal(board[:4, :5, :3], colour[0])
    np.testing.assert_array_equal(board[:4, 6:, :3], colour[1])
    np.testing.assert_array_equal(board[5:, :5, :3], colour[2])
    assert (board[..., 3] == 255).sum() == 3 * 4 * 5
    grey = display.mosaic(colour[..., 0])
    assert grey.shape == (9, 11, 4)
    np.testing.assert_array_equal(grey[:4, :5, :3], colour[0, :, :, :1].repeat(3, axis=2))


# The loss curve ----------------------------------------------------------------------------------


def test_the_moving_average_is_the_mean_of_the_window():
    x = np.random.default_rng(5).normal(size=40)
    for window in (1, 2, 5, 9, 100):
        half = window // 2
        expected = [x[max(i - half, 0) : i + half + 1].mean() for i in range(len(x))]
        np.testing.assert_allclose(display.moving_average(x, window), expected, rtol=1e-12)


def test_losses_are_read_from_everything_that_remembers_them():
    clf = fitted()
    known = display.losses_of(clf.history_)
    np.testing.assert_array_equal(known.loss, clf.history_.loss)
    np.testing.assert_array_equal(known.penalty, 0.1)
    assert known.validation["accuracy"].tolist() == [0.875]
    for source in (clf, known, vars(known), known.loss, known.loss.tolist()):
        np.testing.assert_array_equal(display.losses_of(source).loss, known.loss)
    assert display.losses_of([1.0]).validation == {}


@pytest.mark.parametrize("source", [Classifier(), {}, 3.0, "loss", [[1.0], [2.0]], None])
def test_what_has_no_losses_is_refused_with_the_ways_to_give_them(source):
    with pytest.raises(ValueError, match="give a History"):
        display.losses_of(source)


def coordinates(svg: ElementTree.Element, name: str) -> np.ndarray:
    """Return the points of the line or band called `name` in an SVG, (n, 2)."""
    (element,) = (e for e in svg.iter() if e.get("class") == f"linclf-{name}")
    return np.array([pair.split(",") for pair in element.get("points").split()], float)


CURVES = {
    "falling": 2.3 / np.arange(1, 400),
    "two steps": [2.0, 1.0],
    "one step": [2.0],
    "constant": [0.7] * 30,
    "zero": [0.0] * 5,
    "negative": [-1.0, -2.0, 5.0],
    "diverging": [1.0, 1e3, 1e200, np.inf, np.nan],
    "huge": [1.7e308, 1.0],
    "tiny": [5e-324, 1e-310, 0.0],
    "long": np.exp(-np.arange(100_000) / 2e4) + 0.1,
    "six decades": np.logspace(3, -3, 300),
}


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("log", [None, True, False])
def test_every_curve_is_well_formed_finite_and_small(name, log):
    text = display.loss_svg(CURVES[name], log=log)
    svg = ElementTree.fromstring(text)
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    numbers = " ".join(value for element in svg.iter() for value in element.attrib.values())
    assert not re.search(r"\b(nan|inf)\b", numbers)
    assert len(text) < 10_000
    for part in ("line", "band"):
        if f"linclf-{part}" in text:
            points = coordinates(svg, part)
            assert (points >= 0).all()
            assert (points <= [420, 170]).all()


def test_the_line_falls_where_the_loss_falls():
    points = coordinates(ElementTree.fromstring(display.loss_svg([3.0, 2.0, 1.0])), "line")
    assert (np.diff(points[:, 0]) > 0).all()
    np.testing.assert_allclose(np.diff(points[:, 1], n=2), 0, atol=0.11)
    assert points[0, 1] < points[-1, 1]  # the y axis of SVG points down


def test_a_long_curve_keeps_its_means_and_its_extremes():
    loss = np.ones(10_000)
    loss[5_000] = 4.0
    svg = ElementTree.fromstring(display.loss_svg(loss, log=False))
    line, band = coordinates(svg, "line"), coordinates(svg, "band")
    assert band[:, 1].min() < line[:, 1].min()  # the one bad batch is in the band
    assert len(line) <= 160


def test_a_curve_says_where_it_is_not_finite():
    assert "not finite from step 3<" in display.loss_svg([1.0, 2.0, 3.0, np.nan])
    assert "first loss is not finite" in display.loss_svg([np.nan, 1.0])
    assert "no step yet" in display.loss_svg([])


def test_a_large_range_takes_a_log_axis_unless_told_otherwise():
    assert "log scale" in display.loss_svg(CURVES["six decades"])
    assert "log scale" not in display.loss_svg(CURVES["six decades"], log=False)
    assert "log scale" not in display.loss_svg([2.0, 1.0])
    assert "log scale" not in display.loss_svg([-1.0, 1.0], log=True)


def test_every_validation_is_a_dot_inside_the_picture():
    history = {"loss": [2.0, 1.0, 0.5], "validation": {"step": [1, 3], "loss": [1.5, 0.9]}}
    svg = ElementTree.fromstring(display.loss_svg(history))
    _, path = (e for e in svg.iter() if e.get("class") == "linclf-validation")
    places = np.array(re.findall(r"M([\d.]+) ([\d.]+)h0", path.get("d")), float)
    assert len(places) == 2 + 1  # and one in the key
    assert (places < [420, 170]).all()


def test_many_validations_are_a_thin_line():
    many = {"step": np.arange(5_000), "loss": np.linspace(2, 1, 5_000)}
    text = display.loss_svg({"loss": np.ones(5_000), "validation": many})
    assert len(text) < 12_000
    line, dots = (
        e.get("d")
        for e in ElementTree.fromstring(text).iter()
        if "validation" in str(e.get("class"))
    )
    assert dots.count("h0") == 1  # the key alone
    places = np.array(re.findall(r"([\d.]+),([\d.]+)", line), float)
    assert 100 < len(places) <= 160
    assert (np.diff(places, axis=0) >= 0).all()


def test_the_title_of_a_curve_is_escaped():
    svg = ElementTree.fromstring(display.loss_svg([1.0], title=HOSTILE))
    assert "<script>alert('x')</script>&\"" in svg[0].text


@pytest.mark.parametrize("low", [0.0, 1.0, -7.3, 123.4, 1e-9, 5e9])
@pytest.mark.parametrize("span", [0.0, 0.3, 1.0, 47.0, 1e6])
def test_ticks_are_few_round_and_span_the_data(low, span):
    ticks = _ticks(low, low + span, log=False)
    assert 2 <= len(ticks) <= 6
    assert ticks[0] <= low + 1e-9 * abs(low)
    assert ticks[-1] >= (low + span) - 1e-9 * abs(low + span)
    assert all(b > a for a, b in itertools.pairwise(ticks))
    assert all(float(f"{tick:.5g}") == tick for tick in ticks)


# A classifier as HTML ----------------------------------------------------------------------------


def test_a_fitted_classifier_shows_parameters_curve_templates_and_classes():
    html = display.classifier_html(fitted(reg=0.01))
    outline = Outline(html)
    assert outline.tags.count("svg") == 1
    assert outline.tags.count("img") == 3
    assert outline.tags.count("details") == 2
    for said in ("Classifier", "reg=0.01", "3 classes", "64 features", "50 steps", "87.5%", "two"):
        assert said in outline.text
    assert "loss='softmax'" not in outline.text  # the default needs no mention


def test_the_shown_templates_are_the_weights():
    clf = fitted()
    steps = display.template_images(clf, symmetric=True)
    palette = display.diverging_palette(65)
    expected = palette[np.rint(steps * (64 / 255)).astype(int)]
    np.testing.assert_array_equal(pictures_in(display.classifier_html(clf)), expected)


def test_colour_templates_are_shown_in_their_colours(colour):
    W = colour.reshape(3, -1).T
    html = display.templates_html(W, (4, 5, 3), class_names=["a", "b", "c"])
    np.testing.assert_array_equal(pictures_in(html), colour)
    assert Outline(html).text == "abc"


def test_features_that_are_no_image_have_no_templates():
    assert "<img" not in display.classifier_html(fitted(n_features=30))


def test_an_unfitted_classifier_shows_its_parameters():
    outline = Outline(display.classifier_html(Classifier(loss="hinge")))
    assert "loss='hinge'" in outline.text
    assert "not fitted yet" in outline.text
    assert "svg" not in outline.tags


def test_a_diverged_classifier_says_so_instead_of_a_picture():
    clf = fitted()
    clf.coef_[1, 2] = np.nan
    assert "the weights are not finite" in display.classifier_html(clf)


@pytest.mark.parametrize(
    ("features", "n_classes"), [(64, 2), (64, 300), (785, 20), (3072, 20), (3072, 10), (30_000, 5)]
)
def test_the_display_stays_small(features, n_classes):
    clf = fitted(features, [f"{HOSTILE}{i}" * 20 for i in range(n_classes)], callback="\"'" * 999)
    clf.history_ = {"loss": np.random.default_rng(0).random(50_000)}
    html = display.classifier_html(clf)
    assert len(html.encode()) < MOST_BYTES
    Outline(html)
    assert len(pictures_in(html)) == min(n_classes, 20)


def test_what_would_not_fit_gives_way_to_the_rest():
    clf = fitted(reg=0.5)
    clf.get_params = lambda deep: {f"{'&' * 80}{i}": "&" * 80 for i in range(200)}
    html = display.classifier_html(clf)
    assert len(html.encode()) < MOST_BYTES
    outline = Outline(html)
    assert "parameters not shown (too large)" in outline.text
    assert "norm of the template" in outline.text


def test_escaped_text_is_safe_in_html_between_quotes_and_in_utf8():
    assert escape("<a b=\"c\" d='e'>&") == "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;"
    assert escape("\x00\x1b\ud800\tü猫") == "\ufffd\ufffd\ufffd\tü猫"
    assert escape("12345678", limit=5) == "1234…"


def test_names_and_values_cannot_leave_their_place():
    clf = fitted(names=[HOSTILE, "a", "b"], loss=HOSTILE)
    html = display.classifier_html(clf)
    outline = Outline(html)
    assert "script" not in outline.tags
    assert "\x00" not in html
    html.encode()  # a lone surrogate would raise


class Spiteful:
    def __repr__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("coef_", "text", ["reg"]),
        ("coef_", np.zeros((0, 64)), ["reg", "50 steps"]),
        ("history_", object(), ["reg", "zero"]),
        ("history_", {"loss": "abc"}, ["reg", "zero"]),
        ("classes_", 3, ["reg"]),
        ("intercept_", object(), ["reg", "zero", "50 steps"]),
        ("callback", Spiteful(), ["reg", "zero", "50 steps", "its repr raised RuntimeError"]),
        ("get_params", None, ["zero", "50 steps"]),
    ],
)
def test_a_broken_part_leaves_the_others(name, value, kept):
    clf = fitted(reg=0.5)
    setattr(clf, name, value)
    outline = Outline(display.classifier_html(clf))
    for said in ["Classifier", *kept]:
        assert said in outline.text


def test_attributes_that_raise_are_named_not_raised():
    class Raises(Classifier):
        @property
        def coef_(self):
            raise ZeroDivisionError

    outline = Outline(display.classifier_html(Raises(reg=0.5)))
    assert "templates not shown (ZeroDivisionError)" in outline.text
    assert "Parameters" in outline.text


def test_the_accuracy_of_every_class_is_that_of_its_samples():
    clf = fitted()
    X = np.random.default_rng(6).normal(size=(60, 64))
    y = np.where(np.arange(60) < 30, clf.predict(X), "zero")
    text = Outline(display.classifier_html(clf, X, y)).text
    for name in ("zero", "one", "two"):
        assert f"{(clf.predict(X)[y == name] == name).mean():.1%}" in text
    clf.class_accuracy_ = [0.125, np.nan, 1.0]
    html = display.classifier_html(clf)
    assert re.findall(r"--linclf-part:([\d.]+)%", html) == ["12.5", "100.0"]


def test_scikit_learn_classifiers_are_shown_as_well():
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(7)
    clf = linear_model.LogisticRegression(C=0.5).fit(rng.normal(size=(30, 64)), np.arange(30) % 2)
    outline = Outline(display.classifier_html(clf))
    assert "C=0.5" in outline.text
    assert outline.tags.count("img") == 2


# Pages -------------------------------------------------------------------------------------------


def test_a_page_is_self_contained_and_escapes_its_texts():
    clf = fitted()
    sections = [(HOSTILE, display.classifier_html(clf)), ("", display.note_html("a < b"))]
    html = display.page(HOSTILE, sections, lead=HOSTILE)
    outline = Outline(html)
    assert "script" not in outline.tags
    assert outline.tags.count("h2") == 1
    assert "default-src 'none'" in html
    assert "prefers-color-scheme:dark" in html
    links = re.findall(r'(?:src|href|url)\s*[=(]\s*["\']?([^"\')\s>]+)', html)
    assert links
    assert all(link.startswith("data:image/png;base64,") for link in links)
    assert re.findall(r"https?://[^\"]+", html) == ["http://www.w3.org/2000/svg"]


def test_a_table_aligns_numbers_and_draws_bars():
    html = display.table_html(
        ["code", "steps", "accuracy"], [["<a>", 12345, 0.5], ["b", 7, np.nan]], bars={"accuracy"}
    )
    outline = Outline(html)
    assert outline.text == "codestepsaccuracy<a>12,34550.0%b7-"
    assert html.count("--linclf-part:50.0%") == 1
    assert Outline(display.table_html(["nothing"], [])).text == "nothing"


def test_rows_of_another_length_than_the_header_are_refused():
    with pytest.raises(ValueError, match="zip"):
        display.table_html(["a", "b"], [[1, 2], [3]])


# Imports -----------------------------------------------------------------------------------------


def test_a_table_reads_as_text_and_as_html():
    table = display.Table(
        ["loss", "value"], [["hinge", 9.0], ["softmax", None]], lead="At chance:", note="one\ntwo"
    )
    assert repr(table).splitlines() == [
        "At chance:",
        "loss     value",
        "hinge        9",
        "softmax      -",
        "one",
        "two",
    ]
    html = table._repr_html_()
    assert html.count("<p class") == 2
    assert Outline(html).text.count("At chance:") == 1
    assert repr(display.Table(["nothing"], [])) == "nothing"
    hostile = display.Table([HOSTILE], [[HOSTILE]], lead=HOSTILE, note=HOSTILE)
    assert "<script>" not in hostile._repr_html_()


def test_the_display_needs_no_matplotlib():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from linclf import display\n"
        "import numpy as np\n"
        "display.templates_html(np.eye(64)); display.loss_svg([1.0, 0.5])\n"
        "loaded = {'PIL', 'IPython', 'sklearn'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_missing_package_is_named_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    message = 'linclf.x needs scikit-learn. Install with: pip install "linclf[sklearn]"'
    with pytest.raises(ImportError, match=re.escape(message)):
        require("sklearn", "sklearn", "linclf.x")


def test_a_package_that_is_there_but_broken_raises_its_own_error(monkeypatch, tmp_path):
    (tmp_path / "linclf_test_broken.py").write_text("import linclf_test_missing\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="No module named 'linclf_test_missing'"):
        require("linclf_test_broken", "plot", "linclf.plot")
    assert require("json", "plot", "linclf.plot").__name__ == "json"
