"""The child that runs a submission: locks itself, loads it, and answers calls.

Started by confine.py from a folder with copies of the files that it imports, on the standard
library and NumPy; linclf is not within reach. NumPy is imported first, then the process locks
itself for good, and only then the submission is touched: its folder comes last on the path. Nothing
in here is secret and nothing is relied on: whatever the submission does to this process, the grader
only gets numbers it checks, or a frame that it refuses. One reply a request.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

if TYPE_CHECKING or __name__ != "__main__":
    from linclf.grading.child import confine, loading, packing, telling, wire
else:
    import confine

    sys.path.append(confine.FOLDER)
    import loading
    import packing
    import telling
    import wire

    # A submission finds its own files under these names, if it has them.
    sys.path.remove(confine.FOLDER)
    for _name in ("confine", "loading", "notebook", "packing", "telling", "wire"):
        del sys.modules[_name]

SUBMISSION = Path(confine.FOLDER) / "submission"


class Stopped(BaseException):
    """The grader has seen enough: what a callback was asked ends the check."""


class Worker:
    """Answers requests.

    Parameters
    ----------
    cap : int
        Most bytes of arrays in a reply.
    """

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._number = 0  # of the request that is being answered
        self._loaded = loading.Loaded()
        self._turn = threading.Lock()  # of a callback, if the submission has threads
        self._operands = _Operands(self)

    def run(self) -> NoReturn:
        """Answer until there are no more requests."""
        _write([packing.encode("ready", None)])
        while True:
            self._operands = operands = _Operands(self)
            request = wire.read(
                _read, ("load", "call", "quit"), operands.special, sys.maxsize, layouts=True
            )
            if request.kind == "quit":
                os._exit(0)
            self._number = request.number
            reply = self._load if request.kind == "load" else self._call
            frame = reply(*operands.in_place(request))
            _flush()
            _write(frame)

    def _load(self, wanted: list[str], tags: dict[str, str]) -> list[bytes]:
        sys.path.append(str(SUBMISSION))
        found = self._loaded = loading.load(SUBMISSION, wanted, tags)
        values = {name: value for name, value in found.values.items() if len(name) <= 80}
        functions = {name: _told(one, found.files[name]) for name, one in values.items()}
        told = {
            "defined": [name for name in found.defined if len(name) <= 80][:200],
            "problem": None if found.problem is None else _plain(found.problem),
        }
        for kept in (list(found.values), wanted, []):
            left = {name: one for name, one in functions.items() if name in kept}
            with contextlib.suppress(wire.TooLarge):
                return [self._reply("loaded", {**told, "functions": left})]
        return [self._reply("loaded", {"functions": {}, "defined": [], "problem": None})]

    def _call(self, name: str, operands: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
        given = self._operands
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = self._loaded.values[name](*operands, **named)
            return self._returned(result, given)
        except BaseException as error:
            return self._raised(error)

    def _returned(self, result: Any, given: _Operands) -> list[Any]:
        encoder = Encoder(self._cap)
        try:
            tree = encoder.tree((result, given.changed(), given.advanced()))
            return encoder.frame("returned", tree, self._number)
        except wire.TooLarge:
            shape = result.shape if isinstance(result, np.ndarray) else None
            other = wire.Other(type(result).__name__, "", shape, large=True)
            return [self._reply("returned", (other, {}, {}))]

    def _raised(self, error: BaseException) -> list[Any]:
        told = telling.describe(error, self._loaded.own)
        told["memory"] = isinstance(error, MemoryError)
        return [self._reply("raised", _plain(told))]

    def _reply(self, kind: str, value: Any) -> bytes:
        return packing.encode(kind, value, lambda other: other, number=self._number)

    def ask(self, number: int, operands: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call a function of the grader, and wait for what it returns."""
        encoder = Encoder(self._cap)
        with self._turn:
            tree = encoder.tree((number, operands, named))
            _write(encoder.frame("callback", tree, self._number))
            answer = wire.read(_read, ("result", "raise"), None, sys.maxsize, layouts=True)
        if answer.kind == "result":
            return _laid_out(answer.value, answer)
        kind, base, text = answer.value
        if kind == "":
            raise Stopped
        known = getattr(builtins, base, RuntimeError)
        raise (known if kind == base else type(kind, (known,), {}))(text)

    def function(self, name: str) -> Any:
        """Return a function of the submission that is an operand of another."""
        return self._loaded.values[name]


def _told(value: Any, file: str) -> dict[str, Any]:
    """Return what is told of something that a submission defines."""
    known = callable(value)
    return {
        "parameters": telling.signature(value) if known else None,
        "file": file,
        "loop": telling.first_loop(value) if known else None,
        "kind": "" if known else type(value).__name__,
    }


