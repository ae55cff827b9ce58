"""What can be wrong with a data set."""

from __future__ import annotations

__all__ = ["DatasetError", "FetchError"]


class DatasetError(ValueError):
    """A file is not the data set it should be: damaged, truncated, unsafe or of another kind.

    The message names the file, says what was found and what to do about it.
    """

    __module__ = "linclf.datasets"  # where it is caught from, and what tracebacks show


class FetchError(OSError):
    """A data set could not be downloaded; the message lists what was tried and what to do."""

    __module__ = "linclf.datasets"
