"""Formulas as MathML, which browsers draw by themselves: no script, no font, no network.

A Sphinx extension. The converter is that of docutils, which Sphinx brings.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

logger = logging.getLogger(__name__)


def converted(node: nodes.Element, as_block: bool) -> str:
    """Return the MathML of a formula; one that cannot be converted is a warning, as it stands."""
    text = node.astext()
    try:
        return str(tex2mathml(text, as_block=as_block))
    except MathError as error:
        logger.warning("no MathML for %r: %s", text, error, location=node)
        return f"<code>{text}</code>"


def visit_inline(self: Any, node: nodes.Element) -> None:
    """Write a formula inside a line."""
    self.body.append(converted(node, as_block=False))
    raise nodes.SkipNode


def visit_block(self: Any, node: nodes.Element) -> None:
    """Write a formula of its own line; a wide one can be scrolled."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(converted(node, as_block=True))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer; conf.py selects it."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
