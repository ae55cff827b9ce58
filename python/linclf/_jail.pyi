"""Types of the extension that locks the process of a submission. Linux only."""

import os
from collections.abc import Sequence

def landlock_abi() -> int: ...
def seccomp_available() -> bool: ...
def die_with(parent: int, /) -> None: ...
def limit(
    *,
    cpu_seconds: int | None = None,
    memory: int | None = None,
    file_size: int | None = None,
    files: int | None = None,
    processes: int | None = None,
) -> None: ...
def lock(
    read: Sequence[str | os.PathLike[str]], write: Sequence[str | os.PathLike[str]]
) -> int: ...
