"""Archives, seen from the grader: a cell unpacks them, and what comes back is not believed.

What the child is, and what it replies, stands in `linclf.grading.child.unpack`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from linclf.grading.child.unpack import (
    ENTRY,
    HEAD,
    PROBLEMS,
    Bad,
    Caps,
    add_file,
    check_collisions,
    clean_name,
)
from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier

__all__ = ["CAPS", "received", "unpacked"]

CAPS = Caps(file=5_000_000, total=20_000_000, count=200, ratio=100)
"""Bytes of a file, bytes of all, number of files, and how many times an archive may grow."""


def unpacked(data: bytes, tier: Tier, limits: Limits) -> dict[str, bytes]:
    """Return the files in an archive, which a cell unpacks.

    Parameters
    ----------
    data : bytes
        The archive.
    tier : Tier
        Of the cell, T1 at least.
    limits : Limits
        Of the cell.

    Raises
    ------
    Bad
        If something is wrong with it, or with the cell that looked at it.
    """
    from linclf.grading.cell import CellError, open_cell

    arguments = [str(cap) for cap in (CAPS.file, CAPS.total, CAPS.count, CAPS.ratio)]
    deadline = time.monotonic() + limits.load_seconds
    try:
        with open_cell(
            "unpack.py",
            {"archive": data},
            tier=max(tier, Tier.T1),
            limits=limits,
            arguments=arguments,
        ) as cell:
            return received(lambda n: cell.receive(n, deadline))
    except CellError:
        raise Bad("broken") from None


def received(receive: Callable[[int], bytes]) -> dict[str, bytes]:
    """Return the files that a child sends, once names and sizes are found to be in order.

    Parameters
    ----------
    receive : callable
        Returns so many bytes of the reply.

    Raises
    ------
    Bad
        If the child says that something is wrong, or if something about its reply is.
    """
    status, count = HEAD.unpack(receive(HEAD.size))
    if status:
        problem = PROBLEMS[status] if status < len(PROBLEMS) else "broken"
        raise Bad(problem, receive(min(count, 400)).decode("utf-8", "replace"))
    if count > CAPS.count:
        raise Bad("count")
    files: dict[str, bytes] = {}
    for _ in range(count):
        length, size = ENTRY.unpack(receive(ENTRY.size))
        name = receive(length).decode("utf-8", "replace")
        if size > CAPS.file:  # before anything of that size is made room for
            raise Bad("too_large", name)
        if clean_name(name) != name or name in files:
            raise Bad("broken")
        add_file(files, name, receive(size), CAPS)
    check_collisions(files)
    return files
