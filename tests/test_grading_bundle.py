"""The autograder for Gradescope, from zip to results.json; grade cells of nbgrader and Otter."""

import ast
import io
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import warnings
import zipfile
from dataclasses import replace

import linclf
import numpy as np
import pytest
from grading_class import graded
from grading_contracts import RUNNER, obey, strict
from linclf.grading.exporters import ExportError, export
from linclf.grading.exporters.bundle import gradescope_zip
from linclf.grading.exporters.in_notebook import NoPointsError, check_item, score
from linclf.grading.exporters.on_gradescope import fitted, main
from linclf.grading.limits import Limits
from linclf.grading.results import Results, read_results
from linclf.grading.rubric import load
from linclf.grading.tiers import Tier, probe

RUBRIC = "pixels_to_scores"
SECRET = b"a secret of sixteen bytes or more"
needs_bash = pytest.mark.skipif(
    shutil.which("bash") is None or shutil.which("timeout") is None, reason="needs bash and timeout"
)
RIGHT = """
def scores(W, X):
    return X @ W
"""


def unpacked(tmp_path, data, submission=RIGHT):
    """Lay out /autograder as Gradescope does."""
    root = tmp_path / "autograder"
    for name in ("source", "results", "submission"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(root / "source")
    (root / "submission" / "hw.py").write_text(submission)
    return root


def run(root, python=sys.executable):
    """Start run_autograder, as root or not, and return what it left."""
    script = root / "source" / "run_autograder"
    done = subprocess.run(
        ["bash", script, root, python], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return strict((root / "results" / "results.json").read_text()), done.stdout + done.stderr


@pytest.fixture(scope="module")
def bundle():
    return gradescope_zip(RUBRIC, SECRET)


def test_the_zip_is_the_same_for_the_same_input(bundle):
    assert gradescope_zip(RUBRIC, SECRET) == bundle
    assert gradescope_zip(RUBRIC, SECRET + b"!") != bundle


def test_the_zip_has_at_its_root_what_gradescope_asks_for(bundle):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        assert archive.read("requirements.txt") == f"linclf[grade]=={linclf.__version__}\n".encode()
        assert archive.read("secret") == SECRET
        obey("gradescope", json.loads(archive.read("initial.json")))
    assert modes.keys() >= {"setup.sh", "run_autograder", "assignment/rubric.toml"}
    assert stat.S_IMODE(modes["run_autograder"]) == stat.S_IMODE(modes["setup.sh"]) == 0o755
    assert stat.S_IMODE(modes["secret"]) == 0o600


def test_the_first_results_are_zeros_with_the_points_of_the_assignment(bundle):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        tests = json.loads(archive.read("initial.json"))["tests"]
    assert {test["score"] for test in tests} == {0.0}
    assert sum(test["max_score"] for test in tests) == load(RUBRIC).total / 100


@needs_bash
@pytest.mark.parametrize("name", ["setup.sh", "run_autograder"])
def test_scripts_are_valid_whatever_the_assignment_is_called(tmp_path, name):
    folder = tmp_path / "hw"
    folder.mkdir()
    text = linclf.grading.rubric.shipped()[RUBRIC].read_text()
    line = next(line for line in text.splitlines() if line.startswith("title"))
    (folder / "rubric.toml").write_text(
        text.replace(line, "title = 'x\u2028$(touch gone) `id` \" %s {0}'", 1)
    )
    with zipfile.ZipFile(io.BytesIO(gradescope_zip(folder, SECRET))) as archive:
        script = archive.read(name)
    assert b"$(touch" not in script
    subprocess.run(["bash", "-n"], input=script, check=True, timeout=60)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", "-"], input=script, check=True, timeout=60)


def test_the_files_of_an_assignment_go_along_and_nothing_else(tmp_path):
    folder = tmp_path / "hw"
    for name in ("__pycache__", ".git", "submissions", "data"):
        (folder / name).mkdir(parents=True)
        (folder / name / "file").write_text("x")
    shutil.copy(linclf.grading.rubric.shipped()[RUBRIC], folder / "rubric.toml")
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "test_more.py").write_text("pass\n")
    with zipfile.ZipFile(io.BytesIO(gradescope_zip(folder, SECRET))) as archive:
        names = [name for name in archive.namelist() if name.startswith("assignment/")]
    assert names == [f"assignment/{n}" for n in ("data/file", "rubric.toml", "test_more.py")]


def test_wheels_go_along(tmp_path):
    wheel = tmp_path / "linclf-9.9-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    with zipfile.ZipFile(io.BytesIO(gradescope_zip(RUBRIC, SECRET, wheels=[wheel]))) as archive:
        assert archive.read(f"wheels/{wheel.name}") == b"wheel"
    with pytest.raises(ExportError, match=r"'x\.zip', which is no wheel"):
        gradescope_zip(RUBRIC, SECRET, wheels=["x.zip"])
    with pytest.raises(ExportError, match="at least 30"):
        gradescope_zip(RUBRIC, SECRET, seconds=3)


@needs_bash
def test_a_submission_is_graded_from_the_zip(tmp_path, bundle):
    root = unpacked(tmp_path, bundle)
    data, output = run(root)
    obey("gradescope", data)
    record = read_results(root / "results" / "linclf.json")
    assert record.complete, output
    assert record.tier >= 1
    assert record.item("scores").status == "passed"
    assert record.item("accuracy").category == "missing_function"
    assert sum(test["score"] for test in data["tests"]) == pytest.approx(record.earned / 100)
    assert data["execution_time"] > 0
    assert SECRET.decode() not in output + json.dumps(data)
    for name in ("source", "source/secret", "results", "submission"):
        assert stat.S_IMODE((root / name).stat().st_mode) & 0o077 == 0, name


@needs_bash
def test_a_submission_that_ends_its_process_gets_zeros(tmp_path, bundle):
    root = unpacked(tmp_path, bundle, "import os\nos._exit(0)\n")
    data, _ = run(root)
    obey("gradescope", data)
    assert {test["score"] for test in data["tests"]} == {0.0}
    assert data["extra_data"]["complete"] is True


@needs_bash
def test_without_a_grader_the_zeros_stay(tmp_path, bundle):
    data, _ = run(unpacked(tmp_path, bundle), python=shutil.which("true"))
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert data == json.loads(archive.read("initial.json"))


def test_a_grader_that_was_killed_leaves_what_it_saw(tmp_path, bundle):
    root = unpacked(tmp_path, bundle)
    record = Results.blank(load(RUBRIC), graded_submission(), 2)
    first = record.items[0]
    first.earned, first.status, first.category = first.points, "passed", "right"
    record.write(root / "results" / "linclf.json")
    assert main(["finish", str(root), "540", "1"]) == 0
    data = strict((root / "results" / "results.json").read_text())
    obey("gradescope", data)
    assert sum(test["score"] for test in data["tests"]) == first.points / 100
    assert "did not come to its end" in data["tests"][0]["output"]


def graded_submission():
    return type("Submission", (), {"name": "hw", "digest": "00ff"})


@pytest.mark.parametrize("record", [None, b"", b"{}", b'{"earned": NaN}', b"\xff\xfe"])
def test_without_a_record_the_zeros_stay_and_instructors_are_told(tmp_path, bundle, capsys, record):
    root = unpacked(tmp_path, bundle)
    shutil.copy(root / "source" / "initial.json", root / "results" / "results.json")
    if record is not None:
        (root / "results" / "linclf.json").write_bytes(record)
    main(["finish", str(root), "540", "1"])
    data = strict((root / "results" / "results.json").read_text())
    obey("gradescope", data)
    assert {test["score"] for test in data["tests"]} == {0.0}
    assert "no fault of it" in data["output"]
    assert "no record of results" in capsys.readouterr().out


@needs_bash
def test_nothing_is_graded_where_the_tier_cannot_be_had(tmp_path):
    data = gradescope_zip(RUBRIC, SECRET, require_tier=Tier.T3)
    root = unpacked(tmp_path, data)
    script = root / "source" / "run_autograder"
    assert " 540 3 <" in script.read_text()
    found, output = run(root)
    if probe().tier >= Tier.T3:
        assert found["extra_data"]["tier"] == 3
    else:
        assert {test["score"] for test in found["tests"]} == {0.0}
        assert "no fault of it" in found["output"]
        assert "T3" in output


def test_usage_is_told(capsys):
    assert main(["grade"]) == 2
    assert "usage" in capsys.readouterr().out


def test_limits_fit_the_container_and_the_time():
    assignment = load(RUBRIC)
    tight = fitted(assignment, 20.0)
    for item in (*tight.items, tight):
        assert item.limits.memory <= 512 << 20
        assert item.limits.seconds <= 20.0 / len(assignment.items) / 2
        assert item.limits.cpu_seconds >= 1
    small = replace(assignment, limits=Limits(seconds=0.5, memory=1 << 28))
    assert fitted(small, 540.0).limits.seconds == 0.5
    assert fitted(small, 540.0).limits.memory == 1 << 28


# --------------------------------------------------------------------------- grade cells


def scores(W, X):
    return X @ W


def transposed(W, X):
    return (X @ W).T


def test_nbgrader_reads_the_points_of_a_right_answer():
    found = score("scores", scores, rubric=RUBRIC)
    assert type(found) is float  # the text of a NumPy number is none that nbgrader reads
    assert float(repr(found)) == load(RUBRIC).item("scores").points / 100


def test_no_points_are_an_exception_since_nbgrader_takes_0_for_full_points():
    with pytest.raises(NoPointsError, match="0 of 3 points"):
        score("scores", transposed, rubric=RUBRIC)


def test_one_function_may_have_any_name_and_several_are_found_by_theirs():
    assert score("scores", lambda W, X: X @ W, rubric=RUBRIC) > 0
    assert score("scores", transposed, scores, rubric=RUBRIC) > 0


def test_nothing_is_printed_in_a_grade_cell(capfd):
    def loud(W, X):
        print("out")
        print("err", file=sys.stderr)
        warnings.warn("loud", stacklevel=2)
        np.float64(1.0) / np.float64(0.0)
        return X @ W

    score("scores", loud, rubric=RUBRIC)
    assert capfd.readouterr() == ("", "")


def test_items_that_pytest_runs_are_not_for_notebooks(tmp_path):
    with pytest.raises(KeyError, match="has no item 'nothing'"):
        score("nothing", scores, rubric=RUBRIC)


def test_otter_raises_what_is_wrong():
    check_item("scores", {"scores": scores, "np": np, "other": 1}, RUBRIC)
    with pytest.raises(NoPointsError, match="points"):
        check_item("scores", {"scores": transposed}, RUBRIC)
    with pytest.raises(NoPointsError, match="scores"):
        check_item("scores", {"other": 1}, RUBRIC)


def test_a_test_file_of_otter_runs_as_otter_runs_it():
    assignment = load(RUBRIC)
    blank = Results.blank(assignment, graded_submission(), 0)
    source = export("otter", blank, rubric=RUBRIC)["tests/scores.py"]

    class TestCase:
        def __init__(self, name=None, points=None, hidden=False):
            self.points = points

        def __call__(self, function):
            self.function = function
            return self

    module = ast.parse(source)
    module.body = [
        one
        for one in module.body
        if not (isinstance(one, ast.ImportFrom) and one.module == "otter.test_files")
    ]
    env = {"test_case": TestCase}
    exec(compile(module, "scores.py", "exec"), env)
    case = next(value for value in env.values() if isinstance(value, TestCase))
    assert env["OK_FORMAT"] is False
    assert case.points == env["points"] == 3.0
    case.function(env={"scores": scores})
    with pytest.raises(NoPointsError):
        case.function(env={"scores": transposed})


def test_results_of_a_class_can_be_exported_for_otter_without_a_rubric():
    assert "rubric='hw1'" in export("otter", graded())["tests/sgd.py"]


DOCS = pathlib.Path(__file__).parent.parent / "docs" / "grading_exports.md"


@pytest.mark.skipif(not DOCS.exists(), reason="the pages are not shipped")
def test_the_autograder_of_the_page_about_exports_grades(tmp_path):
    text = DOCS.read_text().partition("## Classroom 50")[2]
    lines = text.partition("```python\n")[2].partition("```")[0].splitlines(keepends=True)
    bundle, student = tmp_path / "bundle", tmp_path / "student"
    bundle.mkdir()
    student.mkdir()
    (bundle / "autograder.py").write_text("".join(line for line in lines if '"pip"' not in line))
    shutil.copy(linclf.grading.rubric.shipped()[RUBRIC], bundle / "rubric.toml")
    (student / "hw.py").write_text(RIGHT)
    for name in ("linclf.py", "pathlib.py", "numpy.py"):  # of students who try
        (student / name).write_text("raise SystemExit(0)\n")
    done = subprocess.run(
        [sys.executable, "-P", bundle / "autograder.py"],
        cwd=student,
        env={**os.environ, **RUNNER, "RUNNER_TEMP": str(tmp_path), "GITHUB_ACTIONS": "true"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    data = strict((student / "result.json").read_text())
    obey("classroom50", data)
    assert data["score"] == 300
    assert done.stdout.startswith("::stop-commands::")
    assert (student / "release-body.md").read_text().startswith("**3 of 10 points**")


def test_this_folder_has_every_contract():
    folder = pathlib.Path(__file__).parent / "contracts"
    assert sorted(path.stem for path in folder.iterdir()) == [
        *("classroom", "classroom50", "gradescope", "junit", "prairielearn"),
    ]
