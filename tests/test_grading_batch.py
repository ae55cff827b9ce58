"""Grading a folder: each submission for itself, in any order, to be continued at any time.

Submissions run in the graders themselves here (T0), so that one of them can really kill a grader.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace

import linclf.grading.batch as batch
import pytest
from linclf.grading.batch import grade_all, submissions_in
from linclf.grading.results import read_results, times_path
from linclf.grading.rubric import load
from linclf.grading.tiers import Tier

pytestmark = pytest.mark.skipif(os.name != "posix", reason="graders are fed over pipes")

SECRET = b"a secret for the tests of the batch"

RUBRIC = """
[assignment]
id = "hw1"
title = "Scores"
total = 3
min_tier = 0

[[items]]
id = "scores"
title = "Scores"
points = 2
function = "scores"
check = "exercise"

[[items]]
id = "accuracy"
title = "Accuracy"
points = 1
function = "accuracy"
check = "exercise"
"""

RIGHT = """
def scores(W, X):
    return X @ W


def accuracy(W, X, y):
    return (scores(W, X).argmax(axis=1) == y).mean()
"""


@pytest.fixture
def assignment(tmp_path):
    (tmp_path / "hw1").mkdir()
    (tmp_path / "hw1" / "rubric.toml").write_text(RUBRIC)
    return load(tmp_path / "hw1")


@pytest.fixture
def folder(tmp_path):
    """Submissions of many kinds."""
    folder = tmp_path / "submitted"
    folder.mkdir()
    (folder / "anna.py").write_text(RIGHT)
    (folder / "ben").mkdir()
    (folder / "ben" / "hw.py").write_text(RIGHT.replace("X @ W", "X @ W + 1"))
    (folder / "cem.py").write_text("def scores(W, X) return")
    (folder / "dan.docx").write_bytes(b"PK not really")
    (folder / "eve.zip").write_bytes(b"no zip at all")
    with zipfile.ZipFile(folder / "fay.zip", "w") as archive:
        archive.writestr("hw.py", RIGHT + "# fay\n")
    (folder / "gil").mkdir()
    (folder / ".DS_Store").write_bytes(b"\0")
    return folder


NAMES = ["anna", "ben", "cem", "dan.docx", "eve", "fay", "gil"]


def graded(assignment, folder, into, **options):
    options = {"secret": SECRET, "tier": Tier.T0, "jobs": 2, "progress": False} | options
    return grade_all(assignment, folder, into, **options)


def earned(paths):
    return {path.stem: read_results(path).earned for path in paths}


def contents(into):
    return {
        path.name: path.read_bytes() for path in into.glob("*.json") if "times" not in path.name
    }


def test_every_entry_has_its_record_in_order(assignment, folder, tmp_path):
    into = tmp_path / "results"
    paths = graded(assignment, folder, into)
    assert [path.stem for path in paths] == NAMES
    found = {path.stem: read_results(path) for path in paths}
    assert [one.submission["name"] for one in found.values()] == NAMES
    assert all(one.complete for one in found.values())
    assert earned(paths) == {
        "anna": 300, "ben": 100, "cem": 0, "dan.docx": 0, "eve": 0, "fay": 300, "gil": 0,
    }  # fmt: skip
    assert {name: one.items[0].category for name, one in found.items()} == {
        "anna": "right", "ben": "wrong_value", "cem": "load", "dan.docx": "not_submitted",
        "eve": "forbidden", "fay": "right", "gil": "not_submitted",
    }  # fmt: skip
    assert all(times_path(path).exists() for path in paths)
    assert not [path for path in into.iterdir() if path.name.startswith(".")], "a draft is left"


def test_the_number_of_graders_changes_no_byte(assignment, folder, tmp_path):
    for jobs in (1, 3):
        graded(assignment, folder, tmp_path / str(jobs), jobs=jobs)
    assert contents(tmp_path / "1") == contents(tmp_path / "3")


def test_what_is_done_is_kept_and_what_has_changed_is_graded_again(assignment, folder, tmp_path):
    into = tmp_path / "results"

    def written():
        return {path.stem: path.stat().st_mtime_ns for path in graded(assignment, folder, into)}

    first, again = written(), written()
    kept = {name for name in first if first[name] == again[name]}
    assert kept == {"anna", "ben", "cem", "fay"}, "what could be read is graded once"
    (folder / "ben" / "hw.py").write_text(RIGHT)
    changed = written()
    assert {name for name in kept if changed[name] != again[name]} == {"ben"}
    assert read_results(into / "ben.json").earned == 300


@pytest.mark.parametrize(
    "change",
    [
        {"secret": b"another secret for these tests"},
        {"tier": Tier.T1},
        {"assignment": "another rubric"},
    ],
)
def test_another_rubric_secret_or_tier_grades_again(assignment, tmp_path, change):
    folder, into = tmp_path / "submitted", tmp_path / "results"
    folder.mkdir()
    (folder / "anna.py").write_text(RIGHT)
    [path] = graded(assignment, folder, into)
    before = path.stat().st_mtime_ns
    options = dict(change)
    if options.pop("assignment", None):
        assignment = replace(assignment, version="2")
    graded(assignment, folder, into, **options)
    assert path.stat().st_mtime_ns != before
    assert read_results(path).earned == 300


def test_a_record_that_is_incomplete_or_spoilt_is_graded_again(assignment, tmp_path):
    folder, into = tmp_path / "submitted", tmp_path / "results"
    folder.mkdir()
    for name in ("anna", "ben", "cem"):
        (folder / f"{name}.py").write_text(f"{RIGHT}\n# {name}\n")
    anna, ben, cem = graded(assignment, folder, into)
    before = contents(into)
    half = read_results(anna)
    half.complete = False
    half.write(anna)
    ben.write_bytes(ben.read_bytes()[:100])
    cem.unlink()
    graded(assignment, folder, into)
    assert contents(into) == before


def test_a_grader_that_dies_is_replaced(assignment, folder, tmp_path):
    killer = "import os, signal\n" + RIGHT.replace(
        "    return (", "    os.kill(os.getpid(), signal.SIGKILL)\n    return ("
    )
    for name in ("bob", "eva"):
        (folder / f"{name}.py").write_text(killer)
    (folder / "ida.py").write_text("import os\nos._exit(0)\n")
    paths = graded(assignment, folder, tmp_path / "results")
    found = {path.stem: read_results(path) for path in paths}
    assert {name for name, one in found.items() if not one.complete} == {"bob", "eva", "ida"}
    assert found["anna"].earned == found["fay"].earned == 300
    assert found["bob"].items[0].status == "passed", "what was seen before stays"
    assert found["bob"].items[1].status == "not run"
    assert "signal 9" in found["bob"].notes[0].text
    assert "exit code 0" in found["ida"].notes[0].text
    assert found["ida"].earned == 0


def test_a_grader_that_takes_too_long_is_ended(assignment, tmp_path, monkeypatch):
    folder = tmp_path / "submitted"
    folder.mkdir()
    (folder / "anna.py").write_text(RIGHT)
    (folder / "zoe.py").write_text("import time\n" + RIGHT.replace("return X", "time.sleep(600)"))
    monkeypatch.setattr(batch, "longest", lambda assignment: 12.0)
    monkeypatch.setattr(batch, "_GRACE", 1.0)
    anna, zoe = map(read_results, graded(assignment, folder, tmp_path / "results"))
    assert (anna.earned, anna.complete) == (300, True)
    assert (zoe.earned, zoe.complete) == (0, False)
    assert "too long" in zoe.notes[0].text


def test_graders_that_cannot_start_are_an_error(assignment, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(RuntimeError, match="graders in a row did not start"):
        graded(assignment, folder, tmp_path / "results")


def test_the_folder_of_the_records_is_no_submission(folder):
    into = folder / "results"
    into.mkdir()
    assert [task.path.name for task in submissions_in(folder, into)] == [
        "anna.py", "ben", "cem.py", "dan.docx", "eve.zip", "fay.zip", "gil",
    ]  # fmt: skip


def test_no_two_submissions_share_a_record(tmp_path):
    folder = tmp_path / "submitted"
    folder.mkdir()
    for name in (
        "anna.py",
        "anna.zip",
        "Anna.ipynb",
        "ben.times.py",
        "ben.py",
        "c d.py",
        "\u00e9.py",
    ):
        (folder / name).write_text("")
    tasks = submissions_in(folder, tmp_path / "results")
    names = [task.into.name for task in tasks]
    assert [task.path.name for task in tasks] == sorted(path.name for path in folder.iterdir())
    assert len({name.casefold() for name in names}) == len(names)
    assert {"anna.py.json", "anna.zip.json", "Anna.ipynb.json", "ben.json"} <= set(names)
    assert not [name for name in names if name.endswith(".times.json")]
    assert all(name.isascii() and " " not in name for name in names)


def test_drafts_of_those_that_are_gone_are_removed(assignment, folder, tmp_path):
    into = tmp_path / "results"
    into.mkdir()
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    stale, live = into / f".anna.json.{gone.pid}", into / f".anna.json.{os.getpid()}"
    for draft in (stale, live, into / ".keep"):
        draft.write_text("{")
    graded(assignment, folder, into)
    assert not stale.exists()
    assert live.exists()
    assert (into / ".keep").exists()


@pytest.mark.parametrize("jobs", [0, -1])
def test_there_is_at_least_one_grader(assignment, folder, tmp_path, jobs):
    with pytest.raises(ValueError, match=f"jobs is {jobs}"):
        graded(assignment, folder, tmp_path / "results", jobs=jobs)


def test_an_empty_folder_is_no_work(assignment, tmp_path):
    (tmp_path / "submitted").mkdir()
    assert graded(assignment, tmp_path / "submitted", tmp_path / "results") == []


def test_a_missing_folder_is_an_error(assignment, tmp_path):
    with pytest.raises(FileNotFoundError):
        graded(assignment, tmp_path / "nowhere", tmp_path / "results")


def test_a_short_secret_is_refused_before_any_grader_starts(assignment, folder, tmp_path):
    with pytest.raises(ValueError, match="16"):
        graded(assignment, folder, tmp_path / "results", secret=b"short")


INTERRUPTED = """
import sys
from pathlib import Path
from linclf.grading.batch import grade_all
from linclf.grading.rubric import load
from linclf.grading.tiers import Tier

