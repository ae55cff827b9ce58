"""What the opponents of a race run on: environment, threads, versions, BLAS."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import metadata
from typing import Any

__all__ = ["blas_libraries", "optional", "scrubbed", "thread_setter", "version_of"]

# Such variables choose kernels and threads of numeric libraries, often by an image that was made
# for another machine: OPENBLAS_CORETYPE alone can cost NumPy a factor of 1.7.
_TUNING = re.compile(
    "(ATEN|BLIS|DNNL|GOMP|GOTO|KMP|MKL|NPY|NVPL|OMP|ONEDNN|OPENBLAS|VECLIB)_", re.IGNORECASE
)


def scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what tunes BLAS, OpenMP, NumPy and PyTorch.

    Examples
    --------
    >>> scrubbed({"OPENBLAS_CORETYPE": "Haswell", "HOME": "/"})
    {'HOME': '/'}
    """
    return {name: value for name, value in environment.items() if not _TUNING.match(name)}


def optional(module: str) -> Any:
    """Import a module of an opponent; None where there is none, or none that can be loaded."""
    try:
        return importlib.import_module(module)
    except (ImportError, OSError):
        return None


@cache
def thread_setter() -> Callable[[int], None]:
    """Return a function that sets the threads of the BLAS, OpenMP and PyTorch loaded by now.

    Without threadpoolctl, which comes with scikit-learn, BLAS keeps the number it started with.
    """
    pools = optional("threadpoolctl")
    libraries = pools.ThreadpoolController().lib_controllers if pools else []
    torch = sys.modules.get("torch")

    def set_threads(n: int) -> None:
        for library in libraries:
            library.set_num_threads(n)
        if torch is not None:
            torch.set_num_threads(n)

    return set_threads


def blas_libraries() -> list[dict[str, str]]:
    """Return whose BLAS is loaded, which it is, its version, and the kernels that it chose.

    That of PyTorch is linked into it and does not show here.
    """
    pools = optional("threadpoolctl")
    found = []
    for pool in pools.threadpool_info() if pools else []:
        if pool["user_api"] == "blas":
            owner = re.search(r"(\w+)(?:\.libs|/\.dylibs|/core)", pool["filepath"])
            found.append(
                {
                    "of": owner[1] if owner else "",
                    "name": pool["internal_api"],
                    "version": str(pool["version"]),
                    "kernels": str(pool.get("architecture", "")),
                }
            )
    return sorted(found, key=lambda blas: blas["of"])


def version_of(distribution: str) -> str:
    """Return the version of an installed distribution, empty if it is not there."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
