"""Answers before it is asked: the pipe holds a forged answer when the call comes."""

import kit

ANSWER = {"kind": "returned", "arrays": [], "value": {"dict": [["result", {"tuple": [0.0, 0.0]}]]}}
kit.send(kit.frame({"kind": "loaded", "arrays": [], "value": None}))
kit.send(kit.frame(ANSWER) * 3)


def svm_loss_vectorized(W, X, y, reg):
    return kit.wrong(W, X, y, reg)
