"""Reports: whole in themselves, right in their numbers, harmless whatever a student wrote."""

import csv
import io
import re

import pytest
from grading_class import HOSTILE, ITEMS, blank, graded, hostile, school_class
from linclf.grading.report import class_csv, class_report, student_report
from linclf.grading.report.summary import summarise
from linclf.grading.results import Message
from linclf.messages import LANGUAGES
from test_grading_sinks import Elements

NASTY = pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
KNOWN = {
    *("html", "head", "meta", "title", "style", "body", "main", "section", "h1", "h2", "h3", "p"),
    *("article", "header", "footer", "div", "span", "b", "i", "ul", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
GIVEN = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "style", "title", "scope"),
    *("aria-hidden",),
}


def check_page(text):
    """Return the elements of a page that loads nothing, runs nothing and has known parts only."""
    page = Elements(text)
    assert {tag for tag, _ in page.found} - {"comment"} <= KNOWN
    assert [data for tag, data in page.found if tag == "comment"] == ["DOCTYPE html"]
    attributes = {name for tag, given in page.found if tag != "comment" for name in given}
    assert attributes <= GIVEN
    assert text.count("<style>") == 1
    assert 'http-equiv="Content-Security-Policy" content="default-src \'none\'' in text
    assert not re.search(r"url\(|@import|expression", text.partition("</style>")[0])
    styles = [given["style"] for tag, given in page.found if tag != "comment" and "style" in given]
    assert all(re.fullmatch(r"(width|height|--linclf-part):\d+\.\d%", style) for style in styles)
    assert text.encode()
    return page


@pytest.mark.parametrize("skill", [0.0, 0.5, 1.0])
def test_the_page_for_a_student_is_whole_in_itself(skill):
    page = check_page(student_report(graded(skill=skill)))
    for _, number, title, *_ in ITEMS:
        assert f"{number} {title}" in page.text


@NASTY
def test_the_page_for_a_student_shows_hostile_text_as_text(text):
    check_page(student_report(hostile(text), revealed=("visible", "hidden", "after_due_date")))


@NASTY
def test_the_page_about_a_class_shows_hostile_text_as_text(text):
    results = [hostile(text), graded("bob")]
    results[1].items = [graded("bob").items[i] for i in range(len(ITEMS))]
    check_page(class_report(results, {text: {"wall": 1.0}}, {text: text}))


