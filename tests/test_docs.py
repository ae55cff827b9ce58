"""Every example in a docstring or in the README runs and prints what it says."""

import doctest
import importlib
import pathlib
import pkgutil
import re
import sys

import linclf
import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(linclf.__path__, "linclf.")
    if not module.name.endswith(("__main__", "._linclf"))
)
EXTRAS = ("matplotlib", "sklearn", "scipy", "IPython", "pandas")


@pytest.fixture
def examples(tmp_path, monkeypatch):
    """Examples run in an empty folder, with `linclf` and `np` at hand, and draw into memory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    return {"linclf": linclf, "np": np}


def load(name):
    """Import a module of the package; skip if it needs an extra that is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        if error.name in EXTRAS or "pip install" in str(error):
            pytest.skip(f"{name}: {error}")
        raise


@pytest.mark.parametrize("name", ["linclf", *MODULES])
def test_the_examples_of_a_module_print_what_they_say(name, examples):
    module = load(name)
    found = doctest.DocTestFinder(exclude_empty=True).find(module, extraglobs=examples)
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    report = []
    for test in found:
        runner.run(test, out=report.append)
    if "matplotlib.pyplot" in sys.modules:  # or other tests find the figures drawn here
        sys.modules["matplotlib.pyplot"].close("all")
    assert not runner.summarize(verbose=False).failed, "".join(report)


def test_every_public_function_and_class_is_documented():
    without = [
        name
        for name in linclf.__all__
        if callable(getattr(linclf, name)) and not (getattr(linclf, name).__doc__ or "").strip()
    ]
    assert not without


def code_blocks(text, language):
    """The fenced code blocks of a Markdown text."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(not README.exists(), reason="the README is not shipped with these tests")
def test_the_code_of_the_readme_runs(examples):
    blocks = code_blocks(README.read_text(), "python")
    assert blocks, "the README shows no code"
    scope = dict(examples)
    for number, block in enumerate(blocks):
        if ">>>" in block:
            test = doctest.DocTestParser().get_doctest(block, scope, "README", str(README), 0)
            report = []
            doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append, clear_globs=False)
            assert not report, "".join(report)
            scope |= test.globs
        else:
            exec(compile(block, f"README.md block {number}", "exec"), scope)


@pytest.mark.skipif(not README.exists(), reason="the README is not shipped with these tests")
def test_the_commands_of_the_readme_exist():
    shown = re.findall(r"^make (\w+)", "\n".join(code_blocks(README.read_text(), r"\w*")), re.M)
    targets = set(re.findall(r"^(\w+)\s*:", (ROOT / "Makefile").read_text(), re.M))
    assert {"demo", "test"} <= set(shown) <= targets
