"""Hash what arrays hold, whatever file, compression, byte order or memory layout they came in."""

from __future__ import annotations

import hashlib

import numpy as np

from linclf.datasets.options import Array

__all__ = ["content_hash"]

#: Rows are hashed in pieces of about this many bytes, so that no array is copied whole.
_PIECE_BYTES = 1 << 22


def content_hash(*arrays: Array) -> str:
    """Return a SHA-256 over the content of arrays.

    Two sequences of arrays have the same hash if and only if they have the same dtypes, shapes and
    elements, in the same order. Files that differ (another archive format, another compression) but
    hold the same data agree.

    The hash is SHA-256 over, for one array after the other: the line ``<dtype> <shape>`` in ASCII,
    ended by a line feed, such as ``<i8 (1797,)`` or ``|u1 (1797, 64)``, then the elements in C
    order, little-endian. Floats count by their bits: 0.0 and -0.0 differ.

    Parameters
    ----------
    *arrays : arrays
        Of booleans, numbers or fixed-length strings; any shapes and strides.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    TypeError
        If an array holds Python objects or fields.

    Examples
    --------
    >>> import numpy as np
    >>> content_hash(np.array([1, 2], dtype="<i8")) == content_hash(np.array([1, 2], dtype=">i8"))
    True
    >>> content_hash(np.array([1, 2], dtype="i8")) == content_hash(np.array([1, 2], dtype="i4"))
    False
    """
    digest = hashlib.sha256()
    for i, array in enumerate(arrays):
        if array.dtype.kind not in "biufcSU":
            raise TypeError(
                f"array {i} has dtype {array.dtype}: only booleans, numbers and strings have a "
                "content that can be hashed; convert it first"
            )
        dtype = array.dtype.newbyteorder("<")
        digest.update(f"{dtype.str} {array.shape}\n".encode("ascii"))
        if array.size == 0:
            continue
        rows = np.atleast_1d(array)
        step = max(1, _PIECE_BYTES * len(rows) // array.nbytes)
        for start in range(0, len(rows), step):
            piece = np.ascontiguousarray(rows[start : start + step], dtype=dtype)
            digest.update(piece.tobytes())
    return digest.hexdigest()
