"""Answers before it is asked: the pipe holds a forged answer when the call comes."""

import kit

ANSWER = kit.answer({"tuple": [0.0, 0.0]})
FUNCTIONS = {"dict": [["functions", {"dict": []}], ["defined", {"list": []}], ["problem", None]]}
kit.send(kit.frame({"kind": "loaded", "arrays": [], "value": FUNCTIONS}))
kit.send(kit.frame(ANSWER) * 3)


def svm_loss_vectorized(W, X, y, reg):
    return kit.wrong(W, X, y, reg)
