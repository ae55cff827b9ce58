"""Grading one submission: whatever happens, a whole record with no point that was not earned."""

import json
import os
import subprocess
import sys
import textwrap

import pytest
from linclf.grading.checks import CHECKS
from linclf.grading.engine import fingerprint, grade, longest, open_student
from linclf.grading.failures import Failure
from linclf.grading.intake import IntakeError, Submission, digest_of
from linclf.grading.policy import forbidden_import
from linclf.grading.results import SCHEMA, public, read_results, times_path
from linclf.grading.rubric import load
from linclf.grading.tiers import Tier, probe
from linclf.messages import say

SECRET = b"a secret for the tests of the engine"

RUBRIC = """
[assignment]
id = "hw1"
title = "Linear classifiers"
version = "3"
total = 10
min_tier = 0
language = "de"

[[items]]
id = "scores"
title = "Scores"
points = 2
function = "scores"
check = "exercise"
cases = 2

[[items]]
id = "loss"
title = "The loss"
points = 3
function = "hinge_vectorized"
check = "loss"
loss = "hinge"
profile = ["plain", "n_equals_c", "no_penalty"]

[[items]]
id = "gradient"
title = "The gradient"
points = 4
function = "hinge_vectorized"
check = "gradient"
loss = "hinge"
profile = ["plain", "n_equals_c"]
requires = ["loss"]

[[items]]
id = "step"
title = "A step"
points = 1
function = "sgd_step"
check = "sgd_step"
visibility = "hidden"
"""

SOLUTION = """
import numpy as np


def scores(W, X):
    return X @ W


def hinge_vectorized(W, X, y, reg):
    rows = np.arange(len(X))
    S = X @ W
    margins = np.maximum(0, S - S[rows, y][:, None] + 1)
    margins[rows, y] = 0
    mask = (margins > 0).astype(float)
    mask[rows, y] = -mask.sum(axis=1)
    return margins.sum() / len(X) + reg * np.sum(W * W), X.T @ mask / len(X) + 2 * reg * W


def sgd_step(W, dW, learning_rate):
    W -= learning_rate * dW
"""


def rubric(tmp_path, text=RUBRIC, **changes):
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    folder = tmp_path / "hw1"
    folder.mkdir(exist_ok=True)
    (folder / "rubric.toml").write_text(text)
    return load(folder)


def handed_in(source=SOLUTION, name="anna"):
    files = {"hw.py": textwrap.dedent(source).encode()}
    return Submission(name, files, digest_of(files))


def graded(tmp_path, source=SOLUTION, assignment=None, **options):
    assignment = assignment or rubric(tmp_path)
    return grade(assignment, handed_in(source), secret=SECRET, tier=Tier.T0, **options)


def outcome(results):
    return {item.id: (item.earned, item.status, item.category) for item in results.items}


# ------------------------------------------------------------------------------- the record


def test_right_code_earns_all(tmp_path):
    results = graded(tmp_path)
    assert [item.status for item in results.items] == ["passed"] * 4
    assert (results.earned, results.total, results.complete) == (1000, 1000, True)
    assert (results.tier, results.required_tier, results.language) == (0, 0, "de")
    assert results.notes == []


def test_the_same_submission_gives_the_same_bytes(tmp_path):
    wrong = SOLUTION.replace("/ len(X) + 2 *", "+ 2 *").replace("W -= ", "W += ")
    for name in ("a", "b"):
        graded(tmp_path, wrong, into=tmp_path / f"{name}.json")
    first, second = ((tmp_path / f"{name}.json").read_bytes() for name in ("a", "b"))
    assert first == second
    assert read_results(tmp_path / "a.json").item("gradient").mistakes == ["gradient_sum"]
    assert sorted(path.name for path in tmp_path.glob("*.json")) == [
        "a.json", "a.times.json", "b.json", "b.times.json",
    ]  # fmt: skip


def test_times_stay_out_of_the_record(tmp_path):
    results = graded(tmp_path, into=tmp_path / "a.json")
    assert read_results(tmp_path / "a.json") == results
    times = json.loads(times_path(tmp_path / "a.json").read_text())
    assert set(times["items"]) == {item.id for item in results.items}
    assert all(item["wall"] >= 0 for item in times["items"].values())
    assert times["wall"] > 0