@NASTY
def test_the_table_of_a_class_has_no_formula(text):
    rows = list(csv.reader(io.StringIO(class_csv([hostile(text), graded("bob")]))))
    assert len({len(row) for row in rows}) == 1
    assert not [c for row in rows for c in row if c.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_hidden_items_tell_a_student_their_category_alone():
    results = graded(skill=0.0)
    item = results.item("sgd")
    item.status, item.category = "failed", "wrong_value"
    item.messages = [Message("x", "SECRET", "GEHEIM")]
    item.mistakes, item.case_ids = ["secret_mistake"], ["5ecre7ca"]
    page = student_report(results)
    for secret in ("SECRET", "GEHEIM", "secret_mistake", "5ecre7ca"):
        assert secret not in page
    assert "wrong value" in page
    assert "only the kind of result is told" in page
    assert "SECRET" in student_report(results, revealed=("visible", "hidden"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_english_comes_first_and_then_the_language_of_the_student(language):
    results = graded(skill=0.3, language=language)
    if language == "en":
        for item in results.items:
            item.messages = [Message(m.key, m.text) for m in item.messages]
    page = Elements(student_report(results))
    spoken = {given["lang"] for tag, given in page.found if tag != "comment" and "lang" in given}
    assert spoken == {"en", language}
    assert "of 10 points" in page.text


def test_a_student_is_told_when_grading_did_not_end():
    assert "did not come to its end" in student_report(blank())
    assert "did not come to its end" not in student_report(graded())


def test_cases_that_were_never_tried_are_not_counted():
    results = blank()
    results.items[0].cases, results.items[0].category = 5, "requires"
    assert "cases passed" not in student_report(results)
    results.items[0].case_ids = ["abcdefgh"]
    assert "0 of 5 cases passed" in student_report(results)


def test_what_follows_from_another_item_is_no_reason():
    results = blank()
    for item in results.items:
        item.status, item.category = "failed", "requires"
    results.items[0].category = "timeout"
    assert summarise([results]).categories == [("timeout", 1)]


def test_a_message_without_a_translation_is_told_once():
    results = graded(skill=0.0)
    results.items[0].messages = [Message("note", "said once", "said once")]
    assert student_report(results).count("said once") == 1


def test_a_check_on_the_own_machine_is_called_no_grade():
    assert "no grade" in student_report(blank(tier=0))
    assert "no grade" not in student_report(blank(tier=1))


def test_the_summary_of_a_class_counts_right():
    results, times = school_class()
    summary = summarise(results, times)
    assert summary.count == 30 == sum(summary.histogram)
    assert summary.mean == pytest.approx(sum(one.earned for one in results) / 30)
    for i, item in enumerate(summary.items):
        assert sum(item.statuses.values()) == 30
        assert item.statuses["passed"] == sum(r.items[i].status == "passed" for r in results)
        assert item.mean == pytest.approx(
            sum(r.items[i].earned for r in results) / 30 / results[0].items[i].points
        )
    made = dict(summary.mistakes)
    for mistake, count in made.items():
        assert count == sum(any(mistake in i.mistakes for i in r.items) for r in results)
    assert [n for _, n in summary.mistakes] == sorted(made.values(), reverse=True)
    assert summary.alike == [["dorothy_vaughan", "jakob_bernoulli"]]
    assert len(summary.incomplete) == 1
    assert summary.tiers == {1: 1, 2: 29}
    assert set(summary.seconds) == set(times)


def test_submissions_that_could_not_be_read_are_not_alike():
    results = [blank("a"), blank("b")]
    for one in results:
        one.submission["digest"] = ""
    assert summarise(results).alike == []


def test_a_weaker_tier_than_asked_for_is_named():
    weak = graded("weak")
    weak.tier = 0
    assert summarise([weak, graded("b")]).weak == ["weak"]
    assert "weaker tier than the rubric asks for: weak." in class_report([weak, graded("b")])


def test_the_page_about_a_class_names_mistakes_with_their_share():
    results, times = school_class()
    page = check_page(class_report(results, times, {"half_penalty": "½ instead of 1"}))
    made = dict(summarise(results).mistakes)
    assert "½ instead of 1" in page.text
    assert "The gradient is summed over the samples, not averaged." in page.text
    assert f"{made['gradient_sum'] / 30:.0%}" in page.text
    for one in results:
        assert one.submission["name"] in page.text


def test_a_class_without_mistakes_or_times_has_a_page():
    results = [graded("ada", 1.0)]
    for item in results[0].items:
        item.status, item.category, item.earned, item.mistakes = "passed", "right", item.points, []
    page = check_page(class_report(results))
    assert "1 submission, 10 points. Mean 10.50" in page.text
    assert "None." in page.text


def test_the_table_of_a_class_has_a_row_per_submission():
    results, times = school_class()
    header, *rows = csv.reader(io.StringIO(class_csv(results, times)))
    assert len(rows) == 30
    by_name = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    for one in results:
        row = by_name[one.submission["name"]]
        assert float(row["points"]) == one.earned / 100
        assert float(row["hinge_fast"]) == one.item("hinge_fast").earned / 100
        assert row["hinge_fast category"] == one.item("hinge_fast").category
        assert float(row["seconds"]) == pytest.approx(
            times[one.submission["name"]]["wall"], abs=1e-3
        )


@pytest.mark.parametrize("report", [class_report, class_csv, summarise])
def test_what_is_no_class_is_refused(report):
    with pytest.raises(ValueError, match="results is empty"):
        report([])
    other = graded("bob")
    other.items.pop()
    with pytest.raises(ValueError, match="other items in 'bob' than in 'ada'"):
        report([graded("ada"), other])


def test_the_same_results_make_the_same_page():
    results, times = school_class()
    assert class_report(results, times) == class_report(*school_class())
    assert student_report(results[0]) == student_report(school_class()[0][0])
