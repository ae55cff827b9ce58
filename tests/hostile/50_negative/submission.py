"""Announces arrays of negative, fractional and true sizes."""

import time

import kit

ARRAYS = [{"dtype": "<f8", "shape": [-1, 2.5, True]}]
HEADER = {"kind": "returned", "value": {"array": 0}, "arrays": ARRAYS}


def svm_loss_vectorized(W, X, y, reg):
    kit.send(kit.frame(HEADER) + bytes(64))
    time.sleep(60)
