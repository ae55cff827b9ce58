"""The notebooks of existing courses on linclf, unchanged: `install` makes their imports work.

    import linclf.compat
    linclf.compat.install("cs231n")

    from cs231n.classifiers import LinearSVM, Softmax          # as the notebook says

Each course is a package here. Its docstring says what it covers, and its table ``MODULES`` says
which module of linclf stands behind which name of the notebooks. The modules are thin: names,
defaults, printing and conventions are the course's, every loss is computed by the C core.
"""

from __future__ import annotations

import difflib
import pkgutil
from importlib import import_module
from types import ModuleType

from linclf.compat._shared import bridges, importing

__all__ = ["courses", "install", "uninstall"]


def courses() -> tuple[str, ...]:
    """Return the names of the courses that `install` knows.

    Examples
    --------
    >>> "cs231n" in linclf.compat.courses()
    True
    """
    found = pkgutil.iter_modules(__path__)
    return tuple(sorted(m.name for m in found if m.ispkg and not m.name.startswith("_")))


def install(course: str) -> None:
    """Make the import lines of a course's notebooks work, with linclf behind them.

    Call it before the imports of the notebook. Where the course's own files are on ``sys.path``,
    what linclf has not comes from them. Idioms of old NumPy and Python that the
    notebooks use are made to work as well, where they are missing. Installing twice changes
    nothing.

    Parameters
    ----------
    course : str
        One of `courses`.

    Raises
    ------
    TypeError, ValueError
        If there is no such course; the message lists them.
    ImportError
        If a module of such a name was already imported from elsewhere, or belongs to another
        course that is installed.

    Warns
    -----
    UserWarning
        If a file or folder on ``sys.path`` has a name of the course; linclf comes first then.

    Examples
    --------
    >>> linclf.compat.install("cs231n")
    >>> from cs231n.classifiers import LinearSVM
    >>> LinearSVM().W is None
    True
    >>> linclf.compat.uninstall()
    """
    name = _known(course)
    package = _package(name)
    importing.install(name, package.MODULES)
    bridges.apply()
    if hasattr(package, "on_install"):
        package.on_install()


def uninstall(course: str | None = None) -> None:
    """Undo `install`: of one course, or of all.

    Its modules are forgotten, so that the next import looks for the course's own files. What a
    program has imported already stays what it is.

    Parameters
    ----------
    course : str, optional
        One of `courses`. One that is not installed is left as it is.

    Raises
    ------
    TypeError, ValueError
        If there is no such course.
    """
    for name in importing.installed() if course is None else (_known(course),):
        importing.uninstall(name)
        package = _package(name)
        if hasattr(package, "on_uninstall"):
            package.on_uninstall()
    if not importing.installed():
        bridges.restore()


def _package(course: str) -> ModuleType:
    """Return the package of a course: ``MODULES`` and, if it needs them, hooks around its use."""
    return import_module(f"{__name__}.{course}")


def _known(course: str) -> str:
    """Return the name of a course, or say which there are."""
    if not isinstance(course, str):
        raise TypeError(f"course is a {type(course).__name__}; pass a name such as 'cs231n'")
    names = courses()
    if course in names:
        return course
    near = difflib.get_close_matches(course.lower(), names, n=2, cutoff=0.5)
    guess = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise ValueError(f"There is no course {course!r}.{guess} The courses are {', '.join(names)}")
