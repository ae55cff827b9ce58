"""What a submission may use up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a worker and of one call."""

    seconds: float = 10.0
    load_seconds: float = 10.0
    cpu_seconds: int = 60
    memory: int = 2 << 30
    file_size: int = 16 << 20
    files: int = 64
    processes: int = 64
    output: int = 1 << 20
    reply: int = 64 << 20
