"""Tables that read well as text and, in a notebook, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linclf.display.escape import escape
from linclf.display.page import STYLE, note_html, table_html


@dataclass(frozen=True, repr=False)
class Table:
    """Rows under a header, with a sentence before and after them.

    Parameters
    ----------
    header : sequence of str
        Names of the columns.
    rows : sequence of sequences
        One cell per column. A float shows four significant digits, None a dash.
    lead, note : str
        What is said above and below; every line of the note is a paragraph in HTML.

    Examples
    --------
    >>> Table(["loss", "at chance"], [["hinge", 9.0], ["softmax", 2.302585]])
    loss     at chance
    hinge            9
    softmax      2.303
    """

    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    lead: str = ""
    note: str = ""

    def __repr__(self) -> str:
        lines = [list(self.header), *([_text(cell) for cell in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        numeric = [
            bool(column) and all(_is_number(cell) or cell is None for cell in column)
            for column in (list(zip(*self.rows, strict=True)) or [()] * len(widths))
        ]
        drawn = [
            "  ".join(
                cell.rjust(width) if right else cell.ljust(width)
                for cell, width, right in zip(line, widths, numeric, strict=True)
            ).rstrip()
            for line in lines
        ]
        return "\n".join([*filter(None, [self.lead]), *drawn, *filter(None, [self.note])])

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        rows = [[_text(cell) if cell is None else cell for cell in row] for row in self.rows]
        lead = f"<div>{escape(self.lead)}</div>" if self.lead else ""
        note = "".join(map(note_html, self.note.splitlines()))
        table = table_html(self.header, rows)
        return f'<div class="linclf"><style>{STYLE}</style>{lead}{table}{note}</div>'


def _text(cell: object) -> str:
    if cell is None:
        return "-"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def _is_number(cell: object) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)
