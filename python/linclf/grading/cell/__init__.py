"""A cell: a process of its own in which one script runs, shut in at a tier, until it is closed.

- process: opens a cell, exchanges bytes with it by a deadline, ends it
- launch: starts the process, in bubblewrap or not, as another user or not
- furniture, users: the folder of a cell, what may be read beside, whom it belongs to
- trial: tries out what a tier promises, on this machine

What runs in it is in `linclf.grading.child`.
"""

from linclf.grading.cell.process import (
    Cell,
    CellDied,
    CellError,
    CellTimeout,
    open_cell,
)

__all__ = [
    "Cell",
    "CellDied",
    "CellError",
    "CellTimeout",
    "open_cell",
]
