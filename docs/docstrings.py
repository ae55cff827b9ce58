"""Small repairs between docstrings, which are written for the eye, and reStructuredText.

A Sphinx extension. In the docstring of a module an indented block is a table or a formula whose
lines must stay as they are.
"""

from __future__ import annotations

from typing import Any


def keep_blocks(lines: list[str]) -> list[str]:
    """Mark every indented block as literal."""
    kept: list[str] = []
    inside = False
    for line in lines:
        indented = line.startswith("    ")
        if indented and not inside:
            kept += ["::", ""]
        if line:
            inside = indented
        kept.append(line)
    return kept


def process(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Repair the docstring of a module in place."""
    if what == "module":
        lines[:] = keep_blocks(lines)


def setup(app: Any) -> dict[str, bool]:
    """Go before numpydoc."""
    app.connect("autodoc-process-docstring", process, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
