"""New assignments, and what students get of one: no solution, no secret, nothing hidden."""

import inspect
import io
import json
import os
import re
import stat
import tomllib
import zipfile

import numpy as np
import pytest
from linclf import course
from linclf.cli.files import write_bytes, write_folder
from linclf.grading.engine import grade
from linclf.grading.intake import Submission, digest_of
from linclf.grading.release import ReleaseError, release, student_files
from linclf.grading.release.beginning import new_assignment
from linclf.grading.release.regions import RegionError, strip_notebook, strip_python, strip_text
from linclf.grading.rubric import load, shipped
from linclf.grading.rubric.public import public_part, toml_text
from linclf.grading.seeds import VARIABLE, SecretError, new_secret, read_secret
from linclf.grading.tiers import Tier

from tests import course_solutions

PLACEHOLDER = re.compile(r"    raise NotImplementedError\(.*\)$", re.MULTILINE)


@pytest.fixture
def hw(tmp_path, monkeypatch):
    """The folder of the example assignment, in an empty folder."""
    monkeypatch.delenv(VARIABLE, raising=False)
    new_assignment(tmp_path / "hw")
    return tmp_path / "hw"


def refused(folder):
    """Return what stands against the release of a folder."""
    with pytest.raises(ReleaseError) as caught:
        student_files(folder)
    assert str(folder) in str(caught.value)
    return list(caught.value.problems)


def functions_of(text):
    """Return what a module defines, by name."""
    scope = {}
    exec(compile(text, "module", "exec"), scope)
    return scope


# ----------------------------------------------------------------------------- new assignments


@pytest.mark.parametrize("name", shipped())
def test_a_new_assignment_of_a_rubric_that_ships_is_in_order(tmp_path, name):
    written = new_assignment(tmp_path / "hw", rubric=name)
    found = load(tmp_path / "hw")
    assert found.items == load(name).items
    assert found.folder == (tmp_path / "hw").resolve()
    assert {f"source/{name}.py", f"source/{name}.ipynb", "public/test_exercises.py"} <= {*written}
    for file in written:
        assert (tmp_path / "hw" / file).is_file()


