"""Runs of notebooks in a kernel of their own: small sizes, no network, processor time measured."""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"

CPU_SECONDS = 20  # of the whole kernel, its start included
WALL_SECONDS = 300  # for one cell, on a machine that is busy with other things

#: Run before the first cell. Python's sockets are blocked for good, while those through which the
#: kernel talks to its client belong to ZeroMQ and are not Python's. The event loop wakes itself
#: through a pair of sockets without an address.
_BEFORE = """
def _begin():
    import socket, sys

    EVENTS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}

    def refuse(event, arguments):
        if event in EVENTS:
            inside = event in ("socket.connect", "socket.sendto")
            if not inside or arguments[0].family != getattr(socket, "AF_UNIX", None):
                raise PermissionError(f"a notebook must not use the network: {event}")

    sys.addaudithook(refuse)

_begin()
del _begin
"""

_AFTER = "import time; print(time.process_time())"


@cache
def tool() -> ModuleType:
    """The program that makes notebooks, tools/notebooks.py, as a module."""
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "tools" / "notebooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["notebooks"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Ran:
    """What became of a cell: its place in the notebook, tags, code, error and shown results."""

    number: int
    tags: tuple[str, ...]
    code: str
    error: str | None
    shown: str
    verdict: bool | None

    def __str__(self) -> str:
        first = self.code.strip().partition("\n")[0]
        return f"code cell {self.number} ({first}): {self.error or self.shown or 'no output'}"


@dataclass(frozen=True)
class Run:
    """What became of a notebook: its cells, and the processor time of the kernel in seconds."""

    cells: tuple[Ran, ...]
    cpu_seconds: float

    def failed(self) -> list[Ran]:
        """The cells that raised an error."""
        return [cell for cell in self.cells if cell.error]


def execute(notebook: Mapping[str, Any], folder: Path) -> Run:
    """Run all cells of a notebook in an empty folder, also those behind an error."""
    import nbformat
    from nbclient import NotebookClient

    node = nbformat.reads(json.dumps(notebook), as_version=4)
    nbformat.validate(node)
    given = [cell for cell in node.cells if cell.cell_type == "code"]
    cells = [_code(_BEFORE)]
    for cell in given:
        cells.append(cell)
        if _ends_with_a_check(cell):
            cells.append(_code("print(bool(Out[max(Out)]))"))  # `_` may be a name of the notebook
    node.cells = [*cells, _code(_AFTER)]
    settings = {
        **{name: value for name, value in os.environ.items() if "proxy" not in name.lower()},
        "LINCLF_COURSE_FAST": "1",
        "LINCLF_LANG": "en",
        "IPYTHONDIR": str(folder / ".ipython"),  # none of the user's own settings
        "PYTHONWARNINGS": "default",
    }
    settings.pop("MPLBACKEND", None)  # the kernel draws into the notebook
    client = NotebookClient(
        node,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=40"],  # no warning that TCP is not encrypted
        timeout=WALL_SECONDS,
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )
    asyncio.run(client.async_execute(env=settings))  # closes its event loop, also in a thread

    ran: list[Ran] = []
    for cell, following in zip(node.cells, [*node.cells[1:], None], strict=True):
        if not any(cell is one for one in given):
            continue
        verdict = None
        if _ends_with_a_check(cell) and _error(cell) is None:
            verdict = _text(following).strip() == "True"
        tags = tuple(cell.metadata.get("tags", ()))
        ran.append(Ran(len(ran) + 1, tags, cell.source, _error(cell), _text(cell), verdict))
    assert not _error(node.cells[0]), _error(node.cells[0])
    return Run(tuple(ran), float(_text(node.cells[-1])))


def _code(text: str) -> Any:
    import nbformat

    return nbformat.v4.new_code_cell(text)


def _ends_with_a_check(cell: Any) -> bool:
    """Tell whether a cell shows what `course.check` found."""
    if "check" not in cell.metadata.get("tags", ()):
        return False
    last = ast.parse(cell.source).body[-1:]
    return bool(last) and isinstance(last[0], ast.Expr) and "check(" in ast.unparse(last[0])


def _error(cell: Any) -> str | None:
    for output in cell.outputs:
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}"
    return None


def _text(cell: Any) -> str:
    """Return what a cell printed or showed as text."""
    parts = []
    for output in cell.outputs:
        parts.append(output.get("text", "") or output.get("data", {}).get("text/plain", ""))
    return "\n".join(part for part in parts if part)


class Runs:
    """Runs that several tests ask for, side by side where this process has processors for them."""

    def __init__(self, wanted: Mapping[Any, Callable[[], Run]]) -> None:
        workers = 1 if "PYTEST_XDIST_WORKER" in os.environ else _processors()
        self._pool = ThreadPoolExecutor(workers)
        self._futures: dict[Any, Future[Run]] = {
            key: self._pool.submit(work) for key, work in wanted.items()
        }

    def __getitem__(self, key: Any) -> Run:
        return self._futures[key].result()

    def close(self) -> None:
        """Wait for what is running; give up the rest."""
        self._pool.shutdown(cancel_futures=True)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


NAMED = re.compile(r"Exercise \d+\.\d+\b")


def problems_of_solution(run: Run) -> list[str]:
    """Return what is wrong with the run of a notebook that is solved: nothing may fail."""
    return [str(cell) for cell in run.cells if cell.error or cell.verdict is False]


def problems_of_student(run: Run) -> list[str]:
    """Return what is wrong with the run of a notebook as students get it.

    Only what waits for an exercise may fail, and what is said must name the exercise.
    """
    problems = []
    for cell in run.cells:
        waits = {"exercise", "exercise-use", "check"} & {*cell.tags} or any(
            tag.startswith("needs:") for tag in cell.tags
        )
        if cell.error and not waits:
            problems.append(f"fails without a tag that allows it: {cell}")
        elif cell.error and not NAMED.search(cell.error):
            problems.append(f"names no exercise: {cell}")
        elif cell.verdict:
            problems.append(f"is content with an exercise that nobody has done: {cell}")
        elif cell.verdict is False and not NAMED.search(cell.shown):
            problems.append(f"names no exercise: {cell}")
    return problems
