"""The program that makes notebooks of their sources, and the runs that test them, on small ones."""

import json
import re
import subprocess
import sys

import pytest
from notebook_runs import ROOT, execute, problems_of_solution, problems_of_student, tool

SMALL = '''\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # A small notebook
#
# The answer is 42.

# %%
import os

x = 6


# %% [markdown]
# ### Exercise 1.2: twice


# %% tags=["exercise"]
def twice(a):
    """Return 2 a."""
    ### BEGIN SOLUTION
    secret = 2 * a

    return secret
    ### END SOLUTION


# %% tags=["check"]
assert twice(3) == 6

# %% tags=["exercise"]
### BEGIN SOLUTION
answer = 42
### END SOLUTION
print(answer)

# %% tags=["check"]
assert answer is ... or answer == 42

# %% tags=["needs:twice"]
y = twice(x)

# %% tags=["test"]
assert 7 * x == 42

# %% tags=["solution"]
print("as it should be")

# %% [markdown] tags=["instructor"]
# Ten minutes.
'''

EXERCISE = '# %% tags=["exercise"]'

# What test_notebooks.py would find wrong with a notebook, as cells to add.
SLIPS = {
    "print(undefined)": "NameError",
    "import socket; socket.create_connection(('127.0.0.1', 9))": "must not use the network",
    "import socket; socket.gethostbyname('localhost')": "must not use the network",
    "from urllib.request import urlopen; urlopen('http://127.0.0.1:9')": "must not use the network",
}


@pytest.fixture
def make(tmp_path):
    """Write a source, and return what was read from it."""

    def make(text, known=None, name="01_small.py"):
        path = tmp_path / name
        path.write_text(text)
        return tool().read(path, known)

    return make


def code(notebook):
    """Return the sources of the code cells of a notebook."""
    return ["".join(x["source"]) for x in notebook["cells"] if x["cell_type"] == "code"]


def tags(notebook):
    """Return all tags in a notebook."""
    return {tag for cell in notebook["cells"] for tag in cell["metadata"].get("tags", ())}


# ----------------------------------------------------------------------- the versions


def test_students_get_errors_that_name_the_exercise_in_place_of_solutions(make):
    student = tool().notebook(make(SMALL), "student")
    assert code(student)[1] == (
        'def twice(a):\n    """Return 2 a."""\n    raise NotImplementedError("Exercise 1.2: twice")'
    )
    assert code(student)[3] == "answer = ...\nprint(answer)"


def test_no_version_for_students_has_a_trace_of_a_solution(make):
    text = tool().dumps(tool().notebook(make(SMALL), "student"))
    for trace in ("secret", "SOLUTION", "= 42", "as it should be", "Ten minutes"):
        assert trace not in text.replace("== 42", "")


def test_each_version_has_the_cells_that_are_meant_for_it(make):
    source = make(SMALL)
    always = {"exercise", "check", "needs:twice"}
    assert tags(tool().notebook(source, "student")) == always
    assert tags(tool().notebook(source, "solution")) == always | {"solution"}
    assert tags(tool().notebook(source, "instructor")) == always | {"solution", "instructor"}
    assert tags(tool().notebook(source, "tested")) >= {"solution", "instructor", "test"}


def test_solutions_are_there_without_the_marks(make):
    solved = tool().notebook(make(SMALL), "solution")
    assert code(solved)[1].endswith("    secret = 2 * a\n\n    return secret")
    assert code(solved)[3].startswith("answer = 42\n")


def test_a_cell_has_the_same_id_in_every_version_and_next_to_new_cells(make):
    source = make(SMALL)
    student, solved = (tool().notebook(source, version) for version in ("student", "solution"))
    longer = tool().notebook(make(SMALL.replace("# %%\n", "# %%\nz = 1\n\n# %%\n", 1)), "student")
    ids = [cell["id"] for cell in student["cells"]]
    assert len(set(ids)) == len(ids)
    assert set(ids) < {cell["id"] for cell in solved["cells"]}
    assert set(ids) < {cell["id"] for cell in longer["cells"]}
    assert "exercise-twice" in ids


