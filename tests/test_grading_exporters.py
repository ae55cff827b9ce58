"""Exports: what the other systems specify, to the letter, whatever a student wrote."""

import ast
import base64
import csv
import io
import json
import pathlib
import random
import re
from xml.etree import ElementTree

import pytest
from grading_class import HOSTILE, ITEMS, TOTAL, blank, graded, hostile, school_class
from grading_contracts import CONTRACTS, GRADEBOOK, OPTIONS, RUNNER, obey, strict, well_formed
from linclf.grading import sinks
from linclf.grading.exporters import EXPORTERS, ExportError, Options, export, write_files
from linclf.grading.exporters.canvas import fill
from linclf.grading.exporters.nbgrader import COLUMNS
from linclf.grading.exporters.options import points_text

NASTY = pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
AS_JSON = {
    "gradescope": "results.json",
    "classroom50": "result.json",
    "classroom": "result.json",
    "prairielearn": "results.json",
}


def exported(to, results, **changes):
    """Return the JSON that an exporter makes of one submission."""
    return strict(export(to, results, OPTIONS, **changes)[AS_JSON[to]])


@pytest.mark.parametrize("to", AS_JSON)
@pytest.mark.parametrize("skill", [0.0, 0.5, 1.0])
def test_json_keeps_to_its_contract(to, skill):
    obey(to, exported(to, graded(skill=skill)))


@pytest.mark.parametrize("to", AS_JSON)
def test_a_submission_that_was_never_run_keeps_to_the_contract(to):
    obey(to, exported(to, blank()))


@NASTY
@pytest.mark.parametrize("to", AS_JSON)
def test_json_keeps_to_its_contract_whatever_a_student_says(to, text):
    data = exported(to, hostile(text))
    obey(to, data)
    for value in texts(data):
        assert sinks.plain(value, 1 << 20) == value


