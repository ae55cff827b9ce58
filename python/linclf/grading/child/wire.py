"""Frames between the grader and a worker: encoded on one side, distrusted on the other.

A frame is a header length of 4 bytes, a JSON header of at most 64 KiB, and the raw bytes of the
arrays that the header lists. Nothing in it can name code. The reader checks, before it allocates
anything: the length, how deep the JSON is nested, that there is no key twice or too many, dtypes,
shapes, and the number of bytes in all. Whatever is odd is a `ProtocolError`: a worker that was not
tampered with sends no such frame. The worker has a copy of this file: it needs NumPy alone.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

HEADER = 1 << 16
"""Most bytes of a header."""

CAP = 64 << 20
"""Most bytes of the arrays of a frame, if nobody says otherwise."""

TEXT = 2048
"""Most characters of a text."""

ARRAYS = 1024  # most of a frame
NDIM = 4
DEPTH = 8  # of a value
_JSON_DEPTH = 2 * DEPTH + 8
SMALL = 1 << 16  # bytes that are rather copied than read one by one
LIST = 1 << 16  # entries of a list of numbers that travels as an array
_SIZES = {"<f8": 8, "<f4": 4, "<i8": 8, "<i4": 4, "|b1": 1, "|u1": 1}
_DTYPES = {name: np.dtype(name) for name in _SIZES}
NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_KEYS = {"kind", "number", "value", "arrays"}
_LAYOUTS = ("C", "F", "S")
INT = 1 << 63
_ODD_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
# A text that does not end goes on to the end of the header, and nothing is tried twice.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.?)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)

Fill = Callable[[Any], object]
"""Fills a writable buffer with the next bytes that arrive."""


class ProtocolError(Exception):
    """A frame is not what the other side would ever send."""


class TooLarge(Exception):
    """A value does not fit into a frame."""


class Other:
    """What cannot travel, known by the name of its type.

    Parameters
    ----------
    type : str
        Name of the type.
    dtype : str
        Of an array of an odd dtype.
    shape : tuple of int or None
        Of an array.
    large : bool
        Whether it is only too large.
    """

    def __init__(
        self,
        type: str,
        dtype: str = "",
        shape: tuple[int, ...] | None = None,
        large: bool = False,
    ) -> None:
        self.type, self.dtype, self.shape, self.large = type, dtype, shape, large


def ascii_name(name: str) -> str:
    return "".join(one if one.isascii() and one.isprintable() else "?" for one in name[:80])


def is_text(text: str) -> bool:
    """Tell whether a text has no half of a surrogate pair in it."""
    return text.isascii() or not any("\ud800" <= one <= "\udfff" for one in text)


class Frame:
    """A frame that was checked.

    Attributes
    ----------
    kind : str
    number : int
        Of the request that it belongs to.
    value : object
        Plain values, arrays that were allocated here, and `Other`.
    arrays : list of arrays
        By number.
    specs : list of dict
        How each was described.
    """

    __slots__ = ("arrays", "kind", "number", "specs", "value")

    def __init__(
        self, kind: str, number: int, value: Any, arrays: list[Any], specs: list[Any]
    ) -> None:
        self.kind, self.number, self.value = kind, number, value
        self.arrays, self.specs = arrays, specs


def read(
    fill: Fill,
    kinds: Sequence[str],
    special: Callable[[str, Any], Any] | None = None,
    cap: int = CAP,
    layouts: bool = False,
) -> Frame:
    """Read one frame.

    Parameters
    ----------
    fill : callable
        Called with a writable buffer, to be filled with the next bytes.
    kinds : sequence of str
        Which frames may come.
    special : callable, optional
        Called with the name and the content of an entry of the tree that this file does not know.
        It raises ProtocolError if it does not know it either.
    cap : int
        Most bytes of arrays.
    layouts : bool
        Whether arrays come with their layout, as they do from an `Encoder` that tells it.

    Raises
    ------
    ProtocolError
        If the frame is malformed in any way. Nothing was allocated for it but its header.
    """
    prefix = bytearray(4)
    fill(prefix)
    length = int.from_bytes(prefix, "big")
    if not 2 <= length <= HEADER:
        raise ProtocolError(f"a header of {length} bytes")
    text = bytearray(length)
    fill(text)
    kind, number, tree, specs = _header(bytes(text), kinds)
    arrays = _arrays(fill, _checked(specs, cap, layouts))
    reader = _Reader(arrays, special, once=not layouts)
    return Frame(kind, number, reader.value(tree, 0), arrays, specs)


def _header(text: bytes, kinds: Sequence[str]) -> tuple[str, int, Any, list[Any]]:
    """Return the parts of a header."""
    _check_depth(text)
    try:
        header = _DECODER.decode(text.decode("ascii"))
    except (ValueError, UnicodeError) as error:
        raise ProtocolError(f"no JSON: {error}") from None
    if not isinstance(header, dict) or header.keys() != _KEYS:
        raise ProtocolError("a header with other keys")
    kind, number, specs = header["kind"], header["number"], header["arrays"]
    if type(number) is not int or not 0 <= number < INT:
        raise ProtocolError("a number of a request that is none")
    if not isinstance(kind, str) or kind not in kinds:
        raise ProtocolError(f"a frame {str(kind)[:40]!r} instead of {', '.join(kinds)}")
    if not isinstance(specs, list) or len(specs) > ARRAYS:
        raise ProtocolError("no list of arrays, or a long one")
    return kind, number, header["value"], specs


def _check_depth(text: bytes) -> None:
    """Refuse deep nesting before a parser recurses into it."""
    if text.count(b"[") + text.count(b"{") <= _JSON_DEPTH:
        return
    depth = 0
    for match in _TOKENS.finditer(text):
        token = match[0]
        if token in b"[{":
            depth += 1
            if depth > _JSON_DEPTH:
                raise ProtocolError("a header that is nested too deeply")
        elif token in b"]}":
            depth -= 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ProtocolError("a key that comes twice")
    return found


def _no_constant(name: str) -> Any:
    raise ProtocolError(f"the number {name}")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


def _checked(specs: list[Any], cap: int, layouts: bool) -> list[dict[str, Any]]:
    """Check dtypes and shapes, and what they need in all."""
    keys = {"dtype", "shape", "layout", "writable"} if layouts else {"dtype", "shape"}
    total = 0
    for spec in specs:
        if not isinstance(spec, dict) or spec.keys() != keys:
            raise ProtocolError("an array that is not described as it should be")
        dtype, shape = spec["dtype"], spec["shape"]
        if not isinstance(dtype, str) or dtype not in _SIZES:
            raise ProtocolError("an array of another dtype")
        _check_shape(shape, NDIM)
        size = _SIZES[dtype]
        for n in shape:
            size *= max(n, 1) if 0 in shape else n  # what NumPy itself refuses, though it is empty
        if size > cap:
            raise ProtocolError("an array that is larger than allowed")
        total += 0 if 0 in shape else size
        if total > cap:
            raise ProtocolError("arrays that are larger than allowed")
        if layouts and (spec["layout"] not in _LAYOUTS or not isinstance(spec["writable"], bool)):
            raise ProtocolError("an array of another layout")
    return specs


def _check_shape(shape: Any, ndim: int) -> None:
    if not isinstance(shape, list) or len(shape) > ndim:
        raise ProtocolError("a shape that is none")
    if not all(type(n) is int and 0 <= n < INT for n in shape):
        raise ProtocolError("a shape of other than lengths")


def _arrays(fill: Fill, specs: list[dict[str, Any]]) -> list[Any]:
    arrays = [np.empty(spec["shape"], _DTYPES[spec["dtype"]]) for spec in specs]
    total = sum(array.nbytes for array in arrays)
    if total <= SMALL:
        _fill_all(fill, arrays, total)
    else:
        for array in arrays:
            if array.size:
                fill(array.reshape(-1).view(np.uint8).data)
    for array in arrays:
        if array.dtype == np.bool_ and array.size and array.view(np.uint8).max() > 1:
            raise ProtocolError("a truth value that is neither 0 nor 1")
    return arrays


def _fill_all(fill: Fill, arrays: list[Any], total: int) -> None:
    """Read all arrays at once, and copy them."""
    body = bytearray(total)
    if total:
        fill(body)
    start = 0
    for array in arrays:
        if array.size:
            array[...] = np.ndarray(array.shape, array.dtype, body, start)
            start += array.nbytes


class _Reader:
    """Turns the tree of a header into a value.

    Parameters
    ----------
    arrays : list of arrays
    special : callable or None
    once : bool
        Whether each array must be used exactly once: what a worker says must not grow.
    """

    def __init__(
        self, arrays: list[Any], special: Callable[[str, Any], Any] | None, once: bool
    ) -> None:
        self._arrays, self._special, self._once = arrays, special, once
        self._used: set[int] = set()

    def value(self, tree: Any, depth: int) -> Any:
        kind = type(tree)
        if tree is None or kind is bool:
            return tree
        if kind is float:
            if not math.isfinite(tree):
                raise ProtocolError("a number that is not finite")
            return tree
        if kind is int:
            if not -INT <= tree < INT:
                raise ProtocolError("a number of more than 64 bits")
            return tree
        if kind is str:
            if len(tree) > TEXT or not is_text(tree):
                raise ProtocolError("a text that is too long, or none")
            return tree
        if kind is not dict or len(tree) != 1:
            raise ProtocolError("a value that is none")
        [(name, content)] = tree.items()
        method = _READERS.get(name)
        if method is not None:
            return method(self, content, depth)
        if self._special is None:
            raise ProtocolError(f"a value {name[:40]!r}")
        return self._special(name, content)

    def _items(self, content: Any, depth: int) -> list[Any]:
        if type(content) is not list or depth >= DEPTH:
            raise ProtocolError("a list that is none, or is nested too deeply")
        return [self.value(one, depth + 1) for one in content]

    def _tuple(self, content: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self._items(content, depth))

    def _dict(self, content: Any, depth: int) -> dict[Any, Any]:
        if type(content) is not list or depth >= DEPTH:
            raise ProtocolError("a dict that is none, or is nested too deeply")
        found = {}
        for pair in content:
            if type(pair) is not list or len(pair) != 2:
                raise ProtocolError("an entry of a dict that is none")
            key = self.value(pair[0], depth + 2)
            try:
                known = key in found
            except TypeError:
                raise ProtocolError("a key that cannot be one") from None
            if known:
                raise ProtocolError("a key of a dict that comes twice")
            found[key] = self.value(pair[1], depth + 2)
        return found

    def _array(self, number: Any, depth: int = 0) -> Any:
        if type(number) is not int or not 0 <= number < len(self._arrays):
            raise ProtocolError("an array that is not there")
        if self._once and number in self._used:
            raise ProtocolError("an array that is used twice")
        self._used.add(number)
        return self._arrays[number]

    def _scalar(self, number: Any, depth: int) -> Any:
        array = self._array(number)
        if array.ndim:
            raise ProtocolError("a scalar that is none")
        return array[()]

    def _row(self, number: Any, dtype: str) -> Any:
        array = self._array(number)
        if array.ndim != 1 or array.dtype != dtype or len(array) > LIST:
            raise ProtocolError("a list of numbers that is none, or a long one")
        return array

    def _floats(self, number: Any, depth: int) -> Any:
        return self._row(number, "f8").tolist()

    def _ints(self, number: Any, depth: int) -> Any:
        return self._row(number, "i8").tolist()

    def _scalars(self, number: Any, depth: int) -> Any:
        return list(self._row(number, "f8"))

    def _float(self, name: Any, depth: int) -> float:
        if type(name) is not str or name not in _ODD_FLOATS:
            raise ProtocolError("a number that is none")
        return _ODD_FLOATS[name]

    def _other(self, told: Any, depth: int) -> Other:
        if type(told) is not dict or told.keys() not in _OTHER_KEYS:
            raise ProtocolError("a thing that is not described as it should be")
        names = [told["type"], told.get("dtype", "")]
        if not all(type(n) is str and n == ascii_name(n) for n in names):
            raise ProtocolError("a name that is none")
        shape = told.get("shape")
        if shape is not None:
            _check_shape(shape, 32)
        if type(told["large"]) is not bool:
            raise ProtocolError("a thing that is not described as it should be")
        return Other(names[0], names[1], None if shape is None else tuple(shape), told["large"])


_OTHER_KEYS = ({"type", "large"}, {"type", "large", "dtype", "shape"})
_READERS: dict[str, Callable[[_Reader, Any, int], Any]] = {
    "list": _Reader._items,
    "tuple": _Reader._tuple,
    "dict": _Reader._dict,
    "array": _Reader._array,
    "scalar": _Reader._scalar,
    "floats": _Reader._floats,
    "ints": _Reader._ints,
    "scalars": _Reader._scalars,
    "float": _Reader._float,
    "other": _Reader._other,
}


def told_state(generator: np.random.Generator) -> tuple[str, str, int, int]:
    """Return the state of a PCG64 generator as numbers that fit into a frame."""
    told = generator.bit_generator.state
    inner = told["state"]
    return hex(inner["state"]), hex(inner["inc"]), told["has_uint32"], told["uinteger"]


def state_of(told: Any) -> dict[str, Any]:
    """Return the state of a PCG64 generator; ValueError if that is none."""
    state, inc, has, left = told
    numbers = [int(part, 16) for part in (state, inc)]
    if not all(0 <= n < 1 << 128 for n in numbers) or numbers[1] % 2 == 0:
        raise ValueError("no state of PCG64")
    if has not in (0, 1) or not 0 <= left < 1 << 32:
        raise ValueError("no state of PCG64")
    inner = {"state": numbers[0], "inc": numbers[1]}
    return {"bit_generator": "PCG64", "state": inner, "has_uint32": has, "uinteger": left}
