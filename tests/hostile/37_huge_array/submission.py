"""Announces an array of exabytes, and leaves."""

import os

import kit


def svm_loss_vectorized(W, X, y, reg):
    arrays = [{"dtype": "<f8", "shape": [1 << 31, 1 << 31]}] * 4
    kit.send(kit.frame({"kind": "returned", "value": {"array": 0}, "arrays": arrays}))
    os._exit(0)
