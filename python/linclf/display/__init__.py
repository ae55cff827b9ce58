"""Pictures and HTML without matplotlib: loss curve as SVG, templates as PNG, a classifier as HTML.

The standard library and NumPy do it all; what comes out needs no network and no script.
"""

from linclf.display.html import classifier_html
from linclf.display.images import as_images, mosaic, template_images, value_limits
from linclf.display.layout import guess_layout, weights_of
from linclf.display.page import note_html, page, table_html, tiles_html
from linclf.display.png import png_bytes, png_uri
from linclf.display.series import Losses, losses_of, moving_average, validation_points
from linclf.display.svg import loss_svg
from linclf.display.tables import Table
from linclf.display.templates import class_labels, diverging_palette, templates_html, tile_columns

__all__ = [
    "Losses",
    "Table",
    "as_images",
    "class_labels",
    "classifier_html",
    "diverging_palette",
    "guess_layout",
    "loss_svg",
    "losses_of",
    "mosaic",
    "moving_average",
    "note_html",
    "page",
    "png_bytes",
    "png_uri",
    "table_html",
    "template_images",
    "templates_html",
    "tile_columns",
    "tiles_html",
    "validation_points",
    "value_limits",
    "weights_of",
]
