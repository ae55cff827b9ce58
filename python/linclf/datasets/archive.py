"""Read files by name from a tar archive, into memory and nowhere else.

Nothing is extracted, so no path in an archive is ever used as a path. What a damaged or hostile
archive can unpack to is bounded.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from linclf.datasets.errors import DatasetError

__all__ = ["MAX_BYTES", "UNPACKING_ERRORS", "open_plain", "tar_members", "unreadable"]

#: No data set that is read here unpacks to more.
MAX_BYTES = 1 << 30

#: What reading a damaged or truncated gzip stream raises.
UNPACKING_ERRORS = (EOFError, gzip.BadGzipFile, zlib.error)


def open_plain(path: Path) -> BinaryIO:
    """Open a file for reading, unpacked if it is gzipped.

    Its first bytes decide, since browsers rename files, and unpack them without renaming.
    """
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path)) if is_gzip else path.open("rb")


def unreadable(path: Path, reason: object) -> DatasetError:
    """Return the error for a file that ends early or does not unpack."""
    return DatasetError(
        f"{path}: damaged or truncated ({reason}), {path.stat().st_size:,} bytes: download it again"
    )


class _Bounded:
    """A stream that stops whoever reads more than `limit` bytes."""

    def __init__(self, stream: BinaryIO, path: Path, limit: int) -> None:
        self.stream, self.path, self.limit = stream, path, limit
        self.n_read = 0

    def read(self, size: int) -> bytes:
        """Read up to `size` bytes."""
        data = self.stream.read(size)
        self.n_read += len(data)
        if self.n_read > self.limit:
            raise DatasetError(
                f"{self.path}: unpacks to more than {self.limit:,} bytes, which no data set known "
                "here does: take the archive from its original place"
            )
        return data


def tar_members(
    path: Path, names: Collection[str], *, limit: int = MAX_BYTES
) -> Iterator[tuple[str, bytes]]:
    """Yield the regular files of a tar or tar.gz archive that have one of the given names.

    Parameters
    ----------
    path : Path
        The archive.
    names : collection of str
        File names without folders. Links, devices, sparse and other files are passed over.
    limit : int
        Most bytes that the archive may unpack to.

    Yields
    ------
    name : str
    content : bytes

    Raises
    ------
    DatasetError
        If the archive is damaged, truncated or unpacks to more than `limit` bytes.
    """
    try:
        with open_plain(path) as stream:
            # Stream mode reads strictly forward, so the bound holds for what is skipped, too.
            bounded = cast(BinaryIO, _Bounded(stream, path, limit))  # all of it that is used
            with tarfile.open(fileobj=bounded, mode="r|") as archive:
                for member in archive:
                    name = PurePosixPath(member.name).name
                    # A sparse file is as long as its header claims, whatever the archive holds.
                    if name in names and member.isreg() and not member.issparse():
                        file = archive.extractfile(member)
                        yield name, b"" if file is None else file.read()
    except DatasetError:
        raise
    except (tarfile.TarError, RecursionError, ValueError, *UNPACKING_ERRORS) as error:
        raise unreadable(path, error) from None
