"""Write a file, or a folder of files, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

__all__ = ["check_target", "write_bytes", "write_folder", "write_text"]


def check_target(path: str) -> Path:
    """Return `path` if a file can be written there; better to know before long work.

    Raises
    ------
    OSError
        If its folder does not exist or cannot be written to, or if it is a folder itself.
    """
    target = Path(path)
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder; give the name of a file in it")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"the folder {target.parent} does not exist; make it first")
    if not os.access(target.parent, os.W_OK):
        raise PermissionError(f"the folder {target.parent} cannot be written to; give another")
    return target


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8; whoever reads meanwhile sees the old file or the new one."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write `data`; whoever reads meanwhile sees the old file or the new one.

    Parameters
    ----------
    path : Path
    data : bytes
    mode : int
        Who may do what with a new file, before the umask: 0o600 for what is secret.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)  # of a process of the same number that was killed
    try:
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a new or empty folder: all of them, or none if one cannot be written.

    Parameters
    ----------
    folder : Path
        Is made; what is above it must exist.
    files : mapping of str to str
        Texts by file name; folders in a name, as in ``source/svm.py``, are made as well.

    Raises
    ------
    OSError
        If the folder is a file, holds anything, or cannot be made or written to.
    """
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is a file; name a folder that does not exist yet")
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(
            f"the folder {folder} is not empty, and nothing is overwritten; name a new one"
        )
    if not folder.absolute().parent.is_dir():
        raise FileNotFoundError(f"the folder {folder.parent} does not exist; make it first")
    written: list[Path] = []
    try:
        for name, text in files.items():
            above = [one for one in (folder / name).parents if one.is_relative_to(folder)]
            for missing in (one for one in reversed(above) if not one.exists()):
                missing.mkdir()
                written.append(missing)
            with open(folder / name, "x", encoding="utf-8", newline="") as file:
                written.append(folder / name)
                file.write(text)
    except BaseException:  # an interrupt as well
        for path in reversed(written):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()
        raise