@pytest.mark.parametrize("name", shipped())
def test_what_students_get_has_every_function_still_to_be_written(tmp_path, name):
    new_assignment(tmp_path / "hw", rubric=name)
    files = student_files(tmp_path / "hw")
    scope = functions_of(files[f"{name}.py"].decode())
    cells = json.loads(files[f"{name}.ipynb"])["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    for function in load(name).functions:
        finding = course.check(function, scope[function])
        assert not finding
        assert finding.ids == ("course.not_written",)
        assert f"def {function}(" in code


def test_exercises_can_be_chosen(tmp_path):
    written = new_assignment(tmp_path / "hw", exercises=["l2_penalty", "k_nearest", "l2_penalty"])
    assert [name for name in written if name.startswith("source/")] == [
        "source/features.ipynb",
        "source/features.py",
        "source/regularisation.ipynb",
        "source/regularisation.py",
    ]
    found = load(tmp_path / "hw")
    assert [item.function for item in found.items] == ["l2_penalty", "k_nearest"]
    assert found.total == 1000
    tests = (tmp_path / "hw" / "public" / "test_exercises.py").read_text()
    assert re.findall(r"def (test_\w+)", tests) == ["test_l2_penalty", "test_k_nearest"]


def test_the_solution_of_the_example_is_right(hw):
    scope = functions_of((hw / "source" / "work.py").read_text())
    rubric = tomllib.loads((hw / "rubric.toml").read_text())
    rows = [row for item in rubric["items"] for row in item["table"]]
    assert len(rows) == 3
    for row in rows:
        assert scope["mean_of_rows"](np.array(row["args"][0])).tolist() == row["returns"]


def test_the_secret_lies_beside_the_folder_and_is_for_its_owner(hw):
    secret = hw.with_name("hw.secret")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(read_secret(secret)) == 64
    for file in hw.rglob("*"):
        assert file.is_dir() or read_secret(secret) not in file.read_bytes()
    assert "hw.secret" in (hw / "README.md").read_text()


def test_a_secret_that_is_there_is_kept(tmp_path):
    secret = new_secret(tmp_path / "hw.secret")
    new_assignment(tmp_path / "hw")
    assert read_secret(tmp_path / "hw.secret") == secret


def test_nothing_is_overwritten_and_nothing_is_left_behind(tmp_path):
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not empty, and nothing is overwritten"):
        new_assignment(tmp_path / "hw")
    assert [path.name for path in tmp_path.rglob("*")] == ["hw", "mine.txt"]
    (tmp_path / "other.secret").write_text("too short")
    (tmp_path / "other.secret").chmod(0o600)
    with pytest.raises(SecretError):
        new_assignment(tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rubric": "sotfmax"}, 'did you mean "softmax"'),
        ({"exercises": ["l2_penality"]}, "did you mean 'l2_penalty'"),
        ({"rubric": "softmax", "exercises": ["sgd"]}, "not both"),
    ],
)
def test_names_that_do_not_exist_are_refused(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        new_assignment(tmp_path / "hw", **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["HW 1", "\u00dcbung", "1.2", "---"])
def test_the_id_is_made_of_the_name_of_the_folder(tmp_path, name):
    new_assignment(tmp_path / name)
    assert re.fullmatch("[a-z0-9][a-z0-9-]*", load(tmp_path / name).id)


def test_folders_in_names_are_made_and_taken_away_again(tmp_path):
    write_folder(tmp_path / "a", {"b/c/d.txt": "1", "b/e.txt": "2"})
    assert (tmp_path / "a" / "b" / "c" / "d.txt").read_text() == "1"
    with pytest.raises(FileExistsError):
        write_folder(tmp_path / "f", {"b/c.txt": "1", "b/./c.txt": "2"})
    assert not (tmp_path / "f").exists()
    (tmp_path / "g").mkdir()
    with pytest.raises(FileExistsError):
        write_folder(tmp_path / "g", {"b/c.txt": "1", "b/./c.txt": "2"})
    assert list((tmp_path / "g").iterdir()) == []


# ----------------------------------------------------------------------------- what it is worth


def graded(name, files):
    """Return the results of files by a rubric that ships."""
    submission = Submission("anna", files, digest_of(files))
    return grade(load(name), submission, secret=b"0123456789abcdef", tier=Tier.T1)


@pytest.mark.parametrize("name", shipped())
def test_right_code_earns_all_points_of_a_rubric_that_ships(name):
    found = graded(name, {"work.py": inspect.getsource(course_solutions).encode()})
    assert [(item.id, item.messages) for item in found.items if item.earned < item.points] == []
    assert found.earned == found.total


@pytest.mark.parametrize("name", shipped())
def test_what_is_handed_out_earns_nothing(tmp_path, name):
    new_assignment(tmp_path / "hw", rubric=name)
    found = graded(name, {f"{name}.py": student_files(tmp_path / "hw")[f"{name}.py"]})
    assert found.earned == 0
    assert {item.category for item in found.items} <= {"not_written", "requires"}


# ----------------------------------------------------------------------------- the zip file


def test_the_same_folder_gives_the_same_bytes(hw, tmp_path):
    names = release(hw, tmp_path / "1.zip")
    for file in hw.rglob("*"):
        os.utime(file, (1, 1))
    (hw / "__pycache__").mkdir()
    (hw / "source" / ".DS_Store").write_bytes(b"x")
    assert release(str(hw), str(tmp_path / "2.zip")) == names
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "1.zip") as archive:
        assert archive.namelist() == names
        assert archive.testzip() is None
        assert names == ["hw/README.md", "hw/rubric.toml", "hw/test_public.py", "hw/work.py"]


