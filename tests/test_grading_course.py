"""A course of three assignments, from thirty submissions to what the instructor uploads.

Everything runs as it would in a course: in several graders at the best tier of this machine. What
must come of each submission stands in tests/grading_course/submissions.py.
"""

import io
import json
import runpy
import shutil
import sys
import zipfile
from xml.etree import ElementTree

import pytest
from grading_contracts import CONTRACTS, OPTIONS, obey, strict, well_formed
from grading_course.submissions import ASSIGNMENTS, HERE, MADE, solution, write
from linclf.grading.audit import audit
from linclf.grading.batch import grade_all
from linclf.grading.engine import grade
from linclf.grading.exporters import export
from linclf.grading.intake import read_submission
from linclf.grading.release import release
from linclf.grading.report import class_csv, class_report, student_report
from linclf.grading.report.style import TIERS
from linclf.grading.results import public, read_results, times_path
from linclf.grading.rubric import load
from linclf.grading.tiers import probe

SECRET = b"the secret of the example course"
BY_NAME = {made.name: made for made in MADE}


@pytest.fixture(scope="module")
def submitted(tmp_path_factory):
    """The folder of the submissions, one folder in it for each assignment."""
    folder = tmp_path_factory.mktemp("submitted")
    write(folder)
    return folder


@pytest.fixture(scope="module")
def records(submitted, tmp_path_factory):
    """The paths of all records by the name of the submission."""
    into, found = tmp_path_factory.mktemp("results"), {}
    for name in ASSIGNMENTS:
        paths = grade_all(
            load(HERE / name),
            submitted / name,
            into / name,
            secret=SECRET,
            tier=probe().tier,
            jobs=2,
            progress=False,
        )
        found |= {path.stem: path for path in paths}
    return found


@pytest.fixture(scope="module")
def results(records):
    """All results by the name of the submission."""
    return {name: read_results(path) for name, path in records.items()}


def of(results, assignment):
    """Return the results of one assignment, in the order of the names."""
    return [results[made.name] for made in MADE if made.assignment == assignment]


# --------------------------------------------------------------------------------- the course


