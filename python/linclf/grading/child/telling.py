"""What a worker tells of functions and exceptions: in plain data, and of the student's own files.

Part of the worker, which has a copy of this file: standard library only.
"""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Mapping
from typing import Any

_MOST = 200  # parameters that are told


def describe(error: BaseException, own: Mapping[str, str], file: str = "") -> dict[str, Any]:
    """Return what an exception says, and where in the student's own files it was raised.

    Parameters
    ----------
    error : exception
    own : dict of str
        The student's files: names in tracebacks -> names to show.
    file : str
        Which file to name if the traceback leads to none.

    Returns
    -------
    dict
        type, text, base (the nearest exception of Python itself), file, line, source.
    """
    try:
        text = str(error)
    except BaseException:
        text = ""
    line, source = 0, ""
    if isinstance(error, SyntaxError) and (error.filename or "") in own:
        text = error.msg or text
        file, line, source = own[error.filename or ""], error.lineno or 0, error.text or ""
    trace = error.__traceback__
    while trace is not None:
        label = trace.tb_frame.f_code.co_filename
        if label in own:
            file, line = own[label], trace.tb_lineno
            source = linecache.getline(label, line)
        trace = trace.tb_next
    base = next(one.__name__ for one in type(error).__mro__ if one.__module__ == "builtins")
    return {
        "type": type(error).__name__[:80],
        "text": text[:2000],
        "base": base,
        "file": file,
        "line": line,
        "source": source.strip()[:200],
    }


def signature(function: Any) -> list[list[Any]] | None:
    """Return name, kind, whether there is a default, and that default as text, by parameter.

    Returns
    -------
    list or None
        None if the function does not tell.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except Exception:
        return None
    empty = inspect.Parameter.empty
    return [[p.name, int(p.kind), p.default is not empty, _default(p.default)] for p in parameters][
        :_MOST
    ]


def _default(value: object) -> str:
    plain = value is None or type(value) in (bool, int, float, str)
    return repr(value)[:80] if plain else "..."


def first_loop(function: Any) -> str | None:
    """Return the first line of a function that begins a loop; None if there is none."""
    try:
        lines, _ = inspect.getsourcelines(function)
        source = inspect.cleandoc("\n" + "".join(lines))
        tree = ast.parse(source)
    except Exception:
        return None
    loops = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp)
    found = [node.lineno for node in ast.walk(tree) if isinstance(node, loops)]
    return source.splitlines()[min(found) - 1].strip()[:200] if found else None
