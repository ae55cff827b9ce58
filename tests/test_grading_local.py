"""A submission in this process has the interface of one in a cell, and leaves nothing behind."""

import sys
import types

import course_mistakes
import numpy as np
import pytest
from course_solutions import SOLUTIONS
from grading_cells import failure_of
from linclf import course
from linclf.course.student import Wrong
from linclf.grading import (
    CATEGORIES,
    LocalStudent,
    RemoteStudent,
    Tier,
    categories,
    category_of,
    failures,
)
from linclf.messages import catalogue, say

STYLES = [(name, function) for name, styles in SOLUTIONS.items() for function in styles]


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LINCLF_LANG", "en")


@pytest.mark.parametrize(("name", "function"), STYLES, ids=[f.__name__ for _, f in STYLES])
def test_right_solutions_are_right(name, function):
    found = course.check(name, LocalStudent({name: function}).function(name))
    assert found
    assert found.notes == course.check(name, function).notes


@pytest.mark.parametrize(
    ("name", "function"),
    [(n, f) for n, f, _ in course_mistakes.MISTAKES if callable(f)],
    ids=[f"{n}-{f.__name__}" for n, f, _ in course_mistakes.MISTAKES if callable(f)],
)
def test_wrong_solutions_get_the_same_sentences(name, function):
    found = course.check(name, LocalStudent({name: function}).function(name))
    assert found.mistakes == course.check(name, function).mistakes


def test_it_has_what_a_remote_one_has():
    names = {name for name in dir(RemoteStudent) if not name.startswith("_")}
    student = LocalStudent({"f": lambda: 1})
    assert [name for name in (*names, "tier", "limits") if not hasattr(student, name)] == []
    assert student.tier is Tier.T0


def test_a_module_a_table_and_a_path_are_taken(tmp_path):
    module = types.ModuleType("one")
    module.f = lambda: 1
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "hw.py").write_text("def f(): return 1")
    for source in (module, {"f": lambda: 1}, tmp_path, str(tmp_path / "sub" / "hw.py")):
        with LocalStudent(source, wanted=["f"]) as student:
            assert student.f() == 1
            assert list(student.functions) == ["f"]


def test_no_file_is_nothing_handed_in(tmp_path):
    for source in (tmp_path, tmp_path / "missing.py", {}):
        assert failure_of(failures.NotSubmitted, LocalStudent(source).function, "f")


def test_loading_leaves_neither_path_nor_modules():
    before, path = set(sys.modules), list(sys.path)
    files = {"hw_of_mine.py": b"import helper_of_mine\ndef f(): return helper_of_mine.x",
             "helper_of_mine.py": b"x = 5"}  # fmt: skip
    assert LocalStudent(files, wanted=["f"]).f() == 5
    assert {n for n in set(sys.modules) - before if "of_mine" in n} == set()
    assert sys.path == path


def test_files_are_loaded_anew_when_asked():
    student = LocalStudent(
        {"hw.py": b"calls = []\ndef f():\n    calls.append(0)\n    return len(calls)"}
    )
    assert [student.f(), student.f()] == [1, 2]
    student.fresh()
    assert student.f() == 1


def test_what_is_printed_is_kept(capsys):
    student = LocalStudent({"hw.py": b"print('loading')\ndef f(): print('calling')"})
    student.f()
    assert student.output == "loading\ncalling\n"
    assert capsys.readouterr().out == ""


def test_exceptions_become_failures_with_a_place():
    student = LocalStudent({"hw.py": b"def f(x):\n    return [][x]\ndef g(): raise SystemExit"})
    raised = failure_of(failures.StudentException, student.f, 3)
    assert (raised.file, raised.line, raised.source) == ("hw.py", 2, "return [][x]")
    assert failure_of(failures.StudentException, student.g).type == "SystemExit"
    assert failure_of(failures.BadSignature, student.f).category == "signature"


def test_an_interrupt_of_the_reader_goes_through():
    def f():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        LocalStudent({"f": f}).f()


def test_what_a_callback_finds_goes_through():
    def ours():
        raise Wrong(say("course.loss_operands"))

    with pytest.raises(Wrong) as caught:
        LocalStudent({"f": lambda g: g()}).f(ours)
    assert type(caught.value) is Wrong


def test_no_memory_is_a_limit():
    def f():
        raise MemoryError

    assert failure_of(failures.LimitHit, LocalStudent({"f": f}).f).category == "memory"


# ------------------------------------------------------------------------------- failures

ALL = [
    failures.NotSubmitted(),
    failures.LoadFailed("SyntaxError", "invalid", "a.py", 3, "x ="),
    failures.LoadFailed("OSError", "gone"),
    failures.LoadFailed("SystemExit", "", "a.py", 3),
    failures.MissingFunction("f"),
    failures.MissingFunction("f", ["g"]),
    failures.MissingFunction("soft", ["softmax"]),
    failures.MissingFunction("f", kind="int"),
    failures.BadSignature("f", "(x)", 2),
    failures.StudentException("ValueError", "no"),
    failures.StudentException("ValueError", "no", "a.py", 3, "x = 1"),
    failures.NotWritten("NotImplementedError", ""),
    failures.Timeout(3.0),
    failures.Timeout(3.0, loading=True),
    failures.LimitHit("memory", 100),
    failures.LimitHit("output", 100),
    failures.LimitHit("disk", 100),
    failures.LimitHit("threads", 100),
    failures.LimitHit("processor", 100),
    failures.BadReturn("a set"),
    failures.BadReturn("a list", too_large=True),
    failures.ChildDied("signal 11"),
    failures.ChildDied("exit code 0", exited=True),
    failures.Tampering("bytes"),
]


@pytest.mark.parametrize("failure", ALL, ids=lambda one: f"{type(one).__name__}")
def test_failures_have_a_category_and_say_so_by_their_key(failure):
    assert isinstance(failure, Wrong)
    assert failure.category in CATEGORIES
    assert category_of(failure.sentences[0]) == failure.category
    assert str(failure) == str(failure.sentences[0])
    for language in ("de", "ko", "sk", "ru"):
        assert failure.sentences[0].text(language) != str(failure)


def test_a_failure_inside_a_check_is_its_finding():
    def f(s, y, delta=1.0):
        raise failures.Timeout(3.0)

    assert course.check("hinge_sample", f).ids == ("grading.timeout",)


def test_every_key_that_a_student_may_see_has_a_category():
    for key in catalogue("en"):
        assert category_of(key) in CATEGORIES
    tables = (categories._OF_COURSE, categories._OF_DIAGNOSIS, categories._OF_GRADING)
    known = [key for table in tables for keys in table.values() for key in keys]
    spelt = {key.partition(".")[2] for key in catalogue("en")}
    assert [key for key in known if key not in spelt] == []


def test_a_guess_has_the_category_of_what_is_guessed():
    inside = say("diagnosis.transposed")
    assert category_of(say("diagnosis.looks_like", sentence=inside)) == "shape"
    assert category_of("diagnosis.half_penalty_gradient") == "wrong_gradient"
    assert category_of("anything else") == "wrong_value"


def test_text_is_cleaned_and_cut():
    assert failures.clean("a\x00b\x1b[0m\r\n\u202e") == "a b [0m   "
    assert len(failures.clean("\u00e4" * 5000).encode()) <= failures.LONGEST
    assert failures.clean("\ud800") == " "
    assert np.all([one.isprintable() for one in failures.clean("".join(map(chr, range(2000))))])
