"""Answers with JSON that is nested 30,000 deep."""

import time

import kit

HEADER = b"[" * 60000


def svm_loss_vectorized(W, X, y, reg):
    kit.send(kit.frame(HEADER) + bytes(64))
    time.sleep(60)
