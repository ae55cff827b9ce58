"""Text of a student, made harmless for the place where it is shown.

Whatever a submission says (its name, the text of an exception, what it printed) may try to be
markup, a formula, a terminal sequence or a command to a CI runner. Every function here takes any
text, first makes it `plain` (no control character, at most 2 KB) and then escapes it for one place:
HTML and XML, Markdown, a cell of a CSV file, the log of a workflow, a terminal, a file name. What
comes out shows the text and does nothing; none of them raises, whatever the text is.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from linclf.display.escape import escape

__all__ = [
    "LIMIT",
    "annotation",
    "csv_cell",
    "csv_text",
    "file_name",
    "html",
    "json_text",
    "markdown",
    "one_line",
    "plain",
    "terminal",
    "workflow",
    "xml",
]

LIMIT = 2048  # bytes of one text, as UTF-8

# A sequence goes as a whole, or its visible end ("[2J") would stay behind: CSI, then the strings
# (OSC, DCS, SOS, PM, APC) up to their end if they have one, then the two-character ones.
_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)?"
    "|\x1b[ -/]*[0-~]?"
)
_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters but tab and line feed
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"  # bidi, invisible
    "\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f"  # noncharacters, tags
    "\ud800-\udfff]"  # lone surrogates: no UTF-8 has them
)
# Markup anywhere; lists, rules and headings at the start of a line; addresses that become links.
_MARKDOWN = re.compile(r"[\\`*_{}\[\]#|~$]|^[-+=:]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"  # the wide ones count in some spreadsheets
_AFTER_SEPARATOR = re.compile(f"(;[ ']*)(?=[{re.escape(_FORMULA)}])")
_COMMAND = re.compile(r"^(\s*):(?=:)|##(?=\w*\[)", re.MULTILINE)


def plain(text: object, limit: int = LIMIT) -> str:
    """Return text without anything that is not to be read.

    Parameters
    ----------
    text : object
        Its ``str`` counts.
    limit : int
        Most bytes of the result as UTF-8; what is longer ends in an ellipsis.

    Returns
    -------
    text : str
        Without terminal sequences, control characters (line feeds and tabs stay), characters that
        change the direction of what follows or cannot be seen, and lone surrogates.

    Examples
    --------
    >>> plain("\\x1b[2Jall \\u202eright\\x07")
    'all right'
    >>> plain("a long story", limit=9)
    'a long…'
    """
    written = str(text)
    # A reply may be megabytes long. Nothing beyond this can come into the result, unless what
    # stands before it is nearly all unreadable, and then nobody misses it.
    long = len(written) > 16 * limit
    written = _BREAK.sub("\n", written[: 16 * limit])
    written = _DROPPED.sub("", _SEQUENCE.sub("", written))
    encoded = written.encode()
    if len(encoded) <= limit and not long:
        return written
    room = max(limit - len("…".encode()), 0)
    return encoded[:room].decode(errors="ignore").rstrip() + ("…" if limit >= 3 else "")


def one_line(text: object, limit: int = LIMIT) -> str:
    """Return `plain` text in one line: every run of white space is one blank.

    Examples
    --------
    >>> one_line("two\\n  lines")
    'two lines'
    """
    return plain(" ".join(plain(text, 2 * limit).split()), limit)


def html(text: object, limit: int = LIMIT) -> str:
    """Return text for HTML, also between quotes.

    Examples
    --------
    >>> html("<script>")
    '&lt;script&gt;'
    """
    return escape(plain(text, limit))


def xml(text: object, limit: int = LIMIT) -> str:
    """Return text for XML 1.0, as content or between quotes.

    Examples
    --------
    >>> xml("]]> & \\x00")
    ']]&gt; &amp; '
    """
    return escape(plain(text, limit))


def markdown(text: object, limit: int = LIMIT) -> str:
    """Return text for Markdown, as a paragraph: no markup, no link, no HTML.

    Line breaks stay. What Markdown or a parser of HTML could read is escaped in the way that
    CommonMark and its elders agree about.

    Examples
    --------
    >>> print(markdown("[x](javascript:1) <b>"))
    \\[x\\](javascript:1) &lt;b&gt;
    """
    lines = []
    for line in plain(text, limit).expandtabs(4).split("\n"):
        indent = len(line) - len(line.lstrip(" "))  # four blanks would be a block of code
        words = line.strip(" ").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        # Entities are not touched: neither "&", "#" nor ";" of theirs stands in the text itself.
        words = _NUMBERED.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", words))
        lines.append("&nbsp;" * indent * bool(words) + words)
    return re.sub(r"(?<=[^\n])\n(?=[^\n])", "  \n", "\n".join(lines))


def csv_cell(value: object, limit: int = LIMIT) -> str:
    """Return a value for a cell that no spreadsheet takes for a formula.

    Numbers stay as they are; a text that starts like a formula gets an apostrophe before it, also
    after a semicolon, at which some spreadsheets divide. The quotes around a cell are the
    business of `csv_text`.

    Examples
    --------
    >>> csv_cell("=1+1"), csv_cell(-2), csv_cell("-2")
    ("'=1+1", '-2', "'-2")
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.10g}" if isinstance(value, float) else str(value)
    # White space before it is dropped already; a tab or line break would be a start as well.
    text = one_line(value, limit)
    guarded = "'" + text if text.startswith(tuple(_FORMULA)) else text
    return plain(_AFTER_SEPARATOR.sub(r"\1'", guarded), limit + 64)


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return a CSV file, every cell through `csv_cell`.

    Parameters
    ----------
    rows : iterable of sequences
        The first one is the header.

    Returns
    -------
    text : str
        Lines end in a line feed.

    Examples
    --------
    >>> print(csv_text([["name", "points"], ["=x, y", 1.5]]), end="")
    name,points
    "'=x, y",1.5
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    for row in rows:
        writer.writerow([csv_cell(value) for value in row])
    return file.getvalue()


