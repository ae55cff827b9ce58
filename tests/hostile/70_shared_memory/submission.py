"""Leaves shared memory, semaphores and queues behind, which outlive every process."""

import ctypes
import os

import kit


@kit.once
def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    IPC_CREAT = 0o1000
    for name, operands in (
        ("shmget", (0x11C1F, 1 << 20, IPC_CREAT | 0o600)),
        ("msgget", (0x11C1F, IPC_CREAT | 0o600)),
        ("semget", (0x11C1F, 1, IPC_CREAT | 0o600)),
    ):
        if getattr(libc, name)(*operands) != -1:
            kit.harm(f"{name} made what outlives the process")
    if libc.mq_open(b"/linclf_hostile", os.O_CREAT | os.O_RDWR, 0o600, None) != -1:
        kit.harm("a message queue outlives the process")
    kit.attempt("a file in /dev/shm outlives the process", open, "/dev/shm/linclf_hostile", "w")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
