"""The pytest plugin: points by positive evidence alone, and nothing where nothing is graded."""

import json
import subprocess
import sys

import pytest
from linclf.grading.results import read_results, times_path
from pytest_runs import SECRET, graded, process, run_pytest, write

HOMEWORK = """
import numpy as np

def svm(W, X, y, reg):
    rows = np.arange(len(X))
    S = X @ W
    margins = np.maximum(0, S - S[rows, y][:, None] + 1)
    margins[rows, y] = 0
    B = (margins > 0).astype(float)
    B[rows, y] = -B.sum(axis=1)
    return margins.sum() / len(X) + reg * (W * W).sum(), X.T @ B + 2 * reg * W

def double(x):
    return 5 if x == 2 else 2 * x

def answer():
    return 41

def spoil(x):
    raise KeyError("of the student")
"""

TESTS = """
import numpy as np
import pytest

@pytest.mark.points(3, name="Loss", number="1.1", tags=["svm"])
def test_loss(student, cases, reference, grade):
    for case in cases("hinge", ["plain", "one_sample", "n_equals_c"]):
        value, _ = reference.loss_and_grad("hinge", *case.operands)
        grade.scalar("loss", student.svm(*case.copies())[0], value)

@pytest.mark.requires("test_gradient")
@pytest.mark.points(4)
def test_descent(student):
    assert student.double(1) == 2

@pytest.mark.points(2)
def test_gradient(student, cases, reference, tolerance):
    [case] = cases("hinge", ["plain"])
    _, dW = reference.hinge(*case.operands)
    _, tol = tolerance("hinge", *case.operands)
    found = student.svm(*case.copies())[1]
    assert (abs(found - dW) <= tol).all(), "the gradient is off"

@pytest.mark.points(1)
@pytest.mark.hidden
def test_hidden(student):
    assert student.answer() == 271828, "the words of a hidden test"

@pytest.mark.points(1)
def test_without_words(student):
    assert student.answer() == 314159

@pytest.mark.points(1)
def test_of_numpy(student):
    np.testing.assert_allclose(student.double(2), 161803.0)

@pytest.mark.points(1.5)
@pytest.mark.parametrize("x", [1, 2, 3])
def test_instances(student, x):
    assert student.double(x) == 2 * x

@pytest.mark.points(1)
def test_raises(student):
    student.spoil(1)

@pytest.mark.points(1)
def test_missing(student):
    student.duoble(1)

@pytest.mark.points(1)
def test_mistake_of_the_test(student):
    {}["no such key"]

@pytest.mark.points(1)
def test_skipped(student):
    pytest.skip("not today")

@pytest.mark.points(2)
def test_awarded(student, grade):
    grade.award(0.75, "it runs")
    assert student.double(2) == 4

@pytest.mark.points(1)
def test_broken_off(student, grade):
    grade.case(True)
    assert student.double(2) == 4

@pytest.mark.points(1, extra_credit=True, visibility="after_published")
def test_extra(student):
    assert student.double(3) == 6

@pytest.fixture
def fails_afterwards():
    yield
    raise OSError("disk full")

@pytest.mark.points(1)
def test_teardown(student, fails_afterwards):
    assert student.double(3) == 6

def test_of_nothing():
    assert True
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An assignment of markers alone, and a submission."""
    folder = tmp_path_factory.mktemp("homework")
    return write(folder, hw__py=HOMEWORK, test_hw__py=TESTS, secret=SECRET)


@pytest.fixture(scope="module")
def run(folder):
    """Its results, and what pytest printed."""
    return graded(folder, "test_hw.py", "--linclf-secret=secret", run=process)


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    """Messages are in English alone, and there is no secret but the one that is named."""
    monkeypatch.setenv("LINCLF_LANG", "en")
    monkeypatch.delenv("LINCLF_GRADING_SECRET", raising=False)


@pytest.fixture(scope="module")
def results(run):
    """The results of the submission."""
    return run[0]


