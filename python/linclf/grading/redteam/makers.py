"""Hostile submissions that are made when they are needed: archives, giants, links and pipes.

None of them is in the repository: a bomb is no file that anybody wants to have, and links do not
survive a wheel. Each maker writes one submission into an empty folder and returns what to hand in.
Where a link needs a place to point to, it gets `secret`, a file that no submission may reach.
"""

from __future__ import annotations

import json
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

_MEGABYTE = 1 << 20


def _archive(folder: Path) -> Path:
    return folder / "submission.zip"


def _with(folder: Path, text: str, entries: dict[str, bytes | str]) -> Path:
    """Write an archive of the submission and more; later names may be any, and repeated."""
    path = _archive(folder)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("submission.py", text)
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def zip_link(folder: Path, text: str, secret: Path) -> Path:
    """Make an archive with a symbolic link to the secret."""
    path = _archive(folder)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("submission.py", text)
        link = zipfile.ZipInfo("stolen.py")
        link.create_system = 3  # Unix: the mode counts
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, str(secret))
        archive.writestr("folder.py", str(secret.parent))
    return path


def zip_parent(folder: Path, text: str, secret: Path) -> Path:
    """Make an archive whose entries leave the folder that it is unpacked into."""
    up = "../" * 12
    names = (f"../{secret.name}", f"{up}{secret}", f"a/{up}tmp/linclf_hostile_slip", "..\\slip.py")
    return _with(folder, text, dict.fromkeys(names, "overwritten"))


def zip_absolute(folder: Path, text: str, secret: Path) -> Path:
    """Make an archive with entries of absolute names."""
    return _with(folder, text, {str(secret): "overwritten", "C:\\slip.py": "overwritten"})


def zip_bomb(folder: Path, text: str, secret: Path) -> Path:
    """Make an archive that unpacks to a thousand times its size, 64 MB."""
    return _with(folder, text, {"zeros.py": bytes(64 * _MEGABYTE)})


def zip_lie(folder: Path, text: str, secret: Path) -> Path:
    """Make an archive that announces ten bytes where there are 32 MB."""
    path = _with(folder, text, {"zeros.py": bytes(32 * _MEGABYTE)})
    data = bytearray(path.read_bytes())
    size = struct.pack("<I", 32 * _MEGABYTE)
    start = data.find(size)
    while start >= 0:  # in the entry and in the directory
        data[start : start + 4] = struct.pack("<I", 10)
        start = data.find(size, start)
    path.write_bytes(data)
    return path


def zip_overlap(folder: Path, text: str, secret: Path) -> Path:
    """Make an archive of thousands of names that share one entry."""
    path = _archive(folder)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("submission.py", text)
        archive.writestr("zeros.py", bytes(4 * _MEGABYTE))
        (one,) = [info for info in archive.infolist() if info.filename == "zeros.py"]
        for n in range(3000):
            again = zipfile.ZipInfo(f"zeros{n}.py")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(again, name, getattr(one, name))
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
    return path


def zip_many(folder: Path, text: str, secret: Path) -> Path:
    """Make an archive of ten thousand empty files."""
    return _with(folder, text, {f"f{n}.py": "" for n in range(10_000)})


def zip_names(folder: Path, text: str, secret: Path) -> Path:
    """Make an archive whose names hold terminal escapes, markup and five hundred folders."""
    names = (
        "\x1b]0;owned\x07.py",
        "<img src=x onerror=alert(1)>.py",
        "a/" * 500 + "a.py",
        "CON.py",
    )
    return _with(folder, text, dict.fromkeys(names, "x = 1\n"))


def zip_garbage(folder: Path, text: str, secret: Path) -> Path:
    """Make an archive whose end promises a directory of 4 GB."""
    path = _archive(folder)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFF0, 0, 0)
    path.write_bytes(b"PK\x03\x04" + bytes(4096) + end)
    return path