def test_other_code_or_another_secret_draws_other_cases(tmp_path):
    assignment = rubric(tmp_path)
    ids = [
        grade(assignment, submission, secret=secret, tier=Tier.T0).item("loss").case_ids
        for submission, secret in (
            (handed_in(), SECRET),
            (handed_in(name="ben"), SECRET),
            (handed_in(SOLUTION + "\n# mine\n"), SECRET),
            (handed_in(), b"another secret of this course"),
        )
    ]
    assert ids[0] == ids[1], "a name is no reason for another draw"
    assert len(ids[0]) == len(set(ids[0])) == 3
    assert ids[0] != ids[2] != ids[3] != ids[0]


def test_every_item_is_written_as_nothing_before_the_first_is_tried(tmp_path, monkeypatch):
    into, seen = tmp_path / "a.json", []
    for name, check in list(CHECKS.items()):

        def spy(*about, check=check):
            seen.append(read_results(into))
            return check(*about)

        monkeypatch.setitem(CHECKS, name, spy)
    graded(tmp_path, into=into)
    assert set(outcome(seen[0]).values()) == {(0, "not run", "not_run")}
    assert [sum(item.status == "passed" for item in one.items) for one in seen] == [0, 1, 2, 3]
    assert not any(one.complete for one in seen)


def test_the_record_keeps_to_its_schema(tmp_path):
    jsonschema = pytest.importorskip("jsonschema")
    for source in (SOLUTION, "x = (", "import numpy as np\nscores = np.dot\n", ""):
        jsonschema.validate(json.loads(graded(tmp_path, source).to_json()), SCHEMA)


# ---------------------------------------------------------------------- what students do


@pytest.mark.parametrize(
    ("source", "category"),
    [
        ("def scores(W, X) return", "load"),
        ("import sys\nsys.exit(0)", "load"),
        ("def score(W, X): return X @ W", "missing_function"),
        ("scores = 3", "missing_function"),
        ("def scores(X): return X", "signature"),
        ("def scores(W, X): raise NotImplementedError", "not_written"),
        ("def scores(W, X): 1 / 0", "exception"),
        ("def scores(W, X): pass", "bad_return"),
        ("def scores(W, X): return (X @ W).T", "shape"),
        ("def scores(W, X): return X @ W + 1", "wrong_value"),
        ("def scores(W, X):\n S = X @ W\n W *= 0\n return S", "mutated"),
    ],
)
def test_what_is_wrong_has_a_category_and_a_sentence_in_two_languages(tmp_path, source, category):
    item = graded(tmp_path, source).item("scores")
    assert (item.earned, item.status, item.category) == (0, "failed", category)
    assert item.messages
    assert item.messages[0].text
    assert item.messages[0].translated not in ("", item.messages[0].text)
    assert item.cases == 2


def test_what_is_required_comes_first(tmp_path):
    results = graded(tmp_path, SOLUTION.replace("S[rows, y][:, None] + 1", "S[rows, y][:, None]"))
    assert results.item("loss").mistakes == ["delta_zero"]
    assert outcome(results)["gradient"] == (0, "failed", "requires")
    assert [m.text for m in results.item("gradient").messages] == ["fix The loss first"]
    assert outcome(results)["step"] == (100, "passed", "right")


def test_what_is_required_may_stand_below(tmp_path):
    text = RUBRIC.replace('requires = ["loss"]', 'requires = ["step"]')
    text = text.replace('visibility = "hidden"\n', "")
    text = text.replace('id = "scores"\n', 'id = "scores"\nrequires = ["gradient"]\n')
    results = graded(tmp_path, assignment=rubric(tmp_path, text))
    assert results.earned == 1000
    assert [item.id for item in results.items] == ["scores", "loss", "gradient", "step"]
    wrong = graded(tmp_path, SOLUTION.replace("W -=", "W +="), rubric(tmp_path, text))
    assert [wrong.item(id).category for id in ("gradient", "scores")] == ["requires"] * 2


def test_a_submission_that_could_not_be_read_is_worth_nothing(tmp_path):
    error = IntakeError("ben", "forbidden", say("grading.not_submitted"))
    results = grade(
        rubric(tmp_path), error, secret=SECRET, tier=Tier.T0, into=tmp_path / "ben.json"
    )
    assert set(outcome(results).values()) == {(0, "failed", "forbidden")}
    assert results.submission == {"name": "ben", "digest": ""}
    assert all(item.messages[0].key == "grading.not_submitted" for item in results.items)
    assert read_results(tmp_path / "ben.json").complete