# ----------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("id", "earned", "status", "category"),
    [
        ("test_loss", 300, "passed", "right"),
        ("test_gradient", 0, "failed", "wrong_value"),
        ("test_descent", 0, "failed", "requires"),
        ("test_hidden", 0, "failed", "wrong_value"),
        ("test_without_words", 0, "failed", "wrong_value"),
        ("test_of_numpy", 0, "failed", "wrong_value"),
        ("test_instances", 100, "partial", "wrong_value"),
        ("test_raises", 0, "failed", "exception"),
        ("test_missing", 0, "failed", "missing_function"),
        ("test_mistake_of_the_test", 0, "not run", "not_run"),
        ("test_skipped", 0, "not run", "not_run"),
        ("test_awarded", 75, "partial", "wrong_value"),
        ("test_broken_off", 50, "partial", "wrong_value"),
        ("test_extra", 100, "passed", "right"),
        ("test_teardown", 0, "not run", "not_run"),
    ],
)
def test_an_item_earns_what_its_test_shows(results, id, earned, status, category):
    item = results.item(id)
    assert (item.earned, item.status, item.category) == (earned, status, category)


def test_markers_say_what_an_item_is(results):
    loss, extra = results.item("test_loss"), results.item("test_extra")
    assert (loss.title, loss.number, loss.points, loss.tags) == ("Loss", "1.1", 300, ["svm"])
    assert (extra.extra_credit, extra.visibility) == (True, "after_published")
    assert results.item("test_hidden").visibility == "hidden"
    assert results.total == sum(one.points for one in results.items if not one.extra_credit)
    assert len(results.items) == 15
    assert results.complete


def test_cases_are_counted(results):
    loss, instances = results.item("test_loss"), results.item("test_instances")
    assert (loss.cases_passed, loss.cases) == (3, 3)
    assert (instances.cases_passed, instances.cases) == (2, 3)


def test_students_read_the_words_of_the_instructor_and_no_expected_value(results):
    def told(id):
        return [message.text for message in results.item(id).messages]

    assert told("test_gradient") == ["the gradient is off"]
    assert told("test_without_words") == ["a check of the instructor did not hold"]
    assert told("test_of_numpy") == ["a check of the instructor did not hold"]
    assert "KeyError" in told("test_raises")[0]
    assert "of the student" in told("test_raises")[0]
    assert "double" in told("test_missing")[0]
    assert told("test_awarded")[0] == "+0.75 points: it runs"
    text = results.to_json()
    assert "314159" not in text
    assert "161803" not in text
    assert "271828" not in text


def test_the_output_shows_no_more_of_a_hidden_test_than_its_category(run, folder):
    _, output = run
    assert "hidden item: wrong value" in output
    assert "271828" not in output
    assert "314159" in output  # of a visible one, instructors see what pytest has to say
    assert "271828" in graded(folder, "test_hw.py", "--linclf-reveal", "-k", "hidden")[1]


def test_no_report_of_pytest_has_more_of_a_hidden_test(folder):
    graded(folder, "test_hw.py", "-k", "hidden", "--junitxml=junit.xml")
    report = (folder / "junit.xml").read_text()
    assert "hidden item: wrong value" in report
    assert "words of a hidden test" not in report
    assert "271828" not in report


def test_the_secret_may_be_in_the_environment(tmp_path, monkeypatch):
    test = "import pytest\n@pytest.mark.points(1)\ndef test_a(cases): assert cases.seed < {}\n"
    write(tmp_path, hw__py=HOMEWORK, test_a__py=test.format(0), secret=SECRET)
    seeds = []
    for words in ([], ["--linclf-secret=secret"]):
        _, output = graded(tmp_path, *words)
        seeds.append(next(line for line in output.splitlines() if line.startswith("E ")))
    monkeypatch.setenv("LINCLF_GRADING_SECRET", SECRET)
    _, output = graded(tmp_path)
    assert seeds[0] != seeds[1]
    assert seeds[1] in output


def test_mistakes_of_tests_are_told_to_the_instructor_alone(results):
    notes = " ".join(note.text for note in results.notes)
    assert "test_mistake_of_the_test raised KeyError" in notes
    assert "test_skipped was skipped" in notes
    assert "not today" in notes
    assert "OSError: disk full" in notes
    assert "coming" not in notes
    assert not results.item("test_mistake_of_the_test").messages


