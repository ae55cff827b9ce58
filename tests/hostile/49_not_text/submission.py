"""Answers with bytes that are no UTF-8, and a lone surrogate."""

import time

import kit

HEADER = b'{"kind": "ret\xff\xfe\\ud800", "arrays": []}'


def svm_loss_vectorized(W, X, y, reg):
    kit.send(kit.frame(HEADER) + bytes(64))
    time.sleep(60)
