"""Read the data in a pickle without running the pickle.

A pickle is a program for a stack machine, and two of its instructions look up a name and call what
they find: that is why loading one can do anything. Here the same program is followed on paper.
Numbers, strings, lists, tuples and dictionaries are built; a name is only compared with the few
that describe a NumPy array, and an array is built from the recorded bytes. No name is ever looked
up and nothing from the file is ever called.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from linclf.datasets.errors import DatasetError
from linclf.datasets.options import Array

__all__ = ["parse_pickle"]

#: How Python 2 and 3 and the versions of NumPy spell the names that an array's pickle holds.
_NAMES = {
    "numpy.core.multiarray _reconstruct": "blank array",
    "numpy._core.multiarray _reconstruct": "blank array",
    "numpy.core.numeric _frombuffer": "array",
    "numpy._core.numeric _frombuffer": "array",
    "numpy ndarray": "array type",
    "numpy dtype": "dtype",
    "_codecs encode": "bytes",
}

#: The element types that an array of images or labels can have.
_CODES = {f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)} | {"f4", "f8", "b1"}

_LITERALS = {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "NONE", "NEWTRUE", "NEWFALSE"}
_TEXT = {"BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"}
_BYTES = {"BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "BINSTRING", "SHORT_BINSTRING"}
_CONSTANTS: dict[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class _Refused(Exception):
    """The pickle does something that plain data does not need."""


class _Name:
    """One of the known names, standing for itself."""

    def __init__(self, role: str) -> None:
        self.role = role


class _Made:
    """An array or dtype in the making: what it was made from, and later its state."""

    def __init__(self, role: str, args: tuple[Any, ...]) -> None:
        self.role, self.args = role, args
        self.value: Any = None


class _Machine:
    """The stack machine of pickle, reduced to the instructions that build data."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def since_mark(self) -> list[Any]:
        """Take everything off the stack that was put there since the last mark."""
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def step(self, code: str, arg: Any) -> None:
        """Execute one instruction."""
        if code in _LITERALS:
            self.stack.append(_CONSTANTS.get(code, arg))
        elif code in _TEXT:
            self.stack.append(arg)
        elif code in _BYTES:
            # A string of Python 2 holds bytes; pickletools shows them as Latin-1 text.
            self.stack.append(arg.encode("latin-1") if isinstance(arg, str) else bytes(arg))
        elif code in _TUPLES:
            size = _TUPLES[code]
            self.stack[len(self.stack) - size :] = [tuple(self.stack[len(self.stack) - size :])]
        elif code in _ACTIONS:
            _ACTIONS[code](self, arg)
        elif code not in ("PROTO", "FRAME", "STOP"):
            raise _Refused(f"it uses the instruction {code}")

    def name(self, module: Any, attribute: Any) -> None:
        """Put a known name on the stack; refuse every other."""
        role = _NAMES.get(f"{module} {attribute}")
        if role is None:
            raise _Refused(f"it asks for {module}.{attribute}")
        self.stack.append(_Name(role))

    def stack_name(self) -> None:
        """Put the name on the stack whose two halves are there."""
        attribute, module = self.stack.pop(), self.stack.pop()
        self.name(module, attribute)

    def make(self) -> None:
        """Do what a call of a known name would do."""
        args, name = self.stack.pop(), self.stack.pop()
        if not isinstance(name, _Name) or not isinstance(args, tuple):
            raise _Refused("it calls something that is not a name")
        made: Any = _Made(name.role, args)
        if name.role == "bytes":
            text, encoding = args
            if encoding not in ("latin1", b"latin1"):
                raise _Refused(f"it asks for the encoding {encoding!r}")
            made = text.encode("latin-1")
        elif name.role == "array":
            content, dtype, shape, order = args
            made = _array(content, dtype, shape, fortran=order in ("F", b"F"))
        elif name.role == "dtype":
            made.value = _dtype(args[0], "=")
        self.stack.append(made)

    def fill(self) -> None:
        """Give the state on the stack to the array or dtype below it."""
        state, made = self.stack.pop(), self.stack[-1]
        if not isinstance(made, _Made):
            raise _Refused("it sets the state of something that is not an array")
        if made.role == "dtype":
            made.value = _dtype(made.args[0], state[1])
        elif made.role == "blank array":
            _version, shape, dtype, fortran, content = state
            made.value = _array(content, dtype, shape, fortran=bool(fortran))
        else:
            raise _Refused("it sets the state of something that is not an array")

    def append(self, items: list[Any]) -> None:
        """Append to the list on the stack."""
        if not isinstance(self.stack[-1], list):
            raise _Refused("it appends to something that is not a list")
        self.stack[-1].extend(_finished(item) for item in items)

    def assign(self, items: list[Any]) -> None:
        """Put alternating keys and values into the dictionary on the stack."""
        if not isinstance(self.stack[-1], dict):
            raise _Refused("it sets items of something that is not a dictionary")
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, (str, bytes)):
                raise _Refused("a key is not a string")
            text = key.decode("latin-1") if isinstance(key, bytes) else key
            self.stack[-1][text] = _finished(value)

    def remember(self, index: int) -> None:
        """Keep the top of the stack under a number, to be put there again."""
        self.memo[index] = self.stack[-1]


