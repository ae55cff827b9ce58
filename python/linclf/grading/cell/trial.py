"""Tries out a tier: starts a cell, locks it, and does what must not be possible in it."""

from __future__ import annotations

import json
import time

from linclf.grading.cell.launch import launch
from linclf.grading.cell.process import Cell, CellError
from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier

_PATIENCE = 60.0  # seconds: a machine may be very busy

# Locked it must still compute and write; what it can do beside is told by name.
_MAIN = b"""
import os, socket
left = []
def attempt(name, action):
    try:
        action()
    except OSError:
        return
    left.append(name)
attempt("read files of the machine", lambda: os.listdir("/usr"))
attempt("start processes", lambda: os.posix_spawn("/bin/true", ["true"], {}))
attempt("signal its grader", lambda: os.kill(os.getppid() or 1, 0))
attempt("open sockets", socket.socket)
with open("written", "w") as file:
    file.write(str(np.linalg.det(np.eye(3))))
tell(left)
"""


def try_out(tier: Tier, *, other_user: bool, bwrap: str | None = None) -> str:
    """Start a cell at a tier and see whether it holds.

    Parameters
    ----------
    tier : Tier
        T1, T2 or T3.
    other_user : bool
        Whether to start it as a user that owns nothing.
    bwrap : str, optional
        Where bubblewrap is, for T3.

    Returns
    -------
    str
        What is wrong, or "".
    """
    limits = Limits(load_seconds=_PATIENCE)
    try:
        launched = launch(
            "tryout.py",
            {"main.py": _MAIN},
            tier=tier,
            limits=limits,
            other_user=other_user,
            bwrap=bwrap,
        )
    except OSError as error:
        return f"the process does not start ({error})"
    deadline = time.monotonic() + _PATIENCE
    with Cell(launched, tier=tier, limits=limits) as cell:
        line = b""
        try:
            while not line.endswith(b"\n") and len(line) < 1000:
                line += cell.receive(1, deadline)
        except CellError as error:
            words = cell.output().decode(errors="replace").strip().splitlines()
            return words[-1] if words else str(error)
    left = json.loads(line)
    return f"it still could {', '.join(left)}" if left and tier >= Tier.T2 else ""
