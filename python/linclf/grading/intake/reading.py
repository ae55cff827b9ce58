"""Submissions as they are handed in: read with care, never run, never taken apart here.

A submission is a ``.py`` file, a notebook, a folder, or an archive. Links are not followed, names
lead nowhere outside, sizes are bounded, and what tools leave behind is left out. An archive is
unpacked inside a cell, and what comes back is checked as if the student had sent it. Notebooks stay
bytes: whoever takes functions out of them does so in a cell as well.

The digest is that of the contents without what editors change by themselves: ends of lines, and
blanks at the end of a line or of the file.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from linclf.grading.child.unpack import (
    PROBLEMS,
    Bad,
    add_file,
    check_collisions,
    clean_name,
    is_junk,
)
from linclf.grading.intake.archives import CAPS, unpacked
from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier
from linclf.messages import Sentence, say

__all__ = ["CAPS", "IntakeError", "Submission", "digest_of", "read_submission", "stem"]

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
CODE = (".py", ".ipynb")

_TEXTS = (*CODE, ".txt", ".md", ".csv", ".json", ".toml")
_ENTRIES = 20 * CAPS.count  # of a folder, with junk
_SHOWN = 100  # letters of a name in a message
_MISSING = ("missing", "empty", "kind")
TROUBLES = (*_MISSING, "unreadable", "broken", *PROBLEMS[1:])
"""What can be wrong with a submission: the last parts of the keys of its sentences."""


class IntakeError(ValueError):
    """A submission that cannot be graded.

    Attributes
    ----------
    category : str
        ``"not_submitted"``: there is nothing to grade; ``"forbidden"``: there is something that
        is not taken.
    sentence : Sentence
        What is wrong with it, for the student.
    name : str
        Of the submission.
    """

    def __init__(self, name: str, category: str, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.name = name
        self.category = category
        self.sentence = sentence


@dataclass(frozen=True)
class Submission:
    """What a student handed in.

    Attributes
    ----------
    name : str
        Of the file or folder, without its ending.
    files : dict of bytes
        By relative name, with slashes.
    digest : str
        SHA-256 of the normalised contents, in hexadecimal digits.
    """

    name: str
    files: dict[str, bytes]
    digest: str


def read_submission(
    path: str | Path, *, tier: Tier = Tier.T1, limits: Limits | None = None
) -> Submission:
    """Read what a student handed in.

    Parameters
    ----------
    path : str or Path
        A ``.py`` file, a ``.ipynb`` file, a folder, or a zip or tar archive.
    tier : Tier
        In which an archive is unpacked; T1 at least, whatever is asked for.
    limits : Limits, optional
        Of the cell that unpacks it.

    Returns
    -------
    Submission

    Raises
    ------
    IntakeError
        If there is nothing to grade, or if something about it is not taken.

    Examples
    --------
    >>> from pathlib import Path
    >>> _ = Path("svm.py").write_text("def f(x):\\n    return x\\n")
    >>> submission = read_submission("svm.py")
    >>> submission.name, list(submission.files)
    ('svm', ['svm.py'])
    """
    path = Path(path)
    name = stem(path.name)
    try:
        files = _read(path, tier, limits or Limits())
        if not any(file.endswith(CODE) for file in files):
            raise Bad("empty")
    except Bad as bad:
        category = "not_submitted" if bad.problem in _MISSING else "forbidden"
        raise IntakeError(name, category, _sentence(bad, path)) from None
    return Submission(name, files, digest_of(files))


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of files, the same for whatever editors change by themselves.

    Examples
    --------
    >>> digest_of({"a.py": b"x = 1 \\r\\n"}) == digest_of({"a.py": b"x = 1"})
    True
    """
    whole = hashlib.sha256(b"linclf.grading/submission/1")
    for name, data in sorted(files.items()):
        if name.endswith(_TEXTS):
            data = _normalised(data)
        for part in (name.encode(), data):  # framed, so that no two submissions read alike
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def _normalised(data: bytes) -> bytes:
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return b"\n".join(line.rstrip(b" \t") for line in data.split(b"\n")).rstrip(b"\n")


