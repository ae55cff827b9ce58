"""Turns values into frames of `wire`: plain data and arrays as they are, the rest by its name.

Part of the worker as well, which has a copy of this file. The grader sends operands with it, a
worker what a submission returns.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING or __package__:
    from linclf.grading.child import wire
else:
    import wire

_json_text = json.encoder.encode_basestring_ascii


class Encoder:
    """Turns values into the JSON of a header, and collects their arrays.

    Parameters
    ----------
    special : callable
        Called with what is no plain value; returns the JSON that stands for it, or an `wire.Other`.
    cap : int
        Most bytes of arrays; wire.TooLarge is raised beyond.
    layouts : bool
        Whether to tell how arrays lie in memory, and whether they may be written to.
    """

    def __init__(
        self, special: Callable[[Any], Any], cap: int = wire.CAP, layouts: bool = False
    ) -> None:
        self._special, self._cap, self._layouts = special, cap, layouts
        self._specs: list[str] = []
        self._arrays: list[Any] = []  # as they travel
        self.arrays: list[Any] = []  # as they were given, by number
        self._bytes = 0

    # The text is put together by hand, which takes a third of the time of a JSON encoder.
    def tree(self, value: Any, depth: int = 0) -> str:
        """Return what stands for a value in the header."""
        kind = type(value)
        if kind is np.ndarray and value.dtype in wire.NAMES and value.ndim <= wire.NDIM:
            return f'{{"array":{self._add(value)}}}'
        if kind is float:
            return repr(value) if math.isfinite(value) else f'{{"float":"{value!r}"}}'
        if kind is int:
            return str(value) if -wire.INT <= value < wire.INT else _other(wire.Other("int"))
        if value is None or kind is bool:
            return "null" if value is None else "true" if value else "false"
        if kind is str:
            plain = len(value) <= wire.TEXT and wire.is_text(value)
            return _json_text(value) if plain else _other(wire.Other("str"))
        if isinstance(value, np.generic) and value.dtype in wire.NAMES:
            return f'{{"scalar":{self._add(np.asarray(value))}}}'
        if kind in (list, tuple, dict):
            return self._several(value, depth)
        found = self._special(value)
        return _other(found) if isinstance(found, wire.Other) else found

    def _several(self, value: Any, depth: int) -> str:
        kind = type(value)
        if depth >= wire.DEPTH:
            return _other(wire.Other(kind.__name__, large=True))
        if kind is dict:
            pairs = [
                f"[{self.tree(k, depth + 2)},{self.tree(v, depth + 2)}]" for k, v in value.items()
            ]
            return f'{{"dict":[{",".join(pairs)}]}}'
        packed = self._packed(value) if kind is list and len(value) > 3 else None
        if packed is not None:
            return packed
        return f'{{"{kind.__name__}":[{",".join([self.tree(v, depth + 1) for v in value])}]}}'

    def _packed(self, values: list[Any]) -> str | None:
        """Put a list of numbers of one type into an array: it may be a long one."""
        kind = type(values[0])
        if kind not in (float, int, np.float64) or any(type(one) is not kind for one in values):
            return None
        if len(values) > wire.LIST:
            raise wire.TooLarge
        try:
            array = np.array(values, np.int64 if kind is int else np.float64)
        except OverflowError:
            return None
        name = {float: "floats", int: "ints"}.get(kind, "scalars")
        return f'{{"{name}":{self._add(array)}}}'

    def _add(self, array: Any) -> int:
        self._bytes += array.nbytes
        if self._bytes > self._cap or len(self._specs) >= wire.ARRAYS:
            raise wire.TooLarge
        spec = f'{{"dtype":"{wire.NAMES[array.dtype]}","shape":{list(array.shape)}'
        if self._layouts:
            flags = array.flags
            layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "S"
            writable = "true" if flags.writeable else "false"
            spec += f',"layout":"{layout}","writable":{writable}'
        self._specs.append(spec + "}")
        self.arrays.append(array)
        self._arrays.append(np.asarray(array, order="C"))
        return len(self._specs) - 1

    def frame(self, kind: str, tree: str, number: int = 0) -> list[Any]:
        """Return the frame of a tree, with all arrays that were collected.

        Parameters
        ----------
        kind : str
            What the frame is for.
        tree : str
            Of its value.
        number : int
            Of the request that it belongs to.

        Returns
        -------
        list of buffers
            To be written one after the other: one, unless there are large arrays.

        Raises
        ------
        wire.TooLarge
            If the header is.
        """
        specs = ",".join(self._specs)
        text = f'{{"kind":"{kind}","number":{number},"value":{tree},"arrays":[{specs}]}}'.encode()
        if len(text) > wire.HEADER:
            raise wire.TooLarge
        bodies = [array.data.cast("B") for array in self._arrays if array.size]
        parts = [len(text).to_bytes(4, "big"), text, *bodies]
        return [b"".join(parts)] if self._bytes <= wire.SMALL else [parts[0] + text, *bodies]


def encode(
    kind: str,
    value: Any,
    special: Callable[[Any], Any] | None = None,
    cap: int = wire.CAP,
    number: int = 0,
) -> bytes:
    """Return a value as a frame.

    Parameters
    ----------
    kind : str
        What the frame is for.
    value : object
        Plain values and arrays, in lists, tuples and dicts.
    special : callable, optional
        See `Encoder`; by default what is not plain travels as the name of its type.
    cap : int
        Most bytes of arrays.
    number : int
        Of the request that it belongs to.

    Raises
    ------
    wire.TooLarge
        If it does not fit.

    Examples
    --------
    >>> encode("quit", None)[4:]
    b'{"kind":"quit","number":0,"value":null,"arrays":[]}'
    """
    encoder = Encoder(special or (lambda one: wire.Other(type(one).__name__)), cap)
    return b"".join(encoder.frame(kind, encoder.tree(value), number))


def _other(other: wire.Other) -> str:
    told: dict[str, Any] = {"type": wire.ascii_name(other.type)}
    if other.shape is not None:
        told |= {"dtype": wire.ascii_name(other.dtype), "shape": list(other.shape[:32])}
    return json.dumps({"other": {**told, "large": other.large}})
