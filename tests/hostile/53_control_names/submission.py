"""Names its parameters with terminal escapes and markup, for whoever lists them."""

import kit


def svm_loss_vectorized(W, X, y, reg):
    return kit.wrong(W, X, y, reg)


NAMES = ("\x1b]0;owned\x07\x1b[2J", "<script>alert(1)</script>", "\r\n::error::x", "r" * 100000)
code = svm_loss_vectorized.__code__
svm_loss_vectorized.__code__ = code.replace(co_varnames=NAMES)
globals()["\x1b[31m<b>svm_loss_vectorized</b>"] = svm_loss_vectorized