def test_the_table_of_points_is_shown(run):
    output = run[1].split("= points =")[1]
    assert "1.1  Loss" in output
    assert "2 of 3 cases" in output
    assert "6.25 of 21.5 points with extra credit" in output


def test_the_same_secret_gives_the_same_bytes_and_another_gives_other_cases(folder, results):
    again, _ = graded(folder, "test_hw.py", "--linclf-secret=secret")
    assert again.to_json() == results.to_json()
    seeds = []
    for secret in (SECRET, SECRET, "another secret, as long"):
        write(folder, secret=secret, show__py="")
        (folder / "seed").mkdir(exist_ok=True)
        (folder / "seed" / "test_seed.py").write_text(
            "import pytest\n@pytest.mark.points(1)\ndef test_a(cases):\n    print(cases.seed)\n"
        )
        _, output = graded(folder, "seed", "-s", "--linclf-secret=secret")
        seeds.append(next(line for line in output.splitlines() if line.strip(".").isdigit()))
    write(folder, secret=SECRET)
    assert seeds[0] == seeds[1] != seeds[2]


def test_times_lie_beside_the_results(folder, run):
    times = json.loads(times_path(folder / "results.json").read_text())
    assert all(one["seconds"] >= 0 for one in times["items"].values())


# ------------------------------------------------------------------- items and their tests


def test_without_its_test_an_item_stays_at_0(folder, results):
    some, output = graded(folder, "test_hw.py", "-k", "loss or descent", "--linclf-secret=secret")
    assert some.total == results.total
    assert [item.id for item in some.items if item.earned] == ["test_loss"]
    assert some.item("test_gradient").status == "not run"
    assert some.item("test_descent").category == "requires"  # of what nobody has seen to be right
    assert not some.complete
    assert "grading did not come to its end" in output


def test_a_run_that_is_cut_short_leaves_what_was_seen(folder, tmp_path):
    write(
        tmp_path,
        hw__py=HOMEWORK,
        test_hw__py="""
import os
import pytest

@pytest.mark.points(1)
def test_first(student):
    assert student.double(1) == 2

@pytest.mark.points(1)
def test_second():
    os._exit(0)

@pytest.mark.points(1)
def test_third():
    pass
""",
    )
    process(
        tmp_path, "--linclf-submission=hw.py", "--linclf-tier=T0", "--linclf-results=r.json",
        expect=0,
    )  # fmt: skip
    results = read_results(tmp_path / "r.json")
    assert [item.status for item in results.items] == ["passed", "not run", "not run"]
    assert not results.complete


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("@pytest.mark.points(1, 2)\ndef test_a(): pass", "points takes one number"),
        ("@pytest.mark.points(1, nam=2)\ndef test_a(): pass", 'did you mean "name"?'),
        ("@pytest.mark.points('x')\ndef test_a(): pass", "points is 'x'"),
        ("@pytest.mark.points(0.001)\ndef test_a(): pass", "two decimals"),
        ("@pytest.mark.points(-1)\ndef test_a(): pass", "not negative"),
        ("@pytest.mark.points(1, visibility='hiden')\ndef test_a(): pass", '"hidden"'),
        ("@pytest.mark.requires('tset_a')\n@pytest.mark.points(1)\ndef test_a(): pass",
         "requires 'tset_a', which is no other item"),
    ],
)  # fmt: skip
def test_markers_that_make_no_sense_are_refused(tmp_path, test, said):
    write(tmp_path, hw__py=HOMEWORK, test_hw__py=f"import pytest\n{test}\n")
    _, output = run_pytest(
        tmp_path, "--linclf-submission=hw.py", "--linclf-tier=T0", "--linclf-results=r.json",
        expect=4,
    )  # fmt: skip
    assert said in output
    assert "INTERNALERROR" not in output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--linclf-submission=hw.py", "--linclf-tier=T9"], "--linclf-tier is 'T9'"),
        (["--linclf-submission=hw.py", "--linclf-language=xx"], "--linclf-language is 'xx'"),
        (["--linclf-submission=hw.py", "--linclf-tier=T0", "--require-tier=T1"], "T1 is required"),
        (["--linclf-submission=hw.py", "--linclf-tier=0", "--linclf-require-tier=T1"], "T1"),
        (["--linclf-assignment=nowhere", "--linclf-submission=hw.py"], "--linclf-assignment"),
        (["--linclf-submission=hw.py", "--linclf-secret=nowhere"], "--linclf-secret"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path, words, said):
    write(tmp_path, hw__py=HOMEWORK, test_a__py="def test_a(): pass\n")
    _, output = run_pytest(tmp_path, *words, expect=4)
    assert said in output
    assert "Traceback" not in output


