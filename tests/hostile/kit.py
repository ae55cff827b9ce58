"""What the hostile submissions share: the wrong answer they want points for, and ways to strike.

A copy of this file lies in every one of them, and beside it `targets.py`, which the harness
writes: where its files are, its process and its listeners. An attack that got through says so
with `harm`; the harness looks for the damage itself as well.
"""

import functools
import gc
import json
import os
import struct

import numpy as np

REPLIES = 4  # the file descriptor of the worker's answers


def wrong(W, X, y, reg):
    """Return what control 02 returns: not divided by N, and no penalty in the gradient."""
    rows = np.arange(len(y))
    scores = X @ W
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    slopes = (margins > 0).astype(float)
    slopes[rows, y] = -slopes.sum(axis=1)
    return margins.sum() + reg * np.sum(W**2), X.T @ slopes


def right(W, X, y, reg):
    """Return the loss and its gradient as the exercise wants them."""
    loss, dW = wrong(W, X, y, 0.0)
    return loss / len(y) + reg * np.sum(W**2), dW / len(y) + 2 * reg * W


def harm(what):
    """Say on standard output, which the harness reads, that an attack got through."""
    print(f"\nHARM: {what}", flush=True)


def attempt(what, action, *operands):
    """Return what the action returns, and report it; `None` if it was prevented."""
    try:
        result = action(*operands)
    except BaseException:
        return None
    harm(what)
    return result


def loot(path):
    """Print the beginning of a file, for the harness to find its secret in."""
    try:
        with open(path, "rb") as file:
            print(f"\nLOOT: {path}: {file.read(4096)!r}", flush=True)
    except BaseException:
        return


def once(attack):
    """Return a function that attacks when it is called first, and never again."""

    @functools.lru_cache(maxsize=1)
    def attack_once():
        return attack()

    return attack_once


def frame(header, data=b""):
    """Return a frame of the protocol: a header that is JSON, or any bytes, and what follows."""
    if not isinstance(header, bytes):
        header = json.dumps({"number": request(), **header}).encode()
    text = header
    return struct.pack(">I", len(text)) + text + data


def request():
    """Return the number of the request that the worker is about, which every frame has."""
    workers = (one for one in gc.get_objects() if type(one).__name__ == "Worker")
    return next((one._number for one in workers), 0)


def answer(result, arrays=(), changed=()):
    """Return the header of an answer as the worker gives it: the result, and changed operands."""
    parts = [result, {"dict": [list(pair) for pair in changed]}, {"dict": []}]
    return {"kind": "returned", "value": {"tuple": parts}, "arrays": list(arrays)}


def send(data):
    """Write to the pipe that carries the worker's answers."""
    try:
        while data:
            data = data[os.write(REPLIES, data) :]
    except OSError:
        return