def test_an_older_file_is_replaced_whole_or_not_at_all(hw, tmp_path):
    (tmp_path / "out.zip").write_text("old")
    (hw / "source" / "work.py").write_text("### BEGIN SOLUTION\n")
    with pytest.raises(ReleaseError):
        release(hw, tmp_path / "out.zip")
    assert (tmp_path / "out.zip").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hw", "hw.secret", "out.zip"]


def test_neither_solution_nor_hidden_item_nor_secret_is_in_it(hw, tmp_path):
    release(hw, tmp_path / "out.zip")
    data = (tmp_path / "out.zip").read_bytes()  # not compressed
    assert b"mean_of_rows" in data
    for part in (b"X.sum", b"SOLUTION", b"negative-numbers", b"Negative numbers", b"-4.0"):
        assert part not in data
    assert read_secret(hw.with_name("hw.secret")) not in data


@pytest.mark.parametrize("name", shipped())
def test_solutions_of_the_course_do_not_get_out(tmp_path, name):
    new_assignment(tmp_path / "hw", rubric=name)
    file = tmp_path / "hw" / "source" / f"{name}.py"
    text, bodies = file.read_text(), []
    for function in re.findall(r"^def (\w+)", text, re.MULTILINE):
        source = inspect.getsource(getattr(course_solutions, function))
        bodies.append(source.partition(":\n")[2].rstrip("\n"))
        text = PLACEHOLDER.sub(lambda _: bodies[-1], text, count=1)
    assert not PLACEHOLDER.search(text)
    file.write_text(text)
    release(tmp_path / "hw", tmp_path / "out.zip")
    released = (tmp_path / "out.zip").read_bytes().decode("utf-8", "replace")
    assert bodies
    for body in bodies:
        assert body in text
        assert body not in released


def test_students_can_check_themselves_by_what_they_get(hw, tmp_path):
    (tmp_path / "student").mkdir()
    for name, data in student_files(hw).items():
        (tmp_path / "student" / name).write_bytes(data)
    found = load(tmp_path / "student")
    assert [item.id for item in found.items] == ["by-hand"]
    assert found.items[0].options == load(hw).items[0].options
    assert (found.total, found.min_tier) == (300, 0)


def test_a_readme_of_the_instructor_is_taken(hw):
    assert "Small arrays | 3" in student_files(hw)["README.md"].decode()
    (hw / "public" / "README.md").write_text("Mine.")
    assert student_files(hw)["README.md"] == b"Mine."


def test_data_is_handed_out_as_it_is(hw):
    data = bytes(range(256))
    (hw / "public" / "data").mkdir()
    (hw / "public" / "data" / "x.npy").write_bytes(data)
    (hw / "public" / "table.csv").write_bytes(b"a,b\r\n1,2\r\n")
    files = student_files(hw)
    assert files["data/x.npy"] == data
    assert files["table.csv"] == b"a,b\r\n1,2\r\n"


# ----------------------------------------------------------------------------- what is refused


def test_a_solution_that_stands_elsewhere_as_well_is_found(hw):
    long = "return (X.sum(axis=1) / X.shape[1]).astype(X.dtype)"
    work = hw / "source" / "work.py"
    work.write_text(work.read_text().replace("return X.sum(axis=1) / X.shape[1]", long))
    (hw / "public" / "hint.md").write_text(f"Well:\n\n  {long}\n")
    assert refused(hw) == [
        "hint.md, line 3, is also in a part that is taken out: source/work.py, line 17"
    ]


def test_lines_that_anybody_may_write_are_not_taken_for_a_solution(hw):
    lines = [
        "losses = []",
        "for _ in range(n_steps):",
        "    losses.append(loss(W, rng))",
        "return losses",
    ]
    text = "\n    ".join(["def f(W, rng):", "### BEGIN SOLUTION", *lines, "### END SOLUTION"])
    (hw / "source" / "more.py").write_text(text + "\n")
    (hw / "public" / "a.md").write_text("\n".join(lines[:2]))
    assert "a.md" in student_files(hw)
    (hw / "public" / "a.md").write_text("\n".join(lines[1:3]))
    assert refused(hw) == [
        "a.md, line 1, is also in a part that is taken out: source/more.py, line 2"
    ]


