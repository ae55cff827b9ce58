"""Answers each call twice."""

import kit

ANSWER = kit.answer({"tuple": [0.0, 0.0]})


def svm_loss_vectorized(W, X, y, reg):
    kit.send(kit.frame(ANSWER))
    return kit.wrong(W, X, y, reg)
