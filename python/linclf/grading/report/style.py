"""How reports look: colours that mean something on light and on dark, and never colour alone."""

from __future__ import annotations

from linclf.grading.sinks import html

__all__ = ["MARKS", "STYLE", "TIERS", "bar", "stacked", "status_class", "status_html"]

MARKS = {"passed": "✓", "partial": "◐", "failed": "✗", "not run": "○"}
"""A sign for every status, so that it can be told without colours."""

TIERS = {
    0: "in the same process, for practice",
    1: "in a process of its own",
    2: "in a process of its own that the kernel keeps from files, network and other processes",
    3: "in a sandbox of the kernel with nothing but NumPy and the submission in it",
}
"""How a submission was shut in, in words."""

_CLASSES = {"passed": "g-pass", "partial": "g-part", "failed": "g-fail", "not run": "g-none"}

STYLE = """
main.linclf{--g-pass:#1a7f37;--g-part:#9a6700;--g-fail:#c2362b;--g-none:#6e7781;
--g-soft:rgba(128,128,128,.09)}
@media (prefers-color-scheme:dark){main.linclf{--g-pass:#4ac26b;--g-part:#d4a72c;--g-fail:#ff7b72;
--g-none:#8c959f}}
.g-pass{--g:var(--g-pass)}.g-part{--g:var(--g-part)}.g-fail{--g:var(--g-fail)}
.g-none{--g:var(--g-none)}
.g-status{color:var(--g);font-weight:600;white-space:nowrap}
.g-score{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 14px;margin:18px 0 4px}
.g-score b{font-size:34px;line-height:1.1;font-variant-numeric:tabular-nums}
.g-facts{opacity:.8;margin:2px 0}
.g-bar{display:flex;height:8px;border-radius:4px;overflow:hidden;background:var(--linclf-faint);
margin:6px 0;min-width:60px}
.g-bar i{background:var(--g,var(--linclf-line));display:block}
.g-bar i+i{border-left:1px solid Canvas}
.g-item{border:1px solid var(--linclf-faint);border-left:4px solid var(--g);border-radius:6px;
padding:10px 14px;margin:12px 0;break-inside:avoid}
.g-item header{display:flex;flex-wrap:wrap;gap:2px 14px;align-items:baseline}
.g-item h3{font-size:15px;margin:0;flex:1 1 16em;overflow-wrap:anywhere;unicode-bidi:isolate}
.g-item p{margin:6px 0 0;max-width:none;white-space:pre-wrap;
overflow-wrap:anywhere;unicode-bidi:isolate}
.g-item .g-other{opacity:.75;margin-top:2px}
.g-item .g-why{margin-top:2px;opacity:.8;font-size:14px}
.g-points{font-variant-numeric:tabular-nums;white-space:nowrap}
.g-hist{display:flex;align-items:flex-end;gap:4px;height:150px;margin:14px 0 0;max-width:690px}
.g-hist div{flex:1;display:flex;flex-direction:column;justify-content:flex-end;height:100%;
text-align:center;font-size:12px;font-variant-numeric:tabular-nums}
.g-hist i{display:block;background:var(--linclf-line);border-radius:3px 3px 0 0;min-height:1px}
.g-axis{display:flex;gap:4px;max-width:690px;font-size:12px;opacity:.8;margin-bottom:10px;
border-top:1px solid var(--linclf-faint);font-variant-numeric:tabular-nums}
.g-axis span{flex:1;text-align:center;padding-top:2px;white-space:nowrap}
.g-legend{display:flex;flex-wrap:wrap;gap:2px 18px;margin:4px 0 8px;font-size:13px}
.g-legend i{display:inline-block;width:10px;height:10px;border-radius:2px;background:var(--g);
margin-right:6px}
.g-wide{overflow-x:auto}
.g-full{width:100%}
.linclf table.g-full td,.linclf table.g-full th{padding:5px 8px}
.linclf td.g-name{overflow-wrap:anywhere;min-width:9em}
.linclf td.g-mid{width:34%;min-width:120px}
.linclf td.g-cell{text-align:center;white-space:nowrap;font-variant-numeric:tabular-nums;
color:var(--g);min-width:2.6em}
.linclf th.g-cell{text-align:center}
.linclf table.g-full th{white-space:nowrap}
.g-warn{border-left:4px solid var(--g-part);background:var(--g-soft);padding:8px 12px;
border-radius:4px;margin:12px 0;max-width:none;overflow-wrap:anywhere}
footer{margin-top:34px;border-top:1px solid var(--linclf-faint);padding-top:10px;font-size:12.5px;
opacity:.8;overflow-wrap:anywhere}
@media print{.g-bar,.g-hist i,.g-legend i{print-color-adjust:exact}}
""".lstrip()


def status_html(status: str, text: str = "") -> str:
    """Return a status with its sign; `text` instead of its name, as text.

    Examples
    --------
    >>> status_html("passed")
    '<span class="g-status g-pass">✓ passed</span>'
    """
    return (
        f'<span class="g-status {_CLASSES[status]}">{MARKS[status]} {html(text or status)}</span>'
    )


def status_class(status: str) -> str:
    """Return the class of CSS that gives a status its colour."""
    return _CLASSES[status]


def bar(share: float, status: str = "") -> str:
    """Return a bar that is filled to a share between 0 and 1.

    Examples
    --------
    >>> bar(0.25)
    '<div class="g-bar" aria-hidden="true"><i style="width:25.0%"></i></div>'
    """
    return stacked([(share, status)])


def stacked(parts: list[tuple[float, str]]) -> str:
    """Return a bar of several parts: shares of its length, each with a status or none."""
    pieces = "".join(
        f"<i{f' class={chr(34)}{_CLASSES[status]}{chr(34)}' if status else ''} "
        f'style="width:{100 * min(max(share, 0.0), 1.0):.1f}%"></i>'
        for share, status in parts
        if share > 0
    )
    return f'<div class="g-bar" aria-hidden="true">{pieces}</div>'
