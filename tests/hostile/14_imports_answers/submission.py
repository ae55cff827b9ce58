"""Imports the reference, the package itself, or the tests, and lets them do the work."""

import importlib
import sys

import kit
from targets import TARGETS

sys.path[:0] = TARGETS["import_from"]
FOUND = []
for name in (
    "linclf",
    "linclf._linclf",
    "_linclf",
    "reference",
    "solution",
    "tests",
    "hostile_reference",
):
    try:
        FOUND.append(importlib.import_module(name))
    except BaseException:
        continue
    kit.harm(f"{name} could be imported")


def svm_loss_vectorized(W, X, y, reg):
    for module in FOUND:
        if hasattr(module, "hinge_loss_and_grad"):
            return module.hinge_loss_and_grad(W, X, y, reg)
        if hasattr(module, "loss_and_grad"):
            return module.loss_and_grad("hinge", W, X, y, reg)
    return kit.wrong(W, X, y, reg)