def test_hidden_items_keep_their_secrets_in_the_view_of_students(tmp_path):
    results = graded(tmp_path, SOLUTION.replace("W -= ", "W += "))
    step, seen = results.item("step"), public(results).item("step")
    assert step.messages
    assert step.case_ids
    assert (seen.category, seen.messages, seen.case_ids) == ("wrong_value", [], [])


def test_an_item_may_not_take_forever_by_many_short_calls(tmp_path):
    text = RUBRIC.replace("[[items]]", "[limits]\nseconds = 0.05\n\n[[items]]", 1)
    slow = SOLUTION.replace("    S = X @ W\n", "    import time; time.sleep(0.08)\n    S = X @ W\n")
    results = graded(tmp_path, slow, rubric(tmp_path, text))
    assert results.item("loss").category == "timeout"
    assert results.item("loss").earned < 300
    assert results.item("step").status == "passed"


# ------------------------------------------------------------------- known mistakes, policy


MISTAKE = """
[[mistakes]]
id = "gradient_sum"
applies_to = ["gradient"]
message = "Slide 42 has the mean."
hint_url = "https://example.org/mean"
credit = 0.5
"""


def test_a_known_mistake_has_its_message_and_its_credit(tmp_path):
    summed = SOLUTION.replace("X.T @ mask / len(X)", "X.T @ mask")
    assert graded(tmp_path, summed).item("gradient").earned == 0
    results = graded(tmp_path, summed, rubric(tmp_path, RUBRIC + MISTAKE))
    item = results.item("gradient")
    assert (item.earned, item.status, item.category) == (200, "partial", "wrong_gradient")
    texts = [message.text for message in item.messages]
    assert texts[-2:] == ["Slide 42 has the mean.", "see https://example.org/mean"]


def test_two_mistakes_are_not_the_one_that_has_credit(tmp_path):
    both = SOLUTION.replace("X.T @ mask / len(X) + 2 *", "X.T @ mask + 1 *")
    item = graded(tmp_path, both, rubric(tmp_path, RUBRIC + MISTAKE)).item("gradient")
    assert set(item.mistakes) == {"gradient_sum", "half_penalty_gradient"}
    assert item.earned == 0
    assert "Slide 42 has the mean." in [message.text for message in item.messages]


def test_credit_counts_where_it_is_enabled(tmp_path):
    summed = SOLUTION.replace("X.T @ mask / len(X)", "X.T @ mask")
    text = RUBRIC.replace('requires = ["loss"]', 'visibility = "hidden"')
    assert graded(tmp_path, summed, rubric(tmp_path, text + MISTAKE)).item("gradient").earned == 0
    on = MISTAKE + 'enabled_on = ["hidden"]\n'
    assert graded(tmp_path, summed, rubric(tmp_path, text + on)).item("gradient").earned == 200


POLICY = """
[functions.scores]
params = ["W", "X"]
returns = ["N, C"]
forbidden_imports = ["scipy", "sklearn.svm"]
"""


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("import scipy", "scipy"),
        ("import numpy as np, scipy.linalg as la", "scipy"),
        ("    from scipy.special import expit", "scipy"),
        ("x = 1; import scipy", "scipy"),
        ("from sklearn.svm import LinearSVC", "sklearn.svm"),
        ("m = importlib.import_module('scipy')", "scipy"),
        ('m = __import__( "scipy.linalg")', "scipy"),
    ],
)
def test_forbidden_imports_are_found(line, module):
    files = {"a.py": b"import numpy as np\n", "hw.py": f"{line}\n".encode()}
    assert forbidden_import(files, ["sklearn.svm", "scipy"]) == ("hw.py", module)
    cell = {"cells": [{"cell_type": "code", "source": ["x = 1\n", f"{line}\n"]}]}
    assert forbidden_import({"hw.ipynb": json.dumps(cell).encode()}, ["scipy", "sklearn.svm"])