def workflow(text: object, limit: int = 1 << 16) -> str:
    """Return text for the log of a GitHub workflow; no line of it is a command to the runner.

    It stands between ``::stop-commands::`` and a token that nobody knew when the text was made.

    Parameters
    ----------
    text : object
    limit : int
        Most bytes of the text.

    Returns
    -------
    text : str
        Ends in a line feed. It has to be printed whole.

    Examples
    --------
    >>> lines = workflow("::set-output name=x::1").splitlines()
    >>> lines[1], lines[0].removeprefix("::stop-commands::") == lines[2].strip(":")
    ('::set-output name=x::1', True)
    """
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{plain(text, limit)}\n::{token}::\n"


def annotation(level: str, text: object, title: object = "", limit: int = LIMIT) -> str:
    """Return a command that shows text at a GitHub workflow: a notice, a warning or an error.

    Parameters
    ----------
    level : {"notice", "warning", "error"}
    text, title : object
    limit : int
        Most bytes of the text before it is escaped.

    Returns
    -------
    command : str
        One line, with its line feed.

    Raises
    ------
    ValueError
        If there is no such level.

    Examples
    --------
    >>> print(annotation("notice", "two\\nlines", title="Points: 3"), end="")
    ::notice title=Points%3A 3::two%0Alines
    """
    if level not in ("notice", "warning", "error"):
        raise ValueError(f'level is {level!r}; say "notice", "warning" or "error"')
    heading = _encoded(one_line(title, 200)).replace(":", "%3A").replace(",", "%2C")
    return f"::{level}{f' title={heading}' if heading else ''}::{_encoded(plain(text, limit))}\n"


def _encoded(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def terminal(text: object, limit: int = LIMIT) -> str:
    """Return text for a terminal or a log: no sequence, and no line that a CI runner obeys.

    Examples
    --------
    >>> terminal("\\x1b]0;title\\x07::set-output")
    ': :set-output'
    """
    return _COMMAND.sub(lambda found: found[0] + " ", plain(text, limit))


def json_text(value: Any) -> str:
    """Return JSON that every parser reads: ASCII, no NaN or infinity.

    Parameters
    ----------
    value
        Of dicts, lists, text and numbers.

    Returns
    -------
    text : str
        Indented, with a line feed at the end.

    Raises
    ------
    ValueError
        If a number is not finite.

    Examples
    --------
    >>> print(json_text({"score": 1.5}), end="")
    {
      "score": 1.5
    }
    """
    return json.dumps(value, indent=2, allow_nan=False) + "\n"


def file_name(text: object) -> str:
    """Return a name for a file: letters, digits, dots, dashes and underscores, not too long.

    Two different texts get two different names.

    Examples
    --------
    >>> file_name("ada_lovelace")
    'ada_lovelace'
    >>> file_name("../x")
    'x-d6b96a97'
    """
    written = str(text)
    name = re.sub("[^A-Za-z0-9._-]+", "-", written[:80]).strip(".-")
    if name == written:
        return name
    digest = hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()
    return f"{name or 'submission'}-{digest[:8]}"
