"""``exercise_code.vis_utils``: grids of images."""

from __future__ import annotations

from linclf.compat._shared.pictures import visualize_grid

__all__ = ["visualize_grid"]
