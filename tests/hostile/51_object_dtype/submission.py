"""Announces an array of Python objects."""

import time

import kit

ARRAYS = [{"dtype": "|O", "shape": [2]}]
HEADER = {"kind": "returned", "value": {"array": 0}, "arrays": ARRAYS}


def svm_loss_vectorized(W, X, y, reg):
    kit.send(kit.frame(HEADER) + bytes(64))
    time.sleep(60)