@pytest.mark.parametrize(
    "text",
    [
        "# import scipy",
        '"""\nimport scipy\n"""',
        "import scipyx",
        "from sklearn import svm_tools",
        "important = scipy = 3",
        "import numpy as scipy",
    ],
)
def test_what_only_looks_like_an_import_is_allowed(text):
    assert forbidden_import({"hw.py": text.encode()}, ["scipy", "sklearn.svm"]) is None


def test_a_forbidden_import_costs_the_items_of_the_function(tmp_path):
    assignment = rubric(tmp_path, RUBRIC + POLICY)
    results = graded(tmp_path, "import scipy\n" + SOLUTION, assignment)
    item = results.item("scores")
    assert (item.earned, item.category) == (0, "forbidden")
    assert item.messages[0].text == "hw.py imports scipy, which is not allowed here"
    assert results.item("loss").status == "passed"


# ------------------------------------------------------------------------ what graders do


def test_a_bug_of_a_check_costs_its_item_alone_and_is_told_to_the_instructor(tmp_path, monkeypatch):
    def broken(item, student, seed, ledger, spec=None):
        ledger.case(True)
        raise ZeroDivisionError("in the check\x1b[31m")

    monkeypatch.setitem(CHECKS, "loss", broken)
    results = graded(tmp_path, into=tmp_path / "a.json")
    assert outcome(results)["loss"] == (0, "not run", "not_run")
    assert outcome(results)["scores"] == (200, "passed", "right")
    assert outcome(results)["gradient"][2] == "requires"
    assert not results.complete, "a batch tries it again"
    [note] = results.notes
    assert "ZeroDivisionError: in the check" in note.text
    assert "\x1b" not in note.text
    assert public(results).notes == []


def test_a_check_that_tries_nothing_gives_nothing(tmp_path, monkeypatch):
    monkeypatch.setitem(CHECKS, "loss", lambda *_: None)
    results = graded(tmp_path)
    assert outcome(results)["loss"] == (0, "not run", "not_run")
    assert len(results.notes) == 1


