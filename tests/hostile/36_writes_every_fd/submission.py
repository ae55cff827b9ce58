"""Writes garbage to every open file descriptor."""

import os

import kit


@kit.once
def attack():
    for number in range(256):
        try:
            os.write(number, b"\xff" * 64 + b'{"score": 100}\n')
        except OSError:
            continue


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
