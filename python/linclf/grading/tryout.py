"""What the probe of a tier runs in a cell: it locks itself as a worker does, and says so.

Standard library and NumPy. The reply is one line of JSON: what the lock returned, and what could
still be done after it that the tier forbids.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from linclf.grading import confine
else:
    import confine


def _can(action: Callable[[], object]) -> bool:
    try:
        action()
    except OSError:
        return False
    return True


def main() -> None:
    """Lock, try, tell."""
    locked = confine.config()["tier"] >= 2
    landlock = confine.lock()
    left = []
    if locked:
        for name, action in (
            ("read files of the machine", lambda: os.listdir("/")),
            ("start processes", lambda: os.posix_spawn("/bin/true", ["true"], {})),
            ("signal its grader", lambda: os.kill(os.getppid() or 1, 0)),
        ):
            if _can(action):
                left.append(name)
    with open("written", "w") as file:
        file.write(str(np.linalg.det(np.eye(3))))
    reply = json.dumps({"landlock": landlock, "uid": os.getuid(), "left": left})
    os.write(confine.REPLIES, reply.encode() + b"\n")


if __name__ == "__main__":
    main()
