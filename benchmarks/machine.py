"""What a benchmark ran on, without any name of a machine, a user or a path."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import linclf
from linclf import _linclf
from linclf.cli.surroundings import blas_libraries, optional, version_of

from benchmarks.limits import last_level_cache

__all__ = ["description", "versions"]

_PEERS = ("numpy", "scipy", "torch", "scikit-learn", "threadpoolctl")


def description() -> dict[str, Any]:
    """Return processor, memory and system."""
    cpus = (
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    large_pages = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    return {
        "processor": _processor("model name") or platform.processor() or platform.machine(),
        "architecture": platform.machine(),
        "CPUs": len(cpus),
        "virtual": "hypervisor" in _processor("flags").split(),
        "last-level cache": f"{last_level_cache() >> 20} MiB",
        "memory": f"{_memory() / 2**30:.0f} GiB",
        "system": platform.system(),
        "large pages": _chosen(large_pages.read_text()) if large_pages.exists() else "",
        "instruction set": _linclf.isa(),
    }


def versions() -> dict[str, Any]:
    """Return the version of everything that takes part, and the kernels that BLAS chose."""
    build = _linclf.build_info()
    found: dict[str, Any] = {
        "linclf": linclf.__version__,
        "compiler": build.get("compiler", ""),
        "Python": platform.python_version(),
        **{name: version_of(name) for name in _PEERS},
        "BLAS": blas_libraries(),
    }
    torch = optional("torch")
    if torch:
        found["torch kernels"] = torch.backends.cpu.get_cpu_capability()
        found["torch MKL"] = torch.backends.mkl.is_available()
    return found


def _processor(field: str) -> str:
    """Return a field of the first processor, empty where the system does not list them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(field)), "")


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0


def _chosen(text: str) -> str:
    """Return the bracketed word of ``always [madvise] never``."""
    return text.partition("[")[2].partition("]")[0]
