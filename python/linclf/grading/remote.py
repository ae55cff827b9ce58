"""A submission in a cell: its functions are called like local ones.

The grader's process hears of the submission by frames that `wire` has checked, and by how its
process ended; both become plain data or a `Failure`. One deadline holds for an exchange with all
that is asked back in it. Whatever no worker would send ends it as tampering: the cell is killed,
and the next call starts another. What a submission can choose by lying is its own answer.
"""

from __future__ import annotations

import inspect
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from linclf.course.student import Wrong, base_of
from linclf.grading import failures, wire
from linclf.grading.cell import Cell, CellDied, CellError, CellTimeout, open_cell
from linclf.grading.failures import Failure, clean
from linclf.grading.limits import Limits
from linclf.grading.tiers import Tier
from linclf.grading.worker import state_of, told_state

_LOADS = 2  # that may kill the cell before it is not tried any more


class RemoteFunction:
    """A function of a submission; made by `RemoteStudent.function`.

    It takes arrays, numbers, texts, lists, tuples and dicts of these, functions, and generators of
    `numpy.random.default_rng`. Functions are called back in this process, with plain arrays that
    were checked. Afterwards arrays that it changed are changed here as well, and generators have
    advanced as they would have here.

    Attributes
    ----------
    __name__ : str
    __signature__ : inspect.Signature
        Its parameters, if it tells them.
    first_loop : str or None
        The line that begins its first loop.
    """

    def __init__(self, student: RemoteStudent, name: str, told: _Told) -> None:
        self._student = student
        self.__name__ = self.__qualname__ = name
        self.first_loop = told.loop
        if told.signature is not None:
            self.__signature__ = told.signature

    def __call__(self, *operands: Any, **named: Any) -> Any:
        """Call it in the cell.

        Raises
        ------
        Failure
            Whatever goes wrong in the cell.
        TypeError
            If an operand cannot be sent.
        """
        return self._student._call(self.__name__, operands, named)

    def __repr__(self) -> str:
        return f"<function {self.__name__} of a submission>"


class _Told:
    """What a worker told about a function, checked."""

    def __init__(self, told: Any) -> None:
        keys = {"parameters", "file", "loop", "kind"}
        if type(told) is not dict or told.keys() != keys:
            raise wire.ProtocolError("a function that is not described as it should be")
        texts = told["file"], told["kind"], told["loop"] or ""
        if not all(type(text) is str for text in texts):
            raise wire.ProtocolError("a function that is not described as it should be")
        self.kind = clean(told["kind"], 80)
        self.loop = None if told["loop"] is None else clean(told["loop"], 200)
        self.file = clean(told["file"], 200)
        self.signature = _signature(told["parameters"])
        self.least, self.most = _counts(self.signature)


def _counts(signature: inspect.Signature | None) -> tuple[float, float]:
    """Return how many operands by position make a call that needs no closer look."""
    parameters = [] if signature is None else list(signature.parameters.values())
    empty = inspect.Parameter.empty
    if any(p.kind is p.KEYWORD_ONLY and p.default is empty for p in parameters):
        return math.inf, -math.inf
    placed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    variable = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    least = sum(p.default is empty for p in placed)
    return least, math.inf if variable else len(placed)