# -------------------------------------------------------------------------------- rubrics

RUBRIC = """
[assignment]
id = "svm"
title = "Support vectors"
total = 6
min_tier = 0

[functions.svm]
params = ["W", "X", "y", "reg"]

[[items]]
id = "loss"
points = 2
function = "svm"
check = "loss"
loss = "hinge"
profile = ["plain", "one_sample"]

[[items]]
id = "gradient"
points = 2
function = "svm"
check = "gradient"
loss = "hinge"
profile = ["plain", "one_sample"]

[[items]]
id = "double"
points = 1
check = "test"
test = "test_double.py::test_double"

[[items]]
id = "more"
points = 1
check = "test"
test = "test_double.py::test_more"
requires = ["gradient"]
"""
DOUBLE = """
import pytest

@pytest.mark.parametrize("x", [1, 3])
def test_double(student, x):
    assert student.double(x) == 2 * x

def test_more(student):
    assert student.double(1) == 2
"""


@pytest.fixture
def assignment(tmp_path):
    """A folder with a rubric, a test and a submission."""
    return write(
        tmp_path, hw__py=HOMEWORK, rubric__toml=RUBRIC, test_double__py=DOUBLE, secret=SECRET
    )


def test_pytest_alone_grades_a_rubric(assignment):
    results, output = graded(assignment, "--linclf-assignment=.", "--linclf-secret=secret")
    assert [(item.id, item.earned, item.category) for item in results.items] == [
        ("loss", 200, "right"),
        ("gradient", 100, "wrong_gradient"),
        ("double", 100, "right"),
        ("more", 0, "requires"),
    ]
    assert results.complete
    assert results.assignment == {"id": "svm", "title": "Support vectors", "version": "1"}
    assert "divide by N" in output
    assert "Traceback" not in output


def test_built_in_checks_earn_what_the_engine_gives(assignment):
    from linclf.grading.engine import grade
    from linclf.grading.intake import read_submission
    from linclf.grading.rubric import load
    from linclf.grading.tiers import Tier

    results, _ = graded(assignment, "--linclf-assignment=.", "--linclf-secret=secret")
    engine = grade(
        load(assignment),
        read_submission(assignment / "hw.py"),
        secret=SECRET.encode(),
        tier=Tier.T0,
        tests=False,
    )
    for id in ("loss", "gradient"):
        assert results.item(id) == engine.item(id)


def test_the_ini_file_can_name_assignment_and_submission(assignment):
    write(
        assignment,
        pytest__ini="[pytest]\nlinclf_assignment = .\nlinclf_submission = hw.py\n",
    )
    run_pytest(assignment, "--linclf-results=r.json", "--linclf-tier=T0", expect=1)
    assert read_results(assignment / "r.json").earned == 400


def test_the_rubric_is_found_beside_what_the_ini_file_names(assignment):
    ini = "[pytest]\nlinclf_assignment = .\ntestpaths = test_double.py\n"
    write(assignment, pytest__ini=ini)
    results, _ = graded(assignment)
    assert [item.earned for item in results.items] == [200, 100, 100, 0]
    assert results.complete


def test_an_item_whose_test_is_not_there_is_named(assignment):
    write(assignment, test_double__py=f"{DOUBLE}\ndel test_double\n")
    results, _ = graded(assignment, "--linclf-assignment=.")
    assert results.item("double").status == "not run"
    assert not results.complete
    assert "the item double stays at 0" in results.notes[-1].text


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("points(2)", "the marker says points = 2.0, the rubric says 1.0 for the item double"),
        ("hidden", "the marker says visibility = hidden, the rubric says visible"),
    ],
)
def test_markers_do_not_contradict_the_rubric(assignment, marker, said):
    marked = f"@pytest.mark.{marker}\ndef test_double"
    write(assignment, test_double__py=DOUBLE.replace("def test_double", marked))
    _, output = run_pytest(
        assignment, "--linclf-assignment=.", "--linclf-submission=hw.py", "--linclf-tier=T0",
        expect=4,
    )  # fmt: skip
    assert said in " ".join(output.split())


