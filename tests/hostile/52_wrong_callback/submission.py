"""Calls back a function that it was never given, again and again."""

import time

import kit

CALL = {"tuple": [7, {"tuple": []}, {"dict": []}]}
HEADER = {"kind": "callback", "arrays": [], "value": CALL}


def svm_loss_vectorized(W, X, y, reg):
    kit.send(kit.frame(HEADER) * 50 + bytes(64))
    time.sleep(60)