def test_an_interrupt_leaves_what_was_seen(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setitem(CHECKS, "loss", interrupted)
    with pytest.raises(KeyboardInterrupt):
        graded(tmp_path, into=tmp_path / "a.json")
    left = read_results(tmp_path / "a.json")
    assert outcome(left)["scores"] == (200, "passed", "right")
    assert outcome(left)["loss"] == (0, "not run", "not_run")
    assert not left.complete


def test_a_weaker_tier_than_the_rubric_asks_for_is_refused(tmp_path):
    assignment = rubric(tmp_path, RUBRIC.replace("min_tier = 0", "min_tier = 2"))
    with pytest.raises(ValueError, match="T0, but hw1 asks for T2"):
        graded(tmp_path, assignment=assignment, into=tmp_path / "a.json")
    assert not (tmp_path / "a.json").exists()


def test_a_short_secret_is_refused(tmp_path):
    with pytest.raises(ValueError, match="16"):
        grade(rubric(tmp_path), handed_in(), secret=b"short", tier=Tier.T0)


def test_a_fingerprint_tells_rubrics_and_secrets_apart(tmp_path):
    first = fingerprint(rubric(tmp_path), SECRET)
    assert first == fingerprint(rubric(tmp_path), SECRET)
    others = {
        fingerprint(rubric(tmp_path), b"another secret of this course"),
        fingerprint(rubric(tmp_path, RUBRIC.replace("cases = 2", "cases = 3")), SECRET),
    }
    assert len({first, *others}) == 3
    assert len(first) == 16


def test_a_submission_that_cannot_be_opened_is_a_failure():
    error = IntakeError("ben", "not_submitted", say("grading.not_submitted"))
    with pytest.raises(Failure) as failed:
        open_student(None, error, Tier.T0)
    assert failed.value.category == "not_submitted"
    with open_student(None, handed_in(), Tier.T0) as student:
        assert set(student.functions) == {"scores", "hinge_vectorized", "sgd_step"}


def test_there_is_a_time_after_which_a_grader_is_lost(tmp_path):
    assert longest(rubric(tmp_path)) > 4 * 4 * 10


KILLED = """
import os, random, shutil, signal, sys, time
from pathlib import Path
from linclf.grading.engine import grade
from linclf.grading.intake import Submission, digest_of
from linclf.grading.rubric import load
from linclf.grading.tiers import Tier

folder, secret = Path(sys.argv[1]), sys.argv[2].encode()
files = {"hw.py": (folder / "hw.py").read_bytes()}
submission = Submission("anna", files, digest_of(files))
assignment, into = load(folder / "hw1"), folder / "results" / "anna.json"
grade(assignment, submission, secret=secret, tier=Tier.T0)  # so that all is imported
moments = random.Random(1)
for n in range(30):
    into.unlink(missing_ok=True)
    grader = os.fork()
    if not grader:
        grade(assignment, submission, secret=secret, tier=Tier.T0, into=into)
        time.sleep(600)
    while not into.exists():
        time.sleep(0.0005)
    time.sleep(moments.uniform(0.0, 0.06))
    os.kill(grader, signal.SIGKILL)
    os.waitpid(grader, 0)
    shutil.copyfile(into, folder / f"left-{n}.json")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_grader_that_is_killed_leaves_a_whole_record(tmp_path):
    """Killed at random moments, time and again."""
    whole = graded(tmp_path)
    (tmp_path / "hw.py").write_text(SOLUTION)
    (tmp_path / "results").mkdir()
    command = [sys.executable, "-c", KILLED, str(tmp_path), SECRET.decode()]
    subprocess.run(command, check=True, timeout=600)
    complete = []
    for path in tmp_path.glob("left-*.json"):
        left = read_results(path)
        assert [item.id for item in left.items] == [item.id for item in whole.items]
        for item, right in zip(left.items, whole.items, strict=True):
            assert item.status == "not run" or item == right
            assert item.status != "not run" or (item.earned, item.category) == (0, "not_run")
        complete.append(left.complete)
    assert len(complete) == 30
    assert not all(complete), "no grader was killed at work"


def test_the_package_offers_what_it_lists():
    from linclf import grading

    assert sorted(grading.__all__) == sorted(grading._PLACES)
    for name in grading.__all__:
        assert getattr(grading, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'grades'"):
        grading.grades  # noqa: B018


# ------------------------------------------------------------------------------- in a cell

TIERS = [tier for tier in Tier if Tier.T0 < tier <= probe().tier]
FAST = RUBRIC.replace("[[items]]", "[limits]\nseconds = 3.0\n\n[[items]]", 1)


@pytest.fixture(params=TIERS, ids=lambda tier: tier.name)
def tier(request):
    return request.param


def in_cell(tmp_path, tier, source, text=FAST, **options):
    return grade(rubric(tmp_path, text), handed_in(source), secret=SECRET, tier=tier, **options)


def test_a_cell_changes_nothing_but_the_tier(tmp_path, tier):
    wrong = SOLUTION.replace("X.T @ mask / len(X)", "X.T @ mask")
    here, there = (
        grade(rubric(tmp_path), handed_in(wrong), secret=SECRET, tier=one)
        for one in (Tier.T0, tier)
    )
    assert there.tier == tier
    assert there.items == here.items


def test_a_cell_gives_the_same_bytes_each_time(tmp_path, tier):
    odd = SOLUTION.replace("W -= learning_rate * dW", "raise ValueError(object(), {'a', 'b', 'c'})")
    first, second = (in_cell(tmp_path, tier, odd).to_json() for _ in "ab")
    assert first == second
    assert "ValueError" in first


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ("while True: pass", "timeout"),
        ("import os; os._exit(0)", "died"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "died"),
        ("print('x' * (1 << 22))", "output"),
        ("return np.zeros(1 << 36)", "memory"),
    ],
)
def test_what_ends_a_cell_costs_one_item_and_the_others_are_graded(tmp_path, tier, line, category):
    source = SOLUTION.replace("    return X @ W", f"    {line}\n    return X @ W")
    results = in_cell(tmp_path, tier, source)
    assert outcome(results)["scores"] == (0, "failed", category)
    assert [results.item(id).status for id in ("loss", "gradient", "step")] == ["passed"] * 3
    assert results.complete
    assert results.notes == []


def test_a_fresh_cell_for_each_item_forgets(tmp_path, tier):
    remembers = SOLUTION.replace("def scores(W, X):", "seen = []\n\n\ndef scores(W, X):").replace(
        "    return X @ W", "    seen.append(1)\n    return X @ W"
    )
    spoilt = remembers.replace("    W -= learning_rate", "    W -= (not seen) * learning_rate")
    assert in_cell(tmp_path, tier, spoilt).item("step").status == "failed"
    text = FAST.replace('language = "de"', 'language = "de"\nisolation = "item"')
    assert in_cell(tmp_path, tier, spoilt, text).item("step").status == "passed"


# ---------------------------------------------------------------------- the tests of pytest


TESTED = (
    RUBRIC.replace("total = 10", "total = 13")
    + """
[[items]]
id = "shapes"
title = "Shapes"
points = 2
check = "test"
test = "test_extra.py::test_shapes"

[[items]]
id = "twice"
title = "Twice"
points = 1
check = "test"
test = "test_extra.py::test_twice"
requires = ["loss"]
"""
)

TESTS = """
import numpy as np


def test_shapes(student, grade):
    for n in (1, 2, 3):
        grade.array("S", student.scores(np.ones((4, n)), np.ones((2, 4))), 4 * np.ones((2, n)))


def test_twice(student):
    assert student.scores(np.eye(2), np.eye(2)).sum() == 2, "not the sum"
"""


@pytest.fixture
def tested(tmp_path):
    pytest.importorskip("linclf_grading")
    folder = tmp_path / "hw1"
    folder.mkdir()
    (folder / "test_extra.py").write_text(TESTS)
    return rubric(tmp_path, TESTED)


def test_items_of_pytest_are_run_by_it(tmp_path, tested):
    results = graded(tmp_path, assignment=tested, into=tmp_path / "a.json")
    assert results.notes == []
    assert outcome(results)["shapes"] == (200, "passed", "right")
    assert outcome(results)["twice"] == (100, "passed", "right")
    assert results.item("shapes").cases == 3
    assert read_results(tmp_path / "a.json") == results


def test_items_of_pytest_can_be_left_out(tmp_path, tested):
    results = graded(tmp_path, assignment=tested, tests=False)
    assert outcome(results)["shapes"] == (0, "not run", "not_run")
    assert outcome(results)["loss"] == (300, "passed", "right")


def test_items_of_pytest_wait_for_others(tmp_path, tested):
    wrong = SOLUTION.replace("return margins.sum()", "return 2 * margins.sum()")
    wrong = wrong.replace("return X @ W", "return X @ W + (len(X) == len(W))")
    results = graded(tmp_path, wrong, tested)
    assert outcome(results)["twice"] == (0, "failed", "requires")
    assert outcome(results)["shapes"][2] == "right"


def test_a_test_that_fails_says_why(tmp_path, tested):
    wrong = SOLUTION.replace("return X @ W", "return 2 * (X @ W)")
    results = graded(tmp_path, wrong, tested)
    assert outcome(results)["shapes"] == (0, "failed", "wrong_value")
    assert outcome(results)["twice"] == (0, "failed", "wrong_value")
    assert "not the sum" in results.item("twice").messages[0].text


def test_a_pytest_that_does_not_come_to_its_end_gives_nothing(tmp_path, tested):
    (tested.folder / "test_extra.py").write_text(
        "import os\n" + TESTS.replace("    assert", "    os._exit(0)\n    assert")
    )
    results = graded(tmp_path, assignment=tested)
    assert outcome(results)["twice"] == (0, "not run", "not_run")
    assert outcome(results)["loss"] == (300, "passed", "right")


def test_a_test_file_that_cannot_be_imported_is_told_to_the_instructor(tmp_path, tested):
    (tested.folder / "test_extra.py").write_text(TESTS.replace("import numpy", "import nunpy"))
    results = graded(tmp_path, assignment=tested)
    assert outcome(results)["shapes"] == (0, "not run", "not_run")
    assert results.notes


def test_nothing_of_a_submission_configures_pytest(tmp_path, tested):
    evil = "import os\nos._exit(3)\n"
    files = {
        "hw.py": SOLUTION.encode(),
        "conftest.py": evil.encode(),
        "pytest.ini": b"[pytest]\naddopts = --collect-only\n",
        "test_extra.py": b"def test_shapes(): pass\n",
    }
    submission = Submission("eve", files, digest_of(files))
    results = grade(tested, submission, secret=SECRET, tier=Tier.T1)
    assert results.notes == []
    assert outcome(results)["shapes"] == (0, "failed", "died"), "the one that asks the submission"