grade_all(load(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), secret=sys.argv[4].encode(),
          tier=Tier.T0, jobs=2)
"""


def test_an_interrupted_batch_goes_on_where_it_was(assignment, tmp_path):
    folder, into = tmp_path / "submitted", tmp_path / "results"
    folder.mkdir()
    slow = "import time\n" + RIGHT.replace("    return X", "    time.sleep(0.05)\n    return X")
    for n in range(12):
        (folder / f"s{n:02}.py").write_text(f"{slow}\n# {n}\n")
    command = [sys.executable, "-c", INTERRUPTED, assignment.folder, folder, into, SECRET.decode()]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as process:
        deadline = time.monotonic() + 120
        while len(list(into.glob("s??.json"))) < 5:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
    assert b"KeyboardInterrupt" in said
    assert process.returncode != 0
    left = [read_results(path) for path in into.glob("s??.json")]
    assert 0 < sum(one.complete for one in left) < 12
    done = {p.stem: p.stat().st_mtime_ns for p in into.glob("s??.json") if read_results(p).complete}
    paths = graded(assignment, folder, into)
    assert set(earned(paths).values()) == {300}
    assert {name: (into / f"{name}.json").stat().st_mtime_ns for name in done} == done


def test_the_line_tells_how_far_it_is(capsys, monkeypatch):
    class Terminal:
        text = ""

        def isatty(self):
            return True

        def write(self, text):
            self.text += text

        def flush(self):
            pass

    monkeypatch.setattr(sys, "stderr", Terminal())
    with batch._Progress(4, None) as line:
        line.show()
        line.advance()
        line.updated = 0.0
        line.show()
        line.done = 4
    told = sys.stderr.text
    assert "\rgrading 1/4 [#####---------------]  25%" in told
    assert " left" in told
    assert told.rstrip("\n").split("\r")[-1].startswith("grading 4/4 [####################] 100%")


def test_the_line_stays_away_from_what_is_no_terminal(capsys):
    with batch._Progress(4, None) as line:
        line.advance()
        line.show()
    assert capsys.readouterr().err == ""
    with batch._Progress(4, True) as line:
        line.advance()
    assert capsys.readouterr().err.startswith("grading 1/4")
    with batch._Progress(4, False) as line:
        line.advance()
    assert capsys.readouterr().err == ""


def test_graders_import_nothing_from_where_they_start(assignment, tmp_path, monkeypatch):
    folder, here = tmp_path / "submitted", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    (folder / "anna.py").write_text(RIGHT)
    for name in ("json", "numpy", "linclf", "sitecustomize"):
        (here / f"{name}.py").write_text("import os\nos._exit(7)\n")
    monkeypatch.chdir(here)
    [anna] = map(read_results, graded(assignment, folder, tmp_path / "results"))
    assert (anna.earned, anna.complete) == (300, True)


def test_many_that_kill_graders_do_not_stop_the_batch(assignment, tmp_path):
    folder = tmp_path / "submitted"
    folder.mkdir()
    for n in range(5):
        (folder / f"killer{n}.py").write_text("import os, signal\nos.kill(os.getpid(), 9)\n")
    (folder / "zoe.py").write_text(RIGHT)
    found = {p.stem: read_results(p) for p in graded(assignment, folder, tmp_path / "r", jobs=1)}
    assert [one.complete for one in found.values()] == [False] * 5 + [True]
    assert found["zoe"].earned == 300


def test_the_secret_is_in_no_argument_and_no_environment(assignment, folder, tmp_path, monkeypatch):
    seen = []
    original = subprocess.Popen

    def spy(command, *about, **named):
        seen.append((list(map(str, command)), dict(named.get("env") or {})))
        return original(command, *about, **named)

    monkeypatch.setattr(batch.subprocess, "Popen", spy)
    graded(assignment, folder, tmp_path / "results")
    assert seen
    assert SECRET.decode() not in json.dumps(seen)
