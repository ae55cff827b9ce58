"""What this machine can do at most, measured by limits.c."""

from __future__ import annotations

import ctypes
import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

__all__ = ["DTYPES", "Limits", "Sample", "compiler", "last_level_cache", "median"]

DTYPES = {"float64": "double", "float32": "float"}
_FLAGS = {"avx512": ["-mavx512f", "-mfma"], "avx2": ["-mavx2", "-mfma"]}
_MEGABYTE = 1 << 20
_TRIES = 3  # what disturbs a measurement only lowers it

#: Bytes per second ("read") and operations per second ("float64", "float32") by number of threads.
Sample = dict[str, dict[int, float]]


class Limits:
    """Measures bandwidth and arithmetic whenever asked to.

    Parameters
    ----------
    folder : Path
        Where to put the compiled library.
    isa : str
        The instruction set that linclf uses.
    threads : sequence of int
        Numbers of threads to measure.
    quick : bool
        Read a buffer that may not be larger than the cache, and be done sooner.

    Raises
    ------
    OSError
        If there is no C compiler, or it fails.
    """

    def __init__(self, folder: Path, isa: str, threads: Sequence[int], quick: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.threads = threads
        self._libraries = {dtype: _compile(folder, isa, dtype) for dtype in DTYPES}
        size = 32 * _MEGABYTE if quick else max(256 * _MEGABYTE, 4 * last_level_cache())
        self._buffer = np.ones(size, np.uint8)  # NumPy asks for large pages, as it does for X
        self._turns = 20_000 if quick else 100_000

    def sample(self, size: int = 0) -> Sample:
        """Measure every limit once.

        Parameters
        ----------
        size : int
            Read so many bytes, again and again, as a contender does that is given data of this
            size: some cache may hold them. By default more than any cache holds.

        Returns
        -------
        dict
            Bytes and operations per second by number of threads, see `Sample`.
        """
        size = min(size, self._buffer.nbytes) or self._buffer.nbytes
        return {
            "read": {n: max(self._read(size, n) for _ in range(_TRIES)) for n in self.threads},
            **{
                dtype: {
                    n: max(library.limits_fma(self._turns, n) for _ in range(_TRIES))
                    for n in self.threads
                }
                for dtype, library in self._libraries.items()
            },
        }

    def _read(self, size: int, n_threads: int) -> float:
        library, data = self._libraries["float64"], self._buffer.ctypes.data
        rates = (library.limits_read(data, size, prefetch, n_threads) for prefetch in (0, 1))
        return float(max(rates))


def compiler() -> list[str]:
    """Return the command of the C compiler, which the variable CC may choose."""
    return shlex.split(os.environ.get("CC", "")) or ["cc"]


def _compile(folder: Path, isa: str, dtype: str) -> ctypes.CDLL:
    source, target = Path(__file__).with_name("limits.c"), folder / f"limits-{isa}-{dtype}.so"
    command = [*compiler(), "-std=c11", "-O2", "-ffp-contract=fast", *_FLAGS.get(isa, [])]
    command += ["-Wno-psabi", "-Wno-unknown-pragmas", f"-DREAL={DTYPES[dtype]}"]
    command += ["-shared", "-fPIC", "-pthread", str(source), "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{command[0]} cannot compile limits.c: {done.stderr.strip()}")
    library = ctypes.CDLL(str(target))
    library.limits_read.restype = library.limits_fma.restype = ctypes.c_double
    library.limits_read.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int, ctypes.c_int]
    library.limits_fma.argtypes = [ctypes.c_int64, ctypes.c_int]
    return library


def median(samples: Sequence[Sample]) -> Sample:
    """Return the median of each limit."""
    if not samples:
        return {}
    return {
        what: {n: float(np.median([s[what][n] for s in samples])) for n in by_threads}
        for what, by_threads in samples[0].items()
    }


def last_level_cache() -> int:
    """Return the size of the largest cache in bytes; 32 MiB if the system does not tell."""
    sizes = [32 * _MEGABYTE]
    for file in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size"):
        text = file.read_text().strip()
        unit = {"K": 1 << 10, "M": _MEGABYTE}.get(text[-1], 1)
        sizes.append(int(text.rstrip("KM")) * unit)
    return max(sizes[1:] or sizes)
