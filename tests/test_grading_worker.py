"""What is loaded of a submission, and what is said of one that cannot be: in a cell and without."""

import json
import sys
import textwrap

import numpy as np
import pytest
from grading_cells import failure_of, remote
from linclf.grading import LocalStudent, failures
from linclf.grading.child import notebook as notebook_cells


def local(source, **options):
    files = source if isinstance(source, dict) else {"homework.py": source}
    files = {
        n: s if isinstance(s, bytes) else textwrap.dedent(s).encode() for n, s in files.items()
    }
    return LocalStudent(files, **options)


@pytest.fixture(params=[local, remote], ids=["local", "remote"])
def load(request):
    """Load a submission here or in a cell, which is closed afterwards."""
    opened = []

    def load(source, *wanted, **options):
        opened.append(request.param(source, wanted=wanted, **options))
        return opened[-1]

    yield load
    for one in opened:
        one.close()


def notebook(*cells):
    """Return a notebook of (source, metadata) cells."""
    found = []
    for cell in cells:
        source, metadata = cell if isinstance(cell, tuple) else (cell, {})
        source = textwrap.dedent(source)
        found.append({"cell_type": "code", "source": source, "metadata": metadata})
    found.insert(1, {"cell_type": "markdown", "source": ["# def f(): no code"], "metadata": {}})
    return {"homework.ipynb": json.dumps({"cells": found, "nbformat": 4}).encode()}


# ------------------------------------------------------------------------------- python files


def test_a_file_may_have_any_name(load):
    assert load({"My solution (2).py": "def f(): return 1"}, "f").f() == 1


def test_of_several_files_the_one_that_defines_the_function_is_executed(load):
    files = {
        "a_script.py": "raise SystemExit('not for grading')",
        "hw.py": "from helper import two\ndef f(): return two()\ng = lambda: 3",
        "helper.py": "def two(): return 2",
        "old/hw.py": "def f(): return 1",
        ".hidden/hw.py": "def f(): return 0",
        "__pycache__/hw.py": "def f(): return 0",
    }
    student = load(files, "f", "g")
    assert student.f() == 2
    assert student.g() == 3


def test_functions_may_come_from_different_files(load):
    student = load({"one.py": "def f(): return 1", "two.py": "def g(): return 2"}, "f", "g")
    assert (student.f(), student.g()) == (1, 2)


def test_a_broken_file_does_no_harm_if_nobody_needs_it(load):
    student = load({"broken.py": "def (:", "hw.py": "def f(): return 1"}, "f")
    assert student.f() == 1


def test_a_file_may_have_the_name_of_a_module(load):
    files = {
        "random.py": "import math\ndef f(): return math.pi",
        "json.py": "raise SystemExit",
        "numpy.py": "raise SystemExit",
    }
    assert load(files, "f").f() == np.pi
    assert sys.modules["json"] is json


def test_a_file_may_have_the_name_of_a_file_of_the_worker():
    names = ("wire", "loading", "confine", "worker", "packing", "telling")
    files = {f"{name}.py": f"def {name}(): return {name!r}" for name in names}
    files["hw.py"] = "".join(f"from {name} import {name}\n" for name in names)
    files["hw.py"] += f"def f(): return [{', '.join(name + '()' for name in names)}]"
    with remote(files, wanted=["f"]) as student:
        assert student.f() == list(names)


def test_what_runs_under_main_does_not_run(load):
    assert load("def f(): return 1\nif __name__ == '__main__': raise SystemExit", "f").f() == 1


def test_a_syntax_error_has_a_place(load):
    student = load("def f():\n    return (1\n", "f")
    raised = failure_of(failures.LoadFailed, student.function, "f")
    assert raised.category == "load"
    assert raised.type == "SyntaxError"
    assert (raised.file, raised.line) == ("homework.py", 2)
    assert "'(' was never closed" in str(raised)


@pytest.mark.parametrize("nested", ["(" * 50_000, "[" * 50_000, "-" * 200_000 + "1"])
def test_source_that_is_nested_too_deeply_is_not_loaded(nested):
    with remote("x = " + nested, wanted=["f"]) as student:
        raised = failure_of(failures.Failure, student.function, "f")
    assert raised.category in ("load", "died")


def test_an_exception_while_loading_names_the_own_line(load):
    student = load("import json\n\njson.loads('{')\ndef f(): return 1", "f")
    raised = failure_of(failures.LoadFailed, student.function, "f")
    assert (raised.type, raised.line, raised.source) == (
        "JSONDecodeError",
        3,
        "json.loads('{')",
    )


@pytest.mark.parametrize("leave", ["sys.exit(0)", "raise SystemExit", "exit()"])
def test_a_file_that_leaves_is_told_so(load, leave):
    student = load(f"import sys\nfrom sys import exit\n{leave}\ndef f(): return 1", "f")
    raised = failure_of(failures.LoadFailed, student.function, "f")
    assert "ends the program in line 3" in str(raised)


def test_a_missing_module_is_told(load):
    raised = failure_of(failures.LoadFailed, load("import torch_of_mine", "f").function, "f")
    assert "No module named 'torch_of_mine'" in str(raised)


