"""The private folder of a cell: what lies in it, what the child may read beside, its removal.

    confine.pyc, worker.pyc, ...   the script and what it imports, compiled
    config.json                    tier, limits, what may be read: never a secret
    site/                          links to NumPy and its libraries, and to nothing else
    submission/                    what the student handed in, for reading
    work/                          for writing; at T3 a file system of limited size

What a child leaves in it is removed without being read.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import marshal
import os
import secrets
import stat
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path, PurePosixPath

import numpy as np

from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier

_HERE = Path(__file__).resolve().parent.parent / "child"
_COMPANIONS = (
    "confine.py",
    "loading.py",
    "notebook.py",
    "packing.py",
    "telling.py",
    "wire.py",
)


def fill(
    folder: Path,
    script: str,
    files: Mapping[str, bytes],
    tier: Tier,
    limits: Limits,
    arguments: Sequence[str],
    user: int | None,
) -> None:
    """Write what the child gets into its folder, so that it can read all and write in work."""
    site = folder / "site"
    site.mkdir()
    for package in packages():
        (site / package.name).symlink_to(package)
    for name in (*_COMPANIONS, script):
        compiled = _compiled(name)
        if compiled is not None:
            (folder / f"{name}c").write_bytes(compiled)
    jail = jail_file()
    work = folder / "work"
    work.mkdir(mode=0o700)
    settings = {
        # In its place and no copy: temporary files may lie where nothing can be executed.
        "jail": str(jail) if jail is not None else None,
        "tier": int(tier),
        # At T3 bubblewrap, which is its parent, does it.
        "parent": os.getpid() if tier != Tier.T3 else 0,
        "shared_user": user is None and tier != Tier.T3,
        "limits": asdict(limits),
        "read": [*readable(), str(folder)],
        "write": [str(work), os.devnull],
        "arguments": list(arguments),
    }
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    submission = folder / "submission"
    submission.mkdir()
    for name, data in files.items():
        path = submission / _checked(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if user is not None:
        # What it may not change stays the grader's; it reads it as one of its group.
        for where, _, names in os.walk(folder):
            for entry in (where, *(os.path.join(where, name) for name in names)):
                os.chown(entry, -1, user, follow_symlinks=False)
                os.chmod(entry, 0o750 if entry == where else 0o640)
        os.chown(work, user, user)
        os.chmod(work, 0o700)


def _checked(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    parts = path.parts
    if not parts or path.is_absolute() or ".." in parts or "\0" in name:
        raise ValueError(f"names of files must be relative and lead nowhere else, got {name!r}")
    return path


@cache
def _compiled(name: str) -> bytes | None:
    """A script as Python runs it without reading its source: 20 ms less for a large one."""
    path = _HERE / name
    try:
        source = path.read_bytes()
    except FileNotFoundError:
        return None
    code = compile(source, name, "exec", dont_inherit=True)
    # Flags 1: to be run without a look for the source.
    head = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little")
    return head + importlib.util.source_hash(source) + marshal.dumps(code)


@cache
def packages() -> tuple[Path, ...]:
    """NumPy, and the libraries that come with it."""
    package = Path(np.__file__).resolve().parent
    libraries = package.parent / "numpy.libs"
    return (package, libraries) if libraries.is_dir() else (package,)


@cache
def jail_file() -> Path | None:
    """The extension that a child loads before it locks itself."""
    if sys.platform != "linux":
        return None
    from linclf import _jail

    return Path(_jail.__file__).resolve()


@cache
def interpreter() -> str:
    """The Python below a virtual environment, which would bring its packages along."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


@cache
def readable() -> tuple[str, ...]:
    """What a locked child may read: Python, NumPy and the libraries of both, nothing beside.

    Not site-packages, which lie in the folder of the standard library: each of its neighbours is
    allowed by itself.
    """
    found: list[Path] = list(packages())
    standard = Path(os.__file__).resolve().parent
    for entry in sorted(standard.iterdir()):
        # A link out of it, as Debian has one to a file in /etc, is a matter of the machine.
        inside = entry.resolve().is_relative_to(standard)
        if inside and entry.name not in ("site-packages", "dist-packages", "test"):
            found.append(entry)
    for folder in _library_folders():
        if folder.name.endswith(("-linux-gnu", "-linux-musl")):
            found.append(folder)
        else:
            found += (entry for entry in folder.glob("*.so*") if not entry.is_symlink())
    found += (Path(path) for path in ("/etc/ld.so.cache", "/etc/alternatives"))
    return tuple(dict.fromkeys(str(path.resolve()) for path in found if path.exists()))


def _library_folders() -> list[Path]:
    base = Path(sys.base_prefix).resolve()
    roots = [Path("/lib"), Path("/lib64"), Path("/usr/lib"), Path("/usr/lib64"), base / "lib"]
    folders = {
        folder.resolve()
        for root in roots
        if root.is_dir()
        for folder in (root, *root.glob("*-linux-gnu"), *root.glob("*-linux-musl"))
    }
    return sorted(folders)


def remove_folder(folder: Path) -> None:
    """Remove a folder whatever is in it: any depth, any mode, links that lead elsewhere.

    Parameters
    ----------
    folder : Path
        The folder; one that is not there is no error.
    """
    try:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        _empty(root)
    finally:
        os.close(root)
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _empty(root: int) -> None:
    """Remove all below an open folder. Deep ones are first moved up, so that none is deep."""
    prefix, number = f".{secrets.token_hex(8)}-", 0  # a name that is not there
    while names := os.listdir(root):
        for name in names:
            if not _is_folder(name, root):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=root)
                continue
            with contextlib.suppress(OSError):
                os.chmod(name, stat.S_IRWXU, dir_fd=root)
            inner = os.open(
                name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=root
            )
            try:
                for entry in os.listdir(inner):
                    if _is_folder(entry, inner):
                        with contextlib.suppress(OSError):
                            os.chmod(entry, stat.S_IRWXU, dir_fd=inner)
                        number += 1
                        os.rename(entry, f"{prefix}{number}", src_dir_fd=inner, dst_dir_fd=root)
                    else:
                        os.unlink(entry, dir_fd=inner)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=root)


def _is_folder(name: str, parent: int) -> bool:
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False
