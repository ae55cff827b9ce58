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

_ARRAYS = 1024  # most of a frame
_NDIM = 4
_DEPTH = 8  # of a value
_JSON_DEPTH = 2 * _DEPTH + 8
_SMALL = 1 << 16  # bytes that are rather copied than read one by one
_LIST = 1 << 16  # entries of a list of numbers that travels as an array
_SIZES = {"<f8": 8, "<f4": 4, "<i8": 8, "<i4": 4, "|b1": 1, "|u1": 1}
_DTYPES = {name: np.dtype(name) for name in _SIZES}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_LAYOUTS = ("C", "F", "S")
_INT = 1 << 63
_ODD_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
# A text that does not end goes on to the end of the header, and nothing is tried twice.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.?)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
_json_text = json.encoder.encode_basestring_ascii

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


# -------------------------------------------------------------------------------- encoding


class Encoder:
    """Turns values into the JSON of a header, and collects their arrays.

    Parameters
    ----------
    special : callable
        Called with what is no plain value; returns the JSON that stands for it, or an `Other`.
    cap : int
        Most bytes of arrays; TooLarge is raised beyond.
    layouts : bool
        Whether to tell how arrays lie in memory, and whether they may be written to.
    """

    def __init__(
        self, special: Callable[[Any], Any], cap: int = CAP, layouts: bool = False
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
        if kind is np.ndarray and value.dtype in _NAMES and value.ndim <= _NDIM:
            return f'{{"array":{self._add(value)}}}'
        if kind is float:
            return repr(value) if math.isfinite(value) else f'{{"float":"{value!r}"}}'
        if kind is int:
            return str(value) if -_INT <= value < _INT else _other(Other("int"))
        if value is None or kind is bool:
            return "null" if value is None else "true" if value else "false"
        if kind is str:
            plain = len(value) <= TEXT and _is_text(value)
            return _json_text(value) if plain else _other(Other("str"))
        if isinstance(value, np.generic) and value.dtype in _NAMES:
            return f'{{"scalar":{self._add(np.asarray(value))}}}'
        if kind in (list, tuple, dict):
            return self._several(value, depth)
        found = self._special(value)
        return _other(found) if isinstance(found, Other) else found

    def _several(self, value: Any, depth: int) -> str:
        kind = type(value)
        if depth >= _DEPTH:
            return _other(Other(kind.__name__, large=True))
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
        if len(values) > _LIST:
            raise TooLarge
        try:
            array = np.array(values, np.int64 if kind is int else np.float64)
        except OverflowError:
            return None
        name = {float: "floats", int: "ints"}.get(kind, "scalars")
        return f'{{"{name}":{self._add(array)}}}'

    def _add(self, array: Any) -> int:
        self._bytes += array.nbytes
        if self._bytes > self._cap or len(self._specs) >= _ARRAYS:
            raise TooLarge
        spec = f'{{"dtype":"{_NAMES[array.dtype]}","shape":{list(array.shape)}'
        if self._layouts:
            flags = array.flags
            layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "S"
            writable = "true" if flags.writeable else "false"
            spec += f',"layout":"{layout}","writable":{writable}'
        self._specs.append(spec + "}")
        self.arrays.append(array)
        self._arrays.append(np.asarray(array, order="C"))
        return len(self._specs) - 1

    def frame(self, kind: str, tree: str) -> list[Any]:
        """Return the frame of a tree, with all arrays that were collected.

        Returns
        -------
        list of buffers
            To be written one after the other: one, unless there are large arrays.

        Raises
        ------
        TooLarge
            If the header is.
        """
        specs = ",".join(self._specs)
        text = f'{{"kind":"{kind}","value":{tree},"arrays":[{specs}]}}'.encode()
        if len(text) > HEADER:
            raise TooLarge
        bodies = [array.data.cast("B") for array in self._arrays if array.size]
        parts = [len(text).to_bytes(4, "big"), text, *bodies]
        return [b"".join(parts)] if self._bytes <= _SMALL else [parts[0] + text, *bodies]


def encode(
    kind: str, value: Any, special: Callable[[Any], Any] | None = None, cap: int = CAP
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

    Raises
    ------
    TooLarge
        If it does not fit.

    Examples
    --------
    >>> encode("quit", None)[4:]
    b'{"kind":"quit","value":null,"arrays":[]}'
    """
    encoder = Encoder(special or (lambda one: Other(type(one).__name__)), cap)
    return b"".join(encoder.frame(kind, encoder.tree(value)))


def _other(other: Other) -> str:
    told: dict[str, Any] = {"type": _told(other.type)}
    if other.shape is not None:
        told |= {"dtype": _told(other.dtype), "shape": list(other.shape[:32])}
    return json.dumps({"other": {**told, "large": other.large}})


def _told(name: str) -> str:
    return "".join(one if one.isascii() and one.isprintable() else "?" for one in name[:80])


def _is_text(text: str) -> bool:
    """Tell whether a text has no half of a surrogate pair in it."""
    return text.isascii() or not any("\ud800" <= one <= "\udfff" for one in text)


# -------------------------------------------------------------------------------- decoding


class Frame:
    """A frame that was checked.

    Attributes
    ----------
    kind : str
    value : object
        Plain values, arrays that were allocated here, and `Other`.
    arrays : list of arrays
        By number.
    specs : list of dict
        How each was described.
    """

    __slots__ = ("arrays", "kind", "specs", "value")

    def __init__(self, kind: str, value: Any, arrays: list[Any], specs: list[Any]) -> None:
        self.kind, self.value, self.arrays, self.specs = kind, value, arrays, specs


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
    kind, tree, specs = _header(bytes(text), kinds)
    arrays = _arrays(fill, _checked(specs, cap, layouts))
    reader = _Reader(arrays, special, once=not layouts)
    return Frame(kind, reader.value(tree, 0), arrays, specs)


def _header(text: bytes, kinds: Sequence[str]) -> tuple[str, Any, list[Any]]:
    """Return the parts of a header."""
    _check_depth(text)
    try:
        header = _DECODER.decode(text.decode("ascii"))
    except (ValueError, UnicodeError) as error:
        raise ProtocolError(f"no JSON: {error}") from None
    if not isinstance(header, dict) or header.keys() != {"kind", "value", "arrays"}:
        raise ProtocolError("a header with other keys")
    kind, specs = header["kind"], header["arrays"]
    if not isinstance(kind, str) or kind not in kinds:
        raise ProtocolError(f"a frame {str(kind)[:40]!r} instead of {', '.join(kinds)}")
    if not isinstance(specs, list) or len(specs) > _ARRAYS:
        raise ProtocolError("no list of arrays, or a long one")
    return kind, header["value"], specs


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
        _check_shape(shape, _NDIM)
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
    if not all(type(n) is int and 0 <= n < _INT for n in shape):
        raise ProtocolError("a shape of other than lengths")


def _arrays(fill: Fill, specs: list[dict[str, Any]]) -> list[Any]:
    arrays = [np.empty(spec["shape"], _DTYPES[spec["dtype"]]) for spec in specs]
    total = sum(array.nbytes for array in arrays)
    if total <= _SMALL:
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
            if not -_INT <= tree < _INT:
                raise ProtocolError("a number of more than 64 bits")
            return tree
        if kind is str:
            if len(tree) > TEXT or not _is_text(tree):
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
        if type(content) is not list or depth >= _DEPTH:
            raise ProtocolError("a list that is none, or is nested too deeply")
        return [self.value(one, depth + 1) for one in content]

    def _tuple(self, content: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self._items(content, depth))

    def _dict(self, content: Any, depth: int) -> dict[Any, Any]:
        if type(content) is not list or depth >= _DEPTH:
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
        if array.ndim != 1 or array.dtype != dtype or len(array) > _LIST:
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
        if not all(type(n) is str and n == _told(n) for n in names):
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
