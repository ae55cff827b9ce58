"""The pages of the documentation site say what is so: names, tests, patches, code."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import linclf
import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PATCH = DOCS / "_parts" / "least_squares.patch"
pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the pages are not shipped")


def from_docs(name: str, monkeypatch):
    """Import a module of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)  # dataclasses ask for it
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def reference(monkeypatch):
    """The module that makes the pages of the reference."""
    return from_docs("api_pages", monkeypatch)


@pytest.fixture
def build(reference, monkeypatch):
    """The module that builds the site."""
    for needed in ("jupytext", "sphinx"):
        pytest.importorskip(needed)
    return from_docs("build", monkeypatch)


# ------------------------------------------------------------------------------- reference


def test_every_public_name_has_its_place_in_the_reference(reference):
    missing = reference.ungrouped()
    assert not missing, f"put {missing} into GROUPS of docs/api_pages.py"


def test_no_name_stands_in_two_groups_of_the_reference(reference):
    names = [name for group in reference.GROUPS for name in group.names]
    assert sorted(set(names)) == sorted(names)


def test_a_name_without_a_group_is_documented_all_the_same(reference, monkeypatch):
    monkeypatch.setattr(reference, "GROUPS", reference.GROUPS[1:])
    last = reference.groups()[-1]
    assert last.title == "More"
    assert "svm_loss" in last.names
    assert ".. autofunction:: linclf.svm_loss" in reference.page(last)


def test_a_module_brings_all_its_public_names_along(reference):
    (group,) = (group for group in reference.groups() if "datasets" in group.names)
    page = reference.page(group)
    for name in linclf.datasets.__all__:
        assert re.search(
            rf"^\.\. (auto\w+:: linclf\.datasets\.|py:data:: ){name}$", page, re.MULTILINE
        ), name


# -------------------------------------------------------------------------------- promises


def promised() -> list[str]:
    """The ids of the tests on the page of promises."""
    return re.findall(r"`(tests/\S+::\w+)`", (DOCS / "promises.md").read_text(encoding="utf-8"))


def functions_of(path: Path) -> set[str]:
    """The functions that a Python file defines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_tests_that_promises_name_exist():
    ids = promised()
    assert len(ids) > 50
    for file, _, name in (each.partition("::") for each in ids):
        assert name in functions_of(ROOT / file), f"{file} has no {name}"


def test_every_promise_names_a_test():
    text = (DOCS / "promises.md").read_text(encoding="utf-8")
    promises = re.findall(r"^(\S.*)\n(: (?:.+\n|\n(?=  ))+)", text, re.MULTILINE)
    assert len(promises) > 20
    for title, said in promises:
        assert "`tests/" in said, title


# ------------------------------------------------------------------------------ add a loss


def apply(folder: Path, *options: str) -> None:
    """Apply the patch of the worked example."""
    command = ["git", "apply", *options, str(PATCH)]
    alone = os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)}  # no repository around it
    done = subprocess.run(command, cwd=folder, env=alone, capture_output=True, text=True)
    assert not done.returncode, f"bring {PATCH.name} up to date: {done.stderr}"


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_worked_example_of_a_new_loss_applies_to_the_sources():
    apply(ROOT, "--check")


def test_the_worked_example_touches_the_four_places_and_no_other():
    touched = re.findall(r"^\+\+\+ b/(.+)$", PATCH.read_text(encoding="utf-8"), re.MULTILINE)
    assert touched == [
        "csrc/core/losses/least_squares.inc",
        "csrc/include/linclf.h",
        "python/linclf/losses.py",
        "tests/reference.py",
    ]


# The package that is under test may be installed editable; its finder would come first.
RUN_TESTS = """
import sys
sys.meta_path[:] = [f for f in sys.meta_path if not type(f).__module__.startswith("_editable")]
sys.path.insert(0, sys.argv.pop(1))
import linclf, pytest
assert linclf.__file__.startswith(sys.path[0]), linclf.__file__
sys.exit(pytest.main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_worked_example_builds_and_passes_the_tests_of_losses(tmp_path):
    pytest.importorskip("scikit_build_core")
    tree, installed = tmp_path / "tree", tmp_path / "installed"
    ignored = shutil.ignore_patterns(".git", ".venv", "build", "dist", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, tree, ignore=ignored)
    apply(tree)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-build-isolation", "--no-deps"]
    subprocess.run([*pip, "--no-index", "--target", installed, "."], cwd=tree, check=True)
    files = ["tests/test_oracle.py", "tests/test_gradients.py", "tests/test_classifiers.py"]
    options = ["-q", "-p", "no:cacheprovider", "-k", "least_squares"]
    command = [sys.executable, "-c", RUN_TESTS, str(installed), *options, *files]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    assert not done.returncode, done.stdout[-3000:] + done.stderr[-1000:]
    assert re.search(r"\b\d\d+ passed", done.stdout), done.stdout[-300:]


# ------------------------------------------------------------------------------- the build


def test_notebooks_are_picked_up_where_there_are_any(build, monkeypatch, tmp_path):
    monkeypatch.setattr(build, "ROOT", tmp_path)
    assert not build.gather_notebooks(tmp_path / "pages")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00_pixels.py").write_text("# %% [markdown]\n# # Pixels\n# %%\n1\n")
    assert build.gather_notebooks(tmp_path / "pages")
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == [
        "00_pixels.ipynb",
        "index.md",
    ]
    assert "00_pixels" in (tmp_path / "pages" / "index.md").read_text()


@pytest.mark.parametrize(
    ("html", "number"),
    [
        ('<script src="https://cdn.example/x.js"></script>', 1),
        ('<link rel="stylesheet" href="//fonts.example/x.css">', 1),
        ('<img src="http://example/x.png">', 1),
        ('<script src="_static/x.js"></script><a href="https://example">a link</a>', 0),
    ],
)
def test_what_a_page_would_load_from_elsewhere_is_found(build, monkeypatch, tmp_path, html, number):
    monkeypatch.setattr(build, "HTML", tmp_path)
    (tmp_path / "index.html").write_text(html)
    assert len(list(build.fetched())) == number


def test_a_style_sheet_that_loads_from_elsewhere_is_found(build, monkeypatch, tmp_path):
    monkeypatch.setattr(build, "HTML", tmp_path)
    (tmp_path / "a.css").write_text("@import 'https://a.example/x.css'; b{background:url(c.png)}")
    assert list(build.fetched()) == ["a.css loads https://a.example/x.css"]


# ------------------------------------------------------------------------------------ code


def cells(path: Path) -> list[str]:
    """The code of a page: what Sphinx runs, and what it shows as Python."""
    fence = r"^```(?:\{code-cell\} ipython3|python)\n(.*?)^```"
    text = path.read_text(encoding="utf-8")
    return [textwrap.dedent(code) for code in re.findall(fence, text, re.MULTILINE | re.DOTALL)]


@pytest.mark.parametrize("name", ["index", "start", "conventions"])
def test_the_code_of_a_page_runs(name, tmp_path, monkeypatch):
    for extra in ("matplotlib", "sklearn"):
        pytest.importorskip(extra)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    codes = cells(DOCS / f"{name}.md")
    assert codes
    scope: dict[str, object] = {}
    for number, code in enumerate(codes):
        exec(compile(code, f"{name}.md, cell {number}", "exec"), scope)
