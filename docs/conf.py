"""Configuration of Sphinx. The site is built by `python docs/build.py`, without the network."""

from __future__ import annotations

import sys
from pathlib import Path

import linclf

sys.path.insert(0, str(Path(__file__).parent))  # mathml.py, docstrings.py

project = "linclf"
author = "The linclf developers"
copyright = "the linclf developers, BSD-3-Clause"
version = release = linclf.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
    "docstrings",
    "mathml",
]

# --- pages: MyST Markdown, whose code cells are run, and what build.py makes

exclude_patterns = ["_parts"]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_execution_timeout = 300
nb_merge_streams = True
nb_ipywidgets_js = {}  # would come from the network
copybutton_exclude = ".linenos, .gp, .go"  # prompts and output stay behind
html_math_renderer = "mathml"

# --- docstrings

default_role = "py:obj"
autodoc_typehints = "none"  # docstrings say it with shapes
autodoc_member_order = "bysource"
autosummary_generate = False
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
maximum_signature_line_length = 240

# --- looks

html_theme = "pydata_sphinx_theme"
html_title = f"linclf {version}"
html_static_path = ["_static"]  # beside this file
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_sidebars = {"index": [], "start": [], "conventions": [], "add_a_loss": [], "promises": []}
html_theme_options = {
    "logo": {"text": "linclf"},
    "icon_links": [
        {
            "name": "Source",
            "url": "https://github.com/linclf/linclf",
            "icon": "fa-brands fa-github",
        }
    ],
    "navigation_with_keys": False,
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
