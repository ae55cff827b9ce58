"""Write a file whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["check_target", "write_text"]


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
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
