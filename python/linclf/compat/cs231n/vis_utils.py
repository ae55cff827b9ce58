"""``cs231n.vis_utils``: grids of images."""

from __future__ import annotations

from linclf.compat._shared.pictures import vis_grid, vis_nn, visualize_grid

__all__ = ["vis_grid", "vis_nn", "visualize_grid"]
