"""Import of optional packages: one place that says what to install."""

from __future__ import annotations

import importlib
from typing import Any

_DISTRIBUTIONS = {"sklearn": "scikit-learn"}


def require(module: str, extra: str | None, for_what: str) -> Any:
    """Import an optional module, or say which extra of linclf brings it.

    Parameters
    ----------
    module : str
        What to import, such as ``"matplotlib.pyplot"``.
    extra : str or None
        The extra of linclf that installs it, such as ``"plot"``; None if there is none.
    for_what : str
        The part of linclf that needs it, such as ``"linclf.plot"``.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    ImportError
        If the package is not installed. One that is installed but broken raises its own error.

    Examples
    --------
    >>> require("no_such_package", "plot", "linclf.plot")
    Traceback (most recent call last):
    ImportError: linclf.plot needs no_such_package. Install with: pip install "linclf[plot]"
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name not in (package, module):
            raise
        needed = _DISTRIBUTIONS.get(package, package)
        target = needed if extra is None else f'"linclf[{extra}]"'
        message = f"{for_what} needs {needed}. Install with: pip install {target}"
        raise ImportError(message, name=package) from None
