"""``gradient_check`` of the course: the whole gradient against central differences."""

from __future__ import annotations

from linclf.compat._shared.numeric import check_gradient

__all__ = ["check_gradient"]
