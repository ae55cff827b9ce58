"""Results in the formats that other systems read: one function per format, one to write files.

Every exporter takes records of results and `Options` and returns whole files by name; nothing is
written on the way. Text goes through `linclf.grading.sinks`, so that what a student wrote stays
text; what a student will see goes through `linclf.grading.results.public`, so that a hidden item
tells its category and nothing else. The formats:

- ``gradescope``: ``results.json``; `linclf.grading.exporters.bundle` makes the autograder's zip
- ``classroom50``: ``result.json`` of Classroom 50; ``classroom``: of GitHub Classroom's graders
- ``junit``: XML for CodeGrade, Artemis and GitLab; ``prairielearn``: ``results.json``
- ``nbgrader``: tables of scores; ``otter``: test files; ``canvas``: a column of a gradebook
"""

from __future__ import annotations

from linclf.grading.exporters.files import write_files
from linclf.grading.exporters.options import ExportError, Options
from linclf.grading.exporters.registry import EXPORTERS, export

__all__ = ["EXPORTERS", "ExportError", "Options", "export", "write_files"]