def test_two_short_lines_of_a_solution_are_found(hw):
    solution = "    ### BEGIN SOLUTION\n    s = X @ W\n\n    return s\n    ### END SOLUTION\n"
    (hw / "source" / "more.py").write_text(f"def f(X, W):\n{solution}")
    (hw / "public" / "a.md").write_text("one line, by right:\nreturn s\n")
    assert "a.md" in student_files(hw)
    (hw / "public" / "b.ipynb").write_text(
        json.dumps({"cells": [{"cell_type": "markdown", "source": ["s = X @ W\n", "return s"]}]})
    )
    assert refused(hw) == [
        "b.ipynb, line 2, is also in a part that is taken out: source/more.py, line 2"
    ]


@pytest.mark.parametrize("where", ["hw.secret", "hw/mine.secret", "environment"])
def test_a_secret_in_a_file_is_found(hw, monkeypatch, where):
    secret = "0123456789abcdef-0123456789abcdef"
    if where == "environment":
        monkeypatch.setenv(VARIABLE, secret)
    else:
        (hw.parent / where).write_text(secret + "\n")
    (hw / "public" / "notes.md").write_text(f"seed: {secret}")
    assert refused(hw) == ["notes.md holds a secret of the course; take it out, and make a new one"]


def test_a_secret_is_not_handed_out_as_a_file(hw):
    new_secret(hw / "public" / "mine.secret")
    assert "public/mine.secret is a secret by its name; move it elsewhere" in refused(hw)


@pytest.mark.parametrize("text", ["see Negative numbers", 'id == "negative-numbers"'])
def test_a_hidden_item_is_not_named(hw, text):
    (hw / "public" / "notes.md").write_text(text)
    assert refused(hw) == ['notes.md names the hidden item "negative-numbers"; take that out']


def test_a_test_of_the_instructor_is_not_handed_out(hw):
    rubric = (hw / "rubric.toml").read_text().replace("total = 4", "total = 5")
    rubric += '\n[[items]]\nid = "own"\ntitle = "Mine"\npoints = 1\ncheck = "test"\n'
    (hw / "rubric.toml").write_text(
        rubric + 'visibility = "hidden"\ntest = "test_mine.py::test_trap"\n'
    )
    (hw / "test_mine.py").write_text("def test_trap(student):\n    pass\n")
    files = student_files(hw)
    assert "test_mine.py" not in files
    (hw / "public" / "test_mine.py").write_text((hw / "test_mine.py").read_text())
    assert refused(hw) == ['test_mine.py names the hidden item "own"; take that out']


def test_links_are_not_released(hw):
    os.symlink(hw.with_name("hw.secret"), hw / "public" / "notes.md")
    assert "public/notes.md is a link; put the file itself there" in refused(hw)


def test_two_files_of_one_name_are_refused(hw):
    (hw / "public" / "work.py").write_text("x = 1\n")
    assert "public/work.py: work.py is in source and in public; rename one" in refused(hw)


def test_a_folder_without_anything_to_fill_in_is_refused(hw):
    (hw / "source" / "work.py").unlink()
    (hw / "public" / "test_public.py").unlink()
    assert refused(hw) == ["there is nothing to hand out: put the file to fill in into source/"]


def test_a_rubric_alone_is_not_released():
    with pytest.raises(ReleaseError, match="a rubric alone has no files"):
        student_files(next(iter(shipped())))


def test_all_that_stands_against_it_is_named_at_once(hw):
    (hw / "source" / "a.py").write_text("### END SOLUTION\n")
    (hw / "public" / "b.md").write_text("<!-- BEGIN HIDDEN TESTS -->\n")
    assert len(refused(hw)) == 2


# ----------------------------------------------------------------------------- marks


