"""Figures of linear classifiers, by matplotlib.

matplotlib is imported when the first figure is drawn, not before. Every function takes ``ax=`` and
returns the Axes, so that figures can be combined and changed afterwards. Colours are safe for
colour-blind eyes, every class has a marker of its own, and text follows the style in use, light
or dark.
"""

from linclf.plot.confusion import confusion_matrix
from linclf.plot.curves import loss_curve
from linclf.plot.grids import error_grid, sample_grid, templates
from linclf.plot.landscape import learning_rates, loss_plane, loss_slice
from linclf.plot.palette import class_colors, class_markers
from linclf.plot.regions import decision_regions
from linclf.plot.search import heatmap

__all__ = [
    "class_colors",
    "class_markers",
    "confusion_matrix",
    "decision_regions",
    "error_grid",
    "heatmap",
    "learning_rates",
    "loss_curve",
    "loss_plane",
    "loss_slice",
    "sample_grid",
    "templates",
]
