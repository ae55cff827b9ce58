"""Reports changes of its operands that were none: other shapes, types and places."""

import time

import kit


def svm_loss_vectorized(W, X, y, reg):
    loss, dW = kit.wrong(W, X, y, reg)
    arrays = [{"dtype": "<f8", "shape": [2, 2]}] * 3
    changed = [(0, {"array": 0}), (1, {"array": 1}), (99, {"array": 2}), ("W", None)]
    result = {"tuple": [float(loss), 0.0]}
    kit.send(kit.frame(kit.answer(result, arrays, changed), bytes(96)))
    time.sleep(60)
