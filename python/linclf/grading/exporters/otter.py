"""Test files for Otter-Grader, one per item, in its form that reports by exceptions.

They hold no case and no answer: each asks `linclf.grading.exporters.in_notebook` to run the check
of its item on the functions that the notebook defines, and fails with what that has to say. Otter
runs them in one process with the submission, so they are as safe as Otter is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from linclf.grading.exporters.options import ExportError, Files, Options, points
from linclf.grading.results import ItemResult, Results
from linclf.grading.sinks import file_name, one_line

__all__ = ["export"]

_FILE = '''"""Made by linclf: {title}."""

from linclf.grading.exporters.in_notebook import check_item
from otter.test_files import test_case

OK_FORMAT = False

name = {name}
points = {points}


@test_case(name={title_literal}, points={points}, hidden={hidden})
def test_{function}(env):
    check_item({id}, env, rubric={rubric})
'''


def export(results: Sequence[Results], options: Options) -> Files:
    """Return ``tests/<item>.py`` for every item of the assignment.

    Raises
    ------
    ExportError
        If `Options.rubric` is missing: the files would not know what to run.
    """
    rubric = options.rubric or results[0].assignment["id"]
    items = results[0].items
    names = [file_name(item.id).replace("-", "_") for item in items]
    if len(set(names)) < len(names):
        raise ExportError("two items have ids that differ in dashes alone; rename one of them")
    return {
        f"tests/{name}.py": _file(item, name, rubric)
        for name, item in zip(names, items, strict=True)
    }


def _file(item: ItemResult, name: str, rubric: str) -> str:
    title = one_line(item.title, 200)
    return _FILE.format(
        # In a docstring; everywhere else the text is a literal.
        title=re.sub(r"[\\\"]", "'", title),
        title_literal=ascii(title),
        name=ascii(name),
        points=repr(points(item.points)),
        hidden=repr(item.visibility != "visible"),
        function=re.sub(r"\W", "_", name, flags=re.ASCII),
        id=ascii(item.id),
        rubric=ascii(rubric),
    )
