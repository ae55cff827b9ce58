"""The kinds of work, one module each: a function that yields races, figures or solutions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.cases import Figure, Plan, Race, Solution
from benchmarks.works import (
    bits,
    error,
    job,
    lbfgs,
    loss,
    memory,
    numgrad,
    predict,
    sgd,
    solve,
    tiny,
    uint8,
)

__all__ = ["WORKS"]

#: By the keys of `benchmarks.cases.KINDS`.
WORKS: dict[str, Callable[[Plan], Iterator[Race | Figure | Solution]]] = {
    "loss": loss.races,
    "uint8": uint8.races,
    "sgd": sgd.races,
    "predict": predict.races,
    "tiny": tiny.races,
    "lbfgs": lbfgs.races,
    "job": job.races,
    "avx2": loss.numpy_races,
    "numgrad": numgrad.figures,
    "error": error.figures,
    "memory": memory.figures,
    "bits": bits.figures,
    "solve": solve.solutions,
}
