"""Reports changes of its operands that were none: other shapes, types and places."""

import time

import kit


def svm_loss_vectorized(W, X, y, reg):
    changed = {"dict": [[0, {"array": 0}], [1, {"array": 0}], [99, {"array": 0}], ["W", None]]}
    value = {"dict": [["result", {"tuple": [0.0, {"array": 0}]}], ["changed", changed]]}
    arrays = [{"dtype": "<f8", "shape": [2, 2]}]
    kit.send(kit.frame({"kind": "returned", "value": value, "arrays": arrays}, bytes(32)))
    time.sleep(60)
