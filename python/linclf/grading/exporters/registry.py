"""Which formats there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from linclf.grading.exporters import (
    canvas,
    classroom,
    classroom50,
    gradescope,
    junit,
    nbgrader,
    otter,
    prairielearn,
)
from linclf.grading.exporters.options import Exporter, ExportError, Files, Options
from linclf.grading.results import Results
from linclf.grading.sinks import file_name

__all__ = ["EXPORTERS", "export"]

# These make files of one submission: with several, every submission gets a folder of its own.
_OF_ONE: dict[str, Exporter] = {
    "classroom": classroom.export,
    "classroom50": classroom50.export,
    "gradescope": gradescope.export,
    "prairielearn": prairielearn.export,
}
_OF_ALL: dict[str, Exporter] = {
    "canvas": canvas.export,
    "junit": junit.export,
    "nbgrader": nbgrader.export,
    "otter": otter.export,
}
EXPORTERS: dict[str, Exporter] = dict(sorted((_OF_ONE | _OF_ALL).items()))
"""Exporters by the name of the format."""


def export(
    to: str, results: Results | Sequence[Results], options: Options | None = None, **changes: Any
) -> Files:
    """Return results in the format of another system.

    Parameters
    ----------
    to : str
        A name of `EXPORTERS`.
    results : Results or sequence of Results
        Of one assignment.
    options : Options, optional
    **changes
        Attributes of `Options` by name, instead of those.

    Returns
    -------
    dict of str to str or bytes
        Whole files by name, for `write_files`. A format that has one file per submission gets a
        folder for each, if there are several.

    Raises
    ------
    ExportError
        If there is no such format, or the results do not fit it.

    Examples
    --------
    >>> sorted(EXPORTERS)  # doctest: +ELLIPSIS
    ['canvas', 'classroom', 'classroom50', 'gradescope', 'junit', 'nbgrader', 'otter', ...]
    >>> export("gradscope", [])
    Traceback (most recent call last):
    linclf.grading.exporters.options.ExportError: there is no format 'gradscope'; did you mean ...
    """
    if to not in EXPORTERS:
        near = get_close_matches(to, EXPORTERS, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(EXPORTERS)}"
        raise ExportError(f"there is no format {to!r}; {hint}")
    records = [results] if isinstance(results, Results) else list(results)
    if not records:
        raise ExportError("there are no results to export; grade a submission first")
    assignments = sorted({record.assignment["id"] for record in records})
    if len(assignments) > 1:
        raise ExportError(
            f"results is of several assignments, {', '.join(assignments)}; export each by itself"
        )
    options = replace(options or Options(), **changes)
    if to not in _OF_ONE or len(records) == 1:
        return EXPORTERS[to](records, options)
    folders = [file_name(record.submission["name"]) for record in records]
    for folder, count in Counter(folders).items():
        if count > 1:
            raise ExportError(f"results has {count} of the submission {folder!r}; keep one of them")
    return {
        f"{folder}/{name}": content
        for folder, record in zip(folders, records, strict=True)
        for name, content in EXPORTERS[to]([record], options).items()
    }
