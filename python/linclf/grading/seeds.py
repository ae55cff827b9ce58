"""Seeds and case ids: the same code gets the same cases, and nobody can guess which.

    seed    = HMAC-SHA256(secret of the course, assignment, item, digest of the submission)
    case id = the same under another label, cut short: it can be shown, the seed does not follow

Every part is framed by its length, so that no two triples give the same message. A regrade of the
same submission with the same secret is therefore the same, byte for byte, and handing in the same
code again does not draw again. Whoever has the secret can predict the cases: keep it out of what is
released, and out of the environment of processes that others on the machine can look at.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

__all__ = ["PUBLIC", "VARIABLE", "SecretError", "case_id", "new_secret", "read_secret", "seed_of"]

VARIABLE = "LINCLF_GRADING_SECRET"
"""Environment variable that holds the secret itself, where a file cannot be had."""

PUBLIC = b"linclf.grading: the public cases"
"""Instead of a secret where there is none to keep: everybody has the cases that follow from it."""

_LEAST, _MOST = 16, 4096  # bytes of a secret
_ID_LETTERS = 8  # 40 bits: no two of a class alike, and too few to try seeds against


class SecretError(ValueError):
    """A secret that cannot be used: it is missing, too short, or others can read it."""


def seed_of(secret: bytes, assignment: str, item: str, digest: str) -> int:
    """Return the seed of the cases of an item, for one submission.

    Parameters
    ----------
    secret : bytes
        Of the course, at least 16 bytes; see `read_secret`.
    assignment : str
        Id of the assignment.
    item : str
        Id of the item.
    digest : str
        Of the submission; see `linclf.grading.intake.Submission`.

    Returns
    -------
    int
        Of 63 bits, so that every consumer of seeds takes it.

    Raises
    ------
    SecretError
        If the secret is too short.

    Examples
    --------
    >>> seed_of(b"sixteen bytes or more", "hw1", "loss", "00ff") % 1000
    771
    """
    return int.from_bytes(_mac(secret, "seed", assignment, item, digest)[:8], "big") >> 1


def case_id(secret: bytes, assignment: str, item: str, digest: str, case: int | str) -> str:
    """Return the short name of a case: to be shown, and to be replayed by.

    Parameters
    ----------
    secret, assignment, item, digest
        As of `seed_of`.
    case : int or str
        Which case of the item: its place, or its kind.

    Returns
    -------
    str
        Eight letters and digits. It does not reveal the seed: that is another HMAC.

    Raises
    ------
    SecretError
        If the secret is too short.

    Examples
    --------
    >>> case_id(b"sixteen bytes or more", "hw1", "loss", "00ff", 0)
    'foju26s6'
    """
    mac = _mac(secret, "case", assignment, item, digest, str(case))
    return base64.b32encode(mac)[:_ID_LETTERS].decode("ascii").lower()


def _mac(secret: bytes, label: str, *parts: str) -> bytes:
    """Return the HMAC of parts that are framed by their lengths."""
    _check_length(secret, "the secret")
    message = b"".join(
        len(data).to_bytes(8, "big") + data
        for data in (part.encode() for part in (f"linclf.grading/{label}/1", *parts))
    )
    return hmac.new(secret, message, hashlib.sha256).digest()


def _check_length(secret: bytes, what: str) -> None:
    if len(secret) < _LEAST:
        raise SecretError(
            f"{what} has {len(secret)} bytes, which can be guessed; it needs at least {_LEAST}: "
            "make one by linclf.grading.seeds.new_secret(path)"
        )


def new_secret(path: str | Path) -> bytes:
    """Write a new secret into a file that only its owner can read, and return it.

    Parameters
    ----------
    path : str or Path
        Must not exist: a secret that is lost cannot be had again, so nothing is overwritten.

    Returns
    -------
    bytes
        As `read_secret` returns it.

    Raises
    ------
    FileExistsError
        If there is a file of that name.
    OSError
        If it cannot be written.

    Examples
    --------
    >>> new_secret("course.secret") == read_secret("course.secret")
    True
    """
    path, text = Path(path), secrets.token_hex(32)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise FileExistsError(
            f"{path} exists, and a secret is never overwritten: results could not be made again; "
            "name another file"
        ) from None
    try:
        with os.fdopen(file, "w", encoding="ascii") as stream:
            stream.write(text + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:  # an interrupt as well: half a secret is none
        path.unlink(missing_ok=True)
        raise
    return text.encode()


def read_secret(
    path: str | Path | None = None, environment: Mapping[str, str] | None = None
) -> bytes:
    """Return the secret of the course.

    Parameters
    ----------
    path : str or Path, optional
        The file that holds it. Blanks around the text do not belong to it. Without a path, the
        environment variable ``LINCLF_GRADING_SECRET`` holds the secret itself.
    environment : mapping, optional
        Instead of that of the process.

    Raises
    ------
    SecretError
        If there is none, if others than the owner can read or change the file (its group may
        read it), or if it is shorter than 16 bytes.

    Examples
    --------
    >>> read_secret(environment={"LINCLF_GRADING_SECRET": "0123456789abcdef"})
    b'0123456789abcdef'
    """
    if path is None:
        text = (os.environ if environment is None else environment).get(VARIABLE, "")
        if not text.strip():
            raise SecretError(
                f"no secret was given; name its file, or set {VARIABLE}. A new one is made by "
                "linclf.grading.seeds.new_secret(path)"
            )
        found, what = text.strip().encode(), f"the secret in {VARIABLE}"
    else:
        found, what = _contents(Path(path)).strip(), f"the secret in {path}"
    _check_length(found, what)
    return found


def _contents(path: Path) -> bytes:
    """Return what is in a file that only its owner, and perhaps a group, can read."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise SecretError(f"the secret {path} cannot be read: {error.strerror}") from None
    try:
        found = os.fstat(file)  # of what was opened, whatever the name is now
        if not stat.S_ISREG(found.st_mode):
            raise SecretError(f"the secret {path} is no file; name the file that holds it")
        if os.name == "posix" and found.st_mode & 0o027:
            raise SecretError(
                f"the secret {path} has mode {found.st_mode & 0o777:04o}, so that others can read "
                f"or change it; run: chmod 600 {path}"
            )
        data = os.read(file, _MOST + 1)
    finally:
        os.close(file)
    if len(data) > _MOST:
        raise SecretError(f"the secret {path} has more than {_MOST} bytes; name the right file")
    return data
