"""Explanations: what is printed adds up, agrees with the core, and is the same in every format."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree

import linclf
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from linclf import _linclf
from linclf.explanation.expressions import Minus, Number, Product, Quotient, Square, Sum, reduced
from linclf.explanation.formulas import FORMULAS
from linclf.explanation.rounding import Rounding
from linclf.explanation.text import TextRenderer
from processes import run

HOSTILE = "</div><script>alert('x')</script>&\"\x00\ud800$\\_{%"
CAT = [3.2, 5.1, -1.7]
CAT_CAR_FROG = [[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]]


# --------------------------------------------------------------------------- reading it back


@dataclass(frozen=True)
class Range:
    """The numbers that may stand behind printed ones."""

    low: float
    high: float

    def __add__(self, other):
        return Range(self.low + other.low, self.high + other.high)

    def __neg__(self):
        return Range(-self.high, -self.low)

    def __sub__(self, other):
        return self + -other

    def __mul__(self, other):
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Range(min(ends), max(ends))

    def __truediv__(self, other):
        assert other.low > 0
        return self * Range(1 / other.high, 1 / other.low)

    def __pow__(self, power):
        assert power == 2
        return maximum(ZERO, absolute(self)) * maximum(ZERO, absolute(self))

    def meets(self, other, slack):
        return self.low <= other.high + slack and other.low <= self.high + slack


ZERO = Range(0.0, 0.0)


def maximum(*ranges):
    return Range(max(r.low for r in ranges), max(r.high for r in ranges))


def absolute(r):
    return r if r.low >= 0 else -r if r.high <= 0 else Range(0.0, max(-r.low, r.high))


def logarithm(r):
    return Range(math.log(r.low), math.log(r.high))


def sign(r):
    assert r.low * r.high > 0 or r == ZERO
    return ZERO if r == ZERO else Range(*[math.copysign(1.0, r.low)] * 2)


def printed(text, rounding):
    """Return what a printed number that is not negative may stand for; 0 is never rounded."""
    digits = rounding.digits
    value = float(text)
    if value == 0:
        return ZERO
    power = math.floor(math.log10(value))
    last = power - digits + 1 if "e" in text or value < 0.1 else -digits
    if "e" not in text:
        last = min(0, max(last, power - rounding.precision + 1))
    return Range(value - 0.5 * 10.0**last, value + 0.5 * 10.0**last)


def equations(text):
    """Return every equation of an explanation as its members, the left side first."""
    found, current = [], None
    for line in text.splitlines():
        is_row = "  " in line.strip()
        if line.startswith("   ") and not is_row and current is not None:
            current.append(line.strip())
        else:
            is_equation = line.startswith("  ") and " = " in line and not is_row
            current = [line.strip()] if is_equation else None
            found += [current] if is_equation else []
    return [" ".join(lines).split(" = ") for lines in found]


NUMBER = r"\d+(?:\.\d+)?(?:e-?\d+)?"
FUNCTIONS = {"max": maximum, "log": logarithm, "abs": absolute, "sign": sign}


def value_of(member, rounding):
    """Return the range of a member, or None if it speaks of letters."""
    member = re.sub(rf"\[[\d,]+ more: (-?{NUMBER})\]", r"(\1)", member)
    power = member.replace("**2", "**_")
    code = re.sub(NUMBER, lambda found: f"printed('{found[0]}', rounding)", power)
    words = set(re.findall(r"[A-Za-z_]\w*", re.sub(NUMBER, "", power)))
    if words - {*FUNCTIONS, "_"} or not re.search(r"\d", member):
        return None
    scope = {**FUNCTIONS, "printed": printed, "rounding": rounding, "_": 2}
    return eval(code, scope)


def assert_adds_up(explanation):
    """Assert that neighbours in every printed equation agree within the printed digits."""
    compared = 0
    for left, *members in equations(explanation.text):
        ranges = [value_of(member, explanation.rounding) for member in members]
        known = [r for r in ranges if r is not None]
        numbers = [float(n) for member in members for n in re.findall(NUMBER, member)]
        slack = 64 * explanation.rounding.eps * max(numbers, default=0.0)
        for one, next_one in pairwise(known):
            assert one.meets(next_one, slack), f"{left} = {' = '.join(members)}"
            compared += 1
    assert compared


def last_number(explanation, left):
    """Return the last member of the equation of `left`."""
    return [members[-1] for first, *members in equations(explanation.text) if first == left][-1]


# --------------------------------------------------------------------------- problems

PENALTIES = [0.0, 0.1, linclf.L1(0.2), linclf.ElasticNet(0.1, 0.5)]
SHAPES = {"small": (3, 4, 3), "wide": (2, 300, 4), "long": (40, 3, 3), "many classes": (9, 5, 50)}


def problem(shape, dtype="float64", seed=0):
    N, D, C = shape
    rng = np.random.default_rng(seed)
    return {
        "W": rng.normal(size=(D, C)).astype(dtype),
        "X": rng.normal(size=(N, D)).astype(dtype),
        "y": rng.integers(0, C, N),
        "b": rng.normal(size=C).astype(dtype),
        "center": rng.normal(size=D).astype(dtype),
    }


@pytest.mark.parametrize("reg", PENALTIES, ids=repr)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_printed_arithmetic_adds_up_and_ends_in_what_the_core_says(loss, shape, reg):
    operands = problem(shape)
    e = linclf.explain(loss, **operands, reg=reg, entry=(2, 1), i=shape[0] - 1)
    assert_adds_up(e)
    value, dW, _ = linclf.loss_and_grad(loss, **operands, reg=reg)
    assert e.value == value
    assert e.gradient == dW[2, 1]
    assert last_number(e, "dW[2, 1]") == e.rounding.text(dW[2, 1])
    assert last_number(e, "L" if reg else "data loss") == e.rounding.text(value)


@pytest.mark.parametrize("digits", [1, 2, 6, 10])
def test_it_adds_up_for_any_number_of_digits(loss, digits):
    operands = problem((5, 4, 3), seed=3)
    assert_adds_up(linclf.explain(loss, **operands, reg=0.3, entry=(0, 0), digits=digits))


@pytest.mark.parametrize("seed", range(10))
def test_it_adds_up_for_scores_of_every_size(loss, seed):
    rng = np.random.default_rng(seed)
    S = rng.normal(size=(3, 4)) * 10.0 ** rng.integers(-6, 3)
    e = linclf.explain(S, [0, 1, 3], loss=loss)
    assert_adds_up(e)
    values = [linclf.loss_value(loss, s[None], np.ones((1, 1)), np.array([y]))
              for s, y in zip(S, (0, 1, 3), strict=True)]  # fmt: skip
    assert list(e.losses.values()) == pytest.approx(values, rel=1e-12)
    assert e.value == pytest.approx(np.mean(values), rel=1e-12)


def test_float32_and_integer_data_are_explained_like_float64(loss):
    operands = problem((3, 4, 3), "float32")
    e = linclf.explain(loss, **operands, reg=0.1, entry=(1, 1))
    assert_adds_up(e)
    assert e.value == linclf.loss_value(loss, **operands, reg=0.1)
    operands["X"] = np.array([[255, 0, 3, 7], [1, 2, 3, 4], [9, 9, 9, 200]], np.uint8)
    e = linclf.explain(loss, **operands, reg=0.1, entry=(1, 1))
    assert_adds_up(e)
    assert e.value == linclf.loss_value(loss, **operands, reg=0.1)


def test_a_wrong_sum_would_be_noticed():
    text = str(linclf.explain(CAT, 0))
    for right, wrong in (("= 2.9 + 0", "= 1.9 + 0"), (" = 2.9\n", " = 2.8\n"), ("5.1 -", "5.2 -")):
        assert right in text
        forged = linclf.explain(CAT, 0)
        object.__setattr__(forged, "title", "")
        broken = type("Forged", (), {"text": text.replace(right, wrong),
                                     "rounding": forged.rounding})  # fmt: skip
        with pytest.raises(AssertionError):
            assert_adds_up(broken)


# --------------------------------------------------------------------------- what it says


def test_the_slide_of_the_cat_is_printed_as_it_is():
    text = str(linclf.explain(CAT, 0))
    assert "max(0, 5.1 - 3.2 + 1) + max(0, -1.7 - 3.2 + 1) = 2.9 + 0 = 2.9" in text


def test_a_negative_score_that_is_subtracted_has_parentheses():
    text = str(linclf.explain([2.2, 2.5, -3.1], 2))
    assert "max(0, 2.2 - (-3.1) + 1) + max(0, 2.5 - (-3.1) + 1) = 6.3 + 6.6 = 12.9" in text


def test_the_other_hinges_are_written_in_their_own_ways():
    def text(loss):
        return str(linclf.explain(CAT, 0, loss=loss))

    assert "= 2.9**2 + 0**2 = 8.41 + 0 = 8.41" in text("squared_hinge")
    assert "max(0, max(5.1, -1.7) - 3.2 + 1) = max(0, 5.1 - 3.2 + 1) = 2.9" in text(
        "crammer_singer"
    )
    assert "max(0, 1 - 3.2) + max(0, 1 + 5.1) + max(0, 1 - 1.7) = 0 + 6.1 + 0 = 6.1" in text(
        "one_vs_all"
    )


def test_softmax_shows_exponentials_probabilities_and_logarithm():
    text = str(linclf.explain(CAT, 0, loss="softmax", digits=6))
    for line in (
        "= 24.53253 / (24.53253 + 164.021907 + 0.182684) = 24.53253 / 188.737121 = 0.129983",
        "L = -log(p_0) = -log(0.129983) = 2.040355",
        "= 5.1 - 3.2 + log(1 + 0.150682) = 5.1 - 3.2 + 0.140355 = 2.040355",
    ):
        assert line in text
    rows = [line.split() for line in text.splitlines() if re.match(r" +[012]  ", line)]
    assert [row[-1] for row in rows] == ["0.129983", "0.86905", "0.000967926"]
    assert [row[3] for row in rows] == ["-1.9", "0", "-6.8"]


def test_scores_are_dot_products():
    W = np.array([[0.2, -0.5, 0.1, 2.0], [1.5, 1.3, 2.1, 0.0]]).T
    X, y, b = np.array([[56.0, 231, 24, 2]]), np.array([0]), np.array([1.1, 3.2])
    text = str(linclf.explain("hinge", W, X, y, b=b))
    line = "s_0 = 0.2*56 - 0.5*231 + 0.1*24 + 2*2 + 1.1 = 11.2 - 115.5 + 2.4 + 4 + 1.1 = -96.8"
    assert line in text
    assert "X minus" not in text
    assert "row 0 of X minus the given center" in str(
        linclf.explain("hinge", W, X, y, b=b, center=np.ones(4))
    )


def test_mean_penalty_and_total_are_written_out():
    X, y = np.eye(3), np.arange(3)
    text = str(linclf.explain("hinge", np.array(CAT_CAR_FROG), X, y, 0.1))
    assert "(2.9 + 0 + 12.9) / 3 = 15.8 / 3 = 5.2667" in text
    assert "L = data loss + penalty = 5.2667 + " in text
    text = str(linclf.explain("hinge", np.array([[1.0, -2.0]]), X[:1, :1], y[:1], linclf.L1(0.5)))
    assert "= 0.5*(abs(1) + abs(-2)) = 0.5*(1 + 2) = 0.5*3 = 1.5" in text


def test_one_entry_of_the_gradient_is_a_sum_over_samples_and_the_penalty():
    W, X, y = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[3.0, 1], [2, 5]]), np.array([0, 1])
    e = linclf.explain("hinge", W, X, y, 0.1, entry=(0, 1))
    assert e.gradient == linclf.svm_loss(W, X, y, 0.1)[1][0, 1]
    assert "= (3*1 + 2*(-1)) / 2 + 2*0.1*2 = (3 - 2) / 2 + 0.4" in str(e)
    assert e.steps[-1].title == "gradient by W[0, 1]"
    assert e.steps[-1].value == e.gradient


def test_much_is_elided_and_counted():
    e = linclf.explain("hinge", **problem((100, 784, 30)), reg=0.1, i=50, entry=(700, 3))
    text = str(e)
    assert re.search(r"\[779 more: -?[\d.]+\]", text)  # features
    assert "[24 more: " in text or "[25 more: " in text  # classes
    assert "[94 more: " in text  # samples
    assert "[23,515 more: " in text  # weights
    assert "samples 0, 1, 2, 3, 4, 50 of 100" in text
    assert len(text) < 12_000
    assert_adds_up(e)


def test_of_a_few_samples_all_are_written_out_and_of_many_the_first():
    for N, written in ((1, [0]), (4, [0, 1, 2, 3]), (5, [0])):
        operands = problem((N, 3, 4))
        e = linclf.explain("softmax", **operands)
        assert list(e.losses) == written
        assert list(linclf.explain("softmax", **operands, i=N - 1).losses) == [N - 1]
        for i, value in e.losses.items():
            X, y = operands["X"][i : i + 1], operands["y"][i : i + 1]
            assert value == linclf.loss_value("softmax", **{**operands, "X": X, "y": y})


def test_class_names_appear_where_classes_are_told():
    text = str(linclf.explain(CAT, 0, loss="softmax", class_names=["cat", "car", "frog"]))
    assert "label 0 (cat)" in text
    assert "2 (frog)" in text


def test_rounding_is_told_of_only_where_numbers_are_rounded():
    assert "4 decimals" not in str(linclf.explain(CAT, 0))
    assert "4 decimals" in str(linclf.explain(CAT, 0, loss="softmax"))
    assert "4 decimals" not in str(linclf.explain(np.float32(CAT), 0))


@pytest.mark.parametrize(
    ("scores", "label"),
    [
        ([np.nan, 1, 2], 1), ([1, np.inf, 2], 0), ([1, np.inf, np.inf], 1), ([-np.inf, -np.inf], 0),
        ([-np.inf, 1], 0), ([1e308, -1e308], 0),
    ],
)  # fmt: skip
def test_nan_and_infinity_are_shown(loss, scores, label):
    e = linclf.explain(scores, label, loss=loss)
    exact = linclf.loss_value(loss, np.zeros((1, len(scores))), np.ones((1, 1)), np.array([label]),
                              b=np.array(scores, float))  # fmt: skip
    assert np.array_equal(e.value, exact, equal_nan=True)
    assert last_number(e, "L") == e.rounding.text(exact)
    if np.isnan(exact):
        assert "nan" in e.text
        assert "NaN" in e.html
        assert r"\mathrm{nan}" in e.latex
    elif np.isinf(exact):
        assert "∞" in e.html
        assert r"\infty" in e.latex


def test_nan_among_the_data_reaches_the_result():
    operands = problem((3, 4, 3))
    operands["X"][1, 2] = np.nan
    e = linclf.explain("hinge", **operands, reg=0.1, entry=(2, 0))
    assert np.isnan(e.value)
    assert last_number(e, "L") == last_number(e, "dW[2, 0]") == "nan"


def test_scores_far_apart_are_explained_without_overflow():
    e = linclf.explain([0, 1000], 0, loss="softmax")
    assert e.value == 1000
    assert "= 1000 - 0 + log(1 + 0)" in e.text
    assert "beyond the largest float64" in e.text
    assert "-log(0)" not in e.text
    e = linclf.explain([10, -100, -100], 0, loss="softmax")
    assert "= 10 - 10 + log(1 + 3.378e-48) = 10 - 10 + 3.378e-48 = 3.378e-48" in e.text


def test_formulas_are_of_losses_of_the_registry():
    assert set(FORMULAS) <= set(_linclf.losses())


def test_a_loss_without_a_formula_is_explained_as_far_as_it_can_be(loss, monkeypatch):
    monkeypatch.delitem(FORMULAS, loss, raising=False)
    e = linclf.explain(loss, **problem((3, 4, 3)), reg=0.1, entry=(1, 2))
    assert e.value == linclf.loss_value(loss, **problem((3, 4, 3)), reg=0.1)
    assert "not written out for this loss" in str(e)
    assert_adds_up(e)


# --------------------------------------------------------------------------- the formats


def plain(latex_or_html):
    """Return the numbers of a format in the order in which they appear in its equations."""
    return [float(n) for n in re.findall(r"(?<![\w.])\d+\.\d+(?!\w)", latex_or_html)]


def test_all_formats_show_the_same_numbers(loss):
    e = linclf.explain(loss, **problem((3, 4, 3)), reg=0.1, entry=(1, 2))
    by_text = plain("\n".join(" = ".join(members) for _, *members in equations(e.text)))
    assert by_text
    html = "\n".join(
        "".join(line.itertext())
        for line in ElementTree.fromstring(e.html.replace("<sup>", "<sup>^")).iter("div")
        if line.get("class") == "linclf-equation"
    )
    assert plain(html) == by_text
    latex = "\n".join(line for line in e.latex.splitlines() if "array" not in line)
    assert plain(latex) == by_text


def test_html_is_well_formed_escaped_and_needs_nothing_from_outside(loss):
    e = linclf.explain(
        loss, **problem((3, 4, 3)), reg=0.1, entry=(1, 2), class_names=[HOSTILE, "<b>", "&amp;"]
    )
    html = e._repr_html_()
    tree = ElementTree.fromstring(html)
    assert {tag.tag for tag in tree.iter()} <= {
        "div", "style", "b", "section", "h4", "p", "span", "var", "sub", "sup", "br", "table",
        "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert [h.text for h in tree.iter("h4")] == [step.title.replace("\x00", "\ufffd")
                                                  .replace("\ud800", "\ufffd")
                                                  for step in e.steps]  # fmt: skip
    assert "prefers-color-scheme:dark" in html
    assert "http" not in html
    html.encode()


def test_html_is_not_larger_than_a_notebook_likes():
    e = linclf.explain("softmax", **problem((500, 784, 100)), reg=0.1, entry=(3, 3))
    assert len(e.html) < 40_000


def test_latex_is_balanced_and_escapes_names(loss):
    e = linclf.explain(loss, **problem((3, 4, 3)), reg=linclf.ElasticNet(0.1, 2), entry=(1, 2),
                       class_names=[HOSTILE, "a_b", "50%"])  # fmt: skip
    latex = e._repr_latex_()
    assert latex.startswith("$$\n\\begin{aligned}")
    assert latex.endswith("\\end{aligned}\n$$")
    bare = re.sub(r"\\[{}\\]", "", latex)
    assert bare.count("{") == bare.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")
    assert r"\text{50\%}" in latex or r"(50\%)" in latex
    assert "\x00" not in latex
    for line in latex.splitlines()[2:-2]:
        assert line.startswith("&")
    latex.encode()


def test_latex_is_understood_by_another_reader(loss):
    """By matplotlib, which knows formulas, but neither tables nor displays of several lines."""
    mathtext = pytest.importorskip("matplotlib.mathtext")
    e = linclf.explain(loss, **problem((1, 2, 2)), reg=linclf.ElasticNet(0.1, 2), entry=(1, 0))
    lines = [
        re.sub(r"\\phantom\{(?:[^{}]|\{[^{}]*\})*\}|\\\\$|^&", "", line)
        for line in e.latex.splitlines()[2:-1]
        if r"\quad\text" not in line and "array" not in line
    ]
    assert len(lines) > 15
    for line in lines:
        mathtext.MathTextParser("path").parse(f"${line}$")


def test_latex_writes_the_slide():
    latex = linclf.explain(CAT, 0).latex
    assert r"= \max\left(0, 5.1 - 3.2 + 1\right) + \max\left(0, -1.7 - 3.2 + 1\right)" in latex
    assert r"\sum_{j \ne y} \max\left(0, s_{j} - s_{y} + \Delta\right)" in latex
    latex = linclf.explain([10, -100, -100], 0, loss="softmax").latex
    assert r"3.378 \cdot 10^{-48}" in latex
    assert r"\frac{\exp\left(s_{0}\right)}{\sum_{j} \exp\left(s_{j}\right)}" in latex


def test_printing_shows_the_text():
    e = linclf.explain(CAT, 0)
    assert str(e) == repr(e) == e.text
    assert max(map(len, e.text.splitlines())) <= 100


def test_tall_expressions_keep_their_signs_and_parentheses():
    def text(expression):
        return TextRenderer(Rounding()).expression(expression).replace("\u00a0", " ")

    a, b = Number(-2.0), Number(3.0)
    assert text(Sum((a, b, a))) == "-2 + 3 - 2"
    assert text(Sum((b, Minus(a)))) == "3 - (-2)"
    assert text(Sum((b, Minus(Sum((b, a)))))) == "3 - (3 - 2)"
    assert text(Product((b, a))) == "3*(-2)"
    assert text(Product((a, Sum((b, a))))) == "-2*(3 - 2)"
    assert text(Sum((b, Product((a, b))))) == "3 - 2*3"
    assert text(Sum((b, Minus(Product((a, b)))))) == "3 - (-2*3)"
    assert text(Square(a)) == "(-2)**2"
    assert text(Square(Sum((a, b)))) == "(-2 + 3)**2"
    assert text(Quotient(Sum((a, b)), Product((b, b)))) == "(-2 + 3) / (3*3)"
    assert text(reduced(Sum((b, Minus(a))))) == "3 + 2"
    assert text(reduced(Sum((b, b)))) == "6"


# --------------------------------------------------------------------------- numbers


@given(st.floats(-1e307, 1e307), st.integers(1, 12))
def test_a_number_is_shown_to_half_a_unit_of_its_last_digit(value, digits):
    rounding = Rounding(digits)
    text = rounding.text(value)
    assert len(text) <= 2 * digits + 22
    if value == 0:
        assert text == "0"
        return
    shown = printed(text.lstrip("-"), rounding)
    assert text.startswith("-") == (value < 0)
    width = shown.high - shown.low
    assert shown.low - 1e-6 * width <= abs(value) <= shown.high + 1e-6 * width + 5e-324
    assert float(text) != 0


# --------------------------------------------------------------------------- errors

W, X, Y = np.zeros((4, 3)), np.zeros((5, 4)), np.array([0, 1, 2, 0, 1])
BAD = {
    "label too large": (([1.0, 2], 2), {}, ValueError, r"label is 2, but there are 2 classes"),
    "label negative": (([1.0, 2], -1), {}, ValueError, r"label is -1.*0 \.\. 1"),
    "label no integer": (([1.0, 2], 0.5), {}, TypeError, r"label is 0\.5; it must be an integer"),
    "label an array": (([1.0, 2], np.array([0])), {}, TypeError, r"label is array\(\[0\]\)"),
    "label a bool": (([1.0, 2], True), {}, TypeError, r"label is True"),
    "label missing": (([1.0, 2],), {}, TypeError, r"label is missing"),
    "labels too few": (([[1.0, 2]] * 3, [0, 1]), {}, ValueError, r"shape \(2,\).*3 rows"),
    "one label of two wrong": (([[1.0, 2]] * 2, [0, 7]), {}, ValueError, r"label\[1\] is 7"),
    "scores of three dimensions": ((np.ones((2, 2, 2)), 0), {}, ValueError, r"shape \(2, 2, 2\)"),
    "scores a number": ((3.0, 0), {}, ValueError, r"shape \(\)"),
    "no scores": (([], 0), {}, ValueError, r"shape \(0,\)"),
    "scores are text": ((["a", "b"], 0), {}, TypeError, r"real numbers"),
    "scores are complex": (([1j, 2], 0), {}, TypeError, r"complex128"),
    "ragged scores": (([[1.0], [1.0, 2]], [0, 0]), {}, ValueError, r"every row needs one"),
    "unknown loss of scores": (([1.0, 2], 0), {"loss": "hing"}, ValueError, r"'hing'.*'hinge'"),
    "scores and reg": (([1.0, 2], 0), {"reg": 0.1}, TypeError, r"reg cannot be used"),
    "scores and entry": (([1.0, 2], 0), {"entry": (0, 0)}, TypeError, r"entry cannot be used"),
    "delta": (([1.0, 2], 0), {"delta": -1.0}, ValueError, r"delta is -1"),
    "unknown loss": (("hing", W, X, Y), {}, ValueError, r"'hing'.*'hinge'"),
    "scores for W": (("hinge", [1.0, 2], 0), {}, TypeError, r"needs W, X and y"),
    "label with W": (("hinge", W, X, Y), {"label": 0}, TypeError, r"needs W, X and y"),
    "i too large": (("hinge", W, X, Y), {"i": 5}, ValueError, r"i is 5, but X has 5 rows"),
    "i negative": (("hinge", W, X, Y), {"i": -1}, ValueError, r"i is -1"),
    "i no integer": (("hinge", W, X, Y), {"i": 1.0}, TypeError, r"i is 1\.0"),
    "entry out of W": (("hinge", W, X, Y), {"entry": (4, 0)}, ValueError, r"entry.* is 4.*\(4, 3"),
    "entry a number": (("hinge", W, X, Y), {"entry": 4}, TypeError, r"pair \(d, c\)"),
    "bad label": (("hinge", W, X, Y + 1), {}, ValueError, r"y\[1\] is 2|y\[\d\] is 3"),
    "targets": (("softmax", W, X, np.eye(3)[Y]), {}, ValueError, r"y\.argmax\(axis=1\)"),
    "names": (([1.0, 2], 0), {"class_names": ["a"]}, ValueError, r"1 names for 2 classes"),
    "digits": (([1.0, 2], 0), {"digits": 0}, ValueError, r"digits is 0"),
    "W a list": (("hinge", [[1.0]], X, Y), {}, TypeError, r"W must be a NumPy array"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_a_reason(case):
    operands, options, error, message = BAD[case]
    with pytest.raises(error, match=message):
        linclf.explain(*operands, **options)


def test_operands_are_left_as_they_are():
    operands = problem((3, 4, 3))
    before = {name: array.tobytes() for name, array in operands.items()}
    linclf.explain("softmax", **operands, reg=0.1, entry=(0, 0))
    assert before == {name: array.tobytes() for name, array in operands.items()}
    for array in operands.values():
        array.flags.writeable = False
    linclf.explain("softmax", **operands, reg=0.1, entry=(0, 0))


def test_scores_and_labels_may_be_named_and_typed_in_many_ways():
    e = linclf.explain(CAT, label=0)
    for scores, label in ((tuple(CAT), np.int64(0)), (np.array(CAT), np.array(0))):
        assert linclf.explain(scores, label).text == e.text
    assert linclf.explain([3, 5, -2], 0).value == 3.0
    assert linclf.explain(CAT, 0, loss=linclf.Loss.SOFTMAX).value == pytest.approx(2.0403546)


def test_explaining_is_imported_at_first_use():
    script = """
    import sys, linclf
    assert not [name for name in sys.modules if name.startswith("linclf.explanation")]
    print(linclf.explain([3.2, 5.1, -1.7], 0).value)
    """
    assert float(run(script)) == pytest.approx(2.9)