_ACTIONS: dict[str, Callable[[_Machine, Any], object]] = {
    "MARK": lambda m, _: m.marks.append(len(m.stack)),
    "EMPTY_LIST": lambda m, _: m.stack.append([]),
    "EMPTY_DICT": lambda m, _: m.stack.append({}),
    "TUPLE": lambda m, _: m.stack.append(tuple(m.since_mark())),
    "APPEND": lambda m, _: m.append([m.stack.pop()]),
    "APPENDS": lambda m, _: m.append(m.since_mark()),
    "SETITEM": lambda m, _: m.assign([m.stack.pop(-2), m.stack.pop()]),
    "SETITEMS": lambda m, _: m.assign(m.since_mark()),
    "BINPUT": lambda m, index: m.remember(index),
    "LONG_BINPUT": lambda m, index: m.remember(index),
    "MEMOIZE": lambda m, _: m.remember(len(m.memo)),
    "BINGET": lambda m, index: m.stack.append(m.memo[index]),
    "LONG_BINGET": lambda m, index: m.stack.append(m.memo[index]),
    "GLOBAL": lambda m, name: m.name(*name.split(" ", 1)),
    "STACK_GLOBAL": lambda m, _: m.stack_name(),
    "REDUCE": lambda m, _: m.make(),
    "BUILD": lambda m, _: m.fill(),
}


def _finished(item: Any) -> Any:
    """Return the array that a finished description stands for, and anything else as it is."""
    return item.value if isinstance(item, _Made) else item


def _dtype(code: Any, order: Any) -> np.dtype[Any]:
    """Return the dtype with a type code such as ``u1`` and a byte order."""
    code, order = (v.decode("ascii") if isinstance(v, bytes) else v for v in (code, order))
    if code not in _CODES or order not in ("<", ">", "|", "="):
        raise _Refused(f"it holds an array of type {order}{code}")
    return np.dtype(f"{order}{code}")


def _array(content: Any, dtype: Any, shape: Any, *, fortran: bool) -> Array:
    """Build an array from its bytes; their number must agree with the shape."""
    if not isinstance(dtype, _Made) or not isinstance(dtype.value, np.dtype):
        raise _Refused("an array has no type")
    if not isinstance(content, bytes):
        raise _Refused("it holds an array of Python objects")
    if len(content) != math.prod(shape) * dtype.value.itemsize:
        raise ValueError(f"{len(content)} bytes for an array of shape {shape}")
    flat = np.frombuffer(content, dtype=dtype.value)
    return flat.reshape(shape, order="F" if fortran else "C")


def parse_pickle(data: bytes, where: str) -> Any:
    """Return the plain data in a pickle: numbers, strings, lists, dictionaries, NumPy arrays.

    Parameters
    ----------
    data : bytes
        A pickle of protocol 2 to 5.
    where : str
        What messages call the file.

    Returns
    -------
    object
        Keys of dictionaries are str, whichever Python wrote them; arrays are read-only.

    Raises
    ------
    DatasetError
        If the pickle is damaged, or if it holds or does anything else.

    Examples
    --------
    >>> import pickle
    >>> parse_pickle(pickle.dumps({"labels": [6, 9]}, protocol=2), "a file")
    {'labels': [6, 9]}
    >>> parse_pickle(pickle.dumps(print), "a file")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    linclf.datasets.DatasetError: a file: refused, since it asks for builtins.print; ...
    """
    import pickletools  # only this function needs it, and it costs more than the rest

    machine = _Machine()
    try:
        for opcode, arg, _ in pickletools.genops(data):
            machine.step(opcode.name, arg)
        return _finished(machine.stack.pop())
    except _Refused as reason:
        raise DatasetError(
            f"{where}: refused, since {reason}; a data set needs no code: take the file from its "
            "original place"
        ) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, struct.error) as e:
        raise DatasetError(
            f"{where}: not a readable pickle, damaged or truncated ({e}): download it again"
        ) from None
