"""A submission in a cell: its functions are called like local ones.

The grader's process hears of the submission by frames that `wire` has checked, and by how its
process ended; both become plain data or a `Failure`. One deadline holds for an exchange with all
that is asked back in it. Whatever no worker would send ends it as tampering: the cell is killed,
and the next call starts another. What a submission can choose by lying is its own answer.
"""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

from linclf.course.student import Wrong, base_of
from linclf.grading import failures
from linclf.grading.cell import Cell, CellDied, CellError, CellTimeout, open_cell
from linclf.grading.child import packing, wire
from linclf.grading.failures import Failure, clean
from linclf.grading.limits import Limits
from linclf.grading.student.claims import Told, checked_exception, checked_table, plain
from linclf.grading.student.operands import Operands
from linclf.grading.tiers import Tier

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

    def __init__(self, student: RemoteStudent, name: str, told: Told) -> None:
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
        self._told: dict[str, Told] = {}
        self._defined: list[str] = []
        self._problem: Failure | None = None  # of loading
        self._killed_loading = 0
        self._starts = 0
        self._printed = b""
        self._seconds = 0.0
        self._busy = False
        self._number = 0  # of the request that is under way

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
        self._number = 0
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
            functions, names = checked_table(told["functions"]), told["defined"]
            if type(names) is not list or not all(type(name) is str for name in names):
                raise wire.ProtocolError("names that are none")
            # What is no identifier is no function's name, but text for whoever lists them.
            self._told = {n: Told(one) for n, one in functions.items() if n.isidentifier()}
            self._defined = [clean(name, 80) for name in names]
            if told["problem"] is not None:
                about = checked_exception(told["problem"])
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

    def _send(self, kind: str, value: Any, deadline: float, *, loading: bool = False) -> Operands:
        operands = Operands(self._name_of)
        encoder = packing.Encoder(operands.special, math.inf, layouts=True)  # type: ignore[arg-type]
        frame = encoder.frame(kind, encoder.tree(value), self._number)
        operands.arrays = encoder.arrays
        self._write(frame, deadline, loading=loading)
        return operands

    def _name_of(self, value: Any) -> str | None:
        own = isinstance(value, RemoteFunction) and value._student is self
        return value.__name__ if own else None

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
                frame = wire.read(self._filler(deadline), kinds, None, self.limits.reply)
                # A reply that was forged makes the true one come late.
                if frame.number != self._number:
                    raise wire.ProtocolError("an answer to another request")
                return frame
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
        self._number += 1
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
            given.take_over(checked_table(changed, int), checked_table(advanced, int))
            return plain(result)

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
        self, asked: Any, given: Operands, deadline: float, stopped: BaseException | None
    ) -> BaseException | None:
        """Call a function of ours, and send what it returns; return what stops the call."""
        with self._checking():
            if type(asked) is not tuple or len(asked) != 3 or type(asked[0]) is not int:
                raise wire.ProtocolError("a callback that is none")
            number, operands, named = asked
            if not 0 <= number < len(given.functions) or type(operands) is not tuple:
                raise wire.ProtocolError("a callback that is none")
            checked_table(named)
        told: Any = ("", "", "")
        if stopped is None:
            try:
                operands = plain(operands)
                result = given.functions[number](*operands, **plain(named))
            except Wrong as wrong:
                stopped = wrong
            except Exception as error:
                # As if it were called there: the submission may catch it, or be told where.
                told = (type(error).__name__, base_of(error), clean(error, wire.TEXT // 2))
            else:
                try:
                    self._send("result", result, deadline)
                    return None
                except TypeError as error:  # it gives back what it got, which cannot be sent
                    told = ("TypeError", "TypeError", clean(error, wire.TEXT // 2))
        self._send("raise", told, deadline)
        return stopped

    def _exception(self, told: Any) -> Failure:
        if type(told) is not dict or type(told.pop("memory", None)) is not bool:
            raise wire.ProtocolError("an exception that is not described as it should be")
        about = checked_exception(told)
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


def _processor_signals() -> tuple[int, ...]:
    import signal

    return tuple(getattr(signal, name) for name in ("SIGXCPU",) if hasattr(signal, name))


_PROCESSOR = _processor_signals()
