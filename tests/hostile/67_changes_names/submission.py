"""Renames, removes, truncates and replaces files that it may not write."""

import os

import kit
from targets import TARGETS


@kit.once
def attack():
    for path in (TARGETS["results"], *TARGETS["secret_files"]):
        kit.attempt(f"truncated {path}", os.truncate, path, 0)
        kit.attempt(f"renamed {path}", os.rename, path, path + ".hostile")
        kit.attempt(f"replaced {path}", os.replace, __file__, path)
        kit.attempt(f"took {path}", os.rename, path, "taken")
        kit.attempt(f"removed {path}", os.remove, path)
    for path in TARGETS["folders"]:
        kit.attempt(f"made a folder in {path}", os.mkdir, f"{path}/hostile")
        kit.attempt(f"made a pipe in {path}", os.mkfifo, f"{path}/hostile.pipe")
        kit.attempt(f"made a link in {path}", os.symlink, "/", f"{path}/hostile.link")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