class Encoder(packing.Encoder):
    """Turns what a submission returns into plain data, or into the name of its type."""

    def __init__(self, cap: int) -> None:
        super().__init__(self._odd, cap)
        self._deep = 0

    def _odd(self, value: Any) -> Any:
        self._deep += 1
        try:
            return self._plainer(value)
        finally:
            self._deep -= 1

    def _plainer(self, value: Any) -> Any:
        # Through the methods of the base classes: a subclass may have redefined its own.
        if self._deep < 8:
            if isinstance(value, np.ndarray):
                return self._array_like(value)
            if isinstance(value, np.generic):
                return self._scalar_like(value)
            if isinstance(value, bool | int | float | str):
                return self.tree(
                    next(plain(value) for t, plain in _PLAINER if isinstance(value, t))
                )
            if isinstance(value, list):
                return self.tree(list.__getitem__(value, slice(None)))
            if isinstance(value, tuple):
                return self.tree(tuple.__getitem__(value, slice(None)))
            if isinstance(value, dict):
                return self.tree(dict(dict.items(value)))
        return wire.Other(type(value).__name__)

    def _array_like(self, value: Any) -> Any:
        array = np.asarray(value)
        dtype = _nearest(array)
        if dtype is None or array.ndim > 4:
            return wire.Other("ndarray", array.dtype.name, array.shape)
        if array.size * dtype.itemsize > self._cap:
            raise wire.TooLarge
        return self.tree(np.asarray(array, dtype))

    def _scalar_like(self, value: Any) -> Any:
        dtype = _nearest(np.asarray(value))
        return wire.Other(type(value).__name__) if dtype is None else self.tree(dtype.type(value))


_PLAINER: tuple[tuple[type, Any], ...] = (
    (int, int.__int__),
    (float, float.__float__),
    (str, str.__str__),
)


def _nearest(array: Any) -> np.dtype[Any] | None:
    """Return the dtype that an array can travel in; None if its values are no real numbers."""
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind == "f":
        return np.dtype("<f4" if size <= 4 else "<f8")
    if kind in "iu":
        beyond = array.dtype == np.uint64 and array.size and array.max() > np.iinfo("i8").max
        return None if beyond else np.dtype("<i4" if kind == "i" and size == 4 else "<i8")
    return np.dtype("|b1") if kind == "b" else None


class _Operands:
    """What a call was made with, to see afterwards what it changed."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._before: list[tuple[int, Any, Any]] = []
        self._generators: list[tuple[Any, Any]] = []

    def special(self, name: str, content: Any) -> Any:
        """Return what the grader alone can send: functions and generators."""
        if name == "callable":
            number, title = content

            def callback(*operands: Any, **named: Any) -> Any:
                return self._worker.ask(number, operands, named)

            callback.__name__ = callback.__qualname__ = title
            return callback
        if name == "function":
            return self._worker.function(content)
        if name == "rng":
            generator = np.random.Generator(np.random.PCG64(0))
            generator.bit_generator.state = wire.state_of(content)
            self._generators.append((generator, wire.told_state(generator)))
            return generator
        raise wire.ProtocolError(name)

    def in_place(self, request: wire.Frame) -> Any:
        """Give the arrays of a request their layout, and remember what is in them."""
        laid: dict[int, Any] = {}
        value = _laid_out(request.value, request, laid)
        arrays = [laid.get(id(array), array) for array in request.arrays]
        self._before = [(i, a, _content(a)) for i, a in enumerate(arrays) if a.ndim]
        return value

    def changed(self) -> dict[int, Any]:
        """Return the arrays that are not as before, by number."""
        return {i: np.array(a) for i, a, before in self._before if _content(a) != before}

    def advanced(self) -> dict[int, Any]:
        """Return the states of the generators that were drawn from, by number."""
        states = [(wire.told_state(one), before) for one, before in self._generators]
        return {i: now for i, (now, before) in enumerate(states) if now != before}


def _content(array: Any) -> tuple[Any, ...]:
    return array.shape, array.dtype, array.tobytes()


def _laid_out(value: Any, frame: wire.Frame, laid: dict[int, Any] | None = None) -> Any:
    """Return a value with its arrays laid out as they were on the other side."""
    if all(spec["layout"] == "C" and spec["writable"] for spec in frame.specs):
        return value
    laid = {} if laid is None else laid
    specs = {id(array): spec for array, spec in zip(frame.arrays, frame.specs, strict=True)}

    def walk(one: Any) -> Any:
        kind = type(one)
        if kind is np.ndarray:
            if id(one) not in laid:
                laid[id(one)] = _placed(one, specs[id(one)])
            return laid[id(one)]
        if kind in (list, tuple):
            return kind(map(walk, one))
        return {key: walk(part) for key, part in one.items()} if kind is dict else one

    return walk(value)


def _placed(array: Any, spec: dict[str, Any]) -> Any:
    if spec["layout"] == "F":
        array = np.asfortranarray(array)
    elif spec["layout"] == "S" and array.ndim:
        larger = np.zeros((2 * len(array), *array.shape[1:]), array.dtype)
        larger[::-2] = array
        array = larger[::-2]
    array.flags.writeable = spec["writable"]
    return array


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """Return a description without text that cannot travel."""
    return {
        key: value.encode("utf-8", "replace").decode()[:2000] if isinstance(value, str) else value
        for key, value in told.items()
    }


def _read(buffer: Any) -> None:
    view = memoryview(buffer)
    while view:
        n = os.readv(confine.REQUESTS, [view])
        if not n:
            os._exit(0)
        view = view[n:]


def _write(frame: list[Any]) -> None:
    for part in frame:
        view = memoryview(part)
        while view:
            view = view[os.write(confine.REPLIES, view) :]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # a submission may have put something else in its place
            continue


def main() -> NoReturn:
    """Lock this process, then serve."""
    cap = confine.config()["limits"]["reply"]
    confine.lock()
    warnings.simplefilter("ignore")
    Worker(cap).run()


if __name__ == "__main__":
    main()
