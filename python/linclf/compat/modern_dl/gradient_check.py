"""``lib.gradient_check``: the whole gradient, or some entries, against central differences."""

from __future__ import annotations

from linclf.compat._shared.numeric import (
    check_gradient,
    eval_numerical_gradient,
    eval_numerical_gradient_array,
    grad_check_sparse,
)

__all__ = [
    "check_gradient",
    "eval_numerical_gradient",
    "eval_numerical_gradient_array",
    "grad_check_sparse",
]
