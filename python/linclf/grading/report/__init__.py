"""Reports of results: a page for a student, a page and a table for a class.

- of_student, of_class: the pages; style: how they look
- summary: what the results of a class say together, in numbers; table: one result in a terminal
"""

from linclf.grading.report.of_student import (
    class_csv,
    class_report,
    student_report,
)

__all__ = [
    "class_csv",
    "class_report",
    "student_report",
]
