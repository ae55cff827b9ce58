"""Leaves a thread behind that answers between the calls and changes what the next one gets."""

import gc
import threading
import time

import kit
import numpy as np


def go_on():
    while True:
        time.sleep(0.01)
        kit.send(kit.frame({"kind": "returned", "arrays": [], "value": None}))
        for thing in gc.get_objects():
            if isinstance(thing, np.ndarray) and thing.flags.writeable:
                thing.fill(0)


@kit.once
def attack():
    threading.Thread(target=go_on, daemon=True).start()


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
