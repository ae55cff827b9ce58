"""Fixtures made of the library's own tables: what is added there is tested here by itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import pytest
from linclf import _linclf
from problems import LAYOUTS

# The first attack whoever runs them: tests/test_grading_hostile.py has them attack a grader of its
# own. The second are run by the grader, for tests/test_grading_course.py.
collect_ignore = ["hostile", "grading_course"]

# The instruction sets with fused multiply-add: same bits on all of them.
FUSED = tuple(name for name in _linclf.isas() if name != "baseline")


@contextlib.contextmanager
def _using(isa: str) -> Iterator[str]:
    before = _linclf.isa()
    _linclf.use_isa(isa)
    try:
        yield isa
    finally:
        _linclf.use_isa(before)


@pytest.fixture
def using_isa():
    """A context manager that selects an instruction set and then restores the one before."""
    return _using


@pytest.fixture(params=_linclf.isas())
def isa(request) -> Iterator[str]:
    """Every instruction set that this machine can run."""
    with _using(request.param) as name:
        yield name


@pytest.fixture
def fused_isas() -> tuple[str, ...]:
    """The usable instruction sets that promise the same bits; skips when there is only one."""
    if len(FUSED) < 2:
        pytest.skip(f"needs two instruction sets with FMA; this machine runs {_linclf.isas()}")
    return FUSED


@pytest.fixture(params=_linclf.losses())
def loss(request) -> str:
    """Every loss of the registry."""
    return request.param


@pytest.fixture(params=["float32", "float64"])
def dtype(request) -> str:
    """Both dtypes of W."""
    return request.param


@pytest.fixture(params=[1, 2, 3, 7])
def n_threads(request) -> int:
    """Numbers of threads, also more than there are CPUs."""
    return request.param


@pytest.fixture(params=LAYOUTS)
def layout(request):
    """A function that copies an array into one of the memory layouts."""
    return LAYOUTS[request.param]


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers, the same in every run."""
    return np.random.default_rng(20231)