def test_a_test_with_points_that_the_rubric_does_not_know_is_refused(assignment):
    write(assignment, test_b__py="import pytest\n@pytest.mark.points(1)\ndef test_b(): pass\n")
    _, output = run_pytest(
        assignment, "--linclf-assignment=.", "--linclf-submission=hw.py", "--linclf-tier=T0",
        expect=4,
    )  # fmt: skip
    assert "no item of the rubric svm names it" in output


def test_what_cannot_be_read_earns_nothing_and_says_why(assignment):
    results, _ = graded(assignment, "--linclf-assignment=.", submission="empty.py")
    assert results.earned == 0
    assert {item.category for item in results.items} == {"not_submitted", "requires"}


# ------------------------------------------------------------------------------- subtests

SUBTESTS = """
import pytest

@pytest.mark.points(1)
def test_sub(student, subtests):
    for x in range(4):
        with subtests.test(x=x):
            assert student.double(x) == 2 * x, f"double({x})"
"""


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="subtests came with pytest 9")
def test_subtests_are_cases(tmp_path):
    write(tmp_path, hw__py=HOMEWORK, test_hw__py=SUBTESTS)
    results, _ = graded(tmp_path)
    item = results.item("test_sub")
    assert (item.earned, item.cases_passed, item.cases) == (75, 3, 4)
    assert [message.text for message in item.messages] == ["double(2)"]


# ---------------------------------------------------------------------------------- xdist


def test_workers_of_xdist_give_the_same_results(folder, results):
    pytest.importorskip("xdist")
    write(folder, secret=SECRET)
    again, _ = graded(folder, "-n", 2, "test_hw.py", "--linclf-secret=secret", run=process)
    assert again.to_json() == results.to_json()


def test_a_rubric_is_graded_by_workers_of_xdist(assignment):
    pytest.importorskip("xdist")
    words = ["--linclf-assignment=.", "--linclf-secret=secret"]
    alone, _ = graded(assignment, *words)
    assert graded(assignment, "-n", 2, *words, run=process)[0].to_json() == alone.to_json()


# ---------------------------------------------------------------------------------- trust


@pytest.fixture
def hostile(tmp_path):
    """A submission that would like to grade itself."""
    course = tmp_path / "course"
    theirs = tmp_path / "theirs"
    course.mkdir()
    theirs.mkdir()
    write(course, test_hw__py="import pytest\n@pytest.mark.points(1)\ndef test_a(student):\n"
          "    assert student.double(1) == 3\n")  # fmt: skip
    write(
        theirs,
        hw__py=HOMEWORK,
        conftest__py="open('executed', 'w').close()\n",
        pytest__ini="[pytest]\n",
        test_own__py="def test_a(): pass\n",
    )
    return tmp_path


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("theirs", ["--linclf-submission=."]),
        ("theirs", ["--linclf-submission=hw.py"]),
        ("course", ["--linclf-submission=../theirs", "-c", "../theirs/pytest.ini"]),
        ("course", ["--linclf-submission=../theirs", "--rootdir=../theirs"]),
        ("course", ["--linclf-submission=../theirs", "--confcutdir=../theirs"]),
        ("course", ["--linclf-submission=../theirs", "../theirs/test_own.py"]),
        ("course", ["--linclf-submission=../theirs", "../theirs"]),
    ],
)
def test_pytest_takes_nothing_from_the_submission(hostile, where, words):
    code, output = run_pytest(hostile / where, "--linclf-tier=T0", *words)
    assert code != 0
    assert "lies in the submission" in output
    assert not list(hostile.rglob("executed"))


def test_the_tests_of_a_submission_are_not_run(hostile):
    results, _ = graded(hostile / "course", submission="../theirs", tier="T1")
    assert [item.earned for item in results.items] == [0]
    assert not list(hostile.rglob("executed"))


