"""Pieces of HTML that need nothing from outside: style, table, picture, whole page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from linclf.display.escape import escape

# Everything is scoped to .linclf, so that a notebook around it keeps its own look. Colours that
# must read on light and on dark are taken from the text colour; only the accents are switched.
STYLE = """
.linclf{--linclf-line:#0072b2;--linclf-dot:#d55e00;--linclf-bar:rgba(0,114,178,.22);
--linclf-faint:rgba(128,128,128,.35);font-size:13px;line-height:1.45}
@media (prefers-color-scheme:dark){.linclf{--linclf-line:#56b4e9;--linclf-dot:#e69f00;
--linclf-bar:rgba(86,180,233,.3)}}
.linclf .linclf-line{stroke:var(--linclf-line)}
.linclf .linclf-band,.linclf .linclf-dot{fill:var(--linclf-line)}
.linclf .linclf-validation{stroke:var(--linclf-dot)}
.linclf .linclf-svg{max-width:100%;height:auto}
.linclf .linclf-row{display:flex;flex-wrap:wrap;gap:12px 28px;align-items:center;
margin:8px 0 4px}
.linclf .linclf-tiles{display:grid;gap:8px 6px;width:max-content;max-width:100%}
.linclf .linclf-tiles figure{margin:0;text-align:center}
.linclf .linclf-tiles img{display:block;margin:0 auto;image-rendering:pixelated;border-radius:2px}
.linclf figcaption{font-size:11px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;
max-width:88px;margin:1px auto 0;unicode-bidi:isolate}
.linclf table{border-collapse:collapse;border:0;margin:6px 0;font-size:inherit}
.linclf th,.linclf td{border:0;border-bottom:1px solid var(--linclf-faint);padding:3px 10px;
text-align:left;background:none;unicode-bidi:isolate;overflow-wrap:anywhere}
.linclf .linclf-number{text-align:right;font-variant-numeric:tabular-nums}
.linclf .linclf-set td{font-weight:600}
.linclf .linclf-bar{background:linear-gradient(var(--linclf-bar),var(--linclf-bar)) 0 50%/
var(--linclf-part,0%) 76% no-repeat}
.linclf summary{cursor:pointer}
.linclf code{font-family:ui-monospace,monospace;background:none;color:inherit;padding:0}
.linclf .linclf-note{opacity:.75;margin:4px 0}
""".strip()

_LONGEST_CELL, _LONGEST_CAPTION = 100, 40

_PAGE_STYLE = """
:root{color-scheme:light dark}
body{margin:0;background:#fff;color:#1b1f24;font-family:system-ui,-apple-system,"Segoe UI",
Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:920px;margin:0 auto;padding:28px 20px 48px}
main.linclf{font-size:15px}
h1{font-size:27px;line-height:1.2;margin:0 0 6px}
h2{font-size:18px;margin:34px 0 10px;padding-top:14px;border-top:1px solid var(--linclf-faint)}
p{margin:8px 0;max-width:46em}
pre{overflow-x:auto;padding:10px 12px;border:1px solid var(--linclf-faint);border-radius:6px}
@media (prefers-color-scheme:dark){body{background:#14171a;color:#e6e8ea}}
@media print{body{background:#fff;color:#000}h2{break-after:avoid}}
""".strip()

# Nothing may be loaded and no script may run; pictures come as data.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"


def page(
    title: str, sections: Iterable[tuple[str, str]], *, lead: str = "", style: str = ""
) -> str:
    """Return a self-contained HTML page: light and dark, no script, no network.

    Parameters
    ----------
    title : str
    sections : iterable of (heading, html)
        The heading is text, the rest HTML as the functions of this package make it. An empty
        heading starts no new part.
    lead : str
        A sentence below the title, as text.
    style : str
        CSS of its own, after that of every page.

    Returns
    -------
    html : str
        Write it as UTF-8.

    Examples
    --------
    >>> text = page("Digits", [("Loss", "<p>It falls.</p>")])
    >>> "<h2>Loss</h2>" in text
    True
    """
    body = "".join(
        (f"<section><h2>{escape(heading)}</h2>{html}</section>\n" if heading else f"{html}\n")
        for heading, html in sections
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}\n{_PAGE_STYLE}\n{style}</style>\n</head>\n"
        f'<body>\n<main class="linclf">\n<h1>{escape(title)}</h1>\n'
        f"{f'<p>{escape(lead)}</p>' if lead else ''}\n{body}</main>\n</body>\n</html>\n"
    )


def table_html(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, bars: Collection[str] = ()
) -> str:
    """Return a table; cells are text, numbers stand on the right.

    Parameters
    ----------
    header : sequence of str
        Names of the columns.
    rows : iterable of sequences
        One cell per column. A float shows four significant digits, an int its thousands.
    bars : collection of str
        Columns of fractions from 0 to 1, shown as per cent over a bar of that length.

    Returns
    -------
    html : str

    Examples
    --------
    >>> "1,797" in table_html(["data", "samples"], [["digits", 1797]])
    True
    >>> "95.0%" in table_html(["loss", "accuracy"], [["hinge", 0.95]], bars={"accuracy"})
    True
    """
    lines = [list(row) for row in rows]
    columns = list(zip(*lines, strict=True)) or [()] * len(header)
    head = "".join(
        f'<th scope="col"{_NUMBER if cells and all(map(_is_number, cells)) else ""}>'
        f"{escape(name)}</th>"
        for name, cells in zip(header, columns, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            _bar(cell) if name in bars else _cell(cell)
            for name, cell in zip(header, line, strict=True)
        )
        + "</tr>"
        for line in lines
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


_NUMBER = ' class="linclf-number"'


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _cell(value: object) -> str:
    if not _is_number(value):
        return f"<td>{escape(value, _LONGEST_CELL)}</td>"
    text = f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
    return f"<td{_NUMBER}>{escape(text)}</td>"


def _bar(value: object) -> str:
    if not isinstance(value, (int, float)) or not 0 <= value <= 1:  # NaN: no sample to judge by
        return f"<td{_NUMBER}>-</td>"
    return (
        f'<td class="linclf-number linclf-bar" style="--linclf-part:{100 * value:.1f}%">'
        f"{value:.1%}</td>"
    )


def note_html(text: str) -> str:
    """Return a remark as a paragraph in a softer tone.

    Examples
    --------
    >>> note_html("a < b")
    '<p class="linclf-note">a &lt; b</p>'
    """
    return f'<p class="linclf-note">{escape(text)}</p>'


def tiles_html(tiles: Sequence[tuple[str, str]], *, columns: int, width: int) -> str:
    """Return captioned pictures in a grid.

    Parameters
    ----------
    tiles : sequence of (caption, uri)
        The caption is text, the uri comes from :func:`linclf.display.png_uri`.
    columns : int
    width : int
        Shown width of a picture in CSS pixels.

    Returns
    -------
    html : str

    Examples
    --------
    >>> tiles_html([("cat", "data:,")], columns=1, width=64).count("<img")
    1
    """
    figures = "".join(
        f'<figure><img src="{escape(uri)}" alt="" width="{width}">'
        f"<figcaption>{escape(caption, _LONGEST_CAPTION)}</figcaption></figure>"
        for caption, uri in tiles
    )
    grid = f"grid-template-columns:repeat({columns},minmax(0,max-content))"
    return f'<div class="linclf-tiles" style="{grid}">{figures}</div>'
