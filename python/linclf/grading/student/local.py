"""A submission in this very process (tier T0), with the interface of `RemoteStudent`.

For students who check their own work, and for the grader's own functions: nothing is isolated, and
no limit holds. Exceptions become the same failures, so that the same things are said.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import sys
import tempfile
import time
import types
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from linclf.course.student import Wrong
from linclf.grading.child import loading, telling
from linclf.grading.failures import (
    BadSignature,
    LimitHit,
    LoadFailed,
    MissingFunction,
    NotSubmitted,
    exception,
)
from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier


class LocalFunction:
    """A function of a `LocalStudent`.

    What it raises becomes a `StudentException`; a `Wrong` that a callback raises passes through.
    """

    def __init__(self, student: LocalStudent, name: str, function: Any) -> None:
        self._student, self.__wrapped__ = student, function
        functools.update_wrapper(self, function, updated=())
        self.__name__ = name

    def __call__(self, *operands: Any, **named: Any) -> Any:
        function = self.__wrapped__
        _check_call(self.__name__, function, operands, named)
        before = time.process_time()
        try:
            with self._student._listening():
                return function(*operands, **named)
        except Wrong:
            raise
        except KeyboardInterrupt:  # of the reader, who is in this process
            raise
        except MemoryError as error:
            raise LimitHit("memory", self._student.limits.memory / 2**20) from error
        except (Exception, SystemExit, GeneratorExit) as error:
            own = {**_file_of(function), **self._student._own}
            raise exception(telling.describe(error, own)) from error
        finally:
            self._student.cpu_seconds += time.process_time() - before

    def __repr__(self) -> str:
        return f"<function {self.__name__} of a submission>"


def _check_call(
    name: str, function: Any, operands: Sequence[Any], named: Mapping[str, Any]
) -> None:
    """Refuse a call that cannot be made."""
    try:
        parameters = inspect.signature(function)
    except (TypeError, ValueError):  # of something that is written in C
        return
    try:
        parameters.bind(*operands, **named)
    except TypeError:
        raise BadSignature(name, str(parameters), len(operands) + len(named)) from None


def _file_of(function: Any) -> dict[str, str]:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return {} if code is None else {code.co_filename: Path(code.co_filename).name}


class LocalStudent:
    """A submission, loaded into this process.

    Parameters
    ----------
    source : module, dict, path
        A module; a dict of functions by name, or of the bytes of files by name; the path of a file
        or folder.
    wanted : sequence of str
        Names of the functions that are asked for.
    tags : dict of str
        Tags or nbgrader ids of the cells that define them, see `loading.load`.
    limits : Limits
        Kept for whoever asks; nothing enforces them here.

    Examples
    --------
    >>> student = LocalStudent({"double": lambda x: 2.0 * x})
    >>> student.double(4.0)
    8.0
    """

    tier = Tier.T0

    def __init__(
        self,
        source: types.ModuleType | Mapping[str, Any] | str | Path,
        *,
        wanted: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.cpu_seconds = 0.0
        self.restarts = 0
        self._wanted, self._tags = tuple(wanted), dict(tags or {})
        self._printed = io.StringIO()
        self._own: dict[str, str] = {}
        self._files: dict[str, bytes] | None = None
        self._loaded: loading.Loaded | None = None
        if isinstance(source, types.ModuleType):
            self._set_values(vars(source))
        elif isinstance(source, Mapping):
            if any(isinstance(value, bytes) for value in source.values()) or not source:
                self._files = dict(source)
            else:
                self._set_values(source)
        else:
            self._files = _read(Path(source))

    def _set_values(self, values: Mapping[str, Any]) -> None:
        self._loaded = loading.Loaded(values=dict(values))

    def __enter__(self) -> LocalStudent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def functions(self) -> dict[str, inspect.Signature]:
        """The functions that there are, with their parameters."""
        found = {}
        for name, value in self._values().items():
            if inspect.isfunction(value):
                found[name] = inspect.signature(value)
        return found

    @property
    def output(self) -> str:
        """What the submission printed."""
        return self._printed.getvalue()[: self.limits.output]

    def function(self, name: str) -> LocalFunction:
        """Return a function.

        Raises
        ------
        NotSubmitted
            If there is no file.
        LoadFailed
            If a file cannot be loaded.
        MissingFunction
            If there is none of that name.
        """
        values = self._values()
        if name not in values:
            self._raise_problem()
            known = [*self.functions, *(self._loaded.defined if self._loaded else ())]
            raise MissingFunction(name, dict.fromkeys(known))
        if not callable(values[name]):
            raise MissingFunction(name, kind=type(values[name]).__name__)
        return LocalFunction(self, name, values[name])

    def __getattr__(self, name: str) -> LocalFunction:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.function(name)

    def fresh(self) -> None:
        """Load the files again: nothing is kept of earlier calls."""
        if self._files is not None:
            self._loaded = None

    def close(self) -> None:
        """Forget what was loaded."""
        self.fresh()

    def _values(self) -> dict[str, Any]:
        if self._loaded is None:
            self._loaded = self._load()
            self._own = self._loaded.own
        return self._loaded.values

    def _raise_problem(self) -> None:
        problem = self._loaded.problem if self._loaded else None
        if problem is not None:
            raise LoadFailed(*(problem[n] for n in ("type", "text", "file", "line", "source")))

    def _load(self) -> loading.Loaded:
        assert self._files is not None
        if not any(name.endswith((".py", ".ipynb")) for name in self._files):
            raise NotSubmitted
        with tempfile.TemporaryDirectory() as name, self._listening():
            folder, before = Path(name).resolve(), dict(sys.modules)
            for file, content in self._files.items():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).write_bytes(content)
            sys.path.append(str(folder))
            try:
                found = loading.load(folder, self._wanted, self._tags)
                _remember_sources(found.own)
            finally:
                sys.path.remove(str(folder))
                for one in [n for n, m in sys.modules.items() if _lies_in(m, folder)]:
                    del sys.modules[one]
                    if one in before:
                        sys.modules[one] = before[one]
        return found

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """Keep what is printed, and what is warned of away from the reader."""
        with (
            contextlib.redirect_stdout(self._printed),
            contextlib.redirect_stderr(self._printed),
            np.errstate(all="ignore"),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            yield


def _remember_sources(own: Mapping[str, str]) -> None:
    """Keep the lines of files that are about to go, for tracebacks."""
    import linecache

    for label in own:
        lines = linecache.getlines(label)
        linecache.cache[label] = (sum(map(len, lines)), None, lines, label)


def _lies_in(module: types.ModuleType, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and file.startswith(f"{folder}/")


def _read(path: Path) -> dict[str, bytes]:
    """Return the files to load at a path."""
    if path.is_dir():
        paths = [p for p in sorted(path.rglob("*")) if p.suffix in (".py", ".ipynb")]
        return {p.relative_to(path).as_posix(): p.read_bytes() for p in paths if p.is_file()}
    return {path.name: path.read_bytes()} if path.is_file() else {}