def texts(data):
    """All texts in JSON."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from (*texts(key), *texts(value))
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)


@pytest.mark.parametrize("to", EXPORTERS)
def test_hidden_items_tell_their_category_alone(to):
    results = graded(skill=0.0)
    item = results.item("sgd")
    item.category, item.status, item.case_ids = "wrong_value", "failed", ["c0ffee00"]
    item.messages = [type(results.items[0].messages[0])("x", "SECRET-text", "SECRET-Text")]
    item.mistakes = ["SECRET-mistake"]
    files = export(to, results, OPTIONS)
    assert files
    for content in files.values():
        assert "SECRET" not in (content if isinstance(content, str) else content.decode())


@pytest.mark.parametrize("to", EXPORTERS)
def test_the_same_results_give_the_same_bytes(to):
    results = [graded("ada"), graded("bob")]
    options = OPTIONS if to != "canvas" else Options(gradebook=GRADEBOOK, column="4711")
    assert export(to, results, options) == export(to, results, options)


# ------------------------------------------------------------------------------ gradescope


def test_gradescope_gets_the_points_of_the_assignment():
    results = graded(skill=0.6)
    tests = exported("gradescope", results)["tests"]
    assert sum(test["max_score"] for test in tests) == TOTAL / 100
    assert sum(test["score"] for test in tests) == pytest.approx(results.earned / 100)
    assert [test["number"] for test in tests] == ["0", *(item[1] for item in ITEMS)]


def test_gradescope_gets_extra_credit_on_top_of_the_maximum():
    results = graded(skill=1.0)
    bonus = results.item("bonus")
    bonus.earned, bonus.status, bonus.category = bonus.points, "passed", "right"
    test = exported("gradescope", results)["tests"][-1]
    assert (test["score"], test["max_score"], test["status"]) == (0.5, 0.0, "passed")


def test_gradescope_refuses_points_that_do_not_add_up():
    results = graded()
    results.total = 900
    with pytest.raises(ExportError, match="total is 9, but the items have 10 points"):
        export("gradescope", results)


def test_gradescope_shows_hidden_items_after_publishing():
    shown = {t["name"]: t["visibility"] for t in exported("gradescope", graded())["tests"]}
    assert shown.pop("Summary") == "visible"
    assert list(shown.values()) == [
        {"hidden": "after_published"}.get(item[4], item[4]) for item in ITEMS
    ]


def test_gradescope_shows_the_summary_and_not_the_total_of_what_is_hidden():
    results = graded(skill=1.0)
    summary = exported("gradescope", results)["tests"][0]
    assert "of 5 items that are shown now passed" in summary["output"]
    assert "2 more will be shown later" in summary["output"]
    assert points_text(results.earned) not in summary["output"].split()


def test_gradescope_stores_tier_versions_and_case_ids_for_instructors():
    results = graded(skill=0.5)
    data = exported("gradescope", results)
    assert data["extra_data"]["tier"] == 2
    assert data["extra_data"]["versions"]["linclf"] == "1.0.0"
    assert data["tests"][6]["extra_data"]["case_ids"] == results.item("sgd").case_ids != []


@pytest.mark.parametrize(
    ("times", "seconds"),
    [({"wall": 2.5}, 2.5), ({"wall": float("nan")}, None), ({"wall": "2"}, None), ({}, None)],
)
def test_gradescope_is_told_a_time_that_is_a_number(times, seconds):
    data = exported("gradescope", graded(), times={"ada": times})
    assert data.get("execution_time") == seconds


@NASTY
def test_gradescope_shows_messages_as_text(text):
    markdown = pytest.importorskip("markdown_it").MarkdownIt(
        "gfm-like", {"linkify": False, "html": True}
    )
    for test in exported("gradescope", hostile(text))["tests"]:
        kinds = {
            child.type for token in markdown.parse(test["output"]) for child in token.children or ()
        }
        assert kinds <= {"text", "text_special", "hardbreak", "softbreak", *STRONG}


STRONG = ("strong_open", "strong_close")


# ----------------------------------------------------------------------- GitHub's classrooms


def test_classroom50_adds_up_whole_numbers():
    results = graded(skill=0.5)
    data = exported("classroom50", results)
    assert data["score"] == sum(test["score"] for test in data["tests"]) == results.earned
    assert data["max-score"] == TOTAL
    assert exported("classroom50", results, scale=1)["max-score"] == 9  # 2 of 2.5


def test_classroom50_takes_the_time_of_the_submission_from_its_tag():
    data = exported("classroom50", graded())
    assert data["datetime"] == "2026-06-01T14:32:05Z"
    assert data["graded_at"] == "2026-06-02T08:00:09Z"


def test_classroom50_without_a_review_shows_the_commit():
    runner = {k: v for k, v in RUNNER.items() if k not in ("REVIEW_URL", "OWNER")}
    data = exported("classroom50", graded(), environment={**runner, "USERNAME": "eve"})
    assert data["review"] == RUNNER["COMMIT_URL"]
    assert data["owner"] == "eve"


@pytest.mark.parametrize(
    "name", ["CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL"]
)
def test_classroom50_names_a_variable_that_is_missing(name):
    runner = {k: v for k, v in RUNNER.items() if k != name}
    with pytest.raises(ExportError, match=f"environment has no {name}, .* pass environment="):
        exported("classroom50", graded(), environment=runner)


@NASTY
def test_the_page_of_a_release_shows_text_and_one_table(text):
    markdown = pytest.importorskip("markdown_it").MarkdownIt(
        "gfm-like", {"linkify": False, "html": True}
    )
    body = export("classroom50", hostile(text), OPTIONS)["release-body.md"]
    tokens = markdown.parse(body)
    assert sum(token.type == "tr_open" for token in tokens) == 1 + len(ITEMS)
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"text", "text_special", "hardbreak", "softbreak", *STRONG}
    assert not {token.type for token in tokens} & {"html_block", "fence", "code_block"}


def test_classroom_hands_over_base64_of_the_json_in_one_line():
    files = export("classroom", graded(), OPTIONS)
    line = files["github-output"]
    assert re.fullmatch(r"result=[A-Za-z0-9+/]+=*\n", line)
    assert base64.b64decode(line.removeprefix("result=")).decode() == files["result.json"]


def test_the_reporter_of_classroom_adds_up_the_points():
    results = graded(skill=0.4)
    data = exported("classroom", results)
    assert sum(test["score"] for test in data["tests"]) == pytest.approx(results.earned / 100)
    assert data["max_score"] == TOTAL / 100
    assert data["status"] == "fail"
    assert exported("classroom", blank())["status"] == "error"


@NASTY
def test_names_and_messages_of_classroom_are_no_commands(text):
    for value in texts(exported("classroom", hostile(text))):
        assert not re.search(r"^\s*::|##\w*\[", value, re.MULTILINE)


# ---------------------------------------------------------------------------------- others


@pytest.mark.parametrize("text", ["fine", *HOSTILE.values()], ids=["fine", *HOSTILE])
def test_junit_keeps_to_its_contract(text):
    rules = json.loads((CONTRACTS / "junit.json").read_text())
    root = ElementTree.fromstring(
        export("junit", [hostile(text), blank("bob")], OPTIONS)["junit.xml"]
    )
    well_formed(root, rules)
    assert [len(suite.findall("testcase")) for suite in root] == [len(ITEMS)] * 2
    assert root.get("tests") == str(2 * len(ITEMS))


def test_junit_counts_what_was_not_run_as_an_error():
    root = ElementTree.fromstring(export("junit", blank(), OPTIONS)["junit.xml"])
    assert (root.get("errors"), root.get("failures"), root.get("skipped")) == ("7", "0", "0")
    assert len(root.findall(".//error")) == 7


def test_junit_says_points_and_time():
    results, times = school_class()
    root = ElementTree.fromstring(export("junit", results, times=times)["junit.xml"])
    case = root.find("testsuite/testcase")
    values = {one.get("name"): one.get("value") for one in case.find("properties")}
    assert values["points"] == "1"
    assert values["earned"] == points_text(results[0].items[0].earned)
    wall = times[results[0].submission["name"]]["items"]["scores"]["wall"]
    assert float(case.get("time")) == pytest.approx(wall, abs=1e-3)


def test_prairielearn_has_a_share_and_can_be_told_that_nothing_was_gradable():
    data = exported("prairielearn", graded(skill=0.5))
    assert data["score"] == pytest.approx(graded(skill=0.5).earned / TOTAL)
    assert data["gradable"] is True
    broken = blank()
    for item in broken.items:
        item.status, item.category = "failed", "load"
    data = exported("prairielearn", broken)
    assert (data["gradable"], data["score"]) == (False, 0.0)
    assert data["format_errors"]


def test_nbgrader_gets_its_own_columns():
    results = [graded("ada", 0.5), graded("bob", 0.9)]
    files = export("nbgrader", results, OPTIONS, students={"ada": "u123"})
    header, *rows = csv.reader(io.StringIO(files["grades.csv"]))
    assert tuple(header) == COLUMNS
    assert [row[3] for row in rows] == ["u123", "bob"]
    assert [float(row[9]) for row in rows] == [one.earned / 100 for one in results]
    assert len(files["grades_by_item.csv"].splitlines()) == 1 + 2 * len(ITEMS)


@NASTY
def test_nbgrader_has_no_formula(text):
    for content in export("nbgrader", hostile(text), OPTIONS).values():
        for row in csv.reader(io.StringIO(content)):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


@NASTY
def test_otter_gets_test_files_that_hold_data_alone(text):
    files = export("otter", hostile(text), OPTIONS)
    assert list(files) == [f"tests/{item[0]}.py" for item in ITEMS]
    for (id, _, _, points, visibility, _), source in zip(ITEMS, files.values(), strict=True):
        tree = ast.parse(source)
        kinds = [type(node) for node in tree.body]
        assert kinds == [ast.Expr, *[ast.ImportFrom] * 2, *[ast.Assign] * 3, ast.FunctionDef]
        values = {n.targets[0].id: ast.literal_eval(n.value) for n in tree.body[3:6]}
        assert values == {"OK_FORMAT": False, "name": id, "points": points / 100}
        (decorator,) = tree.body[6].decorator_list
        given = {word.arg: ast.literal_eval(word.value) for word in decorator.keywords}
        assert given["hidden"] is (visibility != "visible")
        assert given["points"] == points / 100


# ---------------------------------------------------------------------------------- canvas

BOOK = (
    b"\xef\xbb\xbfStudent,ID,SIS User ID,SIS Login ID,Section,"
    b'"HW 1, part ""A"" (4711)",HW 2 (4712),Final Score\r\n'
    b'"    Points Possible",,,,,10.00,20,(read only)\r\n'
    b'"Lovelace, Ada",1,s1,ada,"S 1\r\nS 2",,19,  88.1 \r\n'
    b'"M\xfc\xc3\xbcller ""Bob""",2,s2,bob,S 1,"3",  ,\r\n'
    b'"Student, Test",3,,,S 1,,,\r\n'
    b"=evil(),4,s4,carl,S 1,EX,1,2"  # no line end, no quotes
)


