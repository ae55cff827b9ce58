"""The mutation test of a rubric's own cases: known mistakes lose points, and right code does not.

- auditing: all items of a rubric; findings: what was found, as a table and as JSON
- losses, exercises, functions: mistakes made on the cases of an item, by its kind of check
- wrong: the mistakes of the exercises that ask for something else than a whole loss
- fairness, styles, right: right code in several styles, for many seeds
"""

from linclf.grading.audit.auditing import (
    LEAST,
    Audit,
    ItemAudit,
    Mistake,
    Pair,
    Style,
    audit,
)

__all__ = [
    "LEAST",
    "Audit",
    "ItemAudit",
    "Mistake",
    "Pair",
    "Style",
    "audit",
]