class _Default:
    """A default value of a parameter, as its text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _signature(told: Any) -> inspect.Signature | None:
    if told is None:
        return None
    try:
        parameters = []
        for name, kind, has_default, default in told:
            empty = inspect.Parameter.empty
            value = _Default(clean(default, 80)) if has_default is True else empty
            parameters.append(inspect.Parameter(name, _KINDS[kind], default=value))
        return inspect.Signature(parameters)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise wire.ProtocolError(f"a signature that is none: {error}") from None


_KINDS = {int(kind): kind for kind in (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD,
)}  # fmt: skip


class RemoteStudent:
    """A submission whose functions run in a cell.

    The cell starts with the first use, and again after a failure that ended it.

    Parameters
    ----------
    files : dict of bytes
        The submission, by relative names.
    tier : Tier
        How well it is kept apart: T1, T2 or T3.
    limits : Limits
        How much it may use up.
    wanted : sequence of str
        Names of the functions that are asked for; with none, all that are there.
    tags : dict of str
        Of notebooks, tags or nbgrader ids of the cells that define functions, by their names.
    isolation : {"submission", "item"}
        Whether a new cell should be started for every item: for whoever calls `fresh`.

    Attributes
    ----------
    restarts : int
        How many cells were started after the first one.

    Examples
    --------
    >>> from linclf.grading import RemoteStudent, Tier
    >>> files = {"hw.py": b"def scores(W, X):\\n    return X @ W\\n"}
    >>> with RemoteStudent(files, tier=Tier.T1) as student:
    ...     student.scores(np.eye(2), np.array([[3.0, 4.0]]))
    array([[3., 4.]])
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        *,
        tier: Tier,
        limits: Limits | None = None,
        wanted: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
        isolation: str = "submission",
    ) -> None:
        self.tier = tier
        self.limits = limits or Limits()
        self.isolation = isolation
        self._files = dict(files)
        self._wanted, self._tags = list(wanted), dict(tags or {})
        self._cell: Cell | None = None
        self._told: dict[str, _Told] = {}
        self._defined: list[str] = []
        self._problem: Failure | None = None  # of loading
        self._killed_loading = 0
        self._starts = 0
        self._printed = b""
        self._seconds = 0.0
        self._busy = False

    def __enter__(self) -> RemoteStudent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def restarts(self) -> int:
        """How many cells were started after the first one."""
        return max(self._starts - 1, 0)

    @property
    def functions(self) -> dict[str, inspect.Signature]:
        """The functions that there are, with their parameters."""
        self._start()
        return {n: t.signature for n, t in self._told.items() if t.signature is not None}

    @property
    def output(self) -> str:
        """The end of what the submission printed, in all its cells: of a student, to be escaped."""
        now = b""
        if self._cell is not None:
            try:
                now = self._cell.output()
            except CellError as error:  # it prints too much this very moment
                self._failed(error, loading=False)
        return (self._printed + now)[-self.limits.output :].decode("utf-8", "replace")

    @property
    def cpu_seconds(self) -> float:
        """Processor time of the cells that have ended."""
        return self._seconds

    def function(self, name: str) -> RemoteFunction:
        """Return a function.

        Raises
        ------
        MissingFunction
            If there is none of that name.
        Failure
            If the files cannot be loaded.
        """
        self._start()
        told = self._told.get(name)
        if told is None:
            if self._problem is not None:
                raise self._problem
            known = [n for n, t in self._told.items() if not t.kind] + self._defined
            raise failures.MissingFunction(name, dict.fromkeys(known))
        if told.kind:
            raise failures.MissingFunction(name, kind=told.kind)
        return RemoteFunction(self, name, told)

    def __getattr__(self, name: str) -> RemoteFunction:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.function(name)

    def fresh(self) -> None:
        """End the cell: the next call starts another, which has loaded the files anew."""
        self._end()

    def close(self) -> None:
        """End the cell."""
        self._end()

    # --- the cell

    def _end(self) -> None:
        cell, self._cell = self._cell, None
        if cell is not None:
            cell.close()
            self._printed = (self._printed + cell.output())[-self.limits.output :]
            self._seconds += cell.usage.cpu_seconds

    def _start(self) -> None:
        """Start a cell and load the submission, if there is none."""
        if self._cell is not None:
            return
        if self._killed_loading >= _LOADS and self._problem is not None:
            raise self._problem
        if not any(name.endswith((".py", ".ipynb")) for name in self._files):
            raise failures.NotSubmitted
        deadline = time.monotonic() + self.limits.load_seconds
        self._told, self._defined, self._problem = {}, [], None
        self._cell = open_cell("worker.py", self._files, tier=self.tier, limits=self.limits)
        self._starts += 1
        try:
            self._exchange_of_loading(deadline)
        except Failure as failure:
            self._killed_loading += 1
            self._problem = failure
            raise
        self._killed_loading = 0

    def _exchange_of_loading(self, deadline: float) -> None:
        self._await_ready(deadline)
        self._send("load", (self._wanted, self._tags), deadline, loading=True)
        told = self._read(("loaded",), deadline, loading=True).value
        with self._checking():
            if type(told) is not dict or told.keys() != {"functions", "defined", "problem"}:
                raise wire.ProtocolError("a submission that is not described as it should be")
            functions, names = _checked_dict(told["functions"]), told["defined"]
            if type(names) is not list or not all(type(name) is str for name in names):
                raise wire.ProtocolError("names that are none")
            self._told = {name: _Told(one) for name, one in functions.items()}
            self._defined = [clean(name, 80) for name in names]
            if told["problem"] is not None:
                about = _about(told["problem"])
                about.pop("base")
                kind = about.pop("type")
                self._problem = failures.LoadFailed(kind, **about)

    def _await_ready(self, deadline: float) -> None:
        """Wait until the worker has locked itself: nothing of the submission has run yet."""
        cell = self._cell
        assert cell is not None
        try:
            wire.read(self._filler(deadline), ("ready",), None, 0)
        except (CellError, wire.ProtocolError) as error:
            self._end()
            printed = clean(cell.output().decode("utf-8", "replace")[-600:])
            raise CellError(f"no worker starts: {error}; it said {printed!r}") from None

    def _send(self, kind: str, value: Any, deadline: float, *, loading: bool = False) -> _Operands:
        operands = _Operands(self)
        encoder = wire.Encoder(operands.special, math.inf, layouts=True)  # type: ignore[arg-type]
        frame = encoder.frame(kind, encoder.tree(value))
        operands.arrays = encoder.arrays
        self._write(frame, deadline, loading=loading)
        return operands

    def _write(self, frame: list[Any], deadline: float, *, loading: bool = False) -> None:
        assert self._cell is not None
        try:
            for part in frame:
                self._cell.send(part, deadline)
        except CellError as error:
            raise self._failed(error, loading) from None

    def _read(self, kinds: Sequence[str], deadline: float, *, loading: bool = False) -> wire.Frame:
        """Read a frame; whatever is wrong with it or the cell is a failure, and ends the cell."""
        try:
            with self._checking():
                return wire.read(self._filler(deadline), kinds, None, self.limits.reply)
        except CellError as error:
            raise self._failed(error, loading) from None

    def _filler(self, deadline: float) -> wire.Fill:
        cell = self._cell
        assert cell is not None

        def fill(buffer: Any) -> None:
            cell.receive_into(buffer, deadline)

        return fill

    def _checking(self) -> _Checking:
        return _Checking(self)

    def _failed(self, error: CellError, loading: bool) -> Failure:
        """End the cell, and say why it could not be used."""
        self._end()
        limits = self.limits
        if isinstance(error, CellTimeout):
            seconds = limits.load_seconds if loading else limits.seconds
            return failures.Timeout(seconds, loading=loading)
        if not isinstance(error, CellDied):
            return failures.ChildDied(str(error))
        if error.reason == "output":
            return failures.LimitHit("output", limits.output / 1024)
        if error.reason == "disk":
            return failures.LimitHit("disk", 4 * limits.file_size / 2**20)
        if error.reason == "threads":
            return failures.LimitHit("threads", limits.processes)
        if error.reason == "signal" and error.number in _PROCESSOR:
            return failures.LimitHit("processor", limits.cpu_seconds)
        return failures.ChildDied(str(error), exited=error.reason == "exit")

    # --- calls

    def _call(self, name: str, operands: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if self._busy:
            raise RuntimeError("a function of a submission is called while it is busy with another")
        self.function(name)
        self._check_call(name, operands, named)
        self._busy = True
        try:
            return self._exchange(name, operands, named)
        except Wrong:
            raise
        except BaseException:  # an interrupt, for instance: the cell is amid an exchange
            self._end()
            raise
        finally:
            self._busy = False

    def _check_call(self, name: str, operands: Sequence[Any], named: Mapping[str, Any]) -> None:
        told = self._told[name]
        signature = told.signature
        if signature is None or (not named and told.least <= len(operands) <= told.most):
            return
        try:
            signature.bind(*operands, **named)
        except TypeError:
            count = len(operands) + len(named)
            raise failures.BadSignature(name, str(signature), count) from None

    def _exchange(self, name: str, operands: tuple[Any, ...], named: dict[str, Any]) -> Any:
        self._check_silence()
        deadline = time.monotonic() + self.limits.seconds
        given = self._send("call", (name, operands, named), deadline)
        stopped: BaseException | None = None
        while True:
            reply = self._read(("callback", "returned", "raised"), deadline)
            if reply.kind != "callback":
                break
            stopped = self._answer(reply.value, given, deadline, stopped)
        if stopped is not None:
            raise stopped
        with self._checking():
            if reply.kind == "raised":
                raise self._exception(reply.value)
            if type(reply.value) is not tuple or len(reply.value) != 3:
                raise wire.ProtocolError("a result that is none")
            result, changed, advanced = reply.value
            given.take_over(_checked_dict(changed, int), _checked_dict(advanced, int))
            return _plain(result)

    def _check_silence(self) -> None:
        """Refuse a cell that has said something without being asked."""
        assert self._cell is not None
        try:
            spoke = self._cell.waiting()
        except CellError as error:
            raise self._failed(error, False) from None
        if spoke:
            self._end()
            raise failures.Tampering("bytes that nobody asked for")

    def _answer(
        self, asked: Any, given: _Operands, deadline: float, stopped: BaseException | None
    ) -> BaseException | None:
        """Call a function of ours, and send what it returns; return what stops the call."""
        with self._checking():
            if type(asked) is not tuple or len(asked) != 3 or type(asked[0]) is not int:
                raise wire.ProtocolError("a callback that is none")
            number, operands, named = asked
            if not 0 <= number < len(given.functions) or type(operands) is not tuple:
                raise wire.ProtocolError("a callback that is none")
            _checked_dict(named)
        told: Any = ("", "", "")
        if stopped is None:
            try:
                operands = _plain(operands)
                result = given.functions[number](*operands, **_plain(named))
            except Wrong as wrong:
                stopped = wrong
            except Exception as error:
                # As if it were called there: the submission may catch it, or be told where.
                told = (type(error).__name__, base_of(error), clean(error, wire.TEXT // 2))
            else:
                self._send("result", result, deadline)
                return None
        self._send("raise", told, deadline)
        return stopped

    def _exception(self, told: Any) -> Failure:
        if type(told) is not dict or type(told.pop("memory", None)) is not bool:
            raise wire.ProtocolError("an exception that is not described as it should be")
        about = _about(told)
        if about["base"] == "MemoryError":
            return failures.LimitHit("memory", self.limits.memory / 2**20)
        return failures.exception(about)


class _Checking:
    """Turns what no worker sends into tampering, and ends the cell."""

    def __init__(self, student: RemoteStudent) -> None:
        self._student = student

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, wire.ProtocolError):
            self._student._end()
            raise failures.Tampering(str(error)) from None


class _Operands:
    """What went into a call: functions to be called back, and what may have been changed."""

    def __init__(self, student: RemoteStudent) -> None:
        self._student = student
        self.functions: list[Callable[..., Any]] = []
        self.generators: list[np.random.Generator] = []
        self.arrays: list[Any] = []

    def special(self, value: Any) -> Any:
        """Return what stands for an operand that is no plain value."""
        if isinstance(value, RemoteFunction) and value._student is self._student:
            return json.dumps({"function": value.__name__})
        if isinstance(value, np.random.Generator):
            if type(value.bit_generator) is not np.random.PCG64:
                raise TypeError("a generator must be of np.random.default_rng, to be sent")
            self.generators.append(value)
            return json.dumps({"rng": told_state(value)})
        if isinstance(value, np.ndarray):
            raise TypeError(
                f"an array of dtype {value.dtype} and {value.ndim} axes cannot be sent: use "
                "float64, float32, int64, int32, bool or uint8, and at most 4 axes"
            )
        if callable(value):
            self.functions.append(value)
            name = getattr(value, "__name__", type(value).__name__)
            return json.dumps({"callable": [len(self.functions) - 1, str(name)]})
        raise TypeError(f"a {type(value).__name__} cannot be sent to a submission")

    def take_over(self, changed: dict[int, Any], advanced: dict[int, Any]) -> None:
        """Change our arrays and generators as the submission changed its copies."""
        for number, array in changed.items():
            if type(array) is not np.ndarray or not 0 <= number < len(self.arrays):
                raise wire.ProtocolError("a change of what was not sent")
            _overwrite(self.arrays[number], array)
        for number, told in advanced.items():
            if not 0 <= number < len(self.generators):
                raise wire.ProtocolError("a generator that was not sent")
            self.generators[number].bit_generator.state = _checked_state(told)


def _overwrite(ours: Any, theirs: Any) -> None:
    """Write the numbers of one array into another, as far as they fit."""
    if ours.size != theirs.size:
        return
    writable = ours.flags.writeable
    with np.errstate(all="ignore"):
        try:
            ours.flags.writeable = True  # there it was made so
            ours[...] = theirs.reshape(ours.shape).astype(ours.dtype)
        except ValueError:  # a view of what is read-only
            raise failures.BadReturn("a change of a read-only array") from None
        finally:
            if not writable:
                ours.flags.writeable = False


def _checked_state(told: Any) -> dict[str, Any]:
    kinds = (str, str, int, int)
    if type(told) is not tuple or tuple(map(type, told)) != kinds or len(told[0] + told[1]) > 80:
        raise wire.ProtocolError("a state of a generator that is none")
    try:
        return state_of(told)
    except ValueError:
        raise wire.ProtocolError("a state of a generator that is none") from None


def _checked_dict(told: Any, kind: type = str) -> dict[Any, Any]:
    if type(told) is not dict or not all(type(key) is kind for key in told):
        raise wire.ProtocolError("a table that is none")
    return told


def _about(told: Any) -> dict[str, Any]:
    """Check the description of an exception."""
    kinds = {"type": str, "text": str, "base": str, "file": str, "line": int, "source": str}
    if type(told) is not dict or told.keys() != kinds.keys():
        raise wire.ProtocolError("an exception that is not described as it should be")
    if not all(type(told[name]) is kind for name, kind in kinds.items()):
        raise wire.ProtocolError("an exception that is not described as it should be")
    if not 0 <= told["line"] <= 10**7:
        raise wire.ProtocolError("a line that is none")
    return dict(told)


# --------------------------------------------------------------- what cannot be sent by value


class Described:
    """Something that a submission returned and that has no plain value.

    Its type has the name of what it stands for, so that messages name that. Whoever wants numbers
    of it gets a `BadReturn`.
    """

    def _refuse(self, *_: object, **__: object) -> Any:
        raise failures.BadReturn(f"a {type(self).__name__}")

    __float__ = __int__ = __index__ = __complex__ = __array__ = _refuse
    __iter__ = __len__ = __getitem__ = _refuse


_PLAIN_DTYPES = ("complex64", "complex128", "float16", "float32", "float64", "int64", "int32",
                 "uint64", "uint8", "bool")  # fmt: skip


def _plain(value: Any) -> Any:
    """Replace what cannot travel by what says so when it is looked at."""
    kind = type(value)
    if kind is wire.Other:
        return _described(value)
    if kind in (list, tuple):
        return kind(map(_plain, value))
    if kind is dict:
        return {_plain(key): _plain(part) for key, part in value.items()}
    return value


def _described(other: wire.Other) -> Any:
    if other.large:
        shape = "" if other.shape is None else f" of shape {other.shape}"
        raise failures.BadReturn(f"a {clean(other.type, 80)}{shape}", too_large=True)
    if other.shape is None:
        return type(clean(other.type, 80) or "object", (Described,), {})()
    if other.dtype in _PLAIN_DTYPES:
        dtype = np.dtype(other.dtype)
    else:
        texts = other.dtype.startswith(("str", "bytes"))
        dtype = np.dtype("U1" if texts else "M8[s]" if "time" in other.dtype else "O")
    if len(other.shape) > 32 or math.prod(other.shape) * dtype.itemsize >= 1 << 62:
        raise failures.BadReturn(f"an array of shape {other.shape}", too_large=True)
    # Of any size without any memory: nobody gets to its values but past the wrong dtype.
    return np.broadcast_to(np.zeros((), dtype), other.shape)


def _processor_signals() -> tuple[int, ...]:
    import signal

    return tuple(getattr(signal, name) for name in ("SIGXCPU",) if hasattr(signal, name))


_PROCESSOR = _processor_signals()
