"""The demo: what it prints, the page that it writes, the race that it holds."""

import contextlib
import io
import os
import re
import zlib
from base64 import b64decode
from html.parser import HTMLParser

import linclf
import numpy as np
import pytest
from cli_runs import LOSSES, process, run
from linclf.cli import contest, text
from linclf.cli.race import Result, race

AGREED = Result("hinge", 2e-4, 1e-4, 1e-16, True)
DISAGREED = Result("softmax", 2e-4, 1e-4, 1.0, False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """One run of the demo: exit code, lines printed, the page, and its folder."""
    folder = tmp_path_factory.mktemp("demo")
    with contextlib.chdir(folder):
        code, out, err = run("demo")
    assert err == ""
    return code, out.splitlines(), (folder / "linclf-demo.html").read_text("utf-8"), folder


class Page(HTMLParser):
    """Collects what a page is made of, and refuses tags that do not match."""

    VOID = frozenset({"meta", "img", "br", "link", "rect", "path", "circle", "polyline", "polygon"})

    def __init__(self, source):
        super().__init__()
        self.open, self.headings, self.images, self.addresses = [], [], [], []
        self.tags = set()
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        given = dict(attributes)
        self.addresses += [given[name] for name in ("src", "href") if name in given]
        if tag == "img":
            self.images.append(given["src"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)


def test_demo_learns_the_digits(demo):
    code, lines, _, _ = demo
    assert code == 0
    accuracies = [float(line.split()[-1][:-1]) for line in lines if re.search(r"\d\.\d%$", line)]
    assert len(accuracies) == len(LOSSES)
    assert min(accuracies) > 95


def test_demo_checks_both_gradients(demo):
    checked = [line for line in demo[1] if line.endswith("   ok")]
    assert [line.split()[:2] for line in checked] == [[loss, "640"] for loss in LOSSES]


def test_demo_races_on_the_same_work(demo):
    rows = [line for line in demo[1] if re.search(r"\d\.\dx ", line)]
    assert len(rows) == 3
    assert not any("DIFFERENT" in row for row in rows)


def test_demo_fits_on_a_screen(demo):
    lines = demo[1]
    assert len(lines) <= 32
    assert max(map(len, lines)) <= 80


def test_demo_shows_digits(demo):
    drawn = [line for line in demo[1] if set(line) <= set(" ▀▄█") and line.strip()]
    assert len(drawn) == 6


def test_demo_writes_one_file(demo):
    assert [file.name for file in demo[3].iterdir()] == ["linclf-demo.html"]


def test_demo_page_needs_nothing_from_outside(demo):
    source = demo[2]
    page = Page(source)
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert "url(" not in source
    assert len(source) < 100_000


def test_demo_page_shows_everything(demo):
    page = Page(demo[2])
    shown = " ".join(page.headings)
    for heading in ("Accuracy", "Templates", "Loss", "nobody trained on", "Gradient", "NumPy"):
        assert heading in shown
    assert len(page.images) >= 2 * 10 + 10  # two boards of templates, and a digit of each class
    assert demo[2].count("<svg") == 3


def test_demo_page_has_true_pictures(demo):
    for address in Page(demo[2]).images:
        png = b64decode(address.partition(",")[2], validate=True)
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        assert png.endswith(zlib.crc32(b"IEND").to_bytes(4, "big"))


def test_demo_page_tells_how_to_repeat_it(demo):
    seed, accuracy = re.search(
        r'LinearClassifier\("softmax", rng=(\d+)\).*# (0\.\d{4})', demo[2], re.DOTALL
    ).groups()
    X, y, X_test, y_test = linclf.datasets.digits(split="both", rng=int(seed))
    clf = linclf.LinearClassifier("softmax", rng=int(seed)).fit(X, y)
    assert f"{clf.score(X_test, y_test):.4f}" == accuracy


def test_demo_fails_if_numpy_finds_another_gradient(tmp_path, monkeypatch):
    monkeypatch.setattr("linclf.cli.demo.contest", lambda seed: [AGREED, DISAGREED])
    code, out, err = run("demo", "--output", tmp_path / "page.html")
    assert code == 1
    assert out.count("DIFFERENT") == 1
    assert "doctor" in err
    assert (tmp_path / "page.html").read_text("utf-8").count("DIFFERENT") == 1


def test_demo_fails_if_a_gradient_is_wrong(tmp_path, monkeypatch):
    def doubled(W, X, y, reg):
        loss, dW = linclf.softmax_loss(W, X, y, reg)
        return loss, 2 * dW

    check = linclf.check_gradient
    monkeypatch.setattr(linclf, "check_gradient", lambda loss, *rest: check(doubled, *rest))
    monkeypatch.setattr("linclf.cli.demo.contest", lambda seed: [AGREED])
    code, out, err = run("demo", "--output", tmp_path / "page.html")
    assert code == 1
    assert out.count("WRONG") == 2
    assert "doctor" in err


def test_demo_keeps_the_old_page_if_it_cannot_write(tmp_path, monkeypatch):
    page = tmp_path / "page.html"
    page.write_text("old")
    monkeypatch.setattr("linclf.cli.demo.contest", lambda seed: [AGREED])
    monkeypatch.setattr("linclf.cli.demo.demo_page", lambda findings: "lone surrogate \ud800")
    code, _, err = run("demo", "--output", page)
    assert code == 2
    assert err.startswith("linclf: error: ")
    assert page.read_text() == "old"
    assert list(tmp_path.iterdir()) == [page]


def test_race_compares_the_same_work():
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((250, 7)), rng.integers(4, size=250)
    results = race(X, y, 4, rounds=1)
    assert len(results) == 3
    for result in results:
        assert result.agree
        assert result.difference < 1e-13
        assert result.ratio == result.numpy_seconds / result.linclf_seconds


def test_race_notices_other_results(monkeypatch):
    def doubled(*operands, **options):
        loss, dW = right(*operands, **options)
        return loss, 2 * dW

    right = linclf.loss_and_grad
    monkeypatch.setattr(linclf, "loss_and_grad", doubled)
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((250, 7)), rng.integers(4, size=250)
    assert [result.agree for result in race(X, y, 4, rounds=1)] == [False, False, True]


def test_contest_counts_the_better_time_of_each(monkeypatch):
    def in_process(seed, settings):
        one_thread = settings.get("OPENBLAS_NUM_THREADS") == "1"
        times = (3.0, 1.0) if one_thread else (5.0, 0.5)
        return [Result("work", *times, 1e-9 * one_thread, not one_thread)]

    monkeypatch.setattr(contest, "_in_process", in_process)
    assert contest.contest(0) == [Result("work", 3.0, 0.5, 1e-9, False)]


def test_contest_is_held_here_if_no_process_can_be_started(monkeypatch):
    monkeypatch.setattr(contest, "race_on_digits", lambda seed: [Result("here", 2.0, 1.0, 0, True)])
    monkeypatch.setattr(contest.sys, "executable", "/no/such/python")
    assert [result.work for result in contest.contest(0)] == ["here"]


def test_module_runs_on_an_ascii_terminal(tmp_path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    with process("demo", "--no-html", cwd=tmp_path, env=environment) as running:
        out, err = running.communicate(timeout=120)
    assert (running.returncode, err) == (0, "")
    assert out.isascii()
    assert re.search(r"9\d\.\d%$", out, re.MULTILINE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0.00 us"),
        (4.21e-5, "42.1 us"),
        (1.5e-3, "1.50 ms"),
        (0.9994e-3, "999 us"),
        (0.9996e-3, "1.00 ms"),
        (0.2345, "234 ms"),
        (12.04, "12.0 s"),
        (1234.0, "1234 s"),
    ],
)
def test_durations_have_three_digits(seconds, said):
    assert text.duration(seconds) == said


def test_pictures_show_ink():
    image = np.zeros((8, 8))
    image[:, :4] = 1
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")):
        assert text.picture(image, 12) == ["██████      "] * 6
        assert text.picture(image.T, 12) == ["████████████"] * 3 + [" " * 12] * 3


def test_sparklines_fall_with_the_loss():
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")):
        assert text.sparkline(np.array([8.0, 7, 6, 5, 4, 3, 2, 1]), 8)[::7] == "█▁"
        assert text.sparkline(np.ones(5)) == "▁▁▁▁▁"
        assert text.sparkline(np.array([1.0, np.nan])) == ""
        assert text.sparkline(np.array([])) == ""
