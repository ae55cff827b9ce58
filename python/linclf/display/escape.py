"""Text that is safe inside HTML and XML."""

from __future__ import annotations

import html
import re

# XML 1.0 has no way to write these, and a lone surrogate cannot be written as UTF-8.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def escape(value: object, limit: int | None = None) -> str:
    """Return ``str(value)`` as text for HTML and XML, also between quotes.

    Parameters
    ----------
    value : object
    limit : int, optional
        Longest text to show; what is longer ends in an ellipsis.

    Returns
    -------
    text : str

    Examples
    --------
    >>> escape('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    >>> escape("a long story", limit=7)
    'a long…'
    """
    text = str(value)
    if limit is not None and len(text) > limit:
        text = text[: limit - 1].rstrip() + "…"
    return html.escape(_UNWRITABLE.sub("\ufffd", text), quote=True)
