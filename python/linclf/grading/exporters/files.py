"""Write the files of an export: each whole, and none before all are on the disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

__all__ = ["write_files"]


def write_files(folder: Path | str, files: Mapping[str, str | bytes]) -> list[Path]:
    """Write files into a folder; one that is there already is replaced.

    All are first written under other names. Only when that went well they get their own, one
    after the other, so that a full disk leaves every old file as it was.

    Parameters
    ----------
    folder : Path or str
        Is made if it is not there; the folder above it must exist.
    files : mapping of str to str or bytes
        By name; a slash divides folders, which are made.

    Returns
    -------
    list of Path
        What was written, in order.

    Raises
    ------
    ValueError
        If a name leads out of the folder.
    OSError
        If a file cannot be written.

    Examples
    --------
    >>> [path.name for path in write_files("out", {"b.txt": "one", "a/c.bin": b"two"})]
    ['b.txt', 'c.bin']
    """
    folder = Path(folder)
    targets = {folder / _inside(name): content for name, content in files.items()}
    folder.mkdir(exist_ok=True)
    drafts: list[tuple[Path, Path]] = []
    try:
        for target, content in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            drafts.append((Path(draft), target))
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
            os.chmod(draft, 0o644)  # drafts are private; what is exported is to be read
        for draft_path, target in drafts:
            os.replace(draft_path, target)
    finally:  # an interrupt as well
        for draft_path, _ in drafts:
            draft_path.unlink(missing_ok=True)
    return list(targets)


def _inside(name: str) -> Path:
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise ValueError(f"the name {name!r} leads out of the folder; name a file inside it")
    return Path(*path.parts)