def test_canvas_changes_one_column_and_no_other_byte():
    filled, missing = fill(BOOK, "4711", "SIS Login ID", {"ada": 750, "bob": 0, "zoe": 1}, TOTAL)
    expected = BOOK.replace(b'S 2",,19', b'S 2",7.5,19').replace(b'S 1,"3",', b'S 1,"0",')
    assert filled == expected
    assert missing == ["zoe"]


def test_canvas_without_a_change_is_the_same_file():
    assert fill(BOOK, 'HW 1, part "A"', "ID", {"99": 1}, TOTAL) == (BOOK, ["99"])


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [b"", b"\n", b"\n\n"])
def test_canvas_keeps_every_kind_of_line_end(end, last):
    book = (b"Student,SIS Login ID,HW (1)\nA,ada,\nB,bob,2" + last).replace(b"\n", end)
    filled, _ = fill(book, "HW", "SIS Login ID", {"bob": 325}, TOTAL)
    assert filled == book.replace(b"bob,2", b"bob,3.25")


@pytest.mark.parametrize("seed", range(40))
def test_canvas_reads_what_csv_writers_write(seed):
    rng = random.Random(seed)
    pieces = ["a", "=1", '"', ",", "\n", "\r\n", " ", "ä", ";", "7.5", "''"]

    def cell():
        return "".join(rng.choice(pieces) for _ in range(rng.randrange(4)))

    header = ["Student", "SIS Login ID", "HW (1)", *(f"x{i}{cell()}" for i in range(3))]
    rows = [[cell(), f"s{n}", cell(), *(cell() for _ in range(3))] for n in range(8)]
    file = io.StringIO(newline="")
    quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    writer = csv.writer(file, lineterminator=rng.choice(["\n", "\r\n"]), quoting=quoting)
    writer.writerows([header, *rows])
    book = file.getvalue().encode()
    scores = {f"s{n}": rng.randrange(1001) for n in rng.sample(range(8), 4)}
    filled, missing = fill(book, "HW", "SIS Login ID", scores, TOTAL)
    for row in rows:
        if row[1] in scores:
            row[2] = points_text(scores[row[1]])
    found = list(csv.reader(io.StringIO(filled.decode(), newline="")))
    assert found == [header, *rows]
    assert not missing
    assert fill(filled, "HW", "SIS Login ID", scores, TOTAL)[0] == filled


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"column": "HW 3"}, "column is 'HW 3', no heading of the gradebook; there are Student"),
        ({"key": "Login"}, "key is 'Login', no heading"),
        ({"column": "Final Score"}, "'Final Score' is read only"),
        ({"column": "HW 2"}, "has 20 points in Canvas, the assignment 10"),
        ({"gradebook": b"\r\n"}, "gradebook is empty"),
        ({"gradebook": None}, "canvas needs gradebook="),
        ({"gradebook": b"SIS Login ID,H (1),H (2)\nada,,\n", "column": "H"}, "of 2 columns"),
        ({"gradebook": b"SIS Login ID,H\nada\n", "column": "H"}, "has 1 cells in row 2"),
        ({"gradebook": b"SIS Login ID,H\nada,\nada,\n", "column": "H"}, "in two rows"),
    ],
)
def test_canvas_says_what_does_not_fit(changes, message):
    options = {"gradebook": BOOK, "column": "4711", **changes}
    with pytest.raises(ExportError, match=re.escape(message)):
        export("canvas", graded("ada"), **options)


