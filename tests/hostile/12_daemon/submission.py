"""Leaves a process behind, forked twice, that rewrites the results for seconds."""

import os
import time

import kit
from targets import TARGETS


@kit.once
def attack():
    try:
        pid = os.fork()
    except BaseException:
        return
    if pid:
        kit.harm("forked")
        os.waitpid(pid, 0)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    for _ in range(40):
        kit.attempt("results rewritten by a daemon", open, TARGETS["results"], "w")
        time.sleep(0.1)
    os._exit(0)


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
