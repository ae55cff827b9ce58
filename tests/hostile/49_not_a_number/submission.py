"""Answers with NaN and 1e999, which JSON does not have."""

import time

import kit

HEADER = b'{"kind": "returned", "arrays": [], "value": {"tuple": [NaN, 1e999, -Infinity]}}'


def svm_loss_vectorized(W, X, y, reg):
    kit.send(kit.frame(HEADER) + bytes(64))
    time.sleep(60)