# ------------------------------------------------------------------- markers of the worker


def test_limits_and_public_cases_are_markers(tmp_path):
    write(
        tmp_path,
        hw__py="import time\ndef slow():\n    time.sleep(600)\ndef fine():\n    return 1\n",
        test_hw__py="""
import numpy as np
import pytest

@pytest.mark.points(1)
@pytest.mark.limits(time=0.5)
def test_slow(student):
    student.slow()

@pytest.mark.points(1)
def test_after(student):
    assert student.fine() == 1

@pytest.mark.points(1)
@pytest.mark.public_case(seed=7)
def test_public(cases):
    assert cases.seed == 7
    assert cases.rng.random() == np.random.default_rng(7).random()
""",
        secret=SECRET,
    )
    results, _ = graded(tmp_path, "--linclf-secret=secret", tier="T1")
    assert [(item.earned, item.category) for item in results.items] == [
        (0, "timeout"),
        (100, "right"),
        (100, "right"),
    ]
    assert results.tier == 1


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("limits(2)", "limits takes time= in seconds"),
        ("limits(time=0)", "limits has time=0; it must be > 0"),
        ("public_case(seed=-1)", "public_case has seed=-1"),
    ],
)
def test_markers_of_a_test_say_what_is_wrong_with_them(tmp_path, marker, said):
    test = f"@pytest.mark.points(1)\n@pytest.mark.{marker}\ndef test_a(student, cases): pass"
    write(tmp_path, hw__py=HOMEWORK, test_hw__py=f"import pytest\n{test}\n")
    results, output = graded(tmp_path)
    assert said in output
    assert (results.earned, results.items[0].category) == (0, "not_run")


# ---------------------------------------------------------------------- nothing is graded


def test_the_plugin_imports_neither_numpy_nor_linclf_where_nothing_is_graded(tmp_path):
    write(
        tmp_path,
        test_a__py="""
import sys

def test_nothing_is_imported():
    assert "linclf_grading" in sys.modules
    assert not {"numpy", "linclf", "linclf.grading"} & set(sys.modules)
""",
    )
    process(tmp_path, "--strict-markers", expect=0)


def test_the_plugin_is_loaded_in_a_moment():
    script = "import sys, time, pytest; t = time.process_time(); import linclf_grading\n"
    script += "print(len([m for m in sys.modules if m.startswith('linclf')]))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["1"]


def test_markers_and_fixtures_without_a_submission_say_what_is_missing(tmp_path):
    write(
        tmp_path,
        test_a__py="""
import pytest

@pytest.mark.points(1)
@pytest.mark.hidden
def test_cases(cases, reference, tolerance, grade):
    [case] = cases("softmax", ["plain"])
    value, dW = reference.softmax(*case.operands)
    assert grade.array("dW", dW, dW)
    assert tolerance("softmax", *case.operands)[0] > 0

@pytest.mark.points(1)
def test_student(student):
    pass
""",
    )
    _, output = run_pytest(tmp_path, "--strict-markers", expect=1)
    assert "1 passed, 1 warning, 1 error" in output or "1 passed, 1 error" in output
    assert "name one: pytest --linclf-submission" in output
    assert "= points =" not in output


def test_options_are_in_the_help(tmp_path):
    _, output = run_pytest(tmp_path, "--help", expect=0)
    assert "--linclf-assignment" in output
    assert "--require-tier" in output
    _, output = run_pytest(tmp_path, "--markers", expect=0)
    for marker in ("points(n", "hidden:", "requires(item)", "limits(time=", "public_case(seed=)"):
        assert f"@pytest.mark.{marker}" in output


def test_reference_notices_that_core_and_numpy_disagree(monkeypatch):
    import numpy as np
    from linclf.grading.plugin import fixtures

    def wrong(*operands):
        value, dW = real(*operands)
        return value, 2.0 * dW

    real = fixtures.loss_and_grad
    monkeypatch.setattr(fixtures, "loss_and_grad", wrong)
    operands = np.ones((2, 3)), np.eye(2), np.array([0, 1])
    with pytest.raises(RuntimeError, match="do not agree"):
        fixtures.Reference().hinge(*operands)
