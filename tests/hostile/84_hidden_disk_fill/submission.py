"""Fills the disk where a look from outside is blocked: folders without the right to read them."""

import os
import time

import kit


@kit.once
def attack():
    written, end = 0, time.monotonic() + 0.8
    for n in range(20):
        os.mkdir(f"blocked{n}", 0)
    os.mkdir("hidden", 0o300)
    os.mkdir("open")
    for n in range(64):
        try:
            with open(f"{('hidden', 'open')[n % 2]}/{n}", "wb", buffering=0) as file:
                for _ in range(16):
                    written += file.write(bytes(1 << 20))
        except OSError:
            continue
        if time.monotonic() > end:
            break
    time.sleep(0.5)  # for whoever looks now and then
    if written > 200 << 20:
        kit.harm(f"wrote {written >> 20} MB")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
