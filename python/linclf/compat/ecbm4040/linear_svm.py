"""``ecbm4040.classifiers.linear_svm``: the multiclass hinge loss, as CS231n has it."""

from __future__ import annotations

from linclf.compat.cs231n.linear_svm import svm_loss_naive, svm_loss_vectorized

__all__ = ["svm_loss_naive", "svm_loss_vectorized"]
