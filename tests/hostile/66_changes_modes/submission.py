"""Changes modes, owners and times of files that it may neither read nor write."""

import os

import kit
from targets import TARGETS


@kit.once
def attack():
    for path in (*TARGETS["folders"], *TARGETS["secret_files"], TARGETS["results"]):
        kit.attempt(f"mode of {path}", os.chmod, path, 0o777)
        kit.attempt(f"times of {path}", os.utime, path, (0, 0))
        kit.attempt(f"owner of {path}", os.chown, path, os.getuid(), -1)
        kit.attempt(f"attribute of {path}", os.setxattr, path, "user.hostile", b"x")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
