"""``ecbm4040.classifiers.softmax``: the cross-entropy loss, as CS231n has it."""

from __future__ import annotations

from linclf.compat.cs231n.softmax import softmax_loss_naive, softmax_loss_vectorized

__all__ = ["softmax_loss_naive", "softmax_loss_vectorized"]
