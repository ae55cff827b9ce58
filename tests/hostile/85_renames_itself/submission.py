"""Calls its process by a name that breaks what reads /proc: a parenthesis, blanks, no UTF-8."""

import contextlib

import kit


@kit.once
def attack():
    for path in ("/proc/self/comm", "/proc/thread-self/comm"):
        with contextlib.suppress(OSError), open(path, "wb", buffering=0) as file:
            file.write(b") Z 1 1\n\xff\x1b[2J")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