def test_near_names_are_found_in_files_that_were_not_executed(load):
    student = load({"a.py": "def sofmax(): pass", "b.py": "def other(): pass"}, "softmax")
    raised = failure_of(failures.MissingFunction, student.function, "softmax")
    assert "there is sofmax" in str(raised)


def test_nothing_at_all_is_said_to_be_missing(load):
    raised = failure_of(failures.MissingFunction, load("x = 1", "f").function, "f")
    assert str(raised) == "there is no function f, and no other function either"


def test_an_old_encoding_is_read_and_a_wrong_one_told(load):
    latin = b"# -*- coding: latin-1 -*-\ndef f(): return '\xe4'"
    assert load({"hw.py": latin}, "f").f() == "\u00e4"
    raised = failure_of(failures.LoadFailed, load({"hw.py": latin[25:]}, "f").function, "f")
    assert raised.type == "SyntaxError"


def test_warnings_are_not_errors(load):
    source = """
        import warnings
        import numpy as np
        warnings.warn("deprecated")
        x = np.zeros(2)
        def f():
            warnings.warn("deprecated")
            return np.log(np.zeros(1)) / 0
    """
    with np.errstate(all="ignore"):
        assert load(source, "f").f()[0] == -np.inf


# ------------------------------------------------------------------------------- notebooks


def test_of_a_notebook_definitions_imports_and_constants_are_taken(load):
    student = load(
        notebook(
            "%matplotlib inline\nimport numpy as np\nimport torch_of_mine\n!pip install torch",
            "SCALE = 2.0 * 3\nTABLE = {'a': [1, -1]}\nSIZE: int = 4",
            "def helper(x): return SCALE * x",
            "def f(x): return helper(np.sum(x)) + TABLE['a'][1] + SIZE",
            "raise SystemExit",
            "results = f(np.ones(3))\nprint(results)\nX = np.random.rand(10 ** 12)",
        ),
        "f",
    )
    assert student.f(np.ones(3)) == 21.0
    assert student.output == ""


def test_the_last_definition_counts(load):
    assert load(notebook("def f(): return 1", "def f(): return 2"), "f").f() == 2


@pytest.mark.parametrize(
    ("metadata", "tags"),
    [
        ({"tags": ["linclf:f"]}, {}),
        ({"tags": ["exercise-1"]}, {"f": "exercise-1"}),
        ({"nbgrader": {"grade_id": "cell-1", "solution": True}}, {"f": "cell-1"}),
    ],
)
def test_a_marked_cell_is_executed_as_a_whole(load, metadata, tags):
    student = load(
        notebook("table = list(range(3))", ("table = [k * k for k in range(3)]\n"
                 "def f(): return table", metadata)),
        "f",
        tags=tags,
    )  # fmt: skip
    assert student.f() == [0, 1, 4]


def test_lines_of_a_notebook_are_lines_of_the_cell(load):
    student = load(notebook("import numpy as np", "\n\ndef f(x):\n    return 1 / x"), "f")
    raised = failure_of(failures.StudentException, student.f, 0)
    assert raised.type == "ZeroDivisionError"
    assert raised.file == "homework.ipynb, code cell 2"
    assert (raised.line, raised.source) == (4, "return 1 / x")


def test_a_cell_with_a_syntax_error_does_harm_only_if_it_is_needed(load):
    cells = ("def f(): return 1", "plot this, please", "def g(:\n    pass")
    student = load(notebook(*cells), "f", "g")
    assert student.f() == 1
    raised = failure_of(failures.LoadFailed, student.function, "g")
    assert raised.file == "homework.ipynb, code cell 3"
    assert raised.line == 1


@pytest.mark.parametrize("content", [b"no JSON", b"[]", b'{"cells": 3}', b'{"cells": [1]}', b""])
def test_a_broken_notebook_is_told(load, content):
    raised = failure_of(failures.LoadFailed, load({"hw.ipynb": content}, "f").function, "f")
    assert raised.category == "load"
    assert raised.file == "hw.ipynb"


def test_a_notebook_nested_deeply_is_not_loaded():
    with remote({"hw.ipynb": b"[" * 500_000}, wanted=["f"]) as student:
        raised = failure_of(failures.LoadFailed, student.function, "f")
    assert raised.type == "RecursionError"


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("%time x = 1\ny = 2", "\ny = 2"),
        ("%%time\nx = 1", "\nx = 1"),
        ("%%bash\nrm -r x", ""),
        ("!ls\nx = 1\nnp.sum?\n?np.sum", "\nx = 1\n\n"),
        ("x = (7\n    % 3)", "x = (7\n    % 3)"),
        ('s = "%s"\nt = """\n%d\n"""', 's = "%s"\nt = """\n%d\n"""'),
        ("x = 7 \\\n  % 3", "x = 7 \\\n  % 3"),
    ],
)
def test_magics_are_dropped_and_nothing_else(source, kept):
    assert notebook_cells.without_magics(source) == kept