def stem(name: str) -> str:
    """Return a name without the ending of a submission, fit to be shown.

    Examples
    --------
    >>> stem("anna.tar.gz"), stem("notes.docx")
    ('anna', 'notes.docx')
    """
    ending = next((e for e in (*ARCHIVES, *CODE) if name.lower().endswith(e)), "")
    return _shown(name[: len(name) - len(ending)] or name)


def _shown(text: str) -> str:
    clean = "".join(letter if letter.isprintable() else "?" for letter in text)
    return clean if len(clean) <= _SHOWN else clean[: _SHOWN - 3] + "..."


def _sentence(bad: Bad, path: Path) -> Sentence:
    return say(
        f"grading.intake.{bad.problem}",
        name=_shown(bad.name or path.name),
        file=f"{CAPS.file // 1_000_000} MB",
        total=f"{CAPS.total // 1_000_000} MB",
        count=CAPS.count,
        ratio=CAPS.ratio,
    )


# ----------------------------------------------------------------------------- reading


def _read(path: Path, tier: Tier, limits: Limits) -> dict[str, bytes]:
    try:
        found = path.lstat()
    except (OSError, ValueError):  # no such name, or one that cannot be one
        raise Bad("missing", str(path)) from None
    if stat.S_ISDIR(found.st_mode):
        return _without_common_folder(_folder(path))
    lower = path.name.lower()
    if lower.endswith(ARCHIVES):
        data = _file(path, found, path.name, CAPS.total)
        return _without_common_folder(unpacked(data, tier, limits))
    data = _file(path, found, path.name, CAPS.file)
    if not lower.endswith(CODE):
        raise Bad("kind", path.name)
    return {clean_name(path.name): data}


def _file(path: Path, found: os.stat_result, shown: str, most: int) -> bytes:
    """Return the bytes of a plain file: the very one that was looked at, and no link to one."""
    if stat.S_ISLNK(found.st_mode):
        raise Bad("link", shown)
    if not stat.S_ISREG(found.st_mode):
        raise Bad("special", shown)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
            opened = os.fstat(file.fileno())
            if (opened.st_dev, opened.st_ino) != (found.st_dev, found.st_ino):
                raise Bad("special", shown)
            data = file.read(most + 1)
    except OSError:
        raise Bad("unreadable", shown) from None
    if len(data) > most:
        raise Bad("too_large" if most == CAPS.file else "total", shown)
    return data


def _folder(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder, junk left out."""
    files: dict[str, bytes] = {}
    for name, path in _walk(folder):
        found = path.lstat()
        kept = clean_name(name)
        if kept in files:
            raise Bad("twice", name)
        add_file(files, kept, _file(path, found, name, CAPS.file), CAPS)
    check_collisions(files)
    return files


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the relative names of what lies below a folder, in order; links are not followed."""
    waiting, looked_at = [""], 0
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(folder / inside) as found:
                entries = sorted(islice(found, _ENTRIES + 1), key=lambda entry: entry.name)
        except OSError:
            raise Bad("unreadable", inside or folder.name) from None
        for entry in entries:
            looked_at += 1
            if looked_at > _ENTRIES:
                raise Bad("count")
            name = f"{inside}/{entry.name}" if inside else entry.name
            if "\\" in name:  # no folder is meant by it here
                raise Bad("name", name)
            if is_junk(name) or is_junk(f"{name}/x"):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name)
            else:
                yield name, folder / name


def _without_common_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files without folders that hold all of them, as archives often have one."""
    while files:
        tops = {PurePosixPath(name).parts[0] for name in files}
        [top, *others] = tops
        if others or top in files or f"{top}/__init__.py" in files:
            break
        files = {name.removeprefix(f"{top}/"): data for name, data in files.items()}
    return files
