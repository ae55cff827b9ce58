"""Get public data sets: from the disk if they are there, else from the network, verified."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from linclf.datasets.known import KNOWN

if TYPE_CHECKING:
    from linclf.datasets.downloading import Progress

__all__ = ["data_dir", "fetch"]


def data_dir() -> Path:
    r"""Return the folder where downloaded data sets are kept.

    Returns
    -------
    Path
        ``$LINCLF_DATA`` if that is set, else the user's cache: ``~/.cache/linclf`` (or
        ``$XDG_CACHE_HOME/linclf``), ``~/Library/Caches/linclf`` on macOS,
        ``%LOCALAPPDATA%\linclf`` on Windows. It need not exist.

    Examples
    --------
    >>> import os
    >>> from unittest import mock
    >>> with mock.patch.dict(os.environ, LINCLF_DATA="/srv/course/data"):
    ...     data_dir().as_posix()
    '/srv/course/data'
    """
    if chosen := os.environ.get("LINCLF_DATA"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "linclf"


def fetch(
    name: str,
    *,
    folder: str | os.PathLike[str] | None = None,
    timeout: float = 30.0,
    progress: bool | Progress | None = None,
) -> Path:
    """Download a public data set unless it is there already, and return its folder.

    This is the only function of linclf that uses the network. Files that are there and right are
    left alone without going online. A download that broke off is resumed; a file appears under its
    name only when it is complete and its SHA-256 is right, so that any mirror will do.

    Parameters
    ----------
    name : str
        ``"cifar10"`` (170 MB), ``"mnist"`` (12 MB), ``"fashion_mnist"`` (31 MB) or ``"svhn"``
        (246 MB).
    folder : path, optional
        Where the files go; by default ``data_dir() / name``, where `load` looks for them.
    timeout : float
        Seconds without a byte after which a server is given up.
    progress : bool or callable, optional
        Whether to show a progress line on standard error; by default if that is a terminal. A
        callable is called with bytes done and bytes in all of the current file.

    Returns
    -------
    Path
        The folder with the files as published: pass it to `read_cifar10`, `read_mnist` or
        `read_svhn`.

    Raises
    ------
    ValueError
        If the name is not known.
    FetchError
        If no server has the right file. It is an OSError.

    Notes
    -----
    The environment variable ``LINCLF_MIRROR`` may hold URLs or paths of folders, separated by
    blanks, that are tried first: a mirror has the files as ``<name>/<file>``, such as
    ``mnist/train-images-idx3-ubyte.gz``, just as `data_dir` has after `fetch`.

    Examples
    --------
    >>> fetch("imagenet")
    Traceback (most recent call last):
    ValueError: name is 'imagenet': pass one of cifar10, mnist, fashion_mnist, svhn
    """
    if name not in KNOWN:
        raise ValueError(f"name is {name!r}: pass one of {', '.join(KNOWN)}")
    # Imported here since it costs more than all other modules of this package together.
    from linclf.datasets.downloading import ProgressLine, download, is_verified

    target = data_dir() / name if folder is None else Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    if progress is None:
        progress = sys.stderr.isatty()
    bases = [*_mirrors(name), *KNOWN[name].urls]
    for file in KNOWN[name].files:
        if is_verified(target / file.name, file):
            continue
        line = ProgressLine(file.name) if progress is True else None
        try:
            download(
                file,
                [base.rstrip("/") + "/" + file.name for base in bases],
                target / file.name,
                timeout=timeout,
                progress=line or (progress if callable(progress) else None),
            )
        finally:
            if line is not None:
                line.close()
    return target


def _mirrors(name: str) -> list[str]:
    """Return the base URLs of a data set at the mirrors in the environment."""
    places = os.environ.get("LINCLF_MIRROR", "").split()
    urls = [place if "://" in place else Path(place).absolute().as_uri() for place in places]
    return [f"{url.rstrip('/')}/{name}" for url in urls]