def test_canvas_lists_submissions_without_a_row():
    files = export("canvas", [graded("ada"), graded("=zoe")], OPTIONS)
    earned = points_text(graded("ada").earned)
    assert files["gradebook.csv"] == GRADEBOOK[:-1] + f"{earned}\n".encode()
    assert files["unmatched.csv"].splitlines()[1].startswith("'=zoe,")


# ------------------------------------------------------------------------------- all of them


@pytest.mark.parametrize("to", EXPORTERS)
def test_several_submissions_are_exported_at_once(to):
    files = export(to, [graded("ada"), graded("b/../b")], OPTIONS)
    assert files
    assert all(".." not in pathlib.PurePath(name).parts for name in files)
    if to in AS_JSON:
        assert len({name.partition("/")[0] for name in files}) == 2


def test_export_says_what_is_wrong():
    with pytest.raises(
        ExportError, match="there is no format 'gradscope'; did you mean 'gradescope'"
    ):
        export("gradscope", graded())
    with pytest.raises(ExportError, match="there are no results"):
        export("junit", [])
    other = graded("bob")
    other.assignment["id"] = "hw2"
    with pytest.raises(ExportError, match="several assignments, hw1, hw2"):
        export("junit", [graded(), other])
    with pytest.raises(ExportError, match="two submissions of 'ada'"):
        export("canvas", [graded(), graded()], OPTIONS)
    with pytest.raises(ExportError, match="2 of the submission 'ada'"):
        export("gradescope", [graded(), graded()])


def test_files_are_written_all_or_none(tmp_path):
    write_files(tmp_path, {"a.txt": "old"})
    with pytest.raises(TypeError):
        write_files(tmp_path, {"a.txt": "new", "b.txt": None})
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", "", "a\\b", "a\0b"])
def test_files_stay_in_their_folder(tmp_path, name):
    with pytest.raises(ValueError, match="leads out of the folder"):
        write_files(tmp_path, {name: "x"})