def large_source(folder: Path, text: str, secret: Path) -> Path:
    """Make a source of 10 MB."""
    (folder / "submission.py").write_text(
        text + "#" * 99 + "\n" + ("x = 1\n" * (10 * _MEGABYTE // 6))
    )
    return folder


def parentheses(folder: Path, text: str, secret: Path) -> Path:
    """Make a source with parentheses nested fifty thousand deep."""
    (folder / "submission.py").write_text(text + "x = " + "(" * 50_000 + "1" + ")" * 50_000 + "\n")
    return folder


def signs(folder: Path, text: str, secret: Path) -> Path:
    """Make a source with fifty thousand signs before a number, and as many attributes after."""
    deep = "x = " + "-" * 50_000 + "1" + ".real" * 50_000 + "\n"
    (folder / "submission.py").write_text(text + deep)
    return folder


def link(folder: Path, text: str, secret: Path) -> Path:
    """Make a folder with links to the secret and to the folder that holds it."""
    (folder / "submission.py").write_text(text)
    os.symlink(secret, folder / "stolen.py")
    os.symlink(secret.parent, folder / "library")
    return folder


def link_alone(folder: Path, text: str, secret: Path) -> Path:
    """Make a folder whose only source is a link to the secret."""
    os.symlink(secret, folder / "submission.py")
    return folder


def pipe(folder: Path, text: str, secret: Path) -> Path:
    """Make a folder with a named pipe, which blocks whoever opens it, and a socket's like."""
    (folder / "submission.py").write_text(text)
    os.mkfifo(folder / "waiting.py")
    return folder


def deep_folders(folder: Path, text: str, secret: Path) -> Path:
    """Make folders in folders, deeper than a path may be long."""
    (folder / "submission.py").write_text(text)
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        for _ in range(60):
            os.mkdir("d" * 100)
            os.chdir("d" * 100)
    finally:
        os.fchdir(before)
        os.close(before)
    return folder


def odd_names(folder: Path, text: str, secret: Path) -> Path:
    """Make files whose names are no text, or hold terminal escapes and line ends."""
    (folder / "submission.py").write_text(text)
    for name in (b"\xff\xfe.py", b"\x1b]0;owned\x07.py", b"a\nb.py", b"-rf.py", b"..py"):
        with open(os.fsencode(folder) + b"/" + name, "wb") as file:
            file.write(b"x = 1\n")
    return folder


def _notebook(folder: Path, cells: object) -> Path:
    path = folder / "submission.ipynb"
    path.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    )
    return path


def notebook_deep(folder: Path, text: str, secret: Path) -> Path:
    """Make a notebook whose JSON is nested a hundred thousand deep."""
    path = folder / "submission.ipynb"
    path.write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}")
    return path


def notebook_types(folder: Path, text: str, secret: Path) -> Path:
    """Make a notebook whose cells are anything but cells."""
    cells: list[object] = [
        None,
        7,
        "code",
        {"cell_type": "code", "source": {"a": 1}},
        {"source": [1, None, []]},
    ]
    cells.append({"cell_type": ["code"], "source": text, "metadata": {"tags": {"x": "linclf:ex1"}}})
    return _notebook(folder, cells)


def notebook_large(folder: Path, text: str, secret: Path) -> Path:
    """Make a notebook of 30 MB, nearly all of it one output."""
    cell = {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": text}
    output = {"output_type": "stream", "name": "stdout", "text": "x" * (30 * _MEGABYTE)}
    return _notebook(folder, [{**cell, "outputs": [output]}])


def notebook_magic(folder: Path, text: str, secret: Path) -> Path:
    """Make a notebook with magics and shell lines that reach for the secret."""
    lines = f"!cat {secret}\n%run {secret}\nx = !id\n%%bash\ncat {secret}\n"
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}
        for source in (lines, f"%%bash\ncat {secret}\n", text)
    ]
    return _notebook(folder, cells)


Maker = Callable[[Path, str, Path], Path]

MAKERS: dict[str, Maker] = {
    maker.__name__: maker
    for maker in (
        zip_link,
        zip_parent,
        zip_absolute,
        zip_bomb,
        zip_lie,
        zip_overlap,
        zip_many,
        zip_names,
        zip_garbage,
        large_source,
        parentheses,
        signs,
        link,
        link_alone,
        pipe,
        deep_folders,
        odd_names,
        notebook_deep,
        notebook_types,
        notebook_large,
        notebook_magic,
    )
}
"""By the names that expected.toml has under ``made``."""