def test_there_are_thirty_submissions_of_every_kind_and_form(submitted):
    assert len(BY_NAME) == len(MADE) == 30
    assert {made.form for made in MADE} == {"files", "zip", "notebook"}
    assert sum(1 for _ in submitted.glob("*/*")) == 30
    assert any(path.is_dir() for path in submitted.glob("*/*"))


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_assignment_says_of_each_item_what_it_expects(name):
    ids = {item.id for item in load(HERE / name).items}
    checks = {item.check for item in load(HERE / name).items}
    assert "test" in checks
    for made in MADE:
        if made.assignment == name:
            assert made.unlike.keys() <= ids, made.name


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_audit_of_every_assignment_is_green(name):
    """With the solutions in source/ as further styles of right code."""
    found = audit(load(HERE / name), seeds=2, mistake_seeds=1)
    assert found, str(found)
    for item in found.items:
        tried = {style.name for style in item.styles}
        assert ("source/" if item.check == "test" else "solution 1") in tried
        assert item.check == "test" or item.mistakes


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_public_tests_pass_for_the_solution(name, tmp_path, monkeypatch):
    [source] = (HERE / name / "source").glob("*.py")
    (tmp_path / source.name).write_text(solution(name), encoding="utf-8")
    path = shutil.copy(HERE / name / "public" / "test_public.py", tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.delitem(sys.modules, source.stem, raising=False)
    tests = [value for key, value in runpy.run_path(path).items() if key.startswith("test_")]
    for test in tests:
        test()
    assert tests
    del sys.modules[source.stem]


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_students_get_neither_solutions_nor_the_tests_of_the_instructor(name, tmp_path):
    release(HERE / name, tmp_path / "out.zip")
    archive = zipfile.ZipFile(io.BytesIO((tmp_path / "out.zip").read_bytes()))
    text = "\n".join(archive.read(one).decode() for one in archive.namelist())
    assert "NotImplementedError" in text
    assert "BEGIN SOLUTION" not in text
    secret = [line.strip() for line in solution(name).splitlines() if line.startswith("    return")]
    assert not [line for line in secret if len(line) > 30 and line in text]
    [test] = HERE.glob(f"{name}/test_*.py")
    assert not [one for one in archive.namelist() if one.endswith(test.name)]


# --------------------------------------------------------------------------------- the grades


@pytest.mark.parametrize("name", list(BY_NAME))
def test_every_item_earns_what_it_should_for_the_right_reason(name, results):
    made, found = BY_NAME[name], results[name]
    assert found.complete
    assert found.notes == []
    assert found.tier == probe().tier
    for item in found.items:
        expected = made.unlike.get(item.id)
        if expected is None:
            assert (item.status, item.category, item.earned) == ("passed", "right", item.points), (
                item
            )
            continue
        assert item.category == expected.category, item
        assert set(expected.mistakes) <= set(item.mistakes), item
        if expected.points is None:
            assert item.earned < item.points, item
        else:
            assert item.earned == round(100 * expected.points), item


def test_right_submissions_have_full_marks_whatever_their_style(results):
    right = [made for made in MADE if not made.unlike]
    assert len(right) >= 9
    for made in right:
        found = results[made.name]
        extra = sum(item.points for item in found.items if item.extra_credit)
        assert found.earned == found.total + extra, made.name


def test_messages_say_where_and_what(results):
    def told(name, item):
        found = next(one for one in results[name].items if one.id == item)
        return "\n".join(f"{message.text}\n{message.translated}" for message in found.messages)

    assert "float32" in told("04_single", "loss")
    assert "svm_loss_vectorised" in told("10_misspelt", "loss")
    assert "(W, X, y)" in told("11_no_penalty_parameter", "loss")
    assert "line 9" in told("12_not_python", "loss")
    assert "linclf" in told("14_asks_linclf", "loss")
    assert "factor 1/2" in told("06_half_penalty", "loss")  # in the words of the instructor
    assert "N" in told("05_not_averaged", "gradient")
    assert told("05_not_averaged", "gradient") != ""


def test_the_half_that_a_known_mistake_is_worth_is_given_for_that_mistake_alone(results):
    earned = {name: {i.id: i.earned for i in one.items} for name, one in results.items()}
    assert earned["06_half_penalty"]["loss"] == 150
    assert earned["08_no_margin"]["loss"] == 0
    assert earned["27_half_gradient"]["l2"] == 100


def test_hidden_items_show_students_no_more_than_a_category(results):
    for name in ("29_as_released", "25_reference"):
        [hidden] = [one for one in public(results[name]).items if one.visibility == "hidden"]
        assert (hidden.messages, hidden.case_ids, hidden.mistakes) == ([], [], [])
        assert hidden.category in ("right", "requires")


def test_hostile_submissions_leave_the_records_of_others_alone(records, results):
    assert results["30_cheats"].earned == 0
    assert results["23_exits"].earned == 1200
    folders = {path.parent for path in records.values()}
    for folder in folders:
        kept = {path.name for path in folder.iterdir()}
        mine = {one for path in records.values() if path.parent == folder
                for one in (path.name, times_path(path).name)}  # fmt: skip
        assert kept == mine


def test_grading_again_gives_the_same_bytes(submitted, records, tmp_path):
    for name, suffix in (("04_single", ".zip"), ("21_uphill", ".py"), ("17_indexed", ".ipynb")):
        assignment = BY_NAME[name].assignment
        again = tmp_path / f"{name}.json"
        tier = probe().tier
        submission = read_submission(submitted / assignment / f"{name}{suffix}", tier=tier)
        grade(load(HERE / assignment), submission, secret=SECRET, tier=tier, into=again)
        assert again.read_bytes() == records[name].read_bytes()


# --------------------------------------------------------------------- what instructors upload


@pytest.mark.parametrize("to", ["gradescope", "classroom50", "classroom"])
def test_json_for_other_systems_keeps_to_its_contract(to, results):
    for name, found in results.items():
        [text] = [t for n, t in export(to, found, OPTIONS).items() if n.endswith(".json")][:1]
        data = strict(text)
        obey(to, data)
        if to == "gradescope":
            scores = [test["score"] for test in data["tests"] if "score" in test]
            assert sum(scores) == pytest.approx(found.earned / 100), name
        if to == "classroom50":
            assert data["score"] == found.earned


def test_junit_has_a_suite_for_every_submission(results):
    rules = json.loads((CONTRACTS / "junit.json").read_text())
    for name in ASSIGNMENTS:
        those = of(results, name)
        root = ElementTree.fromstring(export("junit", those, OPTIONS)["junit.xml"])
        well_formed(root, rules)
        assert len(root) == len(those)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_report_of_the_class_shows_what_went_wrong(name, records, results, tmp_path):
    those = of(results, name)
    times = {
        one.submission["name"]: json.loads(
            times_path(records[one.submission["name"]]).read_text(encoding="utf-8")
        )
        for one in those
    }
    page = class_report(those, times)
    (tmp_path / "class.html").write_text(page, encoding="utf-8")
    for made in MADE:
        assert (made.name in page) == (made.assignment == name)
    assert f"{len(those)} submissions" in page
    assert TIERS[probe().tier] in page
    assert "::notice" not in page
    assert len(class_csv(those).splitlines()) == 1 + len(those)


def test_every_student_gets_a_page(results):
    for name, found in results.items():
        page = student_report(found)
        assert page.startswith("<!DOCTYPE html>") or page.startswith("<!doctype html>"), name
        assert "<script" not in page
