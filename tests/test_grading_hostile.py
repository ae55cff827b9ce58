"""Hostile submissions against a grader of their own: none earns a point or does harm.

The whole suite runs at T2 as whoever runs the tests; a chosen few at T3, and as an unprivileged
user where this one is root. `linclf grade redteam --all` runs all of them in every way.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from linclf.grading import RemoteStudent
from linclf.grading.failures import Failure
from linclf.grading.limits import Limits
from linclf.grading.redteam import running as redteam
from linclf.grading.redteam.makers import MAKERS
from linclf.grading.results import read_results
from linclf.grading.rubric import load
from linclf.grading.tiers import Tier, probe

SUITE = Path(__file__).parent / "hostile"
ATTACKS = redteam.attacks(SUITE)
KINDS = {"parent", "files", "processes", "network", "secrets", "text"}

needs_t2 = pytest.mark.skipif(probe().tier < Tier.T2, reason="this machine has no T2")
needs_t3 = pytest.mark.skipif(probe().tier < Tier.T3, reason="bubblewrap does not run here")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


# ------------------------------------------------------------------ the suite itself


def test_every_attack_of_the_threat_model_is_in_the_suite():
    numbers = {int(attack.folder[:2]) for attack in ATTACKS}
    assert numbers >= set(range(1, 47))


def test_every_folder_is_expected_and_every_attack_is_there():
    made = {attack.folder for attack in ATTACKS if attack.made}
    assert {attack.made for attack in ATTACKS if attack.made} == MAKERS.keys()
    folders = {path.name for path in SUITE.iterdir() if (path / "submission.py").is_file()}
    assert folders == {attack.folder for attack in ATTACKS} - made
    assert len(ATTACKS) == len({attack.folder for attack in ATTACKS})
    assert set(redteam.FEW) <= {attack.folder for attack in ATTACKS}


def test_expectations_name_what_there_is():
    from linclf.grading.failures import CATEGORIES

    items = {item.id for item in load(SUITE / "rubric.toml").items}
    for attack in ATTACKS:
        assert {*attack.earns, *attack.may_earn} <= items, attack.folder
        assert set(attack.categories) <= CATEGORIES.keys(), attack.folder
        assert set(attack.looks_for) <= KINDS, attack.folder
        assert attack.tries, attack.folder


def test_only_honest_work_earns_points():
    assert {attack.folder for attack in ATTACKS if attack.earns} == {
        "01_correct",
        "02_consistent_wrong",
        "32_transposed",
        "46_float32",
    }


def test_no_binary_is_committed():
    for path in SUITE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            path.read_text(encoding="utf-8")
            assert path.stat().st_size < 100_000, path


@pytest.mark.parametrize("name", MAKERS)
def test_a_maker_writes_into_its_folder_alone(name, tmp_path):
    secret, folder = tmp_path / "secret.py", tmp_path / "new"
    secret.write_text("the secret")
    folder.mkdir()
    made = MAKERS[name](folder, "x = 1\n", secret)
    assert made == folder or made.parent == folder
    assert {path.name for path in tmp_path.iterdir()} == {"secret.py", "new"}
    assert secret.read_text() == "the secret"


def test_the_installed_suite_is_this_one():
    names = {a.folder for a in redteam.attacks()}
    assert names == {a.folder for a in ATTACKS}, "install linclf again: the suite has changed"


def test_it_refuses_tiers_that_keep_nothing_out():
    with pytest.raises(ValueError, match="does not run at T1"):
        redteam.run(tier=Tier.T1)


@needs_t2
def test_it_refuses_names_that_it_does_not_have():
    with pytest.raises(ValueError, match="99_unknown are not in the suite"):
        redteam.run(tier=Tier.T2, names=["99_unknown"], folder=SUITE)


# ------------------------------------------------------------------ the watch sees harm

HARMS = {
    "import os; os.environ['NEW'] = '1'": "the grader's environment changed",
    "import os; os.chdir('/')": "the grader's folder changed",
    "import os; os.open('/dev/null', 0)": "the grader's descriptors changed",
    "import numpy as np; np.allclose = lambda *_: True": "the grader's functions changed",
    "import numpy as np; np.random.random()": "the grader's random numbers changed",
    "import os; os.nice(1)": "the grader's priority changed",
    "import signal; signal.signal(signal.SIGUSR1, signal.SIG_IGN)": "the grader's signals changed",
    "(watch.folders['home'] / 'new').write_text('')": "left home/new",
    "(watch.folders['results'] / 'anna.json').write_text('{}')": "changed results/anna.json",
    "watch.secret.chmod(0o666)": "changed secrets/hostile_oracle.py",
    "watch.secret.unlink()": "removed secrets/hostile_oracle.py",
    "import subprocess; subprocess.Popen(['sleep', '60'])": "left a process behind: sleep",
    "daemon()": "left a process behind: sleep",
    "connect(socket.AF_INET, ('127.0.0.1', targets['tcp']))": "reached tcp",
    "connect(socket.AF_INET, ('127.0.0.1', targets['udp']), socket.SOCK_DGRAM)": "reached udp",
    "connect(socket.AF_UNIX, targets['unix'])": "reached unix",
    "connect(socket.AF_UNIX, '\\0' + targets['abstract'])": "reached abstract",
    "said = watch.secret.read_text()": "read the answers",
    "import os; said = os.environ['LINCLF_HOSTILE_CANARY']": "read the environment of the grader",
    "published = open(targets['secret_files'][3]).read()": "published another submission",
    "said = 'PASSED\\nHARM: forked\\n'": "it says: forked",
    "import threading, time; threading.Thread(target=time.sleep, args=(9,), daemon=True).start()": (
        "the grader's threads changed"
    ),
    "import sys, types; sys.modules['kit'] = types.ModuleType('kit')": "imported kit",
    "pass": "",
}

SCRIPT = """
import os, socket, sys
from pathlib import Path
from linclf.grading.redteam.watch import Watch

