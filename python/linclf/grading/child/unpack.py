"""Child script: unpacks one archive of a student and hands its files over, nothing else.

It runs in a cell, since archives are made to break what unpacks them: `zipfile`, `tarfile` and the
decompressors see hostile bytes here alone. A copy of this file is all there is, so it imports the
standard library only. Nothing is written to disk: the reply on descriptor 4 is

    status 0, count, then for each file: length of its name, its size, its name, its bytes
    status k, length of a text, the text       PROBLEMS[k] is wrong, with the member of that name

The parent believes none of it, and checks names and sizes again by the functions below.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
import re
import stat
import struct
import sys
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

PROBLEMS = (
    "",
    "not_archive",
    "encrypted",
    "link",
    "special",
    "name",
    "outside",
    "twice",
    "too_large",
    "total",
    "count",
    "bomb",
)
"""What can be wrong with an archive, by the status of the reply."""

HEAD, ENTRY = struct.Struct(">BH"), struct.Struct(">HI")
"""Of the reply, and of each file in it."""

REPLIES = 4
"""The descriptor that the reply goes to."""

JUNK_FOLDERS = {"__pycache__", "__macosx", "node_modules", "venv"}
"""Folders that nobody means to hand in, beside those whose name begins with a dot."""

_JUNK_FILES = (".pyc", ".pyo", "~", "thumbs.db", "desktop.ini")
_FLOOR = 1 << 20  # no ratio counts below: a page of blanks packs well by right
_NAME, _PATH, _DEPTH = 200, 400, 10  # bytes of a name, of all of them together, how many
_SKIPPED = 20  # times the files that are allowed: how many members are looked at


_COMPRESSED: dict[bytes, Callable[[io.BytesIO], gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile]] = {
    b"\x1f\x8b\x08": lambda data: gzip.GzipFile(fileobj=data),
    b"BZh": bz2.BZ2File,
    b"\xfd7z": lzma.LZMAFile,
}


class Bad(Exception):
    """Something that is wrong with an archive: one of `PROBLEMS`, and with which member."""

    def __init__(self, problem: str, name: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.name = name


@dataclass(frozen=True)
class Caps:
    """How much an archive may hold.

    Attributes
    ----------
    file, total : int
        Bytes of a file, and of all of them.
    count : int
        Files.
    ratio : int
        Times its own size.
    """

    file: int
    total: int
    count: int
    ratio: int


Member = tuple[str, Callable[[], bytes]]


def clean_name(name: str) -> str:
    """Return a name as it is kept: relative, with slashes, composed, without `.` parts.

    Raises Bad if it leads out of the submission, or holds what no name needs.
    """
    if "\0" in name:
        raise Bad("name", name)
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if name.startswith(("/", "\\")) or re.match("[A-Za-z]:", name) or ".." in parts:
        raise Bad("outside", name)
    kept = unicodedata.normalize("NFC", "/".join(parts))
    try:
        size = max((len(part.encode()) for part in kept.split("/")), default=0)
    except UnicodeEncodeError:  # half a character
        raise Bad("name", name) from None
    if not kept or not kept.isprintable() or size > _NAME or len(kept.encode()) > _PATH:
        raise Bad("name", name)
    # Composing can make a dot or a slash of look-alikes in no version of Unicode: still look.
    if len(parts) > _DEPTH or kept.count("/") != len(parts) - 1 or ".." in kept.split("/"):
        raise Bad("name", name)
    return kept


def is_junk(name: str) -> bool:
    """Tell whether a clean name is one that tools leave behind."""
    *folders, last = name.casefold().split("/")
    inside = any(folder in JUNK_FOLDERS or folder.startswith(".") for folder in folders)
    return inside or last.startswith(".") or last.endswith(_JUNK_FILES)


def add_file(files: dict[str, bytes], name: str, data: bytes, caps: Caps) -> None:
    """Put a file to those found so far; raises Bad if it is one too many, or there already."""
    if len(data) > caps.file:
        raise Bad("too_large", name)
    if len(files) >= caps.count:
        raise Bad("count", name)
    if sum(map(len, files.values())) + len(data) > caps.total:
        raise Bad("total", name)
    files[name] = data


def check_collisions(names: Iterable[str]) -> None:
    """Raise Bad if two names are the same where case does not count, or one is a folder too."""
    seen: dict[str, str] = {}
    for name in names:
        key = unicodedata.normalize("NFC", name.casefold())
        if key in seen:
            raise Bad("twice", name)
        seen[key] = name
    for key, name in seen.items():
        parts = key.split("/")
        if any("/".join(parts[:n]) in seen for n in range(1, len(parts))):
            raise Bad("twice", name)


def unpack(data: bytes, caps: Caps) -> dict[str, bytes]:
    """Return the files in an archive, by their clean names; raises Bad."""
    files: dict[str, bytes] = {}
    try:
        members = _zip(data, caps) if _is_zip(data) else _tar(data, caps)
        for number, (name, read) in enumerate(members):
            if number >= _SKIPPED * caps.count:
                raise Bad("count")
            kept = clean_name(name)
            if is_junk(kept):
                continue
            if kept in files:
                raise Bad("twice", name)
            add_file(files, kept, read(), caps)
    except Bad:
        raise
    except MemoryError:
        raise Bad("bomb") from None
    except Exception as error:  # whatever damaged bytes make these modules raise
        raise Bad("not_archive") from error
    check_collisions(files)
    return files


def _is_zip(data: bytes) -> bool:
    return data[:4] in (b"PK\3\4", b"PK\5\6")


def _zip(data: bytes, caps: Caps) -> Iterator[Member]:
    """Yield the members of a zip archive: a name, and a function that reads it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == 3 else 0
            if kind == stat.S_IFDIR or (info.is_dir() and kind == 0):
                continue
            # What zipfile makes of the name has lost what follows a zero byte.
            name = info.orig_filename if "\0" in info.orig_filename else info.filename
            if not is_junk(clean_name(name)):
                if kind == stat.S_IFLNK:
                    raise Bad("link", name)
                if kind not in (0, stat.S_IFREG):
                    raise Bad("special", name)
                if info.flag_bits & 1:
                    raise Bad("encrypted", name)
            yield name, partial(_member, archive, info, caps)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, caps: Caps) -> bytes:
    """Return the bytes of a member, whatever size its header says."""
    if info.file_size > max(_FLOOR, caps.ratio * info.compress_size):
        raise Bad("bomb", info.filename)
    if info.file_size > caps.file:
        raise Bad("too_large", info.filename)
    with archive.open(info) as stream:
        data = stream.read(caps.file + 1)
    if len(data) > caps.file:
        raise Bad("too_large", info.filename)
    return data


