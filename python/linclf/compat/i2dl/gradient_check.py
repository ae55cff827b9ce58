"""``exercise_code.gradient_check``: numerical gradients."""

from __future__ import annotations

from linclf.compat._shared.numeric import (
    eval_numerical_gradient,
    eval_numerical_gradient_array,
    grad_check_sparse,
)

__all__ = ["eval_numerical_gradient", "eval_numerical_gradient_array", "grad_check_sparse"]
