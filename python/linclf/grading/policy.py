"""Imports that an assignment does not allow: found in the text of a submission.

A rule of the course, told to students; what keeps a submission from doing harm is its cell. The
text is searched, not parsed: nothing of a submission is parsed by the grader. Whoever hides an
import from it has the same points as without it, and a person may read the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

__all__ = ["forbidden_import"]

_STRING = re.compile(r'(?:\\?"){3}.*?(?:\\?"){3}|\'{3}.*?\'{3}', re.DOTALL)
# At the start of a line, of Python or of the JSON of a notebook, or after a semicolon.
_START = r'(?:^|;|\\n|")[ \t]*'
_IMPORT = re.compile(_START + r"import[ \t]+([\w., \t]+)", re.MULTILINE)
_FROM = re.compile(_START + r"from[ \t]+([\w.]+)[ \t]+import\b", re.MULTILINE)
_CALL = re.compile(r"(?:import_module|__import__)[ \t]*\([ \t]*\\?[\"']([\w.]+)")


def forbidden_import(files: Mapping[str, bytes], modules: Iterable[str]) -> tuple[str, str] | None:
    """Return the first file that imports one of these modules, and the module.

    Parameters
    ----------
    files : mapping of bytes
        By name; only Python files and notebooks are looked at.
    modules : iterable of str
        What is inside of them is forbidden as well.

    Returns
    -------
    (file, module) or None

    Examples
    --------
    >>> forbidden_import({"hw.py": b"import numpy as np, torch.nn"}, ["torch"])
    ('hw.py', 'torch')
    """
    wanted = sorted(set(modules))
    for name in sorted(files) if wanted else ():
        if not name.endswith((".py", ".ipynb")):
            continue
        text = _STRING.sub('""', files[name].decode("utf-8", "replace"))
        found = set(_FROM.findall(text)) | set(_CALL.findall(text))
        for names in _IMPORT.findall(text):
            found |= {part.split()[0] for part in names.split(",") if part.split()}
        for module in wanted:
            if any(one == module or one.startswith(f"{module}.") for one in found):
                return name, module
    return None