def _tar(data: bytes, caps: Caps) -> Iterator[Member]:
    """Yield the members of a tar archive: a name, and a function that reads it."""
    with tarfile.open(fileobj=io.BytesIO(_expanded(data, caps)), mode="r:") as archive:
        for member in archive:
            if member.isdir():
                continue
            if not is_junk(clean_name(member.name)):
                if member.issym() or member.islnk():
                    raise Bad("link", member.name)
                if not member.isreg() or member.sparse is not None:
                    raise Bad("special", member.name)
                if member.size > caps.file:
                    raise Bad("too_large", member.name)
            yield member.name, partial(_tar_member, archive, member)


def _tar_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    return stream.read() if stream else b""


def _expanded(data: bytes, caps: Caps) -> bytes:
    """Return a tar archive without its compression, which must not be a bomb."""
    # Junk is counted, too: nobody needs more than this many bytes of it.
    most, magic = 2 * caps.total + 4096 * caps.count, data[:3]
    if magic not in _COMPRESSED:
        return data
    with _COMPRESSED[magic](io.BytesIO(data)) as stream:
        expanded = stream.read(most + 1)
    if len(expanded) > max(_FLOOR, caps.ratio * len(data)):
        raise Bad("bomb")
    if len(expanded) > most:
        raise Bad("total")
    return expanded


def encoded(files: dict[str, bytes]) -> bytes:
    """Return the reply that hands files over."""
    parts = [HEAD.pack(0, len(files))]
    for name, data in sorted(files.items()):
        parts += [ENTRY.pack(len(name.encode()), len(data)), name.encode(), data]
    return b"".join(parts)


def refused(bad: Bad) -> bytes:
    """Return the reply that says what is wrong."""
    text = bad.name.encode("utf-8", "replace")[:_PATH]
    return HEAD.pack(PROBLEMS.index(bad.problem), len(text)) + text


def main() -> None:
    """Unpack the archive beside this script, with the caps that are its arguments."""
    import confine  # type: ignore[import-not-found]  # lies beside the copy of this file

    caps = Caps(*map(int, sys.argv[1:5]))
    codecs.lookup("cp437")  # of names in zip archives: read while files are within reach
    confine.lock()
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "submission", "archive"), "rb") as file:
        data = file.read()
    try:
        reply = encoded(unpack(data, caps))
    except Bad as bad:
        reply = refused(bad)
    with os.fdopen(REPLIES, "wb") as replies:
        replies.write(reply)


if __name__ == "__main__":
    main()
