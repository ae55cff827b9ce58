"""Answers, but does not end when it is told to."""

import atexit
import signal
import threading
import time

import kit


def stay():
    while True:
        try:
            time.sleep(1)
        except BaseException:
            continue


signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
atexit.register(stay)
threading.Thread(target=stay).start()


def svm_loss_vectorized(W, X, y, reg):
    return kit.wrong(W, X, y, reg)
