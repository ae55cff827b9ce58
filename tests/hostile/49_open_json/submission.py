"""Answers with objects nested deep, well formed."""

import time

import kit

HEADER = (b'{"a":' * 9000) + b"1" + b"}" * 9000


def svm_loss_vectorized(W, X, y, reg):
    kit.send(kit.frame(HEADER) + bytes(64))
    time.sleep(60)
