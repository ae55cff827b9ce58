"""Installs what it needs, or downloads it, while it is imported."""

import subprocess
import sys
import urllib.request

import kit
from targets import TARGETS

kit.attempt("pip ran", subprocess.run, [sys.executable, "-m", "pip", "--version"])
kit.attempt("a shell ran", subprocess.run, ["sh", "-c", "true"])
kit.attempt("downloaded", urllib.request.urlopen, f"http://127.0.0.1:{TARGETS['tcp']}/", None, 0.2)


def svm_loss_vectorized(W, X, y, reg):
    return kit.wrong(W, X, y, reg)