def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.execvp("sleep", ["sleep", "60"])
    os.wait()

def connect(family, place, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as one:
        one.connect(place)
        one.send(b"x")

watch = Watch(Path(sys.argv[1]), os.getppid())
os.chdir(watch.folders["cwd"])
targets, said, published = watch.targets(), "", ""
watch.begin()
exec(sys.argv[2])
print("\\n".join(watch.harms(said, published)))
watch.close()
"""


@pytest.mark.parametrize("harm", HARMS)
def test_the_watch_sees(harm, tmp_path):
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), harm],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout.split("\n")
    found = [line for line in found if line]
    assert len(found) == bool(HARMS[harm]), found
    assert "".join(found).startswith(HARMS[harm])


def test_the_watch_kills_what_was_left_behind(tmp_path):
    code = "import subprocess; one = subprocess.Popen(['sleep', '60']); print(one.pid)"
    text = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), code],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    pid = int(text.splitlines()[0])
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return
        if state == "Z":
            return
        time.sleep(0.05)
    pytest.fail(f"process {pid} lives on")


# ------------------------------------------------------------------ the runner judges


def told(**changes):
    items = {
        "loss": {"earned": 0, "points": 400, "category": "wrong_value", "text": ""},
        "own": {"earned": 0, "points": 100, "category": "wrong_gradient", "text": ""},
    }
    for id, new in changes.pop("items", {}).items():
        items[id] |= new
    return {"tier": 2, "seconds": 0.1, "harms": [], "notes": [], "items": items, **changes}


@pytest.mark.parametrize(
    ("attack", "answer", "problem"),
    [
        ({}, told(), None),
        ({}, told(items={"loss": {"earned": 1}}), "honest wrong answer would not"),
        ({}, told(items={"loss": {"category": "not_run"}}), "ended as not_run"),
        ({}, told(tier=1), "graded at T1"),
        ({}, told(seconds=1000.0), "more than"),
        ({}, told(notes=["a bug"]), "a bug"),
        ({"earns": ("loss",)}, told(), "earned 0 of 400"),
        ({"earns": ("loss",)}, told(items={"loss": {"earned": 400}}), None),
        ({"may_earn": ("own",)}, told(items={"own": {"earned": 100}}), None),
        ({"categories": ("died",)}, told(), "ended as wrong_value"),
    ],
)
def test_an_outcome_is_judged_by_what_is_expected(attack, answer, problem):
    found = list(redteam._problems(redteam.Attack("00", "", **attack), answer, Tier.T2))
    assert bool(found) == bool(problem)
    assert problem is None or any(problem in text for text in found)


# ------------------------------------------------------------------ callbacks and names

CALLBACKS = b"""
import threading

KEPT = []

def forever(f):
    while True:
        f(1.0)

def keep(f):
    KEPT.append(f)
    return f(1.0)

def later(f):
    return KEPT[0](2.0)

def threads(f):
    each = [threading.Thread(target=lambda: [f(float(i)) for i in range(50)]) for _ in range(8)]
    for one in each:
        one.start()
    for one in each:
        one.join()
    return 1.0

def oddly(f):
    for operands in ((), (1, 2, 3), ("x" * 2000,), ({1: {2: [[]]}},), (f,), (object(),)):
        try:
            f(*operands)
        except Exception:
            continue
    return f(1.0)

def recursive(f):
    return f(recursive)

def leaves(f):
    threading.Thread(target=lambda: [f(1.0) for _ in range(100000)], daemon=True).start()
    return 1.0
"""


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("forever", "timeout"),
        ("keep", None),
        ("later", None),
        ("threads", None),
        ("oddly", None),
        ("recursive", "exception"),
    ],
)
def test_calling_back_gives_no_more_than_its_answer(name, category):
    asked = []

    def ours(value):
        asked.append(value)
        return value

    limits = Limits(seconds=5.0 if category == "timeout" else 60.0)
    with RemoteStudent({"a.py": CALLBACKS}, tier=Tier.T1, limits=limits) as student:
        student.keep(lambda x: "of another call")
        if category is None:
            assert student.function(name)(ours) in (1.0, 2.0)
        else:
            with pytest.raises(Failure) as caught:
                student.function(name)(ours)
            assert caught.value.category == category
        assert student.keep(lambda x: -x) == -1.0, "the next call is answered as ever"
    assert not any(callable(value) for value in asked)


def test_calling_back_after_the_answer_is_tampering():
    with RemoteStudent({"a.py": CALLBACKS}, tier=Tier.T1) as student:

        def call_again():
            for _ in range(100):
                student.leaves(lambda x: x)
                time.sleep(0.05)

        with pytest.raises(Failure) as caught:
            call_again()
        assert caught.value.category == "tampering"
        assert student.keep(lambda x: -x) == -1.0


def test_what_is_no_name_is_not_listed():
    source = b"def f(W):\n    pass\n\nglobals()['\\x1b[2J<b>f</b>'] = f\n"
    with RemoteStudent({"a.py": source}, tier=Tier.T1) as student:
        assert list(student.functions) == ["f"]
        with pytest.raises(Failure, match="f") as caught:
            student.function("ff")
        assert str(caught.value).isprintable()


# ------------------------------------------------------------------ beside the engine

BATCH = """
from pathlib import Path
import sys
from linclf.grading.batch import grade_all
from linclf.grading.rubric import load
from linclf.grading.tiers import Tier

grade_all(load(Path(sys.argv[1])), ".", sys.argv[2], secret=b"x" * 32, tier=Tier.T2)
"""


@needs_t2
def test_submissions_in_the_working_folder_are_no_modules_of_the_graders(tmp_path):
    """Whoever hands in numpy.py must not find it imported by the process that grades."""
    submitted, marks, records = tmp_path / "submitted", tmp_path / "marks", tmp_path / "records"
    submitted.mkdir()
    marks.mkdir()
    for name in ("numpy", "json", "selectors", "linclf", "sitecustomize"):
        (submitted / f"{name}.py").write_text(f"open({str(marks / name)!r}, 'w').close()\n")
    (submitted / "anna.py").write_text((SUITE / "01_correct" / "submission.py").read_text())
    subprocess.run(
        [sys.executable, "-P", "-c", BATCH, str(SUITE / "rubric.toml"), str(records)],
        cwd=submitted,
        timeout=300,
        check=True,
    )
    assert read_results(records / "anna.json").earned == 1000
    assert read_results(records / "numpy.json").complete
    assert not list(marks.iterdir()), "a worker may not write there: a grader has"


# ------------------------------------------------------------------ the attacks


def check(report, tier):
    assert report.tier == tier
    assert report.ok, f"\n{report}"


@needs_t2
def test_no_attack_gets_through_at_t2():
    report = redteam.run(tier=Tier.T2, folder=SUITE, jobs=4)
    assert len(report.outcomes) == len(ATTACKS)
    check(report, Tier.T2)
    assert re.search(r"(?m)^01_correct +10 ", str(report))
    assert "none got through" in str(report)


@needs_t3
def test_no_attack_of_the_few_gets_through_at_t3():
    check(redteam.run(tier=Tier.T3, folder=SUITE, jobs=4, names=redteam.FEW), Tier.T3)


@needs_root
@needs_t2
@pytest.mark.parametrize("tier", [Tier.T2, Tier.T3], ids=str)
def test_no_attack_of_the_few_gets_through_as_an_unprivileged_user(tier):
    if probe().tier < tier:
        pytest.skip(f"this machine has no {tier.name}")
    try:
        redteam._interpreter(redteam.STRANGER)
    except RuntimeError as error:
        pytest.skip(str(error))
    report = redteam.run(tier=tier, folder=SUITE, jobs=4, names=redteam.FEW, user=redteam.STRANGER)
    assert report.user == f"uid {redteam.STRANGER}"
    check(report, tier)


@needs_t2
def test_an_attack_that_gets_through_is_reported(tmp_path):
    """A suite whose expectations are wrong on purpose: an honest answer earns, a boast is heard."""
    (tmp_path / "rubric.toml").write_text((SUITE / "rubric.toml").read_text())
    (tmp_path / "kit.py").write_text((SUITE / "kit.py").read_text())
    source = (SUITE / "01_correct" / "submission.py").read_text()
    for name in ("01_correct", "02_boast"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "submission.py").write_text(source)
    boast = source + "\nimport kit\n\nkit.harm('forked')\n"
    (tmp_path / "02_boast" / "submission.py").write_text(boast)
    (tmp_path / "expected.toml").write_text(
        '[[attacks]]\nfolder = "01_correct"\ntries = "to be right"\n'
        '[[attacks]]\nfolder = "02_boast"\ntries = "to boast"\n'
        'earns = ["loss", "gradient", "own"]\n'
    )
    report = redteam.run(tier=Tier.T2, folder=tmp_path, jobs=1)
    right, boast = report.outcomes
    assert not report.ok
    assert [text.split(":")[0] for text in right.problems] == ["loss", "gradient", "own"]
    assert not right.harms
    assert boast.harms == ["it says: forked"]
    assert "2 of them got through" in str(report)