def test_notebooks_are_clean_and_name_no_machine(make):
    text = tool().dumps(tool().notebook(make(SMALL), "instructor"))
    notebook = json.loads(text)
    assert all(x["outputs"] == [] for x in notebook["cells"] if x["cell_type"] == "code")
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert str(ROOT) not in text


def test_cells_are_those_that_jupytext_reads(make):
    """jupytext opens the same sources in JupyterLab."""
    jupytext = pytest.importorskip("jupytext", reason="needs jupytext")
    ours = tool().notebook(make(SMALL), "tested")["cells"]
    theirs = jupytext.reads(SMALL, fmt="py:percent").cells
    marks = re.compile(r"^ *### (?:BEGIN|END) SOLUTION(?:\n|\Z)", re.MULTILINE)
    assert [(x["cell_type"], "".join(x["source"]), x["metadata"]) for x in ours] == [
        (
            x.cell_type,
            marks.sub("", x.source).rstrip(),
            {k: v for k, v in x.metadata.items() if k == "tags"},
        )
        for x in theirs
    ]


def test_notebooks_are_valid(make):
    nbformat = pytest.importorskip("nbformat", reason="needs nbformat")
    for version in tool().VERSIONS:
        text = tool().dumps(tool().notebook(make(SMALL), version))
        nbformat.validate(nbformat.reads(text, as_version=4))


# ----------------------------------------------------------------------- mistakes


def mistake(make, text, known=None):
    """Return the line that a mistake is reported for, and what is said."""
    with pytest.raises(tool().SourceError) as caught:
        make(text, known)
    file, line, said = str(caught.value).split(":", 2)
    assert file == "01_small.py"
    return text.split("\n")[int(line) - 1].strip(), said


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("    ### END SOLUTION\n", "", "### BEGIN SOLUTION", "without `### END SOLUTION`"),
        ("    ### BEGIN SOLUTION\n", "", "### END SOLUTION", "without `### BEGIN SOLUTION`"),
        ("    secret", "    ### BEGIN SOLUTION\n    secret", "### BEGIN SOLUTION", "inside of"),
        ("    ### BEGIN SOLUTION", "    # BEGIN SOLUTION", "# BEGIN SOLUTION", "exactly"),
        ("### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION\n", "", EXERCISE, "needs `### BEGIN"),
        ("answer = 42\n### END", "\n### END", "### BEGIN SOLUTION", "the solution is empty"),
        ('# %% tags=["check"]\nassert twice', "# %%\nassert twice", EXERCISE, 'tagged "check"'),
        ("### Exercise 1.2", "### Twice", EXERCISE, "no heading"),
        ("x = 6", "### BEGIN SOLUTION", "### BEGIN SOLUTION", 'tagged "exercise"'),
        ('tags=["test"]', 'tags=["tset"]', '# %% tags=["tset"]', "there is no tag 'tset'"),
        ('tags=["test"]', 'tag=["test"]', '# %% tag=["test"]', "should be like tags="),
        ('tags=["test"]', 'tags=["test', '# %% tags=["test', "should be like tags="),
        ('tags=["test"]', "tags=[test]", "# %% tags=[test]", "no list of strings"),
        ("# The answer", "The answer", "The answer is 42.", "should begin with `# `"),
        ("x = 6", "x = (6", "x = (6", "not Python"),
        ("x = 6", "%matplotlib inline", "%matplotlib inline", "magic"),
        ("x = 6", 'x = "/home/me/x"', 'x = "/home/me/x"', "absolute path"),
        ("# %% [markdown]\n# ### Ex", "# %% [raw]\n# ### Ex", "# %% [raw]", "cells are code"),
        ("# ---\n\n", "# ---\nimport os\n", "import os", "before the first cell"),
        ("name: python3\n# ---", "name: python3", "# ---", "no second line"),
        ("y = twice(x)", "y = hidden", "y = hidden", "only in a cell that the student version"),
    ],
)
def test_a_mistake_is_reported_with_its_line(make, old, new, where, said):
    text = SMALL.replace("assert 7 * x == 42", "hidden = 7 * x")
    assert old in text
    found, message = mistake(make, text.replace(old, new, 1))
    assert found == where
    assert said in message


