"""Rewrites the results, and answers once more, when the process ends."""

import atexit
import os

import kit
from targets import TARGETS


@atexit.register
def forge():
    kit.attempt("results rewritten at exit", open, TARGETS["results"], "w")
    kit.send(kit.frame({"kind": "returned", "value": None, "arrays": []}))
    os._exit(0)


def svm_loss_vectorized(W, X, y, reg):
    return kit.wrong(W, X, y, reg)
