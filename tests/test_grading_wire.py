"""Frames: what is sent arrives, and whatever else arrives is refused before it costs anything."""

import json
import random
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linclf.grading.child import packing, wire

CAP = 1 << 20


class Stream:
    """Bytes to fill buffers from."""

    def __init__(self, data):
        self.data, self.place = memoryview(data), 0

    def __call__(self, buffer):
        view = memoryview(buffer)
        part = self.data[self.place : self.place + len(view)]
        if len(part) < len(view):
            raise EOFError
        view[:] = part
        self.place += len(view)


def read(data, **options):
    return wire.read(Stream(data), ("returned",), cap=CAP, **options)


def raw(header, body=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(4, "big") + text + body


def frame(value=None, arrays=(), body=b"", **others):
    return raw(
        {"kind": "returned", "number": 0, "value": value, "arrays": list(arrays), **others}, body
    )


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
    | st.text(max_size=40).filter(wire.is_text),
    lambda inner: st.lists(inner, max_size=6) | st.tuples(inner, inner)
    | st.dictionaries(st.text(max_size=5).filter(wire.is_text) | st.integers(-9, 9), inner,
                      max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(plain)
@settings(deadline=None)
def test_what_is_sent_arrives(value):
    found = read(packing.encode("returned", value)).value
    if "large" not in str(packing.encode("returned", value)):
        assert found == value
        assert repr(found) == repr(value)


def test_arrays_are_plain_and_our_own():
    sent = np.arange(6.0).reshape(2, 3)
    stream = Stream(packing.encode("returned", (sent, sent.astype("i4"))))
    found, whole = wire.read(stream, ("returned",)).value
    assert stream.place == len(stream.data)
    assert np.array_equal(found, sent)
    assert whole.dtype == np.int32
    assert found.flags.owndata
    assert found.flags.writeable


def test_large_arrays_arrive_as_well():
    sent = [np.arange(50_000.0), np.zeros((0, 3)), np.ones(3, bool), np.float32(2)]
    found = read(packing.encode("returned", sent)).value
    assert all(map(np.array_equal, found, sent))


def test_what_cannot_travel_becomes_a_name():
    found = read(packing.encode("returned", [1j, object()])).value
    assert [one.type for one in found] == ["complex", "object"]


def test_too_much_does_not_become_a_frame():
    with pytest.raises(wire.TooLarge):
        packing.encode("returned", np.zeros(10), cap=79)
    with pytest.raises(wire.TooLarge):
        packing.encode("returned", ["x" * 2000] * 100)
    with pytest.raises(wire.TooLarge):
        packing.encode("returned", [np.zeros(1)] * 2000)
    assert packing.encode("returned", np.zeros(10), cap=80)


F8 = {"dtype": "<f8", "shape": [2]}
BODY = bytes(16)
DEEP = {"list": [{"list": []}]}
for _ in range(10):
    DEEP = {"list": [DEEP]}

REFUSED = {
    "no header": raw(b""),
    "one byte": raw(b"1"),
    "a length beyond the cap": b"\xff\xff\xff\xff",
    "no JSON": raw(b"{}}"),
    "no UTF-8": raw(b'{"kind":"\xff"}'),
    "a list": raw(b"[]"),
    "a number": raw(b"12"),
    "deep lists": raw(b"[" * 60_000),
    "deep objects": raw(b'{"a":' * 10_000),
    "deep behind an endless text": raw(b'"' + b"\\" * 101 + b"[" * 50_000),
    "many quotes": raw(b'"\\' * 30_000 + b"[" * 30),
    "a key too many": frame(other=1),
    "a negative number": frame(number=-1),
    "a number that is none": frame(number=True),
    "a key too few": raw({"kind": "returned", "value": None}),
    "a key twice": raw(
        b'{"kind":"returned","number":0,"kind":"returned","value":null,"arrays":[]}'
    ),
    "a key twice inside": raw(
        b'{"kind":"returned","number":0,"value":{"float":"nan","float":"nan"},"arrays":[]}'
    ),
    "another kind": raw({"kind": "loaded", "number": 0, "value": None, "arrays": []}),
    "a kind that is no text": raw({"kind": ["returned"], "number": 0, "value": None, "arrays": []}),
    "NaN": raw(b'{"kind":"returned","number":0,"value":NaN,"arrays":[]}'),
    "Infinity": raw(b'{"kind":"returned","number":0,"value":-Infinity,"arrays":[]}'),
    "a float that overflows": raw(b'{"kind":"returned","number":0,"value":1e999,"arrays":[]}'),
    "a long integer": frame(2**63),
    "a very long integer": raw(
        b'{"kind":"returned","number":0,"value":' + b"9" * 9000 + b',"arrays":[]}'
    ),
    "a bare list": frame([1]),
    "two entries": frame({"list": [], "tuple": []}),
    "no entry": frame({}),
    "an unknown entry": frame({"callable": [0, "f"]}),
    "a code entry": frame({"pickle": "gASVAAAAAAAAAAA="}),
    "a list that is none": frame({"list": {"list": []}}),
    "a deep value": frame(DEEP),
    "a pair of three": frame({"dict": [[1, 2, 3]]}),
    "a list as a key": frame({"dict": [[{"list": []}, 2]]}),
    "a key of a dict twice": frame({"dict": [[1, 2], [1.0, 3]]}),
    "a text beyond 2 KB": frame("x" * 2049),
    "half a surrogate pair": raw(b'{"kind":"returned","number":0,"value":"\\ud800","arrays":[]}'),
    "a float of no name": frame({"float": "1"}),
    "an array that is not there": frame({"array": 0}),
    "an array before the first": frame({"array": -1}, [F8], BODY),
    "an array by a truth value": frame({"array": True}, [F8, F8], BODY + BODY),
    "an array twice": frame({"list": [{"array": 0}, {"array": 0}]}, [F8], BODY),
    "a scalar of two": frame({"scalar": 0}, [F8], BODY),
    "a row of integers as floats": frame({"ints": 0}, [F8], BODY),
    "a row of two axes": frame({"floats": 0}, [{"dtype": "<f8", "shape": [1, 1]}], bytes(8)),
    "a long row": frame({"floats": 0}, [{"dtype": "<f8", "shape": [65_537]}], bytes(8 * 65_537)),
    "another dtype": frame({"array": 0}, [{"dtype": "|O", "shape": [1]}], bytes(8)),
    "big-endian": frame({"array": 0}, [{"dtype": ">f8", "shape": [1]}], bytes(8)),
    "complex": frame({"array": 0}, [{"dtype": "<c16", "shape": [1]}], bytes(16)),
    "a dtype that is none": frame({"array": 0}, [{"dtype": ["<f8"], "shape": [1]}], bytes(8)),
    "a layout": frame({"array": 0}, [{**F8, "layout": "F", "writable": True}], BODY),
    "a spec that is none": frame(None, [3]),
    "a shape that is none": frame({"array": 0}, [{"dtype": "<f8", "shape": 2}], BODY),
    "a negative length": frame({"array": 0}, [{"dtype": "<f8", "shape": [-1, -2]}], BODY),
    "a fractional length": frame({"array": 0}, [{"dtype": "<f8", "shape": [2.0]}], BODY),
    "a true length": frame({"array": 0}, [{"dtype": "<f8", "shape": [True]}], BODY),
    "five axes": frame({"array": 0}, [{"dtype": "<f8", "shape": [1] * 5}], BODY),
    "more than the cap": frame({"array": 0}, [{"dtype": "|u1", "shape": [CAP + 1]}]),
    "a product that overflows": frame({"array": 0}, [{"dtype": "<f8", "shape": [2**62, 4]}]),
    "an empty giant": frame({"array": 0}, [{"dtype": "<f8", "shape": [0, 2**62]}]),
    "together more than the cap": frame(None, [{"dtype": "|u1", "shape": [CAP]}] * 2),
    "a thousand arrays": frame(None, [{"dtype": "|u1", "shape": [0]}] * 1025),
    "arrays that are no list": raw(
        {"kind": "returned", "number": 0, "value": None, "arrays": {}}
    ),
    "a truth value of 2": frame({"array": 0}, [{"dtype": "|b1", "shape": [1]}], b"\x02"),
    "a thing without a name": frame({"other": {"large": True}}),
    "a thing of an odd name": frame({"other": {"type": "\x1b[31m", "large": False}}),
    "a thing of a long name": frame({"other": {"type": "x" * 81, "large": False}}),
    "a thing of an odd shape": frame(
        {"other": {"type": "x", "dtype": "c", "shape": [-1], "large": False}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_odd_frames_are_refused(data):
    tracemalloc.start()
    try:
        with pytest.raises(wire.ProtocolError):
            read(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < CAP


def test_a_refused_array_is_never_read():
    stream = Stream(frame({"array": 0}, [{"dtype": "|u1", "shape": [CAP + 1]}], bytes(CAP + 1)))
    with pytest.raises(wire.ProtocolError):
        wire.read(stream, ("returned",), cap=CAP)
    assert stream.place < 200


def test_arrays_take_no_more_memory_than_the_cap():
    cap = 32 << 20
    stream = Stream(frame({"array": 0}, [{"dtype": "|u1", "shape": [cap]}]))

    def fill(buffer):
        if len(memoryview(buffer)) < cap:
            stream(buffer)  # and the array stays what its memory was

    tracemalloc.start()
    try:
        found = wire.read(fill, ("returned",), cap=cap)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.value.nbytes == cap
    assert peak < cap + (1 << 20)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_refused_or_end_early(data):
    with pytest.raises((wire.ProtocolError, EOFError)):
        read(data)


@given(st.binary(max_size=200), st.binary(max_size=50))
@settings(max_examples=200, deadline=None)
def test_random_headers_are_refused(text, body):
    with pytest.raises((wire.ProtocolError, EOFError)):
        read(raw(text, body))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
    | st.sampled_from(["<f8", "|b1", "nan", "returned"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from([*wire._READERS, "dtype", "shape", "type", "large", "kind"]), inner,
        max_size=3,
    ),
    max_leaves=12,
)  # fmt: skip


@given(json_values, st.lists(json_values, max_size=3), st.binary(max_size=64))
@settings(max_examples=300, deadline=None)
def test_frames_of_random_parts_arrive_as_plain_values_or_are_refused(value, arrays, body):
    try:
        found = read(frame(value, arrays, body))
    except (wire.ProtocolError, EOFError):
        return
    _check_plain(found.value)


def _check_plain(value):
    kinds = (type(None), bool, int, float, str, np.ndarray, wire.Other, np.float64, np.float32,
             np.int64, np.int32, np.bool_, np.uint8)  # fmt: skip
    if type(value) in (list, tuple):
        return [_check_plain(one) for one in value]
    if type(value) is dict:
        return [_check_plain(one) for pair in value.items() for one in pair]
    assert type(value) in kinds
    return None


def test_a_flipped_byte_is_refused_or_changes_a_value_only():
    generator = random.Random(0)
    right = packing.encode("returned", (np.arange(3.0), 0.5, {"a": [1, 2]}, "text"))
    for _ in range(3000):
        data = bytearray(right)
        data[generator.randrange(len(data))] = generator.randrange(256)
        try:
            found = read(bytes(data))
        except (wire.ProtocolError, EOFError):
            continue
        _check_plain(found.value)
