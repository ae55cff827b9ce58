"""Every notebook runs: solved without a failure, as students get it up to what they are to write.

The values stated in the text are asserted by cells tagged "test", which run with the solution. Each
notebook has a kernel of its own, without a network, and must stay within its processor time.
"""

from pathlib import Path

import pytest
from notebook_runs import (
    CPU_SECONDS,
    NOTEBOOKS,
    Runs,
    execute,
    problems_of_solution,
    problems_of_student,
    tool,
)

for module in ("nbclient", "nbformat", "ipykernel", "matplotlib"):
    pytest.importorskip(module, reason=f"needs {module}: pip install --group notebooks")

pytestmark = pytest.mark.slow

SOURCES = sorted(NOTEBOOKS.glob("*.py"))
if not SOURCES:
    pytest.skip("the notebooks are not here", allow_module_level=True)

OF_THE_COURSE = [path for path in SOURCES if tool().for_students(path)]

each_notebook = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
each_notebook_of_the_course = pytest.mark.parametrize(
    "source", OF_THE_COURSE, ids=lambda path: path.stem
)


@pytest.fixture(scope="module")
def runs(request, tmp_path_factory):
    """The runs of all versions that the chosen tests ask for."""
    wanted = {}
    for item in request.session.items:
        if item.module is request.module and "runs" in item.fixturenames:
            path, version = item.callspec.params["source"], item.function.version
            folder = tmp_path_factory.mktemp(path.stem)
            wanted[path, version] = lambda p=path, v=version, f=folder: _run(p, v, f)
    found = Runs(wanted)
    yield found
    found.close()


def _run(path, version, folder):
    return execute(tool().notebook(tool().read(path), version), folder)


def of_version(version):
    """Note which version of a notebook a test is about."""

    def note(test):
        test.version = version
        return test

    return note


@each_notebook
def test_a_source_is_in_order(source):
    tool().read(source, tool().known_exercises())


@each_notebook
@of_version("tested")
def test_the_solution_runs_and_the_text_states_what_it_computes(source, runs):
    run = runs[source, "tested"]
    assert not problems_of_solution(run)
    assert run.cpu_seconds < CPU_SECONDS


@each_notebook_of_the_course
@of_version("student")
def test_the_student_version_stops_only_at_exercises_and_names_them(source, runs):
    run = runs[source, "student"]
    assert not problems_of_student(run)
    assert run.cpu_seconds < CPU_SECONDS


def test_every_exercise_of_the_course_is_in_its_notebook():
    from linclf import course

    found = {x.name: path.stem for path in SOURCES for x in tool().read(path).exercises}
    assert {x.name: x.notebook for x in course.exercises()}.items() <= found.items()


def test_the_notebooks_of_the_package_are_those_of_the_sources():
    """Of an editable installation too, where the build wrote them."""
    import importlib.resources

    folder = Path(str(importlib.resources.files("linclf").joinpath("data", "notebooks")))
    assert {path.stem for path in folder.glob("*.ipynb")} == {path.stem for path in OF_THE_COURSE}
    for source in OF_THE_COURSE:
        made = tool().dumps(tool().notebook(tool().read(source), "student"))
        assert (folder / f"{source.stem}.ipynb").read_text(encoding="utf-8") == made, "build again"
