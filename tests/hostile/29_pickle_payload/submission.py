"""Returns objects, and arrays of objects, that run code where they are unpickled."""

import numpy as np


class Payload:
    def __reduce__(self):
        return print, ("HARM: unpickled",)

    def __float__(self):
        print("HARM: converted")
        return 0.0


def svm_loss_vectorized(W, X, y, reg):
    return Payload(), np.full(W.shape, Payload(), dtype=object)