def test_a_solution_becomes_what_the_checks_know():
    head, end = 'def f(x):\n    """Do."""\n', "    ### END SOLUTION\n"
    text = f"{head}    ### BEGIN SOLUTION\n    y = x\n\n    return y\n{end}"
    found, [removed] = strip_python(text, "a.py", {"f": "1.2"}.get)
    assert found == f'{head}    raise NotImplementedError("Exercise 1.2: f")\n'
    assert (removed.where, removed.lines) == ("a.py, line 3", ("y = x", "return y"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# BEGIN SOLUTION\na = 1\nb = a\n# END SOLUTION\n", "a = ...\nb = ...\n"),
        ("### BEGIN SOLUTION\nprint(1)\n### END SOLUTION\n", "# YOUR CODE HERE\n"),
        ("x = 1\n### BEGIN HIDDEN TESTS\nassert x\n### END HIDDEN TESTS\n", "x = 1\n"),
        (
            "class A:\n def f(self):\n  # BEGIN SOLUTION\n  1\n  # END SOLUTION\n",
            'class A:\n def f(self):\n  raise NotImplementedError("f")\n',
        ),
    ],
)
def test_other_marked_parts(text, expected):
    assert strip_python(text, "a.py", lambda name: "")[0] == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("### BEGIN SOLUTION\n", "line 1: BEGIN SOLUTION without an END SOLUTION"),
        ("\n### END SOLUTION\n", "line 2: END SOLUTION without a BEGIN SOLUTION before it"),
        ("# BEGIN SOLUTION\n# BEGIN SOLUTION\n", "line 2: BEGIN SOLUTION inside of the SOLUTION"),
        ("# BEGIN SOLUTION\n# END HIDDEN TESTS\n", "line 2: END HIDDEN TESTS without a BEGIN"),
        ("# BEGIN SOLUTION\n# BEGIN HIDDEN TESTS\n", "line 2: BEGIN HIDDEN TESTS inside of the"),
        ("### Begin Solution\n", "'### Begin Solution' is like a mark, but none; write `### BEGIN"),
        ("#BEGIN_SOLUTION\n", "is like a mark, but none"),
        ("# end hidden-test\n", "is like a mark, but none"),
        ("### BEGIN SOLUTION: easy\n", "is like a mark, but none"),
        ("def f():\n    ### BEGIN HIDDEN TESTS\n    1\n    ### END HIDDEN TESTS\n", "not Python"),
    ],
)
def test_marks_that_do_not_fit_are_refused_with_their_line(text, message):
    with pytest.raises(RegionError, match=re.escape(message)) as caught:
        strip_python(text, "a.py")
    assert str(caught.value).startswith("a.py, line ")


def test_a_text_may_speak_of_solutions():
    text = "# The beginning: solution follows\n\nThe END of a SOLUTION, in words\n"
    assert strip_text(text, "a.md") == (text, [])


def cell(source, kind="code", **metadata):
    return {"cell_type": kind, "metadata": metadata, "source": source.splitlines(keepends=True)}


def test_notebooks_lose_solutions_hidden_tests_and_outputs():
    nbgrader = {"nbgrader": {"solution": True, "grade_id": "x"}}
    cells = [
        cell("# Text\n<!-- BEGIN SOLUTION -->\n42\n<!-- END SOLUTION -->", "markdown"),
        cell("def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION", **nbgrader),
        cell("whole = 1", **nbgrader),
        cell("In words.", "markdown", **nbgrader),
        cell("assert f(1)\n### BEGIN HIDDEN TESTS\nassert f(2) == 2\n### END HIDDEN TESTS"),
        cell("the instructor's", tags=["instructor"]),
    ]
    cells[2] |= {"outputs": [{"text": "return x"}], "execution_count": 7}
    cells[3]["attachments"] = {"solution.png": {}}
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    found, removed = strip_notebook(text, "a.ipynb", {"f": "1"}.get)
    kept = json.loads(found)["cells"]
    assert ["".join(one["source"]) for one in kept] == [
        "# Text",
        'def f(x):\n    raise NotImplementedError("Exercise 1: f")',
        "# YOUR CODE HERE\nraise NotImplementedError()",
        "YOUR ANSWER HERE",
        "assert f(1)",
    ]
    assert kept[1]["metadata"] == nbgrader
    assert [one["outputs"] for one in kept if one["cell_type"] == "code"] == [[], [], []]
    assert kept[2]["execution_count"] is None
    assert "attachments" not in kept[3]
    assert len(removed) == 6
    assert removed[1].where == "a.ipynb, cell 2, line 2"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [{}]}', "[" * 9999])
