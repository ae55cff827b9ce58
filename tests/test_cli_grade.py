"""``linclf grade``: every action on a small assignment, and what it says of mistakes."""

import csv
import json
import os
import zipfile

import pytest
from cli_runs import run
from linclf.grading.results import read_results
from linclf.grading.tiers import TierError, probe

ACTIONS = (
    *("init", "release", "check", "run", "batch", "audit"),
    *("redteam", "report", "export", "gradescope-zip", "doctor"),
)
RIGHT = """
import numpy as np

def scores(W, X):
    return X @ W

def double(x):
    return 2 * x
"""
WRONG = RIGHT.replace("X @ W", "(X @ W).T").replace("2 * x", "3 * x")
RUBRIC = """
[assignment]
id = "first"
title = "First steps"
total = 5
min_tier = 0

[[items]]
id = "scores"
title = "Scores"
points = 2
function = "scores"
check = "exercise"

[[items]]
id = "secret-scores"
title = "Scores, on other data"
points = 1
function = "scores"
check = "exercise"
visibility = "hidden"

[[items]]
id = "double"
points = 2
check = "test"
test = "test_first.py::test_double"
"""
TESTS = """
def test_double(student):
    assert student.double(4) == 8, "twice four is eight"
"""
T1 = ("--tier", "T1")


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch):
    """English, no secret, no workflow."""
    monkeypatch.setenv("LINCLF_LANG", "en")
    for name in ("LINCLF_GRADING_SECRET", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder with an assignment, its secret, and two submissions; the current one."""
    monkeypatch.chdir(tmp_path)
    hw = tmp_path / "hw"
    hw.mkdir()
    (hw / "rubric.toml").write_text(RUBRIC)
    (hw / "test_first.py").write_text(TESTS)
    secret = tmp_path / "hw.secret"
    secret.write_text("0123456789abcdef")
    secret.chmod(0o600)
    handed_in = tmp_path / "handed_in"
    handed_in.mkdir()
    (handed_in / "anna.py").write_text(RIGHT)
    (handed_in / "ben.py").write_text(WRONG)
    return tmp_path


# ------------------------------------------------------------------------------ the words


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_has_help(action):
    code, out, err = run("grade", action, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: linclf grade {action}")


def test_without_an_action_it_says_which_there_are():
    code, out, err = run("grade")
    assert (code, out) == (2, "")
    assert "ACTION" in err
    assert all(action in run("grade", "--help")[1] for action in ACTIONS)


def test_the_formats_of_export_are_those_of_the_exporters():
    from linclf.cli.grade import _FORMATS
    from linclf.grading.exporters import EXPORTERS

    assert sorted(_FORMATS) == sorted(EXPORTERS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "nobody.py", "-a", "hw"], "there is no nobody.py; name a .py"),
        (["run", "handed_in/anna.py"], "there is no rubric.toml in this folder"),
        (["run", "handed_in/anna.py", "-a", "softmacks"], "softmax"),
        (["run", "handed_in/anna.py", "-a", "hw", "-s", "no.secret"], "no.secret"),
        (["run", "handed_in/anna.py", "-a", "hw", "--into", "no/r.json"], "the folder no does not"),
        (["run", "handed_in/anna.py", "-a", "hw", *T1, "--require-tier", "T2"], "T2 is required"),
        (["check", "nobody.py"], "there is no nobody.py"),
        (["batch", "handed_in/anna.py", "-a", "hw", "--into", "r"], "is no folder"),
        (["batch", "handed_in", "-a", "hw", "--into", "r", "-j", "0"], "--jobs is 0"),
        (["report", "hw"], "there are no results in hw"),
        (["report", "hw.secret"], "hw.secret"),
        (["export", "hw", "--to", "canvas"], "--gradebook"),
        (["init", "hw"], "not empty"),
        (["init", "new", "-r", "softmacks"], 'did you mean "softmax"?'),
        (["release", "handed_in"], "there is no rubric.toml"),
        (["release", "hw", "-o", "no/zip"], "the folder no does not exist"),
        (["audit", "nothing"], "nothing"),
        (["audit", "softmax", "--seeds", "0"], "--seeds is 0"),
    ],
)
def test_mistakes_of_the_user_are_one_line(course, words, said):
    code, out, err = run("grade", *words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("linclf: error: ")
    assert said in err


def test_a_secret_that_is_missing_is_asked_for(course):
    (course / "hw.secret").unlink()
    code, _, err = run("grade", "run", "handed_in/anna.py", "-a", "hw", *T1)
    assert code == 2
    assert "LINCLF_GRADING_SECRET" in err


# -------------------------------------------------------------------------------- run


def test_run_grades_a_submission(course):
    code, out, err = run("grade", "run", "handed_in/anna.py", "-a", "hw", *T1, "--into", "r.json")
    assert (code, err) == (0, "")
    results = read_results("r.json")
    assert results.earned == results.total == 500
    assert "First steps (version 1), anna, tier T1" in out
    assert "5 of 5 points" in out


def test_run_says_what_is_wrong_and_of_a_hidden_item_only_the_category(course):
    words = ("grade", "run", "handed_in/ben.py", "-a", "hw", *T1)
    code, out, _ = run(*words)
    assert code == 0  # it was graded; whether it is right is no matter of the exit code
    assert "0 of 5 points" in out
    lines = out.splitlines()
    [hidden] = [n for n, line in enumerate(lines) if "on other data" in line]
    assert "wrong shape" in lines[hidden]
    assert "double" in lines[hidden + 1]  # no message in between
    assert "twice four is eight" in out
    assert "(7, 5)" not in lines[hidden]
    everything = run(*words, "--everything")[1].splitlines()
    assert len(everything) > len(lines)


def test_run_speaks_the_language_of_the_student(course):
    words = ("grade", "run", "handed_in/ben.py", "-a", "hw", *T1)
    assert "[sk]" not in run(*words)[1]
    assert "[sk]" in run(*words, "--language", "sk")[1]


def test_a_submission_that_cannot_be_read_is_graded_as_nothing(course):
    (course / "handed_in" / "cleo.txt").write_text("my dog ate it")
    code, out, _ = run("grade", "run", "handed_in/cleo.txt", "-a", "hw", *T1)
    assert code == 0
    assert "0 of 5 points" in out
    assert "nothing handed in" in out


def test_what_the_grader_could_not_do_is_an_exit_code(course):
    (course / "hw" / "test_first.py").write_text("import nothing_of_that_name\n" + TESTS)
    code, out, err = run("grade", "run", "handed_in/anna.py", "-a", "hw", *T1)
    assert code == 1
    assert "not graded: double" in err
    assert "3 of 5 points" in out


def test_the_text_of_students_cannot_do_anything(course, monkeypatch):
    text = 'def scores(W, X):\n    raise ValueError("\\x1b[2J\\n::error::pwned\\n::set-output")\n'
    (course / "handed_in" / "ben.py").write_text(text)
    words = ("grade", "run", "handed_in/ben.py", "-a", "hw", *T1)
    _, out, _ = run(*words)
    assert "pwned" in out
    assert "\x1b" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    lines = run(*words)[1].splitlines()
    token = lines[0].removeprefix("::stop-commands::")
    assert lines[0] != token
    assert lines[-1] == f"::{token}::"


# ------------------------------------------------------------------------------- check


def test_check_needs_no_secret_and_shows_visible_items(course):
    (course / "hw.secret").unlink()
    code, out, err = run("grade", "check", "handed_in/anna.py", "-a", "hw")
    assert (code, err) == (0, "")
    assert "4 of 4 points" in out
    assert "other data" not in out
    assert "1 more item will be graded" in out


@pytest.mark.parametrize("tier", ["T0", "T1"])
def test_check_says_what_is_wrong_and_fails(course, tier):
    code, out, _ = run("grade", "check", "handed_in/ben.py", "-a", "hw", "--tier", tier)
    assert code == 1
    assert "transpose" in out
    assert "twice four is eight" in out


def test_check_finds_the_rubric_beside_the_submission(course):
    (course / "hw" / "mine.py").write_text(RIGHT)
    assert run("grade", "check", "hw/mine.py", "--tier", "T0")[0] == 0


# ---------------------------------------------------------------- batch, report, export


@pytest.fixture
def results(course):
    """The results of a class."""
    words = ("grade", "batch", "handed_in", "-a", "hw", "--into", "results", "-j", 2, "-q", *T1)
    assert run(*words)[0] == 0
    return course / "results"


def test_batch_grades_all_and_goes_on_where_it_was(course, results):
    assert {path.name for path in results.glob("*n.json")} == {"ben.json"}
    assert read_results(results / "anna.json").earned == 500
    before = (results / "ben.json").stat().st_mtime_ns
    (course / "handed_in" / "cleo.py").write_text("def scores(:\n")
    words = ("grade", "batch", "handed_in", "-a", "hw", "--into", "results", "-j", 1, "-q", *T1)
    code, out, err = run(*words)
    assert code == 0
    assert [line.split() for line in out.splitlines()] == [
        ["5", "anna"],
        ["0", "ben"],
        ["0", "cleo"],
    ]
    assert "3 submissions, of 5 points" in err
    assert (results / "ben.json").stat().st_mtime_ns == before
    assert {item.category for item in read_results(results / "cleo.json").items} == {"load"}


def test_report_makes_pages_and_a_table(course, results):
    code, out, _ = run("grade", "report", "results", "-o", "pages")
    assert code == 0
    assert "2 pages for students" in out
    page = (course / "pages" / "students" / "ben.html").read_text()
    assert "First steps" in page
    assert "<script" not in page
    assert "anna" in (course / "pages" / "class.html").read_text()
    rows = list(csv.DictReader((course / "pages" / "class.csv").read_text().splitlines()))
    assert [(row["submission"], float(row["points"])) for row in rows] == [("anna", 5), ("ben", 0)]


def test_export_writes_what_other_systems_read(course, results):
    code, out, _ = run("grade", "export", "results/ben.json", "--to", "gradescope", "-o", "out")
    assert code == 0
    path = course / "out" / "results.json"
    assert str(path.relative_to(course)) in out
    tests = json.loads(path.read_text())["tests"]
    assert sum(test.get("max_score", 0) for test in tests) == 5
    assert run("grade", "export", "results", "--to", "junit", "-o", "out")[0] == 0
    assert (course / "out" / "junit.xml").is_file()


def test_export_fills_the_column_of_canvas(course, results):
    (course / "book.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,HW (17)\n"
        "    Points Possible,,,,,5\nAnna,1,,a1,S,\nBen,2,,b2,S,\n"
    )
    (course / "who.csv").write_text("anna,a1\nben,b2\n")
    words = ["--gradebook", "book.csv", "--column", "HW (17)", "--students", "who.csv"]
    code, out, err = run("grade", "export", "results", "--to", "canvas", "-o", "out", *words)
    assert code == 0, err
    [name] = out.split()
    rows = list(csv.DictReader((course / name).read_text().splitlines()))
    assert [float(row["HW (17)"]) for row in rows[1:]] == [5, 0]
    (course / "who.csv").write_text("anna,a1,too much\n")
    assert "line 1: 3 columns" in run("grade", "export", "results", "--to", "canvas", *words)[2]


# -------------------------------------------------------------- init, release, gradescope


def test_from_a_new_assignment_to_what_students_get(course):
    code, out, _ = run("grade", "init", "new", "-r", "softmax")
    assert code == 0
    assert "new/rubric.toml" in out.replace(os.sep, "/")
    assert (course / "new.secret").stat().st_mode & 0o077 == 0
    code, out, _ = run("grade", "release", "new")
    assert code == 0
    with zipfile.ZipFile(course / "new-student.zip") as archive:
        names = archive.namelist()
        archive.extractall(course)
    assert all(name.split("/")[-1] in out for name in names)
    assert not any("secret" in name for name in names)
    code, out, _ = run("grade", "check", "softmax/softmax.py", "--tier", "T0")
    assert code == 1
    assert "not written yet" in out


def test_init_takes_exercises(course):
    assert run("grade", "init", "new", "-e", "l2_penalty", "-e", "l1_penalty")[0] == 0
    assert "total = 10" in (course / "new" / "rubric.toml").read_text()


def test_the_zip_for_gradescope_is_for_its_owner_alone(course):
    code, out, _ = run("grade", "gradescope-zip", "hw")
    assert code == 0
    assert "it holds the secret" in out
    path = course / "hw-gradescope.zip"
    assert path.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(path) as archive:
        assert {"setup.sh", "run_autograder", "assignment/rubric.toml"} <= set(archive.namelist())


# --------------------------------------------------------------- doctor, audit, redteam


def test_doctor_tells_what_this_machine_offers():
    code, out, err = run("grade", "doctor")
    assert (code, err) == (0, "")
    here = probe()
    assert f"Submissions are graded at {here.tier.name} here." in out
    for reason in here.reasons.values():
        assert reason in out
    assert run("grade", "doctor", "--require-tier", "T3")[0] == (0 if here.tier >= 3 else 1)


def test_doctor_fails_below_the_tier_that_is_required(monkeypatch):
    from linclf.grading import tiers

    weak = tiers.Isolation(tiers.Tier.T1, 0, False, None, False, {"T2": "the kernel lacks it"})
    monkeypatch.setattr(tiers, "probe", lambda: weak)
    code, out, _ = run("grade", "doctor", "--require-tier", "T2")
    assert code == 1
    assert "the kernel lacks it" in out
    assert "That is less than T2." in out


def test_a_tier_that_cannot_be_had_is_one_line(course, monkeypatch):
    from linclf.grading import tiers

    def choose(wanted=None, required=None):
        raise TierError("this machine offers tier T1, not T3: no bubblewrap")

    monkeypatch.setattr(tiers, "choose", choose)
    code, _, err = run("grade", "run", "handed_in/anna.py", "-a", "hw", "--tier", "T3")
    assert code == 2
    assert "no bubblewrap (linclf grade doctor tells more)" in err


def test_audit_tells_whether_the_cases_are_good(course):
    code, out, _ = run("grade", "audit", "pixels_to_scores", "--seeds", 3, "--json", "audit.json")
    assert code == 0, out
    [found] = json.loads((course / "audit.json").read_text())
    assert found["assignment"] == "pixels-to-scores" or found["assignment"].startswith("pixels")


def test_redteam_shows_what_came_of_the_attacks(course):
    tier = probe().tier
    if tier < 2:
        pytest.skip("an attack gets through below T2")
    words = ("--only", "03_always_equal", "-j", 1, "--json", "red.json")
    code, out, err = run("grade", "redteam", *words)
    assert code == 0, out + err
    assert "03_always_equal" in out
    assert "none got through" in out
    assert json.loads((course / "red.json").read_text())["ok"] is True
