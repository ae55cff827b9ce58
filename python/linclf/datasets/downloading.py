"""Download one file: resumed, verified, and in place only when complete.

Bytes go to ``<name>.part`` beside the target. Whatever interrupts, the next attempt continues
there, and the target appears by one rename after its SHA-256 is right. So the target is never
half-written, and no mirror has to be trusted.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from linclf.datasets.errors import FetchError
from linclf.datasets.known import RemoteFile

__all__ = ["Progress", "ProgressLine", "download", "is_verified"]

#: Called with bytes done and bytes in all.
Progress = Callable[[int, int], object]

_PIECE = 1 << 18
#: A URL is tried again as long as each attempt brings bytes, but not forever.
_MAX_ATTEMPTS = 20


class _UrlError(Exception):
    """One attempt at one URL failed, for the reason in the message."""


def is_verified(path: Path, file: RemoteFile) -> bool:
    """Tell whether `path` is the complete, right file."""
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256


def download(
    file: RemoteFile,
    urls: Sequence[str],
    target: Path,
    *,
    timeout: float,
    progress: Progress | None,
) -> None:
    """Download `file` to `target` from the first of `urls` that has it.

    Parameters
    ----------
    file : RemoteFile
        What it must be.
    urls : sequence of str
        Where it may be, in order of preference.
    target : Path
        Where it goes; its folder exists.
    timeout : float
        Seconds without a byte after which a server is given up.
    progress : callable or None
        Called with bytes done and bytes in all.

    Raises
    ------
    FetchError
        If no URL has the right file, or if another process is downloading it.
    """
    part = target.with_name(target.name + ".part")
    with _alone(target.parent):
        part.touch()
        with part.open("r+b") as stream:
            _try_all(stream, part, file, urls, timeout, progress)
        part.replace(target)  # after closing it: Windows renames closed files only


def _try_all(
    stream: BinaryIO,
    part: Path,
    file: RemoteFile,
    urls: Sequence[str],
    timeout: float,
    progress: Progress | None,
) -> None:
    """Bring a partial file to its full, right content from one URL or another."""
    left, reasons = list(urls), []
    while left:
        url = left.pop(0)
        resumed = stream.seek(0, os.SEEK_END) > 0
        try:
            _complete(stream, file, url, timeout, progress)
        except _UrlError as error:
            reasons.append(f"  {url}: {error}")
            continue
        stream.flush()
        os.fsync(stream.fileno())
        if is_verified(part, file):
            return
        stream.truncate(0)
        if resumed:
            left.insert(0, url)  # what was there before may be what is wrong
        else:
            reasons.append(f"  {url}: sent other content (its SHA-256 is wrong)")
    raise FetchError(_advice(file, reasons, part.parent))


def _advice(file: RemoteFile, reasons: Sequence[str], folder: Path) -> str:
    """Say what was tried in vain and what else there is."""
    return "\n".join(
        [
            f"could not download {file.name}:",
            *reasons,
            "Check the network; or set LINCLF_MIRROR to the URL or path of a folder that has "
            f"{folder.name}/{file.name}; or put the file ({file.size:,} bytes) into {folder} "
            "yourself. Calling again resumes.",
        ]
    )


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from downloading into the same folder, where the system has locks.

    Without locks two downloads at once waste work, but the hash still protects the result.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FetchError(
                f"{folder}: another process is downloading to this folder: wait until it is done"
            ) from None
        except OSError:
            pass  # a network drive without locks
        yield
    finally:
        os.close(handle)


def _complete(
    stream: BinaryIO, file: RemoteFile, url: str, timeout: float, progress: Progress | None
) -> None:
    """Bring a partial file to its full size, resuming while attempts bring bytes."""
    for _ in range(_MAX_ATTEMPTS):
        before = stream.seek(0, os.SEEK_END)
        if before >= file.size:
            return
        try:
            for piece in _pieces(url, before, file.size, timeout):
                if piece is None:
                    stream.seek(0)
                    stream.truncate()
                    continue
                stream.write(piece)
                if progress is not None:
                    progress(stream.tell(), file.size)
        except _UrlError:
            if stream.seek(0, os.SEEK_END) <= before:
                raise
    raise _UrlError(f"broke off {_MAX_ATTEMPTS} times")


def _pieces(url: str, start: int, size: int, timeout: float) -> Iterator[bytes | None]:
    """Yield the bytes of a file from `start` on; None first if the server begins at 0 instead."""
    headers = {"User-Agent": "linclf", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            position = start if start and _continues(response, start) else 0
            _check_length(response.headers.get("Content-Length"), size - position)
            if position < start:
                yield None
            # read1 hands over what has arrived, so that a stall loses nothing.
            while piece := response.read1(_PIECE):
                position += len(piece)
                if position > size:
                    raise _UrlError(f"sent more than the {size:,} bytes of the file")
                yield piece
    except urllib.error.HTTPError as error:
        error.close()
        raise _UrlError(f"HTTP {error.code} {error.reason}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        raise _UrlError(str(reason)) from None
    if position < size:
        raise _UrlError(f"broke off after {position:,} of {size:,} bytes")


def _continues(response: http.client.HTTPResponse, start: int) -> bool:
    """Tell whether a response continues at `start`; a server may ignore that and send all."""
    if getattr(response, "status", None) != http.client.PARTIAL_CONTENT:
        return False
    first = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if first is None or int(first[1]) != start:
        raise _UrlError("answered with another range of bytes than was asked for")
    return True


def _check_length(announced: str | None, expected: int) -> None:
    """Refuse a page of another length, such as the login page of a network, before reading it."""
    if announced is not None and announced.isdecimal() and int(announced) != expected:
        raise _UrlError(
            f"offers {int(announced):,} bytes where {expected:,} are expected: another file, or "
            "the login page of a network"
        )


class ProgressLine:
    """One line on a terminal that counts up, at most ten times a second.

    Parameters
    ----------
    name : str
        What is being downloaded.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.started = time.monotonic()
        self.shown = 0.0
        self.first: int | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is."""
        now = time.monotonic()
        if self.first is None:
            self.first = done  # what an earlier run brought does not count as speed
        if now - self.shown < 0.1 and done < total:
            return
        self.shown = now
        speed = (done - self.first) / max(now - self.started, 1e-3) / 1e6
        sys.stderr.write(
            f"\r{self.name}  {100 * done // total:3d} %  {done / 1e6:.1f} of {total / 1e6:.1f} MB  "
            f"{speed:.1f} MB/s "
        )
        sys.stderr.flush()

    def close(self) -> None:
        """End the line, if one was begun."""
        if self.first is not None:
            sys.stderr.write("\n")