def test_what_is_no_notebook_is_refused(text):
    with pytest.raises(RegionError, match=r"a\.ipynb is no notebook"):
        strip_notebook(text, "a.ipynb")


# ----------------------------------------------------------------------------- the public rubric


@pytest.mark.parametrize("name", shipped())
def test_toml_is_read_as_it_was_written(name):
    table = tomllib.loads(shipped()[name].read_text(encoding="utf-8"))
    assert tomllib.loads(toml_text(table)) == table
    public = public_part(table)
    assert tomllib.loads(toml_text(public)) == public


def test_toml_can_hold_any_text():
    table = {
        "a b": "\x00\x1b\x7f\\\"'\n\t\u00e4\U0001f600",
        "list": [[1.5, -1e300], [], [True]],
        "mixed": [1, {"x": ["y"]}],
        "tables": [{"a": 1, "inner": [{"b": {"c": False}}]}, {}],
        "x.y": {"": {"z": 1}},
        "empty": {},
    }
    assert tomllib.loads(toml_text(table)) == table


@pytest.mark.parametrize("name", shipped())
def test_the_public_part_is_a_rubric_without_what_is_hidden(tmp_path, name):
    table = tomllib.loads(shipped()[name].read_text(encoding="utf-8"))
    (tmp_path / "rubric.toml").write_text(toml_text(public_part(table)), encoding="utf-8")
    found, whole = load(tmp_path), load(name)
    assert [item.id for item in found.items] == [i.id for i in whole.items if not i.hidden]
    assert len(found.items) < len(whole.items)
    assert "credit" not in (tmp_path / "rubric.toml").read_text()
    assert {mistake.id for mistake in found.mistakes} <= {mistake.id for mistake in whole.mistakes}


def test_what_is_all_hidden_has_no_public_part():
    item = {"id": "a", "points": 1, "check": "exercise", "function": "sgd", "visibility": "hidden"}
    table = {"assignment": {"id": "a", "title": "a", "total": 1}, "items": [item]}
    assert public_part(table) is None


def test_a_visible_item_does_not_ask_for_a_hidden_one():
    items = [
        {"id": "a", "points": 1, "check": "exercise", "function": "sgd", "visibility": "hidden"},
        {"id": "b", "points": 2.5, "check": "exercise", "function": "sgd", "requires": ["a"]},
    ]
    table = {"assignment": {"id": "a", "title": "a", "total": 3.5}, "items": items}
    public = public_part(table)
    assert public["items"][0]["requires"] == []
    assert public["assignment"]["total"] == 2.5
    assert items[1]["requires"] == ["a"]


def test_bytes_are_those_of_a_zip_file(hw, tmp_path):
    release(hw, tmp_path / "out.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "out.zip").read_bytes())) as archive:
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr >> 16 == 0o100644


def test_files_are_written_whole_and_for_whom_they_are_meant(tmp_path):
    file = tmp_path / "secret.zip"
    (tmp_path / f".secret.zip.{os.getpid()}").write_bytes(b"of one that was killed")
    before = os.umask(0o022)
    try:
        write_bytes(file, b"1", 0o600)
        assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"1", 0o600)
        write_bytes(file, b"2")
        assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"2", 0o644)
    finally:
        os.umask(before)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_bytes(tmp_path / "folder", b"3")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "secret.zip"]
