"""Text of students: shown everywhere, obeyed nowhere."""

import csv
import io
import json
import re
import unicodedata
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from grading_class import HOSTILE
from linclf.grading import sinks

NASTY = pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
SINKS = {
    "plain": sinks.plain,
    "one_line": sinks.one_line,
    "html": sinks.html,
    "xml": sinks.xml,
    "markdown": sinks.markdown,
    "csv_cell": sinks.csv_cell,
    "workflow": sinks.workflow,
    "annotation": lambda text: sinks.annotation("error", text, text),
    "terminal": sinks.terminal,
    "file_name": sinks.file_name,
}
INVISIBLE = {"Cc", "Cs"}  # categories of Unicode: control characters, halves of characters


class Elements(HTMLParser):
    """Which elements and attributes a text has for a browser."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found, self.text = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.found.append(("comment", data))

    handle_decl = handle_pi = unknown_decl = handle_comment


@NASTY
@pytest.mark.parametrize("sink", SINKS)
def test_what_comes_out_can_be_written_and_seen(sink, text):
    out = SINKS[sink](text)
    assert out.encode()
    unseen = {c for c in out if unicodedata.category(c) in INVISIBLE} - {"\n", "\t"}
    assert not unseen
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", out)


@NASTY
def test_plain_text_is_short_and_stays_as_it_is(text):
    out = sinks.plain(text)
    assert len(out.encode()) <= sinks.LIMIT
    assert sinks.plain(out) == out


@pytest.mark.parametrize("limit", range(1, 12))
def test_text_is_cut_between_characters(limit):
    out = sinks.plain("aä€😀" * 4, limit)
    assert len(out.encode()) <= limit
    assert "aä€😀".startswith(out.rstrip("…")[:4])


def test_a_text_of_megabytes_is_cut_as_well():
    assert len(sinks.plain("\x1b[31m" * 10**6 + "end").encode()) <= sinks.LIMIT


def test_terminal_sequences_go_with_their_letters():
    assert (
        sinks.plain("a\x1b[1;31mred\x1b[0m b\x1b]8;;http://x\x07link\x1b]8;;\x1b\\") == "ared blink"
    )


@NASTY
def test_html_has_no_element_and_says_the_same(text):
    for inside in (f"<p>{sinks.html(text)}</p>", f'<p title="{sinks.html(text)}">x</p>'):
        page = Elements(inside)
        assert [tag for tag, _ in page.found] == ["p"]
    assert Elements(f"<p>{sinks.html(text)}</p>").text == sinks.plain(text)
    assert page.found[0][1] == {"title": sinks.plain(text)}


@NASTY
def test_xml_is_well_formed_and_says_the_same(text):
    element = ElementTree.fromstring(f'<a b="{sinks.xml(text)}">{sinks.xml(text)}</a>')
    assert element.text == sinks.plain(text)
    assert len(element) == 0


@NASTY
def test_markdown_is_nothing_but_paragraphs(text):
    markdown = pytest.importorskip("markdown_it").MarkdownIt(
        "gfm-like", {"linkify": False, "html": True}
    )
    tokens = markdown.parse(sinks.markdown(text))
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    inside = {child.type for token in tokens for child in token.children or ()}
    assert inside <= {"text", "hardbreak", "softbreak", "text_special"}


@NASTY
def test_markdown_shows_the_text_that_was_written(text):
    markdown = pytest.importorskip("markdown_it").MarkdownIt(
        "gfm-like", {"linkify": False, "html": True}
    )
    shown = Elements(markdown.render(sinks.markdown(text))).text.replace("\xa0", " ")
    assert shown.split() == sinks.plain(text).split()


def test_an_address_in_markdown_becomes_no_link():
    out = sinks.markdown("https://evil.example www.evil.example")
    assert out.split() == ["https\\://evil.example", "www\\.evil.example"]


@NASTY
def test_no_cell_is_a_formula_and_a_row_has_its_cells(text):
    cell = sinks.csv_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert not re.search(r";\s*[=+\-@]", cell)
    table = sinks.csv_text([[text, 1, text], [text, -2.5, text]])
    for row in csv.reader(io.StringIO(table)):
        assert len(row) == 3
        assert row[0] == row[2] == cell


@pytest.mark.parametrize(
    "value", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\x00=1", "\uff1d1"]
)
def test_what_starts_like_a_formula_gets_an_apostrophe(value):
    assert sinks.csv_cell(value).startswith("'")


def test_numbers_in_cells_stay_numbers():
    assert sinks.csv_text([[1, -2, 0.1, -0.25]]) == "1,-2,0.1,-0.25\n"


@NASTY
def test_the_log_of_a_workflow_runs_no_command(text):
    first, *inside, last = sinks.workflow(text).removesuffix("\n").split("\n")
    token = first.removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{32}", token)
    assert last == f"::{token}::"
    assert not any(token in line for line in inside)
    assert sinks.workflow(text) != sinks.workflow(text), "the token can be known beforehand"


@NASTY
def test_an_annotation_is_one_command(text):
    out = sinks.annotation("warning", text, text)
    command, _, data = out.removesuffix("\n").removeprefix("::").partition("::")
    assert "\n" not in out.removesuffix("\n")
    assert command.startswith("warning title=")
    assert not re.search("[:,]", command.partition("=")[2])
    unescaped = data.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    assert unescaped == sinks.plain(text)


def test_an_annotation_has_a_level_that_exists():
    with pytest.raises(ValueError, match="level is 'fatal'"):
        sinks.annotation("fatal", "text")


@NASTY
def test_no_line_in_a_terminal_is_a_command_to_a_ci_runner(text):
    for line in sinks.terminal(text).split("\n"):
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##\w*\[", line)


@NASTY
def test_file_names_stay_in_their_folder(text):
    name = sinks.file_name(text)
    assert re.fullmatch("[A-Za-z0-9_][A-Za-z0-9._-]*", name)
    assert len(name) < 100


def test_different_texts_get_different_file_names():
    names = [sinks.file_name(text) for text in (*HOSTILE.values(), "a/b", "a b", "a-b", "", "..")]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [{"a": float("-inf")}]])
def test_json_has_no_number_that_json_lacks(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        sinks.json_text(value)


@NASTY
def test_json_comes_back_as_it_was(text):
    assert json.loads(sinks.json_text({"a": sinks.plain(text)})) == {"a": sinks.plain(text)}
    assert sinks.json_text(sinks.plain(text)).isascii()
