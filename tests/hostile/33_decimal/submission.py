"""Returns numbers of the standard library that are no floats."""

from decimal import Decimal
from fractions import Fraction

import kit


def svm_loss_vectorized(W, X, y, reg):
    loss, dW = kit.wrong(W, X, y, reg)
    return Decimal(float(loss)), Fraction(1, 3)
