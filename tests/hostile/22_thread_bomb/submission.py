"""Starts threads without end: at most 3000, with small stacks, which sleep for ten seconds."""

import threading
import time

import kit


@kit.once
def attack():
    threading.stack_size(1 << 15)
    started, end = 0, time.monotonic() + 1.2
    while started < 3000 and time.monotonic() < end:
        try:
            threading.Thread(target=time.sleep, args=(10,), daemon=True).start()
        except BaseException:
            break
        started += 1
    time.sleep(0.4)
    if started > 500:
        kit.harm(f"started {started} threads")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
