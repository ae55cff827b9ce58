"""The command `linclf course`: a student's folder whole or not at all, the list, the checks."""

import ast
import importlib.resources
import json
import os

import pytest
from cli_runs import run
from linclf import course
from linclf.cli import course as command
from linclf.cli.files import write_folder

WITH_NOTEBOOKS = importlib.resources.files("linclf").joinpath("data", "notebooks").is_dir()


@pytest.fixture
def notebooks(monkeypatch):
    """Two small notebooks, as if they had come with linclf."""
    empty = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    found = {"01_multiclass_hinge.ipynb": empty, "02_softmax.ipynb": empty}
    monkeypatch.setattr(command, "_notebooks", lambda: dict(found))
    return found


def contents(folder):
    """The files of a folder, with their texts."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_a_new_folder_has_notebooks_stubs_tests_and_a_readme(tmp_path, notebooks):
    code, out, err = run("course", "new", tmp_path / "mine")
    assert (code, err) == (0, "")
    assert "wrote 2 notebooks" in out
    found = contents(tmp_path / "mine")
    assert found.items() >= notebooks.items()
    assert found["test_exercises.py"] == course.public_tests()
    assert "| `02_softmax.ipynb` | `softmax.py` | `softmax_sample`," in found["README.md"]
    for exercise in course.exercises():
        text = found[exercise.notebook.partition("_")[2] + ".py"]
        names = [part.name for part in ast.parse(text).body if isinstance(part, ast.FunctionDef)]
        assert exercise.name in names
        assert f'NotImplementedError("{exercise.title}")' in text


def test_an_empty_folder_will_do(tmp_path, notebooks):
    assert run("course", "new", tmp_path)[0] == 0
    assert (tmp_path / "README.md").exists()


def test_nothing_is_overwritten(tmp_path, notebooks):
    (tmp_path / "README.md").write_text("mine")
    code, _, err = run("course", "new", tmp_path)
    assert code == 2
    assert "is not empty, and nothing is overwritten" in err
    assert contents(tmp_path) == {"README.md": "mine"}


def test_a_file_or_a_missing_parent_is_refused(tmp_path, notebooks):
    (tmp_path / "file").write_text("")
    assert "is a file; name a folder" in run("course", "new", tmp_path / "file")[2]
    assert "does not exist; make it first" in run("course", "new", tmp_path / "no" / "such")[2]
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("exists", [False, True])
def test_nothing_is_left_half_written(tmp_path, exists):
    folder = tmp_path / "mine"
    if exists:
        folder.mkdir()
    with pytest.raises(UnicodeEncodeError):
        write_folder(folder, {"a": "whole", "b": "\ud800"})  # which UTF-8 cannot say
    assert folder.exists() == exists
    assert list(tmp_path.rglob("?")) == []


def test_an_installation_without_notebooks_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(command.importlib.resources, "files", lambda name: tmp_path)
    code, _, err = run("course", "new", tmp_path / "mine")
    assert code == 2
    assert "this installation of linclf has no notebooks" in err
    assert not (tmp_path / "mine").exists()


@pytest.mark.skipif(not WITH_NOTEBOOKS, reason="linclf was built without notebooks")
def test_the_notebooks_that_came_with_linclf_hold_no_solution(tmp_path):
    assert run("course", "new", tmp_path / "mine")[0] == 0
    found = contents(tmp_path / "mine")
    assert {f"{x.notebook}.ipynb" for x in course.exercises()} <= found.keys()
    for exercise in course.exercises():
        assert f'(\\"{exercise.title}\\")' in found[f"{exercise.notebook}.ipynb"]
    assert not any("SOLUTION" in text for text in found.values())


def test_the_list_has_every_exercise_once():
    code, out, err = run("course", "list")
    assert (code, err) == (0, "")
    for exercise in course.exercises():
        line = f"  {exercise.number}  {exercise.name}({exercise.signature})\n"
        assert out.count(line) == 1


def test_files_are_checked_function_by_function(tmp_path):
    path = tmp_path / "regularisation.py"
    right = "def l2_penalty(W, lam):\n    return lam * (W * W).sum(), 2 * lam * W\n"
    path.write_text(right)
    code, out, err = run("course", "check", path)
    assert (code, err) == (0, "")
    assert out.startswith("l2_penalty:\n")

    path.write_text(right + "\n\n" + course.stub("l1_penalty"))
    code, out, _ = run("course", "check", path)
    assert code == 1
    assert "l1_penalty:\n" in out
    assert "Exercise 3.2" in out


def test_a_file_without_exercises_is_refused(tmp_path):
    (tmp_path / "other.py").write_text("x = 1\n")
    code, _, err = run("course", "check", tmp_path / "other.py")
    assert code == 2
    assert "defines no function of the course" in err
