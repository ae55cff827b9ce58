"""Rubrics: what an assignment asks for and what it is worth, read from TOML.

- reading: loads a file, a folder, or a rubric that ships; assignment: what it says, for the grader
- schema, walk, checks: its shape, a file held against it, and what a shape cannot say
- public: the part that students may see
- rubrics: those that ship, one for each notebook of the course
"""

from linclf.grading.rubric.reading import (
    CHECKS,
    SCHEMA,
    VISIBILITIES,
    Assignment,
    FunctionSpec,
    Item,
    KnownMistake,
    RubricError,
    load,
    operand,
    shipped,
)

__all__ = [
    "CHECKS",
    "SCHEMA",
    "VISIBILITIES",
    "Assignment",
    "FunctionSpec",
    "Item",
    "KnownMistake",
    "RubricError",
    "load",
    "operand",
    "shipped",
]
