"""Starts threads without end: at most 3000, which sleep for ten seconds."""

import threading
import time

import kit


@kit.once
def attack():
    started = 0
    for _ in range(3000):
        try:
            threading.Thread(target=time.sleep, args=(10,), daemon=True).start()
        except BaseException:
            break
        started += 1
    if started > 500:
        kit.harm(f"started {started} threads")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