@pytest.mark.parametrize(
    ("known", "where", "said"),
    [
        ({"double": "1.2"}, '# %% tags=["needs:thrice"]', "no exercise 'thrice'; it has double"),
        ({"twice": "1.3", "thrice": "1.4"}, "### BEGIN SOLUTION", "twice is exercise 1.3"),
    ],
)
def test_names_and_numbers_are_those_of_the_course(make, known, where, said):
    found, message = mistake(make, SMALL.replace("needs:twice", "needs:thrice"), known)
    assert found == where
    assert said in message


def test_a_check_of_an_unknown_exercise_is_reported(make):
    call = 'course.check("twce", twice)'
    text = SMALL.replace("assert twice(3) == 6", call)
    assert mistake(make, text, {"twice": "1.2"}) == (
        call,
        " the course has no exercise 'twce'; it has twice",
    )


def test_the_program_writes_all_versions_or_tells_every_mistake(make, tmp_path):
    make(SMALL)
    make(SMALL, name="02_other.py")
    program = [sys.executable, str(ROOT / "tools" / "notebooks.py"), "--into", str(tmp_path / "to")]
    sources = sorted(map(str, tmp_path.glob("*.py")))
    subprocess.run([*program, *sources], check=True)
    versions = ["instructor", "solution", "student"]
    made = sorted(path.relative_to(tmp_path / "to") for path in tmp_path.rglob("*.ipynb"))
    assert list(map(str, made)) == [
        f"{version}/{name}.ipynb" for version in versions for name in ("01_small", "02_other")
    ]

    for path in sources:
        with open(path, "a") as file:
            file.write("\n# %% [raw]\n")
    done = subprocess.run([*program, *sources], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("cells are code or [markdown]") == 2


# ----------------------------------------------------------------------- the runs


@pytest.fixture
def run(make, tmp_path):
    """Run a version of the small notebook."""
    for module in ("nbclient", "nbformat", "ipykernel"):
        pytest.importorskip(module, reason=f"needs {module}: pip install --group notebooks")

    def run(version, text=SMALL):
        return execute(tool().notebook(make(text), version), tmp_path)

    return run


def test_a_good_notebook_is_found_good(run):
    solved, student = run("tested"), run("student")
    assert problems_of_solution(solved) == problems_of_student(student) == []
    assert solved.failed() == []
    assert [cell.error for cell in student.failed()] == [
        "NotImplementedError: Exercise 1.2: twice"
    ] * 2
    assert 0 < solved.cpu_seconds < 60


def test_slips_in_notebooks_are_found(run):
    text = SMALL + "".join(f"\n# %%\n{slip}\n" for slip in SLIPS)
    text += "\n# %% tags=['test']\nassert 7 * x == 43\n".replace("'", '"')
    text += "\n# %%\nassert os.environ['LINCLF_COURSE_FAST'] == '1'\n"
    solved, student = (
        problems(run(version, text))
        for problems, version in (
            (problems_of_solution, "tested"),
            (problems_of_student, "student"),
        )
    )
    assert len(solved) == len(SLIPS) + 1
    assert "AssertionError" in solved[-1]
    assert len(student) == len(SLIPS)
    for found in (solved, student):
        for said, problem in zip(SLIPS.values(), found, strict=False):
            assert said in problem


def test_unhelpful_errors_and_content_checks_are_found(run):
    course = """
class course:
    def check(name, function):
        return True
"""
    text = SMALL.replace("x = 6", f"x = 6\n{course}")
    text = text.replace("assert twice(3) == 6", 'course.check("twice", twice)')
    text = text.replace("y = twice(x)", "y = [][x]")
    [content, unhelpful] = problems_of_student(run("student", text))
    assert content.startswith("is content with an exercise that nobody has done: code cell 3")
    assert unhelpful.startswith("names no exercise: code cell 6 (y = [][x]): IndexError")
