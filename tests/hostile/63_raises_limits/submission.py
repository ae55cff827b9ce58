"""Lifts its own limits."""

import contextlib
import resource

import kit


@kit.once
def attack():
    for name in ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE"):
        number = getattr(resource, f"RLIMIT_{name}")
        soft, hard = resource.getrlimit(number)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(number, (hard, hard))
        for new in (resource.RLIM_INFINITY, hard + 1):
            if hard != resource.RLIM_INFINITY:
                kit.attempt(f"raised {name}", resource.setrlimit, number, (new, new))


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
