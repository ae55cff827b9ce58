"""The exercises of the course: what is to be written, data to try it on, and checks that explain.

    linclf.course.exercises()                         what there is
    linclf.course.check("hinge_sample", my_function)  in a notebook: shows what is wrong
    assert linclf.course.check("hinge_sample", f)     in a test: the same, as its message

No solution is in here: what is right comes from the C core, or from problems that are made so that
their answer is known beforehand.
"""

from linclf.course.checking import check
from linclf.course.finding import Finding
from linclf.course.problems import problem
from linclf.course.settings import fast
from linclf.course.specification import Exercise, exercises
from linclf.course.templates import public_tests, stub

__all__ = [
    "Exercise",
    "Finding",
    "check",
    "exercises",
    "fast",
    "problem",
    "public_tests",
    "stub",
]
