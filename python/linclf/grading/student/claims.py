"""What a worker claims, checked piece by piece: functions, exceptions, states, odd results.

`wire` has made plain values of it; here it must have the form of what it is said to be, or it is a
ProtocolError. Nothing here trusts a name, a length or an order.
"""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np

from linclf.grading import failures
from linclf.grading.child import wire
from linclf.grading.failures import clean


class Told:
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


def checked_state(told: Any) -> dict[str, Any]:
    kinds = (str, str, int, int)
    if type(told) is not tuple or tuple(map(type, told)) != kinds or len(told[0] + told[1]) > 80:
        raise wire.ProtocolError("a state of a generator that is none")
    try:
        return wire.state_of(told)
    except ValueError:
        raise wire.ProtocolError("a state of a generator that is none") from None


def checked_table(told: Any, kind: type = str) -> dict[Any, Any]:
    if type(told) is not dict or not all(type(key) is kind for key in told):
        raise wire.ProtocolError("a table that is none")
    return told


def checked_exception(told: Any) -> dict[str, Any]:
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


def plain(value: Any) -> Any:
    """Replace what cannot travel by what says so when it is looked at."""
    kind = type(value)
    if kind is wire.Other:
        return _described(value)
    if kind in (list, tuple):
        return kind(map(plain, value))
    if kind is dict:
        return {plain(key): plain(part) for key, part in value.items()}
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
